/**
 * A world around `decide` in virtual time, driven by a random source: several processes share one ledger by
 * compare-and-swap, run jobs that end in any way, crash, go silent, and come back; the base is moved by others.
 * It records every effect, so that a property can say what must never happen.
 */
import type { CommitSha, TaskId, TreeSha } from '../../src/core/brand.ts';
import { digestJson } from '../../src/core/digest.ts';
import type { Evidence, FinalResult, TrialResult } from '../../src/core/ledger/evidence.ts';
import type { AttemptRecord, PlanLedger, QueueLedger } from '../../src/core/ledger/ledger.ts';
import { claimHolder, createQueueLedger } from '../../src/core/ledger/transitions.ts';
import type { ResolvedPlan, ResolvedTask } from '../../src/core/plan/plan.ts';
import { decide, type Decision } from '../../src/core/reconcile/decide.ts';
import type { Action } from '../../src/core/reconcile/action.ts';
import { workKey, type DecideConfig, type Snapshot } from '../../src/core/reconcile/snapshot.ts';
import { lastAttempt } from '../../src/core/schedule/progress.ts';
import { aLedger, anEvidence, aTestResult, aTrial, fakeCommit } from './builders.ts';

/** A source of randomness: a number in [0, 1). */
type Random = () => number;

interface Job {
  key: string;
  action: Action;
  /** What the job knew when it began; the ledger may move on without it. */
  attempt: AttemptRecord | null;
  task: ResolvedTask | null;
}

interface Process {
  id: string;
  isDead: boolean;
  jobs: Map<string, Job>;
}

export interface WorldOptions {
  plan: ResolvedPlan;
  random: Random;
  processes: number;
  maxParallel: number;
  /** Chances per step or job, 0 to 1. */
  chance: {
    crash: number;
    attemptFails: number;
    conflict: number;
    mergedTestFails: number;
    baseMoves: number;
    forged: number;
  };
}

/** One landing as the branch saw it. */
export interface WorldLanding {
  task: TaskId;
  commit: CommitSha;
  tree: TreeSha;
}

const CONFIG: DecideConfig = { maxParallel: 3, leaseMs: 1000, backoffMs: 50, landingStrength: 'exact', only: null };

export class SimulatedWorld {
  nowMs = 1;
  ledger: PlanLedger;
  queue: QueueLedger;
  version = 0;
  tip: CommitSha = fakeCommit('base');
  readonly landings: WorldLanding[] = [];
  /** Trees on which the tests passed. */
  readonly testedTrees = new Set<string>();
  readonly problems: string[] = [];
  readonly startsByKey = new Map<string, string[]>();
  private readonly ancestors = new Map<CommitSha, CommitSha | null>([[fakeCommit('base'), null]]);
  private readonly trees = new Map<CommitSha, TreeSha>();
  private readonly evidence = new Map<string, Evidence>();
  private readonly trials = new Map<string, TrialResult>();
  private readonly finals = new Map<number, FinalResult>();
  private processes: Process[] = [];
  private births = 0;
  private readonly options: WorldOptions;
  readonly config: DecideConfig;

  constructor(options: WorldOptions) {
    this.options = options;
    this.config = { ...CONFIG, maxParallel: options.maxParallel };
    this.ledger = aLedger(options.plan);
    this.queue = createQueueLedger(this.ledger.target);
    for (let count = 0; count < options.processes; count += 1) this.bear();
  }

  /** One random thing happens. */
  step(): void {
    this.nowMs += 1 + Math.floor(this.options.random() * 20);
    const { chance, random } = this.options;
    if (random() < chance.crash) this.crash();
    if (random() < chance.baseMoves) this.moveBase();
    const live = this.processes.filter((process) => !process.isDead);
    const process = live[Math.floor(random() * live.length)];
    if (process === undefined) {
      this.bear();
      return;
    }
    const jobs = [...process.jobs.values()];
    const job = jobs[Math.floor(random() * jobs.length)];
    if (job !== undefined && random() < 0.5) this.finish(process, job);
    else this.reconcile(process);
  }

  snapshotFor(process: { id: string; jobs: ReadonlyMap<string, unknown> }): Snapshot {
    const pending = Object.values(this.ledger.tasks).flatMap((record) => lastAttempt(record)?.landing ?? []);
    return {
      ledger: this.ledger,
      queue: this.queue,
      me: process.id,
      deadHolders: this.processes.filter((one) => one.isDead).map((one) => one.id),
      tip: this.tip,
      inFlight: new Set(process.jobs.keys()),
      evidence: this.evidence,
      trials: this.trials,
      final: this.ledger.final === null ? null : (this.finals.get(this.ledger.final.generation) ?? null),
      landed: new Map(
        pending.map((landing) => [
          landing.commitSha,
          { contained: this.contains(landing.commitSha), tree: this.trees.get(landing.commitSha) ?? null },
        ]),
      ),
      refusals: new Map(),
    };
  }

  /** The processes that are at work. */
  get live(): readonly { id: string; jobs: ReadonlyMap<string, unknown> }[] {
    return this.processes.filter((process) => !process.isDead);
  }

  private bear(): void {
    this.births += 1;
    const id = `process-${this.births}`;
    this.processes.push({ id, isDead: false, jobs: new Map() });
    this.ledger = claimHolder(this.ledger, id, id, this.config.leaseMs, this.nowMs);
    this.version += 1;
  }

  private crash(): void {
    const live = this.processes.filter((process) => !process.isDead);
    const victim = live[Math.floor(this.options.random() * live.length)];
    if (victim === undefined) return;
    victim.isDead = true;
    victim.jobs.clear();
    this.bear();
  }

  private moveBase(): void {
    const next = fakeCommit(`by others ${this.version} ${this.nowMs}`);
    this.ancestors.set(next, this.tip);
    this.tip = next;
  }

  private contains(commit: CommitSha): boolean {
    for (let at: CommitSha | null = this.tip; at !== null; at = this.ancestors.get(at) ?? null)
      if (at === commit) return true;
    return false;
  }

  private reconcile(process: Process): void {
    const snapshot = this.snapshotFor(process);
    if (snapshot.ledger.holders[process.id] === undefined) {
      this.ledger = claimHolder(this.ledger, process.id, process.id, this.config.leaseMs, this.nowMs);
      return;
    }
    const decision = decide(snapshot, this.config, this.nowMs);
    this.checkRepeat(snapshot, decision, process);
    // Crash between the decision and the write, or between the write and the first action.
    if (this.options.random() < this.options.chance.crash) {
      process.isDead = true;
      process.jobs.clear();
      this.bear();
      return;
    }
    this.ledger = decision.ledger;
    this.queue = decision.queue;
    this.version += 1;
    this.checkLedger();
    for (const action of decision.actions) {
      if (this.options.random() < this.options.chance.crash) {
        process.isDead = true;
        process.jobs.clear();
        this.bear();
        return;
      }
      this.perform(process, action);
    }
  }

  /** Deciding again with the actions in flight decides nothing new. */
  private checkRepeat(snapshot: Snapshot, decision: Decision, process: Process): void {
    const inFlight = new Set(snapshot.inFlight);
    for (const action of decision.actions)
      if (action.kind === 'start-attempt' || action.kind === 'start-trial')
        inFlight.add(workKey(action.task, action.attempt, action.generation));
      else if (action.kind === 'start-final') inFlight.add(`final.${action.generation}`);
    const again = decide(
      { ...snapshot, ledger: decision.ledger, queue: decision.queue, inFlight },
      this.config,
      this.nowMs,
    );
    const fresh = again.actions.filter((action) => action.kind !== 'land' && action.kind !== 'stop-attempt');
    if (fresh.length > 0 || again.ledger !== decision.ledger)
      this.problems.push(`${process.id} decided anew: ${JSON.stringify(fresh)} ${JSON.stringify(again.notes)}`);
  }

  private checkLedger(): void {
    const running = Object.values(this.ledger.tasks).filter(
      (record) => lastAttempt(record)?.status === 'running',
    ).length;
    if (running > this.config.maxParallel) this.problems.push(`${running} attempts run at once`);
    const landed = new Set<TaskId>();
    for (const certificate of this.ledger.certificates) {
      if (landed.has(certificate.task)) this.problems.push(`${certificate.task} was certified twice`);
      landed.add(certificate.task);
      for (const rule of certificate.rules)
        if (!['passed', 'waived', 'not-asked'].includes(rule.status))
          this.problems.push(`${certificate.task} landed although ${rule.rule} was ${rule.status}: ${rule.because}`);
    }
  }

  private perform(process: Process, action: Action): void {
    if (action.kind === 'stop-attempt') return;
    if (action.kind === 'land') {
      this.land(action);
      return;
    }
    const key =
      action.kind === 'start-final'
        ? `final.${action.generation}`
        : workKey(action.task, action.attempt, action.generation);
    if (process.jobs.has(key)) return;
    const starters = this.startsByKey.get(key) ?? [];
    this.startsByKey.set(key, [...starters, process.id]);
    if (starters.some((starter) => starter !== process.id))
      this.problems.push(`${key} was started by ${starters.join()} and by ${process.id}`);
    const task =
      action.kind === 'start-final' ? null : (this.options.plan.tasks.find((one) => one.id === action.task) ?? null);
    const attempt = task === null ? null : lastAttempt(this.ledger.tasks[task.id]);
    process.jobs.set(key, { key, action, attempt, task });
  }

  private land(action: Extract<Action, { kind: 'land' }>): void {
    const written = lastAttempt(this.ledger.tasks[action.task])?.landing;
    if (written?.generation !== action.generation || written.commitSha !== action.commitSha)
      this.problems.push(`${action.task} was to land as the ledger does not say`);
    if (this.tip !== action.fromSha) return;
    const task = this.options.plan.tasks.find((one) => one.id === action.task);
    const tree = this.trees.get(action.commitSha);
    if (tree === undefined) {
      this.problems.push(`${action.task} landed a commit that nobody made`);
      return;
    }
    if (!this.testedTrees.has(tree)) this.problems.push(`${action.task} landed a tree that was never tested`);
    if (this.landings.some((landing) => landing.task === action.task))
      this.problems.push(`${action.task} landed twice`);
    for (const need of task?.needs ?? [])
      if (!this.landings.some((landing) => landing.task === need))
        this.problems.push(`${action.task} landed before ${need}`);
    this.ancestors.set(action.commitSha, this.tip);
    this.tip = action.commitSha;
    this.landings.push({ task: action.task, commit: action.commitSha, tree });
  }

  private finish(process: Process, job: Job): void {
    process.jobs.delete(job.key);
    const { action, attempt, task } = job;
    if (action.kind === 'start-final') {
      const suite = digestJson('final');
      const tree = this.trees.get(action.commitSha) ?? (fakeCommit('tree') as string as TreeSha);
      const test = { ...aTestResult(this.options.plan.tasks[0] as ResolvedTask, tree), stage: 'final' as const, suite };
      const { generation, commitSha } = action;
      this.finals.set(generation, {
        version: 1,
        plan: this.options.plan.id,
        generation,
        commitSha,
        test,
        endedAt: this.nowMs,
      });
      return;
    }
    if (task === null || attempt === null) return;
    if (action.kind === 'start-attempt')
      this.evidence.set(job.key, this.makeEvidence(task, attempt, action.generation));
    if (action.kind === 'start-trial' && attempt.trial !== null)
      this.trials.set(job.key, this.makeTrial(task, attempt));
  }

  private makeEvidence(task: ResolvedTask, attempt: AttemptRecord, generation: number): Evidence {
    const { chance, random } = this.options;
    const good = anEvidence(task, { ...attempt, generation });
    if (random() < chance.attemptFails)
      return {
        ...good,
        outcome: 'failed',
        failure: { cause: 'tests-failed', detail: 'red', feedback: 'make it green', isTransient: random() < 0.3 },
      };
    // A runner that says 'verified' without the proof: the gate must not believe it.
    if (random() < chance.forged)
      return pick(random, [
        { ...good, tests: [] },
        { ...good, tests: good.tests.map((test) => ({ ...test, status: 'failed' as const })) },
        { ...good, tests: good.tests.map((test) => ({ ...test, tree: fakeCommit('x') as string as TreeSha })) },
        { ...good, reviews: [] },
        { ...good, reviews: good.reviews.map((review) => ({ ...review, score: 9 })) },
        { ...good, reviews: good.reviews.map((review) => ({ ...review, change: digestJson('other') })) },
        {
          ...good,
          reviews: good.reviews.map((review) => ({
            ...review,
            findings: [{ severity: 'blocking' as const, path: null, line: null, message: 'no' }],
          })),
        },
        { ...good, violations: [{ rule: 'ownership' as const, path: 'b', because: 'not its own' }] },
        { ...good, treeSha: null },
        { ...good, taskDigest: digestJson('another task') },
      ]);
    return good;
  }

  private makeTrial(task: ResolvedTask, attempt: AttemptRecord): TrialResult {
    const { chance, random } = this.options;
    const good = aTrial(task, attempt);
    if (random() < chance.conflict)
      return {
        ...good,
        outcome: 'conflict',
        commitSha: null,
        treeSha: null,
        test: null,
        conflicts: [{ path: 'a', because: 'content' }],
      };
    if (random() < 0.05)
      return { ...good, outcome: 'error', commitSha: null, treeSha: null, test: null, feedback: 'no engine' };
    if (good.commitSha !== null && good.treeSha !== null) this.trees.set(good.commitSha, good.treeSha);
    if (random() < chance.mergedTestFails)
      return { ...good, test: good.test === null ? null : { ...good.test, status: 'failed' } };
    if (good.treeSha !== null) this.testedTrees.add(good.treeSha);
    return good;
  }
}

function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('There is nothing to pick from.');
  return value;
}
