/** Pull requests, their labels and their check run, brought to what the ledger says. */
import type { PlanId, TaskId } from '../brand.ts';
import { digestJson } from '../digest.ts';
import type { PullRecord } from '../ledger/forge-record.ts';
import type { PlanView, TaskView } from '../reconcile/view.ts';
import { lastAttempt, ownHeads } from '../schedule/progress.ts';
import type { CheckOutput, ForgeEffect } from './effect.ts';
import type { ForgeFacts, PullFact } from './facts.ts';
import type { Leases } from './leases.ts';
import { taskBranch } from './make-query.ts';
import { findOwnGate, planGateCheck } from './own-gate-check.ts';
import type { RunningState } from './state.ts';

/** The texts and labels that a pull request shows; rendered by `core/report/hosted`. */
export interface PullTexts {
  title(task: TaskView): string;
  body(task: TaskView): string;
  check(task: TaskView, pull: PullFact): CheckOutput;
  labels(task: TaskView): readonly string[];
  /** Every label that Espalier keeps: others are left alone. */
  keptLabels: ReadonlySet<string>;
}

/** Takes into the record what is observed of pull requests: numbers, heads, and what is over. */
export function recordPulls(state: RunningState, facts: ForgeFacts): RunningState['record']['pulls'] {
  let pulls = state.record.pulls;
  for (const [task, pull] of facts.pulls) {
    if (!isOfTask(state, task, pull)) continue;
    const known = pulls[task];
    const heads = ownHeads(state.ledger.tasks[task]?.attempts ?? []);
    const isOver = pull.state === 'merged' && !facts.branches.has(task);
    const next: PullRecord = {
      number: pull.number,
      nodeId: pull.nodeId,
      headSha: heads.has(pull.headSha) ? pull.headSha : (known?.headSha ?? openedAt(state, task, pull)),
      isDone: isOver && isShownAsOver(state, task, pull),
    };
    if (known === undefined || JSON.stringify(known) !== JSON.stringify(next)) pulls = { ...pulls, [task]: next };
  }
  return pulls;
}

/** Where the branch was when this app opened the pull request: a person may have pushed before it was seen. */
function openedAt(state: RunningState, task: TaskId, pull: PullFact): PullRecord['headSha'] {
  const verified = state.ledger.tasks[task]?.attempts.findLast((attempt) => attempt.evidence?.outcome === 'verified');
  return pull.isOwn ? (verified?.evidence?.headSha ?? pull.headSha) : pull.headSha;
}

/** A plan may name a branch that somebody else has a pull request from: that one is not the task's. */
function isOfTask({ ledger, record }: RunningState, task: TaskId, pull: PullFact): boolean {
  const isNamed = ledger.plan.tasks.find(({ id }) => id === task)?.branch != null;
  if (!isNamed || record.pulls[task]?.number === pull.number) return true;
  // What this app opened says whose it is, also where a person has pushed to it before it was seen.
  if (pull.isOwn && STAMP.exec(pull.body)?.groups?.['owner'] === ownerOf(ledger.plan.id, task)) return true;
  return ownHeads(ledger.tasks[task]?.attempts ?? []).has(pull.headSha);
}

/** A branch that the plan names and that holds somebody else's work: no pull request of the task can be from it. */
function isOfOthers({ ledger }: RunningState, facts: ForgeFacts, task: TaskId): boolean {
  const isNamed = ledger.plan.tasks.find(({ id }) => id === task)?.branch != null;
  const tip = facts.branches.get(task);
  return isNamed && tip !== undefined && !ownHeads(ledger.tasks[task]?.attempts ?? []).has(tip);
}

/** Its last body and labels were written: the body's marker says that it has landed. */
function isShownAsOver(state: RunningState, task: TaskId, pull: PullFact): boolean {
  const hasLanded = lastAttempt(state.ledger.tasks[task])?.status === 'landed';
  return hasLanded && pull.labels.includes('espalier:landed');
}

/** Effects for every task that has a verified head or a pull request. */
export function showPulls(
  state: RunningState,
  facts: ForgeFacts,
  view: PlanView,
  texts: PullTexts,
  leases: Leases,
): ForgeEffect[] {
  const effects: ForgeEffect[] = [];
  for (const task of view.tasks) {
    const pull = facts.pulls.get(task.id);
    if (state.record.pulls[task.id]?.isDone === true) continue;
    if (pull !== undefined && !isOfTask(state, task.id, pull)) continue;
    if (pull === undefined || (pull.state === 'closed' && task.state !== 'landed')) {
      const isOther = pull === undefined && isOfOthers(state, facts, task.id);
      const opened = isOther ? null : openPull(state, task, texts, leases);
      if (opened !== null) effects.push(opened);
      continue;
    }
    if (pull.isOwn) effects.push(...refreshBody(state.ledger.plan.id, task, pull, texts));
    effects.push(...refreshLabels(task, pull, texts));
    // What stands in the forge's queue keeps the check that let it in: there the commit of its group is judged.
    if (pull.state === 'open' && pull.queueEntry === null)
      effects.push(...showGate(state, facts, task, { pull, texts, leases }));
  }
  return effects;
}

function openPull(state: RunningState, task: TaskView, texts: PullTexts, leases: Leases): ForgeEffect | null {
  const record = state.ledger.tasks[task.id];
  const last = lastAttempt(record);
  if (last === null || last.status !== 'verified' || last.evidence?.headSha == null) return null;
  if (record?.cancelled != null) return null;
  const key = `pull.${task.id}.${last.generation}`;
  if (!leases.take(key).granted) return null;
  return {
    kind: 'open-pull',
    key,
    task: task.id,
    branch: taskBranch(state.ledger, task.id),
    base: state.ledger.target,
    title: texts.title(task),
    body: stampBody(texts.body(task), ownerOf(state.ledger.plan.id, task.id)),
  };
}

const STAMP = /\n<!-- espalier:text (?<owner>\S+) (?<digest>[0-9a-f]{16}) -->\s*$/;

function ownerOf(plan: PlanId, task: TaskId): string {
  return `${plan}/${task}`;
}

/** A body with its owner and the digest of what was written, so that a look tells whether it has to be written again. */
function stampBody(body: string, owner: string): string {
  return `${body}\n<!-- espalier:text ${owner} ${digestJson(body).slice(0, 16)} -->`;
}

function refreshBody(plan: PlanId, task: TaskView, pull: PullFact, texts: PullTexts): ForgeEffect[] {
  const wanted = stampBody(texts.body(task), ownerOf(plan, task.id));
  if (STAMP.exec(pull.body)?.[0].trim() === STAMP.exec(wanted)?.[0].trim()) return [];
  return [{ kind: 'update-pull', key: `body.${task.id}`, nodeId: pull.nodeId, body: wanted }];
}

function refreshLabels(task: TaskView, pull: PullFact, texts: PullTexts): ForgeEffect[] {
  return labelChange(`labels.${task.id}`, pull.number, pull.labels, texts.labels(task), texts.keptLabels);
}

/** The change of labels that is needed; none of them if there is nothing to change. */
export function labelChange(
  key: string,
  thread: number,
  found: readonly string[],
  wanted: readonly string[],
  kept: ReadonlySet<string>,
): ForgeEffect[] {
  const add = wanted.filter((label) => !found.includes(label));
  const remove = found.filter((label) => kept.has(label) && !wanted.includes(label));
  return add.length + remove.length === 0 ? [] : [{ kind: 'set-labels', key, thread, add, remove }];
}

function showGate(
  state: RunningState,
  facts: ForgeFacts,
  task: TaskView,
  with_: { pull: PullFact; texts: PullTexts; leases: Leases },
): ForgeEffect[] {
  const { pull, texts, leases } = with_;
  const output = texts.check(task, pull);
  const externalId = `${state.ledger.plan.id}/${task.id}/${task.attempt}/${digestJson(output).slice(0, 16)}`;
  const wanted = { headSha: pull.headSha, externalId, output };
  const effect = planGateCheck(`check.${task.id}`, wanted, findOwnGate(pull.checks, facts.app.id), leases);
  return effect === null ? [] : [effect];
}
