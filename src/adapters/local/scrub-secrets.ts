/**
 * Takes secrets out of text before it is kept: known values, and what has the shape of a token. A net, not a wall:
 * a value that was cut in two by a newline or encoded in an unknown way is not found.
 */

/** What stands in place of a secret. */
const MARK = '[secret]';
/** Shorter values occur by chance everywhere; replacing them would only garble the text. */
const MIN_SECRET_LENGTH = 6;
/** A line is held back until it is whole, but not for longer than this many characters. */
const MAX_HELD_CHARACTERS = 64 * 1024;

/** Shapes of tokens, each by its issuer's fixed prefix; the first group, if there is one, is kept. */
const TOKEN_SHAPES: readonly RegExp[] = [
  // GitHub: classic, fine-grained, app, refresh and user tokens.
  /\bgh[pousr]_[A-Za-z0-9]{30,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{30,}/g,
  /\bglpat-[A-Za-z0-9_-]{20,}/g,
  // Anthropic, OpenAI and others of the same form.
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bnpm_[A-Za-z0-9]{36}/g,
  /\bhf_[A-Za-z0-9]{30,}/g,
  // JSON web tokens: three base64url parts, the first of which is a JSON object.
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /(\b(?:Authorization|Proxy-Authorization)\s*:\s*(?:Basic|Bearer|token)\s+)[^\s"']{6,}/gi,
  // A password within an address.
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,100}:)[^\s/@]{1,200}(?=@)/gi,
];

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/;

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
  let isInKey = false;

  function cleanLine(line: string): string {
    if (isInKey) {
      const end = KEY_END.exec(line);
      if (end === null) return '';
      isInKey = false;
      return cleanLine(line.slice(end.index + end[0].length));
    }
    const begin = KEY_BEGIN.exec(line);
    if (begin !== null) {
      isInKey = true;
      const rest = cleanLine(line.slice(begin.index + begin[0].length));
      return `${replaceSecrets(line.slice(0, begin.index), values)}${MARK}${rest === '' ? '\n' : rest}`;
    }
    return replaceSecrets(line, values);
  }

  return {
    push(text) {
      held += text;
      const lineEnd = held.lastIndexOf('\n') + 1;
      let whole = held.slice(0, lineEnd);
      held = held.slice(lineEnd);
      if (held.length > MAX_HELD_CHARACTERS) {
        const cut = findCut(held, values);
        whole += held.slice(0, cut);
        held = held.slice(cut);
      }
      return whole
        .split(/(?<=\n)/)
        .map(cleanLine)
        .join('');
    },
    end() {
      const rest = held;
      held = '';
      return rest === '' ? '' : cleanLine(rest);
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
  for (const shape of TOKEN_SHAPES)
    for (const match of line.matchAll(shape))
      if (match.index < position && match.index + match[0].length > position) return match.index;
  return null;
}

function replaceSecrets(line: string, values: readonly string[]): string {
  let clean = line;
  for (const value of values) clean = clean.replaceAll(value, MARK);
  for (const shape of TOKEN_SHAPES)
    clean = clean.replace(shape, (...groups: unknown[]) => (typeof groups[1] === 'string' ? groups[1] : '') + MARK);
  return clean;
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
