/**
 * Takes secrets out of text before it is kept: known values, and what has the shape of a token. A net, not a wall:
 * a value that was cut in two by a newline or encoded in an unknown way is not found.
 */
import {
  findShapeAround,
  MAX_PRIVATE_KEY_LENGTH,
  PRIVATE_KEY_BEGIN,
  PRIVATE_KEY_END,
  replaceSecretShapes,
} from '../../core/text/secrets.ts';

/** What stands in place of a secret. */
const MARK = '[secret]';
/** Shorter values occur by chance everywhere; replacing them would only garble the text. */
const MIN_SECRET_LENGTH = 6;
/** A line is held back until it is whole, but not for longer than this many characters. */
const MAX_HELD_CHARACTERS = 64 * 1024;

/** Cleans text that arrives in pieces. */
export interface SecretScrubber {
  /** The next piece in; whole clean lines out (or a part of one that is very long). */
  push(text: string): string;
  /** What was held back. */
  end(): string;
}

/** Opens a scrubber for these values (as they are, and as they look within a URL or JSON). */
export function openSecretScrubber(secrets: readonly string[]): SecretScrubber {
  const values = spellingsOf(secrets);
  let held = '';
  /** Characters of a private key that were swallowed so far; `null` outside of one. */
  let keyLength: number | null = null;

  /** Cleans whole lines, all at once: one look at a block of short lines is as dear as one look at a line. */
  function clean(text: string): string {
    if (keyLength !== null) return leaveKey(text, keyLength);
    const begin = PRIVATE_KEY_BEGIN.exec(text);
    if (begin === null) return replaceSecrets(text, values);
    const rest = text.slice(begin.index + begin[0].length);
    const lineEnd = rest.indexOf('\n');
    const end = rest.search(PRIVATE_KEY_END);
    const isOneLine = end !== -1 && (lineEnd === -1 || end < lineEnd);
    return `${replaceSecrets(text.slice(0, begin.index), values)}${MARK}${isOneLine ? '' : '\n'}${leaveKey(rest, 0)}`;
  }

  /** What comes after the key that `text` begins within. A key that does not end is none after its longest length. */
  function leaveKey(text: string, swallowed: number): string {
    const most = MAX_PRIVATE_KEY_LENGTH - swallowed;
    const end = PRIVATE_KEY_END.exec(text);
    if (end !== null && end.index <= most) {
      keyLength = null;
      return clean(text.slice(end.index + end[0].length));
    }
    keyLength = text.length > most ? null : swallowed + text.length;
    return keyLength === null ? clean(text.slice(most)) : '';
  }

  return {
    push(text) {
      const lineEnd = text.lastIndexOf('\n') + 1;
      let whole = lineEnd === 0 ? '' : held + text.slice(0, lineEnd);
      held = lineEnd === 0 ? held + text : text.slice(lineEnd);
      if (held.length > MAX_HELD_CHARACTERS) {
        const cut = findCut(held, values);
        whole += held.slice(0, cut);
        held = held.slice(cut);
      }
      return whole === '' ? '' : clean(whole);
    },
    end() {
      const rest = held;
      held = '';
      return rest === '' ? '' : clean(rest);
    },
  };
}

/** A whole text without its secrets. */
export function scrubSecrets(text: string, secrets: readonly string[]): string {
  const scrubber = openSecretScrubber(secrets);
  return scrubber.push(text) + scrubber.end();
}

/**
 * Where a line that does not end may be cut: far enough from its end that the beginning of a secret stays whole
 * there, and within no secret.
 */
function findCut(line: string, values: readonly string[]): number {
  const keep = Math.min(MAX_HELD_CHARACTERS / 2, Math.max(4096, ...values.map((value) => value.length)));
  let cut = line.length - keep;
  for (let isMoved = true; isMoved;) {
    const at = startAround(line, cut, values);
    isMoved = at !== null && at > 0;
    if (isMoved && at !== null) cut = at;
  }
  return cut;
}

/** Where the secret begins that the position is inside of; `null` if it is inside of none. */
function startAround(line: string, position: number, values: readonly string[]): number | null {
  for (const value of values) {
    const start = line.indexOf(value, Math.max(0, position - value.length + 1));
    if (start !== -1 && start < position) return start;
  }
  return findShapeAround(line, position);
}

function replaceSecrets(line: string, values: readonly string[]): string {
  let clean = line;
  for (const value of values) clean = clean.replaceAll(value, MARK);
  return replaceSecretShapes(clean, () => MARK);
}

/** Every way in which the values may be spelt, the longest first, so that no part of one is left standing. */
function spellingsOf(secrets: readonly string[]): string[] {
  const spellings = new Set<string>();
  for (const secret of secrets) {
    // Text is cleaned line by line, so that a value of several lines is looked for line by line.
    for (const line of secret.split(/\r?\n/)) {
      const value = line.trim();
      if (value.length < MIN_SECRET_LENGTH) continue;
      spellings.add(value);
      spellings.add(JSON.stringify(value).slice(1, -1));
      if (value.isWellFormed()) {
        spellings.add(encodeURIComponent(value));
        spellings.add(Buffer.from(value, 'utf8').toString('base64'));
      }
    }
  }
  return [...spellings].sort((a, b) => b.length - a.length);
}
