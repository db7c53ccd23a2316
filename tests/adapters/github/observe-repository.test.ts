import { describe, expect, test } from 'vitest';
import { GitHubError } from '../../../src/adapters/github/github-error.ts';
import { serverError } from '../../support/github/faults.ts';
import { addOrganization } from '../../support/github/operations/accounts.ts';
import { installApp } from '../../support/github/operations/apps.ts';
import { addComment } from '../../support/github/operations/comments.ts';
import {
  addRuleset,
  createRepository,
  deleteRepository,
  renameRepository,
  setArchived,
  transferRepository,
} from '../../support/github/operations/repositories.ts';
import { openGitHubFixture } from './github-fixture.ts';
import { aTask, openObserver, sha } from './observer.ts';
import { TASK, openIssue, openTaskPull } from './plan-on-github.ts';

describe('rules', () => {
  test('are read once for some minutes, and anew when they were forgotten', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository, clock, app } = fixture;
    await openIssue(fixture);
    const observe = openObserver(fixture);
    const look = async () => (await observe()).facts.rules;
    expect(await look()).toMatchObject({ requiredChecks: [], isStrict: false });
    await addRuleset(world, repository, {
      name: 'Checks',
      include: ['~DEFAULT_BRANCH'],
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'test', integration_id: app.id }, { context: 'lint' }],
            strict_required_status_checks_policy: true,
          },
        },
      ],
    });
    expect(await look()).toMatchObject({ requiredChecks: [], isStrict: false });
    observe.rules.forget('main');
    const wanted = {
      requiredChecks: [
        { name: 'test', appId: app.id },
        { name: 'lint', appId: null },
      ],
      isStrict: true,
    };
    expect(await look()).toMatchObject(wanted);
    await look();
    const route = 'GET /repos/{owner}/{repo}/rules/branches/{branch}';
    expect(fixture.requests().filter((name) => name === route)).toHaveLength(2);
    clock.advance(6 * 60_000);
    await look();
    expect(fixture.requests().filter((name) => name === route)).toHaveLength(3);
  });
});

describe('the repository', () => {
  async function failureOf(promise: Promise<unknown>): Promise<GitHubError> {
    const failure = await promise.catch((error: unknown) => error);
    if (failure instanceof GitHubError) return failure;
    throw new Error('Observing did not fail as it should.', { cause: failure });
  }

  test('that was renamed is followed, and named anew', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    await openIssue(fixture);
    const observe = openObserver(fixture);
    await renameRepository(world, maintainer, repository, 'gadgets');
    const { facts } = await observe();
    expect(facts.repository).toMatchObject({ id: repository.id, owner: 'acme', name: 'gadgets' });
  });

  test('that was transferred to where the app is not is gone; where it is, it is followed by its new installation', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository, app } = fixture;
    await openIssue(fixture);
    const observe = openObserver(fixture);
    repository.isPrivate = true;
    await addOrganization(world, 'other');
    await transferRepository(world, maintainer, repository, 'other');
    expect(await failureOf(observe())).toMatchObject({ isTransient: false, ending: { kind: 'gone' } });
    const installation = await installApp(world, maintainer, {
      appId: app.id,
      accountLogin: 'other',
      repositories: 'all',
    });
    const { facts } = await openObserver({ ...fixture, installation })();
    expect(facts.repository).toMatchObject({ owner: 'other', name: 'widgets' });
  });

  test('that was deleted is gone, also if another one stands under its name', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    await openIssue(fixture);
    const observe = openObserver(fixture);
    await deleteRepository(world, maintainer, repository);
    expect(await failureOf(observe())).toMatchObject({ ending: { kind: 'gone' } });
    await createRepository(world, maintainer, { owner: 'acme', name: 'widgets' });
    expect((await failureOf(observe())).message).toContain('another repository stands under its name');
  });

  test('that is archived is seen as such', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    await openIssue(fixture);
    await setArchived(world, maintainer, repository, true);
    expect((await openObserver(fixture)()).facts.repository.isArchived).toBe(true);
  });

  test('of which an answer has holes is not taken for one where things are gone', async () => {
    await using fixture = await openGitHubFixture({ permissions: { contents: 'write', pull_requests: 'write' } });
    await openIssue(fixture);
    const failure = await failureOf(openObserver(fixture)());
    expect(failure).toMatchObject({ isTransient: false, ending: { kind: 'forbidden' } });
  });
});

describe('what it costs', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => aTask(`task-${index}`, index + 2));

  test('is one point for eight pull requests, and three for a hundred', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const observe = openObserver(fixture);
    const { rateLimits } = fixture.hub.server;
    const costOf = async (count: number) => {
      const before = rateLimits.totalSpent('graphql');
      await observe({ tasks: many(count) });
      return rateLimits.totalSpent('graphql') - before;
    };
    expect({ eight: await costOf(8), hundred: await costOf(100) }).toEqual({ eight: 1, hundred: 3 });
  });

  test('is one request for a plan that goes on, and none of REST', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer } = fixture;
    const pull = await openTaskPull(fixture);
    const command = await addComment(world, maintainer, pull, '/espalier retry');
    const observe = openObserver(fixture);
    await observe();
    const before = fixture.requests().length;
    await observe({ tasks: [aTask('auth', pull.number)], knownSources: new Set([command.nodeId]) });
    expect(fixture.requests().slice(before)).toEqual(['Observe']);
  });

  test('is several requests where GitHub cannot answer the whole, with the same result', async () => {
    await using fixture = await openGitHubFixture();
    const pull = await openTaskPull(fixture);
    const tasks = [...many(59).map((task) => ({ ...task, pull: 4711 })), aTask('auth', pull.number)];
    const landings = [{ task: TASK, commitSha: sha(fixture.repository.refs.get('refs/heads/main')) }];
    const observe = openObserver(fixture);
    const whole = await observe({ tasks, landings });
    const before = fixture.requests().length;
    fixture.hub.server.faults.add({ graphql: 'Observe' }, serverError('before', 502), { times: 2 });
    const parted = await observe({ tasks, landings });
    expect(fixture.requests().slice(before)).toEqual(['Observe', 'Observe', 'Observe', 'ObservePart', 'ObservePart']);
    const { readAtMs: _readAt, quota: _quota, ...same } = parted.facts;
    expect(whole.facts).toMatchObject(same);
    expect(parted.facts.pulls.get(TASK)?.number).toBe(pull.number);
  });
});
