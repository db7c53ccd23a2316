/** Runs the command line in this process, with streams and interrupts of its own. */
import path from 'node:path';
import { Readable } from 'node:stream';

import type { Environment } from '../../../src/adapters/terminal/terminal.ts';
import { runProgram } from '../../../src/entrypoints/cli/program.ts';
import { type CliInput, openSession } from '../../../src/entrypoints/cli/session.ts';

/** What a test says of one invocation. */
export interface CliRun {
  cwd: string;
  env?: Environment;
  stdin?: string;
  /** Columns of a terminal; no terminal unless said. */
  columns?: number;
  /** Called with each text on standard error as it comes, and the means to press Ctrl-C. */
  onStderr?: (text: string, interrupt: () => void) => void;
}

/** How it ended. */
export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
  /** Codes with which it wanted to end at once. */
  exits: number[];
}

/** Runs `espalier` with these arguments. */
export async function runCli(args: readonly string[], run: CliRun): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const exits: number[] = [];
  const handlers = new Set<(signal: string) => void>();
  const interrupt = (): void => {
    for (const handler of handlers) handler('SIGINT');
  };
  const tty = run.columns === undefined ? {} : { isTTY: true, columns: run.columns, rows: 30 };
  const input: CliInput = {
    argv: args,
    env: run.env ?? {},
    cwd: run.cwd,
    stdin: Readable.from(run.stdin === undefined ? [] : [Buffer.from(run.stdin)]),
    stdout: { ...tty, write: (text) => out.push(text) > 0 },
    stderr: {
      ...tty,
      write: (text) => {
        err.push(text);
        run.onStderr?.(text, interrupt);
        return true;
      },
    },
    selfCommand: ['espalier'],
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    exitNow: (code) => {
      exits.push(code);
    },
  };
  const code = await runProgram(openSession(input));
  return { code, stdout: out.join(''), stderr: err.join(''), exits };
}

/** Root of the project that the tests belong to. */
export const PROJECT_ROOT = path.resolve(import.meta.dirname, '../../..');
