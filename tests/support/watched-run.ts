/** Runs of plans under the eyes of a test: shared by the tests that run whole plans in this process. */
import type { ResolvedPlan } from '../../src/core/plan/plan.ts';
import type { PlanView } from '../../src/core/reconcile/view.ts';
import type { RunControl, RunEvent, RunOutcome, RunPlanDeps } from '../../src/engine/run-request.ts';
import type { RepositoryFixture } from './git-fixture.ts';
import { openRunDeps, scriptedTask } from './running-plan.ts';

/** A run that is watched: its events, and the way to wait for one of them. */
export interface Watched {
  control: RunControl;
  events: RunEvent[];
  /** Resolves at the first event for which `match` holds, those before included. */
  until(match: (event: RunEvent) => boolean): Promise<RunEvent>;
  abort(): void;
}

/** Watches the next run. */
export function watchRun(): Watched {
  const abort = new AbortController();
  const events: RunEvent[] = [];
  let waiters: { match: (event: RunEvent) => boolean; resolve: (event: RunEvent) => void }[] = [];
  return {
    events,
    abort: () => abort.abort(),
    until: (match) => {
      const known = events.find(match);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiters.push({ match, resolve }));
    },
    control: {
      signal: abort.signal,
      onView: () => {},
      onEvent: (event) => {
        events.push(event);
        for (const waiter of waiters.filter((one) => one.match(event))) waiter.resolve(event);
        waiters = waiters.filter((one) => !one.match(event));
      },
    },
  };
}

/** Everything that a run in the repository needs, without a sandbox. */
export async function openDeps(repository: RepositoryFixture): Promise<RunPlanDeps> {
  const { deps } = await openRunDeps({
    repository: repository.path,
    stateDir: repository.stateDir,
    env: repository.env,
    engine: 'none',
  });
  return deps;
}

/** The view that a run ended with. */
export function viewOf(outcome: RunOutcome): PlanView {
  if (!('view' in outcome)) throw new Error(`The run gave no view: ${JSON.stringify(outcome)}`);
  return outcome.view;
}

/** The state of each task at the end of a run. */
export function statesOf(outcome: RunOutcome): Record<string, string> {
  return Object.fromEntries(viewOf(outcome).tasks.map((task) => [task.id, task.state]));
}

/** A task whose agent waits until the test lets it go (a file appears beside the repository) before it works. */
export function heldTask(id: string, gate: string): ResolvedPlan['tasks'][number] {
  return scriptedTask(id, {
    agent: {
      kind: 'command',
      command: ['sh', '-c', `while [ ! -e '${gate}' ]; do sleep 0.05; done; exec sh tools/agent.sh`],
    },
  });
}
