import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { CommitSha, TaskId } from '../../../src/core/brand.ts';
import type { ForgeEffect } from '../../../src/core/hosted/effect.ts';
import type { DispatchLeg } from '../../../src/core/ledger/forge-record.ts';
import { serverError, type Fault } from '../../support/github/faults.ts';
import { addPerson } from '../../support/github/operations/accounts.ts';
import { renameBranch } from '../../support/github/operations/refs.ts';
import { changeSettings, setArchived, setRole } from '../../support/github/operations/repositories.ts';
import { completeRun, dispatchWorkflow, findWorkflow, readWorkflows } from '../../support/github/operations/runs.ts';
import type { WorkflowRun } from '../../support/github/state.ts';
import { personActor, type Actor } from '../../support/github/world.ts';
import {
  aNumber,
  containing,
  openPerformFixture,
  WORKFLOW,
  WORKFLOW_TEXT,
  type PerformFixture,
} from './perform-fixture.ts';

const HEAD = 'a'.repeat(40) as CommitSha;
const LEGS: DispatchLeg[] = [
  { work: 'attempt', task: 'a' as TaskId, attempt: 1, generation: 3, mode: 'full', headSha: null, isOver: false },
  {
    work: 'trial',
    task: 'b' as TaskId,
    attempt: 2,
    generation: 4,
    mode: 'verify',
    headSha: HEAD,
    runsOn: ['self-hosted', 'gpu'],
    isOver: false,
  },
];
const PLAN = 'issue-1';
const NONCE = `${PLAN}.5`;
const DISPATCH: ForgeEffect = {
  kind: 'dispatch',
  key: `dispatch.${NONCE}`,
  workflow: WORKFLOW,
  nonce: NONCE,
  legs: LEGS,
};

const DISPATCHES = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
const LISTING = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
const READING = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
const CANCELLING = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel';

let fixture: PerformFixture;

beforeEach(async () => {
  fixture = await openPerformFixture();
});

afterEach(() => fixture[Symbol.asyncDispose]());

function findOrDispatch(nonce = NONCE): ForgeEffect {
  return { ...DISPATCH, kind: 'find-or-dispatch', nonce, writtenAtMs: fixture.clock.now() } as ForgeEffect;
}

function runs(): WorkflowRun[] {
  return [...fixture.repository.runs.values()];
}

function named(run: WorkflowRun | undefined) {
  return { kind: 'run-named', run: { id: run?.id, nodeId: run?.nodeId, url: containing(`${run?.id}`) } };
}

async function dispatchBy(actor: Actor, nonce: string, branch = 'main'): Promise<WorkflowRun> {
  const { world, repository } = fixture;
  const workflow = await findWorkflow(world, repository, WORKFLOW);
  const inputs = { plan: PLAN, legs: '[]', nonce, ledger: HEAD };
  return dispatchWorkflow(world, actor, workflow, { ref: branch, inputs });
}

describe('a dispatch', () => {
  test('starts one run on the default branch with what it needs to know, and names it', async () => {
    const outcome = await fixture.perform(DISPATCH);
    const [run] = runs();
    expect(outcome).toEqual(named(run));
    expect(run).toMatchObject({
      event: 'workflow_dispatch',
      headBranch: 'main',
      displayTitle: 'espalier issue-1 issue-1.5',
    });
    expect(run?.inputs).toEqual({
      plan: PLAN,
      nonce: NONCE,
      ledger: await fixture.tipOf('espalier-ledger/issue-1'),
      legs: JSON.stringify([
        { task: 'a', attempt: 1, generation: 3, mode: 'full', head: null, runs_on: ['ubuntu-latest'] },
        { task: 'b', attempt: 2, generation: 4, mode: 'verify', head: HEAD, runs_on: ['self-hosted', 'gpu'] },
      ]),
    });
    expect(fixture.newRequests()).toEqual([DISPATCHES, READING]);
  });

  test('waits a moment for a run that cannot be read at once', async () => {
    const { faults } = fixture.hub.server;
    faults.add({ route: READING }, notFound(), { times: 2 });
    expect(await fixture.perform(DISPATCH)).toEqual(named(runs()[0]));
    expect(fixture.newRequests()).toEqual([DISPATCHES, READING, READING, READING]);
  });

  test('whose run stays unreadable is looked for later', async () => {
    fixture.hub.server.faults.add({ route: READING }, notFound(), { times: 4 });
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'later' });
    expect(await fixture.perform(findOrDispatch())).toEqual(named(runs()[0]));
    expect(runs()).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ['an error after it was done', serverError('after')],
    ['an error before it was done', serverError('before')],
    ['a broken connection', { kind: 'reset', when: 'after' }],
  ])('that met %s is not sent again, and found or made later', async (_, fault) => {
    fixture.hub.server.faults.add({ route: DISPATCHES }, fault);
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'later', notBeforeMs: aNumber() });
    expect(fixture.newRequests()).toEqual([DISPATCHES]);
    expect(await fixture.perform(findOrDispatch())).toEqual(named(runs()[0]));
    expect(runs()).toHaveLength(1);
  });

  test('whose answer does not name the run is looked for later', async () => {
    fixture.hub.server.faults.add(
      { route: DISPATCHES },
      { kind: 'answer', when: 'after', status: 200, message: '', body: {} },
    );
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'later' });
  });

  test('reads the default branch where it is not remembered', async () => {
    fixture.memory.defaultBranch = null;
    expect(await fixture.perform(DISPATCH)).toEqual(named(runs()[0]));
    expect(fixture.newRequests()).toEqual(['GET /repos/{owner}/{repo}', DISPATCHES, READING]);
  });

  test('is not asked for in a repository that is gone, which says nothing of the workflow', async () => {
    fixture.memory.defaultBranch = null;
    fixture.memory.address = { ...fixture.memory.address, name: 'gone' };
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'elsewhere' });
    expect(await fixture.perform(findOrDispatch())).toMatchObject({ kind: 'elsewhere' });
  });

  test('forgets a default branch that was renamed', async () => {
    await renameBranch(fixture.world, fixture.maintainer, fixture.repository, { from: 'main', to: 'trunk' });
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'elsewhere' });
    expect(await fixture.perform(DISPATCH)).toEqual(named(runs()[0]));
    expect(runs()[0]?.headBranch).toBe('trunk');
  });

  test('does not name a run of another workflow, event, branch or actor', async () => {
    const other = await dispatchBy(fixture.maintainer, NONCE);
    const body = { workflow_run_id: other.id, run_url: '', html_url: '' };
    fixture.hub.server.faults.add(
      { route: DISPATCHES },
      { kind: 'answer', when: 'before', status: 200, message: '', body },
    );
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'refused' });
  });
});

function notFound(): Fault {
  return { kind: 'answer', when: 'before', status: 404, message: 'Not Found' };
}

describe('a workflow that cannot be dispatched', () => {
  test('is missing', async () => {
    await fixture.push('main', { [`.github/workflows/${WORKFLOW}`]: null });
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'no-workflow', code: 'missing' });
    expect(await fixture.perform(findOrDispatch())).toMatchObject({ kind: 'no-workflow', code: 'missing' });
    expect(runs()).toEqual([]);
  });

  test('is disabled', async () => {
    for (const workflow of await readWorkflows(fixture.world, fixture.repository)) workflow.state = 'disabled_manually';
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'no-workflow', code: 'disabled' });
  });

  test('is in a repository without Actions', async () => {
    await changeSettings(fixture.world, fixture.repository, { actionsEnabled: false });
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'no-workflow', code: 'actions-disabled' });
  });

  test('lacks the trigger', async () => {
    await fixture.push('main', { [`.github/workflows/${WORKFLOW}`]: 'on: push\n' });
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'no-workflow', code: 'no-trigger' });
  });

  test.each([
    ['lacks an input', WORKFLOW_TEXT.replace(/ +ledger:.*\n/, '')],
    ['wants another input', `${WORKFLOW_TEXT}      model: { required: true }\n`],
    [
      'takes other values of an input',
      WORKFLOW_TEXT.replace('plan: { required: true }', 'plan: { type: choice, options: [x] }'),
    ],
  ])('is of another version since it %s', async (_, text) => {
    await fixture.push('main', { [`.github/workflows/${WORKFLOW}`]: text });
    expect(await fixture.perform(DISPATCH)).toMatchObject({ kind: 'no-workflow', code: 'wrong-version' });
  });

  test('is in an archived repository', async () => {
    await setArchived(fixture.world, fixture.maintainer, fixture.repository, true);
    expect(await fixture.perform(DISPATCH)).toMatchObject({
      kind: 'refused',
      because: containing('archived'),
    });
  });
});

describe('looking for a dispatched run', () => {
  test('finds it by its nonce and starts no second one', async () => {
    const run = await dispatchBy(fixture.bot, NONCE);
    expect(await fixture.perform(findOrDispatch())).toEqual(named(run));
    expect(runs()).toHaveLength(1);
    expect(fixture.newRequests()).toEqual([LISTING]);
  });

  test('dispatches where there is none', async () => {
    await dispatchBy(fixture.bot, `${PLAN}.51`);
    const outcome = await fixture.perform(findOrDispatch());
    expect(outcome).toEqual(named(runs().find((run) => run.inputs['nonce'] === NONCE)));
    expect(fixture.newRequests()).toEqual([LISTING, DISPATCHES, READING]);
  });

  test('takes no run of a person for its own, whatever its name', async () => {
    await addPerson(fixture.world, 'stranger');
    await setRole(fixture.world, fixture.repository, 'stranger', 'write');
    const forged = await dispatchBy(personActor(fixture.world, 'stranger'), NONCE);
    const outcome = await fixture.perform(findOrDispatch());
    expect(outcome).toEqual(named(runs().find((run) => run.id !== forged.id)));
  });

  test('takes no run of another branch', async () => {
    await fixture.push('evil', { [`.github/workflows/${WORKFLOW}`]: WORKFLOW_TEXT });
    const forged = await dispatchBy(fixture.bot, NONCE, 'evil');
    expect(await fixture.perform(findOrDispatch())).toEqual(named(runs().find((run) => run.id !== forged.id)));
  });

  test('prefers of several the first that is not over', async () => {
    const [over, live] = [await dispatchBy(fixture.bot, NONCE), await dispatchBy(fixture.bot, NONCE)];
    await dispatchBy(fixture.bot, NONCE);
    await completeRun(fixture.world, over, 'success');
    expect(await fixture.perform(findOrDispatch())).toEqual(named(live));
  });

  test('names one that is over rather than starting another', async () => {
    const run = await dispatchBy(fixture.bot, NONCE);
    await completeRun(fixture.world, run, 'cancelled');
    expect(await fixture.perform(findOrDispatch())).toEqual(named(run));
  });

  test('goes through all pages', async () => {
    const run = await dispatchBy(fixture.bot, NONCE);
    for (let count = 0; count < 120; count += 1) await dispatchBy(fixture.bot, `issue-2.${count}`);
    expect(await fixture.perform(findOrDispatch())).toEqual(named(run));
    expect(fixture.newRequests()).toEqual([LISTING, LISTING]);
  });

  test('dispatches nothing while it cannot look', async () => {
    fixture.hub.server.faults.add({ route: LISTING }, serverError('before'), { times: 4 });
    expect(await fixture.perform(findOrDispatch())).toMatchObject({ kind: 'later' });
    expect(runs()).toEqual([]);
  });
});

describe('cancelling a run', () => {
  function cancel(runId: number): ForgeEffect {
    return { kind: 'cancel-run', key: `cancel.${runId}`, runId };
  }

  test('ends it', async () => {
    const run = await dispatchBy(fixture.bot, NONCE);
    expect(await fixture.perform(cancel(run.id))).toEqual({ kind: 'done' });
    expect(run).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    expect(fixture.newRequests()).toEqual([CANCELLING]);
  });

  test('is done where it is over or gone', async () => {
    const run = await dispatchBy(fixture.bot, NONCE);
    await completeRun(fixture.world, run, 'success');
    expect(await fixture.perform(cancel(run.id))).toEqual({ kind: 'done' });
    expect(run.conclusion).toBe('success');
    expect(await fixture.perform(cancel(4_294_999_999))).toEqual({ kind: 'done' });
  });

  test('that brought no answer is left for later', async () => {
    const run = await dispatchBy(fixture.bot, NONCE);
    fixture.hub.server.faults.add({ route: CANCELLING }, serverError('after'));
    expect(await fixture.perform(cancel(run.id))).toMatchObject({ kind: 'later' });
    expect(fixture.newRequests()).toEqual([CANCELLING]);
    expect(await fixture.perform(cancel(run.id))).toEqual({ kind: 'done' });
  });

  test('waits where the run can be cancelled only later', async () => {
    const run = await dispatchBy(fixture.bot, NONCE);
    const fault: Fault = {
      kind: 'answer',
      when: 'before',
      status: 409,
      message: 'Cannot cancel a workflow re-run that has not yet queued.',
    };
    fixture.hub.server.faults.add({ route: CANCELLING }, fault);
    expect(await fixture.perform(cancel(run.id))).toMatchObject({ kind: 'later' });
  });
});

test('without the permission, dispatching and cancelling name the one that is missing', async () => {
  await using poor = await openPerformFixture({ permissions: { actions: 'read', contents: 'write', issues: 'write' } });
  expect(await poor.performAll([DISPATCH, { kind: 'cancel-run', key: 'cancel', runId: 1 }])).toMatchObject([
    { kind: 'forbidden', permission: 'actions=write' },
    { kind: 'forbidden', permission: 'actions=write' },
  ]);
});
