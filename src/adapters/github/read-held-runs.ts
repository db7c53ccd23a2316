/**
 * Runs of the repository's own workflows that GitHub has made and does not start before a person approves them, as it
 * does where the token of a job opened or moved a pull request. Such a run has no check yet: only its suite shows it.
 */
import { z } from 'zod';

import type { HeldRun } from '../../core/hosted/facts.ts';
import { nodesOf } from './answer-shapes.ts';

/** What a branch's commit is asked for. More than so many workflows run on hardly any pull request. */
export const SUITES_FIELD =
  '... on Commit { checkSuites(first: 30) { nodes { conclusion workflowRun { url workflow { name } } } } }';

/** The answer to {@link SUITES_FIELD}. */
export const Suites = z
  .object({
    nodes: nodesOf(
      z.object({
        conclusion: z.string().nullable(),
        workflowRun: z.object({ url: z.string(), workflow: z.object({ name: z.string() }) }).nullable(),
      }),
    ),
  })
  .nullish();

/** The runs that wait for an approval. */
export function toHeldRuns(suites: z.infer<typeof Suites>): HeldRun[] {
  return (suites?.nodes ?? []).flatMap(({ conclusion, workflowRun }) =>
    conclusion === 'ACTION_REQUIRED' && workflowRun !== null
      ? [{ workflow: workflowRun.workflow.name, url: workflowRun.url }]
      : [],
  );
}
