/**
 * What goes wrong in a story, drawn from a seed: equal seeds draw equal troubles. Every kind of trouble ends when
 * `stop` is called, so that the story can come to its end.
 */
import { type Fault, secondaryLimit, serverError } from './github/faults.ts';

/** A stream of numbers in [0, 1); streams of one seed and different names have nothing to do with one another. */
export class Chance {
  #state: number;

  constructor(seed: number, name: string) {
    this.#state = 0x811c9dc5;
    for (const byte of Buffer.from(`${seed} ${name}`)) this.#state = Math.imul(this.#state ^ byte, 0x01000193);
  }

  /** Mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  /** A whole number from 0, less than `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error('There is nothing to pick from.');
    return picked;
  }
}

/** How a request travels. All in milliseconds from its sending. */
export interface Trip {
  /** When GitHub has it; `null` if it is lost on its way. */
  arrivesMs: number | null;
  /** When the sender has the answer, or hears that there is none. */
  endsMs: number;
  /** Whether an answer comes at all. */
  isAnswered: boolean;
  /** The process dies somewhere on the way; in milliseconds from the sending. */
  diesMs: number | null;
}

/** How a run goes beside what its legs do. */
export type RunFate =
  | { kind: 'runs' }
  /** It waits for a runner for ever. */
  | { kind: 'never-begins' }
  /** It ends so after some of its steps. */
  | { kind: 'ends'; as: 'failure' | 'timed_out' | 'startup_failure'; afterSteps: number }
  /** A person cancels it after some of its steps. */
  | { kind: 'cancelled'; afterSteps: number }
  /** A person starts it again when it is over. */
  | { kind: 're-run'; afterMs: number };

/** What may go wrong; a story leaves out what it does not want. */
const TROUBLES = [
  'webhooks',
  'answers',
  'limits',
  'stale-reads',
  'resets',
  'late-requests',
  'slow-answers',
  'runs',
  'kills',
  'people',
] as const;
export type Trouble = (typeof TROUBLES)[number];

const SLOWEST_MS = 25_000;
const MAX_KILLS = 6;

/** The troubles of one story. */
export class FaultPlan {
  readonly seed: number;
  readonly replicas: number;
  readonly #wanted: ReadonlySet<Trouble>;
  readonly #streams = new Map<string, Chance>();
  #isOver = false;
  #kills = 0;

  constructor(seed: number, options: { replicas: number; troubles?: readonly Trouble[] }) {
    this.seed = seed;
    this.replicas = options.replicas;
    this.#wanted = new Set(options.troubles ?? TROUBLES);
  }

  /** The stream of a name, to go on with. */
  chance(name: string): Chance {
    const stream = this.#streams.get(name) ?? new Chance(this.seed, name);
    this.#streams.set(name, stream);
    return stream;
  }

  has(trouble: Trouble): boolean {
    return !this.#isOver && this.#wanted.has(trouble);
  }

  /** From here on all goes well. */
  stop(): void {
    this.#isOver = true;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Faults of GitHub's own answers, and how often a request meets one. */
  serverFaults(): { rate: number; faults: Fault[] } {
    const faults: Fault[] = [];
    if (this.#wanted.has('answers'))
      faults.push(
        serverError('before', 502),
        serverError('after', 500),
        serverError('after', 502),
        serverError('before', 500),
        {
          kind: 'answer',
          when: 'after',
          status: 200,
          message: '',
          body: { data: null, errors: [{ message: 'Something went wrong while executing your query.' }] },
        },
      );
    if (this.#wanted.has('limits'))
      faults.push(secondaryLimit(1), secondaryLimit(20), secondaryLimit(undefined), secondaryLimit(5, 429));
    if (this.#wanted.has('stale-reads')) {
      const stale: Fault = { kind: 'stale', withinMs: 3000 };
      faults.push(stale, stale, stale);
    }
    return { rate: faults.length * 0.008, faults };
  }

  /** How the next request of a process travels. `limitMs`: after that its sender gives up. */
  drawTrip(replica: number, limitMs: number): Trip {
    const chance = this.chance(`network of replica ${replica}`);
    const arrivesMs = chance.between(5, 150);
    const endsMs = arrivesMs + chance.between(5, 250);
    const trip: Trip = { arrivesMs, endsMs, isAnswered: true, diesMs: null };
    const roll = chance.next();
    const share = chance.next();
    const dies = chance.next();
    if (this.has('resets') && roll < 0.015) return { ...trip, arrivesMs: null, isAnswered: false };
    if (this.has('resets') && roll < 0.03) return { ...trip, isAnswered: false };
    if (this.has('late-requests') && roll < 0.036)
      return { ...trip, arrivesMs: endsMs + share * 1500, isAnswered: false };
    if (this.has('slow-answers') && roll < 0.05) return this.#bound({ ...trip, endsMs: share * SLOWEST_MS }, limitMs);
    if (this.has('kills') && dies < 0.012 && this.#kills < MAX_KILLS) {
      this.#kills += 1;
      const isOnItsWay = share < 0.75;
      return { ...trip, arrivesMs: isOnItsWay ? arrivesMs : null, diesMs: share * endsMs };
    }
    return trip;
  }

  #bound(trip: Trip, limitMs: number): Trip {
    const endsMs = Math.max(trip.endsMs, trip.arrivesMs ?? 0);
    return endsMs > limitMs ? { ...trip, endsMs: limitMs, isAnswered: false } : { ...trip, endsMs };
  }

  /** How a run goes; asked once for each. */
  drawRun(): RunFate {
    const chance = this.chance('runs');
    const roll = chance.next();
    const afterSteps = chance.below(4);
    if (!this.has('runs')) return { kind: 'runs' };
    if (roll < 0.03) return { kind: 'never-begins' };
    if (roll < 0.12) return { kind: 'ends', as: chance.pick(['failure', 'timed_out', 'startup_failure']), afterSteps };
    if (roll < 0.17) return { kind: 'cancelled', afterSteps };
    if (roll < 0.23) return { kind: 're-run', afterMs: chance.between(0, 60_000) };
    return { kind: 'runs' };
  }
}
