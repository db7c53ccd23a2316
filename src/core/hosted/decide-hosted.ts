/**
 * One decision about a plan issue: commands, the pinned plan, what runs left, what people pushed; then `decide`, the
 * same as everywhere; then what has to be dispatched and shown. Pure: equal input, equal decision. Everything that is
 * done by the returned effects is in the returned state first.
 */
import type { BranchName } from '../brand.ts';
import type { DecisionNote } from '../reconcile/draft.ts';
import { applyCommands } from './apply-commands.ts';
import { earliest } from './earliest.ts';
import type { ForgeEffect } from './effect.ts';
import type { ForgeFacts } from './facts.ts';
import { cleanUp } from './clean-up.ts';
import type { HostedConfig } from './hosted-config.ts';
import type { HostedInput } from './hosted-input.ts';
import { judgeKeeping } from './keep-plan.ts';
import { openLeases, type Leases } from './leases.ts';
import { noteOutcomes } from './note-outcomes.ts';
import { readIssuePlan } from './pin-plan.ts';
import { show } from './show.ts';
import type { HostedState } from './state.ts';
import { workPlan } from './work-plan.ts';

export interface HostedDecision {
  /** Its parts are the same objects as in the input where nothing changed. */
  state: HostedState;
  effects: ForgeEffect[];
  notes: DecisionNote[];
  /** When to look again if nothing happens before, in milliseconds since the epoch. */
  wakeAtMs: number | null;
  /** The plan names a base other than the one that was read: read that first. Nothing else was decided then. */
  wantsBase: BranchName | null;
}

/** Decides about a plan issue at `nowMs`, milliseconds since the epoch. */
export function decideHosted(asked: HostedInput, nowMs: number): HostedDecision {
  const { facts, outcomes, replica } = asked;
  const nothing = { effects: [], notes: [], wakeAtMs: null, wantsBase: null };
  if (facts.issue === null || facts.repository.isArchived) return { ...nothing, state: asked.state };
  const config = withRepository(asked.config, facts);
  const keeping = judgeKeeping({ ...asked, config }, nowMs);
  if (keeping.kind === 'foreign') return { ...nothing, ...keeping };
  const input = { ...asked, config, state: noteOutcomes({ ...asked, state: keeping.state }) };
  const leases = openLeases(input.state.record, outcomes, { replica, leaseMs: config.leaseMs, nowMs });
  const spoken = applyCommands(input, nowMs);
  if (spoken.wantsBase !== null) return { ...nothing, state: asked.state, wantsBase: spoken.wantsBase };
  const { ledger } = spoken.state;
  const worked =
    ledger === null
      ? { state: spoken.state, effects: [], notes: [], wakeAtMs: null }
      : workPlan({ ...input, state: { ...spoken.state, ledger } }, leases, nowMs);
  const shown = show(
    { ...input, state: worked.state, before: asked.state.record, replies: spoken.replies },
    leases,
    nowMs,
  );
  const cleaned = spoken.isCleanUpAsked ? cleanUp(shown.state) : [];
  return {
    state: { ...shown.state, record: withLeases(shown.state.record, leases) },
    effects: [...spoken.effects, ...worked.effects, ...shown.effects, ...cleaned],
    notes: worked.notes,
    wakeAtMs: earliest([spoken.wakeAtMs, worked.wakeAtMs, shown.dueMs, leases.nextLapseMs]),
    wantsBase: null,
  };
}

/** The settings of the app with what the repository's configuration says over them. */
function withRepository(config: HostedConfig, facts: ForgeFacts): HostedConfig {
  const { issue } = facts;
  if (issue === null) return config;
  const repository = readIssuePlan(issue.number, issue.body, facts.configText).config;
  const { landing, allowedBotIds, stuckAfterMs } = repository.github;
  return {
    ...config,
    landing: landing === 'auto' ? config.landing : landing,
    maxParallel: repository.maxParallel ?? config.maxParallel,
    allowedBotIds: [...config.allowedBotIds, ...allowedBotIds],
    stuckAfterMs: stuckAfterMs ?? config.stuckAfterMs,
  };
}

function withLeases(record: HostedState['record'], leases: Leases): HostedState['record'] {
  const next = leases.finish();
  return next === record.leases ? record : { ...record, leases: next };
}
