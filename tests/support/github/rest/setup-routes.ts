/** Routes that only the setting up of a repository asks: names of secrets and variables, and new rulesets. */
import { makeNodeId } from '../node-ids.ts';
import { addNode } from '../registry.ts';
import type { BranchRule, Repository, Ruleset } from '../state.ts';
import { nextLargeId } from '../world.ts';
import { takePage, type RepositoryCall, type RestAnswer, type RestRoutes } from './rest-call.ts';

/** Names of what a repository's workflows see, by whether its organization lends them. */
interface SetupNames {
  secrets: string[];
  variables: string[];
  lentSecrets: string[];
  lentVariables: string[];
}

const namesByRepository = new WeakMap<Repository, SetupNames>();

/** The names of a repository, to be read and changed; empty at first. */
export function setupNamesOf(repository: Repository): SetupNames {
  const found = namesByRepository.get(repository) ?? { secrets: [], variables: [], lentSecrets: [], lentVariables: [] };
  namesByRepository.set(repository, found);
  return found;
}

const MADE_AT = '2026-01-01T00:00:00Z';

export const setupRoutes: RestRoutes<RepositoryCall> = {
  'GET /repos/{owner}/{repo}/actions/secrets': (call) => listSecrets(call, setupNamesOf(call.repository).secrets),
  'GET /repos/{owner}/{repo}/actions/organization-secrets': (call) =>
    listSecrets(call, setupNamesOf(call.repository).lentSecrets),
  'GET /repos/{owner}/{repo}/actions/variables': (call) => listVariables(call, setupNamesOf(call.repository).variables),
  'GET /repos/{owner}/{repo}/actions/organization-variables': (call) =>
    listVariables(call, setupNamesOf(call.repository).lentVariables),
  'POST /repos/{owner}/{repo}/rulesets': addRuleset,
};

function listSecrets(call: RepositoryCall, names: readonly string[]): RestAnswer {
  const { page, headers } = takePage(call, names);
  const secrets = page.map((name) => ({ name, created_at: MADE_AT, updated_at: MADE_AT }));
  return { status: 200, body: { total_count: names.length, secrets }, headers };
}

function listVariables(call: RepositoryCall, names: readonly string[]): RestAnswer {
  const { page, headers } = takePage(call, names);
  const variables = page.map((name) => ({ name, value: 'x', created_at: MADE_AT, updated_at: MADE_AT }));
  return { status: 200, body: { total_count: names.length, variables }, headers };
}

interface WrittenRuleset {
  name: string;
  enforcement: Ruleset['enforcement'];
  bypass_actors?: { actor_id: number; actor_type: 'Integration'; bypass_mode: 'always' }[];
  conditions: { ref_name: { include: string[]; exclude: string[] } };
  rules: BranchRule[];
}

async function addRuleset({ world, repository, body }: RepositoryCall): Promise<RestAnswer> {
  const written = body as unknown as WrittenRuleset;
  const ruleset = await world.atomically(async (): Promise<Ruleset> => {
    const id = nextLargeId(world.state);
    const made: Ruleset = {
      id,
      nodeId: makeNodeId('RepositoryRuleset', id),
      name: written.name,
      enforcement: written.enforcement,
      include: written.conditions.ref_name.include,
      exclude: written.conditions.ref_name.exclude,
      bypassActors: (written.bypass_actors ?? []).map(
        ({ actor_id: actorId, actor_type: actorType, bypass_mode: mode }) => ({
          actorType,
          actorId,
          mode,
        }),
      ),
      rules: written.rules,
    };
    repository.rulesets.set(id, made);
    addNode(world.state, made.nodeId, { kind: 'RepositoryRuleset', repository, ruleset: made });
    return made;
  });
  return {
    status: 201,
    body: {
      id: ruleset.id,
      name: ruleset.name,
      target: 'branch',
      source_type: 'Repository',
      source: repository.name,
      enforcement: ruleset.enforcement,
      conditions: written.conditions,
      rules: written.rules,
    },
  };
}
