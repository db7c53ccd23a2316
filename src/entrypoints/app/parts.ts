/** What the shell needs that is not the shell: the way to GitHub, and the engine. Tests hand over scripted parts. */
import type { Click } from '../../core/hosted/facts.ts';
import type { Hint, PlanTarget, RepositoryIdentity } from '../../core/intake/hint.ts';
import type { AppApi } from '../../ports/app-api.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { AppCredentials } from './credentials.ts';
import type { AppSettings } from './settings.ts';
import type { WorkOutcome } from './work-queue.ts';

/** The parts, opened. Every call may be made while others run, but `reconcile` of one plan never twice at a time. */
export interface AppParts {
  api: AppApi;
  /** The plans of a repository that are not at their end. */
  listOpenPlans(
    repository: RepositoryIdentity,
    installationId: number,
    signal: AbortSignal,
  ): Promise<readonly PlanTarget[]>;
  /** The plans that a hint means which names none by its issue. `plans` is never `all` and names no issue. */
  resolvePlans(hint: Hint, signal: AbortSignal): Promise<readonly PlanTarget[]>;
  /** Looks at a plan once and does what there is to do. Throws for what may pass by itself; it is called again. */
  reconcile(target: PlanTarget, signal: AbortSignal): Promise<WorkOutcome>;
  /** Keeps a click for the plan's next reconcile, which follows. It may come twice with one `source`. */
  noteClick(target: PlanTarget, click: Click): void;
  /** Gives back what is held. Called once, when nothing runs any more. */
  close(): Promise<void>;
}

/** What parts are opened with. */
export interface PartsContext {
  settings: AppSettings;
  credentials: AppCredentials;
  /** Name of this process, unique over restarts. */
  replica: string;
  clock: Clock;
  /** Sends every request to GitHub. */
  fetch: typeof fetch;
  log: Log;
  metrics: Metrics;
}

/** Opens the parts. Asks GitHub for nothing yet, so that the App also starts while GitHub is away. */
export type OpenParts = (context: PartsContext) => Promise<AppParts>;
