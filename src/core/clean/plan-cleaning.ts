/**
 * Decides what of a plan can go: worktrees, branches and log folders that nobody needs and that are not the only
 * copy of anything. Pure. What is kept is listed with the reason, like what goes.
 */
import type { BranchName, CommitSha, PlanId, TaskId } from '../brand.ts';
import type { AttemptRecord, PlanLedger } from '../ledger/ledger.ts';
import { branchFor } from '../ref-names.ts';
import { showCommand } from '../report/shell-words.ts';

/** One dispatch, as its folders are named. */
interface DispatchKey {
  task: TaskId;
  attempt: number;
  generation: number;
}

/** A branch of the plan with what was found out about it. */
export interface FoundBranch {
  branch: BranchName;
  sha: CommitSha;
  /** A branch outside of Espalier's attempts (landing branch, base) that contains `sha`; `null` if none does. */
  containedIn: BranchName | null;
}

/** A folder of one dispatch. */
export interface FoundFolder {
  key: DispatchKey;
  /** Absolute. */
  path: string;
  /** When something in it last changed, ms since the epoch. */
  changedAt: number;
}

/** A run of a sandbox that has processes or a container. */
interface FoundRun {
  name: string;
  place: string;
}

/** Everything that there is of one plan. */
export interface CleaningFacts {
  ledger: PlanLedger;
  /** True while a process works on the plan. */
  isHeld: boolean;
  branches: readonly FoundBranch[];
  worktrees: readonly FoundFolder[];
  /** Checkouts of commits in which only tests ran. */
  checkouts: readonly string[];
  /** Worktrees that were moved aside because what is in them could not be taken in, and what Espalier did not make. */
  aside: readonly string[];
  /** What runs at this moment under the plan's name. */
  runs: readonly FoundRun[];
  /** Folders with logs and evidence. */
  folders: readonly FoundFolder[];
}

type FoundThing =
  | { kind: 'branch'; branch: BranchName; sha: CommitSha }
  | { kind: 'worktree'; path: string }
  | { kind: 'run'; name: string; place: string }
  | { kind: 'log'; path: string };

/** One thing that goes or stays, and why. */
export type CleaningItem = FoundThing & { plan: PlanId; because: string };

/** The decision. */
export interface Cleaning {
  remove: CleaningItem[];
  keep: CleaningItem[];
}

/** Says what goes and what stays; logs go when they are older than `olderThanMs`. */
export function planCleaning(facts: CleaningFacts, options: { now: number; olderThanMs: number }): Cleaning {
  const cleaning: Cleaning = { remove: [], keep: [] };
  const plan = facts.ledger.plan.id;
  const put = (found: FoundThing, verdict: Verdict): void => {
    cleaning[verdict.goes ? 'remove' : 'keep'].push({ ...found, plan, because: verdict.because });
  };
  // Before the folders that they may still write to.
  for (const { name, place } of facts.runs) put({ kind: 'run', name, place }, facts.isHeld ? HELD : LEFT);
  for (const found of facts.branches) {
    const { branch, sha } = found;
    put({ kind: 'branch', branch, sha }, facts.isHeld ? HELD : judgeBranch(facts.ledger, found));
  }
  for (const found of facts.worktrees) {
    const verdict = facts.isHeld ? HELD : judgeWorktree(facts.ledger, found, facts.branches);
    put({ kind: 'worktree', path: found.path }, verdict);
  }
  for (const path of facts.checkouts) put({ kind: 'worktree', path }, facts.isHeld ? HELD : TESTED_ONLY);
  for (const path of facts.aside) put({ kind: 'worktree', path }, facts.isHeld ? HELD : judgeAside(path));
  for (const found of facts.folders) {
    const verdict = facts.isHeld ? HELD : judgeLog(facts.ledger, found, options);
    put({ kind: 'log', path: found.path }, verdict);
  }
  return cleaning;
}

interface Verdict {
  goes: boolean;
  because: string;
}

const HELD: Verdict = { goes: false, because: 'a run works on this plan' };
const LEFT: Verdict = { goes: true, because: 'it was left running by a process that was killed' };
const TESTED_ONLY: Verdict = { goes: true, because: 'only tests ran there, on what is in a commit' };

function judgeBranch(ledger: PlanLedger, found: FoundBranch): Verdict {
  const { branch, sha, containedIn } = found;
  if (branch === ledger.target) return { goes: false, because: 'the plan lands on it' };
  const user = usersOf(ledger, branch)[0];
  if (user !== undefined) return { goes: false, because: `${user} is not finished` };
  if (containedIn !== null) return { goes: true, because: `its commits are in '${containedIn}'` };
  if (isTrialBranch(ledger, branch))
    return { goes: true, because: 'a merge that was only tried; both of its sides are kept' };
  return { goes: false, because: `its commits are nowhere else (git log ${sha.slice(0, 12)})` };
}

/** Tasks that may still need a branch: those with an attempt that runs or waits to land. */
function usersOf(ledger: PlanLedger, branch: BranchName): TaskId[] {
  const plan = ledger.plan.id;
  return ledger.plan.tasks.flatMap(({ id: task, branch: own }) => {
    const attempts = ledger.tasks[task]?.attempts ?? [];
    const isUnderWay = attempts.some((each) => each.status === 'running' || each.status === 'verified');
    if (!isUnderWay) return [];
    const names = [
      own ?? branchFor({ kind: 'task', plan, task }),
      ...attempts.flatMap(({ attempt }) => [
        branchFor({ kind: 'attempt', plan, task, attempt }),
        branchFor({ kind: 'trial', plan, task, attempt }),
      ]),
    ];
    return names.includes(branch) ? [task] : [];
  });
}

function isTrialBranch(ledger: PlanLedger, branch: BranchName): boolean {
  return branch.startsWith(`espalier-staging/${ledger.plan.id}/trial.`);
}

function judgeAside(path: string): Verdict {
  const kept = /\.kept-\d+$/.test(path);
  const because = kept ? 'an interrupted run left it and it could not be taken in' : 'it is nothing that Espalier made';
  return { goes: false, because: `${because} (${showCommand(['rm', '-rf', path])})` };
}

function judgeWorktree(ledger: PlanLedger, found: FoundFolder, branches: readonly FoundBranch[]): Verdict {
  const record = findAttempt(ledger, found.key);
  const head = record?.evidence?.headSha ?? null;
  if (record?.status === 'running')
    return { goes: false, because: 'its attempt was interrupted; the next run goes on' };
  // A later round than that of the head may have failed to be taken in; the evidence then names the place.
  if (record?.evidence?.failure?.detail.includes(found.path) === true)
    return { goes: false, because: `${record.evidence.failure.detail} (${removalOf(found.path)})` };
  // What the head holds must be found by a name that stays, not only by the ledger.
  const isNamed = head !== null && (record?.status === 'landed' || branches.some((each) => each.sha === head));
  if (head !== null && isNamed) return { goes: true, because: `its work was taken in as ${head.slice(0, 12)}` };
  if (record?.evidence?.failure?.cause === 'no-change') return { goes: true, because: 'the agent changed nothing' };
  return {
    goes: false,
    because: `what an agent left there was never taken in (${removalOf(found.path)})`,
  };
}

function removalOf(path: string): string {
  return showCommand(['git', 'worktree', 'remove', '--force', path]);
}

function judgeLog(
  ledger: PlanLedger,
  found: FoundFolder,
  { now, olderThanMs }: { now: number; olderThanMs: number },
): Verdict {
  const record = findAttempt(ledger, found.key);
  if (record?.status === 'running' || record?.status === 'verified')
    return { goes: false, because: 'its attempt is not finished' };
  if (now - found.changedAt < olderThanMs) return { goes: false, because: 'it is younger than --older-than' };
  return { goes: true, because: 'it is past its age; the evidence is in the ledger' };
}

function findAttempt(ledger: PlanLedger, key: DispatchKey): AttemptRecord | undefined {
  return ledger.tasks[key.task]?.attempts.find(
    (each) => each.attempt === key.attempt && each.generation === key.generation,
  );
}
