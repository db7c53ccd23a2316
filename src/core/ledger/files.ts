/**
 * How ledgers are laid out as files (`.agent-coordination/…`, after *agent-parallel-execution-plan*), and read back.
 * `dependencies.json` and the lists in `status.json` are for people; only `plan.json` and `status.json`'s `ledger`
 * are read back.
 */
import { z } from 'zod';

import type { TaskId } from '../brand.ts';
import { listWaves } from '../plan/graph.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { isActive, landedAttempt, lastAttempt, taskPhase } from '../schedule/progress.ts';
import { PlanLedger, QueueLedger } from './ledger.ts';

const FOLDER = '.agent-coordination';
/** Paths of the files of a plan's ledger. */
const PLAN_FILE = `${FOLDER}/plan.json`;
const STATUS_FILE = `${FOLDER}/status.json`;
const DEPENDENCIES_FILE = `${FOLDER}/dependencies.json`;
/** Path of the file of a target branch's ledger. */
const QUEUE_FILE = `${FOLDER}/merge-queue.json`;

const Head = PlanLedger.pick({
  version: true,
  plan: true,
  baseBranch: true,
  baseSha: true,
  target: true,
  createdAt: true,
});
const Body = PlanLedger.omit({
  version: true,
  plan: true,
  baseBranch: true,
  baseSha: true,
  target: true,
  createdAt: true,
});

// A plan changes seldom and may be large: its text is made once per plan object.
const PLAN_TEXTS = new WeakMap<ResolvedPlan, { head: string; dependencies: string }>();

/** The files of a plan's ledger. */
export function writePlanFiles(ledger: PlanLedger): Record<string, string> {
  const { version, plan, baseBranch, baseSha, target, createdAt, ...body } = ledger;
  let texts = PLAN_TEXTS.get(plan);
  if (texts === undefined) {
    texts = {
      head: toText({ version, plan, baseBranch, baseSha, target, createdAt }),
      dependencies: toText(describeDependencies(plan)),
    };
    PLAN_TEXTS.set(plan, texts);
  }
  return {
    [PLAN_FILE]: texts.head,
    [STATUS_FILE]: toText({ ...summarize(ledger), ledger: body }),
    [DEPENDENCIES_FILE]: texts.dependencies,
  };
}

/** The file of a target branch's ledger. */
export function writeQueueFiles(queue: QueueLedger): Record<string, string> {
  return { [QUEUE_FILE]: toText(queue) };
}

/** What reading gives: a ledger, or why the files are none. */
export type LedgerReading<T> = { ok: true; value: T } | { ok: false; because: string };

/** Reads a plan's ledger back. Refuses what another version or a hand has written. */
export function readPlanFiles(files: Readonly<Record<string, string>>): LedgerReading<PlanLedger> {
  const head = readJson(files[PLAN_FILE], Head, PLAN_FILE);
  if (!head.ok) return head;
  const status = readJson(files[STATUS_FILE], z.object({ ledger: Body }), STATUS_FILE);
  if (!status.ok) return status;
  return { ok: true, value: { ...head.value, ...status.value.ledger } };
}

/** Reads a target branch's ledger back. */
export function readQueueFiles(files: Readonly<Record<string, string>>): LedgerReading<QueueLedger> {
  return readJson(files[QUEUE_FILE], QueueLedger, QUEUE_FILE);
}

function readJson<T>(text: string | undefined, schema: z.ZodType<T>, path: string): LedgerReading<T> {
  if (text === undefined) return { ok: false, because: `the ledger has no file ${path}` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, because: `${path} in the ledger is not JSON` };
  }
  const result = schema.safeParse(parsed);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return {
    ok: false,
    because: `${path} in the ledger is not as this version writes it: ${issue?.path.join('.')} ${issue?.message}`,
  };
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** The seeds' lists: who has completed, failed, is blocked. */
function summarize(ledger: PlanLedger): Record<string, unknown> {
  const agents: Record<string, unknown> = {};
  const completed: TaskId[] = [];
  const failed: TaskId[] = [];
  const blocked: TaskId[] = [];
  for (const task of ledger.plan.tasks) {
    const record = ledger.tasks[task.id];
    const phase = taskPhase(task, record);
    if (phase === 'landed') completed.push(task.id);
    if (phase === 'exhausted' || phase === 'cancelled') failed.push(task.id);
    if (record === undefined) continue;
    const last = lastAttempt(record);
    agents[task.id] = {
      status: phase === 'landed' ? 'completed' : isActive(last) ? 'in_progress' : phase,
      attempt: last?.attempt ?? 0,
      head: last?.evidence?.headSha ?? null,
      review_score: last?.evidence?.reviews.findLast((review) => review.score !== null)?.score ?? null,
      blocked_by: task.needs.filter((need) => landedAttempt(ledger.tasks[need]) === null),
    };
  }
  for (const task of ledger.plan.tasks)
    if (task.needs.some((need) => landedAttempt(ledger.tasks[need]) === null)) blocked.push(task.id);
  return { agents, completed, failed, blocked };
}

function describeDependencies(plan: ResolvedPlan): Record<string, unknown> {
  const dependencies = Object.fromEntries(
    plan.tasks.filter((task) => task.needs.length > 0).map((task) => [task.id, task.needs]),
  );
  return { dependencies, merge_order: listWaves(plan.tasks) };
}
