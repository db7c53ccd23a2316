/**
 * A forge in virtual time for tests of hosted decisions: branches, pull requests, runs and receipts of plans that share
 * one base, with people and machines that do anything. Effects are done as a forge does them; what must never happen is
 * recorded. There is no git and no HTTP: a commit is a name with parents and a tree.
 */
import type { BranchName, CommitSha, PlanId, TaskId, TreeSha } from '../../src/core/brand.ts';
import { digestJson, digestText } from '../../src/core/digest.ts';
import type { EffectOutcome, ForgeEffect, HostedMove } from '../../src/core/hosted/effect.ts';
import type { BaseRules, ForgeFacts, PullFact, ReceiptFact, RunFact } from '../../src/core/hosted/facts.ts';
import { legKey } from '../../src/core/hosted/leg-key.ts';
import { taskBranch } from '../../src/core/hosted/make-query.ts';
import type { Evidence } from '../../src/core/ledger/evidence.ts';
import type { DispatchLeg, ForgeRecord, NamedRun } from '../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, PlanLedger } from '../../src/core/ledger/ledger.ts';
import { retryTask } from '../../src/core/ledger/transitions.ts';
import type { ResolvedTask } from '../../src/core/plan/plan.ts';
import { branchFor } from '../../src/core/ref-names.ts';
import { isActive, lastAttempt } from '../../src/core/schedule/progress.ts';
import { anEvidence, aTestResult, aTrial, fakeCommit, fakeTree } from './builders.ts';
import { CommitGraph, ROOT } from './commit-graph.ts';
import { aPull, CI_PASSED, someFacts } from './hosted-builders.ts';
import { mapOf } from './map-of.ts';

/** A source of randomness: a number in [0, 1). */
export type Random = () => number;

/** Chances, 0 to 1, each for one step of its kind. */
export interface ForgeChances {
  attemptFails: number;
  mergedTestFails: number;
  conflict: number;
  /** A run dies, vanishes, never begins, or is started again by hand when it is over. */
  runBreaks: number;
  /** A person cancels a run. */
  runCancelled: number;
  /** A receipt is not what it should be. */
  receiptForged: number;
  /** An effect is done and its answer is lost. */
  answerLost: number;
  /** A look for a run by its nonce does not find it yet. */
  lookMisses: number;
  /** Branches and pull requests are shown as they were a little earlier. */
  readStale: number;
  push: number;
  closePull: number;
  mergeByHand: number;
  /** A person has a task tried again that failed or was cancelled. */
  retry: number;
  baseMoves: number;
}

/** A plan as the forge's ledger branches hold it. */
export interface StoredPlan {
  ledger: PlanLedger;
  record: ForgeRecord;
  /** Grows with every write of the plan's ledger. */
  version: number;
}

interface SimulatedRun {
  plan: PlanId;
  nonce: string;
  run: NamedRun;
  legs: readonly DispatchLeg[];
  status: RunFact['status'];
  conclusion: RunFact['conclusion'];
  done: Set<string>;
  /** 2 once a person has started it again. */
  attempt: number;
  isGone: boolean;
  isStuck: boolean;
}

/** One landing as the base saw it. */
export interface ForgeLanding {
  plan: PlanId;
  task: TaskId;
  tree: TreeSha;
  byHand: boolean;
  /** A run that the ledger named has seen the tests pass on this tree, or a person merged it. */
  isTested: boolean;
}

type Pulls = Map<string, PullFact>;

export class SimulatedForge {
  nowMs = 1;
  tip: CommitSha = ROOT;
  readonly problems: string[] = [];
  readonly landings: ForgeLanding[] = [];
  /** Trees on which a run that the ledger named has seen the tests pass. */
  readonly testedTrees = new Set<string>();
  /** Commits that a person made, by task. */
  readonly pushed = new Map<string, CommitSha[]>();
  readonly runs: SimulatedRun[] = [];
  /** For each piece of work the runs that began it. */
  readonly workers = new Map<string, Set<number>>();
  readonly plans: Map<PlanId, StoredPlan>;
  private readonly commits = new CommitGraph();
  private readonly branches = new Map<BranchName, CommitSha>();
  private readonly pulls: Pulls = new Map();
  private earlier: { branches: Map<BranchName, CommitSha>; pulls: Pulls };
  private readonly receipts = new Map<string, ReceiptFact>();
  private readonly badTrees = new Map<string, boolean>();
  private readonly chance: ForgeChances;
  private readonly random: Random;
  private readonly rules: BaseRules;
  private count = 0;

  constructor(plans: Map<PlanId, StoredPlan>, options: { random: Random; chance: ForgeChances; rules: BaseRules }) {
    this.plans = plans;
    this.random = options.random;
    this.chance = options.chance;
    this.rules = options.rules;
    this.earlier = { branches: new Map(), pulls: new Map() };
  }

  /** True if the base contains a commit. */
  contains(commit: CommitSha): boolean {
    return this.commits.isInBase(commit);
  }

  // ——— what is read

  /** What a read for this plan gives. */
  factsFor({ ledger, record }: StoredPlan): ForgeFacts {
    const isStale = this.happens('readStale');
    const { branches, pulls } = isStale ? this.earlier : { branches: this.branches, pulls: this.pulls };
    if (!isStale) this.earlier = { branches: new Map(this.branches), pulls: new Map(this.pulls) };
    const ids = ledger.plan.tasks.map((task) => task.id);
    return someFacts({
      base: { branch: ledger.target, tip: this.tip },
      rules: this.rules,
      pulls: mapOf(ids, (id) => pulls.get(`${ledger.plan.id}/${id}`)),
      branches: mapOf(ids, (id) => branches.get(taskBranch(ledger, id))),
      trialBranches: mapOf(ids, (id) => this.trialBranchOf(ledger, id)),
      runs: mapOf(
        record.dispatches.map(({ nonce }) => nonce),
        (nonce) => this.runFact(record, nonce),
      ),
      receipts: mapOf(
        record.dispatches.flatMap(({ legs }) => legs.map(legKey)),
        (key) => this.receipts.get(`${ledger.plan.id} ${key}`),
      ),
      landed: this.landedOf(ledger, pulls),
    });
  }

  private trialBranchOf(ledger: PlanLedger, task: TaskId) {
    const attempt = lastAttempt(ledger.tasks[task])?.attempt ?? 0;
    const tip = this.branches.get(branchFor({ kind: 'trial', plan: ledger.plan.id, task, attempt }));
    return tip === undefined
      ? undefined
      : { tip, tree: this.commits.treeOf(tip), parents: this.commits.parentsOf(tip) };
  }

  private runFact(record: ForgeRecord, nonce: string): RunFact | undefined {
    const named = record.dispatches.find((dispatch) => dispatch.nonce === nonce)?.run;
    const found = this.runs.find(({ run }) => run.id === named?.id);
    if (found === undefined || found.isGone) return undefined;
    return {
      ...found.run,
      status: found.status,
      conclusion: found.conclusion,
      isGenuine: true,
      updatedAtMs: this.nowMs,
    };
  }

  private landedOf(ledger: PlanLedger, pulls: Pulls): ForgeFacts['landed'] {
    const landed = new Map<CommitSha, { contained: boolean; tree: string | null; landedSha: CommitSha | null }>();
    for (const [task, record] of Object.entries(ledger.tasks)) {
      const last = lastAttempt(record);
      if (!isActive(last) || last?.landing == null) continue;
      const { commitSha, way } = last.landing;
      const pull = pulls.get(`${ledger.plan.id}/${task}`);
      const isMerged = way !== 'fast-forward' && pull?.state === 'merged';
      const made = isMerged ? (pull.mergeCommit?.sha ?? null) : null;
      const contained = made !== null || this.commits.isInBase(commitSha);
      landed.set(commitSha, { contained, tree: this.commits.treeOf(made ?? commitSha), landedSha: made });
    }
    return landed;
  }

  // ——— what is done

  /** Does an effect of a plan as the forge does it. The answer may be lost on the way. */
  perform(plan: PlanId, effect: ForgeEffect): EffectOutcome {
    const outcome = this.done(plan, effect);
    if (!this.happens('answerLost')) return outcome;
    return { kind: 'later', notBeforeMs: this.nowMs + 20, because: 'the answer was lost' };
  }

  private done(plan: PlanId, effect: ForgeEffect): EffectOutcome {
    if (effect.kind === 'dispatch') return this.dispatch(plan, effect.nonce, effect.legs);
    if (effect.kind === 'find-or-dispatch') {
      const known = this.runs.find(({ nonce }) => nonce === effect.nonce);
      if (known === undefined || this.happens('lookMisses')) return this.dispatch(plan, effect.nonce, effect.legs);
      return { kind: 'run-named', run: known.run };
    }
    if (effect.kind === 'cancel-run') {
      for (const run of this.runs) if (run.run.id === effect.runId) end(run, 'cancelled');
      return { kind: 'done' };
    }
    if (effect.kind === 'make-trial') return this.makeTrial(effect);
    if (effect.kind === 'move-branches') return this.move(plan, effect.moves);
    if (effect.kind === 'land') return this.land(plan, effect);
    throw new Error(`The simulated forge does not know '${effect.kind}'.`);
  }

  private dispatch(plan: PlanId, nonce: string, legs: readonly DispatchLeg[]): EffectOutcome {
    this.count += 1;
    const run = { id: 1000 + this.count, nodeId: `WFR_${this.count}`, url: `https://forge.example/runs/${this.count}` };
    const isStuck = this.happens('runBreaks');
    const state = { status: 'waiting' as const, conclusion: null, done: new Set<string>(), attempt: 1, isGone: false };
    this.runs.push({ plan, nonce, run, legs, ...state, isStuck });
    return { kind: 'run-named', run };
  }

  private makeTrial(effect: Extract<ForgeEffect, { kind: 'make-trial' }>): EffectOutcome {
    if ((this.branches.get(effect.branch) ?? null) !== effect.from)
      return { kind: 'elsewhere', because: 'the trial branch is elsewhere' };
    this.branches.set(effect.branch, effect.onto);
    if (this.isBad(`conflict ${effect.onto} ${effect.head}`, this.chance.conflict)) return { kind: 'trial-conflict' };
    this.count += 1;
    const commitSha = this.commits.add(
      `merge ${this.count}`,
      [effect.onto, effect.head],
      this.commits.mergedTree(effect.onto, effect.head),
    );
    this.branches.set(effect.branch, commitSha);
    return { kind: 'trial-made', commitSha, tree: this.commits.treeOf(commitSha) };
  }

  private move(plan: PlanId, moves: readonly HostedMove[]): EffectOutcome {
    if (moves.some(({ branch, from }) => !this.isReceipt(branch) && (this.branches.get(branch) ?? null) !== from))
      return { kind: 'elsewhere', because: 'a branch is elsewhere' };
    for (const { branch, to } of moves) {
      if (this.isReceipt(branch)) continue;
      if (to === null) this.branches.delete(branch);
      else this.branches.set(branch, to);
      this.followBranch(plan, branch, to);
    }
    return { kind: 'done' };
  }

  private isReceipt(branch: BranchName): boolean {
    return branch.includes('/receipt/');
  }

  /** The app opens a pull request where a verified head has none, also after a person closed the one that was. */
  openPulls({ ledger }: StoredPlan): void {
    for (const { id } of ledger.plan.tasks) {
      const branch = taskBranch(ledger, id);
      const tip = this.branches.get(branch);
      if (tip !== undefined && lastAttempt(ledger.tasks[id])?.status === 'verified')
        this.followBranch(ledger.plan.id, branch, tip);
    }
  }

  /** A pull request follows its branch; the first head of a task's branch opens one. */
  private followBranch(plan: PlanId, branch: BranchName, to: CommitSha | null): void {
    const stored = this.plans.get(plan);
    const task = stored?.ledger.plan.tasks.find((one) => taskBranch(stored.ledger, one.id) === branch);
    if (stored === undefined || task === undefined) return;
    const key = `${plan}/${task.id}`;
    const pull = this.pulls.get(key);
    if (to === null) {
      if (pull?.state === 'open') this.pulls.set(key, { ...pull, state: 'closed' });
      return;
    }
    if (pull?.state === 'open') {
      this.pulls.set(key, { ...pull, headSha: to });
      return;
    }
    if (pull?.state === 'merged') return;
    this.count += 1;
    const frame = { headBranch: branch, headSha: to, baseBranch: stored.ledger.target };
    this.pulls.set(key, aPull({ ...frame, number: this.count, nodeId: key, checks: [CI_PASSED] }));
  }

  private land(plan: PlanId, effect: Extract<ForgeEffect, { kind: 'land' }>): EffectOutcome {
    if (effect.way === 'fast-forward') {
      if (this.tip !== effect.from) return { kind: 'elsewhere', because: 'the base is elsewhere' };
      this.moveBaseTo(effect.to, { plan, task: effect.task, byHand: false });
      return { kind: 'done' };
    }
    const key = `${plan}/${effect.task}`;
    const pull = this.pulls.get(key);
    if (pull?.state !== 'open' || pull.headSha !== effect.to)
      return { kind: 'elsewhere', because: 'the pull request is elsewhere' };
    if (!this.mayMerge(pull)) return { kind: 'refused', because: 'the branch is not up to date' };
    this.mergePull(key, pull, { plan, task: effect.task, byHand: false });
    return { kind: 'done' };
  }

  private mayMerge(pull: PullFact): boolean {
    return !this.rules.isStrict || this.commits.isAncestor(this.tip, pull.headSha);
  }

  private mergePull(key: string, pull: PullFact, who: Omit<ForgeLanding, 'tree' | 'isTested'>): void {
    this.count += 1;
    const tree = this.commits.mergedTree(this.tip, pull.headSha);
    const sha = this.commits.add(`merge of ${key} ${this.count}`, [this.tip, pull.headSha], tree);
    this.pulls.set(key, { ...pull, state: 'merged', mergeCommit: { sha, tree } });
    this.moveBaseTo(sha, who);
  }

  private moveBaseTo(to: CommitSha, who: Omit<ForgeLanding, 'tree' | 'isTested'>): void {
    const tree = this.commits.treeOf(to);
    if (this.landings.some(({ plan, task }) => plan === who.plan && task === who.task))
      this.problems.push(`${who.plan}/${who.task} landed twice`);
    const needs = this.plans.get(who.plan)?.ledger.plan.tasks.find((task) => task.id === who.task)?.needs ?? [];
    for (const need of needs)
      if (!this.landings.some(({ plan, task }) => plan === who.plan && task === need))
        this.problems.push(`${who.plan}/${who.task} landed before ${need}`);
    this.landings.push({ ...who, tree, isTested: who.byHand || this.testedTrees.has(tree) });
    this.commits.enterBase(to);
    this.tip = to;
    // A pull request whose head the base has come to contain is merged, as far as the forge is concerned.
    for (const [key, pull] of this.pulls)
      if (pull.state === 'open' && this.commits.isInBase(pull.headSha))
        this.pulls.set(key, { ...pull, state: 'merged', mergeCommit: { sha: to, tree } });
  }

  // ——— what happens by itself

  /** Moves one run on. */
  stepRun(): void {
    const live = this.runs.filter((run) => run.status !== 'completed' && !run.isGone);
    const run = this.pick(live);
    if (run === undefined) return;
    if (this.happens('runCancelled')) return end(run, 'cancelled');
    // No runner takes it: only a cancellation ends it.
    if (run.isStuck) return;
    if (this.happens('runBreaks')) {
      if (this.random() < 0.3) run.isGone = true;
      else end(run, 'failure');
      return;
    }
    run.status = 'running';
    const stored = this.plans.get(run.plan);
    const named = stored?.record.dispatches.find(({ nonce }) => nonce === run.nonce);
    if (stored === undefined) return;
    // A run whose nonce the ledger does not know, or knows under another run, has nothing to do.
    if (named === undefined || (named.run !== null && named.run.id !== run.run.id)) return end(run, 'success');
    if (named.run === null) return;
    const leg = run.legs.find((one) => !run.done.has(legKey(one)));
    if (leg === undefined) {
      end(run, 'success');
      return;
    }
    run.done.add(legKey(leg));
    this.work(stored, run, leg);
  }

  /** A person starts a run again that is over. */
  rerun(): void {
    const run = this.pick(this.runs.filter((one) => one.status === 'completed' && one.attempt === 1 && !one.isGone));
    if (run === undefined || !this.happens('runBreaks')) return;
    run.attempt = 2;
    run.status = 'running';
    run.conclusion = null;
    run.done.clear();
  }

  private work(stored: StoredPlan, run: SimulatedRun, leg: DispatchLeg): void {
    const key = `${run.plan} ${legKey(leg)}`;
    const workers = this.workers.get(key) ?? new Set<number>();
    this.workers.set(key, workers.add(run.run.id));
    if (workers.size > 1) this.problems.push(`${key} was worked on by runs ${[...workers].join(' and ')}`);
    const attempt = lastAttempt(stored.ledger.tasks[leg.task]);
    const task = stored.ledger.plan.tasks.find((one) => one.id === leg.task);
    const made =
      leg.work === 'final'
        ? this.finalResult(stored, leg)
        : attempt === null || task === undefined || attempt.attempt !== leg.attempt
          ? null
          : leg.work === 'attempt'
            ? this.attemptResult(stored, { ...attempt, generation: leg.generation }, task, leg)
            : this.trialResult(stored, attempt, task, leg);
    // The ledger went on without it.
    if (made === null) return;
    this.receipts.set(key, this.receipt(run, leg, made));
  }

  private attemptResult({ ledger }: StoredPlan, attempt: AttemptRecord, task: ResolvedTask, leg: DispatchLeg): Made {
    this.count += 1;
    const base = leg.headSha ?? attempt.baseSha;
    const head = leg.headSha ?? this.commits.add(`work ${this.count}`, [base], fakeTree(`work ${this.count}`));
    const tree = this.commits.treeOf(head);
    const good = anEvidence(task, attempt, {
      plan: ledger.plan.id,
      headSha: head,
      treeSha: tree,
      baseTreeSha: this.commits.treeOf(attempt.baseSha),
    });
    const isFailed = this.happens('attemptFails');
    const failure = { cause: 'tests-failed' as const, detail: 'red', feedback: 'make it green', isTransient: false };
    const evidence: Evidence = isFailed ? { ...good, outcome: 'failed', failure } : good;
    if (!isFailed) this.testedTrees.add(tree);
    return { head: { sha: head, tree }, result: evidence };
  }

  private trialResult(
    { ledger }: StoredPlan,
    attempt: AttemptRecord,
    task: ResolvedTask,
    leg: DispatchLeg,
  ): Made | null {
    if (leg.headSha === null || attempt.trial === null) return null;
    const tree = this.commits.treeOf(leg.headSha);
    const isGood = !this.isBad(`tree ${tree}`, this.chance.mergedTestFails);
    if (isGood) this.testedTrees.add(tree);
    const test = aTestResult(task, tree, { stage: 'trial', status: isGood ? 'passed' : 'failed' });
    const frame = { plan: ledger.plan.id, generation: leg.generation, commitSha: leg.headSha, treeSha: tree, test };
    return { head: { sha: leg.headSha, tree }, result: aTrial(task, attempt, frame) };
  }

  private finalResult({ ledger }: StoredPlan, leg: DispatchLeg): Made | null {
    const [task] = ledger.plan.tasks;
    if (leg.headSha === null || task === undefined) return null;
    const tree = this.commits.treeOf(leg.headSha);
    const test = { ...aTestResult(task, tree), stage: 'final' as const, suite: digestJson('final') };
    const { generation, headSha } = leg;
    const frame = { version: 1, plan: ledger.plan.id, generation, commitSha: headSha, endedAt: this.nowMs };
    return { head: { sha: headSha, tree }, result: { ...frame, test } };
  }

  private receipt({ plan, nonce, run, attempt }: SimulatedRun, leg: DispatchLeg, made: Made): ReceiptFact {
    const text = JSON.stringify(made.result);
    const digest = digestText(text);
    const claims = {
      version: 1,
      plan,
      nonce,
      runId: run.id,
      runAttempt: attempt,
      work: leg.work,
      task: leg.task,
      attempt: leg.attempt,
      generation: leg.generation,
      mode: leg.mode,
      headSha: made.head.sha,
      evidence: digest,
      pack: null,
    };
    const isForged = this.happens('receiptForged');
    const evil = { sha: fakeCommit('evil'), tree: fakeTree('evil') };
    return {
      commitSha: fakeCommit(`receipt ${plan} ${legKey(leg)}`),
      head: isForged ? evil : made.head,
      receipt: JSON.stringify(isForged && this.random() < 0.5 ? { ...claims, headSha: evil.sha } : claims),
      evidence: text,
      evidenceDigest: digest,
      artifacts: new Map([[`espalier-${leg.task}.${leg.attempt}-evidence.json`, digest]]),
    };
  }

  /** A person does something to a branch or a pull request. */
  stepPerson(): void {
    if (this.happens('baseMoves')) this.moveBase();
    if (this.happens('retry')) this.retry();
    const key = this.pick([...this.pulls.keys()]);
    const pull = key === undefined ? undefined : this.pulls.get(key);
    if (key === undefined || pull?.state !== 'open') return;
    if (this.happens('push')) this.push(key, pull);
    else if (this.happens('closePull')) this.pulls.set(key, { ...pull, state: 'closed' });
    else if (this.happens('mergeByHand')) {
      const [plan = '', task = ''] = key.split('/');
      // What was pushed after the landing is that person's own matter.
      if (this.landings.some((one) => one.plan === plan && one.task === task)) return;
      if (!this.mayMerge(pull)) return;
      this.mergePull(key, pull, { plan: plan as PlanId, task: task as TaskId, byHand: true });
    }
  }

  private retry(): void {
    const stored = this.pick([...this.plans.values()]);
    const task = this.pick(stored?.ledger.plan.tasks ?? []);
    if (stored === undefined || task === undefined) return;
    const retried = retryTask(stored.ledger, task.id);
    if (retried.ok) Object.assign(stored, { ledger: retried.value, version: stored.version + 1 });
  }

  private push(key: string, pull: PullFact): void {
    this.count += 1;
    const sha = this.commits.add(`push ${this.count}`, [pull.headSha], fakeTree(`push ${this.count}`));
    this.branches.set(pull.headBranch as BranchName, sha);
    this.pulls.set(key, { ...pull, headSha: sha });
    this.pushed.set(key, [...(this.pushed.get(key) ?? []), sha]);
  }

  private moveBase(): void {
    this.count += 1;
    const sha = this.commits.add(`by others ${this.count}`, [this.tip], fakeTree(`by others ${this.count}`));
    this.commits.enterBase(sha);
    this.tip = sha;
  }

  /** The same question has the same answer, however often it is asked. */
  private isBad(question: string, chance: number): boolean {
    const known = this.badTrees.get(question);
    if (known !== undefined) return known;
    const answer = this.random() < chance;
    this.badTrees.set(question, answer);
    return answer;
  }

  private happens(what: keyof ForgeChances): boolean {
    return this.random() < this.chance[what];
  }

  private pick<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.random() * values.length)];
  }
}

interface Made {
  head: { sha: CommitSha; tree: TreeSha };
  result: unknown;
}

function end(run: SimulatedRun, conclusion: NonNullable<RunFact['conclusion']>): void {
  if (run.status === 'completed') return;
  run.status = 'completed';
  run.conclusion = conclusion;
}
