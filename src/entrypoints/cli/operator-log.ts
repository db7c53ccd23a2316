/** The structured log for operators: JSON lines, asked for by `--debug`; warnings and errors are shown in any case. */
import type { Log } from '../../ports/log.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** A log that hands each line to `write` from `least` upwards. */
export function openOperatorLog(options: { least: Level; write: (line: string) => void; now: () => number }): Log {
  const order: readonly Level[] = ['debug', 'info', 'warn', 'error'];
  const log =
    (level: Level) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (order.indexOf(level) < order.indexOf(options.least)) return;
      options.write(JSON.stringify({ at: new Date(options.now()).toISOString(), level, message, ...fields }));
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
