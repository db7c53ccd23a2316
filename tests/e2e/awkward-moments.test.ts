/** Runs that meet what should not happen: a process that sleeps through its lease, a branch that goes away. */
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { claimHolder, releaseHolder } from '../../src/core/ledger/transitions.ts';
import { changeLedger, readLedgers } from '../../src/engine/ledger-session.ts';
import { runPlan } from '../../src/engine/run-plan.ts';
import type { RunPlanDeps } from '../../src/engine/run-request.ts';
import { aPlan, fakeDigest, taskId } from '../support/builders.ts';
import { branch, makeRepository } from '../support/git-fixture.ts';
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

/** A process that is killed right before or right after the branch moves. */
function killedAtLanding(deps: RunPlanDeps, when: 'before' | 'after'): RunPlanDeps {
  const { forge } = deps.workers;
  const land: typeof forge.land = async (order) => {
    if (when === 'after') await forge.land(order);
    throw new Error('killed');
  };
  return { ...deps, workers: { ...deps.workers, forge: { ...forge, land } } };
}

describe('a plan that is revised while a landing is written ahead', () => {
  const one = aPlan([scriptedTask('a')]);
  const two = aPlan([scriptedTask('a', { spec: 'Please do a in another way.' })], { revision: fakeDigest('two') });

  it.each([
    { when: 'before' as const, attempts: 2, revision: two.revision, text: 'lands only work for the new revision' },
    { when: 'after' as const, attempts: 1, revision: one.revision, text: 'certifies what landed under the old one' },
  ])('$text, killed $when the branch moved', async ({ when, attempts, revision }) => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const killed = killedAtLanding(await openDeps(repository), when);
    await expect(runPlan(killed, requestFor(one, base), watchRun().control)).rejects.toThrow('killed');
    const deps = await openDeps(repository);
    const outcome = await runPlan(deps, { ...requestFor(two, base), revise: true }, watchRun().control);
    expect(statesOf(outcome)).toEqual({ a: 'landed' });
    const { ledger } = await readLedgers(deps.store, one.id);
    expect(ledger?.tasks[taskId('a')]?.attempts).toHaveLength(attempts);
    expect(ledger?.certificates.map((certificate) => certificate.revision)).toEqual([revision]);
    expect(ledger?.certificates[0]?.rules.filter(({ status }) => status === 'failed')).toEqual([]);
  });

  it('certifies what landed of a task that the new revision does not have', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const killed = killedAtLanding(await openDeps(repository), 'after');
    await expect(runPlan(killed, requestFor(one, base), watchRun().control)).rejects.toThrow('killed');
    const deps = await openDeps(repository);
    const other = aPlan([scriptedTask('c')], { revision: fakeDigest('other') });
    await runPlan(deps, { ...requestFor(other, base), revise: true }, watchRun().control);
    const { ledger, queue } = await readLedgers(deps.store, one.id);
    expect(ledger?.certificates.map((certificate) => certificate.task)).toEqual(['a', 'c']);
    expect(queue.landings.map((landing) => landing.task)).toEqual(['a', 'c']);
  });
});

describe('a branch that the plan names', () => {
  it('is left alone where git cannot make it, and the verified work lands all the same', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const plan = aPlan([scriptedTask('a', { branch: branch('main/a'), retries: 0 })]);
    const outcome = await runPlan(
      await openDeps(repository),
      requestFor(plan, await repository.sha()),
      watchRun().control,
    );
    expect(statesOf(outcome)).toEqual({ a: 'landed' });
  });
});

describe('a trial that can never run', () => {
  it('is given up after some tries, with the reason, and tried again when the plan is run again', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const plan = aPlan([scriptedTask('a')]);
    const deps = await openDeps(repository);
    const { forge, clock } = deps.workers;
    let ahead = 0;
    const broken: RunPlanDeps = {
      ...deps,
      workers: {
        ...deps.workers,
        // Whoever waits finds that more time has passed than any back-off takes.
        clock: {
          now: () => clock.now() + ahead,
          sleep: async (ms, signal) => {
            ahead += 16_000;
            await clock.sleep(Math.min(ms, 50), signal);
          },
        },
        forge: {
          ...forge,
          publishHead: async (name, head, from) =>
            name.startsWith('espalier-staging/')
              ? { kind: 'refused', because: 'somebody sits on it' }
              : forge.publishHead(name, head, from),
        },
      },
    };
    const outcome = await runPlan(broken, requestFor(plan, base), watchRun().control);
    const [task] = viewOf(outcome).tasks;
    expect(viewOf(outcome).status).toBe('stuck');
    expect(task).toMatchObject({ state: 'queued', waiting: { kind: 'person' } });
    expect(task?.waiting?.because).toContain('somebody sits on it');
    expect(statesOf(await runPlan(deps, requestFor(plan, base), watchRun().control))).toEqual({ a: 'landed' });
  });
});
