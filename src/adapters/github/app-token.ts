/** The signed statement by which an app proves to be itself: a JSON Web Token that GitHub takes for ten minutes. */
import { createPrivateKey } from 'node:crypto';

import githubAppJwt from 'universal-github-app-jwt';

/** Reads a private key as GitHub hands it out (PEM, PKCS#1 or PKCS#8), as PKCS#8. Throws an error without the key in it. */
export function readPrivateKey(pem: string): string {
  try {
    return createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    // The cause is left out on purpose: it may quote what it could not read.
    throw new Error(
      "The app's private key cannot be read. It is a PEM file of several lines that begins with '-----BEGIN RSA PRIVATE KEY-----'; write its line breaks as they are, or as '\\n' in an environment variable.",
    );
  }
}

/** Signs a token for the app at `nowMs`, milliseconds since the epoch; it is dated back a little, for clocks behind ours. */
export async function signAppToken(app: { id: number; privateKey: string }, nowMs: number): Promise<string> {
  const { token } = await githubAppJwt({ ...app, now: Math.floor(nowMs / 1000) });
  return token;
}
