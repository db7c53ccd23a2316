/** One invocation: what the process was given, and how it speaks. Results go to stdout, everything else to stderr. */
import type { Readable } from 'node:stream';

import { type Environment, openTerminal, type OutputStream, type Terminal } from '../../adapters/terminal/terminal.ts';
import { type ExitName, exitCodeOf } from '../../core/report/exit-codes.ts';
import { type Row, span, type SpanStyle } from '../../core/report/spans.ts';
import { wrapText } from '../../core/report/wrap-text.ts';

/** What a process is given. Filled by `cli.ts` and by tests. */
export interface CliInput {
  /** Arguments after the program's own name. */
  argv: readonly string[];
  env: Environment;
  cwd: string;
  stdin: Readable;
  stdout: OutputStream;
  stderr: OutputStream;
  /** The words that call this program again, such as `['espalier']` or `['node', '/x/dist/cli.mjs']`. */
  selfCommand: readonly string[];
  /** Calls `handler` on Ctrl-C or a request to end; returns how to stop that. */
  onInterrupt(handler: (signal: string) => void): () => void;
  /** Ends the process at once, without clean-up. */
  exitNow(code: number): void;
}

/** The invocation as the commands see it. */
export interface Session {
  readonly input: CliInput;
  readonly out: Terminal;
  readonly err: Terminal;
  /** Absolute path of the folder whose repository is meant: `--repo`, else where the person stands. */
  repositoryDir: string;
  /** Where Espalier keeps its files, `null` for the default. Absolute. */
  stateDir: string | null;
  /** True after `--debug`. */
  isDebug: boolean;
  /** Minutes that the local time zone lies east of UTC, for clocks. */
  readonly offsetMinutes: number;
  /** Writes a value as one JSON document to stdout. */
  printJson(value: unknown): void;
  /** Writes a value as one line of JSON to stdout. */
  printJsonLine(value: unknown): void;
  /** A line on stderr that a person should read: what is unusual, but goes on. */
  warn(text: string): void;
  /** A quiet line on stderr. */
  note(text: string): void;
  /** Records how the invocation ended; the last call counts. */
  end(exit: ExitName): void;
  readonly exitCode: number;
}

/** `label: text`, each with its style; broken at words on a terminal, one line elsewhere. Nothing is cut. */
export function labelText(
  terminal: Pick<Terminal, 'isTty' | 'width'>,
  [label, labelStyle]: readonly [string, SpanStyle],
  [text, style]: readonly [string, SpanStyle],
): Row[] {
  const head = `${label}: `;
  if (!terminal.isTty) return [[span(head, labelStyle), span(text, style)]];
  const indent = ' '.repeat(head.length);
  return wrapText(span(text).text, Math.max(30, terminal.width() - head.length), null).map((line, at) => [
    span(at === 0 ? head : indent, labelStyle),
    span(line, style),
  ]);
}

/** Opens a session. */
export function openSession(input: CliInput): Session {
  const out = openTerminal(input.stdout, input.env);
  const err = openTerminal(input.stderr, input.env);
  let exit: ExitName = 'ok';
  return {
    input,
    out,
    err,
    repositoryDir: input.cwd,
    stateDir: null,
    isDebug: false,
    offsetMinutes: -new Date().getTimezoneOffset(),
    printJson: (value) => {
      input.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    printJsonLine: (value) => {
      input.stdout.write(`${JSON.stringify(value)}\n`);
    },
    warn: (text) => {
      err.print(labelText(err, ['warning', 'warn'], [text, 'plain']));
    },
    note: (text) => {
      err.print(labelText(err, ['note', 'dim'], [text, 'plain']));
    },
    end: (name) => {
      exit = name;
    },
    get exitCode() {
      return exitCodeOf(exit);
    },
  };
}
