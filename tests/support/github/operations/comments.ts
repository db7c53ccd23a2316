/** Comments of issues and pull requests, reactions, and the rule that what the app says is read. */
import { addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type { Comment, Issue, Reaction, ReactionContent, Repository } from '../state.ts';
import {
  issueOf,
  nextLargeId,
  repositoryOf,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';
import { refuseLongBody } from './issues.ts';

/** Comments on an issue or a pull request. */
export async function addComment(world: World, by: Actor, issue: Issue, body: string): Promise<Comment> {
  return world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    refuseLongBody(body);
    const id = nextLargeId(world.state);
    const now = world.clock.now();
    const comment: Comment = {
      id,
      nodeId: makeNodeId('IssueComment', id),
      repositoryId: repository.id,
      issueNumber: issue.number,
      author: by.account.login,
      body,
      appId: by.appId,
      reactions: [],
      createdAt: now,
      updatedAt: now,
      lastEditedAt: null,
      isRead: false,
    };
    repository.comments.set(id, comment);
    addNode(world.state, comment.nodeId, { kind: 'IssueComment', repository, comment });
    setFields(issue, { updatedAt: now });
    await world.emit({ event: 'issue_comment', action: 'created', repository, by, issue, comment });
    return comment;
  });
}

/** Changes a comment. There is no compare-and-swap: the last one wins. */
export async function editComment(world: World, by: Actor, comment: Comment, body: string): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, comment.repositoryId);
    refuseWriteToArchived(repository);
    refuseLongBody(body);
    const changes = { body: { from: comment.body } };
    const now = world.clock.now();
    setFields(comment, { body, updatedAt: now, lastEditedAt: now });
    const issue = issueOf(repository, comment.issueNumber);
    await world.emit({ event: 'issue_comment', action: 'edited', repository, by, issue, comment, changes });
  });
}

/** Takes a comment away; its event still shows it. */
export async function deleteComment(world: World, by: Actor, comment: Comment): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, comment.repositoryId);
    refuseWriteToArchived(repository);
    repository.comments.delete(comment.id);
    world.state.nodes.delete(comment.nodeId);
    const issue = issueOf(repository, comment.issueNumber);
    await world.emit({ event: 'issue_comment', action: 'deleted', repository, by, issue, comment });
  });
}

/** Reacts to an issue or a comment; the same reaction of the same account is there once. */
export async function addReaction(
  world: World,
  by: Actor,
  subject: Issue | Comment,
  content: ReactionContent,
): Promise<{ reaction: Reaction; isNew: boolean }> {
  return world.atomically(async () => {
    refuseWriteToArchived(repositoryOf(world.state, subject.repositoryId));
    const present = subject.reactions.find((one) => one.author === by.account.login && one.content === content);
    if (present !== undefined) return { reaction: present, isNew: false };
    const id = nextLargeId(world.state);
    const reaction: Reaction = {
      id,
      nodeId: makeNodeId('Reaction', id),
      content,
      author: by.account.login,
      createdAt: world.clock.now(),
    };
    subject.reactions.push(reaction);
    addNode(world.state, reaction.nodeId, { kind: 'Reaction', reaction });
    return { reaction, isNew: true };
  });
}

/** Comments of an issue or pull request, oldest first. */
export function commentsOf(repository: Repository, number: number): Comment[] {
  return [...repository.comments.values()].filter((comment) => comment.issueNumber === number);
}

/** A test reads all comments of an issue: none of them counts as unread from now on. */
export function readComments(world: World, issue: Issue): Comment[] {
  const comments = commentsOf(repositoryOf(world.state, issue.repositoryId), issue.number);
  for (const comment of comments) comment.isRead = true;
  return comments;
}

/** Comments of an app that no test has read. */
export function unreadComments(world: World, appId: number): { repository: Repository; comment: Comment }[] {
  return [...world.state.repositories.values()].flatMap((repository) =>
    [...repository.comments.values()]
      .filter((comment) => comment.appId === appId && !comment.isRead)
      .map((comment) => ({ repository, comment })),
  );
}
