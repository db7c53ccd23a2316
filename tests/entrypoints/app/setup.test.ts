import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PRIVATE_KEY, type RunningApp, runTestApp } from './running-app.ts';

const WEBHOOK_SECRET = 'b'.repeat(40);
const CODE = 'a180b1a3d263c81bc6441d7b990bae27d4c10679';

let folder: string;
let github: Server;
let apiUrl: string;
let conversion: { status: number; body: unknown };
let requests: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'espalier-setup-'));
  requests = [];
  github = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(conversion.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(conversion.body));
  });
  await new Promise<void>((resolve) => {
    github.listen(0, '127.0.0.1', resolve);
  });
  apiUrl = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
  conversion = {
    status: 201,
    body: {
      id: 42,
      slug: 'espalier',
      html_url: `${apiUrl}/apps/espalier`,
      pem: PRIVATE_KEY,
      webhook_secret: WEBHOOK_SECRET,
      client_id: 'Iv1.0',
      client_secret: 'client-secret-of-the-app',
    },
  };
});

afterEach(async () => {
  github.close();
  await rm(folder, { recursive: true, force: true });
});

/** The App without credentials. */
function startNew(env: Record<string, string> = {}): Promise<RunningApp> {
  const none = { APP_ID: undefined, PRIVATE_KEY: undefined, WEBHOOK_SECRET: undefined };
  const file = path.join(folder, '.env');
  return runTestApp({ env: { ...none, ESPALIER_ENV_FILE: file, GITHUB_API_URL: apiUrl, ...env } });
}

/** What the page's first form would post. */
function formOf(page: string): { action: string; state: string; manifest: Record<string, unknown> } {
  const unescape = (text: string): string =>
    text
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  const action = unescape(/<form action="([^"]*)" method="post">/.exec(page)?.[1] ?? '');
  const manifest = unescape(/name="manifest" value="([^"]*)"/.exec(page)?.[1] ?? '{}');
  return {
    action,
    state: URL.canParse(action) ? (new URL(action).searchParams.get('state') ?? '') : '',
    manifest: JSON.parse(manifest) as Record<string, unknown>,
  };
}

function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function begin(app: RunningApp): Promise<{ cookie: string; state: string }> {
  const response = await app.get('/');
  return { cookie: cookieOf(response), state: formOf(await response.text()).state };
}

describe('a first start', () => {
  it('leads from the manifest to credentials that only the owner can read, and goes on to serve', async () => {
    await using app = await startNew();
    const page = await app.get('/');
    expect(page.status).toBe(200);
    const { action, state, manifest } = formOf(await page.text());
    expect(action).toBe(`${apiUrl}/settings/apps/new?state=${state}`);
    expect(manifest).toMatchObject({
      name: 'espalier',
      public: false,
      hook_attributes: { url: `${app.url}/api/github/webhooks`, active: true },
      redirect_url: `${app.url}/setup/callback`,
      default_permissions: { contents: 'write', metadata: 'read' },
    });

    const back = await app.get(`/setup/callback?code=${CODE}&state=${state}`, { cookie: cookieOf(page) });
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toBe(`${apiUrl}/apps/espalier/installations/new`);
    expect(requests).toEqual([`POST /app-manifests/${CODE}/conversions`]);

    const file = path.join(folder, '.env');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const stored = await readFile(file, 'utf8');
    expect(stored).toContain('APP_ID="42"\n');
    expect(stored).not.toContain('client-secret');

    await app.clock.advance(0);
    expect(app.parts.context?.credentials).toEqual({
      appId: 42,
      privateKey: PRIVATE_KEY,
      webhookSecret: WEBHOOK_SECRET,
    });
    expect((await app.get('/readyz')).status).toBe(200);
    expect((await app.get('/setup/callback?code=x&state=y')).status).toBe(404);
  });

  it('says where to go on, and not a word of the credentials or the code', async () => {
    await using app = await startNew();
    const { cookie, state } = await begin(app);
    await app.get(`/setup/callback?code=${CODE}&state=${state}`, { cookie });
    await app.clock.advance(0);
    const text = app.logText() + app.errors();
    expect(app.log().find(({ message }) => String(message).includes('open this address'))).toMatchObject({
      open: app.url,
    });
    for (const secret of [CODE, state, WEBHOOK_SECRET, 'client-secret', PRIVATE_KEY.slice(40, 80)])
      expect(text).not.toContain(secret);
  });

  it('sends webhooks to the public address and the path of the settings, and the browser back to where it is', async () => {
    const token = 'a-token-of-the-tests';
    await using app = await startNew({
      ESPALIER_PUBLIC_URL: 'https://bot.example.com/espalier',
      WEBHOOK_PATH: '/hooks',
      ESPALIER_SETUP_TOKEN: token,
    });
    const response = await fetch(`${app.url}/setup`, { method: 'POST', body: new URLSearchParams({ token }) });
    expect(formOf(await response.text()).manifest).toMatchObject({
      hook_attributes: { url: 'https://bot.example.com/espalier/hooks' },
      redirect_url: `${app.url}/setup/callback`,
    });
  });

  it('asks for the token where others reach it, and shows nothing without it', async () => {
    const token = 'a-token-of-the-tests';
    await using app = await startNew({ ESPALIER_PUBLIC_URL: 'https://bot.example.com', ESPALIER_SETUP_TOKEN: token });
    const asked = await (await app.get('/?organization=octo-org')).text();
    expect(asked).not.toContain('manifest');
    expect(asked).toContain('name="organization" value="octo-org"');
    const send = (given: Record<string, string>): Promise<Response> =>
      fetch(`${app.url}/setup`, { method: 'POST', body: new URLSearchParams(given) });
    for (const wrong of ['', 'wrong', `${token}x`, token.slice(1)]) {
      const response = await send({ token: wrong });
      expect(response.status).toBe(403);
      expect(response.headers.get('set-cookie')).toBeNull();
    }
    const right = await send({ token, organization: 'octo-org' });
    expect(formOf(await right.text()).action).toMatch(`${apiUrl}/organizations/octo-org/settings/apps/new?state=`);
    expect(app.logText()).not.toContain(token);
  });

  it('can be for an organisation, whose name goes nowhere unless it is one', async () => {
    await using app = await startNew();
    expect(formOf(await (await app.get('/?organization=octo-org')).text()).action).toContain(
      '/organizations/octo-org/',
    );
    const hostile = encodeURIComponent('../evil"><script>');
    const page = await (await app.get(`/?organization=${hostile}`)).text();
    expect(page).not.toContain('<script');
    expect(formOf(page).action).toMatch(`${apiUrl}/settings/apps/new?state=`);
  });

  it('warns of an address that GitHub cannot reach', async () => {
    await using app = await startNew({ GITHUB_API_URL: 'https://api.github.com' });
    const page = await app.get('/');
    expect(await page.text()).toContain('GitHub cannot reach');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://github.com;");
  });

  it.each(['evil.example.com', 'localhost.evil.example.com', 'user@127.0.0.1'])(
    'does not answer as %j, a name that somebody else may have led here',
    async (host) => {
      await using app = await startNew();
      const { port } = new URL(app.url);
      const { request } = await import('node:http');
      const status = await new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: '/', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(421);
    },
  );

  it.each<[string, (at: { cookie: string; state: string }) => { query: string; cookie: string }]>([
    ['no state', ({ cookie }) => ({ query: `code=${CODE}`, cookie })],
    ['a made-up state', () => ({ query: `code=${CODE}&state=made-up`, cookie: 'espalier_setup=made-up' })],
    ['the state of another browser', ({ state }) => ({ query: `code=${CODE}&state=${state}`, cookie: '' })],
    ['no code', ({ cookie, state }) => ({ query: `state=${state}`, cookie })],
    ['a code that is a path', ({ cookie, state }) => ({ query: `code=..%2F..%2Fuser&state=${state}`, cookie })],
  ])('refuses an answer with %s, and asks GitHub for nothing', async (_case, answer) => {
    await using app = await startNew();
    const { query, cookie } = answer(await begin(app));
    expect((await app.get(`/setup/callback?${query}`, { cookie })).status).toBe(400);
    expect(requests).toEqual([]);
  });

  it('takes a state once, and for an hour', async () => {
    conversion.status = 404;
    await using app = await startNew();
    const once = await begin(app);
    const ask = async ({ cookie, state }: { cookie: string; state: string }): Promise<number> =>
      (await app.get(`/setup/callback?code=${CODE}&state=${state}`, { cookie })).status;
    expect([await ask(once), await ask(once)]).toEqual([502, 400]);
    const late = await begin(app);
    await app.clock.advance(3_600_001);
    expect(await ask(late)).toBe(400);
  });

  it.each<[string, () => void, number]>([
    ['GitHub refuses the code', () => (conversion = { status: 422, body: { message: 'no' } }), 502],
    ['GitHub’s answer is none', () => (conversion = { status: 201, body: 'text' }), 502],
    [
      'GitHub’s answer has no webhook secret',
      () => (conversion = { status: 201, body: { ...(conversion.body as object), webhook_secret: null } }),
      502,
    ],
    [
      'a value would break out of the file',
      () => (conversion = { status: 201, body: { ...(conversion.body as object), webhook_secret: 'x"\nHOST=0' } }),
      502,
    ],
    ['GitHub cannot be reached', () => github.close(), 502],
  ])('can be begun anew when %s', async (_case, spoil, status) => {
    await using app = await startNew();
    const { cookie, state } = await begin(app);
    spoil();
    github.closeAllConnections();
    const response = await app.get(`/setup/callback?code=${CODE}&state=${state}`, { cookie });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain('Begin anew.');
    await expect(stat(path.join(folder, '.env'))).rejects.toThrow('ENOENT');
    expect((await app.get('/')).status).toBe(200);
    expect(app.logText()).not.toContain(CODE);
  });

  it('says before anything else if credentials could not be stored', async () => {
    await using app = await startNew({ ESPALIER_ENV_FILE: path.join(folder, 'nowhere', '.env') });
    await expect(app.ended).rejects.toThrow(/could not be stored in .*nowhere.*Set ESPALIER_ENV_FILE/);
  });

  it('says what to do if they cannot be stored in the end', async () => {
    await using app = await startNew();
    const { cookie, state } = await begin(app);
    await rm(folder, { recursive: true });
    const response = await app.get(`/setup/callback?code=${CODE}&state=${state}`, { cookie });
    expect(response.status).toBe(500);
    expect((await response.text()).replaceAll(/\s+/g, ' ')).toContain(
      'Make a new private key and a new webhook secret',
    );
  });

  it('sends nobody to an address that is not GitHub’s', async () => {
    (conversion.body as { html_url: string }).html_url = 'https://evil.example.com/apps/x';
    await using app = await startNew();
    const { cookie, state } = await begin(app);
    const response = await app.get(`/setup/callback?code=${CODE}&state=${state}`, { cookie });
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain('evil');
  });

  it('lives, is not ready, takes no webhooks, and ends at a signal', async () => {
    await using app = await startNew();
    expect((await app.get('/healthz')).status).toBe(200);
    expect((await app.get('/readyz')).status).toBe(503);
    expect((await app.deliver('issues', {})).status).toBe(503);
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
  });

  it('is over when credentials are in the file, and the environment wins over it', async () => {
    await using first = await startNew();
    const { cookie, state } = await begin(first);
    await first.get(`/setup/callback?code=${CODE}&state=${state}`, { cookie });
    await first.clock.advance(0);
    await using second = await startNew({ WEBHOOK_SECRET: 'c'.repeat(40) });
    await second.clock.advance(0);
    expect(second.parts.context?.credentials).toMatchObject({ appId: 42, webhookSecret: 'c'.repeat(40) });
  });
});
