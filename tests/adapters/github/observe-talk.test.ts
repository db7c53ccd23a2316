import { describe, expect, test } from 'vitest';
import { serverError } from '../../support/github/faults.ts';
import { addPerson } from '../../support/github/operations/accounts.ts';
import { registerApp } from '../../support/github/operations/apps.ts';
import { addComment, deleteComment, editComment } from '../../support/github/operations/comments.ts';
import { closeIssue, createIssue } from '../../support/github/operations/issues.ts';
import { removeLabel } from '../../support/github/operations/labels.ts';
import { submitReview } from '../../support/github/operations/reviews.ts';
import type { Issue } from '../../support/github/state.ts';
import { appActor, personActor } from '../../support/github/world.ts';
import { openGitHubFixture, type GitHubFixture } from './github-fixture.ts';
import { aTask, openObserver } from './observer.ts';
import { TASK, openIssue, openTaskPull, addWriter } from './plan-on-github.ts';

const DAY_MS = 24 * 3_600_000;

describe('the issue', () => {
  test('is seen with its labels, who set them, and its comments, oldest first', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository, maintainer, bot, clock } = fixture;
    const issue = await createIssue(world, maintainer, repository, {
      title: 'A plan',
      body: 'Do it.',
      labels: ['espalier', 'bug', 'espalier:pause'],
    });
    await removeLabel(world, maintainer, issue, 'espalier:pause');
    clock.advance(1000);
    const first = await addComment(world, maintainer, issue, '/espalier run');
    const second = await addComment(world, bot, issue, 'Yes.');
    clock.advance(1000);
    await editComment(world, bot, second, 'Yes!');
    const person = { login: 'maintainer', kind: 'user', id: maintainer.account.id };
    const { facts, version } = await openObserver(fixture)();
    expect(version).toEqual({ plan: null, queue: null });
    expect(facts.issue).toMatchObject({
      number: 1,
      nodeId: issue.nodeId,
      isOpen: true,
      title: 'A plan',
      body: 'Do it.',
      editedAtMs: null,
      labels: ['espalier', 'bug'],
    });
    expect(facts.issue?.labelEvents.map(({ label, isAdded, actor }) => ({ label, isAdded, actor }))).toEqual([
      { label: 'espalier', isAdded: true, actor: person },
      { label: 'espalier:pause', isAdded: true, actor: person },
      { label: 'espalier:pause', isAdded: false, actor: person },
    ]);
    expect(facts.issue?.comments).toEqual([
      {
        nodeId: first.nodeId,
        thread: 1,
        author: person,
        body: '/espalier run',
        createdAtMs: first.createdAt,
        editedAtMs: null,
        isOwn: false,
      },
      {
        nodeId: second.nodeId,
        thread: 1,
        author: { login: 'espalier[bot]', kind: 'bot', id: bot.account.id },
        body: 'Yes!',
        createdAtMs: second.createdAt,
        editedAtMs: clock.now(),
        isOwn: true,
      },
    ]);
  });

  test('that is closed is seen as such; one that is not there is null, and so is a pull request', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer } = fixture;
    const pull = await openTaskPull(fixture);
    await closeIssue(world, maintainer, fixture.repository.issues.get(1)!);
    const observe = openObserver(fixture);
    expect((await observe()).facts.issue?.isOpen).toBe(false);
    expect((await observe({ issue: 4711 })).facts.issue).toBeNull();
    expect((await observe({ issue: pull.number })).facts.issue).toBeNull();
  });

  test("no look-alike's comments pass for the app's own", async () => {
    await using fixture = await openGitHubFixture();
    const { world } = fixture;
    const issue = await openIssue(fixture);
    const other = await registerApp(world, {
      slug: 'espaIier',
      ownerLogin: 'acme',
      permissions: { issues: 'write' },
      events: [],
    });
    await addComment(world, appActor(world, other.id), issue, '<!-- espalier:answer x -->');
    await addPerson(world, 'espalier');
    await addComment(world, personActor(world, 'espalier'), issue, '<!-- espalier:answer x -->');
    const { facts } = await openObserver(fixture)();
    expect(facts.issue?.comments.map(({ author, isOwn }) => [author.login, author.kind, isOwn])).toEqual([
      ['espaIier[bot]', 'bot', false],
      ['espalier', 'user', false],
    ]);
  });

  test('shows the status comment while it stands', async () => {
    await using fixture = await openGitHubFixture();
    const { world, bot } = fixture;
    const comment = await addComment(world, bot, await openIssue(fixture), 'Status');
    const observe = openObserver(fixture);
    const query = { statusComment: comment.nodeId };
    expect((await observe(query)).facts.statusComment).toEqual({
      nodeId: comment.nodeId,
      body: 'Status',
      editedAtMs: null,
    });
    await deleteComment(world, bot, comment);
    expect((await observe(query)).facts.statusComment).toBeNull();
  });
});

describe('many comments', () => {
  async function chat(fixture: GitHubFixture, issue: Issue, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const { nodeId } = await addComment(fixture.world, fixture.maintainer, issue, `Word ${index}`);
      ids.push(nodeId);
    }
    return ids;
  }

  test('are read back through all pages while none of them was taken up', async () => {
    await using fixture = await openGitHubFixture();
    const ids = await chat(fixture, await openIssue(fixture), 230);
    const { facts } = await openObserver(fixture)();
    expect(facts.issue?.comments.map(({ nodeId }) => nodeId)).toEqual(ids);
    expect(fixture.requests().filter((name) => name.startsWith('Observe'))).toEqual([
      'Observe',
      'ObserveFurther',
      'ObserveFurther',
    ]);
  });

  test('are read no further than one that was taken up, and no further than they are old', async () => {
    await using fixture = await openGitHubFixture();
    const issue = await openIssue(fixture);
    await chat(fixture, issue, 100);
    fixture.clock.advance(8 * DAY_MS);
    const ids = await chat(fixture, issue, 150);
    const observe = openObserver(fixture);
    expect((await observe({ knownSources: new Set([ids[60]!]) })).facts.issue?.comments).toHaveLength(100);
    expect((await observe()).facts.issue?.comments).toHaveLength(200);
    expect(fixture.requests().filter((name) => name === 'ObserveFurther')).toHaveLength(1);
  });

  test('of a pull request hide neither its old commands nor its old reviews', async () => {
    await using fixture = await openGitHubFixture();
    const { world } = fixture;
    const pull = await openTaskPull(fixture);
    const reviewer = await addWriter(fixture, 'reviewer');
    await submitReview(world, reviewer, pull, { state: 'APPROVED' });
    const command = await addComment(world, fixture.maintainer, pull, '/espalier retry');
    const ids = await chat(fixture, pull, 120);
    const { facts } = await openObserver(fixture)({ tasks: [aTask('auth', pull.number)] });
    const seen = facts.pulls.get(TASK);
    expect(seen?.comments.map(({ nodeId }) => nodeId)).toEqual([command.nodeId, ...ids]);
    expect(seen?.reviews).toMatchObject([{ author: { login: 'reviewer' }, state: 'approved' }]);
  });

  test('of which some were taken up do not hide an old review either', async () => {
    await using fixture = await openGitHubFixture();
    const { world } = fixture;
    const pull = await openTaskPull(fixture);
    await submitReview(world, await addWriter(fixture, 'reviewer'), pull, { state: 'CHANGES_REQUESTED' });
    const ids = await chat(fixture, pull, 120);
    const query = { tasks: [aTask('auth', pull.number)], knownSources: new Set([ids[100]!]) };
    const seen = (await openObserver(fixture)(query)).facts.pulls.get(TASK);
    expect(seen?.comments).toHaveLength(100);
    expect(seen?.reviews).toMatchObject([{ author: { login: 'reviewer' }, state: 'changes-requested' }]);
  });
});

describe('permissions', () => {
  test('are read of those who said something new that may be a command, and of nobody else', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, bot } = fixture;
    const issue = await openIssue(fixture);
    const writer = await addWriter(fixture, 'Writer');
    for (const login of ['stranger', 'editor', 'talker', 'clicker']) await addPerson(world, login);
    const taken = await addComment(world, maintainer, issue, '/espalier pause');
    await addComment(world, writer, issue, 'Well:\n/espalier run');
    await addComment(world, personActor(world, 'stranger'), issue, '/espalier run');
    await addComment(world, personActor(world, 'talker'), issue, 'see https://example.com/espalier run');
    const edited = await addComment(world, personActor(world, 'editor'), issue, 'Hello');
    fixture.clock.advance(1000);
    await editComment(world, personActor(world, 'editor'), edited, '/espalier run');
    await addComment(world, bot, issue, '/espalier run');
    const query = { knownSources: new Set([taken.nodeId]), logins: ['Clicker'] };
    const { facts } = await openObserver(fixture)(query);
    expect(facts.permissions).toEqual(
      new Map([
        ['writer', 'write'],
        ['stranger', 'read'],
        ['clicker', 'read'],
      ]),
    );
  });

  test('of a crowd are read a few at a time, in the order in which they spoke', async () => {
    await using fixture = await openGitHubFixture();
    const { world, clock } = fixture;
    const issue = await openIssue(fixture);
    const crowd = Array.from({ length: 25 }, (_, index) => `stranger-${index}`);
    for (const login of crowd) {
      await addPerson(world, login);
      clock.advance(1);
      await addComment(world, personActor(world, login), issue, '/espalier run');
    }
    const { facts } = await openObserver(fixture)();
    expect([...facts.permissions.keys()]).toEqual(crowd.slice(0, 20));
  });

  test('that cannot be read now are absent, so that the command waits', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, hub } = fixture;
    await addComment(world, maintainer, await openIssue(fixture), '/espalier run');
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    hub.server.faults.add({ route }, serverError('before'), { times: 4 });
    const observe = openObserver(fixture);
    expect((await observe()).facts.permissions).toEqual(new Map());
    expect((await observe()).facts.permissions).toEqual(new Map([['maintainer', 'maintain']]));
  });
});
