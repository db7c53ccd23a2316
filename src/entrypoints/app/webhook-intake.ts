/**
 * Webhooks by way of Probot: its middleware checks the signature and calls one handler for every event. The handler
 * only reads where to look and queues it, so that GitHub has its answer at once.
 */
import { createNodeMiddleware, Probot, ProbotOctokit } from 'probot';

import type { Log } from '../../ports/log.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Handler, HttpFront } from './http-front.ts';
import type { AppCredentials } from './credentials.ts';

/** A delivery whose signature was right. */
export interface WebhookEvent {
  /** The same for every try to deliver one event. */
  id: string;
  name: string;
  payload: unknown;
}

/** What the intake works with. */
export interface WebhookIntakeOptions {
  credentials: AppCredentials;
  path: string;
  front: HttpFront;
  log: Log;
  metrics: Metrics;
  /** Takes an event. Must be quick and must not throw. */
  onEvent(event: WebhookEvent): void;
}

/** The handler for POST requests at the webhooks' path. */
export async function openWebhookIntake(options: WebhookIntakeOptions): Promise<Handler> {
  const { credentials, front, metrics } = options;
  const probot = new Probot({
    appId: credentials.appId,
    privateKey: credentials.privateKey,
    secret: credentials.webhookSecret,
    webhookPath: options.path,
    Octokit: SilentOctokit,
    log: adaptLog(options.log),
  });
  const middleware = await createNodeMiddleware(
    (app) => {
      app.onAny(({ id, name, payload }) => options.onEvent({ id, name, payload }));
    },
    { probot, webhooksPath: options.path },
  );
  return async (request, response) => {
    const body = await front.readBody(request, response);
    if (body !== null) {
      // Probot takes a body that was read for it; by itself it would read any amount before it looks at the signature.
      request.body = body;
      await middleware(request, response);
    }
    if (response.statusCode >= 400) metrics.countRefusedWebhook(response.statusCode);
    if (response.statusCode === 500) metrics.countError('webhook');
  };
}

/**
 * Probot makes a client with an installation's credentials for every event. Nothing here asks GitHub for anything, so
 * all events share one client that cannot: that is quicker, and a credential less to hold.
 */
const SilentOctokit = ProbotOctokit.defaults({
  throttle: { enabled: false },
  retry: { enabled: false },
  authStrategy: ({ octokit }: { octokit: unknown }) =>
    Object.assign(() => Promise.resolve(octokit), {
      hook: () => Promise.reject(new Error('The intake of webhooks makes no requests.')),
    }),
});

type ProbotLog = Probot['log'];

/** The calls that Probot and its parts make of a log: text, or fields and text, or an error and text. */
interface UsedLog {
  child(): UsedLog;
  trace(first: unknown, text?: unknown): void;
  debug(first: unknown, text?: unknown): void;
  info(first: unknown, text?: unknown): void;
  warn(first: unknown, text?: unknown): void;
  error(first: unknown, text?: unknown): void;
  fatal(first: unknown, text?: unknown): void;
}

/** Probot hangs whole requests on its errors, those of strangers too: only what describes the error is passed on. */
function adaptLog(log: Log): ProbotLog {
  const call =
    (level: keyof Log) =>
    (first: unknown, text?: unknown): void => {
      const error = first instanceof Error ? first : (first as { err?: unknown } | null)?.err;
      // Whatever a stranger sends is refused in silence; the metrics count it.
      const isRefusal = error instanceof Error && statusOf(error) === 400;
      const words = typeof first === 'string' ? first : text;
      log[isRefusal ? 'debug' : level]('Probot says.', {
        ...(typeof words === 'string' ? { words } : {}),
        ...(error instanceof Error ? { error } : {}),
      });
    };
  const used: UsedLog = {
    child: () => used,
    trace: call('debug'),
    debug: call('debug'),
    info: call('debug'),
    warn: call('warn'),
    error: call('error'),
    fatal: call('error'),
  };
  // Probot names pino's whole interface but uses these calls of it.
  return used as unknown as ProbotLog;
}

function statusOf(error: Error): unknown {
  const inner: unknown = error instanceof AggregateError ? (error.errors as unknown[])[0] : error;
  return (inner as { status?: unknown } | undefined)?.status;
}
