import { describe, expect, it } from 'vitest';

import type { AttemptRecord, PlanLedger, QueueLedger, TaskRecord } from '../../../src/core/ledger/ledger.ts';
import { createQueueLedger } from '../../../src/core/ledger/transitions.ts';
import type { ResolvedTask } from '../../../src/core/plan/plan.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import type { TaskState, Waiting } from '../../../src/core/reconcile/view.ts';
import { indexPlan } from '../../../src/core/schedule/plan-index.ts';
import {
  aLedger,
  anEvidence,
  aPlan,
  aTask,
  aTrial,
  anAttempt,
  fakeCommit,
  fakeTree,
  taskId,
} from '../../support/builders.ts';

const NOW = 1000;

interface Shape {
  task?: Partial<ResolvedTask>;
  ledger?: Partial<PlanLedger>;
  queue?: Partial<QueueLedger>;
  attempt?: Partial<AttemptRecord>;
  withEvidence?: boolean;
  notBefore?: number;
  cancelled?: boolean;
  trialTrouble?: TaskRecord['trialTrouble'];
}

/** A plan of `a`, and `b` that needs it; `a` has one attempt if the shape says anything of it. */
function shapePlan(shape: Shape): { ledger: PlanLedger; queue: QueueLedger } {
  const task = aTask('a', shape.task);
  const plan = aPlan([task, aTask('b', { needs: [taskId('a')] })], shape.ledger?.plan);
  const empty = aLedger(plan, shape.ledger);
  const hasRecord = shape.attempt !== undefined || shape.cancelled === true || shape.notBefore !== undefined;
  const attempt = anAttempt({ taskDigest: indexPlan(plan).digest(task.id), ...shape.attempt });
  const evidence = shape.withEvidence === false ? null : (attempt.evidence ?? anEvidence(task, attempt));
  const record = {
    attempts:
      shape.attempt === undefined ? [] : [{ ...attempt, evidence: attempt.status === 'running' ? null : evidence }],
    countFrom: 1,
    cancelled: shape.cancelled === true ? { at: 1, by: 'someone' } : null,
    notBefore: shape.notBefore ?? 0,
    ...(shape.trialTrouble === undefined ? {} : { trialTrouble: shape.trialTrouble }),
  };
  const ledger = hasRecord ? { ...empty, tasks: { [task.id]: record } } : empty;
  return { ledger, queue: { ...createQueueLedger(ledger.target), ...shape.queue } };
}

const landing = {
  generation: 3,
  holder: 'me',
  startedAt: 0,
  fromSha: fakeCommit('base'),
  commitSha: fakeCommit('merge'),
  treeSha: fakeTree('merge'),
  refusal: null,
  notBefore: 0,
};
const trial = { generation: 2, holder: 'me', startedAt: 0, ontoSha: fakeCommit('base'), result: null };

interface Row {
  name: string;
  shape: Shape;
  state: TaskState;
  kind: Waiting['kind'] | null;
  status: string;
  next?: string;
}

const TABLE: Row[] = [
  { name: 'nothing has been dispatched', shape: {}, state: 'waiting', kind: 'slot', status: 'working' },
  {
    name: 'the plan is paused',
    shape: { ledger: { paused: { at: 1, by: 'someone' } } },
    state: 'waiting',
    kind: 'pause',
    status: 'paused',
    next: 'espalier resume plan',
  },
  {
    name: 'it waits after a transient failure',
    shape: { notBefore: NOW + 1 },
    state: 'waiting',
    kind: 'backoff',
    status: 'working',
  },
  { name: 'an attempt runs', shape: { attempt: {} }, state: 'running', kind: 'work', status: 'working' },
  {
    name: 'it is verified',
    shape: { attempt: { status: 'verified' } },
    state: 'queued',
    kind: 'queue',
    status: 'working',
  },
  {
    name: 'it is tried on the tip',
    shape: { attempt: { status: 'verified', trial } },
    state: 'trying',
    kind: 'work',
    status: 'working',
  },
  {
    name: 'its trial could not run and is repeated',
    shape: { attempt: { status: 'verified' }, notBefore: NOW + 1, trialTrouble: { count: 1, because: 'no engine' } },
    state: 'queued',
    kind: 'backoff',
    status: 'working',
  },
  {
    name: 'its trial could not run time after time',
    shape: { attempt: { status: 'verified' }, trialTrouble: { count: 5, because: 'no engine' } },
    state: 'queued',
    kind: 'person',
    status: 'stuck',
    next: 'put that right, then give the same espalier run command again',
  },
  {
    name: 'it is landing',
    shape: { attempt: { status: 'verified', trial, landing } },
    state: 'landing',
    kind: 'work',
    status: 'working',
  },
  {
    name: 'the forge refused the landing',
    shape: {
      attempt: { status: 'verified', trial, landing: { ...landing, refusal: 'main is checked out and dirty' } },
    },
    state: 'queued',
    kind: 'forge',
    status: 'stuck',
  },
  {
    name: 'the branch is frozen',
    shape: { attempt: { status: 'verified' }, queue: { frozen: { at: 1, because: 'an audit failed' } } },
    state: 'queued',
    kind: 'freeze',
    status: 'stuck',
  },
  {
    name: 'it is verified and the plan is paused',
    shape: { attempt: { status: 'verified' }, ledger: { paused: { at: 1, by: 'someone' } } },
    state: 'queued',
    kind: 'pause',
    status: 'paused',
  },
  {
    name: 'people must approve',
    shape: { task: { approvals: 1 }, attempt: { status: 'verified' } },
    state: 'queued',
    kind: 'person',
    status: 'stuck',
  },
  {
    name: 'the only attempt failed',
    shape: { task: { retries: 0 }, attempt: { status: 'failed' } },
    state: 'failed',
    kind: 'person',
    status: 'stuck',
    next: 'espalier retry a --plan plan',
  },
  {
    name: 'the only attempt was returned',
    shape: { task: { retries: 0 }, attempt: { status: 'returned', returnedBecause: 'it conflicts' } },
    state: 'failed',
    kind: 'person',
    status: 'stuck',
  },
  {
    name: 'an attempt failed and more are allowed',
    shape: { attempt: { status: 'failed' } },
    state: 'waiting',
    kind: 'slot',
    status: 'working',
  },
  {
    name: 'it was cancelled',
    shape: { cancelled: true },
    state: 'cancelled',
    kind: 'person',
    status: 'stuck',
    next: 'espalier retry a --plan plan',
  },
  {
    name: 'it has landed',
    shape: { attempt: { status: 'landed', landing } },
    state: 'landed',
    kind: null,
    status: 'working',
  },
];

describe('the view of a plan', () => {
  it.each(TABLE)('when $name, the task is $state and the plan is $status', ({ shape, state, kind, status, next }) => {
    const { ledger, queue } = shapePlan(shape);
    const view = viewPlan(ledger, queue, NOW);
    const [task] = view.tasks;
    expect({ state: task?.state, kind: task?.waiting?.kind ?? null, status: view.status }).toEqual({
      state,
      kind,
      status,
    });
    expect(task?.waiting?.because ?? 'landed').toMatch(/\S/);
    expect(next ?? task?.waiting?.next).toBe(task?.waiting?.next);
  });

  it('holds what needs a task that stopped, and says which', () => {
    const { ledger, queue } = shapePlan({ task: { retries: 0 }, attempt: { status: 'failed' } });
    const [, dependent] = viewPlan(ledger, queue, NOW).tasks;
    expect(dependent).toMatchObject({ state: 'held', waiting: { kind: 'task', on: ['a'], because: 'a did not land' } });
  });

  it('names the holder of a lock', () => {
    const plan = aPlan([aTask('a', { locks: ['db'] }), aTask('b', { locks: ['db'] })]);
    const { ledger, queue } = shapePlan({ task: { locks: ['db'] }, attempt: {}, ledger: { plan } });
    const [, other] = viewPlan(ledger, queue, NOW).tasks;
    expect(other).toMatchObject({
      state: 'waiting',
      waiting: { kind: 'lock', on: ['a'], because: "'db' is held by a" },
    });
  });

  it('shows spending as unknown as soon as any of it is', () => {
    const usage = { costUsd: 0.5, inputTokens: null, outputTokens: null, turns: null };
    const task = aTask('a');
    const { ledger, queue } = shapePlan({ attempt: { status: 'verified' } });
    expect(viewPlan(ledger, queue, NOW).spentUsd).toBeNull();
    const attempt = ledger.tasks[task.id]?.attempts[0];
    if (attempt === undefined) throw new Error('there is an attempt');
    const known = shapePlan({ attempt: { status: 'verified', evidence: anEvidence(task, attempt, { usage }) } });
    expect(viewPlan(known.ledger, known.queue, NOW).spentUsd).toBe(0.5);
  });

  it('shows the gate of a returned attempt with the rule that closed it', () => {
    const { ledger, queue } = shapePlan({ attempt: { status: 'verified', trial } });
    const record = ledger.tasks[taskId('a')];
    const attempt = record?.attempts[0];
    if (record === undefined || attempt === undefined) throw new Error('there is an attempt');
    const result = aTrial(aTask('a'), attempt, { outcome: 'conflict', test: null });
    const returned = {
      ...attempt,
      status: 'returned' as const,
      trial: { ...trial, result },
      returnedBecause: 'it conflicts',
    };
    const view = viewPlan({ ...ledger, tasks: { [taskId('a')]: { ...record, attempts: [returned] } } }, queue, NOW);
    expect(view.tasks[0]?.gate?.rules.find((rule) => rule.rule === 'mergeable')?.status).toBe('failed');
    expect(view.tasks[0]?.lastFailure).toBe('it conflicts');
  });
});
