import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { GitHubError } from '../../../src/adapters/github/github-error.ts';
import type { GitHubClient } from '../../../src/adapters/github/github-client.ts';
import { openGitHub } from '../../../src/adapters/github/open-github.ts';
import { scriptFetch, type ScriptedAnswer, type ScriptedFetch } from './scripted-fetch.ts';
import { openVirtualClock, type VirtualClock } from './virtual-clock.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

interface Opened extends ScriptedFetch {
  client: GitHubClient;
  clock: VirtualClock;
  logged: string[];
}

function open(answers: readonly ScriptedAnswer[], graphqlMs = 10_000): Opened {
  const clock = openVirtualClock();
  const script = scriptFetch(answers);
  const logged: string[] = [];
  const note = (message: string, fields?: Record<string, unknown>) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const github = openGitHub({
    appId: 42,
    privateKeyPem: PEM,
    clock,
    log: { debug: note, info: note, warn: note, error: note },
    pace: { maxAtOnce: 10, writeGapMs: 0 },
    timeouts: { restMs: graphqlMs, graphqlMs },
    fetch: script.fetch,
  });
  return { ...script, client: github.clientOf(7), clock, logged };
}

const Named = z.object({ name: z.string() });

function read(client: GitHubClient) {
  return client.rest({
    route: 'GET /repos/{owner}/{repo}',
    parameters: { owner: 'acme', repo: 'widgets' },
    what: 'Reading a repository',
    answer: Named,
  });
}

function write(client: GitHubClient) {
  return client.rest({
    route: 'POST /repos/{owner}/{repo}/labels',
    parameters: { owner: 'acme', repo: 'widgets', name: 'espalier' },
    what: 'Making a label',
    answer: Named,
  });
}

function query(client: GitHubClient) {
  return client.graphql({
    kind: 'query',
    document: 'query Name($id: ID!) { node(id: $id) { id } }',
    variables: { id: 'X' },
    what: 'Reading a node',
    answer: z.object({ node: z.object({ id: z.string() }).nullable() }),
  });
}

async function failureOf(promise: Promise<unknown>): Promise<GitHubError> {
  const failure = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof GitHubError) return failure;
  throw new Error('The call did not fail as it should.', { cause: failure });
}

describe('a request', () => {
  test('names the version of the API, the app and its token', async () => {
    const { client, sent } = open([{ body: { name: 'widgets' } }]);
    expect(await read(client)).toEqual({ name: 'widgets' });
    const [request] = sent;
    expect(request?.url).toBe('https://api.github.com/repos/acme/widgets');
    expect(request?.headers.get('x-github-api-version')).toBe('2022-11-28');
    expect(request?.headers.get('user-agent')).toMatch(/^espalier/);
    expect(request?.headers.get('authorization')).toBe('bearer ghs_42_secret-token-0');
  });

  test('that reads is sent again after a server error, a broken connection and half an answer', async () => {
    const { client, sent, clock } = open([
      { status: 502, text: '<html>Bad Gateway</html>' },
      { breaks: new TypeError('fetch failed') },
      { text: '{"name": "wid' },
      { body: { name: 'widgets' } },
    ]);
    expect(await read(client)).toEqual({ name: 'widgets' });
    expect(sent).toHaveLength(4);
    expect(clock.slept).toEqual([500, 2000, 8000]);
  });

  test.each<{ name: string; answer: ScriptedAnswer }>([
    { name: 'a server error', answer: { status: 500, body: { message: 'Server Error' } } },
    { name: 'a broken connection', answer: { breaks: new TypeError('fetch failed') } },
    { name: 'half an answer', answer: { status: 201, text: '{"name": "esp' } },
  ])('that writes is never sent again after $name', async ({ answer }) => {
    const { client, sent, clock } = open([answer]);
    const failure = await failureOf(write(client));
    expect(sent).toHaveLength(1);
    expect(failure.ending).toEqual({
      kind: 'later',
      notBeforeMs: clock.now() + 2000,
      mayStand: true,
      isLimit: false,
    });
    expect(failure.isTransient).toBe(true);
  });

  test('gives up an answer that does not come in time', async () => {
    const { client, sent } = open([{ hangs: true }], 20);
    const failure = await failureOf(write(client));
    expect(failure.message).toContain('Making a label failed: no answer in time');
    expect(sent).toHaveLength(1);
  });

  test.each(['GET /app', 'POST /app'])('that a caller aborts ends with the reason of the caller: %s', async (route) => {
    const { client, sent } = open([{ hangs: true }]);
    const stop = new AbortController();
    const { signal } = stop;
    const asked = client.rest({ route, parameters: {}, what: 'Asking', answer: Named, signal });
    const reason = new Error('The app is stopping.');
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect(sent.length).toBeLessThanOrEqual(1);
  });

  test('that writes waits out a short limit, since a limit is met before anything is done', async () => {
    const { client, sent, clock } = open([
      {
        status: 403,
        headers: { 'retry-after': '3' },
        body: { message: 'You have exceeded a secondary rate limit.' },
      },
      { status: 201, body: { name: 'espalier' } },
    ]);
    expect(await write(client)).toEqual({ name: 'espalier' });
    expect({ requests: sent.length, slept: clock.slept }).toEqual({ requests: 2, slept: [3000] });
  });

  test('is not sent while a limit that another one met still holds', async () => {
    const { client, sent, clock } = open([
      { status: 429, headers: { 'retry-after': '60' }, body: { message: 'slow down' } },
      { body: { name: 'widgets' } },
    ]);
    const first = await failureOf(write(client));
    const second = await failureOf(read(client));
    expect([first.ending.kind, second.ending.kind, sent.length]).toEqual(['later', 'later', 1]);
    clock.advance(60_000);
    expect(await read(client)).toEqual({ name: 'widgets' });
  });

  test('takes a fresh token where the old one is not taken, and gives up where that is not taken either', async () => {
    const refused = { status: 401, body: { message: 'Bad credentials' } };
    const { client, sent } = open([refused, { body: { name: 'widgets' } }, refused, refused]);
    expect(await read(client)).toEqual({ name: 'widgets' });
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'bearer ghs_42_secret-token-0',
      'bearer ghs_42_secret-token-1',
    ]);
    const failure = await failureOf(read(client));
    expect(failure.ending).toEqual({ kind: 'unauthorized' });
    expect(failure.isTransient).toBe(false);
  });

  test('whose turn comes after its time is not sent', async () => {
    const { client, sent, clock } = open([
      { status: 403, headers: { 'retry-after': '5' }, body: { message: 'secondary rate limit' } },
      { body: { name: 'widgets' } },
    ]);
    const failure = await failureOf(write(client.until(clock.now() + 4000)));
    expect(failure.ending).toEqual({ kind: 'later', notBeforeMs: clock.now(), mayStand: false, isLimit: false });
    expect(sent).toHaveLength(1);
    expect(await read(client)).toEqual({ name: 'widgets' });
  });

  test('that lacks a permission names it, and takes a fresh token for the next once its own is a minute old', async () => {
    const { client, sent, clock } = open([
      {
        status: 403,
        headers: { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' },
        body: { message: 'Resource not accessible by integration' },
      },
      { status: 403, body: { message: 'Resource not accessible by integration' } },
      { body: { name: 'espalier' } },
    ]);
    const failure = await failureOf(write(client));
    expect(failure.ending).toEqual({ kind: 'forbidden', permission: 'issues=write; pull_requests=write' });
    expect(failure.message).toContain("Accept the permission 'issues=write; pull_requests=write'");
    clock.advance(60_000);
    await failureOf(write(client));
    await write(client);
    expect(sent.map(({ headers }) => headers.get('authorization')?.at(-1))).toEqual(['0', '0', '2']);
  });

  test('is not sent again for an answer of another shape, and says where', async () => {
    const { client, sent } = open([{ body: { name: 5 } }]);
    const failure = await failureOf(read(client));
    expect(failure.message).toContain('the answer is not as documented at name');
    expect({ kind: failure.ending.kind, requests: sent.length }).toEqual({ kind: 'refused', requests: 1 });
  });

  test('keeps the token out of errors and logs, whatever GitHub echoes', async () => {
    const echo = 'You sent Authorization: bearer ghs_42_secret-token-0 \u202e\nand x-token=ghs_42_secret-token-0';
    const { client, logged } = open([
      { status: 502, body: { message: echo, errors: [{ resource: 'ghs_42_secret-token-0', code: 'custom' }] } },
      { status: 422, headers: { 'x-echo': 'bearer ghs_42_secret-token-0' }, body: { message: echo, errors: [echo] } },
    ]);
    const failure = await failureOf(read(client));
    const shown = [failure.message, failure.because, failure.stack, JSON.stringify(failure), ...logged].join('\n');
    expect(shown).not.toContain('secret-token');
    expect(failure.because).toContain('[redacted]');
    expect(failure.because).not.toMatch(/[\n\u202e]/);
    expect(failure.because.length).toBeLessThan(350);
    expect(failure.cause).toBeUndefined();
  });
});

describe('a GraphQL request', () => {
  test('gives data and errors of an answer that has both', async () => {
    const { client, sent } = open([
      {
        body: {
          data: { node: null },
          errors: [{ type: 'NOT_FOUND', path: ['node'], message: 'Could not resolve to a node' }],
        },
      },
    ]);
    const { data, errors } = await query(client);
    expect(data).toEqual({ node: null });
    expect(errors.map(({ path, failure }) => [path, failure.type])).toEqual([[['node'], 'NOT_FOUND']]);
    expect(sent[0]?.body).toEqual({
      query: 'query Name($id: ID!) { node(id: $id) { id } }',
      variables: { id: 'X' },
    });
  });

  test("is sent again where GitHub could not execute it, and counts its quota apart from REST's", async () => {
    const headers = (resource: string, remaining: string) => ({
      'x-ratelimit-resource': resource,
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': '1793538000',
    });
    const { client } = open([
      { body: { data: null, errors: [{ message: 'Something went wrong while executing your query.' }] } },
      { headers: headers('graphql', '4990'), body: { data: { node: { id: 'X' } } } },
      { headers: headers('core', '4000'), body: { name: 'widgets' } },
      { headers: headers('core', '4001'), body: { name: 'widgets' } },
    ]);
    await query(client);
    await read(client);
    await read(client);
    expect(client.quota()).toEqual({
      rest: { limit: 5000, remaining: 4000, resetAtMs: 1_793_538_000_000 },
      graphql: { limit: 5000, remaining: 4990, resetAtMs: 1_793_538_000_000 },
    });
  });

  test('of which GitHub executed a part is sent again: what is missing is not absent', async () => {
    const broken = { path: ['node'], message: 'Something went wrong while executing your query.' };
    const { client, sent } = open([
      { body: { data: { node: null }, errors: [broken] } },
      { body: { data: { node: { id: 'X' } } } },
    ]);
    expect((await query(client)).data).toEqual({ node: { id: 'X' } });
    expect(sent).toHaveLength(2);
  });

  test('waits for the reset where the quota is used up, and holds back GraphQL alone', async () => {
    const { client, clock, sent } = open([
      {
        headers: {
          'x-ratelimit-resource': 'graphql',
          'x-ratelimit-limit': '5000',
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Date.UTC(2026, 10, 1, 0, 30) / 1000),
        },
        body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] },
      },
      { body: { name: 'widgets' } },
    ]);
    const failure = await failureOf(query(client));
    expect(failure.notBeforeMs).toBe(Date.UTC(2026, 10, 1, 0, 30, 1));
    expect(clock.slept).toEqual([]);
    await failureOf(query(client));
    await read(client);
    expect(sent).toHaveLength(2);
  });
});

test('a private key that cannot be read is refused without being quoted', () => {
  const options = {
    appId: 1,
    privateKeyPem: '-----BEGIN RSA PRIVATE KEY-----\nMIIsecret\n-----END RSA PRIVATE KEY-----',
    clock: openVirtualClock(),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  };
  expect(() => openGitHub(options)).toThrow("The app's private key cannot be read.");
  expect(() => openGitHub(options)).not.toThrow('MIIsecret');
});
