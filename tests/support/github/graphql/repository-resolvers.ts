/** A repository and what is looked up through it. */

import { findHeld } from '../permissions.ts';
import type { Issue, PullIssue, Repository } from '../state.ts';
import { isPull, notFound, roleOf } from '../world.ts';
import { findActor } from './account-resolvers.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { findBranch, findRefByAnyName, resolveExpression, showObject } from './git-objects.ts';
import { listRefs } from './git-resolvers.ts';
import { pageLabels } from './issue-resolvers.ts';
import { orderItems } from './ordering.ts';
import type { OrderArgument } from './ordering.ts';
import { pullState, showPull } from './pull-resolvers.ts';
import { dateTime } from './resolver-types.ts';
import type { GraphqlContext, NodeSource, RefSource, Resolvers, TypeResolvers } from './resolver-types.ts';
import { findMergeQueue } from './rule-resolvers.ts';

type RepositorySource = NodeSource<'Repository'>;

interface ConversationFilter extends PageArguments {
  readonly labels?: readonly string[] | null;
  readonly states?: readonly string[] | null;
  readonly orderBy?: OrderArgument | null;
}

interface IssueFilter extends ConversationFilter {
  readonly filterBy?: { readonly since?: string | null } | null;
}

interface PullFilter extends ConversationFilter {
  readonly headRefName?: string | null;
  readonly baseRefName?: string | null;
}

const conversationKeys = {
  CREATED_AT: (issue: Issue) => issue.number,
  UPDATED_AT: (issue: Issue) => issue.updatedAt,
};

function hasSomeLabel(issue: Issue, names: readonly string[] | null | undefined): boolean {
  if (names == null) return true;
  const own = new Set(issue.labels.map((name) => name.toLowerCase()));
  return names.some((name) => own.has(name.toLowerCase()));
}

function pageIssues(repository: Repository, { labels, states, orderBy, filterBy, ...page }: IssueFilter) {
  const since = filterBy?.since == null ? -Infinity : Date.parse(filterBy.since);
  const issues = [...repository.issues.values()]
    .filter((issue) => !isPull(issue) && hasSomeLabel(issue, labels))
    .filter((issue) => states == null || states.includes(issue.state.toUpperCase()))
    .filter((issue) => issue.updatedAt >= since);
  return pageThrough(
    orderItems(issues, orderBy, conversationKeys).map((issue) => ({ kind: 'Issue' as const, repository, issue })),
    page,
  );
}

function pagePulls(repository: Repository, filter: PullFilter, isWanted: (pull: PullIssue) => boolean = () => true) {
  const { labels, states, orderBy, headRefName, baseRefName, ...page } = filter;
  const pulls = [...repository.issues.values()].filter((issue): issue is PullIssue => {
    if (!isPull(issue) || !isWanted(issue) || !hasSomeLabel(issue, labels)) return false;
    const { pull } = issue;
    return (
      (states == null || states.includes(pullState(issue))) &&
      (headRefName == null || pull.headRefName === headRefName) &&
      (baseRefName == null || pull.baseRefName === baseRefName)
    );
  });
  return pageThrough(
    orderItems(pulls, orderBy, conversationKeys).map((pull) => showPull(repository, pull)),
    page,
  );
}

/** @throws Refusal in GitHub's words where no such thing has the number. */
function showNumbered(repository: Repository, number: number, wanted: 'Issue' | 'PullRequest' | 'either') {
  const issue = repository.issues.get(number);
  if (issue !== undefined && isPull(issue) && wanted !== 'Issue') return showPull(repository, issue);
  if (issue !== undefined && !isPull(issue) && wanted !== 'PullRequest')
    return { kind: 'Issue' as const, repository, issue };
  const name = { Issue: 'an Issue', PullRequest: 'a PullRequest', either: 'an issue or pull request' }[wanted];
  throw notFound(`Could not resolve to ${name} with the number of ${number}.`);
}

/** A person's role; for an app, what its contents permission amounts to. */
function viewerPermission({ access }: GraphqlContext, repository: Repository): string | null {
  const { caller } = access;
  if (caller.kind === 'person') {
    const role = roleOf(repository, caller.account.login);
    return role === 'none' ? null : role.toUpperCase();
  }
  if (caller.kind !== 'installation') return null;
  return findHeld(caller.token.permissions, [{ contents: 'write' }]) === undefined ? 'READ' : 'WRITE';
}

const factFields: TypeResolvers<RepositorySource> = {
  id: ({ repository }) => repository.nodeId,
  databaseId: ({ repository }) => repository.id,
  name: ({ repository }) => repository.name,
  nameWithOwner: ({ repository }) => `${repository.owner}/${repository.name}`,
  owner: ({ repository }, _args, context) => findActor(context, repository.owner),
  description: ({ repository }) => repository.description,
  url: ({ repository }, _args, { world }) => `${world.urls.web}/${repository.owner}/${repository.name}`,
  isArchived: ({ repository }) => repository.isArchived,
  isPrivate: ({ repository }) => repository.isPrivate,
  isFork: ({ repository }) => repository.isFork,
  isEmpty: ({ repository }) => repository.refs.size === 0,
  isDisabled: () => false,
  isLocked: () => false,
  isInOrganization: ({ repository }, _args, context) => findActor(context, repository.owner)?.kind === 'Organization',
  hasIssuesEnabled: () => true,
  visibility: ({ repository }) => (repository.isPrivate ? 'PRIVATE' : 'PUBLIC'),
  createdAt: ({ repository }) => dateTime(repository.createdAt),
  updatedAt: ({ repository }) => dateTime(repository.updatedAt),
  pushedAt: ({ repository }) => dateTime(repository.pushedAt),
  viewerPermission: ({ repository }, _args, context) => viewerPermission(context, repository),
};

const settingFields: TypeResolvers<RepositorySource> = {
  mergeCommitAllowed: ({ repository }) => repository.settings.allowMergeCommit,
  squashMergeAllowed: ({ repository }) => repository.settings.allowSquashMerge,
  rebaseMergeAllowed: ({ repository }) => repository.settings.allowRebaseMerge,
  autoMergeAllowed: ({ repository }) => repository.settings.allowAutoMerge,
  deleteBranchOnMerge: ({ repository }) => repository.settings.deleteBranchOnMerge,
};

const gitFields: TypeResolvers<RepositorySource> = {
  defaultBranchRef: ({ repository }) => findBranch(repository, repository.defaultBranch),
  ref: ({ repository }, { qualifiedName }: { readonly qualifiedName: string }) =>
    findRefByAnyName(repository, qualifiedName),
  refs: (
    { repository },
    {
      refPrefix,
      query,
      orderBy,
      direction,
      ...page
    }: PageArguments & {
      readonly refPrefix: string;
      readonly query?: string | null;
      readonly orderBy?: OrderArgument | null;
      readonly direction?: 'ASC' | 'DESC' | null;
    },
  ) => {
    const found = listRefs(repository, refPrefix).filter((ref) => query == null || ref.name.includes(query));
    const order = orderBy ?? (direction == null ? null : { field: 'ALPHABETICAL', direction });
    return pageThrough(orderItems(found, order, { ALPHABETICAL: (ref) => ref.name }), page);
  },
  object: (
    { repository },
    { expression, oid }: { readonly expression?: string | null; readonly oid?: string | null },
    context,
  ) => {
    if (oid != null) return showObject(context, repository, oid);
    return expression == null ? null : resolveExpression(context, repository, expression);
  },
};

const listFields: TypeResolvers<RepositorySource> = {
  issue: ({ repository }, { number }: { readonly number: number }) => showNumbered(repository, number, 'Issue'),
  pullRequest: ({ repository }, { number }: { readonly number: number }) =>
    showNumbered(repository, number, 'PullRequest'),
  issueOrPullRequest: ({ repository }, { number }: { readonly number: number }) =>
    showNumbered(repository, number, 'either'),
  issues: ({ repository }, filter: IssueFilter) => pageIssues(repository, filter),
  pullRequests: ({ repository }, filter: PullFilter) => pagePulls(repository, filter),
  label: ({ repository }, { name }: { readonly name: string }) => {
    const label = repository.labels.get(name.toLowerCase());
    return label === undefined ? null : { kind: 'Label', repository, label };
  },
  labels: (
    { repository },
    { query, ...args }: PageArguments & { readonly query?: string | null; readonly orderBy?: OrderArgument | null },
  ) => {
    const labels = [...repository.labels.values()];
    return pageLabels(
      repository,
      labels.filter((label) => query == null || label.name.toLowerCase().includes(query.toLowerCase())),
      args,
    );
  },
  mergeQueue: ({ repository }, { branch }: { readonly branch?: string | null }) =>
    findMergeQueue(repository, branch ?? repository.defaultBranch),
  rulesets: ({ repository }, page: PageArguments) =>
    pageThrough(
      [...repository.rulesets.values()].map((ruleset) => ({
        kind: 'RepositoryRuleset' as const,
        repository,
        ruleset,
      })),
      page,
    ),
  // Rulesets are the only protection of branches that this GitHub knows.
  branchProtectionRules: (_source, page: PageArguments) => pageThrough([], page),
};

/** Pull requests from a branch itself; one from a fork's branch of the same name is not from it. */
export const refPullFields: TypeResolvers<RefSource> = {
  associatedPullRequests: ({ repository, name }, filter: PullFilter) =>
    pagePulls(repository, filter, ({ pull }) => {
      return pull.headRepositoryId === repository.id && `refs/heads/${pull.headRefName}` === name;
    }),
};

export const repositoryResolvers: Resolvers = {
  Repository: { ...factFields, ...settingFields, ...gitFields, ...listFields },
};
