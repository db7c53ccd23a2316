import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { BranchName, TaskId } from '../../../src/core/brand.ts';
import { serverError } from '../../support/github/faults.ts';
import { commitOf, mergeBranch, pushCommits } from '../../support/github/operations/commits.ts';
import { updateRefs } from '../../support/github/operations/refs.ts';
import { cancelRun, completeRun, setRunStatus, uploadArtifact } from '../../support/github/operations/runs.ts';
import { ZERO_OID } from '../../support/github/state.ts';
import { openGitHubFixture, type GitHubFixture } from './github-fixture.ts';
import { aTask, openObserver, sha } from './observer.ts';
import { TASK, BRANCH, openIssue, push, startRun } from './plan-on-github.ts';

describe('branches', () => {
  test('are seen where they stand, and trials with their parents', async () => {
    await using fixture = await openGitHubFixture();
    const { world, bot, repository } = fixture;
    await openIssue(fixture);
    const onto = repository.refs.get('refs/heads/main')!;
    const head = await push(fixture, BRANCH, { 'auth.txt': 'auth' });
    await updateRefs(world, bot, repository, [
      { name: 'refs/heads/trial', before: ZERO_OID, after: onto, isForced: false },
    ]);
    const trial = await mergeBranch(world, bot, repository, { base: 'trial', head });
    const { facts } = await openObserver(fixture)({
      tasks: [aTask('auth'), aTask('missing')],
      trials: [
        { task: TASK, branch: 'trial' as BranchName },
        { task: 'missing' as TaskId, branch: 'no-trial' as BranchName },
      ],
    });
    const { tree } = await commitOf(world, repository, trial!);
    expect(facts.branches).toEqual(new Map([[TASK, head]]));
    expect(facts.trialBranches).toEqual(new Map([[TASK, { tip: trial, tree, parents: [onto, head] }]]));
  });

  test('tell of landings whether the base contains them', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository } = fixture;
    await openIssue(fixture);
    const landed = await push(fixture, 'main', { 'a.txt': 'a' }, fixture.maintainer);
    const tip = await push(fixture, 'main', { 'b.txt': 'b' }, fixture.maintainer);
    const ahead = await push(fixture, BRANCH, { 'auth.txt': 'auth' });
    const { tree } = await commitOf(world, repository, landed);
    const landings = [landed, ahead, 'f'.repeat(40)].map((one) => ({ task: TASK, commitSha: sha(one) }));
    const { facts } = await openObserver(fixture)({ landings });
    expect(facts.base).toEqual({ branch: 'main', tip });
    expect(facts.landed).toEqual(
      new Map([
        [landed, { contained: true, tree, landedSha: landed }],
        [ahead, { contained: false, tree: null, landedSha: null }],
        ['f'.repeat(40), { contained: false, tree: null, landedSha: null }],
      ]),
    );
  });

  test('of ledgers are told with the facts, the queue by the base that was asked for or found', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const plan = await push(fixture, 'espalier-ledger/issue-1', { 'plan.json': '1' });
    const main = await push(fixture, 'espalier-queue/main', { 'queue.json': '1' });
    const release = await push(fixture, 'espalier-queue/release%2F1', { 'queue.json': '2' });
    await push(fixture, 'release/1', { a: 'a' }, fixture.maintainer);
    const observe = openObserver(fixture);
    expect((await observe()).version).toEqual({ plan, queue: main });
    const other = await observe({ base: 'release/1' as BranchName });
    expect(other.version).toEqual({ plan, queue: release });
    expect(other.facts.base.branch).toBe('release/1');
    const gone = await observe({ base: 'gone' as BranchName });
    expect({ base: gone.facts.base, queue: gone.version.queue }).toEqual({
      base: { branch: 'gone', tip: null },
      queue: null,
    });
  });

  test('bring the configuration as it stands on the base', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const observe = openObserver(fixture);
    expect((await observe()).facts.configText).toBeNull();
    await push(fixture, 'main', { '.github/espalier.yml': 'landing: née\n' }, fixture.maintainer);
    expect((await observe()).facts.configText).toBe('landing: née\n');
    const long = `# ${'x'.repeat(600_000)}\n`;
    await push(fixture, 'main', { '.github/espalier.yml': long }, fixture.maintainer);
    expect((await observe()).facts.configText).toBe(long);
    await push(fixture, 'main', { '.github/espalier.yml': 'x'.repeat(1_100_000) }, fixture.maintainer);
    await expect(observe()).rejects.toThrow('at most 1048576 are read');
  });
});

describe('runs', () => {
  test('are seen with where they stand; one that GitHub does not know any more is absent', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    await openIssue(fixture);
    const runs = [];
    for (const nonce of ['issue-1.1', 'issue-1.2', 'issue-1.3', 'issue-1.4']) runs.push(await startRun(fixture, nonce));
    await setRunStatus(world, runs[1]!, 'in_progress');
    await completeRun(world, runs[2]!, 'success');
    await cancelRun(world, maintainer, runs[3]!);
    const asked = [...runs, { id: 1, nodeId: 'WFR_gone' }].map(({ id, nodeId }, index) => ({
      nonce: `issue-1.${index + 1}`,
      runId: id,
      nodeId,
    }));
    const { facts } = await openObserver(fixture)({ runs: asked });
    expect(
      [...facts.runs].map(([nonce, { status, conclusion, isGenuine }]) => [nonce, status, conclusion, isGenuine]),
    ).toEqual([
      ['issue-1.1', 'waiting', null, true],
      ['issue-1.2', 'running', null, true],
      ['issue-1.3', 'completed', 'success', true],
      ['issue-1.4', 'completed', 'cancelled', true],
    ]);
    expect(runs[0]!.id).toBeGreaterThan(2 ** 32);
    expect(facts.runs.get('issue-1.1')).toMatchObject({ id: runs[0]!.id, nodeId: runs[0]!.nodeId });
    expect(repository.runs.size).toBe(4);
  });

  test('of a hundred and more dispatches are all seen', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const runs = [];
    for (let index = 0; index < 120; index += 1) runs.push(await startRun(fixture, `issue-1.${index}`));
    const asked = runs.map(({ id, nodeId }, index) => ({ nonce: `issue-1.${index}`, runId: id, nodeId }));
    const { facts } = await openObserver(fixture)({ runs: asked });
    expect([...facts.runs].map(([, { id }]) => id)).toEqual(runs.map(({ id }) => id));
  });
});

describe('receipts', () => {
  const KEY = 'attempt.auth.1.7';
  const STAGING = 'espalier-staging/issue-1/receipt/auth.1.7' as BranchName;
  const ARTIFACT = 'espalier-auth.1-evidence.json';
  const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

  async function leave(fixture: GitHubFixture, files: Record<string, string | Uint8Array>) {
    const { world, bot, repository } = fixture;
    await openIssue(fixture);
    const run = await startRun(fixture, 'issue-1.7');
    const head = await push(fixture, BRANCH, { 'auth.txt': 'auth' });
    const receipt = await pushCommits(world, bot, repository, {
      branch: STAGING,
      from: head,
      commits: [{ message: 'Receipt', files }],
    });
    const query = { receipts: [{ key: KEY, branch: STAGING, runId: run.id, artifact: ARTIFACT }] };
    return { run, head, receipt, query };
  }

  test('are seen with the head, the texts, the digest of the bytes and the digests of artifacts', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository } = fixture;
    const evidence = '{"evidence":"née"}\n';
    const { run, head, receipt, query } = await leave(fixture, {
      'receipt.json': '{"version":1}',
      'evidence.json': evidence,
    });
    await uploadArtifact(world, run, { name: ARTIFACT, bytes: Buffer.from(evidence) });
    const { tree } = await commitOf(world, repository, head);
    const observe = openObserver(fixture);
    expect((await observe(query)).facts.receipts).toEqual(
      new Map([
        [
          KEY,
          {
            commitSha: receipt,
            head: { sha: head, tree },
            receipt: '{"version":1}',
            evidence,
            evidenceDigest: digestOf(evidence),
            artifacts: new Map([[ARTIFACT, digestOf(evidence)]]),
          },
        ],
      ]),
    );
    await observe(query);
    const listed = fixture.requests().filter((name) => name.endsWith('/artifacts'));
    expect(listed).toHaveLength(1);
  });

  test('are asked for again while the artifact is not listed, and pass over a list that cannot be read', async () => {
    await using fixture = await openGitHubFixture();
    const { world, hub } = fixture;
    const { run, query } = await leave(fixture, { 'receipt.json': '{}', 'evidence.json': '{}' });
    const observe = openObserver(fixture);
    const look = async () => (await observe(query)).facts.receipts.get(KEY)?.artifacts;
    expect(await look()).toEqual(new Map());
    const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
    hub.server.faults.add({ route }, serverError('before'), { times: 4 });
    expect(await look()).toBeNull();
    await uploadArtifact(world, run, { name: ARTIFACT, bytes: Buffer.from('{}') });
    expect(await look()).toEqual(new Map([[ARTIFACT, digestOf('{}')]]));
  });

  test.each<{ name: string; bytes: Uint8Array; digest: string | null }>([
    {
      name: 'too long for GraphQL',
      bytes: Buffer.from(`"${'é'.repeat(400_000)}"`),
      digest: digestOf(`"${'é'.repeat(400_000)}"`),
    },
    {
      name: 'not UTF-8',
      bytes: Buffer.from([0x22, 0xff, 0x22]),
      digest: createHash('sha256')
        .update(Buffer.from([0x22, 0xff, 0x22]))
        .digest('hex'),
    },
    { name: 'too large to be read', bytes: Buffer.alloc(8 * 1024 * 1024 + 1, 0x20), digest: null },
  ])('have the digest of their very bytes where the evidence is $name', async ({ bytes, digest }) => {
    await using fixture = await openGitHubFixture();
    const { query } = await leave(fixture, { 'receipt.json': '{}', 'evidence.json': bytes });
    const receipt = (await openObserver(fixture)(query)).facts.receipts.get(KEY);
    expect(receipt?.evidenceDigest).toBe(digest);
    expect(receipt?.evidence === null).toBe(digest === null);
  });

  test('may lack anything', async () => {
    await using fixture = await openGitHubFixture();
    const { query } = await leave(fixture, { 'receipt.json/a': 'a folder' });
    const observe = openObserver(fixture);
    expect((await observe(query)).facts.receipts.get(KEY)).toMatchObject({ receipt: '', evidence: null });
    const [asked] = query.receipts;
    const elsewhere = { receipts: [{ ...asked!, branch: 'no-such-branch' as BranchName }] };
    expect((await observe(elsewhere)).facts.receipts).toEqual(new Map());
  });
});
