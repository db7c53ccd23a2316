/** Does `espalier logs`: prints what an attempt wrote, and follows it while it runs. */
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

import type { TaskId } from '../../core/brand.ts';
import { line } from '../../core/report/spans.ts';
import { cleanBlock } from '../../core/text/clean-text.ts';
import type { AttemptKey } from '../../ports/evidence-store.ts';
import { CliError } from './cli-error.ts';
import { openRepository, type OpenRepository } from './open-repository.ts';
import { readKnownPlan, readTaskArgument, requireTask, selectPlan } from './select-plan.ts';
import type { Session } from './session.ts';

/** Options of `logs`. */
export interface LogsOptions {
  plan?: string;
  attempt?: number;
  follow?: true;
}

const POLL_MS = 250;
const CHUNK_BYTES = 64 * 1024;

/** Prints the log of an attempt; with `follow`, until nothing of the task runs any more. */
export async function showLogs(session: Session, text: string, options: LogsOptions): Promise<void> {
  const id = readTaskArgument(text);
  await using repository = await openRepository(session);
  const plan = await selectPlan(session, repository, options.plan ?? null, id);
  requireTask(plan, id);
  const planId = plan.ledger.plan.id;
  const printer = openLogPrinter(session, repository);
  for (;;) {
    // Asked before the reading, so that what is written until the end is read once more.
    const isOver = options.follow !== true || !(await isUnderWay(repository, planId, id));
    const keys = (await repository.evidence.listAttempts(planId)).filter((key) => key.task === id);
    await printer.printNew(chooseKeys(keys, options.attempt));
    if (isOver) break;
    await pause(POLL_MS);
  }
  printer.finish();
  if (!printer.hasPrinted())
    throw new CliError('findings', explainMissing(id, options.attempt), {
      next: `espalier why ${id} --plan ${planId}`,
    });
}

/** All dispatches of the attempt that is meant, in order: the attempt itself and its trials. */
export function chooseKeys(keys: readonly AttemptKey[], attempt: number | undefined): AttemptKey[] {
  const wanted = attempt ?? Math.max(0, ...keys.map((key) => key.attempt));
  return keys.filter((key) => key.attempt === wanted).sort((a, b) => a.generation - b.generation);
}

async function isUnderWay(
  repository: OpenRepository,
  plan: Parameters<typeof readKnownPlan>[1],
  task: TaskId,
): Promise<boolean> {
  const known = await readKnownPlan(repository, plan);
  const state = known?.view.tasks.find((each) => each.id === task)?.state;
  return (known?.holders.length ?? 0) > 0 && (state === 'running' || state === 'trying' || state === 'landing');
}

interface LogPrinter {
  printNew(keys: readonly AttemptKey[]): Promise<void>;
  /** Prints what stands without a line break at the end. */
  finish(): void;
  hasPrinted(): boolean;
}

interface ReadFile {
  offset: number;
  decoder: InstanceType<typeof TextDecoder>;
  /** The beginning of a line whose end has not been written yet. */
  rest: string;
}

function openLogPrinter(session: Session, repository: OpenRepository): LogPrinter {
  const files = new Map<string, ReadFile>();
  async function printFile(file: string, key: AttemptKey): Promise<void> {
    const handle = await open(file).catch(() => null);
    if (handle === null) return;
    try {
      let state = files.get(file);
      if (state === undefined) {
        session.out.print([line(`== attempt ${key.attempt}, dispatch ${key.generation}`, 'dim')]);
        state = { offset: 0, decoder: new TextDecoder(), rest: '' };
        files.set(file, state);
      }
      const { size } = await handle.stat();
      if (size < state.offset) {
        session.out.print([line('== the log was shortened in its middle; from its beginning:', 'dim')]);
        state.offset = 0;
      }
      const buffer = new Uint8Array(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, state.offset);
        if (bytesRead === 0) break;
        state.offset += bytesRead;
        printText(session, state, state.decoder.decode(buffer.subarray(0, bytesRead), { stream: true }));
      }
    } finally {
      await handle.close();
    }
  }
  return {
    printNew: async (keys) => {
      for (const key of keys) await printFile(repository.evidence.logPath(key), key);
    },
    finish: () => {
      for (const state of files.values()) flushRest(session, state);
    },
    hasPrinted: () => files.size > 0,
  };
}

/** What an agent printed reaches the terminal by whole lines and without anything that could act on it. */
function printText(session: Session, state: ReadFile, text: string): void {
  const whole = state.rest + text;
  const end = whole.lastIndexOf('\n') + 1;
  if (end > 0) session.input.stdout.write(cleanBlock(whole.slice(0, end)));
  state.rest = whole.slice(end);
}

function flushRest(session: Session, state: ReadFile): void {
  if (state.rest === '') return;
  session.input.stdout.write(`${cleanBlock(state.rest)}\n`);
  state.rest = '';
}

function explainMissing(task: TaskId, attempt: number | undefined): string {
  return attempt === undefined
    ? `Task '${task}' has no log: it was not attempted yet, or its logs were cleaned up.`
    : `Attempt ${attempt} at task '${task}' has no log.`;
}
