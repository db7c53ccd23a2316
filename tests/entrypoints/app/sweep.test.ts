import { describe, expect, it } from 'vitest';

import { openPrometheus } from '../../../src/adapters/metrics/prometheus.ts';
import type { PlanTarget } from '../../../src/core/intake/hint.ts';
import { findUnreadiness } from '../../../src/entrypoints/app/readiness.ts';
import { Sweep, type SweepOptions } from '../../../src/entrypoints/app/sweep.ts';
import { ManualClock } from './manual-clock.ts';
import { IDENTITY, ScriptedParts } from './scripted-parts.ts';

const EVERY_MS = 600_000;

function targetFor(issue: number, repositoryId = 1): PlanTarget {
  return { installationId: 10, owner: 'octo', repo: `repo-${repositoryId}`, repositoryId, issue };
}

function openSweep(parts = new ScriptedParts(), options: Partial<SweepOptions> = {}) {
  const clock = new ManualClock();
  const lines: { level: string; message: string; fields: Record<string, unknown> | undefined }[] = [];
  const logAt = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void lines.push({ level, message, fields });
  const queued: PlanTarget[] = [];
  const metrics = openPrometheus({ now: () => clock.now(), hasProcess: false });
  const sweep = new Sweep({
    api: parts.api,
    listOpenPlans: (repository) => parts.listOpenPlans(repository),
    enqueue: (target) => queued.push(target),
    clock,
    log: { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') },
    metrics,
    everyMs: EVERY_MS,
    random: () => 0,
    ...options,
  });
  const sweeps = (): number => parts.asked.filter((what) => what === 'identity').length;
  return { clock, parts, sweep, queued, lines, metrics, sweeps };
}

/** GitHub with two installations and a few repositories. */
function twoInstallations(): ScriptedParts {
  const parts = new ScriptedParts();
  const repository = (id: number, isArchived = false) => ({ id, owner: 'octo', name: `repo-${id}`, isArchived });
  parts.installations = [
    { id: 10, account: 'octo', isSuspended: false },
    { id: 11, account: 'gone', isSuspended: true },
    { id: 12, account: 'other', isSuspended: false },
  ];
  parts.repositories = new Map([
    [10, [repository(1), repository(2, true), repository(3)]],
    [12, [repository(4)]],
  ]);
  parts.openPlans = (id) => [targetFor(id * 10, id)];
  return parts;
}

describe('a sweep', () => {
  it('looks at the open plans of every repository that can be worked on, at once and then on its timer', async () => {
    const { clock, sweep, queued, parts } = openSweep(twoInstallations());
    sweep.start();
    await clock.settle();
    expect(queued.map(({ issue }) => issue)).toEqual([10, 30, 40]);
    expect(parts.asked).not.toContain('plans of 2');
    expect(parts.asked).not.toContain('repositories of 11');
    await clock.advance(EVERY_MS - 1);
    expect(queued).toHaveLength(3);
    await clock.advance(1);
    expect(queued).toHaveLength(6);
    await sweep.stop();
    await clock.advance(10 * EVERY_MS);
    expect(queued).toHaveLength(6);
    expect(clock.sleeping).toBe(0);
  });

  it('drifts apart from those of other replicas', async () => {
    const { clock, sweep, sweeps } = openSweep(new ScriptedParts(), { random: () => 0.5 });
    sweep.start();
    await clock.advance(EVERY_MS * 1.05 - 1);
    expect(sweeps()).toBe(1);
    await clock.advance(1);
    expect(sweeps()).toBe(2);
    await sweep.stop();
  });

  it('goes on past a repository or an installation that fails, and comes again soon', async () => {
    const parts = twoInstallations();
    const plans = parts.openPlans;
    parts.openPlans = (id) => {
      if (id === 1) throw new Error('502');
      return plans(id);
    };
    const { clock, sweep, queued, lines, metrics, sweeps } = openSweep(parts);
    sweep.start();
    await clock.settle();
    expect(queued.map(({ issue }) => issue)).toEqual([30, 40]);
    expect(lines.find(({ level }) => level === 'error')?.fields).toMatchObject({ repository: 'octo/repo-1' });
    expect((await metrics.render()).text).toContain('espalier_errors_total{place="sweep"} 1');
    await clock.advance(5_000);
    expect(sweeps()).toBe(2);
    await clock.advance(10_000);
    expect(sweeps()).toBe(3);
    parts.openPlans = plans;
    await clock.advance(20_000);
    expect(queued.map(({ issue }) => issue)).toContain(10);
    const whole = sweeps();
    await clock.advance(EVERY_MS - 1);
    expect(sweeps()).toBe(whole);
    await sweep.stop();
  });

  it('that is asked for comes at once, but not within a minute of the last', async () => {
    const { clock, sweep, sweeps } = openSweep();
    sweep.start();
    await clock.settle();
    for (let count = 0; count < 10; count += 1) sweep.request();
    await clock.advance(59_999);
    expect(sweeps()).toBe(1);
    await clock.advance(1);
    expect(sweeps()).toBe(2);
    await clock.advance(120_000);
    expect(sweeps()).toBe(2);
    sweep.request();
    await clock.settle();
    expect(sweeps()).toBe(3);
    await sweep.stop();
  });

  it('ends at once when it is told to stop in the middle', async () => {
    const parts = twoInstallations();
    const { clock, sweep, queued, lines } = openSweep(parts, {
      listOpenPlans: (_repository, _installationId, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    sweep.start();
    await clock.settle();
    await sweep.stop();
    expect(queued).toEqual([]);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('lost webhooks', () => {
  it('are asked for again when they failed and never came through', async () => {
    const parts = new ScriptedParts();
    const { clock, sweep, metrics } = openSweep(parts);
    const ago = (minutes: number): number => clock.now() - minutes * 60_000;
    parts.deliveries.failure = [
      { id: '3', guid: 'later-fine', deliveredAtMs: ago(20) },
      { id: '2', guid: 'lost', deliveredAtMs: ago(30) },
      { id: '1', guid: 'too-old', deliveredAtMs: ago(4 * 24 * 60) },
    ];
    parts.deliveries.success = [{ id: '4', guid: 'later-fine', deliveredAtMs: ago(10) }];
    sweep.start();
    await clock.settle();
    expect(parts.redelivered).toEqual(['2']);
    expect((await metrics.render()).text).toContain('espalier_redeliveries_total 1');
    parts.deliveries.success.push({ id: '5', guid: 'lost', deliveredAtMs: clock.now() });
    await clock.advance(EVERY_MS);
    expect(parts.redelivered).toEqual(['2']);
    await sweep.stop();
  });

  it('are asked for by one replica when the other has done so and it worked', async () => {
    const parts = new ScriptedParts();
    const first = openSweep(parts);
    parts.deliveries.failure = [{ id: '1', guid: 'lost', deliveredAtMs: first.clock.now() - 600_000 }];
    first.sweep.start();
    await first.clock.settle();
    parts.deliveries.success = [{ id: '2', guid: 'lost', deliveredAtMs: first.clock.now() }];
    const second = openSweep(parts);
    second.sweep.start();
    await second.clock.settle();
    expect(parts.redelivered).toEqual(['1']);
    await Promise.all([first.sweep.stop(), second.sweep.stop()]);
  });

  it('cost one request when there are none', async () => {
    const { clock, sweep, parts } = openSweep();
    sweep.start();
    await clock.settle();
    expect(parts.asked.filter((what) => what.includes('deliver'))).toEqual(['failure deliveries']);
    await sweep.stop();
  });

  it('that cannot be had do not keep others from being asked for, nor bring the next sweep forward', async () => {
    const parts = new ScriptedParts();
    const { clock, sweep, sweeps, lines } = openSweep(parts, {
      api: {
        ...parts.api,
        redeliver: (id, signal) => (id === '1' ? Promise.reject(new Error('404')) : parts.api.redeliver(id, signal)),
      },
    });
    parts.deliveries.failure = ['2', '1'].map((id) => ({ id, guid: id, deliveredAtMs: clock.now() - 600_000 }));
    sweep.start();
    await clock.advance(EVERY_MS - 1);
    expect(parts.redelivered).toEqual(['2']);
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { delivery: '1' } }]);
    expect(sweeps()).toBe(1);
    await sweep.stop();
  });
});

describe('readiness', () => {
  const unready = (
    { sweep, clock }: Pick<ReturnType<typeof openSweep>, 'sweep' | 'clock'>,
    isStopping = false,
  ): string[] => findUnreadiness({ isStopping, sweep: sweep.state(), sweepEveryMs: EVERY_MS, nowMs: clock.now() });

  it('comes when GitHub has known the app, and is lost when it stops', async () => {
    const opened = openSweep();
    expect(unready(opened)).toEqual(['GitHub has not answered yet']);
    opened.sweep.start();
    await opened.clock.settle();
    expect(opened.sweep.state().identity).toEqual(IDENTITY);
    expect(unready(opened)).toEqual([]);
    expect(unready(opened, true)).toEqual(['it is stopping']);
    await opened.sweep.stop();
  });

  it('does not come with credentials that GitHub refuses, and comes back with good ones', async () => {
    const opened = openSweep();
    opened.parts.identity = () => {
      throw Object.assign(new Error('401'), { isTransient: false });
    };
    opened.sweep.start();
    await opened.clock.settle();
    expect(unready(opened)).toEqual(['GitHub refuses the credentials; check APP_ID and the private key']);
    opened.parts.identity = () => IDENTITY;
    await opened.clock.advance(5_000);
    expect(unready(opened)).toEqual([]);
    await opened.sweep.stop();
  });

  it('outlasts a time without GitHub, but not a long one', async () => {
    const opened = openSweep();
    opened.sweep.start();
    await opened.clock.settle();
    opened.parts.identity = () => {
      throw Object.assign(new Error('503'), { isTransient: true });
    };
    await opened.clock.advance(3 * EVERY_MS);
    expect(unready(opened)).toEqual([]);
    await opened.clock.advance(EVERY_MS);
    expect(unready(opened)).toEqual(['the sweep is stuck']);
    await opened.sweep.stop();
  });
});
