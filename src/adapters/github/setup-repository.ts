/** The calls of `espalier init`: what a repository has of what the workflows need, and how the missing is added. */
import { z } from 'zod';

import type { LabelSpec } from '../../core/commands/labels.ts';
import { SAMPLE_BRANCHES, type SetupFacts } from '../../core/setup/setup-needs.ts';
import type { GitHubClient } from './github-client.ts';
import { GitHubError } from './github-error.ts';
import { PAGE_SIZE, readPages } from './read-pages.ts';

/** A repository by its names. */
export interface RepositoryNames {
  owner: string;
  name: string;
}

const Repository = z.object({
  name: z.string(),
  owner: z.object({ login: z.string(), type: z.string() }),
  default_branch: z.string(),
});
const Labels = z.array(z.object({ name: z.string() }));
const Rules = z.array(z.object({ type: z.string() }));
const Actions = z.object({
  enabled: z.boolean(),
  allowed_actions: z.enum(['all', 'local_only', 'selected']).optional(),
});
const WorkflowPermissions = z.object({
  default_workflow_permissions: z.enum(['read', 'write']),
  can_approve_pull_request_reviews: z.boolean(),
});
const Workflows = z.object({ workflows: z.array(z.object({ path: z.string(), state: z.string() })) });
const Named = z.array(z.object({ name: z.string() }));
const Secrets = z.object({ secrets: Named });
const Variables = z.object({ variables: Named });

/**
 * Reads all that `init --check` compares; what the token may not read is `null`. Throws {@link GitHubError} if there is
 * no such repository for it, or GitHub cannot be asked.
 */
export async function readSetupFacts(client: GitHubClient, names: RepositoryNames): Promise<SetupFacts> {
  const ask = <T>(path: string, what: string, answer: z.ZodType<T>): Promise<T> =>
    client.rest({ route: `GET /repos/{owner}/{repo}${path}`, parameters: addressOf(names), what, answer });
  const repository = await ask('', `Reading the repository ${names.owner}/${names.name}`, Repository);
  const actions = await unlessForbidden(ask('/actions/permissions', 'Reading whether Actions may run', Actions));
  const permissions = await unlessForbidden(
    ask('/actions/permissions/workflow', 'Reading what workflows may do', WorkflowPermissions),
  );
  return {
    owner: repository.owner.login,
    name: repository.name,
    defaultBranch: repository.default_branch,
    isOrganization: repository.owner.type === 'Organization',
    labels: await readNames(client, names, {
      path: '/labels',
      what: 'Listing the labels',
      answer: Labels,
      take: (body) => body,
    }),
    actions: actions === null ? null : { isEnabled: actions.enabled, allowed: actions.allowed_actions ?? 'all' },
    workflowPermissions:
      permissions === null
        ? null
        : {
            standard: permissions.default_workflow_permissions,
            mayOpenPulls: permissions.can_approve_pull_request_reviews,
          },
    workflows: await unlessForbidden(listWorkflows(client, names)),
    ledgerRules: await readRules(client, names, SAMPLE_BRANCHES.ledger),
    queueRules: await readRules(client, names, SAMPLE_BRANCHES.queue),
    secretNames: await unlessForbidden(listSecretNames(client, names)),
    variableNames: await unlessForbidden(listVariableNames(client, names)),
  };
}

/** Adds a label; one that came to be meanwhile is fine. */
export async function addLabel(client: GitHubClient, names: RepositoryNames, label: LabelSpec): Promise<void> {
  try {
    await client.rest({
      route: 'POST /repos/{owner}/{repo}/labels',
      parameters: { ...addressOf(names), name: label.name, color: label.color, description: label.description },
      what: `Adding the label '${label.name}'`,
      answer: z.unknown(),
      maxRepeats: 2,
    });
  } catch (error) {
    if (!(error instanceof GitHubError) || error.status !== 422) throw error;
  }
}

/** Lets workflows open pull requests; what their token may do by default stays as it is. */
export async function allowPullsOfWorkflows(
  client: GitHubClient,
  names: RepositoryNames,
  standard: 'read' | 'write',
): Promise<void> {
  await client.rest({
    route: 'PUT /repos/{owner}/{repo}/actions/permissions/workflow',
    parameters: {
      ...addressOf(names),
      default_workflow_permissions: standard,
      can_approve_pull_request_reviews: true,
    },
    what: 'Letting workflows open pull requests',
    answer: z.unknown(),
    maxRepeats: 2,
  });
}

/** Adds a ruleset, as `writeLedgerRuleset` gives it. */
export async function addRuleset(
  client: GitHubClient,
  names: RepositoryNames,
  ruleset: Readonly<Record<string, unknown>>,
): Promise<void> {
  await client.rest({
    route: 'POST /repos/{owner}/{repo}/rulesets',
    parameters: { ...addressOf(names), ...ruleset, ...{ owner: names.owner, repo: names.name } },
    what: 'Adding the ruleset for the ledgers',
    answer: z.unknown(),
  });
}

function addressOf({ owner, name }: RepositoryNames): { owner: string; repo: string } {
  return { owner, repo: name };
}

/** `null` where GitHub says that it is not for this token, which it also says by denying that it is there. */
async function unlessForbidden<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const isRefused = error instanceof GitHubError && (error.forbidden !== null || error.ending.kind === 'gone');
    if (isRefused) return null;
    throw error;
  }
}

function readRules(client: GitHubClient, names: RepositoryNames, branch: string): Promise<string[]> {
  return readPages(
    (next) =>
      client.restPage({
        route: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
        parameters: { ...addressOf(names), branch, per_page: PAGE_SIZE, ...next },
        what: `Reading the rules of ${branch}`,
        answer: Rules,
      }),
    (page) => page.map(({ type }) => type),
  );
}

function listWorkflows(client: GitHubClient, names: RepositoryNames): Promise<{ path: string; isActive: boolean }[]> {
  return readPages(
    (next) =>
      client.restPage({
        route: 'GET /repos/{owner}/{repo}/actions/workflows',
        parameters: { ...addressOf(names), per_page: PAGE_SIZE, ...next },
        what: 'Listing the workflows',
        answer: Workflows,
      }),
    ({ workflows }) => workflows.map(({ path, state }) => ({ path, isActive: state === 'active' })),
  );
}

/** A workflow sees what its organization lends it, too. */
async function listSecretNames(client: GitHubClient, names: RepositoryNames): Promise<string[]> {
  const list = {
    what: 'Listing the names of secrets',
    answer: Secrets,
    take: (body: z.infer<typeof Secrets>) => body.secrets,
  };
  const own = await readNames(client, names, { ...list, path: '/actions/secrets' });
  const lent = await unlessForbidden(readNames(client, names, { ...list, path: '/actions/organization-secrets' }));
  return [...own, ...(lent ?? [])];
}

async function listVariableNames(client: GitHubClient, names: RepositoryNames): Promise<string[]> {
  const take = ({ variables }: z.infer<typeof Variables>) => variables;
  const list = { what: 'Listing the names of variables', answer: Variables, take };
  const own = await readNames(client, names, { ...list, path: '/actions/variables' });
  const lent = await unlessForbidden(readNames(client, names, { ...list, path: '/actions/organization-variables' }));
  return [...own, ...(lent ?? [])];
}

/** A list of things with names. */
interface NamedList<T> {
  /** Below the repository's own. */
  path: string;
  what: string;
  answer: z.ZodType<T>;
  take: (body: T) => readonly { name: string }[];
}

function readNames<T>(client: GitHubClient, names: RepositoryNames, list: NamedList<T>): Promise<string[]> {
  return readPages(
    (next) =>
      client.restPage({
        route: `GET /repos/{owner}/{repo}${list.path}`,
        // The lists of variables give no more than 30.
        parameters: { ...addressOf(names), per_page: 30, ...next },
        what: list.what,
        answer: list.answer,
      }),
    (body) => list.take(body).map(({ name }) => name),
  );
}
