import type { Repository, RepositorySettings, Role, Ruleset } from '../state.ts';
import type { Actor, World } from '../world.ts';

export interface NewRepository {
  owner: string;
  name: string;
  isPrivate?: boolean;
  defaultBranch?: string;
  /** First commit; `null` leaves the repository empty. */
  files?: Record<string, string | Uint8Array> | null;
  settings?: Partial<RepositorySettings>;
}

export type NewRuleset = Pick<Ruleset, 'name' | 'include' | 'rules'> &
  Partial<Pick<Ruleset, 'enforcement' | 'exclude' | 'bypassActors'>>;

/** To be built. */
export async function createRepository(world: World, by: Actor, repository: NewRepository): Promise<Repository> {
  throw new Error(`not built: createRepository`);
}

/** To be built. */
export async function setArchived(world: World, by: Actor, repository: Repository, isArchived: boolean): Promise<void> {
  throw new Error(`not built: setArchived`);
}

/** To be built. */
export async function renameRepository(world: World, by: Actor, repository: Repository, name: string): Promise<void> {
  throw new Error(`not built: renameRepository`);
}

/** To be built. */
export async function transferRepository(
  world: World,
  by: Actor,
  repository: Repository,
  owner: string,
): Promise<void> {
  throw new Error(`not built: transferRepository`);
}

/** To be built. */
export async function deleteRepository(world: World, by: Actor, repository: Repository): Promise<void> {
  throw new Error(`not built: deleteRepository`);
}

/** To be built. */
export async function setRole(world: World, repository: Repository, login: string, role: Role): Promise<void> {
  throw new Error(`not built: setRole`);
}

/** To be built. */
export async function addRuleset(world: World, repository: Repository, ruleset: NewRuleset): Promise<Ruleset> {
  throw new Error(`not built: addRuleset`);
}

/** To be built. */
export async function removeRuleset(world: World, repository: Repository, rulesetId: number): Promise<void> {
  throw new Error(`not built: removeRuleset`);
}

/** To be built. */
export function refuseWriteToArchived(repository: Repository): void {
  throw new Error(`not built: refuseWriteToArchived`);
}
