/**
 * Decides what of the plans of a repository on a forge can go: branches that nobody needs, archived work past its age,
 * ledgers of plans that have ended. Pure. What is kept is listed with the reason, like what goes. Only what a ledger
 * knows to be Espalier's own is touched, and only where it stands as the ledger says.
 */
import type { BranchName, CommitSha, PlanId } from '../brand.ts';
import type { CleanupConfig } from '../config/read-cleanup.ts';
import type { ForgeRecord } from '../ledger/forge-record.ts';
import type { AttemptRecord, PlanLedger } from '../ledger/ledger.ts';
import { branchFor } from '../ref-names.ts';
import { countOf } from '../report/amounts.ts';
import { landedAttempt } from '../schedule/progress.ts';

/** A branch in one of Espalier's spaces. */
export interface HostedBranch {
  branch: BranchName;
  sha: CommitSha;
  /** When its commit was made, milliseconds since the epoch. */
  committedAtMs: number;
}

/** A plan that has a ledger. */
export interface HostedPlanFacts {
  plan: PlanId;
  /** `null`: it cannot be read, or the plan was never accepted. */
  ledger: PlanLedger | null;
  record: ForgeRecord | null;
  /** Its issue is open. */
  isOpen: boolean;
}

/** Everything that one clean-up looks at. */
export interface HostedCleaningFacts {
  /** Id of the app that cleans up. */
  appId: number;
  /** Of all of Espalier's spaces, ledgers and archives among them. */
  branches: readonly HostedBranch[];
  plans: readonly HostedPlanFacts[];
}

/** One branch that goes; `to` is the archive that keeps its commits, `null` where nothing has to. */
export interface HostedRemoval extends HostedBranch {
  to: BranchName | null;
  because: string;
}

export interface HostedCleaning {
  remove: HostedRemoval[];
  keep: (HostedBranch & { because: string })[];
}

type Verdict = { kind: 'keep'; because: string } | { kind: 'remove'; to: BranchName | null; because: string };

/** Says what goes and what stays at `nowMs`, milliseconds since the epoch. */
export function chooseHostedCleaning(facts: HostedCleaningFacts, config: CleanupConfig, nowMs: number): HostedCleaning {
  const cleaning: HostedCleaning = { remove: [], keep: [] };
  const plans = new Map(facts.plans.map((plan) => [plan.plan as string, plan]));
  const movedAtMs = lastMoves(facts.branches);
  for (const found of facts.branches) {
    const [, plan = ''] = /^(?:archive\/)?espalier(?:-ledger|-staging)?\/([^/]+)/.exec(found.branch) ?? [];
    const known = plans.get(plan) ?? null;
    const restedMs = nowMs - Math.max(found.committedAtMs, movedAtMs.get(plan) ?? 0);
    const verdict = judge(found, { known, appId: facts.appId, restedMs, config });
    const { kind, ...rest } = verdict;
    if (kind === 'remove') cleaning.remove.push({ ...found, ...(rest as Omit<HostedRemoval, keyof HostedBranch>) });
    else cleaning.keep.push({ ...found, because: verdict.because });
  }
  return cleaning;
}

/** When each plan last moved: its ledger does with everything that happens, and stays as it is once it is archived. */
function lastMoves(branches: readonly HostedBranch[]): Map<string, number> {
  const moves = new Map<string, number>();
  for (const { branch, committedAtMs } of branches) {
    const [, live, archived] =
      /^(?:espalier-ledger\/([^/]+)|archive\/espalier\/([^/]+)\/ledger-[^/]+)$/.exec(branch) ?? [];
    const plan = live ?? archived;
    if (plan !== undefined) moves.set(plan, Math.max(moves.get(plan) ?? 0, committedAtMs));
  }
  return moves;
}

interface Around {
  known: HostedPlanFacts | null;
  appId: number;
  /** Since when neither the branch nor its plan has moved, in milliseconds. */
  restedMs: number;
  config: CleanupConfig;
}

function judge(found: HostedBranch, around: Around): Verdict {
  const { branch } = found;
  const { known } = around;
  if (branch.startsWith('espalier-queue/')) return keep('it holds what landed on its base');
  if (branch.startsWith('archive/')) return judgeArchive(found, around);
  if (known === null) return keep('no ledger says what it is for');
  const keeper = known.record?.keeper;
  if (keeper !== undefined && keeper.appId !== around.appId) return keep(`its plan is kept by ${keeper.login}`);
  if (known.ledger === null || known.record === null)
    return keep('its plan was never accepted, or its ledger cannot be read');
  const left = countLeft(known.ledger);
  const isEnded = !known.isOpen && left === 0;
  const plan = { ...known, ledger: known.ledger, record: known.record, left, isEnded };
  if (branch.startsWith('espalier-ledger/')) return judgeLedger(found, plan, around);
  return judgeWork(found, plan, around);
}

/** `isEnded`: its issue is closed, and nothing of it is left to do. A plan that was closed before may go on again. */
type ReadPlan = HostedPlanFacts & { ledger: PlanLedger; record: ForgeRecord; left: number; isEnded: boolean };

function judgeArchive({ branch }: HostedBranch, { known, restedMs, config }: Around): Verdict {
  if (/\/ledger-[^/]+$/.test(branch)) return keep('it is the audit trail of a plan that has ended');
  if (known?.isOpen === true) return keep('its plan is open');
  return restedMs < config.archivesAfterMs
    ? keep(`it is archived for ${days(config.archivesAfterMs)}, of which ${days(restedMs)} have passed`)
    : remove(`nothing of its plan has moved for ${days(config.archivesAfterMs)}`);
}

function countLeft({ plan, tasks }: PlanLedger): number {
  return plan.tasks.filter(({ id }) => landedAttempt(tasks[id]) === null && tasks[id]?.cancelled == null).length;
}

function judgeLedger({ sha }: HostedBranch, { plan, isOpen, isEnded, left }: ReadPlan, around: Around): Verdict {
  const { restedMs, config } = around;
  if (isOpen) return keep('its plan is open');
  if (!isEnded)
    return keep(
      `its issue was closed while ${countOf(left, 'task')} had not landed: reopen it to go on, or delete the branch by hand`,
    );
  if (restedMs < config.ledgersAfterMs)
    return keep(`its plan has ended, and has rested ${days(restedMs)} of ${days(config.ledgersAfterMs)}`);
  return remove('its plan has ended', branchFor({ kind: 'archived-ledger', plan, at: sha }));
}

/** A branch of a task, of an attempt, of a trial, or a receipt. */
function judgeWork(found: HostedBranch, known: ReadPlan, around: Around): Verdict {
  const { plan, ledger } = known;
  for (const { id: task } of ledger.plan.tasks) {
    const record = ledger.tasks[task];
    const hasLanded = landedAttempt(record) !== null;
    if (found.branch === branchFor({ kind: 'task', plan, task })) return judgeTaskBranch(known, hasLanded);
    for (const attempt of record?.attempts ?? []) {
      const key = { plan, task, attempt: attempt.attempt };
      const isSettled = hasLanded || known.isEnded;
      if (found.branch === branchFor({ kind: 'attempt', ...key })) {
        const archive = branchFor({ kind: 'archive', ...key, generation: attempt.generation });
        return judgeAttempt(found, attempt, isSettled ? archive : null);
      }
      if (found.branch === branchFor({ kind: 'trial', ...key }))
        return isSettled || !isUnderWay(attempt)
          ? remove('it is a merge that was only tried; both of its sides are kept')
          : keep('its attempt is not finished');
    }
  }
  if (found.branch.startsWith(`espalier-staging/${plan}/receipt/`)) return judgeReceipt(found, known, around);
  return keep('its plan does not know it');
}

function judgeTaskBranch({ isEnded }: ReadPlan, hasLanded: boolean): Verdict {
  if (hasLanded) return keep('its task has landed, and somebody has pushed to it since: delete it by hand');
  return keep(
    isEnded ? 'its task was cancelled: close its pull request, then delete it by hand' : 'its task has not landed',
  );
}

/** `archive` keeps the commits of what did not land; `null` while the task may still need them. */
function judgeAttempt({ sha }: HostedBranch, attempt: AttemptRecord, archive: BranchName | null): Verdict {
  if (attempt.evidence?.headSha !== sha) return keep('it is not where the ledger says: somebody has moved it');
  if (attempt.status === 'landed') return remove('it has landed');
  if (archive !== null) return remove('its task is settled without it', archive);
  return keep(isUnderWay(attempt) ? 'its attempt is not finished' : 'a later attempt at its task may go on from it');
}

/** What a run left stands until it was taken in; what nobody waits for any more holds work that was not believed. */
function judgeReceipt({ branch }: HostedBranch, { plan, record }: ReadPlan, { restedMs, config }: Around): Verdict {
  const isAwaited = record.dispatches.some(({ legs }) =>
    legs.some((leg) => !leg.isOver && branch === branchFor({ kind: 'receipt', plan, ...leg })),
  );
  if (isAwaited) return keep('it is waited for');
  return restedMs < config.archivesAfterMs
    ? keep(`a run left it that nobody waits for; it goes after ${days(config.archivesAfterMs)}`)
    : remove('a run left it that nobody waits for');
}

function isUnderWay({ status }: AttemptRecord): boolean {
  return status === 'running' || status === 'verified';
}

function days(ms: number): string {
  return countOf(Math.floor(ms / 86_400_000), 'day');
}

function keep(because: string): Verdict {
  return { kind: 'keep', because };
}

function remove(because: string, to: BranchName | null = null): Verdict {
  return { kind: 'remove', to, because };
}
