/**
 * A program that makes system calls and reports what the kernel answered, assembled here as a static ELF file: it
 * runs in every image, needs no tool, and asks exactly the calls that a test wants to see refused.
 */
import { type FilterArchitecture, syscallNumber } from './syscall-numbers.ts';

/** A number, or the address of a place in the program's data. */
export type ProbeArgument = number | { dataOffset: number };

/** One call, by name, with at most six arguments; those left out are 0. */
export interface ProbeCall {
  name: string;
  args: readonly ProbeArgument[];
}

const BASE = 0x40_0000;
const HEADERS = 64 + 56;
const RESULT_BYTES = 8;

/** One architecture's instructions. Every call has the same length, so addresses are known before the code is. */
interface Assembler {
  machine: number;
  /** Reserves room for results. */
  prologue(resultBytes: number): number[];
  /** Makes a call and stores its answer at `slot`. */
  call(number: number, args: readonly bigint[], slot: number): number[];
  /** Writes the results to standard output and exits with 0. */
  epilogue(resultBytes: number, writeNumber: number, exitNumber: number): number[];
}

/** The program's bytes; to be made executable. Calls that the architecture lacks are not allowed. */
export function buildProbeProgram(
  calls: readonly ProbeCall[],
  data: Uint8Array,
  architecture: FilterArchitecture,
): Uint8Array {
  const assembler = ASSEMBLERS[architecture];
  const resultBytes = Math.ceil((calls.length * RESULT_BYTES) / 16) * 16;
  const assemble = (dataAddress: number): number[] => [
    ...assembler.prologue(resultBytes),
    ...calls.flatMap((call, at) =>
      assembler.call(numberOf(call.name, architecture), readArguments(call.args, dataAddress), at * RESULT_BYTES),
    ),
    ...assembler.epilogue(
      calls.length * RESULT_BYTES,
      numberOf('write', architecture),
      numberOf('exit_group', architecture),
    ),
  ];
  const codeLength = assemble(0).length;
  const code = assemble(BASE + HEADERS + codeLength);
  const file = new Uint8Array(HEADERS + codeLength + data.length);
  writeElfHeaders(file, assembler.machine);
  file.set(code, HEADERS);
  file.set(data, HEADERS + codeLength);
  return file;
}

/** What the kernel answered to one call: the value, or the negative `errno`. */
export interface ProbeAnswer {
  name: string;
  answer: number;
}

/** Reads what the program wrote, in the order of the calls; `null` if the output is incomplete. */
export function readProbeResults(output: Uint8Array, calls: readonly ProbeCall[]): ProbeAnswer[] | null {
  if (output.length < calls.length * RESULT_BYTES) return null;
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  return calls.map(({ name }, at) => ({ name, answer: Number(view.getBigInt64(at * RESULT_BYTES, true)) }));
}

function numberOf(name: string, architecture: FilterArchitecture): number {
  const number = syscallNumber(name, architecture);
  if (number === null) throw new Error(`System call '${name}' has no number on ${architecture}`);
  return number;
}

function readArguments(args: readonly ProbeArgument[], dataAddress: number): bigint[] {
  return [0, 1, 2, 3, 4, 5].map((at) => {
    const argument = args[at] ?? 0;
    return BigInt.asUintN(64, BigInt(typeof argument === 'number' ? argument : dataAddress + argument.dataOffset));
  });
}

function writeElfHeaders(file: Uint8Array, machine: number): void {
  const view = new DataView(file.buffer);
  // Magic, 64-bit, little-endian, version 1.
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, machine, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(BASE + HEADERS), true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  // One segment: everything, readable and executable, results are on the stack.
  view.setUint32(64, 1, true);
  view.setUint32(68, 5, true);
  view.setBigUint64(80, BigInt(BASE), true);
  view.setBigUint64(88, BigInt(BASE), true);
  view.setBigUint64(96, BigInt(file.length), true);
  view.setBigUint64(104, BigInt(file.length), true);
  view.setBigUint64(112, 0x1000n, true);
}

function littleEndian(value: bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_byte, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

const X64: Assembler = {
  machine: 62,
  // sub rsp, imm32
  prologue: (resultBytes) => [0x48, 0x81, 0xec, ...littleEndian(BigInt(resultBytes), 4)],
  call: (number, args, slot) => [
    ...moveX64([0x48, 0xb8], BigInt(number)),
    ...X64_ARGUMENTS.flatMap((opcode, at) => moveX64(opcode, args[at] ?? 0n)),
    // syscall; mov [rsp + disp32], rax
    ...[0x0f, 0x05, 0x48, 0x89, 0x84, 0x24, ...littleEndian(BigInt(slot), 4)],
  ],
  epilogue: (resultBytes, writeNumber, exitNumber) => [
    ...moveX64([0x48, 0xb8], BigInt(writeNumber)),
    ...moveX64([0x48, 0xbf], 1n),
    // mov rsi, rsp
    ...[0x48, 0x89, 0xe6],
    ...moveX64([0x48, 0xba], BigInt(resultBytes)),
    ...[0x0f, 0x05],
    ...moveX64([0x48, 0xb8], BigInt(exitNumber)),
    ...moveX64([0x48, 0xbf], 0n),
    ...[0x0f, 0x05],
  ],
};

// mov imm64 into rdi, rsi, rdx, r10, r8, r9.
const X64_ARGUMENTS: readonly (readonly number[])[] = [
  [0x48, 0xbf],
  [0x48, 0xbe],
  [0x48, 0xba],
  [0x49, 0xba],
  [0x49, 0xb8],
  [0x49, 0xb9],
];

function moveX64(opcode: readonly number[], value: bigint): number[] {
  return [...opcode, ...littleEndian(value, 8)];
}

const SVC = 0xd400_0001;

const ARM64: Assembler = {
  machine: 183,
  // sub sp, sp, #imm12
  prologue: (resultBytes) => word(0xd100_03ff + resultBytes * 0x400),
  call: (number, args, slot) => [
    ...moveArm64(8, BigInt(number)),
    ...[0, 1, 2, 3, 4, 5].flatMap((register) => moveArm64(register, args[register] ?? 0n)),
    ...word(SVC),
    // str x0, [sp, #slot]
    ...word(0xf900_03e0 + (slot / 8) * 0x400),
  ],
  epilogue: (resultBytes, writeNumber, exitNumber) => [
    ...moveArm64(8, BigInt(writeNumber)),
    ...moveArm64(0, 1n),
    // mov x1, sp
    ...word(0x9100_03e1),
    ...moveArm64(2, BigInt(resultBytes)),
    ...word(SVC),
    ...moveArm64(8, BigInt(exitNumber)),
    ...moveArm64(0, 0n),
    ...word(SVC),
  ],
};

function word(value: number): number[] {
  return littleEndian(BigInt(value), 4);
}

/** movz and three movk. */
function moveArm64(register: number, value: bigint): number[] {
  return [0, 1, 2, 3].flatMap((part) => {
    const bits = Number((value >> BigInt(16 * part)) & 0xffffn);
    return word((part === 0 ? 0xd280_0000 : 0xf280_0000) + part * 0x20_0000 + bits * 0x20 + register);
  });
}

const ASSEMBLERS: Readonly<Record<FilterArchitecture, Assembler>> = { x64: X64, arm64: ARM64 };
