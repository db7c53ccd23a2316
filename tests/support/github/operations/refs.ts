import type { Repository, Oid } from '../state.ts';
import type { Actor, World } from '../world.ts';

/** One update of `updateRefs`: {@link ZERO_OID} before = must not exist, after = delete; no `before` = any. */
export interface RefUpdate {
  /** Full name, such as `refs/heads/main`. */
  name: string;
  before: Oid | null;
  after: Oid;
  isForced: boolean;
}

/** To be built. */
export async function updateRefs(world: World, by: Actor, repository: Repository, updates: RefUpdate[]): Promise<void> {
  throw new Error(`not built: updateRefs`);
}

/** To be built. */
export async function createRef(
  world: World,
  by: Actor,
  repository: Repository,
  ref: { name: string; oid: Oid },
): Promise<void> {
  throw new Error(`not built: createRef`);
}

/** To be built. */
export async function updateRef(
  world: World,
  by: Actor,
  repository: Repository,
  ref: { name: string; oid: Oid; isForced: boolean },
): Promise<void> {
  throw new Error(`not built: updateRef`);
}

/** To be built. */
export async function deleteRef(world: World, by: Actor, repository: Repository, name: string): Promise<void> {
  throw new Error(`not built: deleteRef`);
}

/** To be built. */
export async function refusePush(
  world: World,
  by: Actor,
  repository: Repository,
  updates: RefUpdate[],
): Promise<string | null> {
  throw new Error(`not built: refusePush`);
}

/** To be built. */
export async function takeInPush(world: World, by: Actor, repository: Repository): Promise<void> {
  throw new Error(`not built: takeInPush`);
}

/** To be built. */
export async function renameBranch(
  world: World,
  by: Actor,
  repository: Repository,
  names: { from: string; to: string },
): Promise<void> {
  throw new Error(`not built: renameBranch`);
}
