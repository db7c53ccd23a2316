/** Comments, reactions and the end of an issue. */
import { z } from 'zod';

import type { EffectOutcome } from '../../core/hosted/effect.ts';
import { nodesOf } from './answer-shapes.ts';
import type { EffectOf, PerformContext } from './perform-context.ts';
import { readPayload, type PlannedMutations, type Reply } from './perform-document.ts';
import { outcomeOf } from './perform-outcomes.ts';
import { BackwardPage } from './read-comments.ts';

const ISSUES = 'issues=write';

/** Writes the status comment where it stands; if that is not known it is looked for before it is posted. */
export async function planStatusComment(
  context: PerformContext,
  { key, nodeId, thread, body }: EffectOf<'status-comment'>,
): Promise<PlannedMutations | EffectOutcome> {
  if (nodeId !== null) return planEdit(key, nodeId, body);
  const found = await findOwnComment(context, thread, body);
  if (found.threadId === null) return goneThread(thread);
  return found.commentId === null
    ? planPost(context, found.threadId, { key, body })
    : planEdit(key, found.commentId, body);
}

/** Posts an answer; nothing is left to do if it is looked for and found. */
export async function planAnswer(
  context: PerformContext,
  { key, thread, body, lookFirst }: EffectOf<'answer'>,
): Promise<PlannedMutations | EffectOutcome> {
  const known = context.memory.threadIds.get(thread);
  if (!lookFirst && known !== undefined) return planPost(context, known, { key, body });
  const found = await findOwnComment(context, thread, lookFirst ? body : null);
  if (found.threadId === null) return goneThread(thread);
  return found.commentId === null
    ? planPost(context, found.threadId, { key, body })
    : { kind: 'comment-posted', nodeId: found.commentId };
}

/** Reacts to a comment; the same reaction is there once, however often it is given. */
export function planReaction({ key, commentNodeId, content }: EffectOf<'react'>): PlannedMutations {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: ISSUES,
    write(document) {
      const input = { subjectId: commentNodeId, content };
      return [`addReaction(input: ${document.variable('AddReactionInput!', input)}) { clientMutationId }`];
    },
    judge: doneUnlessFailed,
  };
}

/** Closes an issue. */
export function planCloseIssue({ key, nodeId }: EffectOf<'close-issue'>): PlannedMutations {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: ISSUES,
    write(document) {
      const input = { issueId: nodeId, stateReason: 'COMPLETED' };
      return [`closeIssue(input: ${document.variable('CloseIssueInput!', input)}) { clientMutationId }`];
    },
    judge: doneUnlessFailed,
  };
}

function doneUnlessFailed([reply]: readonly Reply[]): EffectOutcome {
  return reply?.error == null ? { kind: 'done' } : outcomeOf(reply.error, ISSUES);
}

const PostPayload = z.object({ commentEdge: z.object({ node: z.object({ id: z.string() }) }) });

function planPost(
  context: PerformContext,
  threadId: string,
  { key, body }: { key: string; body: string },
): PlannedMutations {
  return {
    key,
    weight: 1,
    isIdempotent: false,
    needed: ISSUES,
    write(document) {
      const input = { subjectId: threadId, body };
      return [`addComment(input: ${document.variable('AddCommentInput!', input)}) { commentEdge { node { id } } }`];
    },
    judge([reply]) {
      if (reply === undefined) return { kind: 'refused', because: 'it was not asked for' };
      if (reply.error !== null) return outcomeOf(reply.error, ISSUES);
      return { kind: 'comment-posted', nodeId: readPayload(PostPayload, reply, context).commentEdge.node.id };
    },
  };
}

function planEdit(key: string, nodeId: string, body: string): PlannedMutations {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: ISSUES,
    write(document) {
      const input = { id: nodeId, body };
      return [
        `updateIssueComment(input: ${document.variable('UpdateIssueCommentInput!', input)}) { clientMutationId }`,
      ];
    },
    judge: ([reply]) => (reply?.error == null ? { kind: 'comment-posted', nodeId } : outcomeOf(reply.error, ISSUES)),
  };
}

function goneThread(thread: number): EffectOutcome {
  return { kind: 'elsewhere', because: `there is no issue or pull request #${thread}` };
}

/** Pages of 100, from the newest comment back. What Espalier looks for was posted a minute ago, not a year. */
const MAX_PAGES = 5;

const Thread = z.object({
  id: z.string(),
  comments: z
    .object({
      pageInfo: BackwardPage,
      nodes: nodesOf(z.object({ id: z.string(), body: z.string(), viewerDidAuthor: z.boolean() })),
    })
    .optional(),
});
type Thread = z.infer<typeof Thread>;

const ThreadAnswer = z.object({ repository: z.object({ thread: Thread.nullable() }).nullable() });

const FIND = `query FindComment($owner: String!, $name: String!, $number: Int!, $before: String, $wants: Boolean!) {
  repository(owner: $owner, name: $name) {
    thread: issueOrPullRequest(number: $number) {
      ... on Issue { id comments(last: 100, before: $before) @include(if: $wants) { ...Page } }
      ... on PullRequest { id comments(last: 100, before: $before) @include(if: $wants) { ...Page } }
    }
  }
}
fragment Page on IssueCommentConnection {
  pageInfo { hasPreviousPage startCursor }
  nodes { id body viewerDidAuthor }
}`;

/**
 * The node id of a thread, and of this app's newest comment in it that begins with the same line as `body`; nothing is
 * looked for if `body` is `null`.
 */
async function findOwnComment(
  context: PerformContext,
  thread: number,
  body: string | null,
): Promise<{ threadId: string | null; commentId: string | null }> {
  const marker = body === null ? '' : firstLine(body);
  let before: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const found: Thread | null = await readThread(context, { thread, before, wants: body !== null });
    if (found === null) return { threadId: null, commentId: null };
    context.memory.threadIds.set(thread, found.id);
    const { comments } = found;
    const own = comments?.nodes.findLast((one) => one.viewerDidAuthor && firstLine(one.body) === marker);
    const isLast = comments === undefined || !comments.pageInfo.hasPreviousPage || pages === MAX_PAGES;
    if (own !== undefined || isLast) return { threadId: found.id, commentId: own?.id ?? null };
    before = comments.pageInfo.startCursor;
  }
}

async function readThread(
  { client, memory }: PerformContext,
  { thread, before, wants }: { thread: number; before: string | null; wants: boolean },
): Promise<Thread | null> {
  const { owner, name } = memory.address;
  const { data } = await client.graphql({
    kind: 'query',
    document: FIND,
    variables: { owner, name, number: thread, before, wants },
    what: "Looking for a comment of the app's own",
    answer: ThreadAnswer,
  });
  return data.repository?.thread ?? null;
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}
