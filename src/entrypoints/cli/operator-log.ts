/** The log for operators: JSON lines after `--debug`; else only warnings and errors, as a person reads them. */
import type { Log } from '../../ports/log.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

const WORDS: Readonly<Record<Level, string>> = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' };

/** A log that hands each line to `write`. */
export function openOperatorLog(options: { isDebug: boolean; write: (line: string) => void; now: () => number }): Log {
  const log =
    (level: Level) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (options.isDebug)
        options.write(JSON.stringify({ at: new Date(options.now()).toISOString(), level, message, ...fields }));
      else if (level === 'warn' || level === 'error') options.write(`${WORDS[level]}: ${message}${listFields(fields)}`);
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

function listFields(fields: Record<string, unknown>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : (JSON.stringify(value) ?? 'unknown')}`,
  );
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
