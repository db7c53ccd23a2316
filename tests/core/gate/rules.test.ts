import { describe, expect, it } from 'vitest';

import { evaluateEntry, evaluateGate } from '../../../src/core/gate/evaluate.ts';
import type { GateFacts, PullGateFacts } from '../../../src/core/gate/facts.ts';
import { RULES, type RuleName, type RuleStatus } from '../../../src/core/gate/verdict.ts';
import type { Evidence, ReviewResult, TestResult, TrialResult } from '../../../src/core/ledger/evidence.ts';
import type { AttemptRecord } from '../../../src/core/ledger/ledger.ts';
import type { ResolvedTask } from '../../../src/core/plan/plan.ts';
import {
  aTask,
  aTestResult,
  aTrial,
  anAttempt,
  anEvidence,
  fakeCommit,
  fakeDigest,
  fakeTree,
  taskId,
} from '../../support/builders.ts';

const TIP = fakeCommit('tip');

interface Change {
  task?: Partial<ResolvedTask>;
  attempt?: Partial<AttemptRecord>;
  evidence?: Partial<Evidence>;
  test?: Partial<TestResult>;
  review?: Partial<ReviewResult>;
  trial?: Partial<TrialResult> | null;
  facts?: Partial<GateFacts>;
}

function aCheck(status: PullGateFacts['checks'][number]['status']): PullGateFacts['checks'][number] {
  return { name: `ci ${status}`, status, found: status };
}

/** The pull request of `factsWith`'s attempt. */
function aPull(overrides: Partial<PullGateFacts> = {}): PullGateFacts {
  return {
    headSha: fakeCommit('auth.1'),
    checks: [],
    approvedBy: [],
    requiredApprovals: 0,
    changesRequestedBy: [],
    ...overrides,
  };
}

/** Facts under which every rule is passed or not asked, with one change. */
function factsWith(change: Change): GateFacts {
  const task = aTask('auth', change.task);
  const taskDigest = fakeDigest('auth');
  const trialRecord = { generation: 2, holder: 'me', startedAt: 0, ontoSha: TIP, result: null };
  const bare = anAttempt({ status: 'verified', taskDigest, baseSha: TIP, trial: trialRecord, ...change.attempt });
  const good = anEvidence(task, bare, change.evidence);
  const evidence: Evidence = {
    ...good,
    tests: change.evidence?.tests ?? good.tests.map((test) => ({ ...test, ...change.test })),
    reviews: change.evidence?.reviews ?? good.reviews.map((review) => ({ ...review, ...change.review })),
  };
  const attempt = { ...bare, evidence };
  const trial = change.trial === null ? null : aTrial(task, attempt, change.trial);
  return {
    task,
    taskDigest,
    attempt: { ...attempt, trial: attempt.trial === null ? null : { ...attempt.trial, result: trial } },
    evidence,
    hasLanded: () => false,
    tip: TIP,
    frozen: null,
    spentUsd: 0,
    planBudgetUsd: null,
    ...change.facts,
  };
}

const other = fakeTree('another');

const TABLE: { name: string; rule: RuleName; status: RuleStatus; change: Change }[] = [
  {
    name: 'the task was edited since',
    rule: 'plan-revision',
    status: 'failed',
    change: { facts: { taskDigest: fakeDigest('edited') } },
  },
  {
    name: 'the evidence is for another revision',
    rule: 'plan-revision',
    status: 'failed',
    change: { evidence: { taskDigest: fakeDigest('edited') } },
  },
  {
    name: 'a need has not landed',
    rule: 'dependencies',
    status: 'pending',
    change: { task: { needs: [taskId('db')] } },
  },
  {
    name: 'all needs have landed',
    rule: 'dependencies',
    status: 'passed',
    change: { task: { needs: [taskId('db')] }, facts: { hasLanded: () => true } },
  },
  { name: 'no tests are configured', rule: 'tests', status: 'failed', change: { task: { test: [] } } },
  { name: 'there is no test result', rule: 'tests', status: 'failed', change: { evidence: { tests: [] } } },
  {
    name: 'it broke off before its tests',
    rule: 'tests',
    status: 'pending',
    change: { evidence: { outcome: 'failed', tests: [] } },
  },
  { name: 'only the work stage has a result', rule: 'tests', status: 'failed', change: { test: { stage: 'work' } } },
  { name: 'the tests failed', rule: 'tests', status: 'failed', change: { test: { status: 'failed' } } },
  { name: 'the tests timed out', rule: 'tests', status: 'failed', change: { test: { status: 'timed-out' } } },
  { name: 'the tests could not run', rule: 'tests', status: 'failed', change: { test: { status: 'error' } } },
  { name: 'the result is for another tree', rule: 'tests', status: 'failed', change: { test: { tree: other } } },
  {
    name: 'the result is of another suite',
    rule: 'tests',
    status: 'failed',
    change: { test: { suite: fakeDigest('x') } },
  },
  {
    name: 'test paths were set after the run',
    rule: 'base-tests',
    status: 'failed',
    change: { task: { testPaths: ['t/**'] } },
  },
  {
    name: 'existing tests were left alone',
    rule: 'base-tests',
    status: 'passed',
    change: { task: { testPaths: ['t/**'] }, evidence: { baseTests: 'not-needed' } },
  },
  {
    name: 'allow names the changed tests',
    rule: 'base-tests',
    status: 'waived',
    change: { task: { testPaths: ['t/**'] }, evidence: { baseTests: 'waived' } },
  },
  {
    name: "the base's tests left no result",
    rule: 'base-tests',
    status: 'failed',
    change: { task: { testPaths: ['t/**'] }, evidence: { baseTests: 'run' } },
  },
  {
    name: "the base's tests fail",
    rule: 'base-tests',
    status: 'failed',
    change: {
      task: { testPaths: ['t/**'] },
      evidence: {
        baseTests: 'run',
        tests: [aTestResult(aTask('auth'), other, { stage: 'base-tests', status: 'failed' })],
      },
    },
  },
  {
    name: 'the review is under the threshold',
    rule: 'review-score',
    status: 'failed',
    change: { review: { score: 9.5 } },
  },
  {
    name: 'the review is over a lower threshold',
    rule: 'review-score',
    status: 'passed',
    change: {
      task: {
        review: { reviewer: { kind: 'command', command: ['./review'] }, threshold: 9, iterations: 1, rubric: '' },
      },
      review: { score: 9.5 },
    },
  },
  {
    name: 'ten of ten comes with a blocking finding',
    rule: 'review-score',
    status: 'failed',
    change: { review: { findings: [{ severity: 'blocking', path: null, line: null, message: 'no' }] } },
  },
  {
    name: 'the reviewer gave no score',
    rule: 'review-score',
    status: 'failed',
    change: { review: { status: 'error', score: null } },
  },
  { name: 'there is no review', rule: 'review-score', status: 'failed', change: { evidence: { reviews: [] } } },
  {
    name: "only the agent's own loop was reviewed",
    rule: 'review-score',
    status: 'failed',
    change: { review: { stage: 'work' } },
  },
  {
    name: 'the review is of another change',
    rule: 'review-score',
    status: 'failed',
    change: { review: { change: fakeDigest('x') } },
  },
  {
    name: 'the review is of another rubric',
    rule: 'review-score',
    status: 'failed',
    change: { review: { rubric: fakeDigest('x') } },
  },
  {
    name: 'somebody else reviewed',
    rule: 'review-score',
    status: 'failed',
    change: { review: { reviewer: 'claude' } },
  },
  {
    name: 'review is switched off by name',
    rule: 'review-score',
    status: 'waived',
    change: {
      task: { review: { reviewer: null, threshold: 10, iterations: 1, rubric: '' } },
      evidence: { reviews: [] },
    },
  },
  { name: 'approvals are asked for', rule: 'approvals', status: 'pending', change: { task: { approvals: 1 } } },
  {
    name: 'the rules of the base ask for an approval that is there',
    rule: 'approvals',
    status: 'passed',
    change: { facts: { pull: aPull({ requiredApprovals: 1, approvedBy: ['maintainer'] }) } },
  },
  {
    name: 'the rules of the base ask for more approvals than the plan',
    rule: 'approvals',
    status: 'pending',
    change: { task: { approvals: 1 }, facts: { pull: aPull({ requiredApprovals: 2, approvedBy: ['maintainer'] }) } },
  },
  {
    name: 'approvals are asked for before there is a pull request',
    rule: 'approvals',
    status: 'pending',
    change: { task: { approvals: 1 }, facts: { pull: null } },
  },
  {
    name: 'nobody has requested changes',
    rule: 'conversation',
    status: 'passed',
    change: { facts: { pull: aPull() } },
  },
  {
    name: 'somebody has requested changes',
    rule: 'conversation',
    status: 'pending',
    change: { facts: { pull: aPull({ changesRequestedBy: ['maintainer'] }) } },
  },
  { name: 'the forge has no checks', rule: 'checks', status: 'not-asked', change: {} },
  { name: 'no check is required', rule: 'checks', status: 'not-asked', change: { facts: { pull: aPull() } } },
  { name: 'there is no pull request yet', rule: 'checks', status: 'pending', change: { facts: { pull: null } } },
  {
    name: 'the head of the pull request is another one',
    rule: 'checks',
    status: 'pending',
    change: { facts: { pull: aPull({ headSha: fakeCommit('pushed'), checks: [aCheck('passed')] }) } },
  },
  ...(['passed', 'not-passed', 'pending', 'missing'] as const).map((found) => ({
    name: `a required check is ${found}`,
    rule: 'checks' as const,
    status: ({ passed: 'passed', 'not-passed': 'failed', pending: 'pending', missing: 'pending' } as const)[found],
    change: { facts: { pull: aPull({ checks: [aCheck('passed'), aCheck(found)] }) } },
  })),
  { name: 'the task owns nothing by name', rule: 'ownership', status: 'not-asked', change: {} },
  {
    name: 'it changed a path that it does not own',
    rule: 'ownership',
    status: 'failed',
    change: { task: { owns: ['a/**'] }, evidence: { violations: [{ rule: 'ownership', path: 'b', because: 'no' }] } },
  },
  {
    name: 'it changed a protected path',
    rule: 'protected-paths',
    status: 'failed',
    change: {
      evidence: { violations: [{ rule: 'protected-paths', path: '.github/workflows/ci.yml', because: 'no' }] },
    },
  },
  {
    name: 'it holds a secret',
    rule: 'contents',
    status: 'failed',
    change: { evidence: { violations: [{ rule: 'contents', path: 'a', because: 'a key' }] } },
  },
  { name: 'nothing was taken in', rule: 'contents', status: 'failed', change: { evidence: { treeSha: null } } },
  {
    name: 'it cost more than its cap',
    rule: 'budget',
    status: 'failed',
    change: {
      task: { budgetUsd: 1 },
      evidence: { usage: { costUsd: 1.5, inputTokens: null, outputTokens: null, turns: null } },
    },
  },
  {
    name: 'its cost is unknown and its cap was reserved',
    rule: 'budget',
    status: 'passed',
    change: { task: { budgetUsd: 1 }, attempt: { reservedUsd: 1 } },
  },
  {
    name: 'the plan is over its budget',
    rule: 'budget',
    status: 'failed',
    change: { facts: { planBudgetUsd: 5, spentUsd: 6 } },
  },
  { name: 'it was not tried on the tip', rule: 'mergeable', status: 'pending', change: { trial: null } },
  { name: 'it conflicts', rule: 'mergeable', status: 'failed', change: { trial: { outcome: 'conflict', test: null } } },
  {
    name: 'the merged tree is red',
    rule: 'mergeable',
    status: 'failed',
    change: { trial: { test: aTestResult(aTask('auth'), other, { status: 'failed' }) } },
  },
  { name: 'the merged tree was not tested', rule: 'mergeable', status: 'failed', change: { trial: { test: null } } },
  {
    name: 'the test is of another tree than the merge',
    rule: 'mergeable',
    status: 'failed',
    change: { trial: { treeSha: other } },
  },
  {
    name: 'the trial was of another head',
    rule: 'mergeable',
    status: 'failed',
    change: { trial: { headSha: fakeCommit('x') } },
  },
  { name: 'the trial could not run', rule: 'mergeable', status: 'pending', change: { trial: { outcome: 'error' } } },
  {
    name: 'the branch moved since',
    rule: 'up-to-date',
    status: 'pending',
    change: { facts: { tip: fakeCommit('moved') } },
  },
  { name: 'the branch is gone', rule: 'up-to-date', status: 'failed', change: { facts: { tip: null } } },
  {
    name: 'the branch is frozen',
    rule: 'freeze',
    status: 'pending',
    change: { facts: { frozen: { because: 'an audit failed' } } },
  },
];

describe('the gate', () => {
  it('is open when every rule holds', () => {
    const verdict = evaluateGate(factsWith({}));
    expect(verdict.rules.filter((rule) => !['passed', 'not-asked'].includes(rule.status))).toEqual([]);
    expect(verdict.status).toBe('open');
  });

  it.each(TABLE)('when $name, $rule is $status', ({ rule, status, change }) => {
    const verdict = evaluateGate(factsWith(change));
    const result = verdict.rules.find((one) => one.rule === rule);
    expect(result).toMatchObject({ rule, status });
    expect(result?.because).not.toBe('');
    const isClosing = status === 'failed' || status === 'pending';
    expect(verdict.status === 'open').toBe(!isClosing);
  });

  it('shows every rule once, in the fixed order, whatever fails', () => {
    for (const { change } of TABLE)
      expect(evaluateGate(factsWith(change)).rules.map((rule) => rule.rule)).toEqual(RULES);
  });

  it('has a closing row in the table for every rule that can close it', () => {
    const closing = new Set(
      TABLE.filter((row) => row.status === 'failed' || row.status === 'pending').map((row) => row.rule),
    );
    expect([...closing].sort()).toEqual([...RULES].sort());
  });

  it('lets an attempt into the queue before it was tried, and not before its tests passed', () => {
    expect(evaluateEntry(factsWith({ trial: null })).status).toBe('open');
    expect(evaluateEntry(factsWith({ trial: null, test: { status: 'failed' } })).status).toBe('closed');
  });
});
