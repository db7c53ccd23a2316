/** Comments as GraphQL gives them, and how many pages of them matter. */
import { z } from 'zod';

import type { CommentFact } from '../../core/hosted/facts.ts';
import { AUTHOR_FRAGMENT, Author, Time } from './answer-shapes.ts';

/** A comment before it is known which thread it stands in. */
export const Comment = z.object({
  id: z.string(),
  author: Author,
  body: z.string(),
  createdAt: Time,
  lastEditedAt: Time.nullable(),
  viewerDidAuthor: z.boolean(),
});
export type Comment = z.infer<typeof Comment>;

const COMMENT_FRAGMENT = `fragment Comment on IssueComment {
  id
  author { ...Author }
  body
  createdAt
  lastEditedAt
  viewerDidAuthor
}`;
export const COMMENT_FRAGMENTS = [COMMENT_FRAGMENT, AUTHOR_FRAGMENT] as const;

/** One page, read from the end backwards. */
export const BackwardPage = z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullable() });

/** A command that is older than this is no command any more, whoever gave it. */
const OLD_MS = 7 * 24 * 3_600_000;

/**
 * Whether comments before these can matter: not if one of these was taken up already (commands are taken up in the
 * order in which they were given, so that nothing before it is left), and not if they are old.
 */
export function needsEarlierComments(
  page: { hasPreviousPage: boolean },
  comments: readonly Comment[],
  known: { sources: ReadonlySet<string>; nowMs: number },
): boolean {
  if (!page.hasPreviousPage) return false;
  return comments.every(({ id, createdAt }) => !known.sources.has(id) && known.nowMs - createdAt < OLD_MS);
}

/** A comment as a fact about its thread. `ownLogin` is that of this app's bot. */
export function toCommentFact(comment: Comment, thread: number, ownLogin: string): CommentFact {
  const { id, author, body, createdAt, lastEditedAt, viewerDidAuthor } = comment;
  return {
    nodeId: id,
    thread,
    author,
    body,
    createdAtMs: createdAt,
    editedAtMs: lastEditedAt,
    isOwn: viewerDidAuthor || (author.kind === 'bot' && author.login === ownLogin),
  };
}
