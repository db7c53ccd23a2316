import { describe, expect, test } from 'vitest';

import { GitHubError } from '../../../src/adapters/github/github-error.ts';
import { openLedgerCache, openLedgerReader } from '../../../src/adapters/github/read-ledgers.ts';
import { openRepositoryMemory } from '../../../src/adapters/github/repository-memory.ts';
import { writeLedgers } from '../../../src/adapters/github/write-ledgers.ts';
import type { BranchName, PlanId } from '../../../src/core/brand.ts';
import type { HostedLedgerVersion } from '../../../src/ports/hosted-forge.ts';
import type { LedgerFiles } from '../../../src/ports/ledger-store.ts';
import { secondaryLimit, serverError, type Fault } from '../../support/github/faults.ts';
import { commitOf, createCommitOnBranch } from '../../support/github/operations/commits.ts';
import { deleteRef } from '../../support/github/operations/refs.ts';
import { setArchived } from '../../support/github/operations/repositories.ts';
import { openGitHubFixture, type GitHubFixture } from './github-fixture.ts';

const NONE: HostedLedgerVersion = { plan: null, queue: null };
const PLAN_REF = 'refs/heads/espalier-ledger/issue-1';
const QUEUE_REF = 'refs/heads/espalier-queue/main';

const FILES: LedgerFiles = {
  '.agent-coordination/plan.json': '{"plan":1}\n',
  '.agent-coordination/status.json': '{"status":"née"}\n',
  '.agent-coordination/tasks/3f/auth.json': '{"task":"auth"}\n',
  '.agent-coordination/certificates/00/0.auth.json': '{"certificate":0}\n',
};
const QUEUE: LedgerFiles = { '.agent-coordination/merge-queue.json': '{"queue":[]}\n' };

/** One process that reads and writes ledgers, with a memory of its own. */
function openProcess({ github, installation, repository, clock }: GitHubFixture) {
  const client = github.clientOf(installation.id);
  const { id, owner, name } = repository;
  const memory = openRepositoryMemory({ id, owner, name });
  const reader = openLedgerReader(client, memory, openLedgerCache());
  return {
    read: reader.readFiles,
    write: (version: HostedLedgerVersion, planFiles: LedgerFiles | null, queueFiles: LedgerFiles | null = null) =>
      writeLedgers(
        { client, clock, memory, reader },
        {
          plan: 'issue-1' as PlanId,
          base: 'main' as BranchName,
          version,
          planFiles,
          queueFiles,
          subject: 'Plan of #1',
        },
      ),
  };
}

type Process = ReturnType<typeof openProcess>;

async function writeFirst(process: Process): Promise<HostedLedgerVersion> {
  const outcome = await process.write(NONE, FILES, QUEUE);
  if (outcome.kind === 'written') return outcome.version;
  throw new Error(`The first write ended in ${outcome.kind}.`);
}

/** Commits of a ledger, newest first, by their subjects. */
async function historyOf({ world, repository }: GitHubFixture, ref = PLAN_REF): Promise<string[]> {
  const subjects: string[] = [];
  let oid = repository.refs.get(ref);
  while (oid !== undefined) {
    const commit = await commitOf(world, repository, oid);
    subjects.push(commit.message.split('\n', 1)[0] ?? '');
    [oid] = commit.parents;
  }
  return subjects;
}

describe('ledgers', () => {
  test('are begun without a parent, and read back by another process in one request', async () => {
    await using fixture = await openGitHubFixture();
    const version = await writeFirst(openProcess(fixture));
    expect(version).toEqual({
      plan: fixture.repository.refs.get(PLAN_REF),
      queue: fixture.repository.refs.get(QUEUE_REF),
    });
    expect(await historyOf(fixture)).toEqual(['Plan of #1']);
    const before = fixture.requests().length;
    expect(await openProcess(fixture).read(version.plan!)).toEqual(FILES);
    expect(fixture.requests().slice(before)).toEqual(['ReadLedger']);
  });

  test('cost one request for a write, which sends what differs, and none to read what was written', async () => {
    await using fixture = await openGitHubFixture();
    const process = openProcess(fixture);
    const version = await writeFirst(process);
    const before = fixture.requests().length;
    const { ['.agent-coordination/tasks/3f/auth.json']: _gone, ...kept } = FILES;
    const next = { ...kept, '.agent-coordination/plan.json': '{"plan":2}\n' };
    const outcome = await process.write(version, next);
    expect(outcome).toEqual({ kind: 'written', version: { ...version, plan: fixture.repository.refs.get(PLAN_REF) } });
    const tip = fixture.repository.refs.get(PLAN_REF) as typeof version.plan;
    expect(await process.read(tip!)).toEqual(next);
    expect(fixture.requests().slice(before)).toEqual(['WriteLedger']);
    const { variables } = fixture.hub.server.requests.at(-1)!.body as {
      variables: { input: { fileChanges: { additions: { path: string }[]; deletions: { path: string }[] } } };
    };
    expect(variables.input.fileChanges.additions.map(({ path }) => path)).toEqual(['.agent-coordination/plan.json']);
    expect(variables.input.fileChanges.deletions.map(({ path }) => path)).toEqual([
      '.agent-coordination/tasks/3f/auth.json',
    ]);
    expect(await openProcess(fixture).read(tip!)).toEqual(next);
  });

  test('are not written where nothing differs', async () => {
    await using fixture = await openGitHubFixture();
    const process = openProcess(fixture);
    const version = await writeFirst(process);
    const before = fixture.requests().length;
    expect(await process.write(version, FILES, QUEUE)).toEqual({ kind: 'written', version });
    expect(fixture.requests().slice(before)).toEqual([]);
  });

  test('are read after the write of another process by what that changed', async () => {
    await using fixture = await openGitHubFixture();
    const [one, other] = [openProcess(fixture), openProcess(fixture)];
    const version = await writeFirst(one);
    await other.read(version.plan!);
    await one.write(version, { ...FILES, '.agent-coordination/plan.json': '{"plan":2}\n' });
    const before = fixture.requests().length;
    const tip = fixture.repository.refs.get(PLAN_REF) as NonNullable<typeof version.plan>;
    expect((await other.read(tip))['.agent-coordination/plan.json']).toBe('{"plan":2}\n');
    expect(fixture.requests().slice(before)).toEqual(['ReadLedger', 'ReadLedgerBlobs']);
  });

  test('hold files that are too large for one answer of GraphQL', async () => {
    await using fixture = await openGitHubFixture();
    const large = { ...FILES, '.agent-coordination/plan.json': `{"plan":"${'x'.repeat(700_000)}"}\n` };
    const outcome = await openProcess(fixture).write(NONE, large);
    expect(outcome.kind).toBe('written');
    const tip = fixture.repository.refs.get(PLAN_REF) as NonNullable<HostedLedgerVersion['plan']>;
    expect(await openProcess(fixture).read(tip)).toEqual(large);
    expect(fixture.requests()).toContain('GET /repos/{owner}/{repo}/git/blobs/{file_sha}');
  });

  test('clean the subject that others may have a say in', async () => {
    await using fixture = await openGitHubFixture();
    const process = openProcess(fixture);
    const version = await writeFirst(process);
    const { clock, github, installation, repository } = fixture;
    const client = github.clientOf(installation.id);
    const memory = openRepositoryMemory({ id: repository.id, owner: repository.owner, name: repository.name });
    await writeLedgers(
      { client, clock, memory, reader: openLedgerReader(client, memory, openLedgerCache()) },
      {
        plan: 'issue-1' as PlanId,
        base: 'main' as BranchName,
        version,
        planFiles: QUEUE,
        queueFiles: null,
        subject: 'One\n\nEspalier-Write: \u001b[31mforged\u202e',
      },
    );
    expect((await historyOf(fixture))[0]).toBe('One Espalier-Write: forged');
  });
});

describe('two processes', () => {
  test('cannot both begin a ledger', async () => {
    await using fixture = await openGitHubFixture();
    await writeFirst(openProcess(fixture));
    expect(await openProcess(fixture).write(NONE, FILES)).toEqual({ kind: 'conflict' });
    expect(await historyOf(fixture)).toHaveLength(1);
  });

  test('cannot both move a ledger, and the queue stays where it is for the one that came late', async () => {
    await using fixture = await openGitHubFixture();
    const [one, other] = [openProcess(fixture), openProcess(fixture)];
    const version = await writeFirst(one);
    await other.read(version.plan!);
    await one.write(version, { ...FILES, 'a.json': '1' });
    const late = await other.write(version, { ...FILES, 'b.json': '1' }, { 'b.json': '1' });
    expect(late).toEqual({ kind: 'conflict' });
    expect(fixture.repository.refs.get(QUEUE_REF)).toBe(version.queue);
  });

  test('are told that the queue had moved after the plan was written', async () => {
    await using fixture = await openGitHubFixture();
    const [one, other] = [openProcess(fixture), openProcess(fixture)];
    const version = await writeFirst(one);
    await one.write(version, null, { 'queue.json': '1' });
    expect(await other.write(version, { ...FILES, 'b.json': '1' }, { 'b.json': '1' })).toEqual({ kind: 'partial' });
    expect(await other.write(version, null, { 'b.json': '1' })).toEqual({ kind: 'conflict' });
  });

  test('find a ledger that was deleted to be elsewhere', async () => {
    await using fixture = await openGitHubFixture();
    const process = openProcess(fixture);
    const version = await writeFirst(process);
    await deleteRef(fixture.world, fixture.maintainer, fixture.repository, PLAN_REF);
    expect(await process.write(version, { ...FILES, 'a.json': '1' })).toEqual({ kind: 'conflict' });
  });
});

describe('a write whose answer does not come', () => {
  const reset = (when: 'before' | 'after'): Fault => ({ kind: 'reset', when });
  test.each<{ name: string; fault: Fault }>([
    { name: 'a server error before it was done', fault: serverError('before') },
    { name: 'a server error after it was done', fault: serverError('after') },
    { name: 'a connection that broke before it was done', fault: reset('before') },
    { name: 'a connection that broke after it was done', fault: reset('after') },
  ])('takes effect once: $name', async ({ fault }) => {
    await using fixture = await openGitHubFixture();
    const process = openProcess(fixture);
    const version = await writeFirst(process);
    fixture.hub.server.faults.add({ graphql: 'WriteLedger' }, fault);
    const outcome = await process.write(version, { ...FILES, 'a.json': '1' });
    expect(outcome).toEqual({ kind: 'written', version: { ...version, plan: fixture.repository.refs.get(PLAN_REF) } });
    expect(await historyOf(fixture)).toHaveLength(2);
    fixture.hub.server.faults.assertAllUsed();
  });

  test.each<{ name: string; fault: Fault }>([
    { name: 'before', fault: serverError('before') },
    { name: 'after', fault: serverError('after') },
  ])('begins a ledger once, whether it broke $name it was done', async ({ fault }) => {
    await using fixture = await openGitHubFixture();
    fixture.hub.server.faults.add({ route: 'POST /repos/{owner}/{repo}/git/refs' }, fault);
    expect((await openProcess(fixture).write(NONE, FILES)).kind).toBe('written');
    expect(await historyOf(fixture)).toHaveLength(1);
  });

  test('is found below the commits of others that followed it', async () => {
    await using fixture = await openGitHubFixture();
    const process = openProcess(fixture);
    const version = await writeFirst(process);
    const { world, bot, repository, hub } = fixture;
    hub.server.faults.add({ graphql: 'WriteLedger' }, serverError('after'));
    hub.server.faults.add(
      { graphql: 'FindWrite' },
      {
        kind: 'change',
        change: () =>
          createCommitOnBranch(world, bot, repository, {
            branch: 'espalier-ledger/issue-1',
            expectedHeadOid: repository.refs.get(PLAN_REF)!,
            message: 'Of another process',
            additions: [{ path: 'c.json', bytes: Buffer.from('1') }],
            deletions: [],
          }),
      },
    );
    const outcome = await process.write(version, { ...FILES, 'a.json': '1' });
    expect(outcome.kind).toBe('written');
    expect(await historyOf(fixture)).toEqual(['Of another process', 'Plan of #1', 'Plan of #1']);
    expect(outcome).not.toMatchObject({ version: { plan: repository.refs.get(PLAN_REF) } });
  });

  test('is a conflict where somebody else came first', async () => {
    await using fixture = await openGitHubFixture();
    const [one, other] = [openProcess(fixture), openProcess(fixture)];
    const version = await writeFirst(one);
    await other.read(version.plan!);
    const { hub } = fixture;
    hub.server.faults.add({ graphql: 'WriteLedger' }, serverError('before'));
    hub.server.faults.add(
      { graphql: 'FindWrite' },
      { kind: 'change', change: () => other.write(version, { ...FILES, 'b.json': '1' }) },
    );
    const before = fixture.requests().length;
    expect(await one.write(version, { ...FILES, 'a.json': '1' })).toEqual({ kind: 'conflict' });
    expect(await historyOf(fixture)).toHaveLength(2);
    expect(fixture.requests().slice(before)).toEqual(['WriteLedger', 'WriteLedger', 'FindWrite']);
  });

  test('is looked for again while reads are behind', async () => {
    await using fixture = await openGitHubFixture();
    const process = openProcess(fixture);
    const version = await writeFirst(process);
    const { faults } = fixture.hub.server;
    faults.add({ graphql: 'WriteLedger' }, serverError('after'));
    faults.add({ graphql: 'FindWrite' }, { kind: 'stale', withinMs: 60_000 });
    expect((await process.write(version, { ...FILES, 'a.json': '1' })).kind).toBe('written');
    expect(await historyOf(fixture)).toHaveLength(2);
  });
});

test('a write meets a limit before anything is done, and says until when', async () => {
  await using fixture = await openGitHubFixture();
  const process = openProcess(fixture);
  const version = await writeFirst(process);
  fixture.hub.server.faults.add({ graphql: 'WriteLedger' }, secondaryLimit(90));
  const failure = await process.write(version, { ...FILES, 'a.json': '1' }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GitHubError);
  expect(failure).toMatchObject({ isTransient: true, notBeforeMs: fixture.clock.now() + 90_000 });
  expect(await historyOf(fixture)).toHaveLength(1);
});

test('an archived repository and a missing permission refuse a write for good', async () => {
  await using fixture = await openGitHubFixture();
  const process = openProcess(fixture);
  const version = await writeFirst(process);
  await setArchived(fixture.world, fixture.maintainer, fixture.repository, true);
  const archived = await process.write(version, { ...FILES, 'a.json': '1' }).catch((error: unknown) => error);
  expect(archived).toMatchObject({ isTransient: false, ending: { kind: 'refused' } });
  await using poor = await openGitHubFixture({ permissions: { contents: 'read', issues: 'write' } });
  const forbidden = await openProcess(poor)
    .write(NONE, FILES)
    .catch((error: unknown) => error);
  expect(forbidden).toMatchObject({ isTransient: false, ending: { kind: 'forbidden', permission: 'contents=write' } });
});
