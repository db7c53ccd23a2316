/** Check runs of this app. */
import { z } from 'zod';

import type { CheckOutput } from '../../core/hosted/effect.ts';
import { nodesOf } from './answer-shapes.ts';
import type { EffectOf, PerformContext } from './perform-context.ts';
import type { PlannedMutations } from './perform-document.ts';
import { outcomeOf } from './perform-outcomes.ts';

type CheckRunEffect = EffectOf<'check-run'>;
type Annotation = CheckOutput['annotations'][number];

const CHECKS = 'checks=write';

/** Makes a check run, or writes the one that is there. Throws {@link GitHubError} if that cannot be read. */
export async function planCheckRun(context: PerformContext, effect: CheckRunEffect): Promise<PlannedMutations> {
  const { key, nodeId, headSha, output } = effect;
  const { repositoryId } = context;
  const shown = showOutput(effect, nodeId === null ? output.annotations : await findNew(context, nodeId, output));
  return {
    key,
    weight: 1,
    // One that is made twice is there twice, and so are the annotations of one that is written twice.
    isIdempotent: false,
    needed: CHECKS,
    write(document) {
      if (nodeId === null) {
        const input = { repositoryId, headSha, ...shown };
        return [`createCheckRun(input: ${document.variable('CreateCheckRunInput!', input)}) { clientMutationId }`];
      }
      const input = { repositoryId, checkRunId: nodeId, ...shown };
      return [`updateCheckRun(input: ${document.variable('UpdateCheckRunInput!', input)}) { clientMutationId }`];
    },
    judge: ([reply]) => (reply?.error == null ? { kind: 'done' } : outcomeOf(reply.error, CHECKS)),
  };
}

function showOutput(
  { name, externalId, output }: CheckRunEffect,
  annotations: readonly Annotation[],
): Record<string, unknown> {
  const { status, conclusion, title, summary, text, actions } = output;
  return {
    name,
    externalId,
    status: status.toUpperCase(),
    ...(conclusion === null ? {} : { conclusion: conclusion.toUpperCase() }),
    output: {
      title,
      summary,
      text,
      annotations: annotations.map(({ path, line, level, message }) => ({
        path,
        location: { startLine: line, endLine: line },
        annotationLevel: level.toUpperCase(),
        message,
      })),
    },
    actions: actions.map(({ label, description, identifier }) => ({ label, description, identifier })),
  };
}

const AnnotationsAnswer = z.object({
  node: z
    .object({
      annotations: z
        .object({
          nodes: nodesOf(
            z.object({
              path: z.string(),
              message: z.string(),
              location: z.object({ start: z.object({ line: z.number() }) }),
            }),
          ),
        })
        .nullable(),
    })
    .or(z.object({}).transform(() => null))
    .nullable(),
});

/** GitHub adds annotations to those that a check run has and takes none away, so that only new ones are sent. */
async function findNew(
  { client }: PerformContext,
  nodeId: string,
  { annotations }: CheckOutput,
): Promise<readonly Annotation[]> {
  if (annotations.length === 0) return annotations;
  const { data } = await client.graphql({
    kind: 'query',
    document: `query FindAnnotations($id: ID!) {
  node(id: $id) { ... on CheckRun { annotations(first: 100) { nodes { path message location { start { line } } } } } }
}`,
    variables: { id: nodeId },
    what: 'Reading the annotations of a check run',
    answer: AnnotationsAnswer,
  });
  const present = new Set(
    (data.node?.annotations?.nodes ?? []).map(({ path, message, location }) =>
      nameOf(path, location.start.line, message),
    ),
  );
  return annotations.filter(({ path, line, message }) => !present.has(nameOf(path, line, message)));
}

function nameOf(path: string, line: number, message: string): string {
  return JSON.stringify([path, line, message.trim()]);
}
