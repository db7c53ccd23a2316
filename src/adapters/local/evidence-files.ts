/**
 * Evidence as files below the state folder:
 *
 *     plans/<plan>/attempts/<task>.<attempt>.<generation>/{evidence,trial,progress}.json, log.txt, private/
 *     plans/<plan>/final.<generation>.json
 *     trees/<plan>/<task>.<attempt>.<generation>      the worktree
 *
 * A file is either the old one or the new one, whole, whatever happens while it is written. Nothing here is
 * reachable from inside of a sandbox but what the caller mounts.
 */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import type { PlanId } from '../../core/brand.ts';
import { readPlanId, readTaskId } from '../../core/ids.ts';
import { ATTEMPT_STAGES, Evidence, FinalResult, TrialResult } from '../../core/ledger/evidence.ts';
import type { AttemptKey, AttemptProgress, EvidenceStore } from '../../ports/evidence-store.ts';
import { writeFileWhole } from './atomic-file.ts';
import { openBoundedLog } from './bounded-log.ts';

/** Most bytes of one log file unless said. */
const DEFAULT_LOG_BYTES = 20 * 1024 * 1024;
/** A larger file was not written by this store. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const KEY_FOLDER = /^(.+)\.([1-9]\d*)\.([1-9]\d*)$/;

const Progress = z.object({
  stage: z.enum([...ATTEMPT_STAGES, 'trial', 'final']),
  iteration: z.number().int(),
  score: z.number().nullable(),
  activity: z.string(),
  costUsd: z.number().nullable(),
  updatedAt: z.number(),
});

/** Opens the evidence below `stateDir` (absolute). `secrets` are values that must not get into any log. */
export function openEvidenceFiles(options: {
  stateDir: string;
  secrets?: readonly string[];
  maxLogBytes?: number;
}): EvidenceStore {
  const planDir = (plan: PlanId): string => path.join(options.stateDir, 'plans', checkedPlan(plan));
  const attemptFolder = (key: AttemptKey): string => path.join(planDir(key.plan), 'attempts', folderName(key));
  const record = (key: AttemptKey, name: string): string => path.join(attemptFolder(key), `${name}.json`);
  const finalFile = (plan: PlanId, generation: number): string =>
    path.join(planDir(plan), `final.${checkedNumber(generation)}.json`);
  return {
    attemptDir: async (key) => {
      const folder = path.join(attemptFolder(key), 'private');
      await makePrivateFolder(folder);
      return folder;
    },
    worktreePath: (key) => path.join(options.stateDir, 'trees', checkedPlan(key.plan), folderName(key)),
    writeEvidence: (key, evidence) => writeRecord(record(key, 'evidence'), evidence),
    readEvidence: (key) => readRecord(record(key, 'evidence'), Evidence),
    writeTrial: (key, result) => writeRecord(record(key, 'trial'), result),
    readTrial: (key) => readRecord(record(key, 'trial'), TrialResult),
    writeFinal: (plan, generation, result) => writeRecord(finalFile(plan, generation), result),
    readFinal: (plan, generation) => readRecord(finalFile(plan, generation), FinalResult),
    writeProgress: (key, progress) => writeRecord(record(key, 'progress'), progress, { isDurable: false }),
    readProgress: (key): Promise<AttemptProgress | null> => readRecord(record(key, 'progress'), Progress),
    openLog: async (key) => {
      await makePrivateFolder(attemptFolder(key));
      return openBoundedLog({
        file: path.join(attemptFolder(key), 'log.txt'),
        maxBytes: options.maxLogBytes ?? DEFAULT_LOG_BYTES,
        secrets: options.secrets ?? [],
      });
    },
    logPath: (key) => path.join(attemptFolder(key), 'log.txt'),
    listAttempts: (plan) => listAttempts(plan, path.join(planDir(plan), 'attempts')),
  };
}

/** Ids are checked where they are first read; here they become paths, so they are checked once more. */
function checkedPlan(plan: string): string {
  const checked = readPlanId(plan);
  if (!checked.ok) throw new Error(`A plan's folder cannot be named: ${checked.because}.`);
  return checked.value;
}

function checkedNumber(number: number): string {
  if (!Number.isSafeInteger(number) || number < 1) throw new Error('Attempts and generations count from 1.');
  return String(number);
}

function folderName(key: AttemptKey): string {
  const checked = readTaskId(key.task);
  if (!checked.ok) throw new Error(`An attempt's folder cannot be named: ${checked.because}.`);
  return `${checked.value}.${checkedNumber(key.attempt)}.${checkedNumber(key.generation)}`;
}

async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

async function writeRecord(file: string, value: unknown, options?: { isDurable: boolean }): Promise<void> {
  await makePrivateFolder(path.dirname(file));
  await writeFileWhole(file, `${JSON.stringify(value, null, 2)}\n`, options);
}

/** `null` for a file that is absent or does not fit; an unreadable disk is thrown. */
async function readRecord<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  let text: string;
  try {
    if ((await stat(file)).size > MAX_RECORD_BYTES) return null;
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function listAttempts(plan: PlanId, folder: string): Promise<AttemptKey[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const keys: AttemptKey[] = [];
  for (const name of names) {
    const [, id = '', attempt = '', generation = ''] = KEY_FOLDER.exec(name) ?? [];
    const task = readTaskId(id);
    if (task.ok) keys.push({ plan, task: task.value, attempt: Number(attempt), generation: Number(generation) });
  }
  return keys.sort((a, b) =>
    a.task === b.task ? a.attempt - b.attempt || a.generation - b.generation : a.task < b.task ? -1 : 1,
  );
}
