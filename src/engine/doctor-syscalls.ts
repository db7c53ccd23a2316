/** The doctor's probe of system calls: which are made, and what their answers mean. */
import type { DoctorCell } from '../core/sandbox/doctor-table.ts';
import type { ProbeAnswer, ProbeArgument, ProbeCall } from '../core/sandbox/probe-program.ts';
import { CLONE_NAMESPACE_FLAGS } from '../core/sandbox/seccomp.ts';
import type { DoctorBench } from '../ports/doctor-bench.ts';

const CLONE_NEWUSER = 0x1000_0000;
const EPERM = -1;
const EINVAL = -22;
const ENOSYS = -38;
const EAFNOSUPPORT = -97;
const NO_SUCH_PID = 4_000_000;
const FIRST_FREE = 3;

/** Calls that a filter answers before the kernel looks at them, with the answer; the kernel's own would be another. */
const FILTERED: readonly (ProbeCall & { wanted: number })[] = [
  { name: 'unshare', args: [CLONE_NEWUSER], wanted: EPERM },
  { name: 'setns', args: [-1, 0], wanted: EPERM },
  { name: 'add_key', args: [], wanted: EPERM },
  { name: 'keyctl', args: [0, -3, 0], wanted: EPERM },
  { name: 'name_to_handle_at', args: [-100], wanted: EPERM },
  { name: 'ptrace', args: [1, NO_SUCH_PID], wanted: EPERM },
  { name: 'process_vm_readv', args: [NO_SUCH_PID], wanted: EPERM },
  { name: 'clone3', args: [], wanted: ENOSYS },
  { name: 'io_uring_setup', args: [], wanted: ENOSYS },
];

/** Calls that only root or a capability can make; with it they change nothing, or fail for another reason. */
const PRIVILEGED: readonly ProbeCall[] = [
  { name: 'mount', args: [] },
  { name: 'setresuid', args: [] },
  { name: 'setresgid', args: [] },
  { name: 'chroot', args: [{ dataOffset: 0 }] },
  { name: 'sethostname', args: [{ dataOffset: 0 }, -1] },
];

/** A program to be written on the bench, and how to read it. */
export interface SyscallProbe {
  calls: readonly ProbeCall[];
  data: Uint8Array;
}

/** Builds the probe; addresses of the bench's listeners are part of it. */
export function buildSyscallProbe(bench: DoctorBench): SyscallProbe {
  const data = new Uint8Array(256);
  data.set([0x2f, 0x00]);
  const loopback = writeAddress(data, 16, '127.0.0.1', bench.port);
  const outside = writeAddress(data, 32, bench.hostAddress ?? '127.0.0.1', bench.port);
  const abstract = writeAbstractAddress(data, 48, bench.abstractName);
  const connect = (at: number, [address, length]: readonly [ProbeArgument, number]): ProbeCall => ({
    name: 'connect',
    args: [FIRST_FREE + at, address, length],
  });
  const calls: ProbeCall[] = [
    { name: 'geteuid', args: [] },
    ...PRIVILEGED,
    ...FILTERED,
    { name: 'clone', args: [CLONE_NEWUSER & CLONE_NAMESPACE_FLAGS] },
    // From here on descriptors count up from the first free one.
    { name: 'close_range', args: [FIRST_FREE, 0xffff_ffff, 0] },
    ...[2, 2, 1].map((family): ProbeCall => ({ name: 'socket', args: [family, 1, 0] })),
    connect(0, loopback),
    connect(1, outside),
    connect(2, abstract),
    // AF_VSOCK, which no network namespace holds.
    { name: 'socket', args: [40, 1, 0] },
  ];
  return { calls, data };
}

function writeAddress(
  data: Uint8Array,
  offset: number,
  address: string,
  port: number,
): readonly [ProbeArgument, number] {
  data.set([2, 0, port >> 8, port & 0xff, ...address.split('.').map(Number)], offset);
  return [{ dataOffset: offset }, 16];
}

function writeAbstractAddress(data: Uint8Array, offset: number, name: string): readonly [ProbeArgument, number] {
  data.set([1, 0, 0, ...new TextEncoder().encode(name)], offset);
  return [{ dataOffset: offset }, 3 + name.length];
}

/** Answers in the order of the calls. */
export type SyscallAnswers = readonly ProbeAnswer[];

function show({ name, answer }: ProbeAnswer): string {
  return `${name}=${answer}`;
}

/** Whether the filter answered every call that the kernel alone would have answered differently. */
export function judgeSeccomp(answers: SyscallAnswers, mode: string): DoctorCell {
  const at = answers.findIndex(({ name }) => name === FILTERED[0]?.name);
  const filtered = answers.slice(at, at + FILTERED.length);
  const wrong = filtered.filter(({ answer }, index) => answer !== FILTERED[index]?.wanted);
  const clone = answers.find(({ name }) => name === 'clone');
  if (clone !== undefined && clone.answer !== EPERM && clone.answer !== ENOSYS) wrong.push(clone);
  const vsock = answers.findLast(({ name }) => name === 'socket');
  if (vsock !== undefined && ![EAFNOSUPPORT, ENOSYS, EPERM].includes(vsock.answer)) wrong.push(vsock);
  if (mode !== '2') return cell('seccomp', false, `Seccomp is ${mode || 'not shown'} in /proc/self/status, not 2`);
  return wrong.length === 0
    ? cell('seccomp', true, `${filtered.length + 2} calls refused by the filter: ${filtered.map(show).join(' ')}`)
    : cell('seccomp', false, `the kernel and not the filter answered ${wrong.map(show).join(' ')}`);
}

/** Whether any privileged call went through, or any capability is left. */
export function judgeCapabilities(answers: SyscallAnswers, capabilities: Readonly<Record<string, string>>): DoctorCell {
  const names = new Set(PRIVILEGED.map(({ name }) => name));
  const tried = answers.filter(({ name }) => names.has(name));
  // In a user namespace without a root the change of user fails for that reason, before any right is asked for.
  const isRefused = ({ name, answer }: ProbeAnswer): boolean =>
    answer === EPERM || (answer === EINVAL && name.startsWith('setres'));
  const allowed = tried.filter((one) => !isRefused(one));
  const left = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].filter(
    (name) => !/^0+$/.test(capabilities[name] ?? ''),
  );
  if (allowed.length > 0)
    return cell('capabilities-dropped', false, `the kernel did not refuse ${allowed.map(show).join(' ')}`);
  if (left.length > 0)
    return cell(
      'capabilities-dropped',
      false,
      left.map((name) => `${name} is ${capabilities[name] ?? 'not shown'}`).join(', '),
    );
  return cell(
    'capabilities-dropped',
    true,
    `all five sets are empty, and ${tried.map(({ name }) => name).join(', ')} were refused`,
  );
}

/** Whether anything of the host's network could be reached. */
export function judgeNetwork(answers: SyscallAnswers, bench: DoctorBench, interfaces: readonly string[]): DoctorCell {
  const [loopback, outside, abstract] = answers.filter(({ name }) => name === 'connect');
  const reached = [
    loopback?.answer === 0 ? `127.0.0.1:${bench.port}` : null,
    bench.hostAddress !== null && outside?.answer === 0 ? `${bench.hostAddress}:${bench.port}` : null,
    abstract?.answer === 0 ? 'an abstract unix socket' : null,
  ].filter((name) => name !== null);
  if (reached.length > 0) return cell('no-network', false, `connected to the host's ${reached.join(' and ')}`);
  const surplus = interfaces.filter((name) => name !== 'lo');
  if (surplus.length > 0) return cell('no-network', false, `there are interfaces beside lo: ${surplus.join(', ')}`);
  const asked = [loopback, outside, abstract].map((answer) => answer?.answer ?? 'none').join(', ');
  return cell('no-network', true, `only lo is there; connects to three listeners of the host failed (${asked})`);
}

/** One cell. */
export function cell(property: DoctorCell['property'], isHeld: boolean, evidence: string): DoctorCell {
  return { property, status: isHeld ? 'held' : 'broken', evidence };
}
