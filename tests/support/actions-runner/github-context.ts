/** The context `github` and the variables of the environment that say the same. */
import { accountOf } from '../github/world.ts';
import { textOf } from './expressions.ts';
import type { RunRoom } from './machine.ts';

/** What of the context does not depend on the job. */
export function describeRun({ machine, run, file, facts }: RunRoom): Record<string, unknown> {
  const { repository, world } = machine;
  const fullName = `${repository.owner}/${repository.name}`;
  const { state, urls } = world;
  return {
    actor: run.actor,
    actor_id: String(accountOf(state, run.actor).id),
    api_url: urls.api,
    base_ref: facts.baseRef,
    event: facts.payload,
    event_name: facts.event,
    graphql_url: `${urls.api}/graphql`,
    head_ref: facts.headRef,
    ref: facts.ref,
    ref_name: facts.ref.replace(/^refs\/(?:heads|tags|pull)\//u, ''),
    ref_protected: false,
    ref_type: facts.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository: fullName,
    repository_id: String(repository.id),
    repository_owner: repository.owner,
    repository_owner_id: String(accountOf(state, repository.owner).id),
    repositoryUrl: `git://github.com/${fullName}.git`,
    retention_days: '90',
    run_attempt: String(run.runAttempt),
    run_id: String(run.id),
    run_number: String(run.runNumber),
    secret_source: facts.isRestricted ? 'None' : 'Actions',
    server_url: urls.web,
    sha: facts.sha,
    triggering_actor: run.triggeringActor,
    workflow: file.name,
    workflow_ref: `${fullName}/${file.path}@${facts.ref}`,
    workflow_sha: facts.sha,
  };
}

/** Names of the context that are variables too (`GITHUB_…`). */
const AS_VARIABLES = [
  ...['actor', 'actor_id', 'api_url', 'base_ref', 'event_name', 'graphql_url', 'head_ref', 'ref', 'ref_name'],
  ...['ref_protected', 'ref_type', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id'],
  ...['retention_days', 'run_attempt', 'run_id', 'run_number', 'server_url', 'sha', 'triggering_actor', 'workflow'],
  ...['workflow_ref', 'workflow_sha', 'job', 'event_path', 'workspace'],
];

/** The variables of a step that come from the context. */
export function githubVariables(context: Readonly<Record<string, unknown>>): Record<string, string> {
  const named = AS_VARIABLES.map((name) => [`GITHUB_${name.toUpperCase()}`, textOf(context[name])] as const);
  return { CI: 'true', GITHUB_ACTIONS: 'true', ...Object.fromEntries(named) };
}
