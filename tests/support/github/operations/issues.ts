import type { Repository, Issue, Comment, ReactionContent, Reaction, Label } from '../state.ts';
import type { Actor, World } from '../world.ts';

/** To be built. */
export async function createIssue(
  world: World,
  by: Actor,
  repository: Repository,
  issue: { title: string; body?: string | undefined; labels?: string[] | undefined },
): Promise<Issue> {
  throw new Error(`not built: createIssue`);
}

/** To be built. */
export async function editIssue(
  world: World,
  by: Actor,
  issue: Issue,
  edit: { title?: string | undefined; body?: string | null | undefined },
): Promise<void> {
  throw new Error(`not built: editIssue`);
}

/** To be built. */
export async function closeIssue(
  world: World,
  by: Actor,
  issue: Issue,
  reason?: 'completed' | 'not_planned' | 'duplicate',
): Promise<void> {
  throw new Error(`not built: closeIssue`);
}

/** To be built. */
export async function reopenIssue(world: World, by: Actor, issue: Issue): Promise<void> {
  throw new Error(`not built: reopenIssue`);
}

/** To be built. */
export async function addComment(world: World, by: Actor, issue: Issue, body: string): Promise<Comment> {
  throw new Error(`not built: addComment`);
}

/** To be built. */
export async function editComment(world: World, by: Actor, comment: Comment, body: string): Promise<void> {
  throw new Error(`not built: editComment`);
}

/** To be built. */
export async function deleteComment(world: World, by: Actor, comment: Comment): Promise<void> {
  throw new Error(`not built: deleteComment`);
}

/** To be built. */
export async function addReaction(
  world: World,
  by: Actor,
  subject: Issue | Comment,
  content: ReactionContent,
): Promise<{ reaction: Reaction; isNew: boolean }> {
  throw new Error(`not built: addReaction`);
}

/** To be built. */
export async function createLabel(
  world: World,
  repository: Repository,
  label: { name: string; color?: string | undefined; description?: string | null | undefined },
): Promise<Label> {
  throw new Error(`not built: createLabel`);
}

/** To be built. */
export async function addLabels(world: World, by: Actor, issue: Issue, names: string[]): Promise<void> {
  throw new Error(`not built: addLabels`);
}

/** To be built. */
export async function removeLabel(world: World, by: Actor, issue: Issue, name: string): Promise<void> {
  throw new Error(`not built: removeLabel`);
}

/** To be built. */
export function readComments(world: World, issue: Issue): Comment[] {
  throw new Error(`not built: readComments`);
}

/** To be built. */
export function unreadComments(world: World, appId: number): { repository: Repository; comment: Comment }[] {
  throw new Error(`not built: unreadComments`);
}
