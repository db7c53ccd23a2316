import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PlanTarget } from '../../../src/core/intake/hint.ts';
import { deliveryHeaders, type RunningApp, runTestApp, signBody } from './running-app.ts';

const PATH = '/api/github/webhooks';

const EXAMPLES = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-examples'), 'utf8'),
) as { name: string; examples: Record<string, unknown>[] }[];

function eventOf(extra: Record<string, unknown>): Record<string, unknown> {
  return {
    action: 'opened',
    installation: { id: 10 },
    repository: { id: 1, full_name: 'octo/repo' },
    sender: { id: 7, login: 'maintainer', type: 'User' },
    ...extra,
  };
}

const TARGET: PlanTarget = { installationId: 10, owner: 'octo', repo: 'repo', repositoryId: 1, issue: 5 };

describe('a signed webhook', () => {
  it('is answered at once, and its plan is reconciled a moment later', async () => {
    await using app = await runTestApp();
    const response = await app.deliver('issues', eventOf({ issue: { number: 5 } }));
    expect(response.status).toBe(200);
    expect(app.parts.reconciled).toEqual([]);
    await app.clock.advance(250);
    expect(app.parts.reconciled).toEqual([TARGET]);
  });

  it('is answered while the plan is being reconciled and does not end', async () => {
    await using app = await runTestApp();
    app.parts.outcome = (_target, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    await app.deliver('issues', eventOf({ issue: { number: 5 } }));
    await app.clock.advance(250);
    expect(app.parts.reconciled).toHaveLength(1);
    expect((await app.deliver('issues', eventOf({ issue: { number: 5 } }))).status).toBe(200);
  });

  it('that comes twice, or after another that says the same, makes one reconcile', async () => {
    await using app = await runTestApp();
    const payload = eventOf({ issue: { number: 5 } });
    const responses = await Promise.all([
      app.deliver('issues', payload, 'same-delivery'),
      app.deliver('issues', payload, 'same-delivery'),
      app.deliver('issue_comment', payload),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    await app.clock.advance(60_000);
    expect(app.parts.reconciled).toEqual([TARGET]);
  });

  it('that names no issue is looked up, and the plans that it means are reconciled', async () => {
    await using app = await runTestApp();
    app.parts.resolved = () => [TARGET];
    await app.deliver('push', eventOf({ ref: 'refs/heads/main' }));
    await app.clock.advance(1_000);
    expect(app.parts.hints.map(({ plans }) => plans)).toEqual([[{ branch: 'main' }, { base: 'main' }]]);
    expect(app.parts.reconciled).toEqual([TARGET]);
  });

  it('about the whole repository has all of its open plans reconciled', async () => {
    await using app = await runTestApp();
    app.parts.openPlans = () => [TARGET, { ...TARGET, issue: 6 }];
    await app.deliver('repository', eventOf({ action: 'renamed' }));
    await app.clock.advance(1_000);
    expect(app.parts.hints).toEqual([]);
    expect(app.parts.reconciled.map(({ issue }) => issue)).toEqual([5, 6]);
  });

  it('of the bot’s own doing is dropped, once GitHub has said who the bot is', async () => {
    await using app = await runTestApp();
    await app.clock.advance(0);
    const own = { sender: { id: 4242, login: 'espalier[bot]', type: 'Bot' } };
    expect((await app.deliver('issues', eventOf({ issue: { number: 5 }, ...own }))).status).toBe(200);
    await app.clock.advance(60_000);
    expect(app.parts.reconciled).toEqual([]);
    expect(await (await app.get('/metrics')).text()).toContain(
      'espalier_webhooks_total{event="issues",fate="own-echo"} 1',
    );
  });

  it('about a click on a button keeps the click for the reconcile', async () => {
    await using app = await runTestApp();
    const check_run = { app: { id: 42 }, head_sha: 'a1'.repeat(20), external_id: 'issue-5/auth/2/0123456789abcdef' };
    const payload = eventOf({ action: 'requested_action', requested_action: { identifier: 'retry' }, check_run });
    await app.deliver('check_run', payload, 'delivery-1');
    await app.clock.advance(250);
    expect(app.parts.clicks).toMatchObject([{ target: TARGET, click: { source: 'delivery-1', identifier: 'retry' } }]);
    expect(app.parts.reconciled).toEqual([TARGET]);
  });

  it('about a new installation without a list of repositories has everything swept soon', async () => {
    await using app = await runTestApp();
    await app.clock.advance(120_000);
    const sweeps = app.parts.asked.filter((what) => what === 'installations').length;
    await app.deliver('installation', { action: 'unsuspend', installation: { id: 10 } });
    await app.clock.advance(0);
    expect(app.parts.asked.filter((what) => what === 'installations')).toHaveLength(sweeps + 1);
  });

  it('of more than a megabyte is taken', async () => {
    await using app = await runTestApp();
    const issue = { number: 5, body: '\u202e🌱'.repeat(300_000) };
    expect((await app.deliver('issues', eventOf({ issue }))).status).toBe(200);
    await app.clock.advance(250);
    expect(app.parts.reconciled).toEqual([TARGET]);
    expect(app.logText()).not.toContain('🌱');
  });

  it('of 25 MB is the largest that is read', async () => {
    await using app = await runTestApp();
    const tooLarge = 'x'.repeat(25 * 1024 * 1024 + 1);
    // Node's fetch may see the connection end before it has sent everything.
    const status = await app.deliver('issues', tooLarge).then(
      (response) => response.status,
      () => 413,
    );
    expect(status).toBe(413);
    expect((await app.get('/healthz')).status).toBe(200);
    expect(await (await app.get('/metrics')).text()).toContain('espalier_webhooks_refused_total{status="413"} 1');
  });

  it('that is no JSON is refused', async () => {
    await using app = await runTestApp();
    expect((await app.deliver('issues', '{"action":')).status).toBe(400);
  });

  it.each(['null', '5', '"text"', '[]', '{}'])('that is only %s does no harm', async (body) => {
    await using app = await runTestApp();
    expect([200, 500]).toContain((await app.deliver('issues', body)).status);
    expect((await app.get('/healthz')).status).toBe(200);
  });
});

describe('a defect of ours', () => {
  it('while a webhook is taken is a 500, so that GitHub has it as failed and it is asked for again', async () => {
    await using app = await runTestApp();
    app.parts.noteClick = () => {
      throw new Error('a defect');
    };
    const check_run = { app: { id: 42 }, head_sha: 'a1'.repeat(20), external_id: 'issue-5/auth/2/0' };
    const payload = eventOf({ action: 'requested_action', requested_action: { identifier: 'retry' }, check_run });
    expect((await app.deliver('check_run', payload)).status).toBe(500);
    expect(await (await app.get('/metrics')).text()).toContain('espalier_errors_total{place="webhook"} 1');
    expect(app.log().filter(({ level }) => level === 'error').length).toBeGreaterThan(0);
    expect(app.logText()).not.toContain('external_id');
  });
});

describe('every example of GitHub’s', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runTestApp();
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
  });

  it.each(EXAMPLES)('for $name is accepted without an error', async ({ name, examples }) => {
    const given = examples.flatMap((example) => [example, { installation: { id: 1 }, ...example }]);
    const statuses = await Promise.all(given.map(async (payload) => (await app.deliver(name, payload)).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('leaves no error and no warning in the log, and all their plans reconciled', async () => {
    await app.clock.advance(600_000);
    expect(app.log().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    expect(new Set(app.parts.reconciled.map(({ owner }) => owner))).toContain('Codertocat');
    expect(await (await app.get('/metrics')).text()).not.toMatch(/espalier_errors_total\{/);
  });
});

describe('a request that is not from GitHub', () => {
  const body = JSON.stringify(eventOf({ issue: { number: 5 } }));

  it.each<[string, Record<string, string | undefined>, number]>([
    ['has a wrong signature', { 'x-hub-signature-256': signBody(body, 'another-secret') }, 400],
    ['is signed with the secret that everybody knows', { 'x-hub-signature-256': signBody(body, 'development') }, 400],
    ['has the signature of another body', { 'x-hub-signature-256': signBody(`${body} `) }, 400],
    ['has only the old kind of signature', { 'x-hub-signature-256': undefined, 'x-hub-signature': 'sha1=0' }, 400],
    ['has a signature that is none', { 'x-hub-signature-256': 'sha256=' }, 400],
    ['names no event', { 'x-github-event': undefined }, 400],
    ['names no delivery', { 'x-github-delivery': undefined }, 400],
    ['is a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ])('is refused when it %s, without a line in the log', async (_case, headers, status) => {
    await using app = await runTestApp();
    const all = Object.entries({ ...deliveryHeaders('issues', body), ...headers }).filter(
      (header): header is [string, string] => header[1] !== undefined,
    );
    const response = await fetch(`${app.url}${PATH}`, { method: 'POST', headers: all, body });
    expect(response.status).toBe(status);
    await app.clock.advance(60_000);
    expect(app.parts.reconciled).toEqual([]);
    expect(app.log().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    expect(await (await app.get('/metrics')).text()).toContain(`espalier_webhooks_refused_total{status="${status}"} 1`);
  });

  it('is refused as long as it announces too much, before it has sent it', async () => {
    await using app = await runTestApp();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${app.url}${PATH}`, { method: 'POST', headers: { 'content-length': 1e12 } }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      sent.write('{');
    });
    expect(status).toBe(413);
  });

  it('may go away in the middle of its body', async () => {
    await using app = await runTestApp();
    await new Promise<void>((resolve) => {
      const headers = { ...deliveryHeaders('issues', body), 'content-length': 1_000 };
      const sent = request(`${app.url}${PATH}`, { method: 'POST', headers });
      sent.on('error', () => resolve());
      sent.write('{', () => sent.destroy());
      sent.on('close', () => resolve());
    });
    expect((await app.get('/healthz')).status).toBe(200);
    expect(app.log().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is not answered elsewhere', async () => {
    await using app = await runTestApp();
    const send = async (method: string, where: string): Promise<number> =>
      (await fetch(`${app.url}${where}`, { method })).status;
    expect(await send('POST', '/')).toBe(405);
    expect(await send('GET', PATH)).toBe(405);
    expect(await send('PUT', PATH)).toBe(405);
    expect(await send('POST', '/probot')).toBe(404);
    expect(await send('GET', '/setup/callback?code=x&state=y')).toBe(404);
    expect(await send('HEAD', '/healthz')).toBe(200);
  });
});
