/**
 * How ledgers are laid out as files (`.agent-coordination/…`, after *agent-parallel-execution-plan*), and read back.
 * `dependencies.json` and the lists in `status.json` are for people and are not read back.
 *
 * A task's record (with all evidence) and a certificate are a file each: every write of a ledger is a commit, and what
 * did not change costs it nothing. In one file, the history of a plan would grow with the square of its tasks.
 */
import { z } from 'zod';

import type { TaskId } from '../brand.ts';
import { digestText } from '../digest.ts';
import { readTaskId } from '../ids.ts';
import { listWaves } from '../plan/graph.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { isActive, landedAttempt, lastAttempt, taskPhase } from '../schedule/progress.ts';
import { Certificate, PlanLedger, QueueLedger, TaskRecord } from './ledger.ts';

const FOLDER = '.agent-coordination';
/** Paths of the files of a plan's ledger. */
const PLAN_FILE = `${FOLDER}/plan.json`;
const STATUS_FILE = `${FOLDER}/status.json`;
const DEPENDENCIES_FILE = `${FOLDER}/dependencies.json`;
/** Folders of the records and certificates: `tasks/3f/<task>.json`, `certificates/<n>.<task>.json`. */
const TASKS_FOLDER = `${FOLDER}/tasks/`;
const CERTIFICATES_FOLDER = `${FOLDER}/certificates/`;
const CERTIFICATE_NAME = /^\d\d\/(\d+)\.[a-z0-9-]+\.json$/;
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
  tasks: true,
  certificates: true,
}).extend({
  /** How many files of each there are, so that a missing one is noticed. */
  tasks: z.number().int(),
  certificates: z.number().int(),
});

// A plan changes seldom and may be large: its text is made once per plan object.
const PLAN_TEXTS = new WeakMap<ResolvedPlan, { head: string; dependencies: string }>();

// Records and certificates are never changed in place, so the text of one that did not change is known.
const TEXTS = new WeakMap<TaskRecord | Certificate, string>();

function textOf(value: TaskRecord | Certificate): string {
  const known = TEXTS.get(value);
  if (known !== undefined) return known;
  const text = toText(value);
  TEXTS.set(value, text);
  return text;
}

// A folder of all would be written anew with each record: 256 small ones are not.
const RECORD_PATHS = new Map<string, string>();

function recordPath(task: string): string {
  const known = RECORD_PATHS.get(task);
  if (known !== undefined) return known;
  const path = `${TASKS_FOLDER}${digestText(task).slice(0, 2)}/${task}.json`;
  RECORD_PATHS.set(task, path);
  return path;
}

function certificatePath(at: number, { task }: Certificate): string {
  return `${CERTIFICATES_FOLDER}${String(at % 100).padStart(2, '0')}/${at}.${task}.json`;
}

/** The files of a plan's ledger. */
export function writePlanFiles(ledger: PlanLedger): Record<string, string> {
  const { version, plan, baseBranch, baseSha, target, createdAt, tasks, certificates, ...rest } = ledger;
  const records = Object.entries(tasks);
  const body = { ...rest, tasks: records.length, certificates: certificates.length };
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
    ...Object.fromEntries(records.map(([task, record]) => [recordPath(task), textOf(record)])),
    ...Object.fromEntries(certificates.map((one, at) => [certificatePath(at, one), textOf(one)])),
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
  const body = status.value.ledger;
  const tasks = readRecords(files, body.tasks);
  if (!tasks.ok) return tasks;
  const certificates = readCertificates(files, body.certificates);
  if (!certificates.ok) return certificates;
  return {
    ok: true,
    value: { ...head.value, ...body, tasks: tasks.value, certificates: certificates.value },
  };
}

function readRecords(files: Readonly<Record<string, string>>, count: number): LedgerReading<PlanLedger['tasks']> {
  const tasks: PlanLedger['tasks'] = {};
  const paths = Object.keys(files).filter((path) => path.startsWith(TASKS_FOLDER));
  for (const path of paths) {
    const task = readTaskId(path.slice(path.lastIndexOf('/') + 1).replace(/\.json$/, ''));
    if (!task.ok || recordPath(task.value) !== path)
      return { ok: false, because: `${path} in the ledger is the record of no task` };
    const record = readJson(files[path], TaskRecord, path);
    if (!record.ok) return record;
    tasks[task.value] = record.value;
  }
  return paths.length === count ? { ok: true, value: tasks } : countDiffers(TASKS_FOLDER, paths.length, count);
}

function readCertificates(files: Readonly<Record<string, string>>, count: number): LedgerReading<Certificate[]> {
  const certificates: Certificate[] = [];
  const paths = Object.keys(files).filter((path) => path.startsWith(CERTIFICATES_FOLDER));
  for (const path of paths) {
    const at = CERTIFICATE_NAME.exec(path.slice(CERTIFICATES_FOLDER.length))?.[1];
    const certificate = readJson(files[path], Certificate, path);
    if (!certificate.ok) return certificate;
    if (at === undefined || Number(at) >= count || certificatePath(Number(at), certificate.value) !== path)
      return { ok: false, because: `${path} in the ledger is not named as a certificate` };
    certificates[Number(at)] = certificate.value;
  }
  return paths.length === count
    ? { ok: true, value: certificates }
    : countDiffers(CERTIFICATES_FOLDER, paths.length, count);
}

function countDiffers(folder: string, found: number, wanted: number): { ok: false; because: string } {
  return { ok: false, because: `the ledger has ${found} files in ${folder} instead of ${wanted}` };
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
    // What landed is in its certificate.
    if (record === undefined || phase === 'landed') continue;
    const last = lastAttempt(record);
    agents[task.id] = {
      status: isActive(last) ? 'in_progress' : phase,
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
