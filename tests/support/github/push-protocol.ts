/** The body of `git-receive-pack` and the report that answers it (`gitprotocol-pack`). */
import type { RefUpdate } from './operations/refs.ts';

/** What a push asks for. */
export interface Push {
  readonly updates: RefUpdate[];
  /** All refs or none. */
  readonly isAtomic: boolean;
  /** Whether the client reads the report from a side band. */
  readonly isSideBand: boolean;
  /** Empty where refs are only deleted. */
  readonly pack: Buffer;
}

/** What became of one ref. */
export interface PushReport {
  readonly name: string;
  /** Undefined when it moved. */
  readonly refusal: string | undefined;
}

/** Takes the commands and the pack out of a request. */
export function readPush(bytes: Buffer): Push {
  const lines: string[] = [];
  let at = readLines(bytes, 0, lines);
  // A shallow client says where its history ends before it says the first command.
  const first = lines.find((line) => !line.startsWith('shallow '));
  const capabilities = (first?.split('\0')[1] ?? '').split(' ');
  // Options of the push come after the commands, as lines of their own.
  if (capabilities.includes('push-options')) at = readLines(bytes, at, []);
  const updates = lines.flatMap((line) => {
    const command = /^(?<before>[0-9a-f]{40}) (?<after>[0-9a-f]{40}) (?<name>[^\0\n]+)/u.exec(line)?.groups;
    if (command === undefined) return [];
    const { before = '', after = '', name = '' } = command;
    // Whether a move loses commits is for the client to warn of, and for rules to forbid.
    return [{ name, before, after, isForced: true }];
  });
  return {
    updates,
    isAtomic: capabilities.includes('atomic'),
    isSideBand: capabilities.includes('side-band-64k'),
    pack: bytes.subarray(at),
  };
}

/** Reads lines up to a flush; the place after it. */
function readLines(bytes: Buffer, start: number, lines: string[]): number {
  let at = start;
  while (at + 4 <= bytes.byteLength) {
    const length = Number.parseInt(bytes.subarray(at, at + 4).toString(), 16);
    if (length === 0) return at + 4;
    lines.push(bytes.subarray(at + 4, at + length).toString());
    at += length;
  }
  return at;
}

/** The report of a push. */
export function reportPush(push: Push, unpacked: string, reports: readonly PushReport[]): Buffer {
  const lines = reports.map(({ name, refusal }) =>
    refusal === undefined ? `ok ${name}\n` : `ng ${name} ${oneLine(refusal)}\n`,
  );
  const report = Buffer.concat([...[`unpack ${oneLine(unpacked)}\n`, ...lines].map((line) => packet(line)), FLUSH]);
  return push.isSideBand ? Buffer.concat([packet(Buffer.concat([Buffer.from([1]), report])), FLUSH]) : report;
}

const FLUSH = Buffer.from('0000');

function packet(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.byteLength + 4).toString(16).padStart(4, '0')), bytes]);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').slice(0, 900);
}
