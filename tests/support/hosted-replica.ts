/**
 * Processes of the app around {@link HostedWorld}: each looks, decides, moves the shared ledger by compare-and-swap and
 * does what it decided, in two steps, so that a test can let others in between, or let it die there. Every decision is
 * checked to be pure, and every ledger that is written to be readable again.
 */
import { isDeepStrictEqual } from 'node:util';

import type { CommitSha, TaskId } from '../../src/core/brand.ts';
import { decideHosted, type HostedDecision } from '../../src/core/hosted/decide-hosted.ts';
import type { EffectOutcome } from '../../src/core/hosted/effect.ts';
import type { Click } from '../../src/core/hosted/facts.ts';
import { HOSTED_DEFAULTS, type HostedConfig } from '../../src/core/hosted/hosted-config.ts';
import type { HostedInput } from '../../src/core/hosted/hosted-input.ts';
import { makeQuery } from '../../src/core/hosted/make-query.ts';
import type { HostedState } from '../../src/core/hosted/state.ts';
import { finalSuiteDigest } from '../../src/core/gate/bindings.ts';
import type { Evidence, TrialResult } from '../../src/core/ledger/evidence.ts';
import { readPlanFiles, writePlanFiles } from '../../src/core/ledger/files.ts';
import { readForgeFiles, writeForgeFiles } from '../../src/core/ledger/forge-files.ts';
import { createForgeRecord, type DispatchLeg, type DispatchRecord } from '../../src/core/ledger/forge-record.ts';
import type { PlanLedger } from '../../src/core/ledger/ledger.ts';
import { createQueueLedger } from '../../src/core/ledger/transitions.ts';
import { branchFor } from '../../src/core/ref-names.ts';
import { anEvidence, aTestResult, aTrial } from './builders.ts';
import { aReceipt } from './hosted-builders.ts';
import { HostedWorld } from './hosted-world.ts';

/** The ledger that all processes share. */
export class SharedLedger {
  version = 0;
  state: HostedState;

  constructor(world: HostedWorld) {
    this.state = {
      ledger: null,
      queue: createQueueLedger(world.base),
      record: createForgeRecord(world.issue.number),
    };
  }

  /** The plan's ledger, once the plan was accepted. */
  get plan(): PlanLedger {
    if (this.state.ledger === null) throw new Error('The plan was not accepted.');
    return this.state.ledger;
  }

  /** False if somebody else was faster. */
  write(from: number, state: HostedState): boolean {
    if (from !== this.version) return false;
    this.state = readBack(state);
    this.version += 1;
    return true;
  }
}

/** What is written is what is read, by the schema of each file. */
function readBack(state: HostedState): HostedState {
  const record = readForgeFiles(writeForgeFiles(state.record));
  const ledger = state.ledger === null ? null : readPlanFiles(writePlanFiles(state.ledger));
  if (!record.ok || record.value === null || ledger?.ok === false)
    throw new Error(`A ledger that was written cannot be read: ${JSON.stringify([record, ledger])}`);
  return { ...state, record: record.value, ledger: ledger === null ? null : ledger.value };
}

/** A decision that is not done yet. */
export interface Look {
  decision: HostedDecision;
  version: number;
  before: HostedState;
}

/** One process. */
export class HostedReplica {
  outcomes = new Map<string, EffectOutcome>();
  clicks: Click[] = [];
  /** How long the slowest decision took, in milliseconds. */
  slowestMs = 0;
  readonly config: HostedConfig;
  readonly world: HostedWorld;
  readonly shared: SharedLedger;
  readonly id: string;
  private base: HostedDecision['wantsBase'] = null;

  constructor(world: HostedWorld, shared: SharedLedger, id = 'replica-1', config: Partial<HostedConfig> = {}) {
    this.world = world;
    this.shared = shared;
    this.id = id;
    this.config = { ...HOSTED_DEFAULTS, ...config };
  }

  /** Observes and decides. */
  look(): Look {
    const { world, shared, config } = this;
    for (let looks = 0; looks < 3; looks += 1) {
      const before = shared.state;
      const query = makeQuery(before, world.issue.number, { base: this.base, logins: [] });
      const { outcomes, clicks, id: replica } = this;
      const input = { state: before, facts: world.observe(query), outcomes, clicks, config, replica };
      const startedMs = performance.now();
      const decision = decidePurely(input, world.nowMs);
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startedMs);
      if (decision.wantsBase === null || decision.wantsBase === this.base)
        return { decision, version: shared.version, before };
      this.base = decision.wantsBase;
    }
    throw new Error('The base that the plan wants was never read.');
  }

  /** Moves the ledger; false if somebody else was faster, and then nothing may be done. */
  write({ decision, version, before }: Look): boolean {
    const isSame =
      decision.state.ledger === before.ledger &&
      decision.state.record === before.record &&
      decision.state.queue === before.queue;
    return isSame ? version === this.shared.version : this.shared.write(version, decision.state);
  }

  /** Does what was decided. */
  perform({ decision }: Look): void {
    this.clicks = [];
    this.outcomes = new Map(decision.effects.map((effect) => [effect.key, this.world.perform(effect)]));
  }

  /** One reconcile; gives what was decided. */
  reconcile(): HostedDecision {
    const look = this.look();
    if (this.write(look)) this.perform(look);
    return look.decision;
  }

  /** Reconciles, a second apart, until nothing is written or done any more; gives when it wants to look again. */
  settle(rounds = 40): number | null {
    for (let round = 0; round < rounds; round += 1) {
      const { version } = this.shared;
      const { effects, wakeAtMs } = this.reconcile();
      this.world.nowMs += 1000;
      if (effects.length === 0 && version === this.shared.version) return wakeAtMs;
    }
    throw new Error(`It did not settle in ${rounds} rounds.`);
  }

  /** Settles, lets every run end, waits for what it waits for, and so on, until nothing happens any more. */
  finish(play: PlayLeg = () => ({}), rounds = 60): void {
    let waits = 0;
    for (let round = 0; round < rounds && waits < MAX_WAITS; round += 1) {
      const { version } = this.shared;
      const wakeAtMs = this.settle();
      const ended = playRuns(this.world, this.shared, play);
      if (ended > 0 || version !== this.shared.version) waits = 0;
      else waits += 1;
      if (ended === 0 && wakeAtMs === null) return;
      this.world.nowMs = Math.max(
        this.world.nowMs + 6000,
        ended > 0 ? 0 : Math.min(wakeAtMs ?? 0, this.world.nowMs + MAX_WAIT_MS),
      );
    }
    if (waits < MAX_WAITS) throw new Error(`It did not come to an end in ${rounds} rounds.`);
  }
}

/** So often in turn it is waited for nothing before that is the end. */
const MAX_WAITS = 4;
const MAX_WAIT_MS = 10 * 60_000;

/** Decides twice on frozen input. */
function decidePurely(input: HostedInput, nowMs: number): HostedDecision {
  freeze(input.state);
  freeze(input.facts);
  const decision = decideHosted(input, nowMs);
  if (!isDeepStrictEqual(decideHosted(input, nowMs), decision))
    throw new Error('Two decisions about the same facts differ.');
  return decision;
}

/** Makes a value throw where it is written to. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  if (value instanceof Map) {
    const refuse = (): never => {
      throw new Error('A decision wrote into a map of its input.');
    };
    for (const each of value.values()) freeze(each);
    for (const name of ['set', 'delete', 'clear'] as const) Object.defineProperty(value, name, { value: refuse });
    Object.freeze(value);
    return;
  }
  Object.freeze(value);
  for (const each of Object.values(value)) freeze(each);
}

/** What a leg is to come to, instead of a success. */
export interface LegStory {
  evidence?: Partial<Evidence>;
  trial?: Partial<TrialResult>;
  /** Leaves nothing: its run fails, or is still under way. */
  leaves?: 'failure' | 'nothing';
}
export type PlayLeg = (leg: DispatchLeg) => LegStory;

/** Ends the runs that the ledger names; gives how many there were. */
export function playRuns(world: HostedWorld, shared: SharedLedger, play: PlayLeg = () => ({})): number {
  let ended = 0;
  for (const dispatch of shared.state.record.dispatches) {
    const run = dispatch.run === null ? undefined : world.runs.get(dispatch.run.id);
    if (run === undefined || run.fact.status === 'completed') continue;
    const legs = dispatch.legs.filter((leg) => !leg.isOver);
    const stories = legs.map((leg) => ({ leg, story: play(leg) }));
    if (stories.some(({ story }) => story.leaves === 'nothing')) continue;
    for (const { leg, story } of stories)
      if (story.leaves === undefined) leaveReceipt(world, shared.plan, dispatch, leg, story);
    world.endRun(run.fact.id, stories.some(({ story }) => story.leaves === 'failure') ? 'failure' : 'success');
    ended += 1;
  }
  return ended;
}

/** Puts what a leg leaves where its `publish` job would. */
export function leaveReceipt(
  world: HostedWorld,
  ledger: PlanLedger,
  dispatch: DispatchRecord,
  leg: DispatchLeg,
  story: LegStory = {},
): void {
  const { head, result } = makeResult(world, ledger, leg, story);
  const base = ledger.tasks[leg.task]?.attempts.at(-1)?.baseSha;
  if (head !== null && leg.mode === 'full' && base !== undefined) world.commit(head.sha, head.tree, [base]);
  const claims = { plan: ledger.plan.id, nonce: dispatch.nonce, runId: dispatch.run?.id };
  const receipt = aReceipt(leg, result, { head, claims });
  const { task, attempt, generation } = leg;
  const branch = branchFor({ kind: 'receipt', plan: ledger.plan.id, task, attempt, generation });
  world.receipts.set(branch, receipt);
  world.branches.set(branch, receipt.commitSha);
}

/** What a leg comes to, bound as it has to be unless the story says otherwise; and the head that it publishes. */
export function makeResult(world: HostedWorld, ledger: PlanLedger, leg: DispatchLeg, story: LegStory) {
  const plan = ledger.plan.id;
  const given = leg.headSha === null ? null : { headSha: leg.headSha, treeSha: world.treeOf(leg.headSha) };
  if (leg.work === 'final') {
    if (given === null) throw new Error('A final leg has a head.');
    const frame = { stage: 'final' as const, exitCode: null, durationMs: 1, tail: '', reused: false };
    const test = { ...frame, tree: given.treeSha, suite: finalSuiteDigest(ledger.plan.final), status: 'passed' };
    const result = { version: 1, plan, generation: leg.generation, commitSha: given.headSha, test, endedAt: 1 };
    return { head: { sha: given.headSha, tree: given.treeSha }, result };
  }
  const task = ledger.plan.tasks.find((one) => one.id === leg.task);
  const attempt = ledger.tasks[leg.task]?.attempts.at(-1);
  if (task === undefined || attempt === undefined) throw new Error(`The ledger waits for no leg of '${leg.task}'.`);
  if (leg.work === 'attempt') {
    const evidence = anEvidence(task, attempt, { plan, ...given, ...story.evidence });
    return { head: headOf(evidence.headSha, evidence.treeSha), result: evidence };
  }
  if (given === null) throw new Error('A trial leg has a head.');
  const test = aTestResult(task, given.treeSha, { stage: 'trial' });
  const trial = aTrial(task, attempt, {
    plan,
    commitSha: given.headSha,
    treeSha: given.treeSha,
    test,
    ...story.trial,
  });
  return { head: headOf(trial.commitSha, trial.treeSha), result: trial };
}

function headOf(sha: CommitSha | null, tree: Evidence['treeSha']) {
  return sha === null || tree === null ? null : { sha, tree };
}

/** Ids of the tasks that have landed, in the order in which they have. */
export function landedOf(shared: SharedLedger): TaskId[] {
  return shared.plan.certificates.map(({ task }) => task);
}

/** A world with a plan issue, and one process that looks after it. */
export function openApp(issue: ConstructorParameters<typeof HostedWorld>[0] = {}, config: Partial<HostedConfig> = {}) {
  const world = new HostedWorld(issue);
  const shared = new SharedLedger(world);
  return { world, shared, app: new HostedReplica(world, shared, 'replica-1', config) };
}

/** The same once `maintainer` has started the plan and its first runs are under way. */
export function startApp(issue: ConstructorParameters<typeof HostedWorld>[0] = {}, config: Partial<HostedConfig> = {}) {
  const opened = openApp(issue, config);
  opened.world.say('/espalier run');
  opened.app.settle();
  return opened;
}
