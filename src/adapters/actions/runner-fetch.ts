/** Requests as a runner sends them that is behind a proxy. */
import { defaults } from '@actions/github/lib/utils';

/**
 * Sends through the proxy of the process's environment (`https_proxy`, `http_proxy`, without what `no_proxy` names), as
 * the runner itself and every action of GitHub's does; Node's own `fetch` knows of none. The proxy is chosen for
 * `GITHUB_API_URL` when this module is loaded.
 */
export const runnerFetch = (defaults.request?.fetch ?? globalThis.fetch) as typeof globalThis.fetch;
