/** Check runs of this app. */

import type { EffectOf, PerformContext } from './perform-context.ts';
import type { PlannedMutations } from './perform-document.ts';
import { outcomeOf } from './perform-outcomes.ts';

const CHECKS = 'checks=write';

type CheckRunEffect = EffectOf<'check-run'>;

/** Makes a check run, or writes the one that is there. */
export function planCheckRun({ repositoryId }: PerformContext, effect: CheckRunEffect): PlannedMutations {
  const { key, nodeId, headSha } = effect;
  const shown = showOutput(effect);
  return {
    key,
    weight: 1,
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

function showOutput({ name, externalId, output }: CheckRunEffect): Record<string, unknown> {
  const { status, conclusion, title, summary, text, annotations, actions } = output;
  return {
    name,
    externalId,
    status: status.toUpperCase(),
    ...(conclusion === null ? {} : { conclusion: conclusion.toUpperCase() }),
    output: {
      title,
      summary,
      ...(text === '' ? {} : { text }),
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
