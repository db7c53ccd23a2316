/** How long a clean-up of the repository leaves alone what a plan has left: `github.cleanup` of the configuration. */
import { z } from 'zod';

import type { Checked } from '../ids.ts';
import { checkedText, readMap, reportUnknownKeys, type ValueReader } from '../plan/read-values.ts';
import { BUILT_IN_CLEANUP } from './defaults.ts';

/** Times in milliseconds since a plan last moved. */
export const CleanupConfig = z.object({
  /** Archived work of attempts that did not land is removed after this. */
  archivesAfterMs: z.number().int(),
  /** The ledger of a plan that has ended is archived after this. */
  ledgersAfterMs: z.number().int(),
});
export type CleanupConfig = z.infer<typeof CleanupConfig>;

const DAY_MS = 86_400_000;
const MAX_DAYS = 3650;

/** Reads `30d` or `30 days`: nothing is removed by the hour. */
function readDays(text: string): Checked<number> {
  const days = Number(/^(\d{1,4}) ?(?:d|days?)$/i.exec(text.trim())?.[1] ?? Number.NaN);
  if (Number.isNaN(days)) return { ok: false, because: "a time to keep things is written in days, as '30d'" };
  if (days < 1 || days > MAX_DAYS) return { ok: false, because: `a time to keep things is 1 to ${MAX_DAYS} days` };
  return { ok: true, value: days * DAY_MS };
}

/** Reads the map under `github.cleanup`. */
export const readCleanup: ValueReader<CleanupConfig> = (value, name, problems) => {
  const entries = readMap(value, name, problems);
  if (entries === undefined) return undefined;
  const config: CleanupConfig = { ...BUILT_IN_CLEANUP };
  reportUnknownKeys(entries, ['archives_after', 'ledgers_after'], `'${name}'`, problems);
  for (const { key, value: said } of entries) {
    const days = checkedText(readDays)(said, `${name}.${key}`, problems);
    if (key === 'archives_after') config.archivesAfterMs = days ?? config.archivesAfterMs;
    else if (key === 'ledgers_after') config.ledgersAfterMs = days ?? config.ledgersAfterMs;
  }
  return config;
};
