/** Runs one git process with arguments and an environment; never through a shell. */
import { execa } from 'execa';

import { failureOf, GitFailure, quoteForPerson } from './git-failure.ts';

/** How a git process ended, with what it wrote. */
export interface GitExit {
  /** `null` if a signal ended it or it could not be started. */
  exitCode: number | null;
  stdout: Buffer;
  stderr: string;
  /** True if it was ended because of `maxBytes`, `timeoutMs` or `signal`. */
  cutOff: 'bytes' | 'time' | 'signal' | null;
}

/** One git process: the whole environment, and what limits it. */
export interface GitRun {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Written to standard input, which is empty and closed otherwise. */
  input?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Standard output is cut and the process ended after this many bytes. */
  maxBytes?: number;
  /** Takes standard output in pieces, so that it is not kept; `false` ends the process. */
  onStdout?: (chunk: Uint8Array) => boolean;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Most that a process may write when nothing else is said: a listing of a million paths fits. */
const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;

/** Runs to the end and answers how it ended; only a git that cannot be started at all throws. */
export async function runGit(run: GitRun): Promise<GitExit> {
  const subprocess = execa('git', run.args, {
    // A process group of its own: Ctrl-C in the terminal is ours to act on, and git ends what it has begun.
    detached: true,
    env: run.env,
    extendEnv: false,
    cwd: run.cwd,
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: run.maxBytes ?? DEFAULT_MAX_BYTES,
    ...(run.onStdout === undefined ? {} : { buffer: { stdout: false } }),
    forceKillAfterDelay: 1000,
    ...(run.timeoutMs === undefined ? {} : { timeout: run.timeoutMs }),
    ...(run.signal === undefined ? {} : { cancelSignal: run.signal }),
    ...(run.input === undefined
      ? { stdin: 'ignore' as const }
      : isIterable(run.input)
        ? { stdin: run.input }
        : { input: run.input }),
  });
  let isStopped = false;
  if (run.onStdout !== undefined) {
    subprocess.stdout?.on('data', (chunk: Uint8Array) => {
      if (isStopped || run.onStdout?.(chunk) !== false) return;
      isStopped = true;
      subprocess.kill('SIGKILL');
    });
  }
  const result = await subprocess;
  const cutOff =
    result.isMaxBuffer || isStopped ? 'bytes' : result.timedOut ? 'time' : result.isCanceled ? 'signal' : null;
  if (result.exitCode === undefined && result.signal === undefined && cutOff === null)
    throw new GitFailure(
      `Git cannot be started in '${quoteForPerson(run.cwd)}' (${result.code ?? 'unknown error'}). ` +
        'Look whether that folder and git are there, and whether the machine is out of processes or memory.',
      { cause: result.cause },
    );
  return {
    exitCode: result.exitCode ?? null,
    stdout: asBuffer(result.stdout),
    stderr: asBuffer(result.stderr).toString('utf8'),
    cutOff,
  };
}

/** Runs and answers standard output; throws a {@link GitFailure} unless it exited 0. */
export async function runGitOrFail(what: string, run: GitRun): Promise<Buffer> {
  const exit = await runGit(run);
  if (exit.exitCode !== 0 || exit.cutOff !== null) throw failureOf(what, exit);
  return exit.stdout;
}

function isIterable(input: string | Uint8Array | AsyncIterable<Uint8Array>): input is AsyncIterable<Uint8Array> {
  return typeof input === 'object' && Symbol.asyncIterator in input;
}

function asBuffer(bytes: unknown): Buffer {
  return bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0);
}
