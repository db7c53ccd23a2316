/** One attempt in one run that is under way, for tests of what runs leave. */
import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import type { ForgeFacts, ReceiptFact, RunFact } from '../../../src/core/hosted/facts.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import { readWork } from '../../../src/core/hosted/read-work.ts';
import type { Evidence } from '../../../src/core/ledger/evidence.ts';
import {
  createForgeRecord,
  type DispatchLeg,
  type DispatchRecord,
  type ForgeRecord,
} from '../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, PlanLedger } from '../../../src/core/ledger/ledger.ts';
import { aLedger, anAttempt, anEvidence, aPlan, aTask, fakeCommit, fakeTree, taskId } from '../../support/builders.ts';
import { aDispatch, aLeg, aRun, someFacts } from '../../support/hosted-builders.ts';

export const A = taskId('a');
export const TASK = aTask('a');
export const KEY = 'a.1.1';
export const MINUTE = 60_000;

export function ledgerOf(attempt: AttemptRecord, overrides: Partial<PlanLedger> = {}): PlanLedger {
  const record = { attempts: [attempt], countFrom: 1, cancelled: null, notBefore: 0 };
  return aLedger(aPlan([TASK]), { tasks: { [A]: record }, nextGeneration: 5, ...overrides });
}

export function recordOf(...dispatches: DispatchRecord[]): ForgeRecord {
  return { ...createForgeRecord(7), dispatches };
}

export const RUNNING = anAttempt();
export const HEAD = { headSha: fakeCommit('head'), treeSha: fakeTree('head') };
export const EVIDENCE = anEvidence(TASK, RUNNING, HEAD);

export interface Scene {
  ledger?: PlanLedger;
  dispatch?: Partial<DispatchRecord>;
  leg?: DispatchLeg;
  run?: Partial<RunFact> | null;
  receipt?: ReceiptFact | null;
  facts?: Partial<ForgeFacts>;
  outcomes?: [string, EffectOutcome][];
  record?: Partial<ForgeRecord>;
  replica?: string;
  nowMs?: number;
}

/** One attempt in one run that is under way, without a receipt, unless the scene says otherwise. */
export function read(scene: Scene) {
  const leg = scene.leg ?? aLeg(A);
  const record = { ...recordOf(aDispatch([leg], scene.dispatch)), ...scene.record };
  const receipts = scene.receipt == null ? [] : [[workKeyOf(leg), scene.receipt] as const];
  const facts = someFacts({
    runs: scene.run === null ? new Map() : new Map([['plan.2', aRun(scene.run)]]),
    receipts: new Map(receipts),
    ...scene.facts,
  });
  const ledger = scene.ledger ?? ledgerOf(RUNNING);
  const outcomes = new Map(scene.outcomes);
  const replica = scene.replica ?? 'replica-1';
  return readWork({ ledger, record, facts, outcomes, config: HOSTED_DEFAULTS, replica }, scene.nowMs ?? 10 * MINUTE);
}

function workKeyOf(leg: DispatchLeg): string {
  return leg.work === 'final' ? `final.${leg.generation}` : `${leg.task}.${leg.attempt}.${leg.generation}`;
}

export function failureOf(reading: ReturnType<typeof read>): Evidence['failure'] | undefined {
  return reading.evidence.get(KEY)?.failure;
}
