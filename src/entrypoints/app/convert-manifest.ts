/**
 * The last step of the manifest flow: GitHub hands out the new App's credentials for a code that works once, within an
 * hour. https://docs.github.com/rest/apps/apps#create-a-github-app-from-a-manifest
 */
import { z } from 'zod';

import type { AppCredentials } from './credentials.ts';

/** The new App. */
export interface ConvertedApp {
  credentials: AppCredentials;
  /** The App's page on GitHub. */
  pageUrl: string;
}

/** Only what cannot break out of a file of settings or of an address is taken. */
const Conversion = z.object({
  id: z.number().int().positive(),
  html_url: z.url(),
  pem: z.string().regex(/^[A-Za-z0-9+/=\s-]{100,20000}$/),
  webhook_secret: z.string().regex(/^[\x21-\x7e]{1,255}$/),
});

const TIMEOUT_MS = 20_000;

/** True for what can be a code. */
export function isManifestCode(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,200}$/.test(text);
}

/** Trades a code for credentials. Throws with what failed; neither the code nor a credential is in the message. */
export async function convertManifest(apiUrl: string, code: string, request: typeof fetch): Promise<ConvertedApp> {
  const response = await request(`${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`, {
    method: 'POST',
    headers: { accept: 'application/vnd.github+json', 'user-agent': 'espalier' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    const { message } = (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error);
    throw new Error(`GitHub could not be asked for the App's credentials: ${message.replaceAll(code, '…')}`);
  });
  if (response.status !== 201)
    throw new Error(
      `GitHub answered ${response.status} instead of the App's credentials; the code works once, for an hour.`,
    );
  const body: unknown = await response.json().catch(() => null);
  const conversion = Conversion.safeParse(body);
  if (!conversion.success) {
    const fields = conversion.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new Error(`GitHub's answer lacks credentials that can be used (${fields || 'no object'}).`);
  }
  const { id, html_url: pageUrl, pem, webhook_secret: webhookSecret } = conversion.data;
  return { credentials: { appId: id, privateKey: pem, webhookSecret }, pageUrl };
}
