/** Values with sensible defaults, each overridable, for tests of the core. */
import type { BranchName, CommitSha, Digest, PlanId, TaskId, TreeSha } from '../../src/core/brand.ts';
import { digestText } from '../../src/core/digest.ts';
import { changeDigest, reviewerName, rubricDigest, suiteDigest } from '../../src/core/gate/bindings.ts';
import type { Evidence, TestResult, TrialResult } from '../../src/core/ledger/evidence.ts';
import type { AttemptRecord, PlanLedger } from '../../src/core/ledger/ledger.ts';
import { createLedger } from '../../src/core/ledger/transitions.ts';
import type { ResolvedPlan, ResolvedTask } from '../../src/core/plan/plan.ts';

/** A SHA made of a word: the same word, the same SHA. */
export function fakeCommit(word: string): CommitSha {
  return digestText(`commit ${word}`) as string as CommitSha;
}

export function fakeTree(word: string): TreeSha {
  return digestText(`tree ${word}`) as string as TreeSha;
}

export function taskId(text: string): TaskId {
  return text as TaskId;
}

export function aTask(id: string, overrides: Partial<ResolvedTask> = {}): ResolvedTask {
  return {
    id: taskId(id),
    title: `Do ${id}`,
    spec: `Please do ${id}.`,
    needs: [],
    owns: [],
    allow: [],
    locks: [],
    estimateMinutes: null,
    branch: null,
    agent: { kind: 'command', command: ['./agent'] },
    profile: 'strict',
    resources: 'small',
    setup: [],
    test: [['./test']],
    testPaths: [],
    review: { reviewer: { kind: 'command', command: ['./review'] }, threshold: 10, iterations: 5, rubric: '' },
    approvals: 0,
    timeoutMs: 60_000,
    retries: 2,
    env: [],
    copy: [],
    ports: [],
    budgetUsd: null,
    priority: 0,
    ...overrides,
  };
}

export function aPlan(tasks: ResolvedTask[], overrides: Partial<ResolvedPlan> = {}): ResolvedPlan {
  return {
    id: 'plan' as PlanId,
    title: 'A plan',
    base: null,
    tasks,
    final: [],
    budgetUsd: null,
    revision: digestText(tasks.map((task) => task.id).join()),
    ...overrides,
  };
}

export function aLedger(plan: ResolvedPlan, overrides: Partial<PlanLedger> = {}): PlanLedger {
  const ledger = createLedger({
    plan,
    baseBranch: 'main' as BranchName,
    baseSha: fakeCommit('base'),
    target: 'espalier/plan/landed' as BranchName,
    nowMs: 0,
  });
  return { ...ledger, ...overrides };
}

export function aTestResult(task: ResolvedTask, tree: TreeSha, overrides: Partial<TestResult> = {}): TestResult {
  return {
    stage: 'verify',
    tree,
    suite: suiteDigest(task),
    status: 'passed',
    exitCode: null,
    durationMs: 10,
    tail: '',
    reused: false,
    ...overrides,
  };
}

/** An attempt of the process `me` that runs, with nothing known of it yet. */
export function anAttempt(overrides: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    attempt: 1,
    generation: 1,
    holder: 'me',
    startedAt: 0,
    status: 'running',
    taskDigest: fakeDigest('a'),
    baseSha: fakeCommit('base'),
    carrySha: null,
    feedback: null,
    reservedUsd: null,
    lostUsd: 0,
    evidence: null,
    trial: null,
    landing: null,
    returnedBecause: null,
    ...overrides,
  };
}

/** Evidence of a verified attempt; every binding is right unless an override breaks it. */
export function anEvidence(
  task: ResolvedTask,
  attempt: Pick<AttemptRecord, 'attempt' | 'generation' | 'taskDigest' | 'baseSha'>,
  overrides: Partial<Evidence> = {},
): Evidence {
  const baseTreeSha = overrides.baseTreeSha ?? fakeTree(`of ${attempt.baseSha}`);
  const treeSha = overrides.treeSha === undefined ? fakeTree(`${task.id}.${attempt.generation}`) : overrides.treeSha;
  const head = treeSha ?? fakeTree('none');
  return {
    version: 1,
    plan: 'plan' as PlanId,
    task: task.id,
    attempt: attempt.attempt,
    generation: attempt.generation,
    taskDigest: attempt.taskDigest,
    baseSha: attempt.baseSha,
    baseTreeSha,
    headSha: fakeCommit(`${task.id}.${attempt.generation}`),
    treeSha,
    outcome: 'verified',
    failure: null,
    tests: [aTestResult(task, head)],
    reviews: [
      {
        stage: 'verify',
        iteration: 1,
        status: 'scored',
        score: 10,
        findings: [],
        change: changeDigest(baseTreeSha, head),
        rubric: rubricDigest(task),
        reviewer: task.review.reviewer === null ? '' : reviewerName(task.review.reviewer),
        durationMs: 5,
        detail: '',
      },
    ],
    baseTests: 'not-asked',
    violations: [],
    changes: { files: 1, insertions: 1, deletions: 0 },
    paths: ['a.txt'],
    usage: { costUsd: null, inputTokens: null, outputTokens: null, turns: null },
    iterations: 1,
    sandbox: { engine: 'none', profile: 'strict', waived: [] },
    startedAt: 0,
    endedAt: 1,
    timings: {},
    ...overrides,
  };
}

export function aTrial(task: ResolvedTask, attempt: AttemptRecord, overrides: Partial<TrialResult> = {}): TrialResult {
  const tree = fakeTree(`trial ${task.id} ${attempt.trial?.ontoSha}`);
  return {
    version: 1,
    plan: 'plan' as PlanId,
    task: task.id,
    attempt: attempt.attempt,
    generation: attempt.trial?.generation ?? 0,
    headSha: attempt.evidence?.headSha ?? fakeCommit('none'),
    ontoSha: attempt.trial?.ontoSha ?? fakeCommit('none'),
    outcome: 'tested',
    commitSha: fakeCommit(`merge ${task.id} ${attempt.trial?.ontoSha}`),
    treeSha: tree,
    test: aTestResult(task, tree, { stage: 'trial' }),
    conflicts: [],
    feedback: '',
    endedAt: 1,
    ...overrides,
  };
}

/** A digest made of a word. */
export function fakeDigest(word: string): Digest {
  return digestText(word);
}

/** A small generator (mulberry32), so that a seed of fast-check replays a whole world. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
