/** Reads sizes of data. */
import type { Checked } from '../ids.ts';

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1000,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** Reads `500000`, `5 MB`, `64 KiB` as bytes, from 1 to 100 GB. */
export function readBytes(text: string): Checked<number> {
  const match = /^(\d{1,12})(?: ?(b|kb|mb|gb|kib|mib|gib))?$/i.exec(text.trim());
  const bytes = Number(match?.[1] ?? Number.NaN) * (UNITS[(match?.[2] ?? 'b').toLowerCase()] ?? Number.NaN);
  if (Number.isFinite(bytes) && bytes >= 1 && bytes <= 1e11) return { ok: true, value: bytes };
  return { ok: false, because: "a size is written as '500000', '5 MB' or '5 MiB'" };
}
