import { describe, expect, it } from 'vitest';

import { LowestQuota } from '../../../src/adapters/metrics/lowest-quota.ts';
import { openPrometheus } from '../../../src/adapters/metrics/prometheus.ts';

function openMetrics(hasProcess = false) {
  return openPrometheus({ now: () => 1_000, hasProcess });
}

/** Lines of the page that are no comments. */
async function samplesOf(metrics: ReturnType<typeof openMetrics>): Promise<string[]> {
  return (await metrics.render()).text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the page of metrics', () => {
  it('counts what happened, by labels of closed sets', async () => {
    const metrics = openMetrics();
    metrics.countWebhook('issues', 'hints');
    metrics.countWebhook('star', 'irrelevant');
    metrics.countRefusedWebhook(400);
    metrics.countHint('queued');
    metrics.countLanding('exact');
    metrics.countError('reconcile');
    metrics.countRedelivery();
    expect(await samplesOf(metrics)).toEqual(
      expect.arrayContaining([
        'espalier_webhooks_total{event="issues",fate="hints"} 1',
        'espalier_webhooks_total{event="other",fate="irrelevant"} 1',
        'espalier_webhooks_refused_total{status="400"} 1',
        'espalier_hints_total{receipt="queued"} 1',
        'espalier_landings_total{strength="exact"} 1',
        'espalier_errors_total{place="reconcile"} 1',
        'espalier_redeliveries_total 1',
      ]),
    );
    expect((await metrics.render()).contentType).toContain('text/plain');
  });

  it('cannot be made to grow by who sends webhooks', async () => {
    const metrics = openMetrics();
    for (let at = 0; at < 1_000; at += 1) {
      metrics.countWebhook(`event-${at}"\n`, 'irrelevant');
      metrics.countRefusedWebhook(400 + at);
    }
    const samples = await samplesOf(metrics);
    expect(samples.filter((line) => line.startsWith('espalier_webhooks_total'))).toHaveLength(1);
    expect(samples.filter((line) => line.startsWith('espalier_webhooks_refused'))).toHaveLength(6);
  });

  it('has how long reconciles and sweeps take, in seconds', async () => {
    const metrics = openMetrics();
    metrics.countReconcile('settled', 1_500);
    metrics.countSweep(true, 20_000);
    expect(await samplesOf(metrics)).toEqual(
      expect.arrayContaining([
        'espalier_reconcile_seconds_bucket{le="1",end="settled"} 0',
        'espalier_reconcile_seconds_bucket{le="2.5",end="settled"} 1',
        'espalier_reconcile_seconds_sum{end="settled"} 1.5',
        'espalier_sweep_seconds_count{whole="true"} 1',
      ]),
    );
  });

  it('reads the queue when it is asked, not before', async () => {
    const metrics = openMetrics();
    let running = 1;
    metrics.watchQueue(() => ({ running, waiting: 2, timed: 3, lookups: 4 }));
    running = 7;
    expect(await samplesOf(metrics)).toEqual(
      expect.arrayContaining([
        'espalier_queue_plans{state="running"} 7',
        'espalier_queue_plans{state="waiting"} 2',
        'espalier_queue_plans{state="timed"} 3',
        'espalier_queue_plans{state="lookups"} 4',
      ]),
    );
  });

  it('shows the quota of the installation that has least, until it is filled up', async () => {
    const metrics = openMetrics();
    metrics.noteQuota('rest', 1, { limit: 5_000, remaining: 4_000, resetAtMs: 2_000 });
    metrics.noteQuota('rest', 2, { limit: 5_000, remaining: 100, resetAtMs: 2_000 });
    metrics.noteQuota('graphql', 1, { limit: 5_000, remaining: 7, resetAtMs: 1_000 });
    const samples = await samplesOf(metrics);
    expect(samples.filter((line) => line.includes('quota'))).toEqual(['espalier_api_quota_remaining{api="rest"} 100']);
  });

  it('has the process itself where that is wanted', async () => {
    expect((await samplesOf(openMetrics(true))).join('\n')).toContain('process_resident_memory_bytes');
    expect((await samplesOf(openMetrics())).join('\n')).not.toContain('process_');
  });
});

describe('the lowest quota', () => {
  it('is by the last word on each installation', () => {
    const quotas = new LowestQuota();
    quotas.note('rest', 1, { limit: 10, remaining: 1, resetAtMs: 100 });
    quotas.note('rest', 1, { limit: 10, remaining: 9, resetAtMs: 200 });
    expect(quotas.lowest(50)).toEqual(new Map([['rest', 9]]));
    expect(quotas.lowest(200)).toEqual(new Map());
  });
});
