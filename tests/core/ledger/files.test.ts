import { describe, expect, it } from 'vitest';

import type { TaskId } from '../../../src/core/brand.ts';
import { readPlanFiles, writePlanFiles } from '../../../src/core/ledger/files.ts';
import type { Certificate, PlanLedger } from '../../../src/core/ledger/ledger.ts';
import { claimHolder } from '../../../src/core/ledger/transitions.ts';
import {
  aLedger,
  anAttempt,
  anEvidence,
  aPlan,
  aTask,
  fakeCommit,
  fakeDigest,
  fakeTree,
} from '../../support/builders.ts';

function aCertificate(ledger: PlanLedger, task: TaskId): Certificate {
  return {
    version: 1,
    plan: ledger.plan.id,
    revision: ledger.plan.revision,
    task,
    taskDigest: fakeDigest(task),
    attempt: 1,
    target: ledger.target,
    fromSha: fakeCommit('base'),
    headSha: fakeCommit(`head ${task}`),
    landedSha: fakeCommit(`merge ${task}`),
    testedTree: fakeTree(task),
    landedTree: fakeTree(task),
    strength: 'exact',
    needs: [],
    tests: [],
    review: null,
    rules: [],
    sandbox: { engine: 'none', profile: 'strict', waived: [] },
    evidence: fakeDigest('evidence'),
    landedAt: 1,
  };
}

/** A plan of which every task has landed, in the reverse of its order. */
function largeLedger(count: number): PlanLedger {
  const tasks = Array.from({ length: count }, (_, at) => aTask(`task-${at}`));
  const ledger = aLedger(aPlan(tasks));
  const records = tasks.map((task) => {
    const attempt = anAttempt({ status: 'landed' });
    const attempts = [{ ...attempt, evidence: anEvidence(task, attempt) }];
    return [task.id, { attempts, countFrom: 1, cancelled: null, notBefore: 0 }] as const;
  });
  const certificates = tasks.map((task) => aCertificate(ledger, task.id)).reverse();
  return { ...ledger, tasks: Object.fromEntries(records), certificates };
}

/** The ledger with one task put off, as a step of a run changes one or two of them. */
function change(ledger: PlanLedger, task: string): PlanLedger {
  const id = task as TaskId;
  const record = ledger.tasks[id];
  if (record === undefined) throw new Error(`there is no ${task}`);
  return claimHolder({ ...ledger, tasks: { ...ledger.tasks, [id]: { ...record, notBefore: 7 } } }, 'me', 'me', 1, 1);
}

describe('the files of a ledger', () => {
  it('give the same ledger back, certificates in the order of their landings', () => {
    const ledger = largeLedger(123);
    const files = writePlanFiles(ledger);
    const shuffled = Object.fromEntries(Object.entries(files).reverse());
    expect(readPlanFiles(shuffled)).toEqual({ ok: true, value: ledger });
  });

  it('change with what changed only, so that the history does not grow with the square of the plan', () => {
    const ledger = largeLedger(300);
    const before = writePlanFiles(ledger);
    const after = writePlanFiles(change(ledger, 'task-7'));
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed.map((path) => path.replace(/^.*\//, '')).sort()).toEqual(['status.json', 'task-7.json']);
    const bytes = changed.reduce((sum, path) => sum + (after[path]?.length ?? 0), 0);
    expect(bytes).toBeLessThan(300 * 40);
  });

  it.each([
    ['a record is missing', (path: string) => path.endsWith('/task-1.json'), null, 'instead of 3'],
    ['a certificate is missing', (path: string) => path.endsWith('/0.task-2.json'), null, 'instead of 3'],
    ['a record is not JSON', (path: string) => path.endsWith('/task-1.json'), '{', 'task-1.json'],
    ['a certificate is of another task', (path: string) => path.endsWith('/0.task-2.json'), 'swap', 'certificate'],
  ])('are refused where %s', (_name, match, text, because) => {
    const files: Record<string, string> = { ...writePlanFiles(largeLedger(3)) };
    const path = Object.keys(files).find(match) ?? '';
    const other = Object.keys(files).find((one) => one.endsWith('/1.task-1.json')) ?? '';
    expect(files[path]).toBeDefined();
    if (text === null) delete files[path];
    else files[path] = text === 'swap' ? (files[other] ?? '') : text;
    const reading = readPlanFiles(files);
    expect(reading.ok ? '' : reading.because).toContain(because);
  });

  it('are refused where a record is named for what can be no task', () => {
    const files = { ...writePlanFiles(largeLedger(1)), '.agent-coordination/tasks/00/__proto__.json': '{}' };
    expect(readPlanFiles(files)).toMatchObject({ ok: false });
  });
});
