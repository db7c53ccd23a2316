import { afterEach, describe, expect, it } from 'vitest';

import type { CommitSha, TaskId, TreeSha } from '../../../src/core/brand.ts';
import { changeDigest } from '../../../src/core/gate/bindings.ts';
import { evaluateEntry } from '../../../src/core/gate/evaluate.ts';
import type { Evidence } from '../../../src/core/ledger/evidence.ts';
import { WorkRecord } from '../../../src/core/ledger/work-record.ts';
import type { ResolvedTask } from '../../../src/core/plan/plan.ts';
import { isEvidenceOf } from '../../../src/core/reconcile/bound-results.ts';
import type { AttemptOrder } from '../../../src/engine/orders.ts';
import { runAttempt } from '../../../src/engine/run-attempt.ts';
import { runVerify } from '../../../src/engine/run-verify.ts';
import { runWork } from '../../../src/engine/run-work.ts';
import { anAttempt } from '../../support/builders.ts';
import {
  attemptOrder,
  findWorkingEngines,
  makeTask,
  openAttemptRoom,
  scorer,
  script,
  watch,
  type AttemptRoom,
} from './attempt-room.ts';
import { legDeps, moveWork, openSecondMachine, pushHead } from './two-machines.ts';

const ENGINES = await findWorkingEngines();
const ENGINE = ENGINES.at(-1) ?? 'none';
const rooms: AttemptRoom[] = [];

afterEach(async () => {
  for (const room of rooms.splice(0)) await room.close();
});

async function openFirst(...options: Parameters<typeof openAttemptRoom>): Promise<AttemptRoom> {
  const room = await openAttemptRoom(...options);
  rooms.push(room);
  return room;
}

async function openSecond(...options: Parameters<typeof openSecondMachine>): Promise<AttemptRoom> {
  const room = await openSecondMachine(...options);
  rooms.push(room);
  return room;
}

function review(over: Partial<ResolvedTask['review']> = {}): ResolvedTask['review'] {
  return { reviewer: scorer(10), threshold: 10, iterations: 5, rubric: '', ...over };
}

/** What the gate says of the evidence; the attempt is as the ledger has it. */
function gateOf(order: AttemptOrder, evidence: Evidence): string {
  const { attempt, generation, taskDigest, baseSha } = order;
  const record = anAttempt({ attempt, generation, taskDigest, baseSha, status: 'verified', evidence });
  expect(isEvidenceOf(evidence, { plan: order.plan, task: order.task.id, attempt: record })).toBe(true);
  const { status } = evaluateEntry({
    task: order.task,
    taskDigest,
    attempt: record,
    evidence,
    hasLanded: () => false,
    tip: null,
    frozen: null,
    spentUsd: 0,
    planBudgetUsd: null,
  });
  return status;
}

/** What two runs of the same attempt have in common: all but times and names of objects that hold times. */
function timeless(evidence: Evidence): unknown {
  const { startedAt, endedAt, timings, headSha, tests, reviews, ...rest } = evidence;
  return {
    ...rest,
    stages: Object.keys(timings)
      .filter((stage) => stage !== 'publish')
      .toSorted(),
    tests: tests.map((test) => ({ ...test, durationMs: 0 })),
    reviews: reviews.map((one) => ({ ...one, durationMs: 0 })),
    hasHead: headSha !== null,
    isInOrder: startedAt <= endedAt,
  };
}

describe.each(ENGINES)('work and verification on two machines under %s', (engine) => {
  it('make the commit, the evidence and the verdict of an attempt on one machine', async () => {
    const first = await openFirst(engine);
    const order = attemptOrder(first, makeTask({ review: review(), ports: ['BACKEND_PORT'] }));
    const control = watch();
    const { record, evidence: early } = await runWork(legDeps(first), order, control);
    expect(early).toBeNull();
    expect(WorkRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    // Nothing of it is on a branch, and nothing is left over.
    expect(first.git('branch', '--list', 'espalier/*')).toBe('');
    expect(first.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(control.told.map(({ stage }) => stage)).not.toContain('verify');

    const second = await openSecond(engine, first, [order.baseSha]);
    const given = await moveWork(first, second, order, record);
    expect(given.headSha).toBe(record.head?.commitSha);
    const evidence = await runVerify(legDeps(second), order, given, watch());
    expect(evidence).toMatchObject({ outcome: 'verified', failure: null, headSha: given.headSha });
    expect(evidence.tests.map(({ stage, status, reused }) => [stage, status, reused])).toEqual([
      ['work', 'passed', false],
      ['verify', 'passed', false],
    ]);
    expect(evidence.reviews.map(({ stage, score }) => [stage, score])).toEqual([
      ['work', 10],
      ['verify', 10],
    ]);
    expect(gateOf(order, evidence)).toBe('open');
    expect(evidence.startedAt).toBe(record.startedAt);
    expect(evidence.timings['total']).toBeGreaterThan(record.timings['total'] ?? 0);
    expect(evidence.timings['agent']).toBe(record.timings['agent']);
    expect(second.git('branch', '--list', 'espalier/*')).toBe('');
    expect(second.git('worktree', 'list').split('\n')).toHaveLength(1);

    const alone = await runAttempt(first.deps, order, watch());
    expect(timeless(evidence)).toEqual(timeless(alone));
    expect([...first.warnings, ...second.warnings]).toEqual([]);
  });
});

describe('work that comes to no good end', () => {
  it('leaves its head, and evidence that says why', async () => {
    const room = await openFirst(ENGINE);
    const order = attemptOrder(room, makeTask({ test: [['false']] }));
    const { record, evidence } = await runWork(legDeps(room), order, watch());
    expect(evidence).toMatchObject({
      outcome: 'failed',
      failure: { cause: 'tests-failed' },
      headSha: record.head?.commitSha,
      treeSha: record.head?.treeSha,
    });
    expect(record.tests.map(({ status }) => status)).toEqual(['failed']);
    expect(room.git('log', '-1', '--format=%P', record.head?.commitSha ?? '')).toBe(room.base);
  });

  it('leaves no head where none could be made', async () => {
    const room = await openFirst('none');
    const order = attemptOrder(room, makeTask({ agent: script('true') }));
    const { record, evidence } = await runWork(legDeps(room), order, watch());
    expect(record).toMatchObject({ head: null, tests: [], iterations: 1 });
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'no-change' }, headSha: null });
  });

  it('says that it was stopped, and keeps no worktree that nobody could look at', async () => {
    const room = await openFirst('none');
    const stop = new AbortController();
    const agent = script('echo changed >> src/a.txt; echo started; sleep 0.2; echo started; sleep 100');
    const order = attemptOrder(room, makeTask({ agent }));
    const control = watch(stop.signal);
    const ending = runWork(legDeps(room), order, {
      ...control,
      onProgress: (progress) => {
        if (progress.activity.includes('started')) stop.abort(new Error('the job was cancelled'));
      },
    });
    const { record, evidence } = await ending;
    expect(evidence).toMatchObject({ outcome: 'cancelled', failure: { cause: 'cancelled' } });
    expect(evidence?.failure?.detail).toContain('the job was cancelled');
    expect(evidence?.headSha).toBe(record.head?.commitSha);
    expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('keeps no worktree that could not be taken in, and does not speak of one', async () => {
    const room = await openFirst('none');
    room.deps.git = { ...room.deps.git, takeIn: () => Promise.resolve({ kind: 'refused', because: 'it is evil' }) };
    const order = attemptOrder(room, makeTask());
    const { record, evidence } = await runWork(legDeps(room), order, watch());
    expect(record.head).toBeNull();
    expect(evidence).toMatchObject({ failure: { cause: 'intake-refused' } });
    expect(evidence?.failure?.detail).not.toContain('is kept in');
    expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
  });
});

describe('what work says of itself', () => {
  /** Good work, and the machine that it is verified on. */
  async function work(task: ResolvedTask, files: Record<string, string> = {}) {
    const first = await openFirst('none', files);
    const order = attemptOrder(first, task);
    const { record } = await runWork(legDeps(first), order, watch());
    const second = await openSecond('none', first, [order.baseSha]);
    return { first, second, order, record, given: await moveWork(first, second, order, record) };
  }

  it('does not count where the tests fail on a fresh machine', async () => {
    // Passes where the agent was, and nowhere else.
    const task = makeTask({
      agent: script('echo changed >> src/a.txt; mkdir -p .cache; echo yes > .cache/passes'),
      test: [['test', '-f', '.cache/passes']],
      review: review(),
    });
    const { second, order, given } = await work(task, { '.gitignore': '.cache/\n' });
    expect(given.work?.tests.map(({ status }) => status)).toEqual(['passed']);
    const evidence = await runVerify(legDeps(second), order, given, watch());
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'tests-failed' } });
    expect(evidence.reviews.map(({ stage }) => stage)).toEqual(['work']);
    expect(gateOf(order, evidence)).toBe('closed');
  });

  it('does not count where the independent review finds something', async () => {
    const reviewer = script(
      'test "$ESPALIER_STAGE" = verify && s=3 || s=10; echo "{\\"score\\": $s, \\"findings\\": []}"',
    );
    const { second, order, given } = await work(makeTask({ review: review({ reviewer }) }));
    const evidence = await runVerify(legDeps(second), order, given, watch());
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'review-failed' } });
    expect(gateOf(order, evidence)).toBe('closed');
  });

  it('does not count where the tree breaks a rule, and nothing of the change is run then', async () => {
    const task = makeTask({ owns: ['src/**'], test: [['false']], review: review() });
    const { first, second, order, record, given } = await work(makeTask());
    const evil = pushHead(first, first.base, { 'src/a.txt': 'changed\n', '.github/workflows/evil.yml': 'on: push\n' });
    const head = { commitSha: evil.headSha, treeSha: evil.treeSha, atMs: 0 };
    second.git('fetch', '-q', first.repository, evil.headSha);
    const forged = { ...evil, work: { ...record, head } };
    const evidence = await runVerify(legDeps(second), { ...order, task }, forged, watch());
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'tree-refused' }, headSha: evil.headSha });
    expect(evidence.violations.map(({ rule, path }) => [rule, path])).toEqual([
      ['protected-paths', '.github/workflows/evil.yml'],
      ['ownership', '.github/workflows/evil.yml'],
    ]);
    expect(evidence.failure?.feedback).toContain('.github/workflows/evil.yml');
    expect(evidence.tests).toEqual(given.work?.tests);
  });

  it('is of the very head that is verified, or nothing is', async () => {
    const { first, second, order, record, given } = await work(makeTask());
    const other = pushHead(first, first.base, { 'src/a.txt': 'changed otherwise\n' });
    second.git('fetch', '-q', first.repository, other.headSha);
    const sameTree = second.git('commit-tree', given.treeSha, '-p', order.baseSha, '-m', 'Other words') as CommitSha;
    const withTree = { ...record, head: record.head && { ...record.head, treeSha: other.treeSha } };
    for (const wrong of [
      { ...other, work: record },
      { ...given, headSha: sameTree },
      { ...given, work: withTree },
      { ...given, work: { ...record, head: null } },
      { ...given, treeSha: other.treeSha, work: null },
      { ...given, treeSha: other.treeSha, work: withTree },
    ]) {
      const evidence = await runVerify(legDeps(second), order, wrong, watch());
      expect(evidence).toMatchObject({
        outcome: 'failed',
        failure: { cause: 'internal' },
        headSha: null,
        treeSha: null,
      });
    }
  });

  it('is charged and shown, with the sandbox that the agent had', async () => {
    const agent = script('echo changed >> src/a.txt; echo \'{"costUsd": 0.5}\' > "$ESPALIER_USAGE_FILE"');
    const reviewer = script(
      'echo \'{"costUsd": 0.25}\' > "$ESPALIER_USAGE_FILE"; echo \'{"score": 10, "findings": []}\'',
    );
    const task = makeTask({ agent, review: review({ reviewer }) });
    const { second, order, record, given } = await work(task);
    expect(record.usage.costUsd).toBeCloseTo(0.75);
    const sandbox = {
      engine: 'podman' as const,
      profile: 'strict' as const,
      waived: ['cpu-limit' as const, 'memory-limit' as const],
    };
    const shown = { ...given, work: { ...record, sandbox } };
    Object.assign(second.deps.sandbox, { waived: ['cpu-limit', 'seccomp'] });
    const evidence = await runVerify(legDeps(second), order, shown, watch());
    expect(evidence.usage.costUsd).toBeCloseTo(1);
    expect(evidence.sandbox).toEqual({
      engine: "none (the agent's: podman)",
      profile: 'strict',
      waived: ['cpu-limit', 'seccomp', 'memory-limit'],
    });
  });

  it('leaves less of what was set aside for the verification', async () => {
    const { second, order, record, given } = await work(makeTask());
    const reviewer = { kind: 'preset' as const, name: 'claude', model: null };
    const rich = { ...order, task: makeTask({ review: review({ reviewer }) }), reservedUsd: 2 };
    const spent = { ...given, work: { ...record, usage: { ...record.usage, costUsd: 2 } } };
    const evidence = await runVerify(legDeps(second), rich, spent, watch());
    expect(evidence).toMatchObject({ failure: { cause: 'review-failed' }, usage: { costUsd: 2 } });
    expect(evidence.failure?.detail).toContain('budget of the attempt is used up');
  });

  it('does not hide that conflicts of carried work were left as they were', async () => {
    const first = await openFirst('none');
    const carried = pushHead(first, first.base, { 'src/a.txt': 'theirs\n' }).headSha;
    const base = first.commit({ 'src/a.txt': 'ours\n' });
    const order = attemptOrder(first, makeTask({ test: [['true']] }), { baseSha: base, carrySha: carried });
    const lazy = { ...order, task: makeTask({ agent: script('echo more >> src/b.txt') }) };
    const { record, evidence: early } = await runWork(legDeps(first), lazy, watch());
    expect(early).toMatchObject({ failure: { cause: 'tree-refused' } });
    const second = await openSecond('none', first, [base, carried]);
    const given = await moveWork(first, second, order, { ...record, taskDigest: order.taskDigest });
    const evidence = await runVerify(legDeps(second), order, given, watch());
    expect(evidence).toMatchObject({
      failure: { cause: 'tree-refused' },
      violations: [{ rule: 'contents', path: 'src/a.txt' }],
    });
  });
});

describe('a head that a person pushed', () => {
  it('is verified against where it left the base, whatever the base has become', async () => {
    const first = await openFirst(ENGINE);
    const fork = first.base;
    const base = first.commit({ 'src/b.txt': 'b went on\n' });
    const given = pushHead(first, fork, { 'src/a.txt': 'a\nchanged by hand\n' });
    const order = attemptOrder(first, makeTask({ review: review(), owns: ['src/a.txt'] }), { baseSha: base });
    const second = await openSecond(ENGINE, first, [base, given.headSha]);
    const evidence = await runVerify(legDeps(second), order, given, watch());
    const forkTree = first.git('rev-parse', `${fork}^{tree}`) as TreeSha;
    expect(evidence).toMatchObject({
      outcome: 'verified',
      baseSha: base,
      baseTreeSha: forkTree,
      headSha: given.headSha,
      treeSha: given.treeSha,
      paths: ['src/a.txt'],
      usage: { costUsd: null },
      iterations: 0,
    });
    expect(evidence.reviews.map(({ stage, change }) => [stage, change])).toEqual([
      ['verify', changeDigest(forkTree, given.treeSha)],
    ]);
    expect(gateOf(order, evidence)).toBe('open');
  });

  it('has the base’s tests run against it', async () => {
    const first = await openFirst('none', { 'tests/a.sh': 'grep -q right src/a.txt\n' });
    const given = pushHead(first, first.base, { 'tests/a.sh': 'true\n', 'src/a.txt': 'wrong\n' });
    const task = makeTask({ owns: [], test: [['sh', 'tests/a.sh']], testPaths: ['tests/**'] });
    const evidence = await runVerify(legDeps(first), attemptOrder(first, task), given, watch());
    expect(evidence).toMatchObject({ failure: { cause: 'base-tests-failed' }, baseTests: 'run' });
    const harmless = pushHead(first, first.base, { 'src/a.txt': 'right\n' });
    const good = await runVerify(legDeps(first), attemptOrder(first, task, { generation: 2 }), harmless, watch());
    expect(good).toMatchObject({ outcome: 'verified', baseTests: 'not-needed' });
    const red = attemptOrder(first, makeTask({ ...task, test: [['false']] }), { generation: 3 });
    const early = await runVerify(legDeps(first), red, harmless, watch());
    expect(early).toMatchObject({ failure: { cause: 'tests-failed' }, baseTests: 'not-needed' });
  });

  it.each<[string, (room: AttemptRoom) => ReturnType<typeof pushHead>, string]>([
    ['owned paths', (room) => pushHead(room, room.base, { 'README.md': 'mine\n' }), 'tree-refused'],
    ['a change', (room) => pushHead(room, room.base, {}), 'no-change'],
    [
      'a common history',
      (room) => {
        const tree = room.git('rev-parse', 'HEAD^{tree}') as TreeSha;
        const headSha = room.git('commit-tree', tree, '-m', 'Stranger') as CommitSha;
        return { headSha, treeSha: tree, work: null };
      },
      'tree-refused',
    ],
  ])('is refused without %s', async (_name, push, cause) => {
    const room = await openFirst('none');
    const given = push(room);
    const evidence = await runVerify(legDeps(room), attemptOrder(room, makeTask()), given, watch());
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause }, headSha: given.headSha });
    expect(evidence.failure?.detail).toMatch(/\.$/);
  });

  it('is neither verified nor refused where the job was stopped', async () => {
    const room = await openFirst('none');
    const given = pushHead(room, room.base, { 'src/a.txt': 'changed\n' });
    const stop = new AbortController();
    stop.abort(new Error('the job was cancelled'));
    const order = attemptOrder(room, makeTask({ id: 'two' as TaskId }));
    const evidence = await runVerify(legDeps(room), order, given, watch(stop.signal));
    expect(evidence).toMatchObject({ outcome: 'cancelled', tests: [] });
    expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
  });
});
