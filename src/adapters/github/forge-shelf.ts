/** The forges of one process: one for each repository and way to reach it, so that what was read is kept. */
import type { ForgeFacts } from '../../core/hosted/facts.ts';
import type { PlanTarget } from '../../core/intake/hint.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HostedForge } from '../../ports/hosted-forge.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { GitHubClient } from './github-client.ts';
import { openForge } from './open-forge.ts';
import { openLedgerCache } from './read-ledgers.ts';
import { openRepositoryMemory, type RepositoryMemory } from './repository-memory.ts';

/** A repository, and the installation through which it is reached. */
export type ForgeTarget = Pick<PlanTarget, 'installationId' | 'repositoryId' | 'owner' | 'repo'>;

/** Repositories whose forge is kept; one that was dropped is opened anew. */
const MAX_FORGES = 1000;

/** Opens an empty shelf. What it gives is the same forge for each call of one repository. */
export function openForgeShelf(parts: {
  clientOf: (installationId: number) => GitHubClient;
  clock: Clock;
  readApp: () => Promise<ForgeFacts['app']>;
}): (target: ForgeTarget) => HostedForge {
  const { clientOf, ...shared } = parts;
  const cache = openLedgerCache();
  const kept = new BoundedCache<string, { forge: HostedForge; memory: RepositoryMemory; names: string }>(MAX_FORGES);
  return ({ installationId, repositoryId, owner, repo }) => {
    const key = `${installationId} ${repositoryId}`;
    const address = { id: repositoryId, owner, name: repo };
    const names = `${owner}/${repo}`;
    const known = kept.get(key);
    if (known !== undefined) {
      // News of a new name; what was observed is not overruled by hearing the same old one again.
      if (known.names !== names) Object.assign(known.memory, { address });
      known.names = names;
      return known.forge;
    }
    const memory = openRepositoryMemory(address);
    const forge = openForge({ ...shared, client: clientOf(installationId), memory, cache });
    kept.set(key, { forge, memory, names });
    return forge;
  };
}
