/** Whether what the forge's own queue made of a task may land: the gate as it stands now, and the tests on its tree. */
import type { CommitSha, TaskId, TreeSha } from '../brand.ts';
import type { RequiredCheck } from '../config/read-github.ts';
import { evaluateGroup } from '../gate/evaluate.ts';
import type { GateVerdict } from '../gate/verdict.ts';
import type { TestResult } from '../ledger/evidence.ts';
import type { AttemptRecord, GroupTrial, LandingRecord, QueueObjection } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import { findPassedTest } from '../reconcile/tested-trees.ts';
import { indexPlan } from '../schedule/plan-index.ts';
import { committedUsd, isActive, landedAttempt, lastAttempt } from '../schedule/progress.ts';
import type { ForgeFacts, QueueEntryFact } from './facts.ts';
import { isOwnGate } from './own-gate-check.ts';
import { findConfiguredChecks, pullGateFacts } from './pull-gate-facts.ts';
import type { RunningState } from './state.ts';

/** What a judgement reads. */
export interface GroupContext {
  state: RunningState;
  facts: ForgeFacts;
  /** Checks that the repository's configuration asks for beside its rules. */
  wantedChecks: readonly RequiredCheck[];
}

/** The answer about one group. `because` is a sentence without its full stop. */
export interface GroupVerdict {
  status: 'passed' | 'failed' | 'waits';
  because: string;
  /** What becomes of the landing when it has failed. */
  sequel: QueueObjection['sequel'];
  /** The gate as it stands now; `null` where it did not come to that. */
  gate: GateVerdict | null;
  /** Of this very tree; `null` if there is none (yet). */
  test: TestResult | null;
}

/** A group whose tree was never tested. */
export interface UntestedGroup {
  status: 'untested';
  landing: LandingRecord;
  baseSha: CommitSha;
  headSha: CommitSha;
  headTree: TreeSha;
  gate: GateVerdict;
}

/** Judges the group of an entry that is `task`'s. What stands before it in the queue is not looked at here. */
export function judgeGroup(context: GroupContext, task: TaskId, entry: QueueEntryFact): GroupVerdict | UntestedGroup {
  const { ledger } = context.state;
  const record = ledger.tasks[task];
  const resolved = ledger.plan.tasks.find(({ id }) => id === task);
  const attempt = lastAttempt(record);
  if (record !== undefined && record.cancelled !== null) return failed(`it was cancelled by ${record.cancelled.by}`);
  const landing = attempt !== null && isActive(attempt) ? attempt.landing : null;
  if (resolved === undefined || attempt === null || landing === null || landing.way !== 'enqueue')
    return failed('the plan has not put it into the queue; it does so by itself when its turn has come');
  const heads = [attempt.evidence?.headSha, landing.commitSha];
  if (!heads.includes(entry.pull.headSha))
    return failed('the head of its pull request is not the one that was verified');
  const gate = gateOf(context, resolved, attempt);
  const closed = findClosed(gate);
  if (closed !== null) return { ...closed, gate, test: null };
  const failing = findFailedChecks(context.facts, entry);
  if (failing.length > 0) return { ...failedChecks(failing), gate };
  return judgeTree(context, { task: resolved, attempt, landing }, entry, gate);
}

function judgeTree(
  context: GroupContext,
  { task, attempt, landing }: { task: ResolvedTask; attempt: AttemptRecord; landing: LandingRecord },
  entry: QueueEntryFact,
  gate: GateVerdict,
): GroupVerdict | UntestedGroup {
  const { baseSha, headSha, headTree } = entry;
  if (baseSha === null || headSha === null || headTree === null)
    return waits('the forge does not show yet what it made of it', gate);
  const test = findPassedTest(task, attempt, headTree);
  if (test === null && landing.group?.commitSha !== headSha)
    return { status: 'untested', landing, baseSha, headSha, headTree, gate };
  if (test === null) return judgeTest(landing.group, gate);
  const tested = passed(test, gate);
  return headTree === landing.treeSha ? tested : judgeChecks(context, entry, tested);
}

function gateOf({ state, facts, wantedChecks }: GroupContext, task: ResolvedTask, attempt: AttemptRecord): GateVerdict {
  const { ledger, queue } = state;
  if (attempt.evidence === null)
    throw new Error(`There is nothing to gate for '${task.id}' in the merge queue: it has no evidence.`);
  return evaluateGroup({
    task,
    taskDigest: indexPlan(ledger.plan).digest(task.id),
    attempt,
    evidence: attempt.evidence,
    hasLanded: (need) => landedAttempt(ledger.tasks[need]) !== null,
    tip: facts.base.tip,
    frozen: queue.frozen,
    spentUsd: committedUsd(ledger),
    planBudgetUsd: ledger.plan.budgetUsd,
    pull: pullGateFacts(state, facts, wantedChecks).get(task.id) ?? null,
  });
}

/** Why the gate is not open; `null` if it is. Only checks that are still at work are worth keeping others waiting for. */
function findClosed(gate: GateVerdict): Pick<GroupVerdict, 'status' | 'because' | 'sequel'> | null {
  if (gate.status === 'open') return null;
  const closed = gate.rules.filter(({ status }) => status === 'failed' || status === 'pending');
  const because = closed.map((rule) => `${rule.rule}: ${rule.because}`).join('; ');
  const isAtWork = closed.every(({ rule, status }) => rule === 'checks' && status === 'pending');
  return { status: isAtWork ? 'waits' : 'failed', because, sequel: 'again' };
}

/** What the test of the very group came to. */
function judgeTest(group: GroupTrial | undefined, gate: GateVerdict): GroupVerdict {
  const result = group?.result ?? null;
  if (group === undefined || result === null) return waits('the tests of the task run on what the queue made', gate);
  const { outcome, test } = result;
  const isOfGroup = result.commitSha === group.commitSha && test?.tree === group.treeSha;
  if (outcome === 'tested' && isOfGroup && test !== null)
    return {
      ...failed(`the tests of the task ended as '${test.status}' on what the queue made`),
      sequel: 'returned',
      gate,
      test,
    };
  return { ...failed(`what the queue made could not be tested: ${result.feedback}`), gate };
}

/** What the queue itself lets pass; only a check that spoke against it turns a group away. */
const SILENT: ReadonlySet<string> = new Set(['NEUTRAL', 'SKIPPED']);

/** Checks of the base's rules that failed on the commit of the group: the queue waits for nothing else then. */
function findFailedChecks({ rules, app }: ForgeFacts, { checks }: QueueEntryFact): string[] {
  const failing = checks.filter(({ status, conclusion }) => status === 'not-passed' && !SILENT.has(conclusion));
  return rules.requiredChecks
    .filter((required) => !isOwnGate(required, app.id))
    .filter(({ name, appId }) => failing.some((one) => one.name === name && (appId === null || one.appId === appId)))
    .map(({ name }) => name);
}

/** Checks that the configuration asks for must also pass on a tree that is not the one that they ran on. */
function judgeChecks({ facts, wantedChecks }: GroupContext, entry: QueueEntryFact, tested: GroupVerdict): GroupVerdict {
  const open = findConfiguredChecks(entry.checks, wantedChecks, facts.app.id).filter(
    ({ status }) => status !== 'passed',
  );
  const failing = open.filter(({ status }) => status === 'not-passed').map(({ name }) => name);
  if (failing.length > 0) return { ...tested, ...failedChecks(failing), gate: tested.gate };
  if (open.length === 0) return tested;
  const names = open.map(({ name }) => name).join(', ');
  const because = `it waits for ${names} on the commit that the queue made; a workflow runs there with \`on: merge_group\``;
  return { ...tested, status: 'waits', because };
}

function failedChecks(names: readonly string[]): GroupVerdict {
  return { ...failed(`${[...new Set(names)].join(', ')} did not pass on what the queue made`), sequel: 'returned' };
}

function passed(test: TestResult, gate: GateVerdict): GroupVerdict {
  const because = 'the gate is open, and the tests of the task passed on the tree that the queue made';
  return { status: 'passed', because, sequel: 'again', gate, test };
}

function waits(because: string, gate: GateVerdict): GroupVerdict {
  return { status: 'waits', because, sequel: 'again', gate, test: null };
}

function failed(because: string): GroupVerdict {
  return { status: 'failed', because, sequel: 'again', gate: null, test: null };
}
