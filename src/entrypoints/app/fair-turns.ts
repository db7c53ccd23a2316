/**
 * Whose work is next. The owner with the fewest pieces running comes first, then the one that was served longest ago;
 * within an owner, what is due longest. Order by time alone would let one owner with a thousand plans hold up all.
 */

/** Work that is due. */
export interface DueWork {
  owner: number;
  dueAtMs: number;
  /** Something happened; else it is routine. */
  isHinted: boolean;
}

/** Routine is taken as if it had been due this much later, so that it yields to news but cannot starve. */
const ROUTINE_YIELDS_MS = 30_000;

/** Keeps count of what runs, in all and for each owner, within limits. */
export class FairTurns {
  readonly #limits: { total: number; perOwner: number };
  readonly #runningOf = new Map<number, number>();
  /** When each owner was last served, as a running number. */
  readonly #servedAt = new Map<number, number>();
  #served = 0;
  #running = 0;

  constructor(limits: { total: number; perOwner: number }) {
    this.#limits = limits;
  }

  /** Pieces of work that were taken and have not ended. */
  get running(): number {
    return this.#running;
  }

  /** Owners that are remembered. */
  get owners(): number {
    return this.#servedAt.size;
  }

  /** Takes out of `due` what may run now, in turn. */
  take<Work extends DueWork>(due: readonly Work[]): Work[] {
    const waiting = Map.groupBy(due, ({ owner }) => owner);
    const taken: Work[] = [];
    while (this.#running < this.#limits.total) {
      const owner = this.#nextOwner(waiting.keys());
      const list = owner === null ? undefined : waiting.get(owner);
      if (owner === null || list === undefined) break;
      taken.push(...list.splice(firstInRank(list), 1));
      if (list.length === 0) waiting.delete(owner);
      this.#running += 1;
      this.#served += 1;
      this.#runningOf.set(owner, (this.#runningOf.get(owner) ?? 0) + 1);
      this.#servedAt.set(owner, this.#served);
    }
    return taken;
  }

  /** A piece of work that was taken for `owner` has ended. */
  end(owner: number): void {
    this.#running -= 1;
    const running = (this.#runningOf.get(owner) ?? 1) - 1;
    if (running === 0) this.#runningOf.delete(owner);
    else this.#runningOf.set(owner, running);
  }

  /** Forgets when owners were served that have nothing here any more. */
  forgetAllBut(owners: ReadonlySet<number>): void {
    for (const owner of this.#servedAt.keys()) if (!owners.has(owner)) this.#servedAt.delete(owner);
  }

  #nextOwner(owners: Iterable<number>): number | null {
    let next: number | null = null;
    for (const owner of owners) {
      if ((this.#runningOf.get(owner) ?? 0) >= this.#limits.perOwner) continue;
      if (next === null || this.#compare(owner, next) < 0) next = owner;
    }
    return next;
  }

  #compare(a: number, b: number): number {
    const byRunning = (this.#runningOf.get(a) ?? 0) - (this.#runningOf.get(b) ?? 0);
    return byRunning !== 0 ? byRunning : (this.#servedAt.get(a) ?? -1) - (this.#servedAt.get(b) ?? -1);
  }
}

/** Where the one stands whose turn it is. No sorting: mostly a single place has become free. */
function firstInRank(list: readonly DueWork[]): number {
  let first = 0;
  let lowest = Infinity;
  for (const [index, { dueAtMs, isHinted }] of list.entries()) {
    const rank = isHinted ? dueAtMs : dueAtMs + ROUTINE_YIELDS_MS;
    if (rank >= lowest) continue;
    first = index;
    lowest = rank;
  }
  return first;
}
