/** Hands over what the process has, and ends it with the exit code. The App's only reader of `process`. */
import { hostname } from 'node:os';
import process from 'node:process';

import { exitCodeOf } from '../../core/report/exit-codes.ts';
import { cleanBlock } from '../../core/text/clean-text.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import type { OpenParts } from './parts.ts';
import { runApp } from './run-app.ts';
import { SYSTEM_CLOCK } from '../../adapters/clock/system-clock.ts';
import { UnfitError } from './unfit-error.ts';

/** Libraries put whole requests into their errors. */
const MAX_WORDS = 8_000;

/** Runs the App in this process, which ends with it. `home` is the folder of the program. */
export async function startProcess(openParts: OpenParts, home: string): Promise<void> {
  // A defect in what runs beside everything else: better a new process than one in an unknown state.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, endBadly);
  try {
    const exitCode = await runApp({
      argv: process.argv.slice(2),
      env: process.env,
      hostname: hostname(),
      clock: SYSTEM_CLOCK,
      random: () => Math.random(),
      fetch,
      home,
      stdout: (text) => void process.stdout.write(text),
      stderr: (text) => void process.stderr.write(text),
      onSignal,
      exitNow,
      openParts,
    });
    // Work that does not listen to its signal must not keep the process.
    exitNow(exitCode);
  } catch (error) {
    endBadly(error);
  }
}

function onSignal(handler: (name: string) => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, handler);
  return () => {
    for (const signal of signals) process.off(signal, handler);
  };
}

function endBadly(error: unknown): void {
  if (error instanceof UnfitError) {
    process.stderr.write(`${error.message}\n`);
    exitNow(exitCodeOf('unfit'));
    return;
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`A defect in Espalier: ${cleanBlock(redactSecrets(words.slice(0, MAX_WORDS)))}\n`);
  exitNow(exitCodeOf('internal'));
}

function exitNow(code: number): void {
  // oxlint-disable-next-line unicorn/no-process-exit -- nothing may outlive the end of the App
  process.exit(code);
}
