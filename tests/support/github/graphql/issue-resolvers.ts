/** Issues, comments, labels and reactions, and the fields that issues share with pull requests. */

import { commentsOf } from '../operations/comments.ts';
import { authorAssociation } from '../rest/represent-account.ts';
import type { Issue, Label, Reaction, ReactionContent, Repository } from '../state.ts';
import { isPull } from '../world.ts';
import { findActor } from './account-resolvers.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { orderItems } from './ordering.ts';
import type { OrderArgument } from './ordering.ts';
import { dateTime } from './resolver-types.ts';
import type { GraphqlContext, NodeSource, Resolvers, TypeResolvers } from './resolver-types.ts';
import { pageTimeline } from './timeline.ts';

type IssueSource = NodeSource<'Issue'>;
type CommentSource = NodeSource<'IssueComment'>;
type LabelSource = NodeSource<'Label'>;

/** What issues, pull requests and comments have in common. */
interface Written {
  readonly nodeId: string;
  readonly author: string;
  readonly body: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastEditedAt: number | null;
  readonly reactions: readonly Reaction[];
}

const graphqlNames: Readonly<Record<ReactionContent, string>> = {
  '+1': 'THUMBS_UP',
  '-1': 'THUMBS_DOWN',
  laugh: 'LAUGH',
  hooray: 'HOORAY',
  confused: 'CONFUSED',
  heart: 'HEART',
  rocket: 'ROCKET',
  eyes: 'EYES',
};

/** REST's name of a reaction that GraphQL names in capitals. */
export function readReactionContent(name: string): ReactionContent {
  const content = (Object.keys(graphqlNames) as ReactionContent[]).find((one) => graphqlNames[one] === name);
  if (content === undefined) throw new Error(`No reaction of the test GitHub is called ${name}.`);
  return content;
}

/** A reaction with the thing that it is on. */
interface ReactionSource {
  readonly kind: 'Reaction';
  readonly reaction: Reaction;
}

/** The groups of reactions, all eight of them, as GitHub gives them also where nobody reacted. */
export function showReactionGroups(reactions: readonly Reaction[]) {
  return (Object.keys(graphqlNames) as ReactionContent[]).map((content) => ({
    content,
    reactions: reactions.filter((reaction) => reaction.content === content),
  }));
}

interface WrittenSource {
  readonly repository: Repository;
}

/** Fields of everything that somebody wrote; `read` takes the thing out of its source. */
export function writtenFields<Source extends WrittenSource>(read: (source: Source) => Written): TypeResolvers<Source> {
  return {
    id: (source) => read(source).nodeId,
    repository: ({ repository }) => ({ kind: 'Repository', repository }),
    author: (source, _args, context) => findActor(context, read(source).author),
    authorAssociation: (source, _args, { world }) => authorAssociation(world, source.repository, read(source).author),
    body: (source) => read(source).body ?? '',
    bodyText: (source) => read(source).body ?? '',
    createdAt: (source) => dateTime(read(source).createdAt),
    publishedAt: (source) => dateTime(read(source).createdAt),
    updatedAt: (source) => dateTime(read(source).updatedAt),
    lastEditedAt: (source) => dateTime(read(source).lastEditedAt),
    includesCreatedEdit: (source) => read(source).lastEditedAt !== null,
    viewerDidAuthor: (source, _args, { actor }) =>
      read(source).author.toLowerCase() === actor.account.login.toLowerCase(),
    reactions: (source, { content, ...page }: PageArguments & { readonly content?: string | null }) =>
      pageThrough(
        read(source)
          .reactions.filter((reaction) => content == null || graphqlNames[reaction.content] === content)
          .map((reaction): ReactionSource => ({ kind: 'Reaction', reaction })),
        page,
      ),
    reactionGroups: (source) => showReactionGroups(read(source).reactions),
  };
}

/** The path of an issue or pull request on the web. */
export function conversationUrl({ world }: GraphqlContext, repository: Repository, issue: Issue): string {
  const folder = isPull(issue) ? 'pull' : 'issues';
  return `${world.urls.web}/${repository.owner}/${repository.name}/${folder}/${issue.number}`;
}

function findLabels(repository: Repository, issue: Issue): Label[] {
  return issue.labels.flatMap((name) => repository.labels.get(name.toLowerCase()) ?? []);
}

const labelKeys = { CREATED_AT: (label: Label) => label.id, NAME: (label: Label) => label.name.toLowerCase() };

/** Labels as a connection. */
export function pageLabels(
  repository: Repository,
  labels: readonly Label[],
  { orderBy, ...page }: PageArguments & { readonly orderBy?: OrderArgument | null },
) {
  const ordered = orderItems(labels, orderBy, labelKeys);
  return pageThrough(
    ordered.map((label): LabelSource => ({ kind: 'Label', repository, label })),
    page,
  );
}

/** Fields that an issue and a pull request share. */
export function conversationFields<
  Source extends { readonly repository: Repository; readonly issue: Issue },
>(): TypeResolvers<Source> {
  return {
    number: ({ issue }) => issue.number,
    title: ({ issue }) => issue.title,
    url: ({ repository, issue }, _args, context) => conversationUrl(context, repository, issue),
    closed: ({ issue }) => issue.state === 'closed',
    closedAt: ({ issue }) => dateTime(issue.closedAt),
    locked: () => false,
    timelineItems: ({ repository, issue }, args: PageArguments) => pageTimeline(repository, issue, args),
    labels: ({ repository, issue }, args: PageArguments & { readonly orderBy?: OrderArgument | null }) =>
      pageLabels(repository, findLabels(repository, issue), args),
    comments: (
      { repository, issue },
      { orderBy, ...page }: PageArguments & { readonly orderBy?: OrderArgument | null },
    ) => {
      const comments = orderItems(commentsOf(repository, issue.number), orderBy, {
        UPDATED_AT: (comment) => comment.updatedAt,
      });
      return pageThrough(
        comments.map((comment): CommentSource => ({ kind: 'IssueComment', repository, comment })),
        page,
      );
    },
  };
}

const issueFields: TypeResolvers<IssueSource> = {
  ...writtenFields<IssueSource>(({ issue }) => issue),
  ...conversationFields<IssueSource>(),
  databaseId: ({ issue }) => issue.id,
  fullDatabaseId: ({ issue }) => issue.id,
  state: ({ issue }) => issue.state.toUpperCase(),
  stateReason: ({ issue }, { enableDuplicate }: { readonly enableDuplicate?: boolean | null }) => {
    // Clients that do not know the reason are told of a plain closing.
    if (issue.stateReason === 'duplicate' && enableDuplicate !== true) return 'NOT_PLANNED';
    return issue.stateReason?.toUpperCase() ?? null;
  },
};

function commentIssue({ repository, comment }: CommentSource): Issue {
  const issue = repository.issues.get(comment.issueNumber);
  if (issue === undefined) throw new Error(`Comment ${comment.id} is on issue ${comment.issueNumber}, which is gone.`);
  return issue;
}

const commentFields: TypeResolvers<CommentSource> = {
  ...writtenFields<CommentSource>(({ comment }) => comment),
  databaseId: ({ comment }) => comment.id,
  fullDatabaseId: ({ comment }) => comment.id,
  isMinimized: () => false,
  url: (source, _args, context) =>
    `${conversationUrl(context, source.repository, commentIssue(source))}#issuecomment-${source.comment.id}`,
  issue: (source) => ({ kind: 'Issue', repository: source.repository, issue: commentIssue(source) }),
  pullRequest: (source) => {
    const issue = commentIssue(source);
    return isPull(issue) ? { kind: 'PullRequest', repository: source.repository, issue } : null;
  },
};

const labelFields: TypeResolvers<LabelSource> = {
  id: ({ label }) => label.nodeId,
  name: ({ label }) => label.name,
  color: ({ label }) => label.color,
  description: ({ label }) => label.description,
  isDefault: () => false,
  repository: ({ repository }) => ({ kind: 'Repository', repository }),
};

type GroupSource = ReturnType<typeof showReactionGroups>[number];

export const issueResolvers: Resolvers = {
  Issue: issueFields,
  IssueComment: commentFields,
  Label: labelFields,
  Reaction: {
    id: ({ reaction }: ReactionSource) => reaction.nodeId,
    databaseId: ({ reaction }: ReactionSource) => reaction.id,
    content: ({ reaction }: ReactionSource) => graphqlNames[reaction.content],
    createdAt: ({ reaction }: ReactionSource) => dateTime(reaction.createdAt),
    user: ({ reaction }: ReactionSource, _args, context) => {
      const actor = findActor(context, reaction.author);
      return actor?.kind === 'User' ? actor : null;
    },
  },
  ReactionGroup: {
    content: ({ content }: GroupSource) => graphqlNames[content],
    viewerHasReacted: ({ reactions }: GroupSource, _args, { actor }) =>
      reactions.some((reaction) => reaction.author.toLowerCase() === actor.account.login.toLowerCase()),
    reactors: ({ reactions }: GroupSource, page: PageArguments, context) =>
      pageThrough(
        reactions.map((reaction) => findActor(context, reaction.author)),
        page,
      ),
  },
};
