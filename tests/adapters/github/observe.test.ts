import { expect, test } from 'vitest';

import { openListedRules } from '../../../src/adapters/github/base-rules.ts';
import { observePlan } from '../../../src/adapters/github/observe.ts';
import { openRepositoryMemory } from '../../../src/adapters/github/repository-memory.ts';
import type { PlanId } from '../../../src/core/brand.ts';
import type { FactsQuery } from '../../../src/core/hosted/facts.ts';
import { addComment } from '../../support/github/operations/comments.ts';
import { createIssue } from '../../support/github/operations/issues.ts';
import { openGitHubFixture, type GitHubFixture } from './github-fixture.ts';

function aQuery(query: Partial<FactsQuery> = {}): FactsQuery {
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

function openObserver({ github, installation, repository, clock, app }: GitHubFixture) {
  const client = github.clientOf(installation.id);
  const { id, owner, name } = repository;
  const parts = {
    client,
    clock,
    memory: openRepositoryMemory({ id, owner, name }),
    rules: openListedRules(client, clock),
    readApp: () => Promise.resolve({ id: app.id, login: 'espalier[bot]' }),
  };
  return async (query: Partial<FactsQuery> = {}) => observePlan(parts, aQuery(query), 'issue-1' as PlanId);
}

test('sees an issue with its comments', async () => {
  await using fixture = await openGitHubFixture();
  const { world, repository, maintainer, bot } = fixture;
  const issue = await createIssue(world, maintainer, repository, {
    title: 'A plan',
    body: 'Do it.',
    labels: ['espalier'],
  });
  await addComment(world, maintainer, issue, '/espalier run');
  await addComment(world, bot, issue, 'Yes.');
  const observe = openObserver(fixture);
  const { facts, version } = await observe();
  expect(version).toEqual({ plan: null, queue: null });
  expect(facts.issue).toMatchObject({ number: 1, isOpen: true, title: 'A plan', body: 'Do it.', labels: ['espalier'] });
});
