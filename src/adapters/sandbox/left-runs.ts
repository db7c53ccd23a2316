/** Runs that processes left which were killed: their own processes and groups on this machine, and containers. */
import type { ContainerEngine } from '../../core/sandbox/container-args.ts';
import { containerName } from '../../core/sandbox/container-args.ts';
import { openGroupMaker } from './cgroup.ts';
import type { ContainerClient } from './container-client.ts';
import { listContainers, removeContainers } from './container-sandbox.ts';
import { findContainerClient } from './find-container-client.ts';
import { type CallerEnvironment, readMachine } from './machine.ts';
import { listMarkedRuns, reapMarkedRuns } from './process-table.ts';

const GONE_WITHIN_MS = 10_000;

/** One run that has something left on this machine. */
export interface LeftRun {
  name: string;
  /** Where it is: among the machine's processes, or in an engine's containers. */
  place: 'processes' | ContainerEngine;
}

/** Looks for left runs, and ends them. Knows nothing of who owns them: the caller must. */
export interface LeftRuns {
  /** Runs whose name begins with `prefix`. An engine that does not answer has none that runs. */
  list(prefix: string): Promise<LeftRun[]>;
  /** Ends and removes what is left of one. Throws if that is not possible. */
  end(run: LeftRun): Promise<void>;
}

/** Opens the machine for that; `stateDir` is an absolute folder of Espalier's own. Starts no engine. */
export async function openLeftRuns(options: { env: CallerEnvironment; stateDir: string }): Promise<LeftRuns> {
  const machine = await readMachine(options.env);
  const groups = await openGroupMaker().catch(() => null);
  const found = await Promise.all(
    (['docker', 'podman'] as const).map((engine) => findContainerClient({ engine, ...options, machine })),
  );
  const clients = found.flatMap((each) => (each.ok ? [each.client] : []));
  return {
    list: async (prefix) => {
      const marks = await listMarkedRuns(prefix);
      // Without a sandbox a mark is the run's name and a random part.
      const names = [...marks].map((mark) => mark.split('/', 1)[0] ?? '');
      const here = new Set([...names, ...((await groups?.list(prefix)) ?? [])]);
      const inContainers = await Promise.all(clients.map((client) => listIn(client, prefix)));
      return [...[...here].sort().map((name): LeftRun => ({ name, place: 'processes' })), ...inContainers.flat()];
    },
    end: async ({ name, place }) => {
      if (place === 'processes') {
        await reapMarkedRuns(name, GONE_WITHIN_MS);
        await groups?.reap(name);
        return;
      }
      const client = clients.find((each) => each.engine === place);
      const failure = client === undefined ? `${place} is gone` : await removeContainers(client, [containerName(name)]);
      if (failure !== null) throw new Error(`The container '${containerName(name)}' could not be removed: ${failure}`);
    },
  };
}

async function listIn(client: ContainerClient, prefix: string): Promise<LeftRun[]> {
  const { runs, failure } = await listContainers(client, prefix);
  return failure === null ? runs.sort().map((name) => ({ name, place: client.engine })) : [];
}
