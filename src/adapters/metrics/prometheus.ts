/** The metrics as Prometheus reads them. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { HINT_EVENTS } from '../../core/intake/read-hint.ts';
import type { Metrics, QueueLengths } from '../../ports/metrics.ts';
import { LowestQuota } from './lowest-quota.ts';

/** What a scrape gets. */
interface MetricsPage {
  contentType: string;
  text: string;
}

/** The metrics and the page that shows them. */
export interface PrometheusMetrics extends Metrics {
  render(): Promise<MetricsPage>;
}

/** Names of events that are labels of their own; any other is `other`, since a sender could make up any number. */
const EVENTS = new Set([...HINT_EVENTS, 'installation', 'installation_repositories', 'ping']);
/** Statuses that a webhook is refused with. */
const STATUSES = new Set([400, 404, 413, 415, 503]);

const RECONCILE_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const SWEEP_SECONDS = [1, 5, 15, 60, 300, 900];

/** Opens the metrics. `hasProcess` adds those of the process itself: memory, CPU, event loop. */
export function openPrometheus(options: { now(): number; hasProcess: boolean }): PrometheusMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `espalier_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, labels: readonly Label[], buckets: number[]) =>
    new Histogram({ name: `espalier_${name}`, help, labelNames: labels, buckets, registers });

  const webhooks = counter('webhooks_total', 'Webhooks taken, by what they came to.', ['event', 'fate']);
  const refused = counter('webhooks_refused_total', 'Requests refused at the webhooks’ path.', ['status']);
  const hints = counter('hints_total', 'Words on a plan: queued, or part of work that waits already.', ['receipt']);
  const reconciles = histogram('reconcile_seconds', 'Reconciles.', ['end'], RECONCILE_SECONDS);
  const landings = counter('landings_total', 'Landings, by how surely a tested tree landed.', ['strength']);
  const errors = counter('errors_total', 'Errors, by where they were met.', ['place']);
  const sweeps = histogram('sweep_seconds', 'Sweeps.', ['whole'], SWEEP_SECONDS);
  const redeliveries = counter('redeliveries_total', 'Lost webhooks that GitHub was asked for again.');

  const quotas = new LowestQuota();
  let readQueue: () => QueueLengths = () => ({ running: 0, waiting: 0, timed: 0, lookups: 0 });
  registry.registerMetric(
    new Gauge({
      name: 'espalier_queue_plans',
      help: 'Plans in work, waiting, or waiting for a time; and repositories to be looked up.',
      labelNames: ['state'],
      registers: [],
      collect() {
        for (const [state, length] of Object.entries(readQueue())) this.set({ state }, length as number);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'espalier_api_quota_remaining',
      help: 'What is left of GitHub’s quota, of the installation that has least.',
      labelNames: ['api'],
      registers: [],
      collect() {
        this.reset();
        for (const [api, remaining] of quotas.lowest(options.now())) this.set({ api }, remaining);
      },
    }),
  );
  if (options.hasProcess) collectDefaultMetrics({ register: registry });

  return {
    countWebhook: (event, fate) => webhooks.inc({ event: EVENTS.has(event) ? event : 'other', fate }),
    countRefusedWebhook: (status) => refused.inc({ status: STATUSES.has(status) ? String(status) : 'other' }),
    countHint: (receipt) => hints.inc({ receipt }),
    countReconcile: (end, durationMs) => reconciles.observe({ end }, durationMs / 1000),
    countLanding: (strength) => landings.inc({ strength }),
    countError: (place) => errors.inc({ place }),
    countSweep: (isWhole, durationMs) => sweeps.observe({ whole: String(isWhole) }, durationMs / 1000),
    countRedelivery: () => redeliveries.inc(),
    noteQuota: (api, installationId, quota) => quotas.note(api, installationId, quota),
    watchQueue: (read) => {
      readQueue = read;
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
