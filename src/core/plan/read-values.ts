/** Readers of single values: each takes a located value and gives what it means, or reports why it cannot. */
import type { Checked } from '../ids.ts';
import { escapeText, quoteText } from '../report/escape-text.ts';
import { compileGlob } from './glob.ts';
import { describeKind, type Located, type LocatedEntry } from './located-yaml.ts';
import { findNearestName } from './nearest-name.ts';
import type { Command } from './plan.ts';
import type { ProblemList } from './problem-list.ts';
import { readWhole } from './quantities.ts';
import { splitCommand } from './split-command.ts';

/** Reads the value of the field `name`; `undefined` after a problem was reported. */
export type ValueReader<T> = (value: Located, name: string, problems: ProblemList) => T | undefined;

/** Text as it stands; numbers and the like are taken as they are written. */
export const readTextValue: ValueReader<string> = (value, name, problems) => {
  if (value.kind === 'scalar') return value.text;
  problems.error('bad-value', value.at, `'${name}' takes text, found ${describeKind(value)}`);
  return undefined;
};

/** A reader of text that a strict constructor checks. */
export function checkedText<T>(check: (text: string) => Checked<T>): ValueReader<T> {
  return (value, name, problems) => {
    const text = readTextValue(value, name, problems);
    if (text === undefined) return undefined;
    const checked = check(text);
    if (checked.ok) return checked.value;
    problems.error('bad-value', value.at, `'${name}' is ${quoteText(text)}: ${checked.because}`);
    return undefined;
  };
}

/** A reader of a whole number within bounds. */
export function wholeNumber(least: number, most: number): ValueReader<number> {
  return checkedText((text) => readWhole(text, least, most));
}

/** A reader of one word out of several; a misspelt one gets the nearest. */
export function oneOf<T extends string>(options: readonly T[], later: readonly string[] = []): ValueReader<T> {
  return (value, name, problems) => {
    const text = readTextValue(value, name, problems);
    if (text === undefined) return undefined;
    const found = options.find((option) => option === text);
    if (found !== undefined) return found;
    if (later.includes(text)) {
      problems.error(
        'not-supported-yet',
        value.at,
        `'${name}: ${text}' is not supported yet; today there are ${options.join(', ')}`,
      );
      return undefined;
    }
    problems.error('bad-value', value.at, `'${name}' is ${quoteText(text)}; wanted one of ${options.join(', ')}`, {
      nearest: findNearestName(text, options),
    });
    return undefined;
  };
}

/** A reader of a list; a single value stands for a list of one, nothing for an empty one. Repeated values count once. */
export function listOf<T>(readItem: ValueReader<T>): ValueReader<T[]> {
  return (value, name, problems) => {
    if (value.kind === 'null') return [];
    if (value.kind === 'scalar') {
      const item = readItem(value, name, problems);
      return item === undefined ? undefined : [item];
    }
    if (value.kind === 'map') {
      problems.error('bad-value', value.at, `'${name}' takes a list, found a map`);
      return undefined;
    }
    const items = value.items.flatMap((item) => {
      const read = readItem(item, name, problems);
      return read === undefined ? [] : [read];
    });
    return [...new Set(items)];
  };
}

/** A glob of paths in the repository, as its checked text. */
export const readGlobValue: ValueReader<string> = (value, name, problems) => {
  const text = readTextValue(value, name, problems);
  if (text === undefined) return undefined;
  const glob = compileGlob(text);
  if (glob.ok) return text;
  const stripped = text.replace(/^\.?\/+/, '');
  const isNearlyRight = stripped !== text && compileGlob(stripped).ok;
  problems.error('bad-glob', value.at, `'${name}' has ${quoteText(text)}: ${glob.because}`, {
    nearest: isNearlyRight ? stripped : null,
  });
  return undefined;
};

/** Name of an environment variable. */
export const readVariableName: ValueReader<string> = checkedText((text) =>
  /^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(text)
    ? { ok: true, value: text }
    : {
        ok: false,
        because: 'the name of an environment variable has letters, digits and _; values are never written in a plan',
      },
);

/**
 * Commands. `npm test` is one, split into words without a shell. A list of words (`[npm, test]`) is one as well; a
 * list of lists is several. A list whose items hold spaces could be meant either way and is refused.
 */
export const readCommands: ValueReader<Command[]> = (value, name, problems) => {
  if (value.kind === 'null' || (value.kind === 'scalar' && !value.isQuoted && value.text === 'none')) return [];
  if (value.kind === 'scalar') {
    const words = readCommandText(value, name, problems);
    return words === undefined ? undefined : [words];
  }
  if (value.kind === 'map') {
    problems.error(
      'bad-command',
      value.at,
      `'${name}' takes a command, found a map; write '${name}: npm test' or a list of words`,
    );
    return undefined;
  }
  if (value.items.length === 0) return [];
  if (value.items.every((item) => item.kind === 'list')) return readSeveralCommands(value.items, name, problems);
  const one = readCommandWords(value, name, problems);
  return one === undefined ? undefined : [one];
};

function readCommandText(
  value: Extract<Located, { kind: 'scalar' }>,
  name: string,
  problems: ProblemList,
): string[] | undefined {
  const words = splitCommand(value.text.trim());
  if (words.ok) return words.value;
  problems.error('bad-command', value.at, `'${name}' is ${quoteText(value.text)}: ${words.because}`);
  return undefined;
}

function readSeveralCommands(items: readonly Located[], name: string, problems: ProblemList): Command[] {
  return items.flatMap((item) => {
    const words = item.kind === 'list' ? readCommandWords(item, name, problems, true) : undefined;
    return words === undefined ? [] : [words];
  });
}

function readCommandWords(
  list: Extract<Located, { kind: 'list' }>,
  name: string,
  problems: ProblemList,
  isInner = false,
): string[] | undefined {
  const words: string[] = [];
  for (const item of list.items) {
    if (item.kind !== 'scalar') {
      problems.error(
        'bad-command',
        item.at,
        `'${name}' has ${describeKind(item)} among words; write one command as [npm, test], several as [[npm, run, lint], [npm, test]]`,
      );
      return undefined;
    }
    words.push(item.text);
  }
  const [program] = words;
  if (program === undefined || program === '') {
    problems.error('bad-command', list.at, `'${name}' has a command without a program`);
    return undefined;
  }
  // An outer list's words with spaces look like several commands; inside a list of lists the meaning is plain.
  const spaced = isInner ? undefined : findAmbiguousWord(words);
  if (spaced !== undefined) {
    problems.error(
      'bad-command',
      list.at,
      `'${name}' has ${quoteText(spaced)} in a list, which can be read two ways; ` +
        `several commands are written ${writeWords(words.map((word) => writeWords(word.split(/\s+/))))}, ` +
        `one command ${writeWords([writeWords(words.map((word) => JSON.stringify(word)))])}`,
    );
    return undefined;
  }
  return words;
}

function writeWords(words: readonly string[]): string {
  return escapeText(`[${words.join(', ')}]`, 160);
}

/** `[sh, -c, 'a b']` is plainly one command: only its last word, after a flag, has spaces. */
function findAmbiguousWord(words: readonly string[]): string | undefined {
  const spaced = words.filter((word) => /\s/.test(word));
  const isScript =
    words.length > 2 && /\s/.test(words[2] ?? '') && spaced.length === 1 && /^-[a-z]*[ce]$/.test(words[1] ?? '');
  return isScript ? undefined : spaced[0];
}

/** Reports keys that mean nothing here, each with the nearest that does. */
export function reportUnknownKeys(
  entries: readonly LocatedEntry[],
  known: readonly string[],
  where: string,
  problems: ProblemList,
): void {
  for (const entry of entries) {
    if (known.includes(entry.key)) continue;
    problems.error('unknown-key', entry.keyAt, `${quoteText(entry.key)} is not a key of ${where}`, {
      nearest: problems.hasRoom() ? findNearestName(entry.key, known) : null,
    });
  }
}

/** The entries of a map; reports anything else and gives `undefined`. Nothing is an empty map. */
export function readMap(value: Located, name: string, problems: ProblemList): LocatedEntry[] | undefined {
  if (value.kind === 'map') return value.entries;
  if (value.kind === 'null') return [];
  problems.error('bad-value', value.at, `'${name}' takes a map, found ${describeKind(value)}`);
  return undefined;
}
