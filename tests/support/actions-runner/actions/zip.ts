/** Archives without compression: enough for what workflows hand on, and read by every tool. */
import { crc32, inflateRawSync } from 'node:zlib';

/** One file of an archive, by slashed path. */
export interface ZipEntry {
  name: string;
  bytes: Buffer;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** An archive of some files, in their order. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const encoded = Buffer.from(name);
    // Version, flags (names in UTF-8), method (stored), time, date, checksum, both sizes, lengths of name and extra.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.byteLength, 14);
    common.writeUInt32LE(bytes.byteLength, 18);
    common.writeUInt16LE(encoded.byteLength, 22);
    const local = Buffer.concat([uint32(LOCAL), common, encoded, bytes]);
    const places = Buffer.alloc(14);
    places.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([uint32(CENTRAL), Buffer.from([20, 0]), common, places, encoded]));
    locals.push(local);
    offset += local.byteLength;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.byteLength, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, uint32(END), end]);
}

/** The files of an archive. Throws where it is none, or where an entry has been tampered with. */
export function readZip(bytes: Buffer): ZipEntry[] {
  const at = bytes.lastIndexOf(uint32(END));
  if (at < 0) throw new Error('End of central directory record signature not found.');
  const count = bytes.readUInt16LE(at + 10);
  let place = bytes.readUInt32LE(at + 16);
  const entries: ZipEntry[] = [];
  for (let number = 0; number < count; number += 1) {
    const method = bytes.readUInt16LE(place + 10);
    const size = bytes.readUInt32LE(place + 20);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => bytes.readUInt16LE(place + field));
    const local = bytes.readUInt32LE(place + 42);
    const name = bytes.subarray(place + 46, place + 46 + (nameLength ?? 0)).toString();
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const stored = bytes.subarray(start, start + size);
    const content = method === 0 ? stored : inflateRawSync(stored);
    if (crc32(content) !== bytes.readUInt32LE(place + 16)) throw new Error(`The checksum of ${name} is wrong.`);
    entries.push({ name, bytes: Buffer.from(content) });
    place += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return entries;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
