/** Mutations of branches and of what they hold. */

import { createCommitOnBranch, mergeBranch } from '../operations/commits.ts';
import { createRef, deleteRef, updateRefs } from '../operations/refs.ts';
import type { RefUpdate } from '../operations/refs.ts';
import type { Oid, Repository } from '../state.ts';
import { findRepository, notFound, Refusal, unprocessable } from '../world.ts';
import { findBranch, findRef, showCommit } from './git-objects.ts';
import { findWritable, mutation } from './mutation-types.ts';
import { canSee, requireWriting } from './reading-rights.ts';
import type { FieldResolver, GraphqlContext } from './resolver-types.ts';
import { requireWorkflowRight, requireWorkflowRightFor } from './workflow-right.ts';

const contentsWrite = [{ contents: 'write' }] as const;

interface CommitInput {
  readonly branch: {
    readonly id?: string | null;
    readonly branchName?: string | null;
    readonly repositoryNameWithOwner?: string | null;
  };
  readonly expectedHeadOid: Oid;
  readonly message: { readonly headline: string; readonly body?: string | null };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[] | null;
    readonly deletions?: readonly { readonly path: string }[] | null;
  } | null;
}

function findWritableRepository(context: GraphqlContext, nodeId: string): Repository {
  return findWritable(context, nodeId, ['Repository'], contentsWrite).repository;
}

/** The branch to commit to, by node id or by names. */
function findTarget(context: GraphqlContext, { branch }: CommitInput): { repository: Repository; name: string } {
  if (branch.id != null) {
    const { repository, name } = findWritable(context, branch.id, ['Ref'], contentsWrite);
    return { repository, name: name.replace(/^refs\/heads\//, '') };
  }
  const [owner = '', name = ''] = (branch.repositoryNameWithOwner ?? '').split('/');
  const found = findRepository(context.world.state, owner, name);
  if (found === null || !canSee(context, found.repository))
    throw notFound(`Could not resolve to a Repository with the name '${branch.repositoryNameWithOwner ?? ''}'.`);
  requireWriting(context, found.repository, contentsWrite);
  if (branch.branchName == null) throw unprocessable('A branch name is required.');
  return { repository: found.repository, name: branch.branchName.replace(/^refs\/heads\//, '') };
}

async function commitOnBranch(input: CommitInput, context: GraphqlContext) {
  const { repository, name } = findTarget(context, input);
  const additions = (input.fileChanges?.additions ?? []).map(({ path, contents }) => ({
    path,
    bytes: Buffer.from(contents, 'base64'),
  }));
  const deletions = (input.fileChanges?.deletions ?? []).map(({ path }) => path);
  const added = additions.map(({ path }) => path);
  requireWorkflowRight(context, repository, added);
  const { headline, body } = input.message;
  const oid = await createCommitOnBranch(context.world, context.actor, repository, {
    branch: name,
    expectedHeadOid: input.expectedHeadOid,
    message: body == null || body === '' ? headline : `${headline}\n\n${body}`,
    additions,
    deletions,
  });
  return { commit: showCommit(repository, oid), ref: findBranch(repository, name) };
}

interface UpdateRefsInput {
  readonly repositoryId: string;
  readonly refUpdates: readonly {
    readonly name: string;
    readonly beforeOid?: Oid | null;
    readonly afterOid: Oid;
    readonly force?: boolean | null;
  }[];
}

export const refMutations: Readonly<Record<string, FieldResolver<unknown>>> = {
  createCommitOnBranch: mutation(commitOnBranch),
  updateRefs: mutation(async ({ repositoryId, refUpdates }: UpdateRefsInput, context) => {
    const repository = findWritableRepository(context, repositoryId);
    const updates = refUpdates.map(({ name, beforeOid, afterOid, force }): RefUpdate => ({
      name,
      before: beforeOid ?? null,
      after: afterOid,
      isForced: force ?? false,
    }));
    const tips = updates.map(({ after }) => after);
    await requireWorkflowRightFor(context, repository, tips);
    await updateRefs(context.world, context.actor, repository, updates);
    return {};
  }),
  createRef: mutation(
    async (input: { readonly repositoryId: string; readonly name: string; readonly oid: Oid }, context) => {
      const repository = findWritableRepository(context, input.repositoryId);
      await requireWorkflowRightFor(context, repository, [input.oid]);
      await createRef(context.world, context.actor, repository, { name: input.name, oid: input.oid });
      return { ref: findRef(repository, input.name) };
    },
  ),
  deleteRef: mutation(async ({ refId }: { readonly refId: string }, context) => {
    const { repository, name } = findWritable(context, refId, ['Ref'], contentsWrite);
    await deleteRef(context.world, context.actor, repository, name);
    return {};
  }),
  mergeBranch: mutation(
    async (
      input: {
        readonly repositoryId: string;
        readonly base: string;
        readonly head: string;
        readonly commitMessage?: string | null;
      },
      context,
    ) => {
      const repository = findWritableRepository(context, input.repositoryId);
      const { base, head, commitMessage } = input;
      const oid = await mergeBranch(context.world, context.actor, repository, {
        base,
        head,
        message: commitMessage ?? undefined,
      });
      if (oid === null) throw new Refusal(422, 'UNPROCESSABLE', 'Failed to merge: "Already merged"');
      return { mergeCommit: showCommit(repository, oid) };
    },
  ),
};
