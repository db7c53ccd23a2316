/**
 * A schedule in virtual time: the same `decide`, so the same priorities, over given stage times, with nothing
 * between the stages. What a real run takes beyond it is what running costs.
 */
import type { CommitSha, TaskId } from '../../src/core/brand.ts';
import type { Evidence, TrialResult } from '../../src/core/ledger/evidence.ts';
import { claimHolder, createQueueLedger } from '../../src/core/ledger/transitions.ts';
import type { ResolvedPlan } from '../../src/core/plan/plan.ts';
import { decide } from '../../src/core/reconcile/decide.ts';
import { workKey } from '../../src/core/reconcile/snapshot.ts';
import { lastAttempt } from '../../src/core/schedule/progress.ts';
import { aLedger, anEvidence, aTrial, fakeCommit, fakeTree } from '../support/builders.ts';

/** How long each task's attempt and its trial on the tip took, ms. */
export type StageTimes = ReadonlyMap<TaskId, { attemptMs: number; trialMs: number }>;

interface Job {
  endsAt: number;
  finish(): void;
}

/** Makespan of the plan in ms when every attempt succeeds at once and deciding takes no time. */
export function simulateMakespan(plan: ResolvedPlan, times: StageTimes, maxParallel: number): number {
  const config = {
    maxParallel,
    leaseMs: Number.MAX_SAFE_INTEGER,
    backoffMs: 0,
    landingStrength: 'exact' as const,
    only: null,
  };
  let ledger = claimHolder(aLedger(plan), 'me', 'me', config.leaseMs, 0);
  let queue = createQueueLedger(ledger.target);
  let tip: CommitSha = fakeCommit('base');
  let nowMs = 0;
  const jobs = new Map<string, Job>();
  const evidence = new Map<string, Evidence>();
  const trials = new Map<string, TrialResult>();
  for (;;) {
    const pending = Object.values(ledger.tasks).flatMap((record) => lastAttempt(record)?.landing ?? []);
    const landed = new Map(
      pending.map((landing) => [landing.commitSha, { contained: landing.commitSha === tip, tree: landing.treeSha }]),
    );
    const inFlight = new Set(jobs.keys());
    const snapshot = {
      ledger,
      queue,
      me: 'me',
      deadHolders: [],
      tip,
      inFlight,
      evidence,
      trials,
      final: null,
      landed,
      refusals: new Map(),
    };
    const decision = decide(snapshot, config, nowMs);
    const isChanged = decision.ledger !== ledger;
    ({ ledger, queue } = decision);
    for (const action of decision.actions) {
      if (action.kind === 'land') {
        tip = action.commitSha;
        continue;
      }
      if (action.kind !== 'start-attempt' && action.kind !== 'start-trial') continue;
      const task = plan.tasks.find((one) => one.id === action.task);
      const attempt = lastAttempt(ledger.tasks[action.task]);
      const stage = times.get(action.task);
      if (task === undefined || attempt === null || stage === undefined)
        throw new Error(`There are no stage times for '${action.task}'.`);
      const key = workKey(action.task, action.attempt, action.generation);
      const isAttempt = action.kind === 'start-attempt';
      jobs.set(key, {
        endsAt: nowMs + (isAttempt ? stage.attemptMs : stage.trialMs),
        finish: () => {
          if (isAttempt) evidence.set(key, anEvidence(task, attempt, { treeSha: fakeTree(key) }));
          else trials.set(key, aTrial(task, attempt));
        },
      });
    }
    if (isChanged) continue;
    const next = [...jobs].sort(([, a], [, b]) => a.endsAt - b.endsAt)[0];
    if (next === undefined) break;
    const [key, job] = next;
    jobs.delete(key);
    nowMs = job.endsAt;
    job.finish();
  }
  const unlanded = plan.tasks.length - ledger.certificates.length;
  if (unlanded > 0) throw new Error(`The simulated schedule left ${unlanded} tasks unlanded.`);
  return nowMs;
}
