/**
 * Several replicas of the app on one simulated forge, in virtual time: each reads, decides, moves the ledgers by
 * compare-and-swap and does the effects, one step at a time, so that anything may happen in between. A replica may die or
 * be suspended at any step, and the write of a base's ledger may be lost after that of the plan.
 */
import type { BranchName, PlanId, TaskId } from '../../src/core/brand.ts';
import type { EffectOutcome, ForgeEffect } from '../../src/core/hosted/effect.ts';
import type { BaseRules, ForgeFacts } from '../../src/core/hosted/facts.ts';
import { HOSTED_DEFAULTS, type HostedConfig } from '../../src/core/hosted/hosted-config.ts';
import { openLeases } from '../../src/core/hosted/leases.ts';
import type { RunningState } from '../../src/core/hosted/state.ts';
import { workPlan } from '../../src/core/hosted/work-plan.ts';
import { createForgeRecord, type ForgeRecord } from '../../src/core/ledger/forge-record.ts';
import type { Certificate, PlanLedger, QueueLedger, TaskRecord } from '../../src/core/ledger/ledger.ts';
import { createLedger, createQueueLedger } from '../../src/core/ledger/transitions.ts';
import type { ResolvedPlan } from '../../src/core/plan/plan.ts';
import { viewPlan } from '../../src/core/reconcile/view-plan.ts';
import { lastAttempt, ownHeads } from '../../src/core/schedule/progress.ts';
import { fakeCommit } from './builders.ts';
import { type ForgeChances, type Random, SimulatedForge, type StoredPlan } from './simulated-forge.ts';

const LEASE_MS = 1000;

const CONFIG: HostedConfig = {
  ...HOSTED_DEFAULTS,
  maxParallel: 3,
  maxLegs: 2,
  leaseMs: LEASE_MS,
  startTimeoutMs: 4000,
  missingGraceMs: 2000,
  receiptGraceMs: 200,
  backoffMs: 50,
  maxBackoffMs: 400,
};

/** What the world is like. */
export interface AppOptions {
  plans: readonly ResolvedPlan[];
  random: Random;
  replicas: number;
  rules: BaseRules;
  chance: ForgeChances & {
    crash: number;
    /** A replica sleeps for up to three leases, wherever it is. */
    suspend: number;
    /** The plan's ledger is written, that of the base is not. */
    writeCut: number;
  };
}

/** A decision on its way: what it was made on, and what is left of it to do. */
interface Pending {
  plan: PlanId;
  facts: ForgeFacts;
  before: RunningState;
  after: RunningState;
  planVersion: number;
  queueVersion: number;
  isWritten: boolean;
  effects: ForgeEffect[];
  outcomes: Map<string, EffectOutcome>;
}

interface Replica {
  id: string;
  pending: Pending | null;
  /** It does nothing before this time. */
  asleepUntilMs: number;
  outcomes: Map<PlanId, ReadonlyMap<string, EffectOutcome>>;
}

/** A lease that a replica has written for an effect. */
interface Grant {
  plan: PlanId;
  key: string;
  holder: string;
  until: number;
}

export class SimulatedApp {
  readonly forge: SimulatedForge;
  readonly problems: string[];
  queue: QueueLedger;
  private queueVersion = 0;
  private replicas: Replica[] = [];
  private births = 0;
  private readonly grants: Grant[] = [];
  private readonly options: AppOptions;

  constructor(options: AppOptions) {
    this.options = options;
    const target = 'main' as BranchName;
    const plans = options.plans.map((plan, at): [PlanId, StoredPlan] => {
      const ledger = createLedger({ plan, baseBranch: target, baseSha: fakeCommit('base'), target, nowMs: 0 });
      return [plan.id, { ledger, record: createForgeRecord(at + 1), version: 0 }];
    });
    const { random, chance, rules } = options;
    this.forge = new SimulatedForge(new Map(plans), { random, chance, rules });
    this.problems = this.forge.problems;
    this.queue = createQueueLedger(target);
    for (let count = 0; count < options.replicas; count += 1) this.bear();
  }

  /** One random thing happens. */
  step(): void {
    const { random, chance } = this.options;
    this.forge.nowMs += Math.floor(random() * 40);
    if (random() < chance.crash) this.crash(this.pick(this.replicas));
    const what = random();
    if (what < 0.3) this.forge.stepRun();
    else if (what < 0.36) this.forge.stepPerson();
    else if (what < 0.37) this.forge.rerun();
    else {
      const replica = this.pick(this.replicas.filter((one) => one.asleepUntilMs <= this.forge.nowMs));
      if (replica === undefined) return;
      if (random() < chance.suspend) replica.asleepUntilMs = this.forge.nowMs + Math.floor(random() * 3 * LEASE_MS);
      this.stepReplica(replica);
    }
  }

  /** The sweep: every plan is looked at until nothing is left to write, without any mishap. */
  sweep(): void {
    const replica: Replica = { id: 'sweep', pending: null, asleepUntilMs: 0, outcomes: new Map() };
    for (const stored of this.forge.plans.values())
      for (let looks = 0; looks < 5; looks += 1) {
        const pending = this.look(replica, stored);
        if (pending.after.queue !== this.queue) this.queue = pending.after.queue;
        Object.assign(stored, { ledger: pending.after.ledger, record: pending.after.record });
      }
  }

  /** True if no plan moves any more by itself. */
  get isAtRest(): boolean {
    return (
      this.replicas.every(({ pending }) => pending === null) &&
      [...this.forge.plans.values()].every(
        ({ ledger, record }) => record.dispatches.length === 0 && this.statusOf(ledger.plan.id) !== 'working',
      )
    );
  }

  statusOf(plan: PlanId): string {
    const { ledger } = this.storedOf(plan);
    return viewPlan(ledger, this.queue, this.forge.nowMs).status;
  }

  storedOf(plan: PlanId): StoredPlan {
    const stored = this.forge.plans.get(plan);
    if (stored === undefined) throw new Error(`There is no plan '${plan}'.`);
    return stored;
  }

  private bear(): void {
    this.births += 1;
    this.replicas.push({ id: `replica-${this.births}`, pending: null, asleepUntilMs: 0, outcomes: new Map() });
  }

  private crash(victim: Replica | undefined): void {
    if (victim === undefined) return;
    this.replicas = this.replicas.filter((replica) => replica !== victim);
    this.bear();
  }

  private stepReplica(replica: Replica): void {
    const { pending } = replica;
    const stored = this.pick([...this.forge.plans.values()]);
    if (pending === null) replica.pending = stored === undefined ? null : this.look(replica, stored);
    else if (!pending.isWritten) this.write(replica, pending);
    else this.act(replica, pending);
  }

  private look(replica: Replica, { ledger, record, version }: StoredPlan): Pending {
    const plan = ledger.plan.id;
    const before: RunningState = { ledger, record, queue: this.queue };
    const facts = this.forge.factsFor({ ledger, record, version });
    const outcomes = replica.outcomes.get(plan) ?? new Map<string, EffectOutcome>();
    const { after, effects, wakeAtMs } = this.work(replica, before, facts, outcomes);
    // One that wants to be made again at once is not finished.
    if (wakeAtMs === null || wakeAtMs > this.forge.nowMs) this.checkRepeat(replica, before, after, facts);
    const versions = { planVersion: version, queueVersion: this.queueVersion };
    return { plan, facts, before, after, ...versions, isWritten: false, effects, outcomes: new Map() };
  }

  private work(
    { id }: Replica,
    state: RunningState,
    facts: ForgeFacts,
    outcomes: ReadonlyMap<string, EffectOutcome>,
  ): { after: RunningState; effects: ForgeEffect[]; wakeAtMs: number | null } {
    const { nowMs } = this.forge;
    const leases = openLeases(state.record, this.outcomesOf(id, state.record, outcomes), {
      replica: id,
      leaseMs: LEASE_MS,
      nowMs,
    });
    const input = { state, facts, outcomes, clicks: [], config: CONFIG, replica: id };
    const worked = workPlan(input, leases, nowMs);
    const kept = leases.finish();
    const record: ForgeRecord =
      kept === worked.state.record.leases ? worked.state.record : { ...worked.state.record, leases: kept };
    return { after: { ...worked.state, record }, effects: worked.effects, wakeAtMs: worked.wakeAtMs };
  }

  /** A lease is freed or kept by what its own holder has met; an answer that was lost leaves it as long as it was. */
  private outcomesOf(
    id: string,
    { leases }: ForgeRecord,
    outcomes: ReadonlyMap<string, EffectOutcome>,
  ): ReadonlyMap<string, EffectOutcome> {
    const own = [...outcomes].filter(([key]) => leases[key]?.holder === id);
    return new Map(
      own.map(([key, outcome]): [string, EffectOutcome] => {
        if (outcome.kind !== 'later') return [key, outcome];
        return [key, { ...outcome, notBeforeMs: Math.max(outcome.notBeforeMs, leases[key]?.until ?? 0) }];
      }),
    );
  }

  /** Deciding again on the result, at the same moment, asks for nothing that is not asked for already. */
  private checkRepeat(replica: Replica, before: RunningState, after: RunningState, facts: ForgeFacts): void {
    // A turn that was taken is to be read back first.
    const read = after.queue.turn === before.queue.turn ? after : { ...after, queue: before.queue };
    const again = this.work(replica, read, facts, new Map());
    const fresh = again.effects.filter(({ kind }) => kind !== 'move-branches');
    if (fresh.length > 0) this.problems.push(`${replica.id} decided anew: ${JSON.stringify(fresh)}`);
  }

  /** The plan's ledger first, then that of the base; each only if nobody has moved it since it was read. */
  private write(replica: Replica, pending: Pending): void {
    const { before, after, plan } = pending;
    const stored = this.storedOf(plan);
    const isPlanSame = after.ledger === before.ledger && after.record === before.record;
    if (!isPlanSame) {
      if (stored.version !== pending.planVersion) return this.drop(replica);
      this.checkWritten(pending);
      Object.assign(stored, { ledger: after.ledger, record: after.record, version: stored.version + 1 });
      this.grant(replica, plan, before.record, after.record);
      if (this.options.random() < this.options.chance.writeCut) return this.drop(replica);
    }
    if (after.queue !== before.queue) {
      if (this.queueVersion !== pending.queueVersion) return this.drop(replica);
      this.queue = after.queue;
      this.queueVersion += 1;
    }
    pending.isWritten = true;
    if (pending.effects.length === 0) this.finish(replica, pending);
  }

  /** Nothing of the decision may be done. What was learned before is still known. */
  private drop(replica: Replica): void {
    replica.pending = null;
  }

  private act(replica: Replica, pending: Pending): void {
    const effect = pending.effects.shift();
    if (effect === undefined) return this.finish(replica, pending);
    this.checkLease(replica, pending.plan, effect);
    // A process that has lost its lease must not land any more: others may have gone on without it.
    const isLate = effect.kind === 'land' && !this.holdsLease(replica, pending.plan, effect.key);
    if (!isLate) pending.outcomes.set(effect.key, this.forge.perform(pending.plan, effect));
    if (pending.effects.length === 0) this.finish(replica, pending);
  }

  private finish(replica: Replica, pending: Pending): void {
    this.forge.openPulls(this.storedOf(pending.plan));
    replica.outcomes.set(pending.plan, pending.outcomes);
    replica.pending = null;
  }

  private grant({ id }: Replica, plan: PlanId, before: ForgeRecord, after: ForgeRecord): void {
    const held = (record: ForgeRecord): Grant[] => [
      ...Object.entries(record.leases).map(([key, lease]) => ({ plan, key, ...lease })),
      ...record.dispatches.map(({ nonce, lease }) => ({ plan, key: `dispatch.${nonce}`, ...lease })),
    ];
    const known = new Set(held(before).map((one) => JSON.stringify(one)));
    for (const one of held(after)) if (one.holder === id && !known.has(JSON.stringify(one))) this.grants.push(one);
  }

  private holdsLease({ id }: Replica, plan: PlanId, key: string): boolean {
    return this.grants.some(
      (one) => one.plan === plan && one.key === key && one.holder === id && one.until > this.forge.nowMs,
    );
  }

  /** Nobody creates what another may still be creating. */
  private checkLease({ id }: Replica, plan: PlanId, effect: ForgeEffect): void {
    if (effect.kind === 'move-branches') return;
    const { nowMs } = this.forge;
    const grants = this.grants.filter((one) => one.plan === plan && one.key === effect.key);
    const mine = grants.findLast(({ holder }) => holder === id);
    // One that was suspended beyond its lease does harm that nobody can prevent: others have gone on meanwhile.
    if (mine === undefined || mine.until <= nowMs) {
      if (mine === undefined) this.problems.push(`${id} does ${effect.key} without a lease`);
      return;
    }
    const other = grants.find(({ holder, until }) => holder !== id && until > nowMs);
    if (other !== undefined && other.until > mine.until - LEASE_MS && this.isLive(other))
      this.problems.push(`${id} does ${effect.key} while ${other.holder} holds it`);
  }

  /** A lease that was given up before it lapsed is none. */
  private isLive({ plan, key, holder, until }: Grant): boolean {
    const { leases, dispatches } = this.storedOf(plan).record;
    const lease = leases[key] ?? dispatches.find(({ nonce }) => `dispatch.${nonce}` === key)?.lease;
    return lease?.holder === holder && lease.until === until;
  }

  private checkWritten({ plan, before, after, facts }: Pending): void {
    const records = Object.entries(after.ledger.tasks) as [TaskId, TaskRecord][];
    const running = records.filter(([, record]) => lastAttempt(record)?.status === 'running');
    if (running.length > (CONFIG.maxParallel ?? 0))
      this.problems.push(`${plan} runs ${running.length} attempts at once`);
    for (const [task, record] of records) {
      this.checkPushes(`${plan}/${task}`, record, isByHand(after.ledger, task));
      const isNew = lastAttempt(before.ledger.tasks[task])?.landing == null;
      const tip = facts.branches.get(task);
      const pushed = this.forge.pushed.get(`${plan}/${task}`) ?? [];
      if (
        isNew &&
        isLanding(record) &&
        tip !== undefined &&
        pushed.includes(tip) &&
        !ownHeads(record.attempts).has(tip)
      )
        this.problems.push(`${plan}/${task} is to land although ${tip} was pushed`);
    }
    for (const certificate of after.ledger.certificates) this.checkCertificate(after.ledger, certificate);
  }

  /** Nothing but what a person pushed is taken for a push. */
  private checkPushes(key: string, record: TaskRecord, isMergedByHand: boolean): void {
    const pushed = this.forge.pushed.get(key) ?? [];
    if (record.givenSha !== undefined && !pushed.includes(record.givenSha))
      this.problems.push(`${key}: ${record.givenSha} was taken for a push`);
    const superseded = record.attempts.filter(({ status }) => status === 'superseded').length;
    if (superseded > pushed.length + (isMergedByHand ? 1 : 0))
      this.problems.push(`${key}: more attempts are superseded than heads were pushed`);
  }

  private checkCertificate({ plan, certificates }: PlanLedger, certificate: Certificate): void {
    const { task, strength, landedTree, rules } = certificate;
    if (certificates.some((one) => one !== certificate && one.task === task))
      this.problems.push(`${plan.id}/${task} was certified twice`);
    if (strength === 'by-hand') return;
    if (!this.forge.testedTrees.has(landedTree))
      this.problems.push(`${plan.id}/${task} was certified with a tree that was never tested`);
    for (const { rule, status } of rules)
      if (!['passed', 'waived', 'not-asked'].includes(status))
        this.problems.push(`${plan.id}/${task} landed although ${rule} was ${status}`);
  }

  private pick<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.options.random() * values.length)];
  }
}

function isByHand({ certificates }: PlanLedger, task: TaskId): boolean {
  return certificates.some((one) => one.task === task && one.strength === 'by-hand');
}

function isLanding(record: TaskRecord): boolean {
  const last = lastAttempt(record);
  return last?.status === 'verified' && last.landing !== null;
}
