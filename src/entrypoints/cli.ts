/** The command line's process: hands over what the process has, and ends with the exit code. Nothing else. */
import path from 'node:path';
import process from 'node:process';

import { runProgram } from './cli/program.ts';
import { reportFailure } from './cli/report-failure.ts';
import { openSession } from './cli/session.ts';

/** The words that call this program again from anywhere. */
function selfCommand(script: string): string[] {
  return path.basename(script) === 'espalier' ? ['espalier'] : [process.execPath, script];
}

function onInterrupt(handler: (signal: string) => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, handler);
  return () => {
    for (const signal of signals) process.off(signal, handler);
  };
}

// A reader that goes away (`espalier logs -f … | head`) is no defect: a run then stops in good order, all else ends.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.kill(process.pid, 'SIGTERM');
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const session = openSession({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  selfCommand: selfCommand(process.argv[1] ?? 'espalier'),
  onInterrupt,
  exitNow: (code) => {
    // oxlint-disable-next-line unicorn/no-process-exit -- the second Ctrl-C means at once
    process.exit(code);
  },
});
// A defect in what runs beside the command: say so like any other, and stop.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    reportFailure(session, error, session.isDebug);
    session.input.exitNow(session.exitCode);
  });
process.exitCode = await runProgram(session);
