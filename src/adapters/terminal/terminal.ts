/** What a stream can show: a terminal or not, how wide, with colours or without, UTF-8 or ASCII. */
import { styleText } from 'node:util';

import type { Row, SpanStyle } from '../../core/report/spans.ts';

/** The part of a writable stream that is used here. */
export interface OutputStream {
  write(text: string): boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Environment variables, as the process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A stream with what is known of it. Width and height are read anew each time, since windows change. */
export interface Terminal {
  readonly isTty: boolean;
  /** True if rows may be redrawn in place. */
  readonly canRedraw: boolean;
  readonly hasColour: boolean;
  readonly isUtf8: boolean;
  readonly stream: OutputStream;
  width(): number;
  height(): number;
  /** Writes rows, each ended by a line break. */
  print(rows: readonly Row[]): void;
  paint(row: Row): string;
}

type Format = Parameters<typeof styleText>[0];

const FORMATS: Readonly<Record<SpanStyle, Format | null>> = {
  plain: null,
  strong: 'bold',
  dim: 'dim',
  good: 'green',
  warn: 'yellow',
  bad: 'red',
  busy: 'cyan',
};

/** Width that is assumed where there is no terminal: reports are then not cut at a screen's edge. */
const WIDTH_WITHOUT_TERMINAL = 120;

/** Describes a stream by its nature and the environment. */
export function openTerminal(stream: OutputStream, env: Environment): Terminal {
  const isTty = stream.isTTY === true;
  const hasColour = decideColour(isTty, env);
  const isUtf8 = decideUtf8(env);
  const paint = (row: Row): string => {
    const painted = paintRow(row, hasColour);
    // A terminal that is not UTF-8 would show each byte as a character of its own.
    return isTty && !isUtf8 ? painted.replace(/[^\0-\x7f]/gu, '?') : painted;
  };
  return {
    isTty,
    canRedraw: isTty && env.TERM !== 'dumb' && !isSet(env.CI),
    hasColour,
    isUtf8,
    stream,
    width: () => Math.max(20, stream.columns ?? WIDTH_WITHOUT_TERMINAL),
    height: () => Math.max(5, stream.rows ?? 24),
    print: (rows) => {
      if (rows.length > 0) stream.write(`${rows.map(paint).join('\n')}\n`);
    },
    paint,
  };
}

/** Colours: NO_COLOR (any value) says no, FORCE_COLOR says yes, else a terminal that is not dumb has them. */
export function decideColour(isTty: boolean, env: Environment): boolean {
  if (isSet(env.NO_COLOR)) return false;
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTty && env.TERM !== 'dumb';
}

/** True if the locale is UTF-8, by the order in which a C library reads the variables. */
export function decideUtf8(env: Environment): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(isSet) ?? '';
  return /utf-?8/i.test(locale);
}

function paintRow(row: Row, hasColour: boolean): string {
  if (!hasColour)
    return row
      .map((span) => span.text)
      .join('')
      .trimEnd();
  return row
    .map(({ text, style }) => {
      const format = FORMATS[style];
      // validateStream would look at process.stdout; whether there are colours is already decided.
      return format === null || text === '' ? text : styleText(format, text, { validateStream: false });
    })
    .join('');
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
