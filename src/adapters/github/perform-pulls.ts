/** Pull requests: opened, written and closed. */
import { z } from 'zod';

import type { EffectOutcome } from '../../core/hosted/effect.ts';
import { nodesOf } from './answer-shapes.ts';
import type { EffectOf, PerformContext } from './perform-context.ts';
import { readPayload, type PlannedMutations, type Reply } from './perform-document.ts';
import { outcomeOf } from './perform-outcomes.ts';

const PULLS = 'pull_requests=write';
const OPEN_WEIGHT = 2;

const OpenPayload = z.object({ pullRequest: z.object({ id: z.string(), number: z.number() }) });

/** Opens a pull request; GitHub keeps a second one of the same two branches from being opened. */
export function planOpenPull(context: PerformContext, effect: EffectOf<'open-pull'>): PlannedMutations {
  const { key, branch, base, title, body } = effect;
  return {
    key,
    weight: OPEN_WEIGHT,
    isIdempotent: false,
    needed: PULLS,
    write(document) {
      const input = {
        repositoryId: context.repositoryId,
        headRefName: branch,
        baseRefName: base,
        title,
        body,
      };
      return [
        `createPullRequest(input: ${document.variable('CreatePullRequestInput!', input)}) {
  pullRequest { id number }
}`,
      ];
    },
    judge: ([reply]) => judgeOpened(context, effect, reply),
  };
}

async function judgeOpened(
  context: PerformContext,
  effect: EffectOf<'open-pull'>,
  reply: Reply | undefined,
): Promise<EffectOutcome> {
  if (reply?.error === null) {
    const { id, number } = readPayload(OpenPayload, reply, context).pullRequest;
    context.memory.threadIds.set(number, id);
    return { kind: 'pull-opened', number, nodeId: id };
  }
  const outcome: EffectOutcome =
    reply === undefined ? { kind: 'refused', because: 'it was not asked for' } : outcomeOf(reply.error, PULLS);
  if (outcome.kind !== 'refused') return outcome;
  return (await findOpenPull(context, effect)) ?? outcome;
}

const OpenPulls = z.object({
  repository: z
    .object({
      ref: z
        .object({
          associatedPullRequests: z.object({
            nodes: nodesOf(z.object({ id: z.string(), number: z.number(), baseRefName: z.string() })),
          }),
        })
        .nullable(),
    })
    .nullable(),
});

/** By the branch itself, not by its name: anybody can give a branch of a fork the same one. */
async function findOpenPull(
  { client, memory }: PerformContext,
  { branch, base }: EffectOf<'open-pull'>,
): Promise<EffectOutcome | null> {
  const { owner, name } = memory.address;
  const { data } = await client.graphql({
    kind: 'query',
    document: `query FindPull($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $branch) {
      associatedPullRequests(first: 20, states: [OPEN]) { nodes { id number baseRefName } }
    }
  }
}`,
    variables: { owner, name, branch: `refs/heads/${branch}` },
    what: 'Looking for a pull request',
    answer: OpenPulls,
  });
  const found = data.repository?.ref?.associatedPullRequests.nodes.find(({ baseRefName }) => baseRefName === base);
  return found === undefined ? null : { kind: 'pull-opened', number: found.number, nodeId: found.id };
}

/** Writes the body. */
export function planUpdatePull({ key, nodeId, body }: EffectOf<'update-pull'>): PlannedMutations {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: PULLS,
    write(document) {
      const input = { pullRequestId: nodeId, body };
      return [`updatePullRequest(input: ${document.variable('UpdatePullRequestInput!', input)}) { clientMutationId }`];
    },
    judge: ([reply]) => (reply?.error == null ? { kind: 'done' } : outcomeOf(reply.error, PULLS)),
  };
}

/** Closes without merging; one that is closed already is done with. */
export function planClosePull(context: PerformContext, { key, nodeId }: EffectOf<'close-pull'>): PlannedMutations {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: PULLS,
    write(document) {
      const input = { pullRequestId: nodeId };
      return [`closePullRequest(input: ${document.variable('ClosePullRequestInput!', input)}) { clientMutationId }`];
    },
    async judge([reply]) {
      if (reply?.error == null) return { kind: 'done' };
      const outcome = outcomeOf(reply.error, PULLS);
      if (outcome.kind !== 'refused') return outcome;
      const pull = await readPullState(context, nodeId);
      return pull === null || pull.state !== 'OPEN' ? { kind: 'done' } : outcome;
    },
  };
}

const PullNode = z.object({
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  headRefOid: z.string(),
  baseRefName: z.string(),
  baseRef: z.object({ target: z.object({ oid: z.string() }).nullable() }).nullable(),
  isInMergeQueue: z.boolean(),
});

type PullState = z.infer<typeof PullNode>;

const PullAnswer = z.object({ node: PullNode.or(z.object({}).transform(() => null)).nullable() });

/** Where a pull request stands now; `null` if it is gone. */
export async function readPullState({ client }: PerformContext, nodeId: string): Promise<PullState | null> {
  const { data } = await client.graphql({
    kind: 'query',
    document: `query LookAtPull($id: ID!) {
  node(id: $id) { ... on PullRequest { state headRefOid baseRefName baseRef { target { oid } } isInMergeQueue } }
}`,
    variables: { id: nodeId },
    what: 'Reading where a pull request stands',
    answer: PullAnswer,
  });
  return data.node;
}
