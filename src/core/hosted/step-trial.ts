/**
 * The steps of a trial on a hosted forge: the merge is made on the server, then its tree is known to pass or is tested
 * by a run. Only a merge that this app is told of by its own request counts. A commit that is merely found on the trial's
 * branch may be anybody's, with any tree; after a crash the merge is made again.
 */
import type { CommitSha, PlanId, TreeSha } from '../brand.ts';
import { mergeMessage } from '../attempts/commit-message.ts';
import { suiteDigest } from '../gate/bindings.ts';
import type { TrialResult } from '../ledger/evidence.ts';
import type { AttemptRecord } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import type { Action } from '../reconcile/action.ts';
import { branchFor } from '../ref-names.ts';
import { lastAttempt } from '../schedule/progress.ts';
import { renderConflictFeedback } from '../agents/feedback.ts';
import { cleanLine } from '../text/clean-text.ts';
import type { EffectOutcome, ForgeEffect } from './effect.ts';
import type { ForgeFacts } from './facts.ts';
import type { Leases } from './leases.ts';
import type { RunningState } from './state.ts';
import { explainRefusal } from './workflow-changes.ts';

/** What a trial needs next. */
export type TrialStep =
  /** Somebody is at it. */
  | { kind: 'wait' }
  | { kind: 'make'; effect: Extract<ForgeEffect, { kind: 'make-trial' }> }
  /** A run has to test this commit. */
  | { kind: 'test'; commitSha: CommitSha }
  | { kind: 'known'; result: Omit<TrialResult, 'endedAt'> };

interface TrialInput {
  state: RunningState;
  facts: ForgeFacts;
  outcomes: ReadonlyMap<string, EffectOutcome>;
  leases: Leases;
}

/** Finds the next step of a trial that the ledger waits for. */
export function stepTrial(
  { state, facts, outcomes, leases }: TrialInput,
  action: Extract<Action, { kind: 'start-trial' }>,
): TrialStep {
  const { ledger } = state;
  const task = ledger.plan.tasks.find((one) => one.id === action.task);
  const attempt = lastAttempt(ledger.tasks[action.task]);
  const headSha = attempt?.evidence?.headSha;
  if (task === undefined || attempt?.trial == null || headSha == null) return { kind: 'wait' };
  const { generation } = action;
  const trial: Trial = { plan: ledger.plan.id, task, attempt, generation, headSha, ontoSha: attempt.trial.ontoSha };
  const key = `trial.${action.task}.${action.attempt}.${generation}`;
  const outcome = outcomes.get(key);
  if (outcome?.kind === 'trial-made') {
    leases.free(key);
    return judgeMerge(trial, outcome.commitSha, outcome.tree);
  }
  if (outcome?.kind === 'trial-conflict') {
    leases.free(key);
    return { kind: 'known', result: conflictOf(trial) };
  }
  if (outcome?.kind === 'refused' || outcome?.kind === 'forbidden')
    return {
      kind: 'known',
      result: errorOf(trial, `it could not be merged onto the base: ${explainRefusal(outcome)}`),
    };
  if (!leases.take(key).granted) return { kind: 'wait' };
  return { kind: 'make', effect: makeTrial(trial, key, facts.trialBranches.get(action.task)?.tip ?? null) };
}

interface Trial {
  plan: PlanId;
  task: ResolvedTask;
  attempt: AttemptRecord;
  generation: number;
  headSha: CommitSha;
  ontoSha: CommitSha;
}

function makeTrial(trial: Trial, key: string, from: CommitSha | null): Extract<ForgeEffect, { kind: 'make-trial' }> {
  const { plan, task, attempt, generation, headSha, ontoSha } = trial;
  const names = { plan, task: task.id, attempt: attempt.attempt };
  return {
    kind: 'make-trial',
    key,
    task: task.id,
    branch: branchFor({ kind: 'trial', ...names }),
    from,
    onto: ontoSha,
    head: headSha,
    message: mergeMessage({ ...names, title: task.title, generation }),
  };
}

/** A tree that was verified with the very same tests need not be tested again. */
function judgeMerge(trial: Trial, commitSha: CommitSha, treeSha: TreeSha): TrialStep {
  const suite = suiteDigest(trial.task);
  const test = trial.attempt.evidence?.tests.findLast(
    (one) => one.stage === 'verify' && one.tree === treeSha && one.suite === suite,
  );
  if (test?.status !== 'passed') return { kind: 'test', commitSha };
  const reused = { ...test, stage: 'trial' as const, reused: true };
  return { kind: 'known', result: { ...resultOf(trial), outcome: 'tested', commitSha, treeSha, test: reused } };
}

function conflictOf(trial: Trial): Omit<TrialResult, 'endedAt'> {
  // The forge says that there is a conflict, not where: the next attempt finds it marked in its files.
  return { ...resultOf(trial), outcome: 'conflict', feedback: renderConflictFeedback([], []) };
}

function errorOf(trial: Trial, because: string): Omit<TrialResult, 'endedAt'> {
  return { ...resultOf(trial), outcome: 'error', feedback: cleanLine(because, 1000) };
}

function resultOf({
  plan,
  task,
  attempt,
  generation,
  headSha,
  ontoSha,
}: Trial): Omit<TrialResult, 'endedAt' | 'outcome'> {
  const nothing = { commitSha: null, treeSha: null, test: null, conflicts: [], feedback: '' };
  return { version: 1, plan, task: task.id, attempt: attempt.attempt, generation, headSha, ontoSha, ...nothing };
}
