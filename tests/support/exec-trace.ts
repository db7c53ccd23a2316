/** Which programs a process and its children execute: strace around a command, and what its trace shows. */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';

import { mustHaveEngines } from './engines.ts';

const INSTALL = 'sudo apt-get install -y strace';

/**
 * Whether processes can be traced here. Says once on standard error what is missing; throws it instead where nothing may
 * be left out.
 */
export function canTrace(): boolean {
  const found = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
  if (found.error === undefined && found.status === 0) return true;
  const missing = `SKIPPED: what publish executes: strace does not work here. Install it: ${INSTALL}`;
  if (mustHaveEngines()) throw new Error(missing);
  process.stderr.write(`\n${missing}\n`);
  return false;
}

/** The command, with every program that it or a child of it executes noted in `file`. */
export function traceCommand(command: readonly string[], file: string): string[] {
  return ['strace', '--seccomp-bpf', '-f', '-qq', '-s', '4096', '-e', 'trace=execve,execveat', '-o', file, ...command];
}

/** Paths of the programs that were executed, in order. A line that cannot be read throws: it could be anything. */
export function readExecutions(trace: string): string[] {
  const programs: string[] = [];
  /** Calls that were begun, by the id of their process: what has not failed counts. */
  const begun = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const { id = '', call = '' } = /^(?<id>\d+) +(?<call>.*)$/u.exec(line)?.groups ?? {};
    if (line === '' || /^(?:--- |\+\+\+ )/u.test(call)) continue;
    const resumed = /^<\.\.\. execve resumed>.* = (?<result>-?\d+)/u.exec(call)?.groups;
    const program = /^execve\("(?<program>(?:[^"\\]|\\.)*)", /u.exec(call)?.groups?.['program'] ?? begun.get(id);
    if (program === undefined) throw new Error(`A line of the trace cannot be read: ${line}`);
    if (resumed === undefined && call.endsWith('<unfinished ...>')) {
      begun.set(id, program);
      continue;
    }
    begun.delete(id);
    if (!/ = -1 E[A-Z]+ \(/u.test(call)) programs.push(program);
  }
  return [...programs, ...begun.values()];
}

/** Executed programs that are neither git's own nor one of `allowed`, or that lie in `folder`. */
export function findForeignPrograms(
  programs: readonly string[],
  { folder, allowed }: { folder: string; allowed: readonly string[] },
): string[] {
  const home = spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim();
  const known = new Set(allowed.map((program) => realpathSync(program)));
  return programs.filter((program) => {
    if (!path.isAbsolute(program)) return true;
    const real = realpathSync(program);
    if (isBelow(real, folder) || isBelow(program, folder)) return true;
    return !known.has(real) && !isBelow(program, home);
  });
}

function isBelow(file: string, folder: string): boolean {
  return !path.relative(folder, file).startsWith('..');
}
