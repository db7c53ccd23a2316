import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Hint, PlanHint, PlanTarget } from '../../../src/core/intake/hint.ts';
import { HintQueue, type HintQueueOptions, type QueueFailure } from '../../../src/entrypoints/app/hint-queue.ts';
import type { WorkOutcome } from '../../../src/entrypoints/app/work-queue.ts';
import { ManualClock } from './manual-clock.ts';

const DONE: WorkOutcome = { wakeAtMs: null, again: false };

function hintFor(plans: 'all' | PlanHint[], repositoryId = 1, installationId = 10): Hint {
  return { repository: { id: repositoryId, owner: 'octo', name: `repo-${repositoryId}` }, installationId, plans };
}

function targetFor(issue: number, repositoryId = 1, installationId = 10): PlanTarget {
  return { installationId, owner: 'octo', repo: `repo-${repositoryId}`, repositoryId, issue };
}

/** A queue whose reconciles are recorded, and end when the test says so if `isHeld`. */
function openQueue(options: Partial<HintQueueOptions> & { isHeld?: boolean } = {}) {
  const clock = new ManualClock(0);
  const starts: { key: string; atMs: number; signal: AbortSignal }[] = [];
  const lookups: Hint[] = [];
  const failures: QueueFailure[] = [];
  const receipts: string[] = [];
  const held: { key: string; end: (outcome?: WorkOutcome) => void; fail: (error: Error) => void }[] = [];
  const queue = new HintQueue({
    clock,
    reconcile: (target, signal) => {
      const key = `${target.repositoryId}#${target.issue}`;
      starts.push({ key, atMs: clock.now(), signal });
      if (options.isHeld !== true) return Promise.resolve(DONE);
      return new Promise((resolve, reject) => {
        held.push({ key, end: (outcome = DONE) => resolve(outcome), fail: reject });
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
    resolvePlans: (hint) => {
      lookups.push(hint);
      return Promise.resolve([targetFor(7), targetFor(8)]);
    },
    onError: (failure) => failures.push(failure),
    onReceipt: (receipt) => receipts.push(receipt),
    ...options,
  });
  return { clock, queue, starts, lookups, failures, receipts, held };
}

describe('hints that name a plan', () => {
  it('become one reconcile when they come in a burst after quiet, 250 ms after the first', async () => {
    const { clock, queue, starts, receipts } = openQueue();
    for (let count = 0; count < 100; count += 1) queue.take(hintFor([{ issue: 1 }]));
    await clock.advance(249);
    expect(starts).toEqual([]);
    await clock.advance(1);
    expect(starts.map(({ key, atMs }) => [key, atMs])).toEqual([['1#1', 250]]);
    expect(receipts.filter((receipt) => receipt === 'queued')).toHaveLength(1);
    expect(receipts.filter((receipt) => receipt === 'coalesced')).toHaveLength(99);
  });

  it('are reconciled at most once in two seconds while they keep coming', async () => {
    const { clock, queue, starts } = openQueue();
    for (let count = 0; count < 100; count += 1) {
      queue.take(hintFor([{ issue: 1 }]));
      await clock.advance(100);
    }
    expect(starts.map(({ atMs }) => atMs)).toEqual([250, 2250, 4250, 6250, 8250]);
  });

  it('make one more reconcile when they come while the plan is being reconciled, never two at a time', async () => {
    const { clock, queue, starts, held } = openQueue({ isHeld: true });
    queue.take(hintFor([{ issue: 1 }]));
    await clock.advance(250);
    for (let count = 0; count < 5; count += 1) queue.take(hintFor([{ issue: 1 }]));
    await clock.advance(60_000);
    expect(starts).toHaveLength(1);
    held[0]!.end();
    await clock.advance(0);
    expect(starts).toHaveLength(2);
    held[1]!.end();
    await clock.advance(60_000);
    expect(starts).toHaveLength(2);
  });

  it('use the names that the repository has now', async () => {
    const seen: PlanTarget[] = [];
    const { clock, queue } = openQueue({ reconcile: (target) => Promise.resolve((seen.push(target), DONE)) });
    queue.enqueue({ ...targetFor(1), owner: 'old-owner' }, 'hint');
    queue.enqueue({ ...targetFor(1), owner: 'new-owner', installationId: 11 }, 'hint');
    await clock.advance(250);
    expect(seen).toEqual([{ ...targetFor(1), owner: 'new-owner', installationId: 11 }]);
  });
});

describe('hints that name no plan', () => {
  it('are gathered per repository and looked up together', async () => {
    const { clock, queue, starts, lookups } = openQueue();
    queue.take(hintFor([{ branch: 'espalier/p/a' }, { sha: 'a'.repeat(40) }]));
    queue.take(hintFor([{ branch: 'espalier/p/a' }, { run: 5 }]));
    await clock.advance(1000);
    expect(lookups).toEqual([hintFor([{ branch: 'espalier/p/a' }, { sha: 'a'.repeat(40) }, { run: 5 }])]);
    expect(starts.map(({ key }) => key)).toEqual(['1#7', '1#8']);
  });

  it('are looked up as `all` when there are more than a hundred, or when one says so', async () => {
    const { clock, queue, lookups } = openQueue();
    for (let run = 1; run <= 101; run += 1) queue.take(hintFor([{ run }], 1));
    queue.take(hintFor([{ run: 1 }], 2));
    queue.take(hintFor('all', 2));
    queue.take(hintFor([{ run: 2 }], 2));
    await clock.advance(250);
    expect(lookups).toEqual([hintFor('all', 1), hintFor('all', 2)]);
  });

  it('are looked up again, with what came meanwhile, after an error', async () => {
    const asked: Hint[] = [];
    const { clock, queue, failures, starts } = openQueue({
      resolvePlans: (hint) => {
        asked.push(hint);
        return asked.length === 1 ? Promise.reject(new Error('502')) : Promise.resolve([targetFor(3)]);
      },
    });
    queue.take(hintFor([{ run: 1 }]));
    await clock.advance(250);
    queue.take(hintFor([{ run: 2 }]));
    await clock.advance(5_000);
    expect(asked).toEqual([hintFor([{ run: 1 }]), hintFor([{ run: 1 }, { run: 2 }])]);
    expect(failures).toMatchObject([{ kind: 'lookup', retryInMs: 2_000, error: { message: '502' } }]);
    expect(starts.map(({ key }) => key)).toEqual(['1#3']);
  });
});

describe('a reconcile', () => {
  it('that asks for more is called again at the pace', async () => {
    let count = 0;
    const { clock, queue } = openQueue({
      reconcile: () => Promise.resolve({ wakeAtMs: null, again: (count += 1) < 3 }),
    });
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(250 + 2_000);
    expect(count).toBe(2);
    await clock.advance(60_000);
    expect(count).toBe(3);
  });

  it('that asks to be woken is called then, or earlier when something happens', async () => {
    const times: number[] = [];
    const { clock, queue } = openQueue({
      reconcile: () => {
        times.push(clock.now());
        return Promise.resolve({ wakeAtMs: times.length <= 2 ? clock.now() + 100_000 : null, again: false });
      },
    });
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(100_250);
    expect(times).toEqual([250, 100_250]);
    expect(queue.count()).toEqual({ running: 0, waiting: 0, timed: 1, lookups: 0 });
    await clock.advance(50_000);
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(250);
    expect(times).toEqual([250, 100_250, 150_500]);
    await clock.advance(200_000);
    expect(times).toHaveLength(3);
  });

  it.each([
    ['rests', false],
    ['runs', true],
  ])('is woken at the time that somebody asked for while the plan %s', async (_when, isHeld) => {
    const { clock, queue, starts, held } = openQueue({ isHeld });
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(250);
    queue.wakeAt(targetFor(1), 90_000);
    queue.wakeAt(targetFor(1), 95_000);
    for (const { end } of held) end();
    await clock.advance(89_749);
    expect(starts).toHaveLength(1);
    await clock.advance(1);
    expect(starts).toHaveLength(2);
  });

  it('is woken far beyond the longest timer of the machine', async () => {
    const { clock, queue, starts } = openQueue();
    const inFortyDays = 40 * 86_400_000;
    queue.wakeAt(targetFor(1), inFortyDays);
    await clock.advance(inFortyDays - 1);
    expect(starts).toEqual([]);
    await clock.advance(1);
    expect(starts).toHaveLength(1);
  });

  it('that throws is tried again after a wait that doubles up to its cap, and events do not shorten it', async () => {
    const times: number[] = [];
    const { clock, queue, failures } = openQueue({
      reconcile: () => {
        times.push(clock.now());
        return times.length <= 9 ? Promise.reject(new Error('503')) : Promise.resolve(DONE);
      },
    });
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(300);
    for (let count = 0; count < 600; count += 1) {
      queue.enqueue(targetFor(1), 'hint');
      await clock.advance(1_000);
    }
    expect(failures.map(({ retryInMs }) => retryInMs / 1000)).toEqual([2, 4, 8, 16, 32, 64, 120, 120, 120]);
    expect(times.slice(1, 10).map((time, index) => time - times[index]!)).toEqual(
      failures.map(({ retryInMs }) => retryInMs),
    );
  });

  it('forgets its errors when it goes through', async () => {
    let count = 0;
    const { clock, queue, failures } = openQueue({
      reconcile: () => ((count += 1) === 3 ? Promise.resolve(DONE) : Promise.reject(new Error('503'))),
    });
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(20_000);
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(250);
    expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([2_000, 4_000, 2_000]);
  });

  it('that hangs is told to stop after its time, and counts as failed', async () => {
    const { clock, queue, starts, failures } = openQueue({ isHeld: true });
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(250 + 600_000);
    expect(starts[0]!.signal.aborted).toBe(true);
    expect(failures).toMatchObject([{ kind: 'reconcile', target: targetFor(1) }]);
    expect(String(failures[0]?.error)).toContain('600000 ms');
  });
});

describe('capacity', () => {
  it('is bounded in all and for each installation', async () => {
    const { clock, queue, starts, held } = openQueue({
      isHeld: true,
      limits: { reconciles: 5, reconcilesPerInstallation: 2 },
    });
    for (let installation = 1; installation <= 4; installation += 1)
      for (let issue = 1; issue <= 10; issue += 1) queue.enqueue(targetFor(issue, installation, installation), 'hint');
    await clock.advance(250);
    const running = starts.map(({ key }) => key.split('#')[0]);
    expect(running.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(['1', '1', '2', '3', '4']);
    expect(queue.count()).toMatchObject({ running: 5, waiting: 35 });
    held[0]!.end();
    await clock.advance(0);
    expect(starts).toHaveLength(6);
  });

  it('goes round the installations, so that one with a thousand plans does not hold up another with one', async () => {
    const { clock, queue, starts, held } = openQueue({
      isHeld: true,
      limits: { reconciles: 1, reconcilesPerInstallation: 1 },
    });
    for (let issue = 1; issue <= 1_000; issue += 1) queue.enqueue(targetFor(issue, 1, 1), 'hint');
    await clock.advance(60_000);
    queue.enqueue(targetFor(1, 2, 2), 'hint');
    queue.enqueue(targetFor(1, 3, 3), 'hint');
    await clock.advance(250);
    for (let turn = 0; turn < 4; turn += 1) {
      held[turn]!.end();
      await clock.advance(0);
    }
    expect(starts.map(({ key }) => key)).toEqual(['1#1', '2#1', '3#1', '1#2', '1#3']);
  });

  it('goes to news before routine, but routine that waited half a minute longer comes first', async () => {
    const { clock, queue, starts, held } = openQueue({
      isHeld: true,
      limits: { reconciles: 1, reconcilesPerInstallation: 1 },
    });
    for (const issue of [1, 2, 3]) queue.enqueue(targetFor(issue), 'routine');
    await clock.advance(1_000);
    queue.enqueue(targetFor(4), 'hint');
    await clock.advance(250);
    held[0]!.end();
    await clock.advance(30_000);
    queue.enqueue(targetFor(5), 'hint');
    await clock.advance(250);
    for (const turn of [1, 2, 3]) {
      held[turn]!.end();
      await clock.advance(0);
    }
    expect(starts.map(({ key }) => key)).toEqual(['1#1', '1#4', '1#2', '1#3', '1#5']);
  });

  it('stays flat: ten thousand hints for fifty plans end in a few reconciles per plan, and nothing is kept', async () => {
    const { clock, queue, starts } = openQueue();
    for (let count = 0; count < 10_000; count += 1) {
      queue.take(hintFor([{ issue: 1 + (count % 50) }, { run: count }]));
      if (count % 100 === 99) await clock.advance(10);
      expect(queue.size).toBeLessThanOrEqual(53);
    }
    await clock.advance(60_000);
    const perPlan = Object.values(Object.groupBy(starts, ({ key }) => key)).map((list) => list!.length);
    expect(perPlan).toHaveLength(50);
    expect(Math.max(...perPlan)).toBeLessThanOrEqual(3);
    expect(queue.size).toBe(0);
    expect(clock.sleeping).toBe(0);
  });
});

describe('closing', () => {
  it('does at once what events asked for, leaves timers and routine, and takes nothing new', async () => {
    const { clock, queue, starts, receipts } = openQueue();
    queue.enqueue(targetFor(1), 'hint');
    queue.enqueue(targetFor(2), 'routine');
    queue.wakeAt(targetFor(3), 5_000);
    queue.take(hintFor([{ branch: 'espalier/p/a' }]));
    const closed = queue.close(10_000);
    await clock.settle();
    queue.enqueue(targetFor(4), 'hint');
    expect(await closed).toEqual({ left: 0 });
    expect(starts.map(({ key }) => key).toSorted()).toEqual(['1#1', '1#7', '1#8']);
    expect(receipts.at(-1)).toBe('refused');
    expect(clock.sleeping).toBe(0);
  });

  it('waits for what runs, with what came up meanwhile', async () => {
    const { clock, queue, starts, held } = openQueue({ isHeld: true });
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(250);
    queue.enqueue(targetFor(1), 'hint');
    const closed = queue.close(10_000);
    held[0]!.end({ wakeAtMs: null, again: true });
    await clock.settle();
    expect(starts).toHaveLength(2);
    held[1]!.end({ wakeAtMs: null, again: true });
    expect(await closed).toEqual({ left: 0 });
    expect(starts).toHaveLength(2);
  });

  it('tells what still runs after its bound to stop, and says how much is left', async () => {
    const { clock, queue, starts } = openQueue({ isHeld: true, limits: { reconciles: 2 } });
    for (const issue of [1, 2, 3]) queue.enqueue(targetFor(issue), 'hint');
    await clock.advance(250);
    const closed = queue.close(10_000);
    await clock.advance(9_999);
    expect(starts.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    await clock.advance(1);
    expect(await closed).toEqual({ left: 3 });
    expect(starts.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(clock.sleeping).toBe(0);
  });

  it('does not wait for ever for what does not listen', async () => {
    const { clock, queue } = openQueue({ reconcile: () => new Promise(() => {}) });
    queue.enqueue(targetFor(1), 'hint');
    await clock.advance(250);
    const closed = queue.close(10_000);
    await clock.advance(12_000);
    expect(await closed).toEqual({ left: 1 });
  });
});

describe('any sequence of events', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('hint' as const), issue: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('routine' as const), issue: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 5_000 }) }),
    fc.record({ kind: fc.constant('end' as const), at: fc.nat(), outcome: fc.constantFrom('done', 'again', 'fail') }),
  );

  it('has each plan reconciled after its last event, never twice at a time, and ends empty', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, queue, starts, held } = openQueue({ isHeld: true, limits: { reconciles: 2 } });
        const lastHintMs = new Map<string, number>();
        const open = new Set<(typeof held)[number]>();
        let seen = 0;
        const observe = (): void => {
          for (const one of held.slice(seen)) {
            expect([...open].filter(({ key }) => key === one.key)).toEqual([]);
            open.add(one);
          }
          seen = held.length;
          expect(open.size).toBeLessThanOrEqual(2);
        };
        const end = (one: (typeof held)[number], outcome: string): void => {
          open.delete(one);
          if (outcome === 'fail') one.fail(new Error('no'));
          else one.end({ wakeAtMs: null, again: outcome === 'again' });
        };
        for (const step of steps) {
          if (step.kind === 'pass') await clock.advance(step.ms);
          else if (step.kind === 'end') {
            const running = [...open];
            if (running.length > 0) end(running[step.at % running.length]!, step.outcome);
          } else {
            queue.enqueue(targetFor(step.issue), step.kind);
            lastHintMs.set(`1#${step.issue}`, clock.now());
          }
          await clock.settle();
          observe();
        }
        for (let round = 0; round < 50 && queue.size > 0; round += 1) {
          for (const one of open) end(one, 'done');
          await clock.advance(5_000);
          observe();
        }
        for (const [key, atMs] of lastHintMs)
          expect(starts.some((start) => start.key === key && start.atMs >= atMs)).toBe(true);
        expect(queue.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
