import { describe, expect, test } from 'vitest';

import { GITHUB_FACTS } from '../../../../src/core/register/github-facts.ts';
import { renderProbeTable } from '../../../../src/core/report/github-probes.ts';
import { createCheckRun, createStatus } from '../../../support/github/operations/checks.ts';
import { pushCommits } from '../../../support/github/operations/commits.ts';
import { enqueuePull } from '../../../support/github/operations/merge-queue.ts';
import { openPull } from '../../../support/github/operations/pulls.ts';
import { createRef } from '../../../support/github/operations/refs.ts';
import { addRuleset, createRepository, setArchived } from '../../../support/github/operations/repositories.ts';
import {
  completeRun,
  dispatchWorkflow,
  findWorkflow,
  startRun,
  uploadArtifact,
} from '../../../support/github/operations/runs.ts';
import { appActor } from '../../../support/github/world.ts';
import {
  branchesOf,
  factOf,
  idsOf,
  MANIFEST_PERMISSIONS,
  openProbeFixture,
  type ProbeFixture,
  reportOf,
} from './probe-fixture.ts';

const NO_PROGRAM = GITHUB_FACTS.filter(({ doctor }) => doctor === null).map(({ id }) => id);

describe('a visit with --write', () => {
  test('finds every fact as it is taken for granted, and leaves only what cannot be deleted, closed', async () => {
    await using fixture = await openProbeFixture();
    const { hub } = fixture;
    const report = reportOf(await fixture.visit({ canWrite: true }));
    expect(report.facts.map(({ id }) => id)).toEqual(GITHUB_FACTS.map(({ id }) => id));
    expect(idsOf(report.facts, 'differs')).toEqual([]);
    expect(idsOf(report.facts, 'not-probed').toSorted()).toEqual(
      [
        ...NO_PROGRAM,
        'archived-words',
        'api-moves-start-ci',
        'checks-are-all-shown',
        'queue-takes-app',
        'queue-entries-are-shown',
        'artifact-has-digest',
        'artifact-digest-is-of-file',
        'failed-deliveries-are-listed',
      ].toSorted(),
    );
    expect(report.permissions?.every(({ isEnough }) => isEnough)).toBe(true);
    expect(report.left).toEqual([]);
    expect(branchesOf(fixture)).toEqual(['refs/heads/main']);
    expect([...hub.repository.issues.values()].map(({ state }) => state)).toEqual(['closed', 'closed', 'closed']);
    expect([...hub.repository.runs.values()].map(({ conclusion }) => conclusion)).toEqual(['cancelled']);
  });

  test('reads what is there to be read: queue, statuses, artifacts, lost webhooks, an older workflow', async () => {
    await using fixture = await openProbeFixture({ permissions: { ...MANIFEST_PERMISSIONS, statuses: 'read' } });
    await fillWorld(fixture);
    startRunWhenLookedAt(fixture);
    const report = reportOf(await fixture.visit({ canWrite: true }));
    expect(report.facts.filter(({ status }) => status === 'differs')).toEqual([]);
    expect(idsOf(report.facts, 'not-probed').toSorted()).toEqual([...NO_PROGRAM, 'archived-words'].toSorted());
    expect(branchesOf(fixture).filter((name) => name.includes('doctor'))).toEqual([]);
  });
});

/** What a repository does whose workflows run on every push; the test GitHub starts none by itself. */
function startRunWhenLookedAt({ hub }: ProbeFixture): void {
  const { maintainer, repository, server } = hub;
  server.faults.add(
    { graphql: 'Probe', matches: ({ body }) => JSON.stringify(body).includes('checkSuites') },
    {
      kind: 'change',
      async change(world) {
        const [name = '', headSha = ''] = [...repository.refs].find(([ref]) => ref.endsWith('/ci')) ?? [];
        const workflow = await findWorkflow(world, repository, 'espalier-dispatch.yml');
        const headBranch = name.replace('refs/heads/', '');
        await startRun(world, maintainer, workflow, { event: 'push', headSha, headBranch, displayTitle: 'CI' });
      },
    },
  );
}

/** One of everything that a visit only finds. */
async function fillWorld({ hub }: ProbeFixture): Promise<void> {
  const { world, maintainer, repository, app } = hub;
  await addRuleset(world, repository, {
    name: 'Queue',
    include: ['~DEFAULT_BRANCH'],
    rules: [
      {
        type: 'merge_queue',
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: 'ALLGREEN',
          max_entries_to_build: 2,
          max_entries_to_merge: 5,
          merge_method: 'MERGE',
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 0,
        },
      },
      {
        type: 'required_status_checks',
        parameters: {
          required_status_checks: [{ context: 'espalier/gate', integration_id: app.id }],
          strict_required_status_checks_policy: false,
        },
      },
    ],
  });
  const from = repository.refs.get('refs/heads/main') ?? '';
  const files = { 'queued.txt': 'queued\n' };
  await pushCommits(world, maintainer, repository, { branch: 'queued', from, commits: [{ message: 'Queue', files }] });
  const pull = await openPull(world, maintainer, repository, { title: 'Queue', head: 'queued', base: 'main' });
  const passed = { name: 'espalier/gate', headSha: pull.pull.headSha, conclusion: 'success' } as const;
  await createCheckRun(world, appActor(world, app.id), repository, passed);
  await enqueuePull(world, maintainer, pull, {});
  const sha = repository.refs.get('refs/heads/main') ?? '';
  await createStatus(world, maintainer, repository, { sha, context: 'ci/build', state: 'success' });
  const workflow = await findWorkflow(world, repository, 'espalier-dispatch.yml');
  const inputs = { plan: 'issue-1', legs: '[]', nonce: 'issue-1.1', ledger: sha };
  const run = await dispatchWorkflow(world, maintainer, workflow, { ref: 'main', inputs });
  await uploadArtifact(world, run, { name: 'espalier-api.1-evidence.json', bytes: Buffer.from('{"version":1}\n') });
  await completeRun(world, run, 'success');
  world.state.deliveries.push({
    id: 2 ** 33 + 1,
    guid: 'guid-1',
    appId: app.id,
    event: 'issues',
    action: 'opened',
    installationId: null,
    repositoryId: null,
    body: '{}',
    isRedelivery: false,
    createdAt: hub.clock.at,
    dueAt: hub.clock.at,
    deliveredAt: hub.clock.at - 3_600_000,
    durationMs: 1,
    statusCode: 502,
    status: 'Bad Gateway',
  });
}

describe('a visit without --write', () => {
  test('makes branches and nothing else, and takes them away', async () => {
    await using fixture = await openProbeFixture();
    const { hub } = fixture;
    const report = reportOf(await fixture.visit());
    const writing = GITHUB_FACTS.filter(({ doctor }) => doctor === 'write').map(({ id }) => id);
    expect(writing.map((id) => factOf(report, id)?.found)).toEqual(writing.map(() => 'it needs --write'));
    expect(idsOf(report.facts, 'differs')).toEqual([]);
    expect(branchesOf(fixture)).toEqual(['refs/heads/main']);
    expect([hub.repository.issues.size, hub.repository.runs.size, hub.repository.labels.size]).toEqual([0, 0, 0]);
    const pushed = hub.server.requests.filter(({ kind, graphql }) => kind === 'write' && graphql !== undefined);
    expect(pushed.length).toBeGreaterThan(10);
    for (const { body } of pushed) expect(JSON.stringify(body)).not.toContain('refs/heads/main');
  });

  test('of an archived repository tries only what must be refused', async () => {
    await using fixture = await openProbeFixture();
    const { world, maintainer, repository } = fixture.hub;
    await setArchived(world, maintainer, repository, true);
    const report = reportOf(await fixture.visit({ canWrite: true }));
    expect(factOf(report, 'archived-words')).toMatchObject({ status: 'ok' });
    expect(factOf(report, 'refs-atomic')).toMatchObject({ status: 'not-probed', found: 'the repository is archived' });
    expect(report.left).toEqual([]);
  });

  test('with a token skips what only an app can tell, and takes away what a killed visit left an hour ago', async () => {
    await using fixture = await openProbeFixture();
    const { world, maintainer, repository, clock } = fixture.hub;
    const oid = repository.refs.get('refs/heads/main') ?? '';
    const nameOf = (atMs: number): string => `refs/heads/espalier-staging/doctor-${atMs.toString(36)}-aaaa/x`;
    const [old, fresh] = [nameOf(clock.at - 2 * 3_600_000), nameOf(clock.at - 60_000)];
    for (const name of [old, fresh]) await createRef(world, maintainer, repository, { name, oid });
    const { token } = fixture.hub.server.tokens.mint(fixture.hub.installation);
    const report = reportOf(await fixture.visit({ credential: { kind: 'token', token } }));
    expect(report.permissions).toBeNull();
    expect(report.limits.map(({ limit }) => limit).join(' ')).toMatch(/approves them.*merge queue/s);
    expect(renderProbeTable(report).join('\n')).toContain('limit       No workflow starts for what it pushes');
    expect(idsOf(report.facts, 'differs')).toEqual([]);
    expect(factOf(report, 'viewer-is-bot')?.found).toBe('it needs the credentials of the app');
    expect(factOf(report, 'refs-atomic')?.status).toBe('ok');
    // One that is younger may be under way.
    expect(branchesOf(fixture)).toEqual(['refs/heads/main', fresh]);
  });
});

describe('a visit that cannot do everything', () => {
  test('names the permissions that are missing, with what they are for', async () => {
    const { merge_queues: _queue, checks: _checks, ...permissions } = MANIFEST_PERMISSIONS;
    await using fixture = await openProbeFixture({ permissions: { ...permissions, contents: 'read' } });
    const report = reportOf(await fixture.visit());
    const missing = report.permissions?.filter(({ isEnough }) => !isEnough) ?? [];
    expect(missing.map(({ name, held }) => [name, held])).toEqual([
      ['contents', 'read'],
      ['checks', null],
      ['merge_queues', null],
    ]);
    expect(missing[0]?.reason).toContain('move the branches');
    expect(factOf(report, 'refs-atomic')?.status).toBe('not-probed');
    expect(factOf(report, 'refs-atomic')?.found).toContain('the permission contents=write is missing');
    expect(report.left).toEqual([]);
  });

  test('takes away what it made when it is broken off', async () => {
    await using fixture = await openProbeFixture();
    const stop = new AbortController();
    const outcome = await fixture.visit({
      canWrite: true,
      signal: stop.signal,
      onStep: (fact) => {
        if (fact === 'reaction-stands-once') stop.abort(new Error('Stopped.'));
      },
    });
    expect(outcome).toEqual({ kind: 'interrupted', left: [] });
    const { repository } = fixture.hub;
    expect(branchesOf(fixture)).toEqual(['refs/heads/main']);
    expect([...repository.issues.values()].map(({ state }) => state)).toEqual(['closed', 'closed', 'closed']);
    expect([...repository.runs.values()].map(({ status }) => status)).toEqual(['completed']);
  });

  test('says of an outage that nothing was tried, goes on, and names what it could not take away', async () => {
    await using fixture = await openProbeFixture();
    const { faults } = fixture.hub.server;
    const outage = { kind: 'answer', when: 'before', status: 502, message: 'Bad Gateway' } as const;
    faults.add({ graphql: 'ProbeCost' }, outage, { times: 4 });
    faults.add(
      { route: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}', matches: ({ target }) => target.includes('atomic-1') },
      { kind: 'answer', when: 'before', status: 403, message: 'Protected' },
    );
    const report = reportOf(await fixture.visit());
    expect(factOf(report, 'query-cost-is-counted-so')?.status).toBe('not-probed');
    expect(factOf(report, 'query-cost-is-counted-so')?.found).toContain('GitHub could not answer');
    expect(idsOf(report.facts, 'differs')).toEqual([]);
    expect(report.left).toHaveLength(1);
    expect(report.left[0]).toMatch(/^the branch espalier-staging\/doctor-.*\/atomic-1, since/);
  });
});

describe('a visit that cannot begin', () => {
  test.each([
    ['on a repository without the app', { owner: 'acme', name: 'nothing' }, 'not installed on acme/nothing'],
    ['on a repository without a commit', { owner: 'acme', name: 'empty' }, 'acme/empty has no commit yet'],
    ['among several repositories', null, 'several repositories (acme/widgets, acme/empty)'],
  ])('%s says so', async (_case, repository, because) => {
    await using fixture = await openProbeFixture();
    const { world, maintainer } = fixture.hub;
    await createRepository(world, maintainer, { owner: 'acme', name: 'empty', isPrivate: true, files: null });
    const outcome = await fixture.visit({ repository });
    expect(outcome).toHaveProperty('kind', 'unfit');
    expect('because' in outcome ? outcome.because : '').toContain(because);
  });

  test('takes the only repository that there is without being told', async () => {
    await using fixture = await openProbeFixture();
    const { world, maintainer, repository } = fixture.hub;
    // Of an archived one little is tried, so that the test is short.
    await setArchived(world, maintainer, repository, true);
    expect(reportOf(await fixture.visit({ repository: null })).repository).toBe('acme/widgets');
  });

  test('wants to be told the repository of a token', async () => {
    await using fixture = await openProbeFixture();
    const outcome = await fixture.visit({ credential: { kind: 'token', token: 'ghs_x' }, repository: null });
    expect(outcome).toMatchObject({ kind: 'unfit', next: 'name it with --repo owner/name' });
  });
});
