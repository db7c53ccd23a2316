/** The record of a plan issue as a file of the plan's ledger branch, beside those of the plan's ledger. */
import { ForgeRecord } from './forge-record.ts';
import type { LedgerReading } from './files.ts';

const FORGE_FILE = '.agent-coordination/forge.json';
const PLAN_FILE = '.agent-coordination/plan.json';

// Written whole each time something in it changes; what did not change keeps its text.
const TEXTS = new WeakMap<ForgeRecord, string>();

/** The file of a record. */
export function writeForgeFiles(record: ForgeRecord): Record<string, string> {
  const known = TEXTS.get(record);
  const text = known ?? `${JSON.stringify(record, null, 1)}\n`;
  if (known === undefined) TEXTS.set(record, text);
  return { [FORGE_FILE]: text };
}

/** Reads a record back; `null` where the branch has none. Refuses what another version or a hand has written. */
export function readForgeFiles(files: Readonly<Record<string, string>>): LedgerReading<ForgeRecord | null> {
  const text = files[FORGE_FILE];
  if (text === undefined) return { ok: true, value: null };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, because: `${FORGE_FILE} in the ledger is not JSON` };
  }
  const result = ForgeRecord.safeParse(parsed);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return {
    ok: false,
    because: `${FORGE_FILE} in the ledger is not as this version writes it: ${issue?.path.join('.')} ${issue?.message}`,
  };
}

/** True if the branch holds a plan that was accepted, and not only a record of what was said before. */
export function hasPlanFiles(files: Readonly<Record<string, string>>): boolean {
  return files[PLAN_FILE] !== undefined;
}
