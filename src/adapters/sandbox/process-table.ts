/** The host's process table, read from /proc. A process may be gone at any moment: what is not there is no error. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The variable that marks everything a run starts, with the run's name as its value. It is no secret. */
export const RUN_MARKER = 'ESPALIER_SANDBOX_RUN';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks after boot. */
  startedAt: string;
}

interface ProcessStat {
  state: string;
  group: number;
  session: number;
  startedAt: string;
}

/** All process numbers that can be seen. */
async function listPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function readStat(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The name is in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '?',
    group: Number(fields[2]),
    session: Number(fields[3]),
    startedAt: fields[19] ?? '',
  };
}

/** Takes down who `pid` is now; `null` if it is gone or a zombie. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  const stat = await readStat(pid);
  return stat === null || stat.state === 'Z' || stat.state === 'X' ? null : { pid, startedAt: stat.startedAt };
}

/** True while that very process lives. */
export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(process.pid))?.startedAt === process.startedAt;
}

/** Resolves when the process is gone or a zombie; its namespace, if it was the first of one, is empty then. */
export async function waitUntilGone(process: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = 1; await isAlive(process); pauseMs = Math.min(pauseMs * 2, 50)) {
    if (performance.now() > deadline) return false;
    await sleep(pauseMs);
  }
  return true;
}

/** Sends a signal; false if the process is gone or is not ours. */
export function trySignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** All descendants that are still linked to `pid`, without itself. */
export async function listDescendants(pid: number): Promise<number[]> {
  const found: number[] = [];
  const open = [pid];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const text = await readFile(`/proc/${at}/task/${at}/children`, 'utf8').catch(() => '');
    const children = text.split(' ').filter(Boolean).map(Number);
    found.push(...children);
    open.push(...children);
  }
  return found;
}

/** Run name in a process's environment as it was when the program was started; `null` if there is none. */
async function readMarker(pid: number): Promise<string | null> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  const entry = environment.split('\0').find((line) => line.startsWith(`${RUN_MARKER}=`));
  return entry?.slice(RUN_MARKER.length + 1) ?? null;
}

/** Processes whose run's name satisfies `matches`, with those of the same sessions and groups. */
export async function listMarkedProcesses(matches: (runName: string) => boolean): Promise<number[]> {
  const seen = await Promise.all(
    (await listPids()).map(async (pid) => {
      const [marker, stat] = await Promise.all([readMarker(pid), readStat(pid)]);
      return { pid, stat, isMarked: marker !== null && matches(marker) };
    }),
  );
  const living = seen.filter(({ stat }) => stat !== null && stat.state !== 'Z' && stat.state !== 'X');
  // Only groups and sessions that a marked process leads are the run's own: the caller's own group must not be hit.
  const own = new Set(
    living
      .filter(({ pid, stat, isMarked }) => isMarked && (stat?.group === pid || stat?.session === pid))
      .map(({ pid }) => pid),
  );
  return living
    .filter(({ stat, isMarked }) => isMarked || own.has(stat?.group ?? -1) || own.has(stat?.session ?? -1))
    .map(({ pid }) => pid);
}

/** Names of runs that have a living process and begin with `prefix`. */
export async function listMarkedRuns(prefix: string): Promise<Set<string>> {
  const names = new Set<string>();
  await listMarkedProcesses((mark) => {
    if (mark.startsWith(prefix)) names.add(mark);
    return mark.startsWith(prefix);
  });
  return names;
}

/**
 * Kills every marked process until none is left, which outruns a fork bomb because each round stops all of them
 * before it kills them. Gives up after `withinMs`.
 */
export async function killMarkedProcesses(
  matches: (runName: string) => boolean,
  withinMs: number,
): Promise<{ isClean: boolean }> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const pids = (await listMarkedProcesses(matches)).filter((pid) => pid !== process.pid);
    if (pids.length === 0) return { isClean: true };
    if (performance.now() > deadline) return { isClean: false };
    for (const pid of pids) trySignal(pid, 'SIGSTOP');
    for (const pid of pids) trySignal(pid, 'SIGKILL');
    await sleep(2);
  }
}

/**
 * Ends the runs of earlier processes whose name begins with `prefix`, and returns their names. Throws if some of their
 * processes could not be ended.
 */
export async function reapMarkedRuns(prefix: string, withinMs: number): Promise<Set<string>> {
  const names = new Set<string>();
  const { isClean } = await killMarkedProcesses((name) => {
    if (name.startsWith(prefix)) names.add(name);
    return name.startsWith(prefix);
  }, withinMs);
  if (isClean) return names;
  throw new Error(
    `Runs '${prefix}…' of an earlier process could not all be ended; end the processes with ` +
      `${RUN_MARKER}=${prefix}… in their environment by hand and try again`,
  );
}
