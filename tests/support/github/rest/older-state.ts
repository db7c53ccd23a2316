/** The state as it was before the last writes, for reads that come from a replica which lags behind. */
import type { World } from '../world.ts';

interface KeptState {
  readonly at: number;
  readonly world: World;
}

/** Few are enough: a read is stale by the writes of the last moments only. */
const KEPT_STATES = 3;

/** Keeps the state before writes. */
export interface OlderStates {
  /** Copies the state; to be called just before a write. */
  keep(): void;
  /** A world that answers as before the last write, where that was at most `withinMs` ago; changes to it are lost. */
  find(withinMs: number): World | undefined;
}

/** An empty store over a world. */
export function createOlderStates(world: World): OlderStates {
  let kept: KeptState[] = [];
  return {
    keep() {
      // Deliveries are read by nobody but their own routes, and hold most of the bytes.
      const state = structuredClone({ ...world.state, deliveries: [] });
      const frozen = { ...world, state, emit: () => Promise.resolve() };
      kept = [{ at: world.clock.now(), world: frozen }, ...kept].slice(0, KEPT_STATES);
    },
    find(withinMs) {
      const [last] = kept;
      return last !== undefined && world.clock.now() - last.at <= withinMs ? last.world : undefined;
    },
  };
}
