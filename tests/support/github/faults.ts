/**
 * What goes wrong between a client and this GitHub, by script or by seeded chance: answers that fail before or after
 * the thing was done, connections that break, slow answers, reads of an older state, a world that changes between a
 * read and a write.
 */
import type { RouteName } from './openapi/operations.ts';
import type { World } from './world.ts';

/** What a request is, before anything is done about it. */
export interface RequestFacts {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Undefined for GraphQL and for git. */
  readonly route: RouteName | undefined;
  /** Name of the operation of a GraphQL request, or of its first field. */
  readonly graphql: string | undefined;
  readonly git: 'fetch' | 'push' | undefined;
  readonly kind: 'read' | 'write';
  /** App whose JWT or token the request carries; undefined for people, strangers and credentials that have ended. */
  readonly appId: number | undefined;
  /** Which program it says it is: tells apart two processes of one app. */
  readonly userAgent: string;
  /** JSON of the body; undefined where there is none. */
  readonly body: unknown;
}

/** Which requests a fault is for: every field that is given must fit. */
interface FaultMatch {
  readonly route?: RouteName;
  readonly graphql?: string;
  readonly git?: 'fetch' | 'push';
  readonly kind?: 'read' | 'write';
  readonly appId?: number;
  readonly matches?: (request: RequestFacts) => boolean;
}

export type Fault =
  /** Answers so instead of (`before`) or after doing it. */
  | {
      readonly kind: 'answer';
      readonly when: 'before' | 'after';
      readonly status: number;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** The whole body instead of a message, such as an error of GraphQL under status 200. */
      readonly body?: unknown;
    }
  /** Breaks the connection without an answer. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** Does it, then answers only when `until` resolves. */
  | { readonly kind: 'slow'; readonly until: () => Promise<unknown> }
  /**
   * Answers a read from the state before the last write, if that was at most `withinMs` ago by the clock. States are
   * kept only while such a fault is expected: script it before the write.
   */
  | { readonly kind: 'stale'; readonly withinMs: number }
  /** Changes the world just before the request is looked at. */
  | { readonly kind: 'change'; readonly change: (world: World) => Promise<unknown> };

/** GitHub's answer to too much at once. Without seconds, nothing says how long to wait. */
export function secondaryLimit(retryAfterSeconds?: number, status: 403 | 429 = 403): Fault {
  return {
    kind: 'answer',
    when: 'before',
    status,
    message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
  };
}

/** A failure of the server: `before` nothing was done, `after` it was. */
export function serverError(when: 'before' | 'after', status: 500 | 502 | 503 | 504 = 502): Fault {
  return { kind: 'answer', when, status, message: 'Server Error' };
}

/** The faults of one test GitHub. */
export interface FaultScript {
  /** Makes the `nth` request that fits (the next one unless said), and `times` in a row, meet a fault. */
  add(on: FaultMatch, fault: Fault, when?: { readonly nth?: number; readonly times?: number }): void;
  /** Gives every request that fits the chance `rate` of meeting one of the faults. */
  addRandom(random: RandomFaults): void;
  /** The faults that a request meets, in the order of the script; counts it. */
  meet(request: RequestFacts): Fault[];
  /** Whether a read may be answered from an older state: then writes keep one. */
  readonly mayBeStale: boolean;
  /** Random faults met so far. */
  readonly randomCount: number;
  /** Ends random faults, so that a scenario can come to rest. */
  stopRandom(): void;
  /** Throws when a scripted fault was never met: the test did not test what it says. */
  assertAllUsed(): void;
}

/** Faults by chance. The draw depends on the seed, on what is asked and how often it was, not on the order of all. */
interface RandomFaults {
  readonly seed: number;
  readonly rate: number;
  readonly faults: readonly Fault[];
  readonly on?: FaultMatch;
}

interface ScriptedFault {
  readonly on: FaultMatch;
  readonly fault: Fault;
  readonly first: number;
  readonly last: number;
  seen: number;
}

/** A script without any fault. */
export function createFaultScript(): FaultScript {
  const scripted: ScriptedFault[] = [];
  let random: RandomFaults[] = [];
  let randomCount = 0;
  const asked = new Map<string, number>();
  return {
    add(on, fault, { nth = 1, times = 1 } = {}) {
      scripted.push({ on, fault, first: nth, last: nth + times - 1, seen: 0 });
    },
    addRandom(faults) {
      random.push(faults);
    },
    meet(request) {
      const met: Fault[] = [];
      for (const entry of scripted) {
        if (!fits(request, entry.on)) continue;
        entry.seen += 1;
        if (entry.seen >= entry.first && entry.seen <= entry.last) met.push(entry.fault);
      }
      const name = request.route ?? request.graphql ?? `git ${request.git ?? request.target}`;
      const count = (asked.get(name) ?? 0) + 1;
      asked.set(name, count);
      for (const { seed, rate, faults, on } of random) {
        if (on !== undefined && !fits(request, on)) continue;
        const chance = drawNumber(`${seed} ${name} ${count}`);
        const fault = chance < rate ? faults[Math.floor((chance / rate) * faults.length)] : undefined;
        if (fault === undefined) continue;
        randomCount += 1;
        met.push(fault);
      }
      return met;
    },
    get mayBeStale() {
      const isPending = ({ fault, seen, last }: ScriptedFault): boolean => fault.kind === 'stale' && seen < last;
      return scripted.some(isPending) || random.some(({ faults }) => faults.some((fault) => fault.kind === 'stale'));
    },
    get randomCount() {
      return randomCount;
    },
    stopRandom() {
      random = [];
    },
    assertAllUsed() {
      const unmet = scripted.filter(({ seen, last }) => seen < last);
      if (unmet.length > 0)
        throw new Error(`Scripted faults that no request met:\n${unmet.map((one) => describeFault(one)).join('\n')}`);
    },
  };
}

function fits(request: RequestFacts, on: FaultMatch): boolean {
  return (
    (on.route === undefined || on.route === request.route) &&
    (on.graphql === undefined || on.graphql === request.graphql) &&
    (on.git === undefined || on.git === request.git) &&
    (on.kind === undefined || on.kind === request.kind) &&
    (on.appId === undefined || on.appId === request.appId) &&
    (on.matches === undefined || on.matches(request))
  );
}

function describeFault({ on, fault, first, last, seen }: ScriptedFault): string {
  const what = on.route ?? on.graphql ?? on.git ?? on.kind ?? 'any request';
  return `- ${fault.kind} on "${what}", request ${first} to ${last} that fits; ${seen} came`;
}

/** A number in [0, 1) from a text: FNV-1a with a final mix, so that like texts give unlike numbers. */
function drawNumber(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}
