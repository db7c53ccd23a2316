/**
 * One plan issue of a hosted forge as one process works on it: observe → decide → move the ledgers → act, once for
 * each call. Any number of processes may do it for the same plan at once: only the ledgers' compare-and-swap decides
 * who goes on, and nothing is kept here that is not found again by looking.
 */
import type { BranchName, CommitSha, PlanId } from '../core/brand.ts';
import { decideHosted, type HostedDecision } from '../core/hosted/decide-hosted.ts';
import type { EffectOutcome } from '../core/hosted/effect.ts';
import type { Click, ForgeFacts } from '../core/hosted/facts.ts';
import type { HostedConfig } from '../core/hosted/hosted-config.ts';
import { makeQuery, taskBranch } from '../core/hosted/make-query.ts';
import { planIdOf, type HostedState } from '../core/hosted/state.ts';
import { readPlanFiles, readQueueFiles, writePlanFiles, writeQueueFiles } from '../core/ledger/files.ts';
import { hasPlanFiles, readForgeFiles, writeForgeFiles } from '../core/ledger/forge-files.ts';
import { createForgeRecord } from '../core/ledger/forge-record.ts';
import type { Certificate, HolderId } from '../core/ledger/ledger.ts';
import { createQueueLedger } from '../core/ledger/transitions.ts';
import type { DecisionNote } from '../core/reconcile/draft.ts';
import type { Clock } from '../ports/clock.ts';
import type { HostedForge, HostedLedgerVersion } from '../ports/hosted-forge.ts';
import { LedgerError } from './ledger-session.ts';
import { ForbiddenNotices, NO_LEDGER } from './tell-forbidden.ts';

/** What reconciling needs of the outside. */
export interface HostedDeps {
  forge: HostedForge;
  clock: Pick<Clock, 'now'>;
  /** Name of this process, unique over restarts; stands in leases. */
  replica: HolderId;
  config: HostedConfig;
}

/** What came of one reconcile. */
export interface ReconcileReport {
  /** Something was done or somebody was faster: look again at once. */
  again: boolean;
  /**
   * Something was done that the ledger does not know yet. The next look of this process tells it; another process has to
   * wait for this one's leases before it finds out.
   */
  isUntold: boolean;
  /** Look again at this time, in milliseconds since the epoch, if nothing happens before; `null`: only the sweep. */
  wakeAtMs: number | null;
  notes: readonly DecisionNote[];
  /** Certificates that this reconcile wrote. */
  certificates: readonly Certificate[];
  /** The last facts, for metrics and logs; `null` if the ledger moved while it was read. */
  facts: ForgeFacts | null;
  /** What stands in the ledgers after it; `null` if somebody else moved them. */
  state: HostedState | null;
}

/** What of a plan a hint may name instead of its issue. */
export interface PlanNames {
  base: string;
  branches: ReadonlySet<string>;
  pulls: ReadonlySet<number>;
  runs: ReadonlySet<number>;
  heads: ReadonlySet<string>;
}

/** A request that is begun may take this long, and has to be over when the lease on its effect is. */
const LONGEST_REQUEST_MS = 32_000;
/** Who clicked may be judged a little later, if GitHub does not answer at once. */
const CLICK_LIVES_MS = 10 * 60_000;
/** How often a read is repeated because the ledgers moved between two of its parts. */
const MAX_LOOKS = 4;

interface Known {
  state: HostedState;
  version: HostedLedgerVersion;
  base: BranchName;
}

/** A plan issue in this process. Calls must not overlap; the queue of hints sees to that. */
export class HostedPlan {
  private readonly deps: HostedDeps;
  private readonly issue: number;
  private readonly plan: PlanId;
  private readonly notices: ForbiddenNotices;
  private known: Known | null = null;
  /** Where the ledger of an accepted plan last stood; `null` while none is known. */
  private ledgerSha: CommitSha | null = null;
  /** The base that the issue's text names, while no ledger does. */
  private wantedBase: BranchName | null = null;
  private outcomes: ReadonlyMap<string, EffectOutcome> = new Map();
  private clicks: { click: Click; heardAtMs: number }[] = [];

  constructor(deps: HostedDeps, issue: number) {
    this.deps = deps;
    this.issue = issue;
    this.plan = planIdOf(issue);
    this.notices = new ForbiddenNotices(deps.forge, issue, deps.config.hasJobToken ? 'job' : 'app');
  }

  /** A button that a person clicked. It cannot be read again from the forge; the command that does the same can. */
  addClick(click: Click): void {
    if (this.clicks.some((known) => known.click.source === click.source)) return;
    this.clicks.push({ click, heardAtMs: this.deps.clock.now() });
  }

  /** What a hint may call this plan by, as last known; `null` before its ledger was read or if it has none. */
  get names(): PlanNames | null {
    const state = this.known?.state;
    if (state === undefined || state.ledger === null) return null;
    const { ledger, record } = state;
    return {
      base: ledger.target,
      branches: new Set(ledger.plan.tasks.map((task) => taskBranch(ledger, task.id))),
      pulls: new Set(Object.values(record.pulls).map((pull) => pull.number)),
      runs: new Set(record.dispatches.flatMap(({ run }) => (run === null ? [] : [run.id]))),
      heads: new Set(Object.values(record.pulls).map((pull) => pull.headSha)),
    };
  }

  /** One reconcile. Throws only what nobody expects; the state is then read anew next time. */
  async reconcile(): Promise<ReconcileReport> {
    try {
      return await this.look();
    } catch (error) {
      this.known = null;
      // What was forbidden before may be granted by the next look.
      this.outcomes = new Map([...this.outcomes].filter(([, { kind }]) => kind !== 'forbidden'));
      // An issue that is not known for a plan is nobody's to comment on.
      if (this.ledgerSha !== null) await this.notices.tell(error, this.ledgerSha);
      throw error;
    }
  }

  private async look(): Promise<ReconcileReport> {
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      const { facts, version } = await this.deps.forge.observe(this.query(), this.plan);
      if (!this.isCurrent(version)) {
        await this.readLedgers(version, facts.base.branch);
        // The facts were asked for by a ledger that has moved since; the plan's own tasks may be missing from them.
        continue;
      }
      const decision = this.decide(facts);
      if (decision.wantsBase !== null && decision.wantsBase !== facts.base.branch) {
        this.wantedBase = decision.wantsBase;
        continue;
      }
      return await this.carryOut(decision, facts);
    }
    return { again: true, isUntold: false, wakeAtMs: null, notes: [], certificates: [], facts: null, state: null };
  }

  private query() {
    const logins = this.clicks.map(({ click }) => click.actor.login);
    return makeQuery(this.known?.state ?? null, this.issue, { base: this.wantedBase, logins });
  }

  private isCurrent(version: HostedLedgerVersion): boolean {
    return (
      this.known !== null && this.known.version.plan === version.plan && this.known.version.queue === version.queue
    );
  }

  private async readLedgers(version: HostedLedgerVersion, base: BranchName): Promise<void> {
    const [planFiles, queueFiles] = await Promise.all([this.readFiles(version.plan), this.readFiles(version.queue)]);
    const record = planFiles === null ? null : unwrap(readForgeFiles(planFiles), this.plan);
    const ledger = planFiles !== null && hasPlanFiles(planFiles) ? unwrap(readPlanFiles(planFiles), this.plan) : null;
    const queue = queueFiles === null ? createQueueLedger(base) : unwrap(readQueueFiles(queueFiles), this.plan);
    const state = { ledger, queue, record: record ?? createForgeRecord(this.issue) };
    // A queue that was read for another base than the ledger's is read again with the next look.
    const isOfBase = ledger === null || ledger.target === base;
    this.known = { state, version: isOfBase ? version : { ...version, queue: null }, base: ledger?.target ?? base };
    this.ledgerSha = ledger === null ? null : version.plan;
  }

  private async readFiles(at: CommitSha | null) {
    return at === null ? null : this.deps.forge.readLedgerFiles(at);
  }

  private decide(facts: ForgeFacts): HostedDecision {
    if (this.known === null)
      throw new Error(`The ledger of plan '${this.plan}' was not read before it was decided on.`);
    const { replica, config, clock } = this.deps;
    const input = {
      state: this.known.state,
      facts,
      outcomes: this.outcomes,
      clicks: this.clicks.map(({ click }) => click),
      config,
      replica,
    };
    return decideHosted(input, clock.now());
  }

  private async carryOut(decision: HostedDecision, facts: ForgeFacts): Promise<ReconcileReport> {
    const { effects, wakeAtMs, notes } = decision;
    const decidedAtMs = this.deps.clock.now();
    const before = this.known?.state.ledger?.certificates.length ?? 0;
    const written = await this.writeOrTell(decision, facts.base.branch);
    if (!written)
      return { again: true, isUntold: false, wakeAtMs: null, notes: [], certificates: [], facts, state: null };
    this.forgetClicks(decision);
    const at = this.known?.version.plan ?? NO_LEDGER;
    // What was decided on is not told twice, also if what follows fails.
    this.outcomes = new Map();
    if (effects.length > 0) {
      const notAfterMs = decidedAtMs + this.deps.config.leaseMs - LONGEST_REQUEST_MS;
      this.outcomes = await this.deps.forge.perform(effects, at, notAfterMs);
    }
    const certificates = decision.state.ledger?.certificates.slice(before) ?? [];
    return {
      again: isWorthALook(this.outcomes),
      isUntold: [...this.outcomes.values()].some(({ kind }) => kind !== 'later'),
      wakeAtMs: earliest(wakeAtMs, this.outcomes),
      notes,
      certificates,
      facts,
      state: decision.state,
    };
  }

  /** Drops the clicks that were taken up, and those that nothing came of for a while (another head, a foreign button). */
  private forgetClicks({ state }: HostedDecision): void {
    const taken = new Set(state.record.commands.map((command) => command.source));
    const nowMs = this.deps.clock.now();
    this.clicks = this.clicks.filter(
      ({ click, heardAtMs }) => !taken.has(click.source) && nowMs - heardAtMs < CLICK_LIVES_MS,
    );
  }

  /** A first command makes an issue a plan, and may be what cannot be written. */
  private async writeOrTell(decision: HostedDecision, base: BranchName): Promise<boolean> {
    try {
      return await this.write(decision, base);
    } catch (error) {
      await this.notices.tell(error, this.ledgerSha);
      throw error;
    }
  }

  /** False if somebody was faster: nothing of the decision may be done then. */
  private async write({ state }: HostedDecision, base: BranchName): Promise<boolean> {
    const { known } = this;
    if (known === null) return false;
    const isPlanSame = state.ledger === known.state.ledger && state.record === known.state.record;
    const isQueueSame = state.queue === known.state.queue;
    if (isPlanSame && isQueueSame) return true;
    const planFiles = {
      ...(state.ledger === null ? {} : writePlanFiles(state.ledger)),
      ...writeForgeFiles(state.record),
    };
    const outcome = await this.deps.forge.writeLedgers({
      plan: this.plan,
      base: state.ledger?.target ?? base,
      version: known.version,
      planFiles: isPlanSame ? null : planFiles,
      queueFiles: isQueueSame ? null : writeQueueFiles(state.queue),
      subject: `Plan of #${this.issue}`,
    });
    if (outcome.kind !== 'written') {
      this.known = null;
      return false;
    }
    this.known = { ...known, state, version: outcome.version };
    this.ledgerSha = state.ledger === null ? null : outcome.version.plan;
    return true;
  }
}

function unwrap<T>(reading: { ok: true; value: T } | { ok: false; because: string }, plan: PlanId): T {
  if (reading.ok) return reading.value;
  throw new LedgerError(
    `The ledger of plan '${plan}' cannot be read: ${reading.because}. Its branch's history holds every earlier state.`,
  );
}

/** Outcomes that the ledger must take in before anything else can go on; the others are seen at the next look. */
const NEWS: ReadonlySet<EffectOutcome['kind']> = new Set([
  'run-named',
  'trial-made',
  'trial-conflict',
  'pull-opened',
  'elsewhere',
  'no-workflow',
]);

function isWorthALook(outcomes: ReadonlyMap<string, EffectOutcome>): boolean {
  return [...outcomes].some(
    ([key, { kind }]) =>
      NEWS.has(kind) ||
      (kind !== 'later' && key.startsWith('land.')) ||
      // The issue is closed once its report stands there, and is then left as it is.
      (kind === 'comment-posted' && /^answer\.(?:report|keeper)\./.test(key)) ||
      (kind === 'done' && key === 'close'),
  );
}

function earliest(wakeAtMs: number | null, outcomes: ReadonlyMap<string, EffectOutcome>): number | null {
  const times = [...outcomes.values()].flatMap((outcome) => (outcome.kind === 'later' ? [outcome.notBeforeMs] : []));
  const all = wakeAtMs === null ? times : [wakeAtMs, ...times];
  return all.length === 0 ? null : Math.min(...all);
}
