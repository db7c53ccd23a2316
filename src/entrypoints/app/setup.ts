/**
 * First start: the browser is led through the registration of the App on GitHub, and the credentials that GitHub
 * hands out are stored. Probot has such pages too, but it sends webhooks to the wrong path, checks no state, lets any
 * stranger who reaches the page take the server over, and stores the credentials for everybody on the machine to read.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { digestText } from '../../core/digest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { isLoopbackHost, webUrlOf } from './addresses.ts';
import { type ConvertedApp, convertManifest, isManifestCode } from './convert-manifest.ts';
import { type HttpFront, type Routes, sendText } from './http-front.ts';
import { renderManifest } from './manifest.ts';
import type { AppSettings } from './settings.ts';
import { html, renderStartPage, renderTokenPage, sendPage } from './setup-page.ts';

/** What set-up works with. */
export interface SetupOptions {
  settings: AppSettings;
  /** Text of `app.yml`. */
  manifest: string;
  front: HttpFront;
  clock: Clock;
  log: Log;
  fetch: typeof fetch;
  /** Stores the credentials so that only the server's user can read them. */
  store(app: ConvertedApp): Promise<void>;
  /** Called when they are stored. */
  onDone(): void;
}

/** The code that GitHub gives works for an hour. */
const STATE_LASTS_MS = 3_600_000;
const MAX_STATES = 100;
const STATE_COOKIE = 'espalier_setup';
const CALLBACK_PATH = '/setup/callback';
const MAX_FORM_BYTES = 4_096;
const ORGANIZATION = /^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$/;

/** The routes of a server that has no credentials yet. */
export function openSetup(options: SetupOptions): Routes {
  const setup = new Setup(options);
  const routes: Record<string, NonNullable<ReturnType<Routes['get']>>> = {
    '/': { GET: (request, response, query) => setup.showStart(request, response, new URLSearchParams(query)) },
    '/setup': { POST: (request, response) => setup.takeToken(request, response) },
    [CALLBACK_PATH]: {
      GET: (request, response, query) => setup.takeCode(request, response, new URLSearchParams(query)),
    },
    '/healthz': { GET: (_request, response) => sendText(response, 200, 'alive') },
    '/readyz': { GET: (_request, response) => sendText(response, 503, 'not ready: the app is not set up') },
    [options.settings.webhookPath]: { POST: (_request, response) => sendText(response, 503, 'Not set up yet.') },
  };
  return new Map(Object.entries(routes));
}

class Setup {
  readonly #options: SetupOptions;
  readonly #webUrl: string;
  /** Until when each state that was given out is taken back; each once. */
  readonly #states = new Map<string, number>();
  #isBusy = false;

  constructor(options: SetupOptions) {
    this.#options = options;
    this.#webUrl = webUrlOf(options.settings.apiUrl);
  }

  showStart(request: IncomingMessage, response: ServerResponse, given: URLSearchParams): void {
    const browserUrl = this.#findBrowserUrl(request, response);
    if (browserUrl === null) return;
    if (this.#options.settings.setupToken === null) this.#sendStart(response, browserUrl, given);
    else
      sendPage(
        response,
        200,
        renderTokenPage({ isWrong: false, homeUrl: browserUrl, organization: readOrganization(given) }),
      );
  }

  async takeToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { settings, front } = this.#options;
    const browserUrl = this.#findBrowserUrl(request, response);
    if (browserUrl === null) return;
    const body = await front.readBody(request, response, MAX_FORM_BYTES);
    if (body === null) return;
    const form = new URLSearchParams(body);
    if (settings.setupToken !== null && !isSameText(form.get('token') ?? '', settings.setupToken)) {
      this.#options.log.warn('Somebody gave a wrong set-up token.');
      sendPage(
        response,
        403,
        renderTokenPage({ isWrong: true, homeUrl: browserUrl, organization: readOrganization(form) }),
      );
      return;
    }
    this.#sendStart(response, browserUrl, form);
  }

  async takeCode(request: IncomingMessage, response: ServerResponse, given: URLSearchParams): Promise<void> {
    const code = given.get('code') ?? '';
    const state = given.get('state') ?? '';
    if (!this.#takeState(state, request) || !isManifestCode(code)) {
      const body = html`<p>This is not the answer to a question of this server. <a href="../">Begin anew.</a></p>`;
      sendPage(response, 400, { heading: 'Not set up', body });
      return;
    }
    if (this.#isBusy) {
      sendPage(response, 409, { heading: 'Not set up', body: html`<p>Another set-up is at work.</p>` });
      return;
    }
    this.#isBusy = true;
    try {
      await this.#finish(response, code);
    } finally {
      this.#isBusy = false;
    }
  }

  async #finish(response: ServerResponse, code: string): Promise<void> {
    const { settings, log } = this.#options;
    const heading = 'Not set up';
    let app: ConvertedApp;
    try {
      app = await convertManifest(settings.apiUrl, code, this.#options.fetch);
    } catch (error) {
      log.error('The credentials of the new app could not be had.', { error });
      const body = html`<p>${(error as Error).message}</p>
        <p><a href="../">Begin anew.</a></p>`;
      sendPage(response, 502, { heading, body });
      return;
    }
    try {
      await this.#options.store(app);
    } catch (error) {
      log.error('The credentials of the new app could not be stored.', { error, file: settings.envFile });
      const body = html`<p>
        The App exists, but its credentials could not be stored in <code>${settings.envFile}</code>. Make a new private
        key and a new webhook secret on
        <a href="${this.#isOnGitHub(app.pageUrl) ? app.pageUrl : this.#webUrl}">its page</a>, set APP_ID, PRIVATE_KEY
        and WEBHOOK_SECRET, and start the server again.
      </p>`;
      sendPage(response, 500, { heading, body });
      return;
    }
    log.info('The app is set up.', { appId: app.credentials.appId, file: settings.envFile });
    if (this.#isOnGitHub(app.pageUrl)) {
      response.writeHead(303, { location: `${app.pageUrl}/installations/new`, 'cache-control': 'no-store' }).end();
    } else {
      sendPage(response, 200, { heading: 'Set up', body: html`<p>Now install the App where it is to work.</p>` });
    }
    this.#options.onDone();
  }

  #sendStart(response: ServerResponse, browserUrl: string, given: URLSearchParams): void {
    const { settings, manifest } = this.#options;
    const organization = readOrganization(given);
    const state = this.#giveState();
    const hookUrl = `${settings.publicUrl ?? browserUrl}${settings.webhookPath}`;
    const owner = organization === null ? '' : `/organizations/${organization}`;
    const isSecure = browserUrl.startsWith('https:');
    response.setHeader(
      'set-cookie',
      `${STATE_COOKIE}=${state}; Path=/; Max-Age=${STATE_LASTS_MS / 1000}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`,
    );
    const page = renderStartPage({
      action: `${this.#webUrl}${owner}/settings/apps/new?state=${state}`,
      homeUrl: browserUrl,
      manifest: renderManifest(manifest, { hookUrl, redirectUrl: `${browserUrl}${CALLBACK_PATH}` }),
      hookUrl,
      organization,
      isUnreachable: isLoopbackHost(new URL(hookUrl).hostname) && !isLoopbackHost(new URL(this.#webUrl).hostname),
    });
    sendPage(response, 200, page, new URL(this.#webUrl).origin);
  }

  /**
   * Where the browser has us: at the public address, or on this machine. Any other name is refused, so that no page
   * elsewhere can lead a browser here under a name of its own.
   */
  #findBrowserUrl(request: IncomingMessage, response: ServerResponse): string | null {
    const { publicUrl } = this.#options.settings;
    const { host = '' } = request.headers;
    if (publicUrl !== null && host.toLowerCase() === new URL(publicUrl).host) return publicUrl;
    const local = `http://${host}`;
    if (URL.canParse(local) && new URL(local).host === host.toLowerCase() && isLoopbackHost(new URL(local).hostname))
      return new URL(local).origin;
    const body =
      publicUrl === null
        ? html`<p>
            Set <code>ESPALIER_PUBLIC_URL</code> to the address at which GitHub reaches this server, start it again, and
            open that address.
          </p>`
        : html`<p>Open <a href="${publicUrl}">${publicUrl}</a>.</p>`;
    sendPage(response, 421, { heading: 'Not here', body });
    return null;
  }

  #giveState(): string {
    const now = this.#options.clock.now();
    for (const [state, until] of this.#states) if (until <= now) this.#states.delete(state);
    const [oldest] = this.#states.keys();
    if (this.#states.size >= MAX_STATES && oldest !== undefined) this.#states.delete(oldest);
    const state = randomBytes(24).toString('base64url');
    this.#states.set(state, now + STATE_LASTS_MS);
    return state;
  }

  /** True once for a state that we gave to this very browser. */
  #takeState(state: string, request: IncomingMessage): boolean {
    const until = this.#states.get(state);
    const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    if (until === undefined || !cookies.includes(`${STATE_COOKIE}=${state}`)) return false;
    this.#states.delete(state);
    return until > this.#options.clock.now();
  }

  #isOnGitHub(url: string): boolean {
    return url.startsWith(`${this.#webUrl}/`);
  }
}

function readOrganization(given: URLSearchParams): string | null {
  const asked = given.get('organization') ?? '';
  return ORGANIZATION.test(asked) ? asked : null;
}

/** Compares in a time that says nothing about where texts differ. */
function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(digestText(a)), Buffer.from(digestText(b)));
}
