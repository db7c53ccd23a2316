/**
 * Paths in git are bytes; here they are text. Bytes that are not UTF-8 become lone surrogates U+DC80 to U+DCFF, as
 * Python's `surrogateescape` does (PEP 383), so that no two paths of a tree share a name.
 */
import { isUtf8 } from 'node:buffer';

const SURROGATE_BASE = 0xdc00;

/** Bytes of a path as text. */
export function decodePath(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = validSequenceLength(bytes, at);
    if (length === 0) {
      text += String.fromCharCode(SURROGATE_BASE + (bytes[at] ?? 0));
      at += 1;
    } else {
      text += Buffer.from(bytes.subarray(at, at + length)).toString('utf8');
      at += length;
    }
  }
  return text;
}

function validSequenceLength(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1)
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  return 0;
}

/** Text of a path as bytes; the inverse of {@link decodePath}. */
export function encodePath(path: string): Buffer {
  if (path.isWellFormed()) return Buffer.from(path, 'utf8');
  const parts: Buffer[] = [];
  for (const character of path) {
    const code = character.codePointAt(0) ?? 0;
    const isByte = code >= SURROGATE_BASE + 0x80 && code <= SURROGATE_BASE + 0xff;
    parts.push(isByte ? Buffer.from([code - SURROGATE_BASE]) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** Splits NUL-terminated records, as git prints them under `-z`. */
export function splitNul(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  let from = 0;
  for (let to = bytes.indexOf(0, from); to !== -1; to = bytes.indexOf(0, from)) {
    records.push(bytes.subarray(from, to));
    from = to + 1;
  }
  if (from < bytes.length) records.push(bytes.subarray(from));
  return records;
}
