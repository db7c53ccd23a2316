/** The App's credentials, out of the environment. No message here ever quotes one. */
import { createPrivateKey } from 'node:crypto';

/** What makes us the App. */
export interface AppCredentials {
  appId: number;
  /** PKCS #8 PEM of an RSA key. */
  privateKey: string;
  webhookSecret: string;
}

/** Credentials, `null` if there are none of them, or what is wrong with them. */
export function readCredentials(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): AppCredentials | string[] | null {
  const { APP_ID: appId, PRIVATE_KEY: text, PRIVATE_KEY_PATH: path, WEBHOOK_SECRET: webhookSecret } = env;
  if ([appId, text, path, webhookSecret].every((value) => value === undefined)) return null;
  const problems: string[] = [];
  if (appId === undefined) problems.push('APP_ID: it is missing; GitHub shows it on the App’s page.');
  if (webhookSecret === undefined)
    problems.push('WEBHOOK_SECRET: it is missing; set the one of the App’s page, without which anybody could call us.');
  const key = readKey(text, path, readFile);
  if ('problem' in key) problems.push(key.problem);
  if (problems.length > 0 || 'problem' in key || webhookSecret === undefined) return problems;
  return { appId: Number(appId), privateKey: key.pem, webhookSecret };
}

function readKey(
  text: string | undefined,
  path: string | undefined,
  readFile: (path: string) => string,
): { pem: string } | { problem: string } {
  if (text !== undefined && path !== undefined)
    return { problem: 'PRIVATE_KEY and PRIVATE_KEY_PATH: set one of them, not both.' };
  if (path !== undefined) {
    try {
      return checkKey('PRIVATE_KEY_PATH', readFile(path));
    } catch (error) {
      const { code } = error as { code?: string };
      return { problem: `PRIVATE_KEY_PATH: the file cannot be read (${code ?? 'unknown error'}).` };
    }
  }
  if (text === undefined)
    return { problem: 'PRIVATE_KEY: it is missing, and so is PRIVATE_KEY_PATH; the App’s page makes a new key.' };
  return checkKey('PRIVATE_KEY', text);
}

function checkKey(name: string, text: string): { pem: string } | { problem: string } {
  const isPem = text.includes('-----BEGIN');
  const pem = (isPem ? text : Buffer.from(text, 'base64').toString('latin1')).replaceAll(String.raw`\n`, '\n');
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return { pem: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  } catch {
    // The error of the library may quote the key; what is wrong is said below.
  }
  return { problem: `${name}: this is not an RSA private key in PEM form; download one from the App’s page.` };
}
