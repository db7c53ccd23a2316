/** Mutations of pull requests and of the merge queue. */

import { dequeuePull, enqueuePull } from '../operations/merge-queue.ts';
import { mergePull } from '../operations/merging.ts';
import { closePull, editPull, openPull, reopenPull, setDraft, updatePullBranch } from '../operations/pulls.ts';
import type { Oid, Repository } from '../state.ts';
import { findActor } from './account-resolvers.ts';
import { findWritable, mutation } from './mutation-types.ts';
import { showPull } from './pull-resolvers.ts';
import type { FieldResolver, GraphqlContext } from './resolver-types.ts';

const pullsWrite = [{ pull_requests: 'write' }] as const;
/** Merging writes to the base branch, and asks for nothing more. */
const contentsWrite = [{ contents: 'write' }] as const;
/** The least set that was seen to be enough: an installation that lacked one of these was turned away. */
const queueWrite = [{ merge_queues: 'write', pull_requests: 'write', contents: 'write' }] as const;

interface CreateInput {
  readonly repositoryId: string;
  readonly headRepositoryId?: string | null;
  readonly title: string;
  readonly body?: string | null;
  readonly headRefName: string;
  readonly baseRefName: string;
  readonly draft?: boolean | null;
  readonly maintainerCanModify?: boolean | null;
}

/** `owner:branch` where the head is in another repository. */
function nameHead(context: GraphqlContext, repository: Repository, input: CreateInput): string {
  if (input.headRepositoryId == null) return input.headRefName;
  const head = context.world.state.nodes.get(input.headRepositoryId);
  if (head?.kind !== 'Repository' || head.repository.id === repository.id) return input.headRefName;
  return `${head.repository.owner}:${input.headRefName}`;
}

async function create(input: CreateInput, context: GraphqlContext) {
  const { repository } = findWritable(context, input.repositoryId, ['Repository'], pullsWrite);
  const { title, body, baseRefName, draft, maintainerCanModify } = input;
  if (maintainerCanModify === false) throw new Error('The test GitHub always lets maintainers modify.');
  const pull = await openPull(context.world, context.actor, repository, {
    title,
    body: body ?? null,
    head: nameHead(context, repository, input),
    base: baseRefName,
    isDraft: draft ?? false,
  });
  return { pullRequest: showPull(repository, pull) };
}

interface UpdateInput {
  readonly pullRequestId: string;
  readonly title?: string | null;
  readonly body?: string | null;
  readonly baseRefName?: string | null;
  readonly state?: 'OPEN' | 'CLOSED' | null;
}

async function update(input: UpdateInput, context: GraphqlContext) {
  const { repository, issue } = findWritable(context, input.pullRequestId, ['PullRequest'], pullsWrite);
  const { title, body, baseRefName, state } = input;
  if (title != null || body != null || baseRefName != null)
    await editPull(context.world, context.actor, issue, {
      title: title ?? undefined,
      body: body ?? undefined,
      base: baseRefName ?? undefined,
    });
  if (state === 'CLOSED' && issue.state === 'open') await closePull(context.world, context.actor, issue);
  if (state === 'OPEN' && issue.state === 'closed') await reopenPull(context.world, context.actor, issue);
  return { pullRequest: showPull(repository, issue), actor: findActor(context, context.actor.account.login) };
}

interface MergeInput {
  readonly pullRequestId: string;
  readonly expectedHeadOid?: Oid | null;
  readonly mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE' | null;
  readonly commitHeadline?: string | null;
  readonly commitBody?: string | null;
}

const mergeMethods = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' } as const;

async function merge(input: MergeInput, context: GraphqlContext) {
  const { repository, issue } = findWritable(context, input.pullRequestId, ['PullRequest'], contentsWrite);
  await mergePull(context.world, context.actor, issue, {
    expectedHeadSha: input.expectedHeadOid ?? undefined,
    method: mergeMethods[input.mergeMethod ?? 'MERGE'],
    title: input.commitHeadline ?? undefined,
    message: input.commitBody ?? undefined,
  });
  return { pullRequest: showPull(repository, issue), actor: findActor(context, context.actor.account.login) };
}

interface PullInput {
  readonly pullRequestId: string;
}

/** A mutation that changes one pull request and shows it. */
function changePull(change: (context: GraphqlContext, pull: ReturnType<typeof showPull>['issue']) => Promise<void>) {
  return mutation(async ({ pullRequestId }: PullInput, context) => {
    const { repository, issue } = findWritable(context, pullRequestId, ['PullRequest'], pullsWrite);
    await change(context, issue);
    return { pullRequest: showPull(repository, issue) };
  });
}

export const pullMutations: Readonly<Record<string, FieldResolver<unknown>>> = {
  createPullRequest: mutation(create),
  updatePullRequest: mutation(update),
  closePullRequest: changePull(({ world, actor }, pull) => closePull(world, actor, pull)),
  reopenPullRequest: changePull(({ world, actor }, pull) => reopenPull(world, actor, pull)),
  markPullRequestReadyForReview: changePull(({ world, actor }, pull) => setDraft(world, actor, pull, false)),
  convertPullRequestToDraft: changePull(({ world, actor }, pull) => setDraft(world, actor, pull, true)),
  mergePullRequest: mutation(merge),
  updatePullRequestBranch: mutation(
    async (
      input: PullInput & { readonly expectedHeadOid?: Oid | null; readonly updateMethod?: string | null },
      context,
    ) => {
      const needed = [{ pull_requests: 'write', contents: 'write' }] as const;
      const { repository, issue } = findWritable(context, input.pullRequestId, ['PullRequest'], needed);
      if (input.updateMethod === 'REBASE') throw new Error('The test GitHub updates branches by merging only.');
      await updatePullBranch(context.world, context.actor, issue, input.expectedHeadOid ?? undefined);
      return { pullRequest: showPull(repository, issue) };
    },
  ),
  enqueuePullRequest: mutation(
    async (input: PullInput & { readonly expectedHeadOid?: Oid | null; readonly jump?: boolean | null }, context) => {
      const { repository, issue } = findWritable(context, input.pullRequestId, ['PullRequest'], queueWrite);
      const entry = await enqueuePull(context.world, context.actor, issue, {
        expectedHeadSha: input.expectedHeadOid ?? undefined,
        isJump: input.jump ?? false,
      });
      return { mergeQueueEntry: { kind: 'MergeQueueEntry', repository, entry } };
    },
  ),
  dequeuePullRequest: mutation(async ({ id }: { readonly id: string }, context) => {
    const { repository, issue } = findWritable(context, id, ['PullRequest'], queueWrite);
    const entry = await dequeuePull(context.world, context.actor, issue);
    return { mergeQueueEntry: { kind: 'MergeQueueEntry', repository, entry } };
  }),
};
