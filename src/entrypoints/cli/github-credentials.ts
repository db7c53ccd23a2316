/** Where a command finds the credentials of the app: the environment, else the file that the app's set-up writes. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';

import type { ProbeCredential } from '../../adapters/github/probes/open-visit.ts';
import type { Environment } from '../../adapters/terminal/terminal.ts';
import { CliError } from './cli-error.ts';

const DEFAULT_ENV_FILE = '.env';
const NAMES = ['APP_ID', 'PRIVATE_KEY', 'PRIVATE_KEY_PATH', 'GITHUB_TOKEN'] as const;
const NEXT =
  'set APP_ID and PRIVATE_KEY (or PRIVATE_KEY_PATH) of the app, or GITHUB_TOKEN; or call it where the .env of the app is';

/** Reads credentials; those of an app go before a token. Throws {@link CliError} that never holds a secret. */
export async function readGithubCredential(env: Environment, cwd: string): Promise<ProbeCredential> {
  const given = { ...(await readEnvFile(env, cwd)), ...pickSet(env) };
  const { APP_ID: appId, GITHUB_TOKEN: token } = given;
  if (appId === undefined) {
    if (token !== undefined) return { kind: 'token', token };
    throw new CliError('usage', 'There are no credentials for GitHub.', { next: NEXT });
  }
  if (!/^[1-9]\d{0,14}$/.test(appId)) throw new CliError('usage', 'APP_ID must be a number.', { next: NEXT });
  return { kind: 'app', appId: Number(appId), privateKeyPem: toPem(await readKey(given, cwd)) };
}

type Given = Partial<Record<(typeof NAMES)[number], string>>;

function pickSet(env: Environment): Given {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

async function readEnvFile(env: Environment, cwd: string): Promise<Given> {
  const named = env['ESPALIER_ENV_FILE'] ?? '';
  try {
    return pickSet(parseEnv(await readFile(path.resolve(cwd, named === '' ? DEFAULT_ENV_FILE : named), 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Nobody has to have one; but one that was named should be there.
    if (code === 'ENOENT' && named === '') return {};
    throw new CliError('usage', `The file of settings cannot be read (${code ?? 'unknown error'}).`, {
      next: 'correct ESPALIER_ENV_FILE, or the rights of the file',
      cause: error,
    });
  }
}

async function readKey({ PRIVATE_KEY: text, PRIVATE_KEY_PATH: file }: Given, cwd: string): Promise<string> {
  if (text !== undefined) return text;
  if (file === undefined) throw new CliError('usage', 'There is an APP_ID, but no private key.', { next: NEXT });
  try {
    return await readFile(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError('usage', `The private key cannot be read (${code ?? 'unknown error'}).`, {
      next: 'correct PRIVATE_KEY_PATH',
      cause: error,
    });
  }
}

/** A key as the app takes it: PEM, with line breaks or `\n`, or that in base64. */
function toPem(text: string): string {
  const pem = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('latin1');
  return pem.replaceAll(String.raw`\n`, '\n');
}
