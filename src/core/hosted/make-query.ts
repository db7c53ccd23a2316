/** What the next read asks for: only what can still change something, so that a large plan costs as little as a small one. */
import type { BranchName, TaskId } from '../brand.ts';
import type { ForgeRecord } from '../ledger/forge-record.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import { branchFor } from '../ref-names.ts';
import { legKey } from './leg-key.ts';
import { lastAttempt } from '../schedule/progress.ts';
import type { FactsQuery } from './facts.ts';
import type { HostedState } from './state.ts';

/** The query for a plan issue. `state` is `null` before its ledger was ever read. */
export function makeQuery(
  state: HostedState | null,
  issue: number,
  extra: { base: BranchName | null; logins: readonly string[] },
): FactsQuery {
  const record = state?.record ?? null;
  const ledger = state?.ledger ?? null;
  const knownSources = new Set(record?.commands.map((command) => command.source));
  const frame = { issue, statusComment: record?.statusComment ?? null, knownSources, logins: extra.logins };
  if (ledger === null || record === null)
    return { ...frame, base: extra.base, tasks: [], trials: [], runs: [], receipts: [], landings: [] };
  return {
    ...frame,
    base: ledger.target,
    tasks: listLiveTasks(ledger, record),
    trials: listTrials(ledger),
    runs: record.dispatches.flatMap(({ nonce, run }) =>
      run === null ? [] : [{ nonce, runId: run.id, nodeId: run.nodeId }],
    ),
    receipts: listReceipts(ledger, record),
    landings: listLandings(ledger),
  };
}

/** The branch of a task: the one that its plan names, else Espalier's own. */
export function taskBranch(ledger: PlanLedger, task: TaskId): BranchName {
  const named = ledger.plan.tasks.find((one) => one.id === task)?.branch ?? null;
  return named ?? branchFor({ kind: 'task', plan: ledger.plan.id, task });
}

function listLiveTasks(ledger: PlanLedger, record: ForgeRecord): FactsQuery['tasks'] {
  return ledger.plan.tasks.flatMap(({ id }) => {
    const pull = record.pulls[id];
    const task = ledger.tasks[id];
    if (lastAttempt(task) === null || pull?.isDone === true) return [];
    // After a person has closed one there may be another, which only the branch knows.
    const number = pull?.number === task?.closedPull ? null : (pull?.number ?? null);
    return [{ task: id, branch: taskBranch(ledger, id), pull: number }];
  });
}

function listTrials(ledger: PlanLedger): FactsQuery['trials'] {
  return Object.entries(ledger.tasks).flatMap(([id, record]) => {
    const last = lastAttempt(record);
    if (last?.status !== 'verified' || last.trial === null || last.trial.result !== null) return [];
    const task = id as TaskId;
    return [{ task, branch: branchFor({ kind: 'trial', plan: ledger.plan.id, task, attempt: last.attempt }) }];
  });
}

function listReceipts(ledger: PlanLedger, record: ForgeRecord): FactsQuery['receipts'] {
  return record.dispatches.flatMap(({ run, legs }) =>
    run === null
      ? []
      : legs
          .filter((leg) => !leg.isOver)
          .map((leg) => ({
            key: legKey(leg),
            branch: branchFor({ kind: 'receipt', plan: ledger.plan.id, ...leg }),
            runId: run.id,
            artifact: `espalier-${leg.task}.${leg.attempt}-evidence.json`,
          })),
  );
}

function listLandings(ledger: PlanLedger): FactsQuery['landings'] {
  return Object.entries(ledger.tasks).flatMap(([task, record]) => {
    const last = lastAttempt(record);
    if (last?.status !== 'verified' || last.landing === null) return [];
    return [{ task: task as TaskId, commitSha: last.landing.commitSha }];
  });
}
