import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ForgeEffect } from '../../../src/core/hosted/effect.ts';
import { serverError } from '../../support/github/faults.ts';
import { addLabels, createLabel } from '../../support/github/operations/labels.ts';
import { containing, openPerformFixture, type PerformFixture } from './perform-fixture.ts';

const ADDING = 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels';
const MAKING = 'POST /repos/{owner}/{repo}/labels';
const REMOVING = 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}';

let fixture: PerformFixture;

beforeEach(async () => {
  fixture = await openPerformFixture();
});

afterEach(() => fixture[Symbol.asyncDispose]());

function labels(add: string[], remove: string[] = []): ForgeEffect {
  return { kind: 'set-labels', key: 'labels.plan', thread: fixture.issue.number, add, remove };
}

describe('labels', () => {
  test('are set, and made where the repository lacks them', async () => {
    await addLabels(fixture.world, fixture.maintainer, fixture.issue, ['bug', 'espalier:planned']);
    expect(await fixture.perform(labels(['espalier:running'], ['espalier:planned']))).toEqual({ kind: 'done' });
    expect(fixture.issue.labels).toEqual(['bug', 'espalier:running']);
    expect(fixture.newRequests()).toEqual([MAKING, ADDING, REMOVING]);
    expect(fixture.repository.labels.get('espalier:running')).toMatchObject({
      color: '0969da',
      description: 'An agent, a test or a review is at work.',
    });
  });

  test('that somebody has made stay as they look', async () => {
    const { world, repository } = fixture;
    const { color } = await createLabel(world, repository, { name: 'espalier:running', color: '123456' });
    expect(await fixture.perform(labels(['espalier:running', 'odd']))).toEqual({ kind: 'done' });
    expect(repository.labels.get('espalier:running')?.color).toBe(color);
    expect(fixture.issue.labels).toEqual(['espalier:running', 'odd']);
    expect(fixture.newRequests()).toEqual([MAKING, ADDING]);
  });

  test('whose ids are known go with the other changes in one request', async () => {
    const { world, repository, memory } = fixture;
    for (const name of ['espalier:planned', 'espalier:running', 'espalier:held']) {
      const label = await createLabel(world, repository, { name });
      memory.labelIds.set(name, label.nodeId);
    }
    await addLabels(world, fixture.maintainer, fixture.issue, ['espalier:planned']);
    const outcome = await fixture.perform(labels(['espalier:running'], ['espalier:planned', 'espalier:held']));
    expect(outcome).toEqual({ kind: 'done' });
    expect(fixture.issue.labels).toEqual(['espalier:running']);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('are remembered once they were set', async () => {
    await fixture.perform(labels(['espalier:running']));
    await fixture.perform(labels([], ['espalier:running']));
    expect(fixture.newRequests()).toEqual([MAKING, ADDING, 'Perform']);
    expect(fixture.issue.labels).toEqual([]);
  });

  test('that were deleted and made again are set by name', async () => {
    fixture.memory.labelIds.set('espalier:running', 'LA_gone');
    expect(await fixture.perform(labels(['espalier:running']))).toEqual({ kind: 'done' });
    expect(fixture.issue.labels).toEqual(['espalier:running']);
    expect(fixture.newRequests()).toEqual(['Perform', MAKING, ADDING]);
  });

  test('that are not on need no taking off', async () => {
    expect(await fixture.perform(labels([], ['espalier:running', 'odd name/with ?#%']))).toEqual({ kind: 'done' });
    expect(fixture.newRequests()).toEqual([REMOVING, REMOVING]);
  });

  test('are set again after an error, since it is the same twice', async () => {
    fixture.hub.server.faults.add({ route: ADDING }, serverError('after'));
    expect(await fixture.perform(labels(['espalier:running']))).toEqual({ kind: 'done' });
    expect(fixture.issue.labels).toEqual(['espalier:running']);
  });

  test('on a thread that is gone are looked at again', async () => {
    expect(await fixture.perform({ ...labels(['espalier:running']), thread: 999 } as ForgeEffect)).toMatchObject({
      kind: 'elsewhere',
    });
  });

  test('without the permission name the one that is missing', async () => {
    await using poor = await openPerformFixture({ permissions: { contents: 'write', issues: 'read' } });
    expect(await poor.perform(labels(['espalier:running']))).toMatchObject({
      kind: 'forbidden',
      permission: containing('issues=write'),
    });
  });
});
