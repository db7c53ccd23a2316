/** Pieces that the commands' help and options share. */
import { type Command, InvalidArgumentError } from 'commander';

import type { Checked } from '../../core/ids.ts';
import { findNearestName } from '../../core/plan/nearest-name.ts';
import { readDuration, readMoney } from '../../core/plan/quantities.ts';

/** Adds examples to a command's help; each is a command line and what it does. */
export function addExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `  ${line.padEnd(width)}   ${meaning}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** Reads a whole number of at least `minimum`. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      const limit = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`It must be a whole number ${limit}.`);
    }
    return value;
  };
}

/** Reads an amount of US dollars above zero, as plans write it. */
export function dollars(text: string): number {
  return valueOf(readMoney(text));
}

/** Reads a length of time as plans write it, in milliseconds. */
export function duration(text: string): number {
  return valueOf(readDuration(text));
}

/** Reads an age such as `14d`, `12h` or `0`, in milliseconds. */
export function age(text: string): number {
  const match = /^(\d{1,6})\s*(m|min|h|d|w)?$/.exec(text);
  const unit = match?.[2] ?? (match?.[1] === '0' ? 'd' : '');
  const unitMs = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }[unit];
  if (match === null || unitMs === undefined)
    throw new InvalidArgumentError('It must be an age such as 14d, 12h or 0.');
  return Number(match[1]) * unitMs;
}

/** Reads one of `names`; says which is nearest where it is none. */
export function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    const nearest = findNearestName(text, names);
    const hint = nearest === null ? `It must be one of ${names.join(', ')}.` : `Did you mean ${nearest}?`;
    throw new InvalidArgumentError(hint);
  };
}

/** Reads a comma-separated list of `names` and adds it to what was given before. */
export function listOf<Name extends string>(
  names: readonly Name[],
): (text: string, earlier: readonly Name[] | undefined) => Name[] {
  return (text, earlier) => [...(earlier ?? []), ...text.split(',').map((part) => oneOf(names)(part.trim()))];
}

/** Collects an option that may be given several times. */
export function collect(value: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

/** Collects the words of a comma-separated option that may be given several times. */
export function collectWords(value: string, earlier: readonly string[] | undefined): string[] {
  return [
    ...(earlier ?? []),
    ...value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ];
}

function valueOf<T>(read: Checked<T>): T {
  if (!read.ok) throw new InvalidArgumentError(`Not possible: ${read.because}.`);
  return read.value;
}
