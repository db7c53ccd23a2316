import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ForgeEffect } from '../../../src/core/hosted/effect.ts';
import { serverError } from '../../support/github/faults.ts';
import { acceptPermissions } from '../../support/github/operations/apps.ts';
import { addComment, commentsOf, deleteComment } from '../../support/github/operations/comments.ts';
import type { Comment } from '../../support/github/state.ts';
import { containing, openPerformFixture, type PerformFixture } from './perform-fixture.ts';

const STATUS_LINE = '<!-- espalier:status plan=issue-1 -->';
const ANSWER_LINE = '<!-- espalier:answer r1 -->';

let fixture: PerformFixture;

beforeEach(async () => {
  fixture = await openPerformFixture();
});

afterEach(() => fixture[Symbol.asyncDispose]());

function status(body: string, nodeId: string | null = null): ForgeEffect {
  return { kind: 'status-comment', key: 'status', nodeId, thread: fixture.issue.number, body };
}

function answer(lookFirst: boolean, thread = fixture.issue.number): ForgeEffect {
  return { kind: 'answer', key: 'answer.r1', thread, body: `${ANSWER_LINE}\nDone "so".`, lookFirst };
}

function comments(): Comment[] {
  return commentsOf(fixture.repository, fixture.issue.number);
}

function posted(comment: Comment | undefined) {
  return { kind: 'comment-posted', nodeId: comment?.nodeId };
}

describe('the status comment', () => {
  test('is posted where there is none', async () => {
    expect(await fixture.perform(status(`${STATUS_LINE}\nFirst`))).toEqual(posted(comments()[0]));
    expect(comments()).toMatchObject([{ body: `${STATUS_LINE}\nFirst`, author: 'espalier[bot]' }]);
    expect(fixture.newRequests()).toEqual(['FindComment', 'Perform']);
  });

  test('is edited where it is known', async () => {
    await fixture.perform(status(`${STATUS_LINE}\nFirst`));
    fixture.newRequests();
    const nodeId = comments()[0]?.nodeId ?? null;
    expect(await fixture.perform(status(`${STATUS_LINE}\nSecond`, nodeId))).toEqual(posted(comments()[0]));
    expect(comments().map(({ body }) => body)).toEqual([`${STATUS_LINE}\nSecond`]);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('is found and edited where it is not known, however much was said since', async () => {
    const { world, issue, maintainer } = fixture;
    await fixture.perform(status(`${STATUS_LINE}\nFirst`));
    fixture.newRequests();
    for (let count = 0; count < 150; count += 1) await addComment(world, maintainer, issue, `Word ${count}`);
    expect(await fixture.perform(status(`${STATUS_LINE}\nSecond`))).toEqual(posted(comments()[0]));
    expect(comments().filter(({ body }) => body.startsWith(STATUS_LINE))).toHaveLength(1);
    expect(comments()[0]?.body).toBe(`${STATUS_LINE}\nSecond`);
    expect(fixture.newRequests()).toEqual(['FindComment', 'FindComment', 'Perform']);
  });

  test('is never one that a person wrote, nor one that quotes it', async () => {
    const { world, issue, maintainer, bot } = fixture;
    const forged = await addComment(world, maintainer, issue, `${STATUS_LINE}\nForged`);
    await addComment(world, bot, issue, `> ${STATUS_LINE}\nQuoted`);
    await addComment(world, bot, issue, '<!-- espalier:status plan=issue-12 -->\nAnother plan');
    await fixture.perform(status(`${STATUS_LINE}\nFirst`));
    expect(forged.body).toBe(`${STATUS_LINE}\nForged`);
    expect(comments()).toHaveLength(4);
  });

  test('that was deleted is looked at again', async () => {
    await fixture.perform(status(`${STATUS_LINE}\nFirst`));
    const [comment] = comments();
    const nodeId = comment?.nodeId ?? null;
    if (comment !== undefined) await deleteComment(fixture.world, fixture.maintainer, comment);
    expect(await fixture.perform(status(`${STATUS_LINE}\nSecond`, nodeId))).toMatchObject({ kind: 'elsewhere' });
  });

  test('that an answer which never came has posted is found', async () => {
    fixture.hub.server.faults.add({ graphql: 'Perform' }, serverError('after'));
    expect(await fixture.perform(status(`${STATUS_LINE}\nFirst`))).toMatchObject({ kind: 'later' });
    expect(await fixture.perform(status(`${STATUS_LINE}\nFirst`))).toEqual(posted(comments()[0]));
    expect(comments()).toHaveLength(1);
  });

  test('is not posted while it cannot be looked for', async () => {
    fixture.hub.server.faults.add({ graphql: 'FindComment' }, serverError('before'), { times: 4 });
    expect(await fixture.perform(status(`${STATUS_LINE}\nFirst`))).toMatchObject({ kind: 'later' });
    expect(comments()).toEqual([]);
  });

  test('that is too long is refused', async () => {
    expect(await fixture.perform(status('x'.repeat(65_537)))).toMatchObject({
      kind: 'refused',
      because: containing('too long'),
    });
  });
});

describe('an answer', () => {
  test('is posted without looking where nobody else can have posted it', async () => {
    expect(await fixture.perform(answer(false))).toEqual(posted(comments()[0]));
    expect(comments()[0]?.body).toBe(`${ANSWER_LINE}\nDone "so".`);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('is posted once by two processes', async () => {
    await fixture.perform(answer(false));
    fixture.newRequests();
    expect(await fixture.perform(answer(true))).toEqual(posted(comments()[0]));
    expect(comments()).toHaveLength(1);
    expect(fixture.newRequests()).toEqual(['FindComment']);
  });

  test('is posted after looking where there is none', async () => {
    expect(await fixture.perform(answer(true))).toEqual(posted(comments()[0]));
    expect(fixture.newRequests()).toEqual(['FindComment', 'Perform']);
  });

  test('is posted in a thread whose id is not remembered', async () => {
    await using fresh = await openPerformFixture({ isNew: true });
    fixture = fresh;
    expect(await fresh.perform(answer(false))).toMatchObject({ kind: 'comment-posted' });
    expect(comments()).toHaveLength(1);
    expect(fresh.newRequests()).toEqual(['RepositoryId', 'FindComment', 'Perform']);
  });

  test('in a thread that is gone is looked at again', async () => {
    expect(await fixture.perform(answer(false, 999))).toMatchObject({ kind: 'elsewhere' });
  });
});

describe('an issue', () => {
  test('shows that a comment was seen, once', async () => {
    const comment = await addComment(fixture.world, fixture.maintainer, fixture.issue, '/espalier run');
    const effect: ForgeEffect = { kind: 'react', key: 'react.1', commentNodeId: comment.nodeId, content: 'EYES' };
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
    expect(comment.reactions).toMatchObject([{ content: 'eyes', author: 'espalier[bot]' }]);
    expect(fixture.newRequests()).toEqual(['Perform', 'Perform']);
  });

  test('is closed, and stays closed', async () => {
    const effect: ForgeEffect = { kind: 'close-issue', key: 'close', nodeId: fixture.issue.nodeId };
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
    expect(fixture.issue.state).toBe('closed');
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
  });
});

test('without the permission, each outcome names it', async () => {
  await using poor = await openPerformFixture({ permissions: { contents: 'write', issues: 'read' } });
  fixture = poor;
  expect(await poor.performAll([status('x'), answer(false)])).toMatchObject([
    { kind: 'forbidden', permission: 'issues=write' },
    { kind: 'forbidden', permission: 'issues=write' },
  ]);
});

test('a permission that is granted is found within a minute, though the token from before has an hour to live', async () => {
  await using poor = await openPerformFixture({
    permissions: { contents: 'write', issues: 'read', pull_requests: 'read' },
  });
  fixture = poor;
  const { world, maintainer, installation, clock } = poor;
  const effect: ForgeEffect = { kind: 'close-issue', key: 'close', nodeId: poor.issue.nodeId };
  expect(await poor.perform(effect)).toMatchObject({ kind: 'forbidden' });
  await acceptPermissions(world, maintainer, installation, { ...installation.permissions, issues: 'write' });
  clock.advance(61_000);
  // This answer makes the stale token go, the next one is to a fresh token.
  await poor.perform(effect);
  expect(await poor.perform(effect)).toEqual({ kind: 'done' });
});
