/** Observing a plan of the fixture's repository as one process does. */
import { openListedRules, type ListedRules } from '../../../src/adapters/github/base-rules.ts';
import { observePlan } from '../../../src/adapters/github/observe.ts';
import { openRepositoryMemory } from '../../../src/adapters/github/repository-memory.ts';
import type { BranchName, CommitSha, PlanId, TaskId } from '../../../src/core/brand.ts';
import type { FactsQuery } from '../../../src/core/hosted/facts.ts';
import type { HostedObservation } from '../../../src/ports/hosted-forge.ts';
import type { GitHubFixture } from './github-fixture.ts';

/** A query for the plan of issue 1 that asks for nothing beside. */
export function aQuery(query: Partial<FactsQuery> = {}): FactsQuery {
  return {
    issue: 1,
    base: null,
    tasks: [],
    trials: [],
    runs: [],
    receipts: [],
    landings: [],
    statusComment: null,
    knownSources: new Set(),
    logins: [],
    ...query,
  };
}

export interface Observer {
  (query?: Partial<FactsQuery>): Promise<HostedObservation>;
  readonly rules: ListedRules;
}

/** One process with a memory of its own. */
export function openObserver({ github, installation, repository, clock, app }: GitHubFixture): Observer {
  const client = github.clientOf(installation.id);
  const { id, owner, name } = repository;
  const parts = {
    client,
    clock,
    memory: openRepositoryMemory({ id, owner, name }),
    rules: openListedRules(client, clock),
    readApp: () => Promise.resolve({ id: app.id, login: 'espalier[bot]' }),
  };
  const observe = (query: Partial<FactsQuery> = {}) => observePlan(parts, aQuery(query), 'issue-1' as PlanId);
  return Object.assign(observe, { rules: parts.rules });
}

/** A task of the plan with its own branch. */
export function aTask(task: string, pull: number | null = null): FactsQuery['tasks'][number] {
  return { task: task as TaskId, branch: `espalier/issue-1/${task}` as BranchName, pull };
}

export function sha(text: string | undefined): CommitSha {
  if (text === undefined) throw new Error('There is no such commit.');
  return text as CommitSha;
}
