/** Why a pull request left the merge queue the last time. */
import { z } from 'zod';

import type { QueueRemoval } from '../../core/hosted/facts.ts';
import { nodesOf } from './answer-shapes.ts';

/** The last time that a pull request left the queue. */
export const Removals = z.object({
  nodes: nodesOf(
    z.object({ __typename: z.literal('RemovedFromMergeQueueEvent'), id: z.string(), reason: z.string().nullable() }),
  ),
});

/** Arguments and selection of {@link Removals}. */
export const REMOVALS = `(last: 1, itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT]) {
    nodes { __typename ... on RemovedFromMergeQueueEvent { id reason } }
  }`;

/** GitHub's words are not documented; those that were seen are small letters, those of webhooks capitals. */
const REASONS: readonly (readonly [RegExp, QueueRemoval['reason']])[] = [
  [/conflict/i, 'conflict'],
  [/time/i, 'timed-out'],
  [/^(?:already_)?merged?$/i, 'merged'],
  [/fail/i, 'checks-failed'],
  [/^manual/i, 'by-hand'],
];

/** The last removal as a fact; `null` if it never left a queue. */
export function toQueueRemoval({ nodes }: z.infer<typeof Removals>): QueueRemoval | null {
  const last = nodes.at(-1);
  if (last === undefined) return null;
  const reason = REASONS.find(([pattern]) => pattern.test(last.reason ?? ''))?.[1] ?? 'unknown';
  return { id: last.id, reason };
}
