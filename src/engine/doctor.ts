/**
 * `doctor`: proves on this machine what every engine enforces, by trying to break it from inside in real runs. A
 * property that an engine is known to lack here is not tried (an unlimited run could take the machine with it) and
 * counts as not enforced.
 */
import { PROFILES, type Profile } from '../core/plan/plan.ts';
import type { EngineProbe } from '../core/sandbox/choose-engine.ts';
import { type DoctorCell, type DoctorRow, type DoctorTable, judgeRow } from '../core/sandbox/doctor-table.ts';
import { buildProbeProgram, readProbeResults } from '../core/sandbox/probe-program.ts';
import { PROFILE_RULES } from '../core/sandbox/profile.ts';
import { PROPERTIES, type PropertyName } from '../core/sandbox/property.ts';
import { limitResources } from '../core/sandbox/resources.ts';
import type { DoctorBench } from '../ports/doctor-bench.ts';
import type { Sandbox, SandboxExit, SandboxRun } from '../ports/sandbox.ts';
import {
  buildLookCommand,
  judgeLook,
  PROGRAMS_INSIDE,
  readInterfaces,
  readLook,
  readStatusField,
  WORKTREE_INSIDE,
} from './doctor-look.ts';
import { judgeCpu, judgeDaemons, judgeMemory, judgePids, buildLimitCommands } from './doctor-limits.ts';
import {
  buildSyscallProbe,
  judgeCapabilities,
  judgeNetwork,
  judgeSeccomp,
  type SyscallAnswers,
} from './doctor-syscalls.ts';

/** One engine to examine: how it was found, and its sandbox if it works. */
interface DoctorSubject {
  probe: EngineProbe;
  sandbox: Sandbox | null;
}

/** What {@link runDoctor} takes. */
export interface DoctorOptions {
  subjects: readonly DoctorSubject[];
  bench: DoctorBench;
  /** Default: all. */
  profiles?: readonly Profile[];
  /** Told before each engine and profile, for a progress line. */
  onStep?: (engine: string, profile: Profile) => void;
}

/** Examines every engine under every profile, one after another: runs at once would disturb each other's measures. */
export async function runDoctor(options: DoctorOptions): Promise<DoctorTable> {
  const table: DoctorTable = { engines: [], rows: [] };
  await writePrograms(options.bench);
  for (const { probe, sandbox } of options.subjects) {
    const { engine, works, because, nextStep } = probe;
    table.engines.push({ engine, works, because, nextStep });
    if (sandbox === null) continue;
    for (const profile of options.profiles ?? PROFILES) {
      options.onStep?.(engine, profile);
      table.rows.push(await examine({ probe, sandbox, profile, bench: options.bench }));
    }
  }
  return table;
}

async function writePrograms(bench: DoctorBench): Promise<void> {
  if (bench.architecture === null) return;
  const probe = buildSyscallProbe(bench);
  await bench.writeProgram('syscalls', buildProbeProgram(probe.calls, probe.data, bench.architecture), true);
  await bench.writeProgram('nothing', buildProbeProgram([], new Uint8Array(), bench.architecture), false);
  const memory = buildLimitCommands(limitResources('small', bench.machine)).memory;
  await bench.writeProgram('memory', buildProbeProgram(memory, new Uint8Array(), bench.architecture), false);
}

interface Examination {
  probe: EngineProbe;
  sandbox: Sandbox;
  profile: Profile;
  bench: DoctorBench;
}

/** How a run ended and what it said. */
interface DoctorRun extends SandboxExit {
  output: Uint8Array;
}

async function examine(examination: Examination): Promise<DoctorRow> {
  const { probe, profile, bench } = examination;
  const missing = new Map(probe.missing.map(({ property, because }) => [property, because]));
  const cells: DoctorCell[] = [];
  // Without a sandbox nothing is tried that could harm; that nothing is left running is promised all the same.
  if (probe.engine !== 'none') {
    cells.push(...(await lookAround(examination)));
    for (const property of ['memory-limit', 'pids-limit', 'cpu-limit'] as const)
      if (!missing.has(property)) cells.push(await tryLimit(examination, property));
  }
  cells.push(await tryDaemon(examination));
  await bench.clearWorktree();
  return judgeRow(
    probe.engine,
    profile,
    PROPERTIES.map((property) => settle(property, profile, missing.get(property), cells)),
  );
}

function settle(
  property: PropertyName,
  profile: Profile,
  missingBecause: string | undefined,
  cells: readonly DoctorCell[],
): DoctorCell {
  const found = cells.find((candidate) => candidate.property === property);
  const isDemanded = PROFILE_RULES[profile].required.includes(property);
  if (missingBecause !== undefined) return { property, status: 'not-enforced', evidence: missingBecause };
  if (!isDemanded) return { property, status: 'not-demanded', evidence: `the profile '${profile}' leaves this open` };
  return found ?? { property, status: 'not-tried', evidence: 'the run that tries it did not come to its end' };
}

async function lookAround(examination: Examination): Promise<DoctorCell[]> {
  const { bench, profile } = examination;
  const looked = await run(examination, buildLookCommand(bench), { env: { DOCTOR_GIVEN: 'given' } });
  const look = readLook(new TextDecoder().decode(looked.output));
  if (look === null) return [];
  // Before the next run clears the folder.
  const owner = await bench.ownerOf('owner');
  const answers = await askKernel(examination);
  const cells = judgeLook(look, bench, { euid: answers?.[0]?.answer ?? null, owner });
  if (answers === null) return cells;
  const capabilities = Object.fromEntries(
    ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => [name, readStatusField(look, name)]),
  );
  cells.push(judgeSeccomp(answers, readStatusField(look, 'Seccomp')), judgeCapabilities(answers, capabilities));
  if (!PROFILE_RULES[profile].mayOpenNetwork) cells.push(judgeNetwork(answers, bench, readInterfaces(look)));
  return cells;
}

async function askKernel(examination: Examination): Promise<SyscallAnswers | null> {
  if (examination.bench.architecture === null) return null;
  const { calls } = buildSyscallProbe(examination.bench);
  const asked = await run(examination, [`${PROGRAMS_INSIDE}/syscalls`], {});
  return readProbeResults(asked.output, calls);
}

async function tryLimit(
  examination: Examination,
  property: 'memory-limit' | 'pids-limit' | 'cpu-limit',
): Promise<DoctorCell> {
  const limits = limitResources('small', examination.bench.machine);
  const commands = buildLimitCommands(limits);
  switch (property) {
    case 'memory-limit':
      if (examination.bench.architecture === null)
        return { property, status: 'not-tried', evidence: 'no probe program for this processor architecture' };
      return judgeMemory(await run(examination, [`${PROGRAMS_INSIDE}/memory`], { timeoutMs: 30_000 }), limits);
    case 'pids-limit':
      return judgePids(await run(examination, commands.pids, { timeoutMs: 8000 }), limits);
    case 'cpu-limit': {
      let measured = judgeCpu(await run(examination, commands.cpu, {}), limits);
      // A machine that was busy at that moment deserves another look.
      for (let again = 1; again < CPU_LOOKS && measured.status === 'not-tried'; again += 1)
        measured = judgeCpu(await run(examination, commands.cpu, {}), limits);
      return measured;
    }
  }
}

async function tryDaemon(examination: Examination): Promise<DoctorCell> {
  const { bench } = examination;
  await run(examination, buildLimitCommands(limitResources('small', bench.machine)).daemon, {});
  const before = await bench.sizeOf('heartbeat');
  await bench.sleep(300);
  return judgeDaemons(before, await bench.sizeOf('heartbeat'));
}

const CPU_LOOKS = 4;

let runs = 0;

async function run(
  { sandbox, profile, bench }: Examination,
  command: readonly string[],
  overrides: { env?: Record<string, string>; timeoutMs?: number },
): Promise<DoctorRun> {
  await bench.clearWorktree();
  await sandbox.prepareWritable([bench.worktree]);
  const worktree = { source: bench.worktree, target: WORKTREE_INSIDE, access: 'read-write' as const };
  const chunks: Uint8Array[] = [];
  runs += 1;
  const request: SandboxRun = {
    name: `doctor-${bench.hostPid}-${runs}`,
    profile,
    resources: 'small',
    network: PROFILE_RULES[profile].mayOpenNetwork ? 'open' : 'none',
    command,
    workdir: sandbox.pathInside(worktree),
    mounts: [worktree, { source: bench.programs, target: PROGRAMS_INSIDE, access: 'read-only' }],
    env: overrides.env ?? {},
    stdin: null,
    timeoutMs: overrides.timeoutMs ?? 20_000,
    outputLimitBytes: 1_000_000,
    onStdout: (chunk) => void chunks.push(chunk),
  };
  const exit = await sandbox.run(request);
  return { ...exit, output: join(chunks) };
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
