/**
 * What people did to the branches and pull requests of a plan's tasks: heads that they pushed are taken over, a closed
 * pull request or a deleted branch cancels its task, and one that they merged has landed.
 *
 * Espalier's own moves are told from those of people by the ledger: every commit that it put on a task's branch, or was
 * about to, stands in the task's attempts. So one that is seen late, or is behind, is never taken for a push.
 */
import type { CommitSha, TaskId, TreeSha } from '../brand.ts';
import { evaluateGate } from '../gate/evaluate.ts';
import type { ForgeRecord } from '../ledger/forge-record.ts';
import type { AttemptRecord, Certificate, PlanLedger, TaskRecord } from '../ledger/ledger.ts';
import type { Transition } from '../ledger/transitions.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import { certify } from '../reconcile/certificate.ts';
import type { DecisionNote } from '../reconcile/draft.ts';
import { indexPlan } from '../schedule/plan-index.ts';
import { committedUsd, isActive, landedAttempt, lastAttempt, ownHeads } from '../schedule/progress.ts';
import { cleanLine } from '../text/clean-text.ts';
import { howBusy } from './busy-landings.ts';
import type { EffectOutcome } from './effect.ts';
import type { ForgeFacts, PullFact } from './facts.ts';
import { APP_HOLDER } from './state.ts';

interface AdoptInput {
  ledger: PlanLedger;
  record: ForgeRecord;
  facts: ForgeFacts;
  /** What came of the effects of this process's last decision. */
  outcomes: ReadonlyMap<string, EffectOutcome>;
}

export interface AdoptedHeads {
  /** The same object as in the input if nobody did anything. */
  ledger: PlanLedger;
  notes: DecisionNote[];
}

/** One task as this reading changes it. */
interface Change {
  record: TaskRecord;
  certificate?: Certificate;
  /** `null` for what nobody needs to be told. */
  note: DecisionNote | null;
}

/** What is known of one task beside its record. */
interface TaskFacts extends AdoptInput {
  task: ResolvedTask;
  last: AttemptRecord;
  pull: PullFact | undefined;
  tip: CommitSha | null;
  own: ReadonlySet<CommitSha>;
  /** The pull request, or the branch before it has one, is known to be this plan's and not an older one of that name. */
  isOurs: boolean;
  nextGeneration: number;
  nowMs: number;
}

/** Takes up what people did, as it is seen at `nowMs` (milliseconds since the epoch). Linear in the plan. */
export function adoptHeads(input: AdoptInput, nowMs: number): AdoptedHeads {
  const changes = new Map<TaskId, TaskRecord>();
  const certificates: Certificate[] = [];
  const notes: DecisionNote[] = [];
  let { nextGeneration } = input.ledger;
  for (const task of input.ledger.plan.tasks) {
    const record = input.ledger.tasks[task.id];
    if (record === undefined || landedAttempt(record) !== null) continue;
    const change = adoptTask(input, task, record, { nextGeneration, nowMs });
    if (change === null) continue;
    changes.set(task.id, change.record);
    if (change.certificate !== undefined) certificates.push(change.certificate);
    if (change.note !== null) notes.push(change.note);
    nextGeneration += 1;
  }
  if (changes.size === 0) return { ledger: input.ledger, notes };
  const ledger = {
    ...input.ledger,
    tasks: { ...input.ledger.tasks, ...Object.fromEntries(changes) },
    certificates:
      certificates.length === 0 ? input.ledger.certificates : [...input.ledger.certificates, ...certificates],
    nextGeneration,
  };
  return { ledger, notes };
}

function adoptTask(
  input: AdoptInput,
  task: ResolvedTask,
  record: TaskRecord,
  at: { nextGeneration: number; nowMs: number },
): Change | null {
  const last = lastAttempt(record);
  if (last === null) return null;
  const pull = input.facts.pulls.get(task.id);
  const own = ownHeads(record.attempts);
  const facts: TaskFacts = {
    ...input,
    ...at,
    task,
    last,
    pull,
    tip: input.facts.branches.get(task.id) ?? null,
    own,
    isOurs: isOurs(input, task, record, { pull, own }),
  };
  if (!facts.isOurs || isLanding(facts)) return null;
  if (pull?.state === 'merged') return takeMerge(facts, record, pull);
  if (pull !== undefined && (pull.state === 'closed' || facts.tip === null)) return takeEnd(facts, record, pull);
  const isReopened = record.closedPull !== undefined && record.closedPull === pull?.number;
  const open = isReopened ? { ...record, closedPull: undefined } : record;
  return takePush(facts, open) ?? (isReopened ? { record: open, note: null } : null);
}

/** A plan may name a branch that had pull requests before: only what Espalier put a head of its own on is its own. */
function isOurs(
  { record: { pulls } }: AdoptInput,
  task: ResolvedTask,
  record: TaskRecord,
  { pull, own }: Pick<TaskFacts, 'pull' | 'own'>,
): boolean {
  const known = pulls[task.id];
  if (pull !== undefined)
    return own.has(pull.headSha) || (known !== undefined && known.number === pull.number && own.has(known.headSha));
  // Before it has a pull request only a branch in Espalier's own name space can be nothing but its own.
  return task.branch === null && record.attempts.some(({ status }) => status !== 'running' && status !== 'failed');
}

/** True while a landing has taken effect or may still: what people did meanwhile comes too late, or waits. */
function isLanding({ facts, record, outcomes, task, last, nowMs }: TaskFacts): boolean {
  const landing = isActive(last) ? last.landing : null;
  if (landing === null) return false;
  if (facts.landed.get(landing.commitSha)?.contained === true) return true;
  return howBusy({ record, facts, outcomes }, task.id, landing, nowMs) !== null;
}

/** A head that nobody but a person can have pushed: verified as it is, in place of what was under way. */
function takePush(facts: TaskFacts, record: TaskRecord): Change | null {
  const { task, tip, own, last } = facts;
  if (tip === null || own.has(tip) || record.givenSha === tip || record.cancelled !== null) return null;
  const detail = `${tip.slice(0, 12)} was pushed to its branch and is verified`;
  return {
    record: { ...supersede(record), givenSha: tip, notBefore: 0, trialTrouble: undefined, turnedAway: undefined },
    note: { kind: 'head-pushed', task: task.id, attempt: last.attempt, detail },
  };
}

/** Sets aside what is under way. A landing that did not take effect is withdrawn with it. */
function supersede(record: TaskRecord): TaskRecord {
  const last = lastAttempt(record);
  if (last === null || !isActive(last)) return record;
  const superseded: AttemptRecord = { ...last, status: 'superseded', landing: null };
  return { ...record, attempts: [...record.attempts.slice(0, -1), superseded] };
}

/** A closed pull request, or a branch that was deleted: the task is cancelled, once. */
function takeEnd(facts: TaskFacts, record: TaskRecord, pull: PullFact): Change | null {
  if (record.closedPull === pull.number) return null;
  const known = { ...record, closedPull: pull.number };
  if (record.cancelled !== null) return { record: known, note: null };
  return cancelBy(facts, known, facts.tip === null ? 'a deleted branch' : 'a closed pull request');
}

function cancelBy({ task, last, nowMs }: TaskFacts, record: TaskRecord, by: string): Change {
  const isPending = isActive(last) && last.landing !== null;
  const attempts = isPending ? [...record.attempts.slice(0, -1), { ...last, landing: null }] : record.attempts;
  return {
    record: { ...record, attempts, givenSha: undefined, cancelled: { at: nowMs, by } },
    note: { kind: 'attempt-cancelled', task: task.id, attempt: last.attempt, detail: `cancelled by ${by}` },
  };
}

/** A pull request that a person merged: its task has landed, with what was known of it. */
function takeMerge(facts: TaskFacts, record: TaskRecord, pull: PullFact): Change | null {
  const { ledger, task } = facts;
  if (pull.baseBranch !== ledger.target) {
    if (record.closedPull === pull.number || record.cancelled !== null) return null;
    const by = `a merge into '${cleanLine(pull.baseBranch, 100)}' instead of '${ledger.target}'`;
    return cancelBy(facts, { ...record, closedPull: pull.number }, by);
  }
  // The forge does not say yet what it made of it.
  if (pull.mergeCommit === null) return null;
  const merged = record.attempts.findLast((attempt) => ownHeads([attempt]).has(pull.headSha));
  const landed = landByHand(facts, merged ?? null, pull, pull.mergeCommit);
  const before = merged === facts.last ? record.attempts.slice(0, -1) : supersede(record).attempts;
  return {
    record: { ...record, attempts: [...before, landed], givenSha: undefined },
    certificate: certifyByHand(facts, merged ?? landed, pull, pull.mergeCommit),
    note: {
      kind: 'landed',
      task: task.id,
      attempt: landed.attempt,
      detail: `a person merged it, ${ledger.target} has ${pull.mergeCommit.sha.slice(0, 12)}`,
    },
  };
}

/** The attempt that stands for the merge: the last one if it was its head, else one of its own. */
function landByHand(
  { last, task, ledger, nextGeneration, nowMs }: TaskFacts,
  merged: AttemptRecord | null,
  pull: PullFact,
  made: { sha: CommitSha; tree: TreeSha },
): AttemptRecord {
  const lease = { generation: nextGeneration, holder: APP_HOLDER, startedAt: nowMs };
  const { baseSha } = merged ?? last;
  const landing = { ...lease, fromSha: baseSha, commitSha: made.sha, treeSha: made.tree, refusal: null, notBefore: 0 };
  if (merged === last) return { ...last, status: 'landed', landing };
  return {
    ...lease,
    attempt: last.attempt + 1,
    status: 'landed',
    taskDigest: indexPlan(ledger.plan).digest(task.id),
    baseSha,
    carrySha: null,
    givenSha: pull.headSha,
    feedback: null,
    reservedUsd: null,
    lostUsd: 0,
    evidence: null,
    trial: null,
    landing,
    returnedBecause: null,
  };
}

/** Stands where nothing was tested. No tree has this name. */
const NO_TREE = '0'.repeat(40) as TreeSha;

function certifyByHand(
  { ledger, task, facts, nowMs }: TaskFacts,
  attempt: AttemptRecord,
  pull: PullFact,
  made: { sha: CommitSha; tree: TreeSha },
): Certificate {
  const { evidence, trial } = attempt;
  const passed = [...(evidence?.tests ?? []), trial?.result?.test ?? []]
    .flat()
    .filter(({ status }) => status === 'passed');
  const tested = passed.find(({ tree }) => tree === made.tree) ?? passed.at(-1);
  const rules =
    evidence === null
      ? [{ rule: 'tests', status: 'pending', because: 'a person merged it before it was verified' }]
      : evaluateGate({
          task,
          taskDigest: indexPlan(ledger.plan).digest(task.id),
          attempt,
          evidence,
          hasLanded: (need) => landedAttempt(ledger.tasks[need]) !== null,
          tip: trial?.result?.ontoSha ?? facts.base.tip,
          frozen: null,
          spentUsd: committedUsd(ledger),
          planBudgetUsd: ledger.plan.budgetUsd,
        }).rules;
  const landed = {
    ledger,
    task,
    attempt,
    headSha: pull.headSha,
    fromSha: attempt.baseSha,
    landedSha: made.sha,
    testedTree: tested?.tree ?? NO_TREE,
    landedTree: made.tree,
    strength: 'by-hand' as const,
    rules,
  };
  return certify(landed, nowMs);
}

/**
 * What a person means by asking for another review: the head as it stands is verified anew, tests and review, in place
 * of the verdict that it has.
 */
export function reviewAgain(ledger: PlanLedger, task: TaskId, facts: Pick<ForgeFacts, 'branches'>): Transition {
  const record = ledger.tasks[task];
  const last = lastAttempt(record);
  const refuse = (because: string, next: string): Transition => ({ ok: false, because, next });
  if (record === undefined || last === null)
    return refuse(`Task '${task}' has not been tried yet.`, `espalier why ${task} --plan ${ledger.plan.id}`);
  if (landedAttempt(record) !== null)
    return refuse(`Task '${task}' has landed already.`, `espalier certificate ${task} --plan ${ledger.plan.id}`);
  if (last.status === 'running' || (isActive(last) && last.landing !== null))
    return refuse(`Task '${task}' is under way.`, `espalier status ${ledger.plan.id}`);
  if (record.cancelled !== null)
    return refuse(`Task '${task}' is cancelled.`, `espalier retry ${task} --plan ${ledger.plan.id}`);
  const tip = facts.branches.get(task) ?? null;
  const isPushed = tip !== null && !ownHeads(record.attempts).has(tip);
  const head = isPushed ? tip : (last.evidence?.headSha ?? last.givenSha ?? null);
  if (head === null)
    return refuse(`Task '${task}' has no head to review.`, `espalier retry ${task} --plan ${ledger.plan.id}`);
  const asked = { ...supersede(record), givenSha: head, notBefore: 0, trialTrouble: undefined, turnedAway: undefined };
  return { ok: true, value: { ...ledger, tasks: { ...ledger.tasks, [task]: asked } } };
}
