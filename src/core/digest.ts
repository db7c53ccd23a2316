/** Digests of data: canonical JSON (sorted keys, no spaces) hashed with SHA-256. Pure; no node:crypto in the core. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { Digest } from './brand.ts';

/** JSON with object keys sorted and `undefined` members left out: equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    const sorted: [string, unknown][] = Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1));
    // fromEntries defines own properties, so a key `__proto__` stays data.
    return Object.fromEntries(sorted);
  });
}

/** SHA-256 of the canonical JSON of `value`. */
export function digestJson(value: unknown): Digest {
  return digestText(canonicalJson(value));
}

/** SHA-256 of the UTF-8 bytes of `text`. */
export function digestText(text: string): Digest {
  return bytesToHex(sha256(utf8ToBytes(text))) as Digest;
}
