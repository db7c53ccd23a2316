/**
 * The filter as a classic BPF program (seccomp(2)), which bubblewrap loads from a file descriptor. A program is a
 * list of 8-byte instructions over `struct seccomp_data`: nr at 0, arch at 4, the low half of argument N at 16 + 8 N
 * (both architectures are little-endian).
 */
import type { SeccompPolicy, SyscallRule } from './seccomp.ts';
import { type FilterArchitecture, syscallNumber } from './syscall-numbers.ts';

/** One instruction; `jumpTrue` and `jumpFalse` are relative to the next one and at most 255. */
export interface BpfInstruction {
  code: number;
  jumpTrue: number;
  jumpFalse: number;
  value: number;
}

/** Instruction codes used here: load a word, jump if equal, greater-or-equal, or any bit set, and return. */
export const BPF = { LOAD: 0x20, JUMP_EQUAL: 0x15, JUMP_AT_LEAST: 0x35, JUMP_IF_SET: 0x45, RETURN: 0x06 } as const;

/** Return values of a filter; the `errno` goes into the low 16 bits. */
export const SECCOMP_RETURN = { ALLOW: 0x7fff_0000, ERRNO: 0x0005_0000, KILL_PROCESS: 0x8000_0000 } as const;

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64. */
export const AUDIT_ARCH: Readonly<Record<FilterArchitecture, number>> = { x64: 0xc000_003e, arm64: 0xc000_00b7 };

// Set in the number of an x32 call, whose arch field says x86_64.
const X32_BIT = 0x4000_0000;
const OFFSET_NUMBER = 0;
const OFFSET_ARCH = 4;

function load(offset: number): BpfInstruction {
  return { code: BPF.LOAD, jumpTrue: 0, jumpFalse: 0, value: offset };
}

function give(value: number): BpfInstruction {
  return { code: BPF.RETURN, jumpTrue: 0, jumpFalse: 0, value };
}

function giveErrno(errno: number): BpfInstruction {
  return give(SECCOMP_RETURN.ERRNO | errno);
}

function jump(code: number, value: number, jumpTrue: number, jumpFalse: number): BpfInstruction {
  return { code, jumpTrue, jumpFalse, value };
}

/** What follows once the call's number has matched; ends in a return on every path. */
function compileRule(rule: SyscallRule): BpfInstruction[] {
  switch (rule.kind) {
    case 'allow':
      return [give(SECCOMP_RETURN.ALLOW)];
    case 'refuse':
      return [giveErrno(rule.errno)];
    case 'allow-if-clear':
      return [
        load(16 + 8 * rule.argument),
        jump(BPF.JUMP_IF_SET, rule.mask, 0, 1),
        giveErrno(rule.otherwise),
        give(SECCOMP_RETURN.ALLOW),
      ];
    case 'allow-if-one-of':
      return [
        load(16 + 8 * rule.argument),
        ...rule.values.map((value, at) => jump(BPF.JUMP_EQUAL, value, rule.values.length - at, 0)),
        giveErrno(rule.otherwise),
        give(SECCOMP_RETURN.ALLOW),
      ];
  }
}

/**
 * Compiles the filter for one architecture. Calls of another architecture kill the process; x32 calls do not exist.
 * The chain is linear: kernels since 5.11 cache the answer of every call that is decided by its number alone.
 */
export function compileSeccompProgram(policy: SeccompPolicy, architecture: FilterArchitecture): BpfInstruction[] {
  const program = [
    load(OFFSET_ARCH),
    jump(BPF.JUMP_EQUAL, AUDIT_ARCH[architecture], 1, 0),
    give(SECCOMP_RETURN.KILL_PROCESS),
    load(OFFSET_NUMBER),
  ];
  if (architecture === 'x64') program.push(jump(BPF.JUMP_AT_LEAST, X32_BIT, 0, 1), giveErrno(policy.otherwise));
  for (const [name, rule] of policy.rules) {
    const number = syscallNumber(name, architecture);
    if (number === null) continue;
    const body = compileRule(rule);
    program.push(jump(BPF.JUMP_EQUAL, number, 0, body.length), ...body);
  }
  program.push(giveErrno(policy.otherwise));
  return program;
}

/** The bytes that the kernel reads: `struct sock_filter` in little-endian order, 8 bytes each. */
export function encodeBpfProgram(program: readonly BpfInstruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [at, instruction] of program.entries()) {
    view.setUint16(at * 8, instruction.code, true);
    view.setUint8(at * 8 + 2, instruction.jumpTrue);
    view.setUint8(at * 8 + 3, instruction.jumpFalse);
    view.setUint32(at * 8 + 4, instruction.value >>> 0, true);
  }
  return bytes;
}
