/** The signed statement by which an app proves to be itself (a JSON Web Token, RS256, at most ten minutes). */
import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';

/** Before now, for a clock of GitHub's that is behind ours. */
const ISSUED_BEFORE_MS = 60_000;
/** GitHub refuses more than ten minutes from its own now. */
const VALID_FOR_MS = 9 * 60_000;

/** Reads a private key as GitHub hands it out (PEM, PKCS#1 or PKCS#8). Throws an error without the key in it. */
export function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause is left out on purpose: it may quote what it could not read.
    throw new Error(
      "The app's private key cannot be read. It is a PEM file of several lines that begins with '-----BEGIN RSA PRIVATE KEY-----'; write its line breaks as they are, or as '\\n' in an environment variable.",
    );
  }
}

/** Signs a token for the app that is taken for the next nine minutes by a clock no more than a minute off. */
export function signAppToken(app: { id: number; key: KeyObject }, nowMs: number): string {
  const header = encode({ alg: 'RS256', typ: 'JWT' });
  const claims = encode({
    iat: Math.floor((nowMs - ISSUED_BEFORE_MS) / 1000),
    exp: Math.floor((nowMs + VALID_FOR_MS) / 1000),
    iss: String(app.id),
  });
  const signature = createSign('RSA-SHA256').update(`${header}.${claims}`).sign(app.key, 'base64url');
  return `${header}.${claims}.${signature}`;
}

function encode(value: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
