/**
 * A leg of a dispatch as it comes into a run: text of a workflow's input. It says where to look and nothing more; what
 * is to be done stands in the ledger.
 */
import { z } from 'zod';

import { type Checked, readTaskId } from '../ids.ts';
import { MAX_RUNNER_LABELS, readRunnerLabel } from '../plan/runner-label.ts';
import { cleanLine } from '../text/clean-text.ts';
import { commitField, taskIdField } from './evidence.ts';
import type { DispatchLeg } from './forge-record.ts';

/** One leg: which record of the ledger waits for it, what part of the work it does, and where it runs. */
export const LegInput = z
  .strictObject({
    /** For the tests on the landed whole the word `final`. */
    task: taskIdField.refine((text) => readTaskId(text).ok, 'it is no task id'),
    attempt: z.number().int().min(1),
    generation: z.number().int().min(1),
    /** `full`: work, verify, publish. `verify`: of `head` alone. */
    mode: z.enum(['full', 'verify']),
    /** The commit to verify; `null` for `full`. */
    head: commitField.nullable(),
    /** Labels of the runner, all of which it must have. */
    runs_on: z
      .array(z.string().refine((label) => readRunnerLabel(label).ok, 'it is no label of a runner'))
      .min(1)
      .max(MAX_RUNNER_LABELS),
  })
  .refine(({ mode, head }) => (mode === 'verify') === (head !== null), {
    path: ['head'],
    message: "'verify' needs a head, and 'full' has none",
  });
export type LegInput = z.infer<typeof LegInput>;

// Eight labels of 64 characters, two ids and two object names are well under it.
const MAX_LEG_CHARACTERS = 4096;

/** Reads one leg from JSON text of unknown origin. */
export function readLegInput(text: string): Checked<LegInput> {
  if (text.length > MAX_LEG_CHARACTERS)
    return { ok: false, because: `a leg has at most ${MAX_LEG_CHARACTERS} characters, this one has ${text.length}` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, because: 'a leg is JSON, and this text is not' };
  }
  const leg = LegInput.safeParse(parsed);
  if (leg.success) return { ok: true, value: leg.data };
  const [issue] = leg.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return { ok: false, because: cleanLine(`the leg does not fit: ${where}${issue?.message ?? ''}`, 300) };
}

/** The leg of a dispatch that an input speaks of, if the input says of it what the ledger says; else `null`. */
export function findLeg(legs: readonly DispatchLeg[], input: LegInput): DispatchLeg | null {
  const found = legs.find(
    (leg) =>
      leg.task === input.task &&
      leg.attempt === input.attempt &&
      leg.generation === input.generation &&
      leg.mode === input.mode &&
      leg.headSha === input.head,
  );
  return found ?? null;
}
