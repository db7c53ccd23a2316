/** Runs that meet what should not happen: a process that sleeps through its lease, a branch that goes away. */
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { claimHolder, releaseHolder } from '../../src/core/ledger/transitions.ts';
import { changeLedger, readLedgers } from '../../src/engine/ledger-session.ts';
import { runPlan } from '../../src/engine/run-plan.ts';
import type { RunPlanDeps } from '../../src/engine/run-request.ts';
import { aPlan, taskId } from '../support/builders.ts';
import { makeRepository } from '../support/git-fixture.ts';
import { requestFor, scriptedTask, SMALL_PROJECT } from '../support/running-plan.ts';
import { heldTask, openDeps, statesOf, viewOf, watchRun } from '../support/watched-run.ts';

/** The same process with a clock that is far ahead: to it, the leases of others have lapsed and nobody is known dead. */
function afterALongSleep(deps: RunPlanDeps): RunPlanDeps {
  const { clock } = deps.workers;
  const later = { ...clock, now: () => clock.now() + 3_600_000 };
  return { ...deps, isHolderAlive: async () => true, workers: { ...deps.workers, clock: later } };
}

describe('a process that slept through its lease', () => {
  it('stops what it runs, starts nothing more, and says who works on the plan now', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const gate = `${repository.root}/gate`;
    const plan = aPlan([heldTask('a', gate), scriptedTask('b', { needs: [taskId('a')] })]);
    const [sleeper, successor] = [await openDeps(repository), afterALongSleep(await openDeps(repository))];
    const first = watchRun();
    const sleeping = runPlan(sleeper, requestFor(plan, base), first.control);
    await first.until((event) => event.kind === 'attempt-started');
    const second = watchRun();
    const taking = runPlan(successor, requestFor(plan, base), second.control);
    expect(await sleeping).toMatchObject({ kind: 'busy', holder: { description: successor.holder.description } });
    await repository.write({ '../gate': '' });
    expect(statesOf(await taking)).toEqual({ a: 'landed', b: 'landed' });
    expect(first.events.filter((event) => event.task === 'b')).toEqual([]);
    const { ledger } = await readLedgers(successor.store, plan.id);
    expect(ledger?.holders).toEqual({});
  });

  it('goes on when nobody else works on the plan', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const gate = `${repository.root}/gate`;
    const plan = aPlan([heldTask('a', gate)]);
    const deps = await openDeps(repository);
    const watched = watchRun();
    const running = runPlan(deps, requestFor(plan, base), watched.control);
    await watched.until((event) => event.kind === 'attempt-started');
    // Another process came, found nothing to do, and left.
    await changeLedger(deps.store, plan.id, 'come and go', (ledger) => ({
      ok: true,
      value: releaseHolder(claimHolder({ ...ledger, holders: {} }, 'other', 'other', 1000, Date.now()), 'other'),
    }));
    await repository.write({ '../gate': '' });
    expect(statesOf(await running)).toEqual({ a: 'landed' });
  });
});

describe('a landing branch that is deleted while the plan runs', () => {
  it('ends the run with the command that brings it back, and no work is lost', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const gate = `${repository.root}/gate`;
    const plan = aPlan([heldTask('a', gate), scriptedTask('b', { needs: [taskId('a')] })]);
    const watched = watchRun();
    const running = runPlan(await openDeps(repository), requestFor(plan, base), watched.control);
    await watched.until((event) => event.kind === 'attempt-started');
    await repository.git('branch', '-D', 'espalier/plan/landed');
    await repository.write({ '../gate': '' });
    const outcome = await Promise.race([running, delay(15_000).then(() => 'still running')]);
    watched.abort();
    expect(outcome).toMatchObject({ kind: 'refused', next: `git branch espalier/plan/landed ${base}` });
    await repository.git('branch', 'espalier/plan/landed', base);
    const again = watchRun();
    const resumed = await runPlan(await openDeps(repository), requestFor(plan, base), again.control);
    expect(viewOf(resumed).status).toBe('landed');
    expect(again.events.filter((event) => event.task === 'a' && event.kind === 'attempt-started')).toEqual([]);
  });
});
