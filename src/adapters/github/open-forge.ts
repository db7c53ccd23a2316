/** The forge of one repository: see `src/ports/hosted-forge.ts`. */
import type { ForgeFacts } from '../../core/hosted/facts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HostedForge } from '../../ports/hosted-forge.ts';
import { openListedRules } from './base-rules.ts';
import type { GitHubClient } from './github-client.ts';
import { observePlan } from './observe.ts';
import { openPerformer } from './perform.ts';
import { openLedgerReader, type LedgerCache } from './read-ledgers.ts';
import type { RepositoryMemory } from './repository-memory.ts';
import { writeLedgers } from './write-ledgers.ts';

/** What a forge is made of. */
export interface ForgeParts {
  client: GitHubClient;
  clock: Clock;
  memory: RepositoryMemory;
  /** Shared with other forges of this process. */
  cache: LedgerCache;
  /** Who this app is. */
  readApp(this: void): Promise<ForgeFacts['app']>;
}

/** Leases are for a minute, and the last request may take half of it. */
const BEGIN_WITHIN_MS = 25_000;

/** Opens the forge of the repository that `memory` is of. Nothing is asked yet. */
export function openForge(parts: ForgeParts): HostedForge {
  const { client, clock, memory, cache, readApp } = parts;
  const rules = openListedRules(client, clock);
  const reader = openLedgerReader(client, memory, cache);
  return {
    observe: (query, plan) => observePlan({ client, clock, memory, rules, readApp }, query, plan),
    readLedgerFiles: (at) => reader.readFiles(at),
    writeLedgers: (write) => writeLedgers({ client, clock, memory, reader }, write),
    async perform(effects, ledgerSha, notAfterMs = clock.now() + BEGIN_WITHIN_MS) {
      const performer = openPerformer({ client: client.until(notAfterMs), clock, memory, readApp });
      const outcomes = await performer.perform(effects, ledgerSha);
      for (const effect of effects) {
        const outcome = effect.kind === 'land' ? outcomes.get(effect.key) : undefined;
        // The rules that allowed this landing may be older than those that refused it.
        if (effect.kind === 'land' && outcome?.kind !== 'done') rules.forget(effect.base);
      }
      return outcomes;
    },
  };
}
