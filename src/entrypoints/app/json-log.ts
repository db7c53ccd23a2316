/**
 * The App's log: one JSON object per line. What comes from outside is cut, written out where it is not printable, and
 * rid of whatever is a secret or looks like one; of errors only what describes them is kept, since libraries hang
 * whole requests and payloads on theirs.
 */
import { escapeText } from '../../core/report/escape-text.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import type { Log } from '../../ports/log.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

const MAX_TEXT = 2_000;
const MAX_ENTRIES = 30;
const MAX_DEPTH = 4;
const MAX_CAUSES = 3;

/** Where lines go and what must not be in them. */
export interface JsonLogOptions {
  level: Level;
  /** Name of this process. */
  replica: string;
  now(): number;
  write(line: string): void;
}

/** A log that can be told what must not be in it. */
export interface JsonLog extends Log {
  /** From here on these values never appear; a secret of several lines counts line by line too. */
  hide(secrets: readonly string[]): void;
}

/** Opens a log. A line: `at`, `level`, `replica`, `message`, then the fields. */
export function openJsonLog(options: JsonLogOptions): JsonLog {
  const secrets: string[] = [];
  const least = LEVELS.indexOf(options.level);
  const isDebug = least === 0;
  const logAt =
    (level: Level) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (LEVELS.indexOf(level) < least) return;
      const { replica } = options;
      const clean = cleanFields(fields, { secrets, isDebug, depth: 0 });
      const at = new Date(options.now()).toISOString();
      options.write(`${JSON.stringify({ at, level, replica, message, ...clean })}\n`);
    };
  return {
    debug: logAt('debug'),
    info: logAt('info'),
    warn: logAt('warn'),
    error: logAt('error'),
    hide: (values) => {
      for (const value of values) secrets.push(value, ...value.split('\n').map((line) => line.trim()));
    },
  };
}

interface Cleaning {
  secrets: readonly string[];
  isDebug: boolean;
  depth: number;
}

function cleanFields(fields: object, cleaning: Cleaning): Record<string, unknown> {
  const entries = Object.entries(fields).slice(0, MAX_ENTRIES);
  // A field cannot pass for one of the line's own.
  return Object.fromEntries(
    entries.map(([name, value]) => [
      cleaning.depth === 0 && /^(?:at|level|replica|message)$/.test(name) ? `_${name}` : escapeText(name, 100),
      cleanValue(value, cleaning),
    ]),
  );
}

function cleanValue(value: unknown, cleaning: Cleaning): unknown {
  if (typeof value === 'string') return cleanText(value, cleaning);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value === 'bigint') return String(value);
  if (cleaning.depth >= MAX_DEPTH) return '…';
  const deeper = { ...cleaning, depth: cleaning.depth + 1 };
  if (value instanceof Error) return describeError(value, deeper, 0);
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((entry) => cleanValue(entry, deeper));
  return typeof value === 'object' ? cleanFields(value, deeper) : typeof value;
}

function cleanText(text: string, { secrets }: Cleaning): string {
  // Cut before the search too, since the text may be megabytes; far enough behind what is shown to split nothing of it.
  return escapeText(redactSecrets(text.slice(0, 4 * MAX_TEXT), secrets), MAX_TEXT);
}

function describeError(error: Error, cleaning: Cleaning, causes: number): Record<string, unknown> {
  const { status, code } = error as { status?: unknown; code?: unknown };
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  const described =
    causes >= MAX_CAUSES
      ? []
      : inner
          .slice(0, MAX_CAUSES)
          .filter((one) => one instanceof Error)
          .map((one) => describeError(one, cleaning, causes + 1));
  return {
    name: cleanText(error.name, cleaning),
    text: cleanText(error.message, cleaning),
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof code === 'string' ? { code: cleanText(code, cleaning) } : {}),
    ...(cleaning.isDebug && typeof error.stack === 'string' ? { stack: cleanText(error.stack, cleaning) } : {}),
    ...(described.length === 0 ? {} : { causes: described }),
  };
}
