/** The payload of the event that started the run, as the runner left it. */
import { readFile } from 'node:fs/promises';

import type { RunnerFacts } from './runner-facts.ts';

/** More than GitHub sends: it cuts payloads at 25 MB. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Reads the payload, of unknown origin; `null` if there is none that can be read. */
export async function readEvent({ eventPath }: Pick<RunnerFacts, 'eventPath'>): Promise<unknown> {
  if (eventPath === null) return null;
  try {
    const bytes = await readFile(eventPath);
    return bytes.length > MAX_BYTES ? null : (JSON.parse(bytes.toString('utf8')) as unknown);
  } catch {
    // Whoever reads it looks at everything then, or at nothing that was not named.
    return null;
  }
}
