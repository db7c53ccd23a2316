import type { RequestError } from '@octokit/request-error';
import { describe, expect, test } from 'vitest';

import { secondaryLimit, serverError } from './faults.ts';
import { pushCommits } from './operations/commits.ts';
import { openServer } from './rest/server-fixture.ts';

const WIDGETS = { owner: 'acme', repo: 'widgets' };
const CREATE_ISSUE = 'POST /repos/{owner}/{repo}/issues';
/** What clients say of a connection that ended without an answer. */
const BROKEN = /fetch failed|other side closed|ECONNRESET|socket/iu;
const GET_ISSUE = 'GET /repos/{owner}/{repo}/issues/{issue_number}';

describe('scripted faults', () => {
  test('a failure before leaves nothing done, a failure after leaves it done', async () => {
    await using fixture = await openServer();
    const { server, repository } = fixture;
    const octokit = fixture.client();
    server.faults.add({ route: CREATE_ISSUE }, serverError('before', 502));
    server.faults.add({ route: CREATE_ISSUE }, serverError('after', 500), { nth: 2 });
    await expect(octokit.rest.issues.create({ ...WIDGETS, title: 'One' })).rejects.toMatchObject({ status: 502 });
    expect(repository.issues.size).toBe(0);
    await expect(octokit.rest.issues.create({ ...WIDGETS, title: 'Two' })).rejects.toMatchObject({ status: 500 });
    expect([...repository.issues.values()].map(({ title }) => title)).toEqual(['Two']);
    const third = await octokit.rest.issues.create({ ...WIDGETS, title: 'Three' });
    expect(third.data.number).toBe(2);
    expect(server.requests.map(({ status }) => status)).toEqual([502, 500, 201]);
    server.faults.assertAllUsed();
  });

  test.each([
    ['with seconds to wait', secondaryLimit(30), 403, '30'],
    ['without', secondaryLimit(), 403, undefined],
    ['under 429', secondaryLimit(5, 429), 429, '5'],
  ])('a secondary limit comes %s', async (_what, fault, status, retryAfter) => {
    await using fixture = await openServer();
    fixture.server.faults.add({ kind: 'read' }, fault);
    const error: unknown = await fixture
      .client()
      .rest.repos.get(WIDGETS)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ status, message: expect.stringContaining('secondary rate limit') as string });
    expect((error as RequestError).response?.headers['retry-after']).toBe(retryAfter);
  });

  test('a connection breaks before or after the thing is done', async () => {
    await using fixture = await openServer();
    const octokit = fixture.client();
    fixture.server.faults.add({ route: CREATE_ISSUE }, { kind: 'reset', when: 'before' });
    fixture.server.faults.add({ route: CREATE_ISSUE }, { kind: 'reset', when: 'after' }, { nth: 2 });
    await expect(octokit.rest.issues.create({ ...WIDGETS, title: 'One' })).rejects.toThrow(BROKEN);
    await expect(octokit.rest.issues.create({ ...WIDGETS, title: 'Two' })).rejects.toThrow(BROKEN);
    expect([...fixture.repository.issues.values()].map(({ title }) => title)).toEqual(['Two']);
  });

  test('a slow answer waits until the test lets it go, and has been done by then', async () => {
    await using fixture = await openServer();
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    fixture.server.faults.add(
      { route: CREATE_ISSUE },
      {
        kind: 'slow',
        until: () => {
          reached.resolve();
          return gate.promise;
        },
      },
    );
    const creating = fixture.client().rest.issues.create({ ...WIDGETS, title: 'Slow' });
    await reached.promise;
    expect(fixture.repository.issues.size).toBe(1);
    gate.resolve();
    expect((await creating).status).toBe(201);
  });

  test('a stale read shows the state before the last write, refs too, and only for its time', async () => {
    await using fixture = await openServer();
    const { server, clock } = fixture;
    const octokit = fixture.client();
    const stale = { kind: 'stale', withinMs: 5000 } as const;
    server.faults.add({ route: GET_ISSUE }, stale, { times: 2 });
    const made = await octokit.rest.issues.create({ ...WIDGETS, title: 'One' });
    const at = { ...WIDGETS, issue_number: made.data.number };
    await octokit.rest.issues.update({ ...at, title: 'Two' });
    expect((await octokit.rest.issues.get(at)).data.title).toBe('One');
    clock.at += 6000;
    expect((await octokit.rest.issues.get(at)).data.title).toBe('Two');
    const main = await octokit.rest.git.getRef({ ...WIDGETS, ref: 'heads/main' });
    server.faults.add({ route: 'GET /repos/{owner}/{repo}/git/ref/{ref}' }, stale);
    await octokit.rest.git.createRef({ ...WIDGETS, ref: 'refs/heads/new', sha: main.data.object.sha });
    await expect(octokit.rest.git.getRef({ ...WIDGETS, ref: 'heads/new' })).rejects.toMatchObject({ status: 404 });
    expect((await octokit.rest.git.getRef({ ...WIDGETS, ref: 'heads/new' })).status).toBe(200);
    server.faults.assertAllUsed();
  });

  test('the world changes between a read and the write that follows', async () => {
    await using fixture = await openServer();
    const { server, world, maintainer, repository } = fixture;
    const octokit = fixture.client();
    const main = await octokit.rest.git.getRef({ ...WIDGETS, ref: 'heads/main' });
    const commit = await octokit.rest.git.getCommit({ ...WIDGETS, commit_sha: main.data.object.sha });
    const next = await octokit.rest.git.createCommit({
      ...WIDGETS,
      message: 'Next',
      tree: commit.data.tree.sha,
      parents: [main.data.object.sha],
    });
    const commits = [{ message: 'Cut in', files: { 'a.txt': 'a' } }];
    server.faults.add(
      { route: 'PATCH /repos/{owner}/{repo}/git/refs/{ref}' },
      { kind: 'change', change: () => pushCommits(world, maintainer, repository, { branch: 'main', commits }) },
    );
    const moving = octokit.rest.git.updateRef({ ...WIDGETS, ref: 'heads/main', sha: next.data.sha });
    await expect(moving).rejects.toMatchObject({ status: 422 });
  });

  test('a fault can be for one app alone, or for one program', async () => {
    await using fixture = await openServer();
    const { server, app } = fixture;
    const person = fixture.clientWith(server.tokens.mintForPerson('maintainer'));
    server.faults.add({ appId: app.id }, serverError('before'));
    server.faults.add({ matches: ({ userAgent }) => userAgent.includes('second') }, serverError('before', 503));
    expect((await person.rest.repos.get(WIDGETS)).status).toBe(200);
    await expect(fixture.client().rest.repos.get(WIDGETS)).rejects.toMatchObject({ status: 502 });
    const headers = { 'user-agent': 'second' };
    await expect(person.rest.repos.get({ ...WIDGETS, headers })).rejects.toMatchObject({ status: 503 });
    server.faults.assertAllUsed();
  });

  test('a fault that nothing met fails the test that wrote it', async () => {
    await using fixture = await openServer();
    fixture.server.faults.add({ route: CREATE_ISSUE }, serverError('before'), { nth: 2 });
    await fixture.client().rest.issues.create({ ...WIDGETS, title: 'One' });
    expect(() => fixture.server.faults.assertAllUsed()).toThrow(
      'answer on "POST /repos/{owner}/{repo}/issues", request 2 to 2 that fits; 1 came',
    );
  });
});

describe('faults by chance', () => {
  test('come as often as the rate says, the same for the same seed, and end when told', async () => {
    const draw = async (seed: number): Promise<number[]> => {
      await using fixture = await openServer();
      const octokit = fixture.client();
      fixture.server.faults.addRandom({ seed, rate: 0.3, faults: [serverError('before', 500), serverError('before')] });
      for (let at = 0; at < 60; at += 1) await octokit.rest.repos.get(WIDGETS).catch(() => undefined);
      fixture.server.faults.stopRandom();
      expect((await octokit.rest.repos.get(WIDGETS)).status).toBe(200);
      return fixture.server.requests.map(({ status }) => status);
    };
    const one = await draw(1);
    expect(await draw(1)).toEqual(one);
    expect(await draw(2)).not.toEqual(one);
    expect(new Set(one)).toEqual(new Set([200, 500, 502]));
  });
});

describe('the primary limits', () => {
  test('REST and GraphQL are counted apart, and refuse each in its own way', async () => {
    await using fixture = await openServer();
    const { server, clock } = fixture;
    const octokit = fixture.client();
    server.rateLimits.setLimit('core', 1);
    server.rateLimits.setLimit('graphql', 1);
    const first = await octokit.rest.repos.get(WIDGETS);
    expect(first.headers).toMatchObject({ 'x-ratelimit-remaining': '0', 'x-ratelimit-resource': 'core' });
    await expect(octokit.rest.repos.get(WIDGETS)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('API rate limit exceeded for installation') as string,
    });
    const query = 'query Look { repository(owner: "acme", name: "widgets") { nameWithOwner } }';
    expect(await octokit.graphql(query)).toEqual({ repository: { nameWithOwner: 'acme/widgets' } });
    await expect(octokit.graphql(query)).rejects.toMatchObject({ errors: [{ type: 'RATE_LIMITED' }] });
    clock.at += 3_600_000;
    const fresh = fixture.client();
    expect(await fresh.graphql(query)).toEqual({ repository: { nameWithOwner: 'acme/widgets' } });
  });

  test('a GraphQL request can meet a fault by the name of its operation', async () => {
    await using fixture = await openServer();
    fixture.server.faults.add({ graphql: 'Look' }, serverError('before', 502));
    const query = 'query Look { viewer { login } }';
    await expect(fixture.client().graphql(query)).rejects.toMatchObject({ status: 502 });
    expect(await fixture.client().graphql(query)).toEqual({ viewer: { login: 'espalier[bot]' } });
  });
});
