/**
 * What GitHub answers to the App itself, apart from any plan: who it is, where it is installed, which webhooks did not
 * arrive. Retries by rule happen inside; what is thrown after that is an `Error` that says what failed and what to do
 * next, with `isTransient` true if time may cure it.
 */
import type { HookDelivery } from '../core/intake/choose-redeliveries.ts';
import type { RepositoryIdentity } from '../core/intake/hint.ts';

/** The App as GitHub knows it. */
export interface AppIdentity {
  appId: number;
  /** Name in addresses: `https://github.com/apps/<slug>`. */
  slug: string;
  /** Account id of `<slug>[bot]`, which everything that the App writes is written by; `null` until it is installed. */
  botUserId: number | null;
}

/** One account that has installed the App. */
export interface AppInstallation {
  id: number;
  /** Login of the account. */
  account: string;
  isSuspended: boolean;
}

/** One repository that an installation reaches. */
export interface AppRepository extends RepositoryIdentity {
  isArchived: boolean;
}

/** Which deliveries to list, newest first. */
export interface DeliveryQuery {
  status: 'failure' | 'success';
  /** Only those not older than this, in milliseconds since the epoch. */
  sinceMs: number;
  /** The list ends after about this many (at the end of a page). */
  limit: number;
}

export interface AppApi {
  readIdentity(signal: AbortSignal): Promise<AppIdentity>;
  listInstallations(signal: AbortSignal): Promise<readonly AppInstallation[]>;
  listRepositories(installationId: number, signal: AbortSignal): Promise<readonly AppRepository[]>;
  listDeliveries(query: DeliveryQuery, signal: AbortSignal): Promise<readonly HookDelivery[]>;
  /** Asks for a delivery to be sent again. It keeps its `guid`. */
  redeliver(deliveryId: string, signal: AbortSignal): Promise<void>;
}
