/** One process of a step: its lines as they come, and its end in good order when the job is cancelled. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What is run. */
export interface ProcessWish {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Aborted: the process is asked to end, and killed when it does not. */
  signal: AbortSignal;
  onLine(line: string): void;
}

/** As GitHub's runner waits: after SIGINT, and then after SIGTERM. */
const INTERRUPT_GRACE_MS = 7_500;
const TERMINATE_GRACE_MS = 2_500;

/** Runs a process with exactly this environment and without input; its exit code, or 128 and the signal's number. */
export async function runProcess(wish: ProcessWish): Promise<number> {
  const [file = '', ...args] = wish.command;
  const child = spawn(file, args, {
    cwd: wish.cwd,
    env: wish.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it leaves behind can be ended with it.
    detached: true,
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => wish.onLine(line));
  const timers: NodeJS.Timeout[] = [];
  const cancel = (): void => {
    child.kill('SIGINT');
    timers.push(setTimeout(() => child.kill('SIGTERM'), INTERRUPT_GRACE_MS));
    timers.push(setTimeout(() => killGroup(child), INTERRUPT_GRACE_MS + TERMINATE_GRACE_MS));
  };
  wish.signal.addEventListener('abort', cancel, { once: true });
  if (wish.signal.aborted) cancel();
  child.on('error', reject);
  // What the process started may hold its pipes open; the step is over when the process is.
  child.on('exit', (code) => {
    killGroup(child);
    child.on('close', () => resolve(code ?? 128));
  });
  try {
    return await promise;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    wish.signal.removeEventListener('abort', cancel);
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}
