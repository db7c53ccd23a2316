import { describe, expect, it } from 'vitest';

import {
  AUDIT_ARCH,
  BPF,
  type BpfInstruction,
  compileSeccompProgram,
  encodeBpfProgram,
  SECCOMP_RETURN,
} from '../../../src/core/sandbox/seccomp-bpf.ts';
import { renderSeccompDocument } from '../../../src/core/sandbox/seccomp-json.ts';
import { ERRNO, SECCOMP_POLICY } from '../../../src/core/sandbox/seccomp.ts';
import {
  FILTER_ARCHITECTURES,
  type FilterArchitecture,
  listSyscallNames,
  syscallNumber,
} from '../../../src/core/sandbox/syscall-numbers.ts';

interface Call {
  arch: number;
  number: number;
  args?: readonly number[];
}

/** Runs a filter as the kernel would. */
function evaluate(program: readonly BpfInstruction[], { arch, number, args = [] }: Call): number {
  const words = new Map([
    [0, number],
    [4, arch],
    ...[0, 1, 2, 3, 4, 5].map((at) => [16 + 8 * at, args[at] ?? 0] as const),
  ]);
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 1) {
    const { code, jumpTrue, jumpFalse, value } = program[at]!;
    if (code === BPF.RETURN) return value;
    if (code === BPF.LOAD) accumulator = words.get(value)! >>> 0;
    else {
      const isTrue =
        code === BPF.JUMP_EQUAL
          ? accumulator === value >>> 0
          : code === BPF.JUMP_AT_LEAST
            ? accumulator >= value
            : (accumulator & value) !== 0;
      at += isTrue ? jumpTrue : jumpFalse;
    }
  }
  throw new Error('The program ran over its end');
}

function refused(errno: number): number {
  return SECCOMP_RETURN.ERRNO | errno;
}

describe.each(FILTER_ARCHITECTURES)('the compiled filter for %s', (architecture: FilterArchitecture) => {
  const program = compileSeccompProgram(SECCOMP_POLICY, architecture);
  const arch = AUDIT_ARCH[architecture];
  const call = (name: string, ...args: number[]): number =>
    evaluate(program, { arch, number: syscallNumber(name, architecture)!, args });

  it('fits what the kernel takes and jumps no further than a byte', () => {
    expect(program.length).toBeLessThan(4096);
    for (const { jumpTrue, jumpFalse } of program) expect(Math.max(jumpTrue, jumpFalse)).toBeLessThan(256);
  });

  it('decides every call in the table as the rules say', () => {
    const wrong = listSyscallNames().filter((name) => {
      const number = syscallNumber(name, architecture);
      const rule = SECCOMP_POLICY.rules.get(name);
      // Those that depend on an argument have tests of their own.
      if (number === null || rule === undefined || (rule.kind !== 'allow' && rule.kind !== 'refuse')) return false;
      const wanted = rule.kind === 'allow' ? SECCOMP_RETURN.ALLOW : refused(rule.errno);
      return evaluate(program, { arch, number }) !== wanted;
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    'mount',
    'umount2',
    'unshare',
    'setns',
    'ptrace',
    'keyctl',
    'add_key',
    'request_key',
    'bpf',
    'perf_event_open',
    'kexec_load',
    'reboot',
    'swapon',
    'init_module',
    'userfaultfd',
    'open_by_handle_at',
    'process_vm_writev',
    'pivot_root',
  ])('refuses %s', (name) => {
    expect(call(name)).toBe(refused(ERRNO.EPERM));
  });

  it.each(['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'])('knows no %s', (name) => {
    expect(call(name)).toBe(refused(ERRNO.ENOSYS));
  });

  it.each(['read', 'write', 'openat', 'execve', 'futex', 'mmap', 'wait4', 'epoll_pwait', 'getrandom', 'statx', 'rseq'])(
    'allows %s',
    (name) => {
      expect(call(name)).toBe(SECCOMP_RETURN.ALLOW);
    },
  );

  it.each([
    { name: 'a thread', flags: 0x3d0f00, isAllowed: true },
    { name: 'a fork', flags: 0x11, isAllowed: true },
    { name: 'a user namespace', flags: 0x1000_0011, isAllowed: false },
    { name: 'a mount namespace', flags: 0x2_0000, isAllowed: false },
    { name: 'a cgroup namespace', flags: 0x200_0000, isAllowed: false },
    { name: 'a network namespace', flags: 0x4000_0000, isAllowed: false },
  ])('lets clone make $name: $isAllowed', ({ flags, isAllowed }) => {
    expect(call('clone', flags)).toBe(isAllowed ? SECCOMP_RETURN.ALLOW : refused(ERRNO.EPERM));
  });

  it.each([
    [1, true],
    [2, true],
    [10, true],
    [16, true],
    [17, false],
    [38, false],
    [40, false],
  ])('lets socket open family %i: %s', (family, isAllowed) => {
    expect(call('socket', family)).toBe(isAllowed ? SECCOMP_RETURN.ALLOW : refused(ERRNO.EAFNOSUPPORT));
  });

  it('refuses personalities that switch protections off', () => {
    expect(call('personality', 0xffff_ffff)).toBe(SECCOMP_RETURN.ALLOW);
    expect(call('personality', 0x40000)).toBe(refused(ERRNO.EPERM));
  });

  it('kills calls of another architecture', () => {
    expect(evaluate(program, { arch: 0x4000_0003, number: 1 })).toBe(SECCOMP_RETURN.KILL_PROCESS);
  });

  it('knows no call that is not in the table', () => {
    expect(evaluate(program, { arch, number: 9999 })).toBe(refused(ERRNO.ENOSYS));
  });
});

describe('the filter', () => {
  it('closes x32, whose calls claim to be x86_64', () => {
    const program = compileSeccompProgram(SECCOMP_POLICY, 'x64');
    expect(evaluate(program, { arch: AUDIT_ARCH.x64, number: 0x4000_0000 })).toBe(refused(ERRNO.ENOSYS));
  });

  it('has a rule for every call of the table, and a number for every rule', () => {
    expect(listSyscallNames().toSorted()).toEqual([...SECCOMP_POLICY.rules.keys()].toSorted());
  });

  it('encodes an instruction in the eight bytes of struct sock_filter', () => {
    const bytes = encodeBpfProgram([{ code: 0x15, jumpTrue: 1, jumpFalse: 2, value: 0xc000_003e }]);
    expect([...bytes]).toEqual([0x15, 0, 1, 2, 0x3e, 0, 0, 0xc0]);
  });

  it('says the same in JSON', () => {
    const document = renderSeccompDocument(SECCOMP_POLICY, 'x64');
    expect(document).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO', architectures: ['SCMP_ARCH_X86_64'] });
    const entriesOf = (name: string): unknown[] => document.syscalls.filter(({ names }) => names.includes(name));
    expect(entriesOf('read')).toMatchObject([{ action: 'SCMP_ACT_ALLOW' }]);
    expect(entriesOf('keyctl')).toMatchObject([{ action: 'SCMP_ACT_ERRNO', errnoRet: 1 }]);
    expect(entriesOf('clone3')).toMatchObject([{ action: 'SCMP_ACT_ERRNO', errnoRet: 38 }]);
    expect(entriesOf('clone')).toMatchObject([
      { action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 0x7e02_0000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }] },
    ]);
    expect(entriesOf('socket')).toHaveLength(4);
  });
});
