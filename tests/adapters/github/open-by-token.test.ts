import { describe, expect, test } from 'vitest';

import type { PlanId } from '../../../src/core/brand.ts';
import type { EffectOutcome, ForgeEffect } from '../../../src/core/hosted/effect.ts';
import { addComment, readComments } from '../../support/github/operations/comments.ts';
import { openPull } from '../../support/github/operations/pulls.ts';
import { addRuleset } from '../../support/github/operations/repositories.ts';
import { approveRun, findWorkflow, holdRun, startRun } from '../../support/github/operations/runs.ts';
import { ACTIONS_APP_ID } from '../../support/github/registry.ts';
import { type GitHubFixture, openGitHubFixture } from './github-fixture.ts';
import { aQuery, aTask, sha } from './observer.ts';
import { BRANCH, openIssue, push } from './plan-on-github.ts';
import { JOB_PERMISSIONS, jobActor, mintJobToken, openByToken } from './token-fixture.ts';

const PLAN = 'issue-1' as PlanId;

function targetOf({ repository }: GitHubFixture) {
  return { repositoryId: repository.id, owner: repository.owner, repo: repository.name };
}

function performAlone(
  fixture: GitHubFixture,
  token: string,
  effect: ForgeEffect,
): Promise<ReadonlyMap<string, EffectOutcome>> {
  const tip = sha(fixture.repository.refs.get('refs/heads/main'));
  return openByToken(fixture, token).forgeOf(targetOf(fixture)).perform([effect], tip);
}

describe('a token', () => {
  test('of a job is that of GitHub Actions', async () => {
    await using fixture = await openGitHubFixture();
    const github = openByToken(fixture, mintJobToken(fixture));
    const self = { appId: ACTIONS_APP_ID, login: 'github-actions[bot]', botUserId: jobActor(fixture).account.id };
    expect(await github.readSelf()).toEqual(self);
    expect(await github.readSelf()).toEqual(self);
    expect(fixture.requests()).toEqual(['Viewer', 'GET /apps/{app_slug}']);
  });

  test('of an installation is that of its app', async () => {
    await using fixture = await openGitHubFixture();
    const { token } = fixture.hub.server.tokens.mint(fixture.installation, {});
    expect(await openByToken(fixture, token).readSelf()).toMatchObject({
      appId: fixture.app.id,
      login: 'espalier[bot]',
    });
  });

  test('of a person is refused with what to hand over instead', async () => {
    await using fixture = await openGitHubFixture();
    const github = openByToken(fixture, fixture.hub.server.tokens.mintForPerson('maintainer'));
    await expect(github.readSelf()).rejects.toThrow("it is a person's and no app's");
    await expect(github.readSelf()).rejects.toThrow('hand over `github.token`');
  });

  test('that is not taken is asked again who it is', async () => {
    await using fixture = await openGitHubFixture();
    const github = openByToken(fixture, 'ghs_wrong');
    await expect(github.readSelf()).rejects.toThrow('Reading whose token it is failed');
    await expect(github.readSelf()).rejects.toThrow('Reading whose token it is failed');
    expect(fixture.logged.join('\n')).not.toContain('ghs_wrong');
  });

  test('reaches its repository, whose id it reads, and no other', async () => {
    await using fixture = await openGitHubFixture();
    const github = openByToken(fixture, mintJobToken(fixture));
    expect(await github.readRepository({ owner: 'ACME', name: 'widgets' })).toEqual({
      id: fixture.repository.id,
      owner: 'acme',
      name: 'widgets',
    });
    await expect(github.readRepository({ owner: 'acme', name: 'nothing' })).rejects.toThrow(
      'the token does not reach it',
    );
  });
});

describe('the forge of a job', () => {
  test('reads a plan as the app does, with the permissions that a workflow can give and no others', async () => {
    await using fixture = await openGitHubFixture();
    const issue = await openIssue(fixture);
    await addComment(fixture.world, fixture.maintainer, issue, '/espalier run');
    const github = openByToken(fixture, mintJobToken(fixture));
    const { facts } = await github.forgeOf(targetOf(fixture)).observe(aQuery(), PLAN);
    expect(facts).toMatchObject({
      app: { id: ACTIONS_APP_ID, login: 'github-actions[bot]' },
      issue: { number: 1, isOpen: true },
      rules: { hasMergeQueue: false },
    });
    expect(facts.permissions.get('maintainer')).toBe('maintain');
    expect(await github.listOpenPlans({ owner: 'acme', name: 'widgets' })).toEqual([1]);
  });

  test('says of a base with a merge queue that there is one which it cannot see', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    await addRuleset(fixture.world, fixture.repository, {
      name: 'queue',
      include: ['~DEFAULT_BRANCH'],
      rules: [{ type: 'merge_queue', parameters: QUEUE }],
    });
    const forge = openByToken(fixture, mintJobToken(fixture)).forgeOf(targetOf(fixture));
    for (const _look of [1, 2]) {
      const { facts } = await forge.observe(aQuery(), PLAN);
      expect(facts.rules).toMatchObject({ hasMergeQueue: true, isQueueHidden: true });
      expect(facts.mergeQueue).toBeUndefined();
    }
  });

  test('shows the runs that wait for an approval, until a person has given it', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository, maintainer } = fixture;
    Object.assign(repository.settings, { actionsMayOpenPulls: true });
    await openIssue(fixture);
    await push(fixture, 'main', { '.github/workflows/ci.yml': 'name: CI\non: pull_request\n' }, maintainer);
    await push(fixture, BRANCH, { 'auth.txt': 'auth' }, jobActor(fixture));
    await openPull(world, jobActor(fixture), repository, { title: 'Auth', body: '', head: BRANCH, base: 'main' });
    const forge = openByToken(fixture, mintJobToken(fixture)).forgeOf(targetOf(fixture));
    const run = await startRun(world, jobActor(fixture), await findWorkflow(world, repository, 'ci.yml'), {
      event: 'pull_request',
      headSha: sha(repository.refs.get(`refs/heads/${BRANCH}`)),
      headBranch: BRANCH,
      displayTitle: 'Auth',
    });
    await holdRun(world, run);
    const held = async () => {
      const { facts } = await forge.observe(aQuery({ tasks: [aTask('auth')] }), PLAN);
      return Object.fromEntries(facts.heldRuns ?? []);
    };
    expect(JSON.stringify(await held())).toMatch(
      new RegExp(`^{"auth":\\[{"workflow":"CI","url":"[^"]*/runs/${run.id}"}\\]}$`),
    );
    await approveRun(world, maintainer, run);
    expect(await held()).toEqual({});
  });

  test('names the setting that keeps it from opening a pull request', async () => {
    await using fixture = await openGitHubFixture();
    await push(fixture, BRANCH, { 'auth.txt': 'auth' }, jobActor(fixture));
    const effect = {
      kind: 'open-pull',
      key: 'pull.auth',
      ...aTask('auth'),
      base: 'main',
      title: 'Auth',
      body: '',
    } as unknown as ForgeEffect;
    const outcomes = await performAlone(fixture, mintJobToken(fixture), effect);
    expect(outcomes.get('pull.auth')).toEqual({
      kind: 'forbidden',
      permission: 'setting: create and approve pull requests',
      because: 'GitHub Actions is not permitted to create or approve pull requests (FORBIDDEN)',
    });
  });

  test('names the permission that the workflow did not give it', async () => {
    await using fixture = await openGitHubFixture();
    const issue = await openIssue(fixture);
    const token = mintJobToken(fixture, { ...JOB_PERMISSIONS, issues: 'read' });
    const body = '<!-- espalier:answer x -->\nHello.';
    const effect = { kind: 'answer', key: 'answer.x', thread: issue.number, body, lookFirst: false } as const;
    const outcomes = await performAlone(fixture, token, effect);
    expect(outcomes.get('answer.x')).toMatchObject({ kind: 'forbidden', permission: 'issues=write' });
    expect(readComments(fixture.world, issue)).toEqual([]);
  });
});

const QUEUE = {
  check_response_timeout_minutes: 60,
  grouping_strategy: 'ALLGREEN',
  max_entries_to_build: 5,
  max_entries_to_merge: 5,
  merge_method: 'MERGE',
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 5,
} as const;
