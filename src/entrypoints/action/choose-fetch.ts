/** What a step sends its requests with. */
import type { ActionSession } from './session.ts';

const PROXY_NAMES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const;

/** The way through the runner's proxy, if it has one; nothing is loaded for it otherwise. */
export async function chooseFetch({ env }: Pick<ActionSession, 'env'>): Promise<{ fetch?: typeof globalThis.fetch }> {
  if (PROXY_NAMES.every((name) => (env[name] ?? '') === '')) return {};
  const { runnerFetch } = await import('../../adapters/actions/runner-fetch.ts');
  return { fetch: runnerFetch };
}
