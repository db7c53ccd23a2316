import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { CommitSha } from '../../../src/core/brand.ts';
import type { CheckOutput, ForgeEffect } from '../../../src/core/hosted/effect.ts';
import { createCheckRun } from '../../support/github/operations/checks.ts';
import { installApp, registerApp } from '../../support/github/operations/apps.ts';
import type { CheckRun } from '../../support/github/state.ts';
import { appActor } from '../../support/github/world.ts';
import { openPerformFixture, type PerformFixture } from './perform-fixture.ts';

const OUTPUT: CheckOutput = {
  status: 'completed',
  conclusion: 'action_required',
  title: 'Held',
  summary: 'Two findings.',
  text: 'The "text".',
  annotations: [
    { path: 'a.txt', line: 3, level: 'failure', message: 'Wrong' },
    { path: 'b.txt', line: 1, level: 'notice', message: 'Odd' },
  ],
  actions: [{ label: 'Retry', description: 'Try once more', identifier: 'retry' }],
};

let fixture: PerformFixture;
let head: CommitSha;

beforeEach(async () => {
  fixture = await openPerformFixture();
  head = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
});

afterEach(() => fixture[Symbol.asyncDispose]());

function check(output: Partial<CheckOutput> = {}, nodeId: string | null = null): ForgeEffect {
  return {
    kind: 'check-run',
    key: 'check.a',
    nodeId,
    name: 'espalier/gate',
    headSha: head,
    externalId: 'issue-1/a/1/0123',
    output: { ...OUTPUT, ...output },
  };
}

function checkRuns(): CheckRun[] {
  return [...fixture.repository.checkRuns.values()];
}

describe('a check run', () => {
  test('is made with everything that it shows', async () => {
    expect(await fixture.perform(check())).toEqual({ kind: 'done' });
    expect(checkRuns()).toMatchObject([
      {
        name: 'espalier/gate',
        headSha: head,
        appId: fixture.app.id,
        externalId: 'issue-1/a/1/0123',
        status: 'completed',
        conclusion: 'action_required',
        title: 'Held',
        summary: 'Two findings.',
        text: 'The "text".',
        annotations: [
          { path: 'a.txt', startLine: 3, endLine: 3, level: 'failure', message: 'Wrong' },
          { path: 'b.txt', startLine: 1, level: 'notice', message: 'Odd' },
        ],
        actions: [{ label: 'Retry', description: 'Try once more', identifier: 'retry' }],
      },
    ]);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('is written anew without another one', async () => {
    await fixture.perform(check({ status: 'in_progress', conclusion: null, text: '', annotations: [], actions: [] }));
    expect(checkRuns()).toMatchObject([{ status: 'in_progress', conclusion: null }]);
    fixture.newRequests();
    const nodeId = checkRuns()[0]?.nodeId ?? null;
    const effect = check({ conclusion: 'success', title: 'Open', annotations: [], actions: [] }, nodeId);
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
    expect(checkRuns()).toMatchObject([{ status: 'completed', conclusion: 'success', title: 'Open', actions: [] }]);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('keeps each annotation once, though GitHub adds to those that are there', async () => {
    await fixture.perform(check());
    const nodeId = checkRuns()[0]?.nodeId ?? null;
    const added = { path: 'c.txt', line: 2, level: 'warning' as const, message: 'New' };
    fixture.newRequests();
    expect(await fixture.perform(check({ annotations: [...OUTPUT.annotations, added] }, nodeId))).toEqual({
      kind: 'done',
    });
    expect(checkRuns()[0]?.annotations.map(({ path }) => path)).toEqual(['a.txt', 'b.txt', 'c.txt']);
    expect(fixture.newRequests()).toEqual(['FindAnnotations', 'Perform']);
  });

  test('of another app is not written', async () => {
    const { world, maintainer, repository } = fixture;
    const keys = { privateKeyPem: 'none', publicKeyPem: 'none' };
    const other = await registerApp(world, {
      slug: 'other',
      ownerLogin: 'acme',
      permissions: { checks: 'write' },
      events: [],
      keys,
    });
    await installApp(world, maintainer, { appId: other.id, accountLogin: 'acme', repositories: 'all' });
    const run = await createCheckRun(world, appActor(world, other.id), repository, {
      name: 'espalier/gate',
      headSha: head,
    });
    const outcome = await fixture.perform(check({ annotations: [] }, run.nodeId));
    expect(outcome).toMatchObject({ kind: 'forbidden' });
    expect(run.title).toBeNull();
  });

  test('on a commit that is not there is refused', async () => {
    head = 'f'.repeat(40) as CommitSha;
    expect(await fixture.perform(check())).toMatchObject({ kind: 'refused' });
  });

  test('without the permission names it', async () => {
    await using poor = await openPerformFixture({ permissions: { contents: 'write', checks: 'read' } });
    expect(await poor.perform(check())).toMatchObject({ kind: 'forbidden', permission: 'checks=write' });
  });
});
