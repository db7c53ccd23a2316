/**
 * One child process with bounds: both outputs streamed with back-pressure, their sum limited, a time limit, and
 * cancellation. It decides when a run has to stop; how to stop it is the engine's.
 */
import { once } from 'node:events';
import type { Duplex, Readable } from 'node:stream';

import { execa } from 'execa';

/** What a descriptor above 2 carries: bytes handed in, or a pipe that `onSpawn` reads and writes. */
type ExtraDescriptor = { kind: 'bytes'; bytes: Uint8Array } | { kind: 'pipe' };

/** How to end what was started. Both are called at most once, `terminate` first; neither may throw. */
interface Stopper {
  /** Asks politely. */
  terminate(): void | Promise<void>;
  /** Ends it for sure. */
  kill(): void | Promise<void>;
}

/** A spawned child, as `onSpawn` sees it. */
export interface SpawnedChild {
  pid: number;
  /** The pipe of a descriptor that was asked for as `pipe`. */
  pipe(descriptor: number): Duplex;
}

export interface SuperviseOptions {
  argv: readonly string[];
  /** The child's whole environment. */
  env: Readonly<Record<string, string>>;
  cwd?: string;
  stdin: string | null;
  /** Descriptors 3 and up, in order. */
  descriptors?: readonly ExtraDescriptor[];
  /** Gives the child a session and process group of its own. */
  detached?: boolean;
  timeoutMs: number;
  /** How long after `terminate` comes `kill`. */
  graceMs: number;
  outputLimitBytes: number;
  onStdout?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  onStderr?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  signal?: AbortSignal | undefined;
  stopper(child: SpawnedChild): Stopper;
  /** Calls `spawn` at once and returns what it returns; for what must hold around that call. */
  spawnWithin?: (<T>(spawn: () => T) => T) | undefined;
  /** Called at once; what it rejects with ends the run as `not-started`. */
  onSpawn?(child: SpawnedChild): Promise<void>;
  /** Called when the child is gone and before its outputs are read to their end: must end whatever is left. */
  afterExit(child: SpawnedChild): Promise<void>;
}

/** Why the child is gone. */
export interface SupervisedEnd {
  cause: 'exited' | 'timed-out' | 'flooded' | 'cancelled' | 'output-refused' | 'not-started';
  /** 128 + N for a death by signal N; `null` if it never started. */
  exitCode: number | null;
  /** For `output-refused` and `not-started`: what went wrong. */
  because: string;
  /** The last bytes of standard error, for the messages of an engine that failed. */
  stderrTail: string;
  durationMs: number;
}

const STDERR_TAIL_BYTES = 2000;
// After everything is dead its pipes end by themselves; this bounds a descriptor that something outside still holds.
const DRAIN_MS = 2000;

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGSYS: 31,
};

type StopCause = Exclude<SupervisedEnd['cause'], 'exited' | 'not-started'>;

/** Runs the child to its end. Never rejects; when it resolves, `afterExit` has run. */
export async function superviseProcess(options: SuperviseOptions): Promise<SupervisedEnd> {
  const startedAt = performance.now();
  const tail = new TailBuffer();
  const end =
    options.signal?.aborted === true
      ? { cause: 'cancelled' as const, exitCode: null, because: 'cancelled before it began' }
      : await superviseChild(options, tail);
  return { ...end, stderrTail: tail.read(), durationMs: Math.round(performance.now() - startedAt) };
}

async function superviseChild(
  options: SuperviseOptions,
  tail: TailBuffer,
): Promise<Omit<SupervisedEnd, 'durationMs' | 'stderrTail'>> {
  const spawn = (): ReturnType<typeof spawnChild> => spawnChild(options);
  const subprocess = options.spawnWithin === undefined ? spawn() : options.spawnWithin(spawn);
  const { pid } = subprocess;
  if (pid === undefined) {
    const because = describeSpawnFailure(options.argv[0] ?? '', await subprocess);
    return { cause: 'not-started', exitCode: null, because };
  }
  const exit = once(subprocess, 'exit') as Promise<[number | null, string | null]>;
  const pipes = subprocess.stdio as readonly (Duplex | null | undefined)[];
  const child: SpawnedChild = { pid, pipe: (descriptor) => pipes[descriptor] as Duplex };
  const watch = watchForStop(options, options.stopper(child));
  feed(options, pipes);
  const pumps = pumpOutputs(options, subprocess, watch, tail);
  const startFailure = (await options.onSpawn?.(child).then(() => null, describeError)) ?? null;
  if (startFailure !== null) await watch.kill();
  const [code, signal] = await exit;
  watch.close();
  await options.afterExit(child);
  await Promise.race([pumps, delay(DRAIN_MS)]);
  for (const pipe of pipes) pipe?.destroy();
  const exitCode = code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0);
  if (startFailure !== null) return { cause: 'not-started', exitCode, because: startFailure };
  return { cause: watch.cause() ?? 'exited', exitCode, because: watch.because() };
}

type Child = ReturnType<typeof spawnChild>;

function spawnChild(options: SuperviseOptions) {
  const [file = '', ...args] = options.argv;
  return execa(file, args, {
    reject: false,
    buffer: false,
    encoding: 'buffer',
    extendEnv: false,
    env: options.env,
    detached: options.detached ?? false,
    cleanup: true,
    stdio: [
      options.stdin === null ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(options.descriptors ?? []).map(() => 'pipe' as const),
    ],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}

/** Hands in what is to be read; a child that ends without reading it is no error. */
function feed(options: SuperviseOptions, pipes: readonly (Duplex | null | undefined)[]): void {
  for (const pipe of pipes) pipe?.on('error', () => {});
  if (options.stdin !== null) pipes[0]?.end(options.stdin);
  for (const [at, descriptor] of (options.descriptors ?? []).entries())
    if (descriptor.kind === 'bytes') pipes[3 + at]?.end(descriptor.bytes);
}

async function pumpOutputs(
  options: SuperviseOptions,
  subprocess: Child,
  watch: StopWatch,
  tail: TailBuffer,
): Promise<void> {
  const meter = { seen: 0, limit: options.outputLimitBytes };
  await Promise.all([
    pump(subprocess.stdout, meter, watch, options.onStdout),
    pump(subprocess.stderr, meter, watch, async (chunk) => {
      tail.add(chunk);
      await options.onStderr?.(chunk);
    }),
  ]);
}

/** What an unknown thrown value says, on one line. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 500);
}

/** Resolves after `ms`; does not keep the process alive. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function describeSpawnFailure(
  file: string,
  failed: { code?: string | undefined; originalMessage?: string | undefined },
): string {
  if (failed.code === 'ENOENT') return `the program '${file}' was not found`;
  return `the program '${file}' could not be started: ${failed.originalMessage ?? failed.code ?? 'unknown reason'}`;
}

interface StopWatch {
  stop(cause: StopCause, because: string): void;
  kill(): Promise<void>;
  cause(): StopCause | null;
  because(): string;
  close(): void;
}

/** Starts the timer and listens for cancellation; the first cause to come is the one that is reported. */
function watchForStop(options: SuperviseOptions, stopper: Stopper): StopWatch {
  let cause: StopCause | null = null;
  let because = '';
  let grace: NodeJS.Timeout | undefined;
  let killed: Promise<void> | null = null;
  const kill = (): Promise<void> => {
    clearTimeout(grace);
    killed ??= Promise.resolve(stopper.kill());
    return killed;
  };
  const stop = (next: StopCause, why: string): void => {
    if (cause !== null) return;
    cause = next;
    because = why;
    // What floods or cannot be written down gets no time to say more.
    if (next === 'flooded' || next === 'output-refused') {
      void kill();
      return;
    }
    grace = setTimeout(() => void kill(), options.graceMs);
    void stopper.terminate();
  };
  const timer = setTimeout(
    () => {
      stop('timed-out', `still running after ${formatSeconds(options.timeoutMs)}`);
    },
    Math.min(options.timeoutMs, 2 ** 31 - 1),
  );
  const onAbort = (): void => stop('cancelled', 'cancelled by the caller');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  return {
    stop,
    kill,
    cause: () => cause,
    because: () => because,
    close: () => {
      clearTimeout(timer);
      clearTimeout(grace);
      options.signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** Seconds for a person. */
function formatSeconds(ms: number): string {
  return ms >= 10_000 ? `${Math.round(ms / 1000)} s` : `${(ms / 1000).toFixed(1)} s`;
}

/** Reads to the end. Over the limit it goes on reading and throws away, so that nothing blocks on a full pipe. */
async function pump(
  stream: Readable,
  meter: { seen: number; limit: number },
  watch: StopWatch,
  take: ((chunk: Uint8Array) => void | Promise<void>) | undefined,
): Promise<void> {
  let isTaking = true;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      if (!isTaking) continue;
      const room = meter.limit - meter.seen;
      meter.seen += chunk.length;
      if (chunk.length > room) {
        isTaking = false;
        watch.stop('flooded', `wrote more than ${meter.limit} bytes`);
      }
      const kept = chunk.length > room ? chunk.subarray(0, Math.max(0, room)) : chunk;
      if (kept.length === 0) continue;
      try {
        await take?.(kept);
      } catch (error) {
        isTaking = false;
        watch.stop('output-refused', `its output could not be taken: ${describeError(error)}`);
      }
    }
  } catch {
    // The pipe was destroyed after the end of the run; what was read until then has been handed over.
  }
}

class TailBuffer {
  #bytes = Buffer.alloc(0);

  add(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-STDERR_TAIL_BYTES);
  }

  read(): string {
    return this.#bytes.toString('utf8').trim();
  }
}
