/** Mutations of issues, comments, labels and reactions. */

import { addComment, addReaction, deleteComment, editComment } from '../operations/comments.ts';
import { closeIssue, editIssue, reopenIssue } from '../operations/issues.ts';
import { addLabels, removeLabel } from '../operations/labels.ts';
import type { Issue } from '../state.ts';
import { isPull } from '../world.ts';
import { pageThrough } from './connection.ts';
import { nodeOf } from '../node-ids.ts';
import { readReactionContent, showReactionGroups } from './issue-resolvers.ts';
import { findWritable, mutation, neededForConversation } from './mutation-types.ts';
import type { FieldResolver, GraphqlContext } from './resolver-types.ts';

const issuesWrite = [{ issues: 'write' }] as const;

type Reason = 'COMPLETED' | 'NOT_PLANNED' | 'DUPLICATE';

const reasons = { COMPLETED: 'completed', NOT_PLANNED: 'not_planned', DUPLICATE: 'duplicate' } as const;

async function comment(
  { subjectId, body }: { readonly subjectId: string; readonly body: string },
  context: GraphqlContext,
) {
  const subject = findWritable(context, subjectId, ['Issue', 'PullRequest'], neededForConversation);
  const made = await addComment(context.world, context.actor, subject.issue, body);
  const node = { kind: 'IssueComment' as const, repository: subject.repository, comment: made };
  return { subject, commentEdge: pageThrough([node], { first: 1 }).edges[0] };
}

async function react(
  { subjectId, content }: { readonly subjectId: string; readonly content: string },
  context: GraphqlContext,
) {
  const subject = findWritable(context, subjectId, ['Issue', 'PullRequest', 'IssueComment'], neededForConversation);
  const target = subject.kind === 'IssueComment' ? subject.comment : subject.issue;
  const { reaction } = await addReaction(context.world, context.actor, target, readReactionContent(content));
  return {
    subject,
    reaction: { kind: 'Reaction' as const, reaction },
    reactionGroups: showReactionGroups(target.reactions),
  };
}

interface LabelsInput {
  readonly labelableId: string;
  readonly labelIds: readonly string[];
}

function findLabelled(context: GraphqlContext, { labelableId, labelIds }: LabelsInput) {
  const labelable = findWritable(context, labelableId, ['Issue', 'PullRequest'], neededForConversation);
  const names = labelIds.map((id) => nodeOf(context.world.state, id, ['Label']).label.name);
  return { labelable, names };
}

function showIssue(context: GraphqlContext, nodeId: string) {
  return nodeOf(context.world.state, nodeId, ['Issue']);
}

interface UpdateIssueInput {
  readonly id: string;
  readonly title?: string | null;
  readonly body?: string | null;
  readonly state?: 'OPEN' | 'CLOSED' | null;
}

async function setState(context: GraphqlContext, issue: Issue, state: UpdateIssueInput['state']): Promise<void> {
  if (state === 'CLOSED' && issue.state === 'open') await closeIssue(context.world, context.actor, issue);
  if (state === 'OPEN' && issue.state === 'closed') await reopenIssue(context.world, context.actor, issue);
}

export const issueMutations: Readonly<Record<string, FieldResolver<unknown>>> = {
  addComment: mutation(comment),
  updateIssueComment: mutation(async ({ id, body }: { readonly id: string; readonly body: string }, context) => {
    const node = findWritable(context, id, ['IssueComment'], neededForConversation);
    await editComment(context.world, context.actor, node.comment, body);
    return { issueComment: node };
  }),
  deleteIssueComment: mutation(async ({ id }: { readonly id: string }, context) => {
    const node = findWritable(context, id, ['IssueComment'], neededForConversation);
    await deleteComment(context.world, context.actor, node.comment);
    return {};
  }),
  addReaction: mutation(react),
  addLabelsToLabelable: mutation(async (input: LabelsInput, context) => {
    const { labelable, names } = findLabelled(context, input);
    await addLabels(context.world, context.actor, labelable.issue, names);
    return { labelable };
  }),
  removeLabelsFromLabelable: mutation(async (input: LabelsInput, context) => {
    const { labelable, names } = findLabelled(context, input);
    const own = new Set(labelable.issue.labels);
    for (const name of names) {
      if (own.has(name)) await removeLabel(context.world, context.actor, labelable.issue, name);
    }
    return { labelable };
  }),
  closeIssue: mutation(
    async ({ issueId, stateReason }: { readonly issueId: string; readonly stateReason?: Reason | null }, context) => {
      const { issue } = findWritable(context, issueId, ['Issue'], issuesWrite);
      await closeIssue(context.world, context.actor, issue, reasons[stateReason ?? 'COMPLETED']);
      return { issue: showIssue(context, issueId) };
    },
  ),
  reopenIssue: mutation(async ({ issueId }: { readonly issueId: string }, context) => {
    const { issue } = findWritable(context, issueId, ['Issue'], issuesWrite);
    await reopenIssue(context.world, context.actor, issue);
    return { issue: showIssue(context, issueId) };
  }),
  updateIssue: mutation(async ({ id, title, body, state }: UpdateIssueInput, context) => {
    const { issue } = findWritable(context, id, ['Issue'], issuesWrite);
    if (isPull(issue)) throw new Error(`The issue ${issue.number} is a pull request.`);
    if (title != null || body != null)
      await editIssue(context.world, context.actor, issue, { title: title ?? undefined, body: body ?? undefined });
    await setState(context, issue, state);
    return { issue: showIssue(context, id) };
  }),
};
