/** The App at work: webhooks in, reconciles out, with a sweep behind them, until it is told to stop. */
import { readClick } from '../../core/intake/read-click.ts';
import { type OwnIdentity, readHint } from '../../core/intake/read-hint.ts';
import type { PlanTarget } from '../../core/intake/hint.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { webUrlOf } from './addresses.ts';
import { HintQueue, type QueueFailure } from './hint-queue.ts';
import { type HttpFront, type Routes, sendText } from './http-front.ts';
import type { AppParts } from './parts.ts';
import { findUnreadiness } from './readiness.ts';
import type { AppCredentials } from './credentials.ts';
import type { AppSettings } from './settings.ts';
import { Sweep } from './sweep.ts';
import { openWebhookIntake, type WebhookEvent } from './webhook-intake.ts';
import type { WorkOutcome } from './work-queue.ts';

/** What the App is made of. */
export interface ServedApp {
  settings: AppSettings;
  credentials: AppCredentials;
  parts: AppParts;
  front: HttpFront;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** The page for `/metrics`; `null` where it is not to answer. */
  renderMetrics: (() => Promise<{ contentType: string; text: string }>) | null;
  random(): number;
}

/** Requests that are being answered have this long when the server closes. */
const ANSWER_WITHIN_MS = 5_000;

/** Begins to serve. The answer ends it: no more events, work done or left within the bound of the settings. */
export async function serveApp(app: ServedApp): Promise<{ stop(): Promise<void> }> {
  const { settings, credentials, parts, front, clock, log, metrics } = app;
  let isStopping = false;
  const queue = openQueue(app);
  const sweep = new Sweep({
    api: parts.api,
    listOpenPlans: (repository, installationId, signal) => parts.listOpenPlans(repository, installationId, signal),
    enqueue: (target) => queue.enqueue(target, 'routine'),
    clock,
    log,
    metrics,
    everyMs: settings.sweepEveryMs,
    random: () => app.random(),
  });
  metrics.watchQueue(() => queue.count());
  const self = (): OwnIdentity => ({
    appId: credentials.appId,
    botUserId: sweep.state().identity?.botUserId ?? null,
  });
  const webhook = await openWebhookIntake({
    credentials,
    path: settings.webhookPath,
    front,
    log,
    metrics,
    onEvent: (event) => takeEvent(event, { app, queue, sweep, self: self() }),
  });
  const unreadiness = (): string[] =>
    findUnreadiness({ isStopping, sweep: sweep.state(), sweepEveryMs: settings.sweepEveryMs, nowMs: clock.now() });
  front.setRoutes(routesOf(app, { webhook, unreadiness, slug: () => sweep.state().identity?.slug ?? null }));
  sweep.start();
  return {
    stop: async () => {
      isStopping = true;
      // What GitHub cannot deliver from here on fails there and is asked for again by the next sweep.
      const closed = front.close(ANSWER_WITHIN_MS);
      await atMost(sweep.stop(), ANSWER_WITHIN_MS, clock);
      await closed;
      const { left } = await queue.close(settings.drainMs);
      if (left > 0) log.warn('Work was left behind; the next sweep finds it again.', { left });
      await atMost(parts.close(), ANSWER_WITHIN_MS, clock);
    },
  };
}

/** Waits for what may not listen, but not for ever. */
async function atMost(work: Promise<void>, withinMs: number, clock: Clock): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, clock.sleep(withinMs, over.signal)]);
  over.abort();
}

function openQueue(app: ServedApp): HintQueue {
  const { parts, clock, log, metrics } = app;
  return new HintQueue({
    clock,
    reconcile: (target, signal) => reconcile(app, target, signal),
    resolvePlans: (hint, signal) =>
      hint.plans === 'all'
        ? parts.listOpenPlans(hint.repository, hint.installationId, signal)
        : parts.resolvePlans(hint, signal),
    onReceipt: (receipt) => metrics.countHint(receipt),
    onError: (failure) => {
      metrics.countError(failure.kind);
      log.error('Work on a plan failed and is tried again.', describeFailure(failure));
    },
  });
}

async function reconcile(app: ServedApp, target: PlanTarget, signal: AbortSignal): Promise<WorkOutcome> {
  const { clock, metrics } = app;
  const startedAtMs = clock.now();
  try {
    const outcome = await app.parts.reconcile(target, signal);
    metrics.countReconcile(outcome.again ? 'again' : 'settled', clock.now() - startedAtMs);
    return outcome;
  } catch (error) {
    metrics.countReconcile('failed', clock.now() - startedAtMs);
    throw error;
  }
}

function describeFailure(failure: QueueFailure): Record<string, unknown> {
  const { kind, error, retryInMs } = failure;
  const where =
    failure.kind === 'reconcile'
      ? { repository: `${failure.target.owner}/${failure.target.repo}`, issue: failure.target.issue }
      : { repository: `${failure.hint.repository.owner}/${failure.hint.repository.name}` };
  return { kind, error, retryInMs, ...where };
}

/** Everything that is done before GitHub has its answer. */
function takeEvent(
  { id, name, payload }: WebhookEvent,
  at: { app: ServedApp; queue: HintQueue; sweep: Sweep; self: OwnIdentity },
): void {
  const { app, queue, self } = at;
  const reading = readHint(name, payload, self);
  app.metrics.countWebhook(name, reading.kind === 'ignored' ? reading.because : reading.kind);
  app.log.debug('A webhook came.', { event: name, delivery: id, reading: reading.kind });
  const click = readClick(name, payload, id, self);
  if (click !== null) {
    app.parts.noteClick(click.target, click.click);
    queue.enqueue(click.target, 'hint');
  }
  if (reading.kind === 'hints') for (const hint of reading.hints) queue.take(hint);
  if (reading.kind === 'sweep') at.sweep.request();
}

function routesOf(
  { settings, renderMetrics }: ServedApp,
  made: {
    webhook: NonNullable<ReturnType<Routes['get']>>['POST'];
    unreadiness: () => string[];
    slug: () => string | null;
  },
): Routes {
  const routes: Record<string, NonNullable<ReturnType<Routes['get']>>> = {
    '/': {
      GET: (_request, response) => {
        const slug = made.slug();
        const where = slug === null ? '' : ` Install it: ${webUrlOf(settings.apiUrl)}/apps/${slug}`;
        sendText(response, 200, `Espalier is running.${where}`);
      },
    },
    '/healthz': { GET: (_request, response) => sendText(response, 200, 'alive') },
    '/readyz': {
      GET: (_request, response) => {
        const reasons = made.unreadiness();
        if (reasons.length === 0) sendText(response, 200, 'ready');
        else sendText(response, 503, `not ready: ${reasons.join('; ')}`);
      },
    },
    ...(made.webhook === undefined ? {} : { [settings.webhookPath]: { POST: made.webhook } }),
  };
  if (renderMetrics !== null)
    routes['/metrics'] = {
      GET: async (_request, response) => {
        const { contentType, text } = await renderMetrics();
        response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
      },
    };
  return new Map(Object.entries(routes));
}
