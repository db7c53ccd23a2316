/**
 * One run in bubblewrap. The order: tmpfs and group are made; bubblewrap starts and waits; its first process is moved
 * into the group; only then is it let go. In the end the first process of the outer pid namespace is killed and
 * awaited, which empties it and the one inside. The outer one also reaps: bubblewrap leaves its first process to the
 * host's init, and the init of a CI container often reaps nothing.
 */
import {
  BUBBLEWRAP_FDS,
  type BubblewrapHost,
  type BubblewrapInvocation,
  buildBubblewrapInvocation,
} from '../../core/sandbox/bubblewrap-args.ts';
import type { PolicyContext, SandboxPolicy } from '../../core/sandbox/policy.ts';
import type { SandboxExit, SandboxRun } from '../../ports/sandbox.ts';
import type { GroupMaker, RunGroup } from './cgroup.ts';
import type { Machine } from './machine.ts';
import { mountPrivateTmpfs, type PrivateTmpfs, type TmpfsPrograms } from './private-tmpfs.ts';
import {
  identifyProcess,
  isAlive,
  listDescendants,
  type ProcessIdentity,
  RUN_MARKER,
  trySignal,
  waitUntilGone,
} from './process-table.ts';
import { describeRunEnd } from './run-end.ts';
import { failedRun, readRunPolicy, refusedRun } from './run-policy.ts';
import { delay, describeError, type SpawnedChild, superviseProcess } from './supervised-process.ts';

const GRACE_MS = 1500;
const GONE_WITHIN_MS = 10_000;
const STATUS_WITHIN_MS = 1000;

/** Everything that a run needs and that does not change between runs. */
export interface BubblewrapSetup {
  host: BubblewrapHost;
  context: PolicyContext;
  machine: Machine;
  groups: GroupMaker | null;
  tmpfs: { programs: TmpfsPrograms; mountPoint: string } | null;
  /** Put before bubblewrap where the tmpfs is: a pid namespace around it, which ends when this process does. */
  enclose: readonly string[];
  seccomp: Uint8Array | null;
}

/** What belongs to one run and has to be gone after it. */
interface RunParts {
  tmpfs: PrivateTmpfs | null;
  group: RunGroup | null;
  /** Process whose end is the end of all others: bubblewrap's first one, or the one around it. */
  outermost: ProcessIdentity | null;
  /** The first process of bubblewrap's pid namespace, as the host sees it. */
  initPid: number | null;
  statusText: string;
  /** Resolves when nobody can write the status any more. */
  statusEnd: Promise<void>;
  oomKills: number;
  isClean: boolean;
}

/** Runs to the end; see `Sandbox.run`. Never rejects. */
export async function runInBubblewrap(setup: BubblewrapSetup, run: SandboxRun): Promise<SandboxExit> {
  const reading = await readRunPolicy(run, setup.context);
  if (!reading.ok) return refusedRun(reading.because);
  const { policy } = reading;
  const parts: RunParts = {
    tmpfs: null,
    group: null,
    outermost: null,
    initPid: null,
    statusText: '',
    statusEnd: Promise.resolve(),
    oomKills: 0,
    isClean: true,
  };
  try {
    [parts.tmpfs, parts.group] = await Promise.all([makeTmpfs(setup, policy), makeGroup(setup, policy)]);
    return await runParts(setup, run, policy, parts);
  } catch (error) {
    return failedRun(`The sandbox could not be made: ${describeError(error)}.`);
  } finally {
    await Promise.all([parts.tmpfs?.close(), parts.group?.remove()]);
  }
}

async function makeTmpfs(setup: BubblewrapSetup, policy: SandboxPolicy): Promise<PrivateTmpfs | null> {
  if (setup.tmpfs === null) return null;
  return mountPrivateTmpfs({
    ...setup.tmpfs,
    sizeBytes: policy.limits.tmpBytes,
    mayExecute: policy.mayExecuteInTmp,
    owner: setup.machine.isRoot ? policy.user : null,
  });
}

async function makeGroup(setup: BubblewrapSetup, policy: SandboxPolicy): Promise<RunGroup | null> {
  return (await setup.groups?.create(policy.name, policy.limits)) ?? null;
}

async function runParts(
  setup: BubblewrapSetup,
  run: SandboxRun,
  policy: SandboxPolicy,
  parts: RunParts,
): Promise<SandboxExit> {
  const invocation = buildBubblewrapInvocation(policy, setup.host, {
    tmpDir: parts.tmpfs?.path ?? null,
    hasSeccomp: setup.seccomp !== null,
  });
  const end = await superviseProcess({
    argv: [...(parts.tmpfs === null ? [] : [...parts.tmpfs.enter, ...setup.enclose]), ...invocation.argv],
    // The first process inside keeps this environment where a run can read it, so nothing else is in it.
    env: { [RUN_MARKER]: run.name },
    stdin: run.stdin,
    descriptors: [
      { kind: 'bytes', bytes: encodeOptions(invocation) },
      { kind: 'bytes', bytes: setup.seccomp ?? new Uint8Array() },
      { kind: 'pipe' },
      { kind: 'pipe' },
    ],
    timeoutMs: run.timeoutMs,
    graceMs: GRACE_MS,
    outputLimitBytes: run.outputLimitBytes,
    onStdout: run.onStdout,
    onStderr: run.onStderr,
    signal: run.signal,
    onSpawn: (child) => letGo(child, parts),
    stopper: (child) => ({
      terminate: () => terminateInside(child, parts),
      kill: () => void trySignal(parts.outermost?.pid ?? child.pid, 'SIGKILL'),
    }),
    afterExit: () => emptyNamespace(parts),
  });
  if (!parts.isClean)
    return { ...failedRun('The kernel did not end every process of the run in time.'), durationMs: end.durationMs };
  return describeRunEnd({
    end,
    // Bubblewrap reports an exit code only if the command was reached.
    hasStarted: parts.statusText.includes('"exit-code"'),
    oomKills: parts.oomKills,
    memoryBytes: policy.limits.memoryBytes,
    engine: 'bubblewrap',
  });
}

function encodeOptions(invocation: BubblewrapInvocation): Uint8Array {
  return Buffer.from(invocation.options.map((option) => `${option}\0`).join(''), 'utf8');
}

/**
 * Waits until the first process inside is there, moves it into the group, and lets it go on. At that moment the
 * processes are one chain: what was spawned, where there is one the process around, bubblewrap's first.
 */
async function letGo(child: SpawnedChild, parts: RunParts): Promise<void> {
  const status = child.pipe(BUBBLEWRAP_FDS.status);
  parts.statusEnd = new Promise((resolve) => status.on('end', resolve).on('close', resolve));
  const firstLine = new Promise<void>((resolve) => {
    status.on('data', (chunk: Buffer) => {
      parts.statusText += chunk.toString('latin1');
      if (parts.statusText.includes('\n')) resolve();
    });
  });
  await Promise.race([firstLine, parts.statusEnd]);
  const chain = parts.statusText.includes('"child-pid"') ? await listDescendants(child.pid) : [];
  const initPid = chain.at(-1);
  // Nothing was started: bubblewrap says why on standard error and ends by itself.
  if (initPid === undefined) return;
  parts.initPid = initPid;
  parts.outermost = await identifyProcess(chain[0] ?? initPid);
  await parts.group?.add(initPid);
  child.pipe(BUBBLEWRAP_FDS.block).end('.');
}

async function terminateInside(child: SpawnedChild, parts: RunParts): Promise<void> {
  if (parts.initPid === null) {
    trySignal(child.pid, 'SIGTERM');
    return;
  }
  for (const pid of await listDescendants(parts.initPid)) trySignal(pid, 'SIGTERM');
}

async function emptyNamespace(parts: RunParts): Promise<void> {
  if (parts.outermost !== null) {
    if (await isAlive(parts.outermost)) trySignal(parts.outermost.pid, 'SIGKILL');
    parts.isClean = await waitUntilGone(parts.outermost, GONE_WITHIN_MS);
  }
  await Promise.race([parts.statusEnd, delay(STATUS_WITHIN_MS)]);
  parts.oomKills = (await parts.group?.countOomKills()) ?? 0;
}
