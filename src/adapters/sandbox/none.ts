/**
 * No sandbox: a child process of this user on this machine, for when that was asked for by name. Nothing is enforced;
 * the one promise that is kept is that nothing is left running. Whatever a run starts carries its marker in the
 * environment, and where a control group can be made it is also in there, which a cleared environment does not leave.
 */
import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';

import { isNormalAbsolutePath } from '../../core/sandbox/inside-path.ts';
import { isRunName } from '../../core/sandbox/policy.ts';
import { PROPERTIES, type PropertyName } from '../../core/sandbox/property.ts';
import type { Sandbox, SandboxExit, SandboxRun } from '../../ports/sandbox.ts';
import { type GroupMaker, openGroupMaker, type RunGroup } from './cgroup.ts';
import { findHostProgram } from './machine.ts';
import type { OpenedEngine } from './opened-engine.ts';
import { killMarkedProcesses, listMarkedProcesses, reapMarkedRuns, RUN_MARKER, trySignal } from './process-table.ts';
import { describeRunEnd } from './run-end.ts';
import { failedRun, refusedRun } from './run-policy.ts';
import { describeError, superviseProcess } from './supervised-process.ts';

const GRACE_MS = 1500;
const GONE_WITHIN_MS = 10_000;

/** Always works. `searchPath` is where programs are looked for, by runs that say no PATH as well. */
export async function openNone(searchPath: string): Promise<OpenedEngine> {
  const groups = await openGroupMaker().catch(() => null);
  return {
    probe: {
      engine: 'none',
      works: true,
      because: 'commands run as this user on this machine, and nothing holds them back',
      missing: PROPERTIES.filter((property) => property !== 'processes-end-with-run').map((property) => ({
        property,
        because: 'there is no sandbox',
      })),
      nextStep: '',
    },
    createSandbox: (waived) => new NoSandbox(searchPath, groups, waived),
  };
}

class NoSandbox implements Sandbox {
  readonly engine = 'none';
  readonly waived: readonly PropertyName[];
  readonly #searchPath: string;
  readonly #groups: GroupMaker | null;

  constructor(searchPath: string, groups: GroupMaker | null, waived: readonly PropertyName[]) {
    this.#searchPath = searchPath;
    this.#groups = groups;
    this.waived = waived;
  }

  async run(run: SandboxRun): Promise<SandboxExit> {
    const because = checkRun(run);
    if (because.length > 0) return refusedRun(because);
    const workdir = await realpath(run.workdir).catch(() => null);
    if (workdir === null) return failedRun(`The working directory '${run.workdir}' does not exist.`);
    // No limits: the group only says what belongs to the run.
    const group = (await this.#groups?.create(run.name, null).catch(() => null)) ?? null;
    return runUnconfined(run, workdir, this.#searchPath, group);
  }

  pathInside(mount: { source: string }): string {
    return mount.source;
  }

  async prepareWritable(): Promise<void> {}

  findProgram(name: string): Promise<string | null> {
    return findHostProgram(name, this.#searchPath);
  }

  async reap(prefix: string): Promise<number> {
    const names = await reapMarkedRuns(prefix, GONE_WITHIN_MS);
    return Math.max(names.size, (await this.#groups?.reap(prefix)) ?? 0);
  }
}

function checkRun(run: SandboxRun): string[] {
  const because: string[] = [];
  if (!isRunName(run.name)) because.push(`the name ${JSON.stringify(run.name)} is none`);
  if (run.command.length === 0 || run.command[0] === '') because.push('the command is empty');
  if (!isNormalAbsolutePath(run.workdir)) because.push('the working directory is not an absolute path in normal form');
  if (run.profile === 'strict' && run.network === 'open') because.push("the profile 'strict' has no network");
  return because;
}

async function runUnconfined(
  run: SandboxRun,
  workdir: string,
  searchPath: string,
  group: RunGroup | null,
): Promise<SandboxExit> {
  // A second run may have the same name in another process; the rest makes the mark this run's alone.
  const mark = `${run.name}/${randomUUID()}`;
  let isClean = true;
  const end = await superviseProcess({
    argv: run.command,
    env: { PATH: searchPath, ...run.env, [RUN_MARKER]: mark },
    cwd: workdir,
    stdin: run.stdin,
    detached: true,
    timeoutMs: run.timeoutMs,
    graceMs: GRACE_MS,
    outputLimitBytes: run.outputLimitBytes,
    onStdout: run.onStdout,
    onStderr: run.onStderr,
    signal: run.signal,
    spawnWithin: group === null ? undefined : (spawn) => group.startWithin(spawn),
    stopper: (child) => ({
      terminate: async () => {
        for (const pid of await listMarkedProcesses((name) => name === mark)) trySignal(pid, 'SIGTERM');
      },
      kill: () => {
        trySignal(-child.pid, 'SIGKILL');
        trySignal(child.pid, 'SIGKILL');
      },
    }),
    afterExit: async (child) => {
      trySignal(-child.pid, 'SIGKILL');
      isClean = (await killMarkedProcesses((name) => name === mark, GONE_WITHIN_MS)).isClean;
      isClean = ((await group?.remove()) ?? true) && isClean;
    },
  }).catch((error: unknown) => describeError(error));
  if (typeof end === 'string') return failedRun(`The command could not be run: ${end}.`);
  if (!isClean) return { ...failedRun('Some processes of the run could not be ended.'), durationMs: end.durationMs };
  if (end.cause === 'not-started') {
    await group?.remove();
    // A shell's number for a program that is not there, so that every engine answers alike.
    if (end.because.endsWith('was not found'))
      return { status: 'exited', exitCode: 127, detail: end.because, durationMs: end.durationMs };
  }
  return describeRunEnd({ end, hasStarted: true, oomKills: 0, memoryBytes: 0, engine: 'none' });
}
