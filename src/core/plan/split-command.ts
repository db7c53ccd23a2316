/**
 * Splits a command line into words: quotes and backslash are understood, nothing else of a shell is. What a
 * shell would act on (operators, variables, globs) is refused, so that no text means one thing here and
 * another to its author.
 */
import type { Checked } from '../ids.ts';
import { quoteText } from '../report/escape-text.ts';

const MAX_COMMAND_LENGTH = 4096;
const SHELL_CHARACTERS = new Set([
  '|',
  '&',
  ';',
  '<',
  '>',
  '(',
  ')',
  '$',
  '`',
  '*',
  '?',
  '[',
  ']',
  '{',
  '}',
  '~',
  '#',
  '!',
  '\n',
]);

/** Words of `text`, at least one. The reason of a refusal names the character and both right spellings. */
export function splitCommand(text: string): Checked<string[]> {
  if (text.length > MAX_COMMAND_LENGTH) {
    return { ok: false, because: `a command has at most ${MAX_COMMAND_LENGTH} characters` };
  }
  const words: string[] = [];
  let word: string | null = null;
  let index = 0;
  while (index < text.length) {
    const character = text.charAt(index);
    if (character === ' ' || character === '\t') {
      if (word !== null) words.push(word);
      word = null;
      index += 1;
      continue;
    }
    const piece = readPiece(text, index, word === null);
    if (!piece.ok) return piece;
    word = (word ?? '') + piece.value.text;
    index = piece.value.end;
  }
  if (word !== null) words.push(word);
  if (words.length === 0) return { ok: false, because: 'a command is empty' };
  if (words[0] === '') return { ok: false, because: "a command's program is empty" };
  if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(words[0] ?? '')) {
    return {
      ok: false,
      because: `${quoteText(words[0] ?? '')} sets a variable, which takes a shell; write [env, ${words[0]}, …]`,
    };
  }
  return { ok: true, value: words };
}

type Piece = Checked<{ text: string; end: number }>;

function readPiece(text: string, start: number, isWordStart: boolean): Piece {
  const character = text.charAt(start);
  if (character === "'") return readSingleQuoted(text, start);
  if (character === '"') return readDoubleQuoted(text, start);
  if (character === '\\') {
    const next = text.charAt(start + 1);
    if (next === '' || next === '\n') return { ok: false, because: "a command ends with a '\\' that escapes nothing" };
    return { ok: true, value: { text: next, end: start + 2 } };
  }
  // `~` and `#` mean something to a shell at the start of a word only; `!`, braces and brackets are refused there too.
  const isHarmlessInside = !isWordStart && (character === '~' || character === '#' || character === '!');
  if (SHELL_CHARACTERS.has(character) && !isHarmlessInside) return refuseShell(character);
  return { ok: true, value: { text: character, end: start + 1 } };
}

function readSingleQuoted(text: string, start: number): Piece {
  const end = text.indexOf("'", start + 1);
  if (end === -1) return { ok: false, because: "a command has a ' that is not closed" };
  return { ok: true, value: { text: text.slice(start + 1, end), end: end + 1 } };
}

function readDoubleQuoted(text: string, start: number): Piece {
  let out = '';
  for (let index = start + 1; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"') return { ok: true, value: { text: out, end: index + 1 } };
    if (character === '$' || character === '`') return refuseShell(character);
    if (character === '\\' && /["\\$`]/.test(text.charAt(index + 1))) {
      index += 1;
      out += text.charAt(index);
    } else out += character;
  }
  return { ok: false, because: 'a command has a " that is not closed' };
}

function refuseShell(character: string): Piece {
  return {
    ok: false,
    because:
      `${quoteText(character)} would need a shell, and commands run without one; ` +
      `quote it, give the words as a list ([npm, test]), or ask for a shell in full ([sh, -c, '…'])`,
  };
}
