/** The doctor's attempts to take more than a run may have, and to leave something behind. */
import type { DoctorCell } from '../core/sandbox/doctor-table.ts';
import type { ProbeCall } from '../core/sandbox/probe-program.ts';
import type { ResourceLimits } from '../core/sandbox/resources.ts';
import type { SandboxExit } from '../ports/sandbox.ts';
import { cell } from './doctor-syscalls.ts';

type Ended = SandboxExit & { output: Uint8Array };

const MIB = 1024 ** 2;
const READ_WRITE = 3;
// MAP_PRIVATE, MAP_ANONYMOUS, MAP_POPULATE.
const MAPPING = 0x8022;
const BUSY_LOOPS = 4;
const BUSY_SECONDS = 1.5;

// Constant texts; the number is an argument.
const FORK = 'i=0; while [ "$i" -lt "$1" ]; do sleep 9 & i=$((i+1)); done; echo reached "$i"';
const BURN = `read before rest < /proc/uptime
pids=; for n in 1 2 3 4; do (while :; do :; done) & pids="$pids $!"; done
sleep ${BUSY_SECONDS}; kill -9 $pids; wait 2>/dev/null
read after rest < /proc/uptime; echo "$before $after"; times`;
// In the background, without a terminal, in a session of its own where there is a program for it, deaf to signals.
const DAEMON = `beat='trap "" HUP TERM INT; while :; do printf . >> heartbeat; sleep 0.05; done'
if command -v setsid >/dev/null 2>&1; then (setsid sh -c "$beat" >/dev/null 2>&1 </dev/null &)
else (sh -c "$beat" >/dev/null 2>&1 </dev/null &); fi
while [ ! -s heartbeat ]; do sleep 0.05; done; exit 0`;

/** The commands; `memory` is a program's one call instead. */
export function buildLimitCommands(limits: ResourceLimits): {
  memory: readonly ProbeCall[];
  pids: readonly string[];
  cpu: readonly string[];
  daemon: readonly string[];
} {
  const bytes = Math.floor(limits.memoryBytes * 1.25);
  return {
    memory: [{ name: 'mmap', args: [0, bytes, READ_WRITE, MAPPING, -1, 0] }],
    pids: ['/bin/sh', '-c', FORK, 'sh', String(limits.pids + 32)],
    cpu: ['/bin/sh', '-c', BURN],
    daemon: ['/bin/sh', '-c', DAEMON],
  };
}

/** A program touched a quarter more memory than the limit. */
export function judgeMemory(ended: Ended, limits: ResourceLimits): DoctorCell {
  const limit = `${Math.round(limits.memoryBytes / MIB)} MiB`;
  if (ended.status === 'out-of-memory' || (ended.status === 'exited' && ended.exitCode === 137))
    return cell('memory-limit', true, `a program that touched 125 % of ${limit} was killed by the kernel`);
  if (ended.status === 'exited' && ended.exitCode === 0)
    return cell('memory-limit', false, `a program touched 125 % of ${limit} and went on`);
  return { property: 'memory-limit', status: 'not-tried', evidence: `the program ended otherwise: ${describe(ended)}` };
}

/** A shell started more processes than the limit. */
export function judgePids(ended: Ended, limits: ResourceLimits): DoctorCell {
  if (new TextDecoder().decode(ended.output).includes('reached'))
    return cell('pids-limit', false, `${limits.pids + 32} processes were started where ${limits.pids} are the limit`);
  if (ended.status === 'engine-error')
    return { property: 'pids-limit', status: 'not-tried', evidence: describe(ended) };
  return cell(
    'pids-limit',
    true,
    `of ${limits.pids + 32} processes not all could be started; the limit is ${limits.pids}`,
  );
}

/** Four loops ran for a while; `times` of the shell says how much they got. */
export function judgeCpu(ended: Ended, limits: ResourceLimits): DoctorCell {
  const output = new TextDecoder().decode(ended.output);
  const clock = /^([\d.]+) ([\d.]+)$/m.exec(output);
  const used = /^(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/.exec(output.trim().split('\n').at(-1) ?? '');
  if (clock === null || used === null)
    return { property: 'cpu-limit', status: 'not-tried', evidence: `no measure was made: ${describe(ended)}` };
  const wall = Number(clock[2]) - Number(clock[1]);
  const burnt = Number(used[1]) * 60 + Number(used[2]) + Number(used[3]) * 60 + Number(used[4]);
  const share = burnt / wall;
  const measured = `${BUSY_LOOPS} busy loops got ${share.toFixed(2)} processors over ${wall.toFixed(1)} s, the limit is ${limits.cpus}`;
  if (share > limits.cpus * 1.3 + 0.05) return cell('cpu-limit', false, measured);
  if (share < limits.cpus * 0.6)
    return {
      property: 'cpu-limit',
      status: 'not-tried',
      evidence: `the machine was too busy to reach the limit: ${measured}`,
    };
  return cell('cpu-limit', true, measured);
}

/** A daemon wrote into a file; sizes after the run's end and a while later. */
export function judgeDaemons(before: number | null, after: number | null): DoctorCell {
  if (before === null || after === null || before === 0)
    return { property: 'processes-end-with-run', status: 'not-tried', evidence: 'the daemon did not come up' };
  return before === after
    ? cell(
        'processes-end-with-run',
        true,
        'a daemon in its own session, deaf to signals, was dead when the run had ended',
      )
    : cell('processes-end-with-run', false, 'a daemon went on writing after the run had ended');
}

function describe(ended: SandboxExit): string {
  return ended.detail === '' ? `${ended.status} ${ended.exitCode ?? ''}`.trim() : ended.detail;
}
