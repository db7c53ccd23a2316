/** Labels. GraphQL names them by ids that are not always known, and cannot make one; REST does both by name. */
import { z } from 'zod';

import { LABELS } from '../../core/commands/labels.ts';
import type { EffectOutcome } from '../../core/hosted/effect.ts';
import { GitHubError } from './github-error.ts';
import type { EffectOf, PerformContext } from './perform-context.ts';
import type { PlannedMutations } from './perform-document.ts';
import { outcomeOf } from './perform-outcomes.ts';

type LabelEffect = EffectOf<'set-labels'>;

const ISSUES = 'issues=write';
const WHAT = 'Setting labels';
/** Setting what is set changes nothing. */
const REPEATS = 2;

/** Plans the change of labels where all ids are known, `null` where they are not. */
export function planLabels(context: PerformContext, effect: LabelEffect): PlannedMutations | null {
  const { key, thread, add, remove } = effect;
  const { threadIds, labelIds } = context.memory;
  const labelableId = threadIds.get(thread);
  const [added, removed] = [add, remove].map((names) => names.map((name) => labelIds.get(name.toLowerCase())));
  if (labelableId === undefined || added?.includes(undefined) || removed?.includes(undefined)) return null;
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: ISSUES,
    write(document) {
      const fields: string[] = [];
      if (add.length > 0) {
        const input = document.variable('AddLabelsToLabelableInput!', { labelableId, labelIds: added });
        fields.push(`addLabelsToLabelable(input: ${input}) { clientMutationId }`);
      }
      if (remove.length > 0) {
        const input = document.variable('RemoveLabelsFromLabelableInput!', { labelableId, labelIds: removed });
        fields.push(`removeLabelsFromLabelable(input: ${input}) { clientMutationId }`);
      }
      return fields;
    },
    async judge(replies) {
      const outcomes = replies.flatMap(({ error }) => (error === null ? [] : [outcomeOf(error, ISSUES)]));
      const [failed] = outcomes;
      if (failed === undefined) return { kind: 'done' };
      if (failed.kind !== 'elsewhere' && failed.kind !== 'refused') return failed;
      // A label that was deleted and made again has another id.
      for (const name of [...add, ...remove]) labelIds.delete(name.toLowerCase());
      return setLabels(context, effect);
    },
  };
}

const Label = z.object({ node_id: z.string(), name: z.string() });
const Labels = z.array(Label);

/** Sets and takes off labels by name; those that the repository lacks are made. */
export async function setLabels(context: PerformContext, { thread, add, remove }: LabelEffect): Promise<EffectOutcome> {
  const { client, memory } = context;
  const { owner, name: repo } = memory.address;
  const parameters = { owner, repo, issue_number: thread };
  try {
    for (const name of add) await makeLabel(context, name);
    if (add.length > 0) {
      const set = await client.rest({
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
        parameters: { ...parameters, labels: add },
        what: WHAT,
        answer: Labels,
        maxRepeats: REPEATS,
      });
      for (const { name, node_id: nodeId } of set) memory.labelIds.set(name.toLowerCase(), nodeId);
    }
    for (const name of remove) await removeLabel(client, { ...parameters, name });
    return { kind: 'done' };
  } catch (error) {
    return outcomeOf(error, ISSUES);
  }
}

/** GitHub makes a label that is set and missing by itself, but then it says nothing: no colour, no description. */
async function makeLabel({ client, memory }: PerformContext, name: string): Promise<void> {
  const spec = LABELS.find((label) => label.name === name);
  if (spec === undefined || memory.labelIds.get(name.toLowerCase()) !== undefined) return;
  const { owner, name: repo } = memory.address;
  try {
    const { node_id: nodeId } = await client.rest({
      route: 'POST /repos/{owner}/{repo}/labels',
      parameters: { owner, repo, name, color: spec.color, description: spec.description },
      what: WHAT,
      answer: Label,
      maxRepeats: REPEATS,
    });
    memory.labelIds.set(name.toLowerCase(), nodeId);
  } catch (error) {
    // It is there; whoever made it had a reason for how it looks.
    if (!(error instanceof GitHubError) || error.status !== 422) throw error;
  }
}

/** One that is not on is off. */
async function removeLabel(client: PerformContext['client'], parameters: Record<string, unknown>): Promise<void> {
  try {
    await client.rest({
      route: 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
      parameters,
      what: WHAT,
      answer: z.unknown(),
      maxRepeats: REPEATS,
    });
  } catch (error) {
    if (!(error instanceof GitHubError) || error.ending.kind !== 'gone') throw error;
  }
}
