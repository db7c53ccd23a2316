/** Parts that do what a test says and remember what they were asked. */
import type { Click } from '../../../src/core/hosted/facts.ts';
import type { HookDelivery } from '../../../src/core/intake/choose-redeliveries.ts';
import type { Hint, PlanTarget } from '../../../src/core/intake/hint.ts';
import type { AppParts, PartsContext } from '../../../src/entrypoints/app/parts.ts';
import type { WorkOutcome } from '../../../src/entrypoints/app/work-queue.ts';
import type { AppApi, AppIdentity, AppInstallation, AppRepository } from '../../../src/ports/app-api.ts';

export const IDENTITY: AppIdentity = { appId: 42, slug: 'espalier', botUserId: 4242 };

/** What GitHub has and how it answers. A function that throws is an error of GitHub's. */
export class ScriptedParts implements AppParts {
  identity: () => AppIdentity = () => IDENTITY;
  installations: AppInstallation[] = [];
  repositories = new Map<number, AppRepository[]>();
  openPlans: (repositoryId: number) => readonly PlanTarget[] = () => [];
  resolved: (hint: Hint) => readonly PlanTarget[] = () => [];
  outcome: (target: PlanTarget, signal: AbortSignal) => Promise<WorkOutcome> = () =>
    Promise.resolve({ wakeAtMs: null, again: false });
  deliveries: { failure: HookDelivery[]; success: HookDelivery[] } = { failure: [], success: [] };

  readonly asked: string[] = [];
  readonly reconciled: PlanTarget[] = [];
  readonly hints: Hint[] = [];
  readonly clicks: { target: PlanTarget; click: Click }[] = [];
  readonly redelivered: string[] = [];
  context: PartsContext | null = null;
  isClosed = false;

  readonly api: AppApi = {
    readIdentity: () => this.#ask('identity', () => this.identity()),
    listInstallations: () => this.#ask('installations', () => this.installations),
    listRepositories: (id) => this.#ask(`repositories of ${id}`, () => this.repositories.get(id) ?? []),
    listDeliveries: ({ status, sinceMs, limit }) =>
      this.#ask(`${status} deliveries`, () =>
        this.deliveries[status].filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs).slice(0, limit),
      ),
    redeliver: (id) => this.#ask(`redeliver ${id}`, () => void this.redelivered.push(id)),
  };

  open = (context: PartsContext): Promise<AppParts> => {
    this.context = context;
    return Promise.resolve(this);
  };

  listOpenPlans(repository: { id: number }): Promise<readonly PlanTarget[]> {
    return this.#ask(`plans of ${repository.id}`, () => this.openPlans(repository.id));
  }

  resolvePlans(hint: Hint): Promise<readonly PlanTarget[]> {
    this.hints.push(hint);
    return this.#ask('resolve', () => this.resolved(hint));
  }

  reconcile(target: PlanTarget, signal: AbortSignal): Promise<WorkOutcome> {
    this.reconciled.push(target);
    return this.outcome(target, signal);
  }

  noteClick(target: PlanTarget, click: Click): void {
    this.clicks.push({ target, click });
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  // An error becomes a rejection, as it is with a real request.
  async #ask<T>(what: string, answer: () => T): Promise<T> {
    this.asked.push(what);
    await Promise.resolve();
    return answer();
  }
}
