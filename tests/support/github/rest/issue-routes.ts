/** Routes of issues, comments, reactions and labels; pull requests are issues here too. */
import { addComment, addReaction, deleteComment, editComment } from '../operations/comments.ts';
import { closeIssue, createIssue, editIssue, reopenIssue } from '../operations/issues.ts';
import { addLabels, createLabel, removeLabel } from '../operations/labels.ts';
import { closePull, reopenPull } from '../operations/pulls.ts';
import type { Comment, Issue, ReactionContent } from '../state.ts';
import { isPull, issueOf, notFound } from '../world.ts';
import { representComment, representIssue, representLabels, representReaction } from './represent-issue.ts';
import { representLabel } from './represent-repository.ts';
import { ok, readNumber, takePage, type RepositoryCall, type RestAnswer, type RestRoutes } from './rest-call.ts';

export const issueRoutes: RestRoutes<RepositoryCall> = {
  'POST /repos/{owner}/{repo}/issues': async ({ world, actor, repository, body }) => {
    const { title, body: text, labels } = body as { title: string; body?: string; labels?: WrittenLabel[] };
    const issue = await createIssue(world, actor, repository, { title, body: text, labels: labels?.map(nameOfLabel) });
    return { status: 201, body: representIssue(world, repository, issue) };
  },
  'GET /repos/{owner}/{repo}/issues': listIssues,
  'GET /repos/{owner}/{repo}/issues/{issue_number}': (call) =>
    ok(representIssue(call.world, call.repository, askedIssue(call))),
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': changeIssue,
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': async (call) => {
    const { world, actor, repository } = call;
    const comment = await addComment(world, actor, askedIssue(call), String(call.body['body']));
    return { status: 201, body: representComment(world, repository, comment) };
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': listComments,
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}': (call) =>
    ok(representComment(call.world, call.repository, askedComment(call))),
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': async (call) => {
    const comment = askedComment(call);
    await editComment(call.world, call.actor, comment, String(call.body['body']));
    return ok(representComment(call.world, call.repository, comment));
  },
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': async (call) => {
    await deleteComment(call.world, call.actor, askedComment(call));
    return { status: 204 };
  },
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': (call) => react(call, askedComment(call)),
  'POST /repos/{owner}/{repo}/issues/{issue_number}/reactions': (call) => react(call, askedIssue(call)),
  'POST /repos/{owner}/{repo}/issues/{issue_number}/labels': async (call) => {
    const { labels = [] } = call.body as { labels?: WrittenLabel[] };
    const issue = askedIssue(call);
    await addLabels(call.world, call.actor, issue, labels.map(nameOfLabel));
    return ok(representLabels(call.world, call.repository, issue));
  },
  'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}': async (call) => {
    const issue = askedIssue(call);
    await removeLabel(call.world, call.actor, issue, call.path['name'] ?? '');
    return ok(representLabels(call.world, call.repository, issue));
  },
  'POST /repos/{owner}/{repo}/labels': async ({ world, repository, body }) => {
    const label = await createLabel(world, repository, body as { name: string; color?: string; description?: string });
    return { status: 201, body: representLabel(world, repository, label) };
  },
  'GET /repos/{owner}/{repo}/labels': (call) => {
    const { page, headers } = takePage(call, [...call.repository.labels.values()]);
    return { status: 200, body: page.map((label) => representLabel(call.world, call.repository, label)), headers };
  },
};

type WrittenLabel = string | { readonly name?: string };

function nameOfLabel(label: WrittenLabel): string {
  return typeof label === 'string' ? label : (label.name ?? '');
}

function askedIssue(call: RepositoryCall): Issue {
  return issueOf(call.repository, readNumber(call, 'issue_number'));
}

function askedComment(call: RepositoryCall): Comment {
  const comment = call.repository.comments.get(readNumber(call, 'comment_id'));
  if (comment === undefined) throw notFound();
  return comment;
}

function listIssues(call: RepositoryCall): RestAnswer {
  const { repository, query, world } = call;
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const creator = query.get('creator')?.toLowerCase();
  const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z');
  const found = [...repository.issues.values()]
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => labels.every((name) => issue.labels.some((one) => one.toLowerCase() === name.toLowerCase())))
    .filter((issue) => creator === undefined || issue.author.toLowerCase() === creator)
    .filter((issue) => issue.updatedAt >= since)
    .sort((one, other) => other.number - one.number);
  const sorted = query.get('direction') === 'asc' ? found.reverse() : found;
  const { page, headers } = takePage(call, sorted);
  return { status: 200, body: page.map((issue) => representIssue(world, repository, issue)), headers };
}

function listComments(call: RepositoryCall): RestAnswer {
  const issue = askedIssue(call);
  const since = Date.parse(call.query.get('since') ?? '1970-01-01T00:00:00Z');
  const found = [...call.repository.comments.values()]
    .filter((comment) => comment.issueNumber === issue.number && comment.updatedAt >= since)
    .sort((one, other) => one.id - other.id);
  const { page, headers } = takePage(call, found);
  return { status: 200, body: page.map((one) => representComment(call.world, call.repository, one)), headers };
}

async function changeIssue(call: RepositoryCall): Promise<RestAnswer> {
  const { world, actor, repository } = call;
  const issue = askedIssue(call);
  const change = call.body as {
    title?: string;
    body?: string | null;
    state?: 'open' | 'closed';
    state_reason?: 'completed' | 'not_planned' | 'duplicate';
    labels?: WrittenLabel[];
  };
  if (change.title !== undefined || change.body !== undefined)
    await editIssue(world, actor, issue, { title: change.title, body: change.body });
  if (change.labels !== undefined) await setLabels(call, issue, change.labels.map(nameOfLabel));
  if (change.state === 'closed' && issue.state === 'open')
    await (isPull(issue) ? closePull(world, actor, issue) : closeIssue(world, actor, issue, change.state_reason));
  if (change.state === 'open' && issue.state === 'closed')
    await (isPull(issue) ? reopenPull(world, actor, issue) : reopenIssue(world, actor, issue));
  return ok(representIssue(world, repository, issue));
}

async function setLabels({ world, actor }: RepositoryCall, issue: Issue, wanted: string[]): Promise<void> {
  const isWanted = (name: string): boolean => wanted.some((one) => one.toLowerCase() === name.toLowerCase());
  for (const name of issue.labels.filter((one) => !isWanted(one))) await removeLabel(world, actor, issue, name);
  await addLabels(world, actor, issue, wanted);
}

async function react(call: RepositoryCall, subject: Issue | Comment): Promise<RestAnswer> {
  const content = String(call.body['content']) as ReactionContent;
  const { reaction, isNew } = await addReaction(call.world, call.actor, subject, content);
  return { status: isNew ? 201 : 200, body: representReaction(call.world, reaction) };
}
