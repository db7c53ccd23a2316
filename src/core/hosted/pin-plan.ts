/**
 * Reads the plan of an issue, and pins it: what was accepted is what is worked on, whatever the issue says later. An
 * edit is a proposal; its changed tasks wait until somebody with authority has approved it.
 */
import type { Digest, TaskId } from '../brand.ts';
import { type EspalierConfig, emptyConfig, readConfig } from '../config/config.ts';
import { digestText } from '../digest.ts';
import type { ForgeRecord, ProposedPlan } from '../ledger/forge-record.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import { comparePlans } from '../ledger/transitions.ts';
import type { PlanProblem, ResolvedPlan, Plan, PlanForm } from '../plan/plan.ts';
import { readPlan } from '../plan/read-plan.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';
import { planIdOf } from './state.ts';

/** What an issue's text says, read with the configuration of the base. */
export interface IssuePlan {
  /** Digest of the text, line endings apart. */
  source: Digest;
  form: PlanForm | null;
  read: Plan | null;
  /** `null` if a problem of the text or of the configuration is an error. */
  plan: ResolvedPlan | null;
  problems: readonly PlanProblem[];
  /** Where it cannot be read, what holds without one; but the checks that it asks for count as missing then. */
  config: EspalierConfig;
  isConfigRead: boolean;
  configProblems: readonly PlanProblem[];
}

const CACHE_SIZE = 64;
// Reading is pure and costs milliseconds; the same text is read at every reconcile.
const CACHE = new Map<string, IssuePlan>();

/** Reads an issue's body as its plan. Never throws. */
export function readIssuePlan(issue: number, body: string, configText: string | null): IssuePlan {
  const key = `${issue} ${digestText(body)} ${digestText(configText ?? '')}`;
  const known = CACHE.get(key);
  if (known !== undefined) return known;
  const reading = readFresh(issue, body, configText);
  if (CACHE.size >= CACHE_SIZE) CACHE.delete(CACHE.keys().next().value ?? '');
  CACHE.set(key, reading);
  return reading;
}

/** Digest of an issue's text. Browsers send line endings of their own. */
function sourceDigest(body: string): Digest {
  return digestText(body.replaceAll('\r\n', '\n'));
}

function readFresh(issue: number, body: string, configText: string | null): IssuePlan {
  const text = body.replaceAll('\r\n', '\n');
  const { config, problems: configProblems } = readConfig(configText ?? '');
  const { plan: read, form, problems } = readPlan(text, { fileName: `${planIdOf(issue)}.md` });
  const frame = {
    source: sourceDigest(body),
    form,
    config: config ?? unreadConfig(),
    isConfigRead: config !== null,
    configProblems,
  };
  if (read === null || config === null) return { ...frame, read, plan: null, problems };
  const resolution = resolvePlan(
    { ...read, id: planIdOf(issue) },
    config.defaults,
    {},
    { forge: 'github', hosted: config },
  );
  return { ...frame, read, plan: resolution.plan, problems: [...problems, ...resolution.problems] };
}

/** Silence is no consent: of a configuration that cannot be read nobody knows which checks it asks for. */
function unreadConfig(): EspalierConfig {
  const config = emptyConfig();
  // No app has this id, so that no check of this name can be made.
  const unknown = { name: 'what .github/espalier.yml asks for', appId: -1 };
  return { ...config, github: { ...config.github, checks: [unknown] } };
}

/** What the issue's text proposes beside what was accepted; `null` if it is the accepted text. */
export function proposePlan(
  ledger: PlanLedger,
  record: ForgeRecord,
  issuePlan: IssuePlan,
  nowMs: number,
): ProposedPlan | null {
  if (record.accepted === null || issuePlan.source === record.accepted.source) return null;
  if (record.proposed?.source === issuePlan.source) return record.proposed;
  const frame = { source: issuePlan.source, seenAt: nowMs };
  if (issuePlan.plan === null)
    return { ...frame, revision: null, changed: [], added: [], removed: [], isFrameChanged: false };
  if (issuePlan.plan.revision === ledger.plan.revision) return null;
  const difference = comparePlans(ledger.plan, issuePlan.plan);
  const retitled = findRetitled(ledger.plan, issuePlan.plan).filter((task) => !difference.changed.includes(task));
  return {
    ...frame,
    revision: issuePlan.plan.revision,
    ...difference,
    ...(retitled.length === 0 ? {} : { retitled }),
  };
}

/** Tasks whose reviewers are asked something else by their title: what was reviewed before does not count then. */
function findRetitled(before: ResolvedPlan, after: ResolvedPlan): TaskId[] {
  const titles = new Map(before.tasks.map(({ id, title }) => [id, title]));
  return after.tasks
    .filter(({ id, title, review }) => review.reviewer !== null && titles.has(id) && titles.get(id) !== title)
    .map(({ id }) => id);
}

/**
 * Tasks that may be dispatched: those that were asked for, without those that a proposal changes or removes. A text
 * that cannot be read as a plan changes all of them. `null` is all.
 */
export function dispatchableTasks(ledger: PlanLedger, record: ForgeRecord): ReadonlySet<TaskId> | null {
  const { proposed, only } = record;
  if (proposed === null && only === null) return null;
  const held = new Set([...(proposed?.changed ?? []), ...(proposed?.removed ?? [])]);
  const isAllHeld = proposed !== null && proposed.revision === null;
  return new Set(
    ledger.plan.tasks
      .map((task) => task.id)
      .filter((id) => !isAllHeld && !held.has(id) && (only === null || only.includes(id))),
  );
}
