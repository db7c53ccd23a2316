/** Numbers for operators. Every label is one of a closed set, so that no outsider can make the metrics grow. */
import type { Quota } from '../core/hosted/facts.ts';
import type { IgnoredBecause } from '../core/intake/read-hint.ts';

/** How a reconcile ended. */
type ReconcileEnd = 'settled' | 'again' | 'failed';

/** Where an error was met. */
type ErrorPlace = 'webhook' | 'lookup' | 'reconcile' | 'sweep' | 'redelivery' | 'http';

/** How much there is to do, by state. */
export interface QueueLengths {
  running: number;
  waiting: number;
  timed: number;
  lookups: number;
}

export interface Metrics {
  /** A webhook that was taken; `event` is GitHub's name of it (any text), `fate` what it came to. */
  countWebhook(event: string, fate: 'hints' | 'sweep' | IgnoredBecause): void;
  /** A request to the webhook's address that was refused, by HTTP status. */
  countRefusedWebhook(status: number): void;
  /** A hint that named a plan or something to look up. */
  countHint(receipt: 'queued' | 'coalesced' | 'refused'): void;
  countReconcile(end: ReconcileEnd, durationMs: number): void;
  countLanding(strength: 'exact' | 'audited'): void;
  countError(place: ErrorPlace): void;
  countSweep(isWhole: boolean, durationMs: number): void;
  countRedelivery(): void;
  /** What GitHub says is left of one installation's quota; the lowest of all is shown. */
  noteQuota(api: 'rest' | 'graphql', installationId: number, quota: Quota): void;
  /** `read` is called whenever the numbers are asked for. */
  watchQueue(read: () => QueueLengths): void;
}
