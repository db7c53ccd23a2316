/** What every client of GitHub is made of, whoever it asks for: where GitHub is, and how requests are sent there. */
import { Octokit } from '@octokit/rest';

import type { Log } from '../../ports/log.ts';
import type { RequestTimeouts } from './github-client.ts';
import { cleanMessage } from './github-error.ts';

/** Where github.com answers. */
export const PUBLIC_API = 'https://api.github.com';
/** GraphQL gives up after 10 seconds itself. */
export const DEFAULT_TIMEOUTS: RequestTimeouts = { restMs: 30_000, graphqlMs: 10_000 };
const USER_AGENT = 'espalier';

/** An Octokit that only sends: credentials, pace and repetition are the client's. */
export function openOctokit({ fetch, log }: { fetch?: typeof globalThis.fetch; log: Log }, baseUrl: string): Octokit {
  return new Octokit({
    baseUrl,
    userAgent: USER_AGENT,
    ...(fetch === undefined ? {} : { request: { fetch } }),
    log: {
      debug: () => {},
      info: () => {},
      // Octokit's one warning is of an address that GitHub has announced to switch off.
      warn: (message: string) =>
        log.warn('GitHub says that a request is deprecated', { message: cleanMessage(message, []) }),
      error: () => {},
    },
  });
}

/** `/graphql` beside the REST API; on GitHub Enterprise Server it is not below `/api/v3`. */
export function graphqlUrlOf(baseUrl: string): string {
  return `${baseUrl.replace(/\/api\/v3\/?$/, '/api').replace(/\/$/, '')}/graphql`;
}
