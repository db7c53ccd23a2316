/** What the gate reads of a pull request: required checks, approvals and objections, for the head as it stands. */
import type { BranchName, TaskId } from '../brand.ts';
import type { PullGateFacts } from '../gate/facts.ts';
import type { AttemptRecord } from '../ledger/ledger.ts';
import type { RequiredCheck } from '../config/read-github.ts';
import { compileGlob, matchesGlob } from '../plan/glob.ts';
import { lastAttempt } from '../schedule/progress.ts';
import { cleanLine } from '../text/clean-text.ts';
import type { CheckFact, ForgeFacts, PullFact } from './facts.ts';
import { findOwnGate, isOwnGate } from './own-gate-check.ts';
import type { RunningState } from './state.ts';

/** The gate's facts of every task's pull request; `null` for a task that has none. */
export function pullGateFacts(
  state: RunningState,
  facts: ForgeFacts,
  wantedChecks: readonly RequiredCheck[],
): ReadonlyMap<TaskId, PullGateFacts | null> {
  const found = new Map<TaskId, PullGateFacts | null>();
  for (const { id } of state.ledger.plan.tasks) {
    const pull = facts.pulls.get(id);
    const attempt = lastAttempt(state.ledger.tasks[id]);
    const isOpen = pull !== undefined && pull.state === 'open';
    const hold = isOpen ? findHold(pull, state.ledger.target) : {};
    found.set(id, isOpen ? { ...readPull(pull, attempt, facts, wantedChecks), ...hold } : null);
  }
  return found;
}

/** What a person does with a pull request that is not to land (yet), or not here. */
function findHold({ isDraft, baseBranch }: PullFact, target: BranchName): Pick<PullGateFacts, 'holdBecause'> {
  if (baseBranch !== target)
    return { holdBecause: `its pull request is pointed at '${cleanLine(baseBranch, 100)}', not at '${target}'` };
  return isDraft ? { holdBecause: 'its pull request is a draft' } : {};
}

function readPull(
  pull: PullFact,
  attempt: AttemptRecord | null,
  { rules, app }: Pick<ForgeFacts, 'rules' | 'app'>,
  wantedChecks: readonly RequiredCheck[],
): PullGateFacts {
  // The check that carries the gate cannot be a condition of it: a repository that requires it asks for the gate.
  const checks = pull.checks.filter((check) => findOwnGate([check], app.id) === null);
  // An approval counts for the change that was verified, also after Espalier's own update of the branch.
  const heads = [attempt?.evidence?.headSha, attempt?.trial?.result?.commitSha];
  // Anybody may review on a public repository; the word of those counts who could have pushed.
  const people = pull.reviews.filter(({ author, isByWriter }) => author.kind === 'user' && isByWriter);
  return {
    headSha: pull.headSha,
    checks: [
      ...rules.requiredChecks
        .filter((required) => !isOwnGate(required, app.id))
        .map(({ name, appId }) => findExact(checks, name, appId)),
      ...findConfiguredChecks(checks, wantedChecks, app.id),
    ],
    approvedBy: people
      .filter(({ state, commitSha }) => state === 'approved' && commitSha !== null && heads.includes(commitSha))
      .map(({ author }) => author.login),
    requiredApprovals: rules.approvals,
    changesRequestedBy: people.filter(({ state }) => state === 'changes-requested').map(({ author }) => author.login),
  };
}

type FoundCheck = PullGateFacts['checks'][number];

/** What was found on a commit of the checks that the repository's configuration asks for. */
export function findConfiguredChecks(
  checks: readonly CheckFact[],
  wanted: readonly RequiredCheck[],
  ownAppId: number,
): FoundCheck[] {
  const others = checks.filter((check) => findOwnGate([check], ownAppId) === null);
  return wanted.filter((check) => !isOwnGate(check, ownAppId)).flatMap((required) => findMatching(others, required));
}

function findExact(checks: readonly CheckFact[], name: string, appId: number | null): FoundCheck {
  const same = checks.filter((check) => check.name === name && (appId === null || check.appId === appId));
  return worst(name, same);
}

/** A pattern asks for at least one check that matches, and for all of them to have passed. */
function findMatching(checks: readonly CheckFact[], required: RequiredCheck): FoundCheck[] {
  const glob = compileGlob(required.name);
  if (!glob.ok) return [worst(required.name, [])];
  const same = checks.filter(
    (check) => matchesGlob(glob.value, check.name) && (required.appId === null || check.appId === required.appId),
  );
  if (same.length === 0) return [worst(required.name, [])];
  return [...new Set(same.map((check) => check.name))].map((name) =>
    worst(
      name,
      same.filter((check) => check.name === name),
    ),
  );
}

const RANK = { 'not-passed': 0, pending: 1, passed: 2 } as const;

/** Of several of one name the worst counts. */
function worst(name: string, checks: readonly CheckFact[]): FoundCheck {
  const [first] = checks.toSorted((a, b) => RANK[a.status] - RANK[b.status]);
  if (first === undefined) return { name, status: 'missing', found: 'not there' };
  return { name, status: first.status, found: first.conclusion.toLowerCase() };
}
