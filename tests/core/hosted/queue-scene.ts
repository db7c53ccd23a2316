/** A plan whose task `a` stands in the forge's own merge queue, as tests of the queue want it. */
import type { BranchName, PlanId, TaskId } from '../../../src/core/brand.ts';
import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import type { BasePull, CheckFact, ForgeFacts, PullFact, QueueEntryFact } from '../../../src/core/hosted/facts.ts';
import { type Leases, openLeases } from '../../../src/core/hosted/leases.ts';
import type { RunningState } from '../../../src/core/hosted/state.ts';
import type { TestResult, TrialResult } from '../../../src/core/ledger/evidence.ts';
import { createForgeRecord } from '../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, GroupTrial, LandingRecord, TaskRecord } from '../../../src/core/ledger/ledger.ts';
import { createQueueLedger } from '../../../src/core/ledger/transitions.ts';
import { indexPlan } from '../../../src/core/schedule/plan-index.ts';
import {
  aLedger,
  anAttempt,
  anEvidence,
  aPlan,
  aTask,
  aTestResult,
  aTrial,
  fakeCommit,
  fakeTree,
  taskId,
} from '../../support/builders.ts';
import { aCheck, aPull, FREE_RULES, someFacts } from '../../support/hosted-builders.ts';

export const A = taskId('a');
const TASK = aTask('a', { review: { reviewer: null, threshold: 10, iterations: 1, rubric: '' } });
export const PLAN = 'issue-7' as PlanId;
const PULL = 12;
export const NOW = 1_000_000;
export const LEASE_MS = 60_000;
/** Head of the pull request, which was verified. */
export const HEAD = fakeCommit('a.1');
export const BASE = fakeCommit('base');
/** The merge of the head onto the base that was tried, and its tree. */
export const TRIED = fakeCommit('tried');
export const TRIED_TREE = fakeTree('tried');
/** What the queue made, on what stood before it. */
export const GROUP = fakeCommit('group');
export const GROUP_TREE = fakeTree('group');
export const UNDER = fakeCommit('under');
/** The app of {@link someFacts}. */
export const APP = 7;

/** The rules of a base with a queue that waits for this app's gate. */
export const QUEUE_RULES = {
  ...FREE_RULES,
  hasMergeQueue: true,
  requiredChecks: [{ name: 'espalier/gate', appId: APP }],
};

const LANDING: LandingRecord = {
  generation: 3,
  holder: 'app',
  startedAt: 0,
  fromSha: BASE,
  commitSha: TRIED,
  treeSha: TRIED_TREE,
  refusal: null,
  notBefore: 0,
  way: 'enqueue',
  strength: 'exact',
  queuedAt: 5,
  knownRemoval: null,
};

interface SceneOptions {
  landing?: Partial<LandingRecord> | null;
  attempt?: Partial<AttemptRecord>;
  record?: Partial<TaskRecord>;
  state?: Partial<Pick<RunningState, 'queue'>>;
}

/** The plan's state; its landing was asked for, unless `landing` is `null`. */
export function queuedState({ landing, attempt, record, state }: SceneOptions = {}): RunningState {
  const plan = aPlan([TASK], { id: PLAN });
  const begun = anAttempt({ holder: 'app', taskDigest: indexPlan(plan).digest(A) });
  const evidence = anEvidence(TASK, begun, { plan: PLAN, headSha: HEAD, reviews: [] });
  const trial = { generation: 2, holder: 'app', startedAt: 0, ontoSha: BASE };
  const verified: AttemptRecord = { ...begun, status: 'verified', evidence, trial: { ...trial, result: null } };
  const test = aTestResult(TASK, TRIED_TREE, { stage: 'trial' });
  const result = aTrial(TASK, verified, { plan: PLAN, commitSha: TRIED, treeSha: TRIED_TREE, test });
  const last: AttemptRecord = {
    ...verified,
    trial: { ...trial, result },
    landing: landing === null ? null : { ...LANDING, ...landing },
    ...attempt,
  };
  const tasks = { [A]: { attempts: [last], countFrom: 1, cancelled: null, notBefore: 0, ...record } };
  const ledger = aLedger(plan, { tasks, target: 'main' as BranchName, nextGeneration: 9 });
  const pulls = { [A]: { number: PULL, nodeId: 'PR_12', headSha: HEAD, isDone: false } };
  return { ledger, queue: createQueueLedger(ledger.target), record: { ...createForgeRecord(7), pulls }, ...state };
}

/** The test of {@link GROUP}: how it ended, `null` while it runs. */
export function groupTrial(outcome: TrialResult['outcome'] | TestResult['status'] | null): GroupTrial {
  const group: GroupTrial = {
    generation: 8,
    holder: 'app',
    startedAt: 0,
    ontoSha: UNDER,
    commitSha: GROUP,
    treeSha: GROUP_TREE,
    result: null,
  };
  return outcome === null ? group : { ...group, result: groupResult(outcome) };
}

/** What a run leaves of {@link groupTrial}. */
export function groupResult(outcome: TrialResult['outcome'] | TestResult['status']): TrialResult {
  const isTested = outcome === 'passed' || outcome === 'failed' || outcome === 'timed-out' || outcome === 'tested';
  const status = isTested && outcome !== 'tested' ? outcome : 'passed';
  const test = aTestResult(TASK, GROUP_TREE, { stage: 'trial', status, tail: status === 'passed' ? '' : 'it broke' });
  const made = { commitSha: GROUP, treeSha: GROUP_TREE, test };
  return aTrial(TASK, anAttempt(), {
    plan: PLAN,
    generation: 8,
    headSha: HEAD,
    ontoSha: UNDER,
    outcome: isTested ? 'tested' : outcome,
    ...(isTested ? made : { commitSha: null, treeSha: null, test: null }),
    feedback: status === 'passed' && isTested ? '' : 'it broke',
  });
}

/** A pull request of the base; that of the task unless said otherwise. */
export function aBasePull(overrides: Partial<BasePull> = {}): BasePull {
  return {
    number: PULL,
    headSha: HEAD,
    headBranch: 'espalier/issue-7/a',
    isOwn: true,
    isForeign: false,
    gate: aGate('issue-7/a/1/x'),
    ...overrides,
  };
}

/** A person's pull request that was told to be no plan's. */
export function aPersonsPull(overrides: Partial<BasePull> = {}): BasePull {
  const theirs = { number: 30, headSha: fakeCommit('theirs'), headBranch: 'their-branch', isOwn: false };
  return aBasePull({ ...theirs, gate: aGate('no-task/30/x'), ...overrides });
}

/** The gate check of this app. */
export function aGate(externalId: string, overrides: Partial<CheckFact> = {}): CheckFact {
  return aCheck('espalier/gate', { appId: APP, externalId, ...overrides });
}

/** An entry of the queue whose group is built; that of the task, on the base, unless said otherwise. */
export function anEntry(overrides: Partial<QueueEntryFact> = {}): QueueEntryFact {
  return { pull: aBasePull(), baseSha: UNDER, headSha: GROUP, headTree: GROUP_TREE, checks: [], ...overrides };
}

/** An entry of somebody else, whose group is what the one of the task stands on. */
export function entryUnder(pull: BasePull, checks: readonly CheckFact[] = []): QueueEntryFact {
  return { pull, baseSha: BASE, headSha: UNDER, headTree: fakeTree('under'), checks };
}

interface SeenOptions extends Partial<ForgeFacts> {
  pull?: Partial<PullFact> | undefined;
}

/** What the forge shows of the queue. */
export function queueFacts(entries: readonly QueueEntryFact[], { pull, ...overrides }: SeenOptions = {}): ForgeFacts {
  const entry = { state: 'AWAITING_CHECKS', baseSha: UNDER, headSha: GROUP };
  const own = aPull({ number: PULL, headSha: HEAD, queueEntry: entry, queueRemoval: null, ...pull });
  return someFacts({
    rules: QUEUE_RULES,
    mergeQueue: entries,
    pulls: new Map<TaskId, PullFact>([[A, own]]),
    ...overrides,
  });
}

/** The leases of a process. */
export function someLeases(outcomes: ReadonlyMap<string, EffectOutcome> = new Map(), nowMs = NOW): Leases {
  return openLeases(createForgeRecord(7), outcomes, { replica: 'replica-1', leaseMs: LEASE_MS, nowMs });
}

/** The landing as a state has it. */
export function landingOf(state: RunningState): LandingRecord | null {
  return state.ledger.tasks[A]?.attempts.at(-1)?.landing ?? null;
}
