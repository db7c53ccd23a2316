/** Hand-made views, ledgers and evidence for the tests of what people read. */
import type { BranchName, CommitSha, Digest, PlanId, TaskId, TreeSha } from '../../../src/core/brand.ts';
import type { GateVerdict } from '../../../src/core/gate/verdict.ts';
import type { Evidence, TestResult } from '../../../src/core/ledger/evidence.ts';
import type { AttemptRecord, PlanLedger } from '../../../src/core/ledger/ledger.ts';
import type { PlanView, TaskView, Waiting } from '../../../src/core/reconcile/view.ts';
import { anAttempt } from '../../support/builders.ts';

export const NOW = Date.UTC(2026, 0, 31, 12, 34, 56);

export function sha(digit: string): CommitSha {
  return digit.repeat(40) as CommitSha;
}

export function digest(digit: string): Digest {
  return digit.repeat(64) as Digest;
}

export function makeTask(id: string, overrides: Partial<TaskView> = {}): TaskView {
  return {
    id: id as TaskId,
    title: id,
    state: 'waiting',
    attempt: 0,
    generation: 0,
    attemptsAllowed: 3,
    score: null,
    spentUsd: 0,
    waiting: null,
    gate: null,
    lastFailure: null,
    headSha: null,
    landedSha: null,
    branch: `espalier/garden/${id}` as BranchName,
    startedAt: null,
    endedAt: null,
    ...overrides,
  };
}

export function makeWaiting(kind: Waiting['kind'], because: string, overrides: Partial<Waiting> = {}): Waiting {
  return { kind, because, on: [], untilMs: null, next: null, ...overrides };
}

export function makeView(tasks: TaskView[], overrides: Partial<PlanView> = {}): PlanView {
  return {
    plan: 'garden' as PlanId,
    title: 'Plant the garden',
    revision: digest('a'),
    baseBranch: 'main' as BranchName,
    target: 'espalier/garden/landed' as BranchName,
    tasks,
    paused: null,
    frozen: null,
    final: { status: 'none', detail: '' },
    status: 'working',
    spentUsd: 0,
    budgetUsd: null,
    ...overrides,
  };
}

export function makeGate(overrides: Partial<GateVerdict> = {}): GateVerdict {
  return {
    status: 'closed',
    rules: [
      { rule: 'tests', status: 'passed', found: '1 of 1', wanted: '1 of 1', because: 'all required tests passed' },
      {
        rule: 'ownership',
        status: 'failed',
        found: 'src/store.mjs',
        wanted: 'docs/**',
        because: 'it changed a path that it does not own',
      },
    ],
    ...overrides,
  };
}

export function makeTest(overrides: Partial<TestResult> = {}): TestResult {
  return {
    stage: 'verify',
    tree: sha('4') as unknown as TreeSha,
    suite: digest('5'),
    status: 'passed',
    exitCode: null,
    durationMs: 1000,
    tail: '',
    reused: false,
    ...overrides,
  };
}

export function makeEvidence(task: string, overrides: Partial<Evidence> = {}): Evidence {
  return {
    version: 1,
    plan: 'garden' as PlanId,
    task: task as TaskId,
    attempt: 1,
    generation: 1,
    taskDigest: digest('b'),
    baseSha: sha('0'),
    baseTreeSha: sha('0') as unknown as TreeSha,
    headSha: sha('1'),
    treeSha: sha('4') as unknown as TreeSha,
    outcome: 'verified',
    failure: null,
    tests: [makeTest()],
    baseTests: 'not-asked',
    reviews: [],
    violations: [],
    changes: { files: 1, insertions: 2, deletions: 0 },
    paths: ['a.txt'],
    usage: { costUsd: null, inputTokens: null, outputTokens: null, turns: null },
    iterations: 1,
    sandbox: { engine: 'bubblewrap', profile: 'strict', waived: [] },
    startedAt: NOW,
    endedAt: NOW + 10_000,
    timings: {},
    ...overrides,
  };
}

export function makeAttempt(overrides: Partial<AttemptRecord> = {}): AttemptRecord {
  return anAttempt({ startedAt: NOW, status: 'landed', taskDigest: digest('b'), baseSha: sha('0'), ...overrides });
}

export function makeLedger(attempts: Record<string, AttemptRecord[]>, overrides: Partial<PlanLedger> = {}): PlanLedger {
  return {
    version: 1,
    plan: {
      id: 'garden' as PlanId,
      title: 'Plant the garden',
      base: null,
      tasks: [],
      final: [],
      budgetUsd: null,
      revision: digest('a'),
    },
    baseBranch: 'main' as BranchName,
    baseSha: sha('0'),
    target: 'espalier/garden/landed' as BranchName,
    createdAt: NOW,
    holders: {},
    tasks: Object.fromEntries(
      Object.entries(attempts).map(([id, list]) => [
        id,
        { attempts: list, countFrom: 1, cancelled: null, notBefore: 0 },
      ]),
    ),
    paused: null,
    certificates: [],
    final: null,
    nextGeneration: 2,
    ...overrides,
  };
}
