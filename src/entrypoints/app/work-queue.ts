/**
 * A queue of work by key, in memory. Work that waits already is not queued twice; work that comes up while the same
 * key is being worked on is done once more afterwards; one key is never worked on twice at a time. What is queued is
 * only "look again", so all of it may be lost: a sweep brings it back.
 */
import type { Clock } from '../../ports/clock.ts';
import { FairTurns } from './fair-turns.ts';

/** How work went: look again at once, or at a time (ms since the epoch), or only when something happens. */
export interface WorkOutcome {
  wakeAtMs: number | null;
  again: boolean;
}

/** How fast work of one key may follow. All in milliseconds. */
export interface WorkPace {
  /** Wait after the first word on a quiet key, so that a burst of events becomes one piece of work. */
  quietMs: number;
  /** Least time between the starts of two pieces of work of one key. */
  steadyMs: number;
  /** Wait after the first error; doubles with each further one, up to `maxBackoffMs`. */
  firstBackoffMs: number;
  maxBackoffMs: number;
  /** Work that takes longer is told to stop. Its key stays taken until it has. */
  timeoutMs: number;
}

/** What the queue works with. `Item` is what a key's work needs to know; it is replaced or merged, never repeated. */
export interface WorkQueueOptions<Item> {
  clock: Clock;
  pace: WorkPace;
  /** Pieces of work at once: in all, and for one owner. */
  limits: { total: number; perOwner: number };
  run(item: Item, signal: AbortSignal): Promise<WorkOutcome>;
  /** What remains to be done when `newer` comes while `older` waits. */
  merge(older: Item, newer: Item): Item;
  /** Called for each error; the work is tried again after `retryInMs`. */
  onError(item: Item, error: unknown, retryInMs: number): void;
}

/** How soon: `hint` is something that happened, `routine` looks only in case something was missed. */
export type WorkUrgency = 'hint' | 'routine';

/** What became of a word on a key. `refused`: the queue is closing. */
export type WorkReceipt = 'queued' | 'coalesced' | 'refused';

interface Entry<Item> {
  readonly key: string;
  owner: number;
  /** What the next piece of work has to do. While one runs: what came up since it began, if `isDirty`. */
  item: Item;
  isRunning: boolean;
  isDirty: boolean;
  /** True if something happened; false if only the time has come. */
  isHinted: boolean;
  /** `Infinity`: nothing to do. */
  dueAtMs: number;
  /** While it runs: when to wake, as asked from outside. */
  wakeAtMs: number;
  startedAtMs: number;
  /** No work before this, because of errors. */
  notBeforeMs: number;
  failures: number;
}

/** Timers beyond this are set anew when it has passed (Node's own limit is 24.8 days). */
const LONGEST_SLEEP_MS = 3_600_000;

/** See the file's comment. Everything happens on the injected clock. */
export class WorkQueue<Item> {
  readonly #options: WorkQueueOptions<Item>;
  readonly #entries = new Map<string, Entry<Item>>();
  readonly #turns: FairTurns;
  readonly #stop = new AbortController();
  #isClosing = false;
  #armedForMs = Infinity;
  #timer = new AbortController();
  #onQuiet: (() => void) | null = null;

  constructor(options: WorkQueueOptions<Item>) {
    this.#options = options;
    this.#turns = new FairTurns(options.limits);
  }

  /** Says that `key` has work. `owner` shares the queue's capacity fairly with other owners. */
  add(key: string, owner: number, item: Item, urgency: WorkUrgency = 'hint'): WorkReceipt {
    if (this.#isClosing) return 'refused';
    const found = this.#entries.get(key);
    const entry = found ?? this.#open(key, owner, item);
    const isWaiting = entry.isRunning ? entry.isDirty : entry.dueAtMs < Infinity;
    entry.item = isWaiting ? this.#options.merge(entry.item, item) : item;
    if (!entry.isRunning) entry.owner = owner;
    if (urgency === 'hint') entry.isHinted = true;
    if (entry.isRunning) {
      entry.isDirty = true;
      return isWaiting ? 'coalesced' : 'queued';
    }
    const { pace, clock } = this.#options;
    const wasDueAtMs = entry.dueAtMs;
    entry.dueAtMs = Math.min(wasDueAtMs, this.#earliest(entry, clock.now() + pace.quietMs));
    this.#arm(entry.dueAtMs);
    return isWaiting && wasDueAtMs <= entry.dueAtMs ? 'coalesced' : 'queued';
  }

  /** Asks for work at a time, if none comes earlier. */
  wakeAt(key: string, owner: number, item: Item, timeMs: number): void {
    if (this.#isClosing) return;
    const entry = this.#entries.get(key) ?? this.#open(key, owner, item);
    if (entry.isRunning) {
      entry.wakeAtMs = Math.min(entry.wakeAtMs, timeMs);
      return;
    }
    entry.dueAtMs = Math.min(entry.dueAtMs, this.#earliest(entry, timeMs));
    this.#arm(entry.dueAtMs);
  }

  /** Keys that are worked on, that wait for their turn or their pace, and that only wait for a time. */
  count(): { running: number; waiting: number; timed: number } {
    let waiting = 0;
    let timed = 0;
    const now = this.#options.clock.now();
    for (const entry of this.#entries.values()) {
      if (entry.isRunning ? entry.isDirty : entry.isHinted || entry.dueAtMs <= now) waiting += 1;
      else if (!entry.isRunning && entry.dueAtMs < Infinity) timed += 1;
    }
    return { running: this.#turns.running, waiting, timed };
  }

  /** Entries in memory, those that only rest included. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Takes nothing new, does what waits because something happened (without any further wait), and resolves when
   * that is done. After `withinMs` what still runs is told to stop and given `graceMs` for it. `left`: pieces of
   * work that were not finished.
   */
  async close(withinMs: number, graceMs: number): Promise<{ left: number }> {
    this.#isClosing = true;
    for (const entry of this.#entries.values()) if (!entry.isRunning) this.#keepOnlyNews(entry);
    this.#pump();
    const isDone = (): boolean => this.#turns.running === 0 && this.count().waiting === 0;
    await this.#quiet(isDone, withinMs);
    const left = this.#turns.running + this.count().waiting;
    this.#stop.abort(new Error('The app is stopping.'));
    this.#timer.abort();
    await this.#quiet(() => this.#turns.running === 0, graceMs);
    return { left };
  }

  /** While the queue closes: what happened is done at once; timers, routine and what failed before are left. */
  #keepOnlyNews(entry: Entry<Item>): void {
    const isNews = entry.isHinted && entry.failures === 0;
    entry.isHinted = isNews;
    entry.dueAtMs = isNews ? this.#options.clock.now() : Infinity;
  }

  async #quiet(isDone: () => boolean, withinMs: number): Promise<void> {
    if (isDone()) return;
    const over = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => {
        this.#onQuiet = () => {
          if (isDone()) resolve();
        };
      }),
      this.#options.clock.sleep(withinMs, over.signal),
    ]);
    over.abort();
    this.#onQuiet = null;
  }

  #open(key: string, owner: number, item: Item): Entry<Item> {
    const entry: Entry<Item> = {
      key,
      owner,
      item,
      isRunning: false,
      isDirty: false,
      isHinted: false,
      dueAtMs: Infinity,
      wakeAtMs: Infinity,
      startedAtMs: -Infinity,
      notBeforeMs: -Infinity,
      failures: 0,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  /** The earliest time, not before `timeMs`, that the pace and past errors allow. */
  #earliest(entry: Entry<Item>, timeMs: number): number {
    return Math.max(timeMs, entry.startedAtMs + this.#options.pace.steadyMs, entry.notBeforeMs);
  }

  /** Starts what is due and has room, forgets what rests, and sets the timer for what comes next. */
  #pump(): void {
    if (this.#stop.signal.aborted) return;
    const now = this.#options.clock.now();
    const due: Entry<Item>[] = [];
    let nextMs = Infinity;
    for (const entry of this.#entries.values()) {
      if (entry.isRunning) continue;
      if (entry.dueAtMs <= now) due.push(entry);
      else if (entry.dueAtMs < Infinity) nextMs = Math.min(nextMs, entry.dueAtMs);
      else if (this.#earliest(entry, now) <= now) this.#entries.delete(entry.key);
      else nextMs = Math.min(nextMs, this.#earliest(entry, now));
    }
    for (const entry of this.#turns.take(due)) this.#start(entry);
    if (this.#turns.owners > 2 * this.#entries.size)
      this.#turns.forgetAllBut(new Set([...this.#entries.values()].map(({ owner }) => owner)));
    this.#arm(nextMs);
  }

  #start(entry: Entry<Item>): void {
    const { owner, item } = entry;
    entry.isRunning = true;
    entry.isDirty = false;
    entry.isHinted = false;
    entry.dueAtMs = Infinity;
    entry.wakeAtMs = Infinity;
    entry.startedAtMs = this.#options.clock.now();
    void this.#work(item).then(
      (outcome) => this.#finish(entry, owner, outcome),
      (error: unknown) => this.#fail(entry, owner, item, error),
    );
  }

  async #work(item: Item): Promise<WorkOutcome> {
    const { clock, pace } = this.#options;
    const over = new AbortController();
    const timeout = new AbortController();
    void clock.sleep(pace.timeoutMs, over.signal).then(() => {
      if (!over.signal.aborted)
        timeout.abort(new Error(`The work took longer than ${pace.timeoutMs} ms and was told to stop.`));
    });
    try {
      return await this.#options.run(item, AbortSignal.any([this.#stop.signal, timeout.signal]));
    } finally {
      over.abort();
    }
  }

  #finish(entry: Entry<Item>, owner: number, outcome: WorkOutcome): void {
    entry.failures = 0;
    entry.notBeforeMs = -Infinity;
    // Nobody waits for the end of a plan that would go on for as long as it may.
    if (outcome.again && !this.#isClosing) entry.isHinted = true;
    const wantsAtMs = entry.isDirty || outcome.again ? -Infinity : (outcome.wakeAtMs ?? Infinity);
    const atMs = Math.min(wantsAtMs, entry.wakeAtMs);
    if (atMs < Infinity) entry.dueAtMs = this.#earliest(entry, Math.max(atMs, this.#options.clock.now()));
    this.#release(entry, owner);
  }

  #fail(entry: Entry<Item>, owner: number, item: Item, error: unknown): void {
    const { pace, clock } = this.#options;
    entry.item = entry.isDirty ? this.#options.merge(item, entry.item) : item;
    // Of a task that was told to stop, nothing is left to try: the process ends.
    if (!this.#stop.signal.aborted) {
      const backoffMs = Math.min(pace.maxBackoffMs, pace.firstBackoffMs * 2 ** Math.min(entry.failures, 30));
      entry.failures += 1;
      entry.notBeforeMs = clock.now() + backoffMs;
      entry.dueAtMs = this.#earliest(entry, entry.notBeforeMs);
      this.#options.onError(item, error, entry.dueAtMs - clock.now());
    }
    this.#release(entry, owner);
  }

  #release(entry: Entry<Item>, owner: number): void {
    entry.isRunning = false;
    entry.isDirty = false;
    if (this.#isClosing) this.#keepOnlyNews(entry);
    this.#turns.end(owner);
    this.#pump();
    this.#onQuiet?.();
  }

  #arm(atMs: number): void {
    if (atMs >= this.#armedForMs || this.#stop.signal.aborted) return;
    this.#timer.abort();
    const timer = new AbortController();
    this.#timer = timer;
    this.#armedForMs = atMs;
    const waitMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, atMs - this.#options.clock.now()));
    void this.#options.clock.sleep(waitMs, timer.signal).then(() => {
      if (timer.signal.aborted) return;
      this.#armedForMs = Infinity;
      this.#pump();
    });
  }
}
