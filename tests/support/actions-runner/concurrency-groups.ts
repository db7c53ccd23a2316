/** Concurrency groups of a repository: one holder at a time, and who waits for it. */

/** What a file asks for. */
export interface ConcurrencyWish {
  group: string;
  cancelsRunning: boolean;
  queue: 'single' | 'max';
}

/** Reads a `concurrency:` that is filled in; undefined where there is none. */
export function readConcurrency(value: unknown): ConcurrencyWish | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'string') return { group: value, cancelsRunning: false, queue: 'single' };
  const { group, 'cancel-in-progress': cancels, queue } = value as Record<string, unknown>;
  return { group: String(group), cancelsRunning: cancels === true, queue: queue === 'max' ? 'max' : 'single' };
}

/** Waiting ones that a group with `queue: max` keeps. */
const QUEUE_LIMIT = 100;

interface Member {
  /** Asks a holder to end. */
  cancel(): void;
  /** Lets a waiting one in (`true`), or says that it is not wanted any more. */
  admit(isAdmitted: boolean): void;
}

/** The groups of one repository. */
export interface ConcurrencyGroups {
  /**
   * Waits for a turn in a group: a function that ends the turn, or `null` where a newcomer has taken the place, or
   * `signal` was aborted meanwhile. `cancel` is called when a newcomer wants the holder to end.
   */
  enter(wish: ConcurrencyWish, signal: AbortSignal, cancel: () => void): Promise<(() => void) | null>;
}

/** Groups without members. */
export function createConcurrencyGroups(): ConcurrencyGroups {
  const groups = new Map<string, { holder: Member | null; waiting: Member[] }>();

  function advance(name: string): void {
    const group = groups.get(name);
    if (group === undefined || group.holder !== null) return;
    const next = group.waiting.shift();
    if (next === undefined) groups.delete(name);
    else {
      group.holder = next;
      next.admit(true);
    }
  }

  return {
    async enter(wish, signal, cancel) {
      if (signal.aborted) return null;
      // Names of groups are the same in any case.
      const name = wish.group.toLowerCase();
      const group = groups.get(name) ?? { holder: null, waiting: [] };
      groups.set(name, group);
      if (wish.queue === 'single') for (const one of group.waiting.splice(0)) one.admit(false);
      else if (group.waiting.length >= QUEUE_LIMIT) return null;
      if (wish.cancelsRunning) group.holder?.cancel();
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const member: Member = { cancel, admit: resolve };
      group.waiting.push(member);
      const leave = (): void => {
        group.waiting = group.waiting.filter((one) => one !== member);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      advance(name);
      const isAdmitted = await promise;
      signal.removeEventListener('abort', leave);
      if (!isAdmitted) return null;
      return () => {
        if (group.holder !== member) return;
        group.holder = null;
        advance(name);
      };
    },
  };
}
