/** What doing the effects of one call works with, and how it is found where it is not remembered. */
import { z } from 'zod';

import type { CommitSha } from '../../core/brand.ts';
import type { EffectOutcome, ForgeEffect } from '../../core/hosted/effect.ts';
import type { ForgeFacts } from '../../core/hosted/facts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GitHubClient } from './github-client.ts';
import { GitHubError } from './github-error.ts';
import type { RepositoryMemory } from './repository-memory.ts';

/** What a performer is made of. */
export interface PerformerParts {
  client: GitHubClient;
  clock: Clock;
  memory: RepositoryMemory;
  /** Who this app is. */
  readApp(this: void): Promise<ForgeFacts['app']>;
}

/** {@link PerformerParts} with what is found out before the first effect. */
export interface PerformContext extends PerformerParts {
  /** Node id of the repository. */
  repositoryId: string;
  /** What a dispatched run is to read. */
  ledgerSha: CommitSha;
}

/** One kind of effect. */
export type EffectOf<Kind extends ForgeEffect['kind']> = Extract<ForgeEffect, { kind: Kind }>;

/** An outcome that is known without asking for the thing itself. */
export function isOutcome(found: object): found is EffectOutcome {
  return 'kind' in found;
}

const RepositoryAnswer = z.object({ repository: z.object({ id: z.string() }).nullable() });

/** The repository's node id. Throws {@link GitHubError}. */
export async function readRepositoryId({ client, memory }: PerformerParts): Promise<string> {
  if (memory.nodeId !== null) return memory.nodeId;
  const { owner, name } = memory.address;
  const what = 'Reading the id of a repository';
  const { data } = await client.graphql({
    kind: 'query',
    document: 'query RepositoryId($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }',
    variables: { owner, name },
    what,
    answer: RepositoryAnswer,
  });
  if (data.repository === null)
    throw new GitHubError(what, { ending: { kind: 'gone' }, because: 'it is not there for this installation' });
  memory.nodeId = data.repository.id;
  return memory.nodeId;
}
