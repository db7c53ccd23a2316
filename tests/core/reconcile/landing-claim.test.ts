import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CommitSha, PlanId, TaskId } from '../../../src/core/brand.ts';
import { readPlanFiles, readQueueFiles, writePlanFiles, writeQueueFiles } from '../../../src/core/ledger/files.ts';
import type { TrialResult } from '../../../src/core/ledger/evidence.ts';
import type { PlanLedger, QueueLedger } from '../../../src/core/ledger/ledger.ts';
import { createQueueLedger } from '../../../src/core/ledger/transitions.ts';
import { decide } from '../../../src/core/reconcile/decide.ts';
import { findClaimBefore, MOST_OVERTAKEN } from '../../../src/core/reconcile/landing-claim.ts';
import { type DecideConfig, type Snapshot, workKey } from '../../../src/core/reconcile/snapshot.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import { indexPlan } from '../../../src/core/schedule/plan-index.ts';
import { lastAttempt } from '../../../src/core/schedule/progress.ts';
import {
  aLedger,
  anAttempt,
  anEvidence,
  aPlan,
  aTask,
  aTrial,
  fakeCommit,
  randomFrom,
} from '../../support/builders.ts';

const BASE = fakeCommit('base');
const SECOND = 1000;
const LEASE_MS = 60 * SECOND;
const CLAIM_MS = 60 * LEASE_MS;

/** A plan of `tasks` verified tasks; its tests take `testSeconds`. */
interface Shape {
  tasks: number;
  testSeconds: number;
}

/** A plan at work on the base. */
interface Rider extends Shape {
  ledger: PlanLedger;
  tests: { key: string; result: TrialResult; endsAtMs: number }[];
  trials: Map<string, TrialResult>;
}

/** Plans that share a base and its ledger, each with a process of its own; only what is decided moves anything. */
class SharedBase {
  nowMs = 1;
  tip: CommitSha = BASE;
  queue: QueueLedger = createQueueLedger('main' as never);
  readonly riders: Rider[];
  /** Whose landings there were, in order. */
  readonly landed: PlanId[] = [];
  /** How often each task was tried. */
  readonly tries = new Map<string, number>();
  readonly #config: DecideConfig;
  readonly #contained = new Set<CommitSha>();

  constructor(shapes: readonly Shape[], landingStrength: DecideConfig['landingStrength'] = 'exact') {
    this.#config = {
      maxParallel: 1,
      leaseMs: LEASE_MS,
      backoffMs: 50,
      landingStrength,
      landingWay: 'merge',
      only: null,
    };
    this.riders = shapes.map((shape, at) => ({
      ...shape,
      ledger: verifiedLedger(`plan-${at}`, shape.tasks),
      tests: [],
      trials: new Map(),
    }));
  }

  /** A second passes; every plan looks, in this order. */
  tick(order: readonly Rider[]): void {
    this.nowMs += SECOND;
    for (const rider of order) {
      for (const test of rider.tests.filter(({ endsAtMs }) => endsAtMs <= this.nowMs))
        rider.trials.set(test.key, test.result);
      rider.tests = rider.tests.filter(({ endsAtMs }) => endsAtMs > this.nowMs);
      // A decision on what the first one wrote, as a shell takes it.
      for (let looks = 0; looks < 3 && this.look(rider); looks += 1);
    }
  }

  /** One decision of a plan. True if it changed anything. */
  look(rider: Rider): boolean {
    const landings = Object.values(rider.ledger.tasks).flatMap((record) => lastAttempt(record)?.landing ?? []);
    const snapshot: Snapshot = {
      ledger: rider.ledger,
      queue: this.queue,
      me: 'app',
      deadHolders: [],
      tip: this.tip,
      inFlight: new Set(rider.tests.map(({ key }) => key)),
      evidence: new Map(),
      trials: rider.trials,
      final: null,
      landed: new Map(
        landings.map(({ commitSha, treeSha }) => [
          commitSha,
          { contained: this.#contained.has(commitSha), tree: treeSha },
        ]),
      ),
      refusals: new Map(),
    };
    const decision = decide(snapshot, this.#config, this.nowMs);
    const hasChanged = decision.ledger !== rider.ledger || decision.queue !== this.queue;
    rider.ledger = decision.ledger;
    this.queue = decision.queue;
    for (const action of decision.actions) {
      if (action.kind === 'start-trial') this.#startTest(rider, action);
      if (action.kind === 'land' && action.fromSha === this.tip) this.#land(rider, action.commitSha);
    }
    return hasChanged;
  }

  isDone(rider: Rider): boolean {
    return rider.ledger.certificates.length === rider.tasks;
  }

  #startTest(rider: Rider, { task, attempt, generation }: { task: TaskId; attempt: number; generation: number }): void {
    const record = lastAttempt(rider.ledger.tasks[task]);
    const resolved = rider.ledger.plan.tasks.find(({ id }) => id === task);
    if (record === null || resolved === undefined) throw new Error(`There is no task ${task}.`);
    const plan = rider.ledger.plan.id;
    this.tries.set(`${plan} ${task}`, (this.tries.get(`${plan} ${task}`) ?? 0) + 1);
    const commitSha = fakeCommit(`${plan} ${task} on ${record.trial?.ontoSha}`);
    const result = aTrial(resolved, record, { plan, commitSha });
    rider.tests.push({
      key: workKey(task, attempt, generation),
      result,
      endsAtMs: this.nowMs + rider.testSeconds * SECOND,
    });
  }

  #land({ ledger: { plan } }: Rider, commitSha: CommitSha): void {
    this.tip = commitSha;
    this.#contained.add(commitSha);
    this.landed.push(plan.id);
  }
}

function verifiedLedger(id: string, count: number): PlanLedger {
  const tasks = Array.from({ length: count }, (_, at) => aTask(`t${at}`));
  const plan = aPlan(tasks, { id: id as PlanId });
  const index = indexPlan(plan);
  const records = tasks.map((task) => {
    const begun = anAttempt({ holder: 'app', taskDigest: index.digest(task.id) });
    const evidence = anEvidence(task, begun, { plan: plan.id });
    return [
      task.id,
      { attempts: [{ ...begun, status: 'verified', evidence }], countFrom: 1, cancelled: null, notBefore: 0 },
    ];
  });
  return aLedger(plan, { tasks: Object.fromEntries(records) as PlanLedger['tasks'], nextGeneration: 2 });
}

function run(
  base: SharedBase,
  seconds: number,
  orderOf: (riders: Rider[]) => readonly Rider[] = (riders) => riders,
): void {
  for (let second = 0; second < seconds && !base.riders.every((rider) => base.isDone(rider)); second += 1)
    base.tick(orderOf(base.riders));
}

const shapes = fc.array(
  fc.record({ tasks: fc.integer({ min: 1, max: 8 }), testSeconds: fc.integer({ min: 1, max: 12 }) }),
  { minLength: 2, maxLength: 4 },
);

describe('plans on one base', () => {
  it.each(['exact', 'audited'] as const)(
    'all land, and no task is tried in vain more often than is borne (%s)',
    (strength) => {
      fc.assert(
        fc.property(shapes, fc.integer(), (plans, seed) => {
          const base = new SharedBase(plans, strength);
          const random = randomFrom(seed);
          run(base, 20_000, (riders) =>
            riders
              .map((rider) => ({ rider, key: random() }))
              .toSorted((a, b) => a.key - b.key)
              .map(({ rider }) => rider),
          );
          expect(base.riders.map((rider) => base.isDone(rider))).toEqual(plans.map(() => true));
          expect(base.landed).toHaveLength(plans.reduce((sum, { tasks }) => sum + tasks, 0));
          expect(Math.max(...base.tries.values())).toBeLessThanOrEqual(MOST_OVERTAKEN + 1);
        }),
        { numRuns: 25 },
      );
    },
  );

  it('with long tests land between those with short ones, which else would all land before', () => {
    const base = new SharedBase([
      { tasks: 2, testSeconds: 10 },
      { tasks: 30, testSeconds: 1 },
    ]);
    run(base, 20_000);
    const first = base.landed.indexOf('plan-0' as PlanId);
    expect(first).toBeGreaterThanOrEqual(MOST_OVERTAKEN);
    expect(first).toBeLessThan(15);
    expect(base.landed).toHaveLength(32);
  });

  it('write nothing into the ledger of the base for it while nobody is overtaken too often', () => {
    const base = new SharedBase([
      { tasks: 2, testSeconds: 2 },
      { tasks: 2, testSeconds: 2 },
    ]);
    run(base, 1000);
    expect(base.queue).not.toHaveProperty('claims');
  });
});

describe('a claim', () => {
  /** A base on which `plan-0` has just claimed the next landing. */
  function claimed(): SharedBase {
    const base = new SharedBase([
      { tasks: 2, testSeconds: 10 },
      { tasks: 30, testSeconds: 1 },
    ]);
    for (let second = 0; second < 500 && base.queue.claims === undefined; second += 1) base.tick(base.riders);
    expect(base.queue.claims).toMatchObject([{ plan: 'plan-0' }]);
    return base;
  }

  it('is named to those who wait for it, survives being written, and goes when its plan has landed', () => {
    const base = claimed();
    const [first, second] = base.riders as [Rider, Rider];
    expect(readQueueFiles(writeQueueFiles(base.queue))).toEqual({ ok: true, value: base.queue });
    expect(readPlanFiles(writePlanFiles(first.ledger))).toEqual({ ok: true, value: first.ledger });
    const waiting = viewPlan(second.ledger, base.queue, base.nowMs).tasks.findLast(
      ({ state }) => state === 'queued',
    )?.waiting;
    expect(waiting).toMatchObject({ kind: 'queue', untilMs: base.queue.claims?.[0]?.until });
    expect(waiting?.because).toContain('until plan plan-0, which other plans have overtaken, has landed');
    for (let second = 0; second < 100 && base.landed.at(-1) !== first.ledger.plan.id; second += 1)
      base.tick(base.riders);
    base.tick(base.riders);
    expect(base.queue.claims).toEqual([]);
  });

  it('lapses if its plan comes to nothing, and the others go on', () => {
    const base = claimed();
    const [, second] = base.riders as [Rider, Rider];
    const before = base.landed.length;
    for (let minutes = 0; minutes < 59; minutes += 1) {
      base.nowMs += 60 * SECOND;
      base.look(second);
    }
    expect(base.landed).toHaveLength(before);
    base.nowMs += 2 * 60 * SECOND;
    for (let again = 0; again < 5; again += 1) base.tick([second]);
    expect(base.landed.length).toBeGreaterThan(before);
  });

  it('that has lapsed is not made again until its plan was overtaken as often anew', () => {
    const base = claimed();
    const [first] = base.riders as [Rider, Rider];
    base.nowMs += CLAIM_MS;
    for (let looks = 0; looks < 5; looks += 1) base.look(first);
    expect(base.queue.claims).toEqual([]);
  });

  it('is kept alive behind another one, and its time runs once it is the first', () => {
    const base = claimed();
    const [first] = base.riders as [Rider, Rider];
    const own = base.queue.claims?.[0];
    const other = { plan: 'plan-9' as PlanId, until: base.nowMs + 2 * CLAIM_MS };
    base.nowMs += (CLAIM_MS * 3) / 4;
    base.queue = { ...base.queue, claims: [other, own!] };
    base.look(first);
    expect(base.queue.claims).toEqual([other, { plan: 'plan-0', until: base.nowMs + CLAIM_MS }]);
    const alone = { ...base.queue, claims: [own!] };
    base.queue = alone;
    base.look(first);
    expect(base.queue).toBe(alone);
  });

  it.each<[string, [plan: string, until: number][], string | null]>([
    ['no claim', [], null],
    ['one of its own', [['me', 100]], null],
    ["another's", [['you', 100]], 'you'],
    ["another's that has lapsed", [['you', 50]], null],
    [
      "another's before its own",
      [
        ['you', 100],
        ['me', 100],
      ],
      'you',
    ],
    [
      "another's behind its own",
      [
        ['me', 100],
        ['you', 100],
      ],
      null,
    ],
    [
      "another's behind one of its own that has lapsed",
      [
        ['me', 50],
        ['you', 100],
      ],
      'you',
    ],
  ])('goes before a plan: %s', (_what, claims, before) => {
    const list = claims.map(([plan, until]) => ({ plan: plan as PlanId, until }));
    const queue = { ...createQueueLedger('main' as never), claims: list };
    expect(findClaimBefore(queue, 'me' as PlanId, 50)?.plan ?? null).toBe(before);
  });
});
