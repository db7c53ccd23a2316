/**
 * How long one decision takes, from 1,000 to 10,000 tasks, at the three moments when it has most to do. Prints the
 * exponent of growth and a ratio against serialising the same ledger, measured in the same run.
 */
import type { Evidence } from '../../src/core/ledger/evidence.ts';
import { claimHolder, createQueueLedger } from '../../src/core/ledger/transitions.ts';
import type { AttemptRecord, PlanLedger } from '../../src/core/ledger/ledger.ts';
import type { ResolvedPlan } from '../../src/core/plan/plan.ts';
import { decide } from '../../src/core/reconcile/decide.ts';
import { workKey, type Snapshot } from '../../src/core/reconcile/snapshot.ts';
import { aLedger, anAttempt, anEvidence, aPlan, aTask, fakeCommit, fakeDigest, taskId } from '../support/builders.ts';

const SIZES = [1000, 2000, 5000, 10_000];
const CONFIG = { maxParallel: 64, leaseMs: 60_000, backoffMs: 1000, landingStrength: 'exact' as const, only: null };
const REPEATS = 15;

/** Layers of 100 tasks, each needing two of the layer before. */
function layeredPlan(size: number): ResolvedPlan {
  return aPlan(
    Array.from({ length: size }, (_, index) =>
      aTask(`t${index}`, {
        needs:
          index < 100
            ? []
            : [...new Set([taskId(`t${index - 100}`), taskId(`t${index - 100 - (index % 7)}`)])].filter(
                (id) => Number(id.slice(1)) >= 0,
              ),
        estimateMinutes: 10 + (index % 50),
        locks: index % 40 === 0 ? ['shared'] : [],
      }),
    ),
  );
}

function attemptOf(plan: ResolvedPlan, index: number, status: AttemptRecord['status']): AttemptRecord {
  const task = plan.tasks[index];
  if (task === undefined) throw new Error('no such task');
  const bare = anAttempt({ generation: index + 1, status, taskDigest: fakeDigest(task.id) });
  return { ...bare, evidence: status === 'running' ? null : anEvidence(task, bare) };
}

/** A ledger with the first `landed` tasks landed and the next `running` under way. */
function ledgerAt(plan: ResolvedPlan, landed: number, running: number): PlanLedger {
  const tasks: PlanLedger['tasks'] = {};
  for (let index = 0; index < landed + running; index += 1)
    tasks[taskId(`t${index}`)] = {
      attempts: [attemptOf(plan, index, index < landed ? 'landed' : 'running')],
      countFrom: 1,
      cancelled: null,
      notBefore: 0,
    };
  return claimHolder(aLedger(plan, { tasks, nextGeneration: 100_000 }), 'me', 'me', 60_000, 0);
}

function snapshotOf(ledger: PlanLedger, inFlight: Set<string>, evidence: Map<string, Evidence>): Snapshot {
  return {
    ledger,
    queue: createQueueLedger(ledger.target),
    me: 'me',
    deadHolders: [],
    tip: fakeCommit('base'),
    inFlight,
    evidence,
    trials: new Map(),
    final: null,
    landed: new Map(),
    refusals: new Map(),
  };
}

function scenarios(size: number): Record<string, () => Snapshot> {
  return {
    // A fresh plan object each time: the index must be built as well.
    'first decision (index built)': () => snapshotOf(ledgerAt(layeredPlan(size), 0, 0), new Set(), new Map()),
    'half landed, all slots busy': () => {
      const ledger = ledgerAt(layeredPlan(size), size / 2, 64);
      const inFlight = new Set(
        Array.from({ length: 64 }, (_, at) => workKey(taskId(`t${size / 2 + at}`), 1, size / 2 + at + 1)),
      );
      return snapshotOf(ledger, inFlight, new Map());
    },
    '64 results at once': () => {
      const plan = layeredPlan(size);
      const ledger = ledgerAt(plan, size / 2, 64);
      const evidence = new Map<string, Evidence>();
      for (let index = size / 2; index < size / 2 + 64; index += 1) {
        const task = plan.tasks[index];
        if (task === undefined) continue;
        evidence.set(workKey(task.id, 1, index + 1), anEvidence(task, attemptOf(plan, index, 'running')));
      }
      return snapshotOf(ledger, new Set(), evidence);
    },
  };
}

function medianMs(make: () => () => void): number {
  const times: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const work = make();
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(REPEATS / 2)] ?? 0;
}

/** Slope of the least-squares line through (log size, log time). */
function exponentOf(points: readonly { size: number; ms: number }[]): number {
  const xs = points.map((point) => Math.log(point.size));
  const ys = points.map((point) => Math.log(point.ms));
  const meanX = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  const covariance = xs.reduce((sum, x, at) => sum + (x - meanX) * ((ys[at] ?? 0) - meanY), 0);
  return covariance / xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
}

process.stdout.write('decide: median of one decision, ms; "×" is against JSON.stringify of the same ledger\n');
for (const name of Object.keys(scenarios(SIZES[0] ?? 1000))) {
  const points = SIZES.map((size) => {
    const make = scenarios(size)[name];
    if (make === undefined) throw new Error('no such scenario');
    const ms = medianMs(() => {
      const snapshot = make();
      return () => decide(snapshot, CONFIG, 1);
    });
    const baseline = medianMs(() => {
      const { ledger } = make();
      return () => JSON.stringify(ledger);
    });
    return { size, ms, ratio: ms / baseline };
  });
  const cells = points.map((point) => `${point.size}: ${point.ms.toFixed(1)} ms (×${point.ratio.toFixed(2)})`);
  process.stdout.write(`  ${name.padEnd(30)} ${cells.join('  ')}  exponent ${exponentOf(points).toFixed(2)}\n`);
}
