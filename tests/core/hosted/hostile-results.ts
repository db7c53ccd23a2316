/** What runs, and people who play runs, may leave behind. */
import type { Evidence } from '../../../src/core/ledger/evidence.ts';
import { anEvidence, aTask, aTestResult, fakeCommit, fakeDigest, fakeTree } from '../../support/builders.ts';
import { leaveReceipt } from '../../support/hosted-replica.ts';
import {
  type Forgery,
  type HostileInput,
  leaveForged,
  ONE,
  type Opened,
  OTHER,
  OTHER_TREE,
  start,
} from './hostile-inputs.ts';

const EVIL = '@octo-org/all <img src=x> ![x](https://evil.example) fixes #1 `x` | \u202ex \u001b[31m </details>';

/** A receipt that says otherwise, refused for one reason. */
function forged(tries: string, forge: Forgery | ((opened: Opened) => Forgery), because: string): HostileInput {
  return {
    tries,
    gets: 'not believed, and says why; the task begins anew',
    ends: 'running',
    issue: ONE,
    play: (opened) => leaveForged(opened, typeof forge === 'function' ? forge : () => forge),
    check: ({ shared }) => {
      const [first] = Object.values(shared.plan.tasks).flatMap(({ attempts }) => attempts);
      return (
        first?.status === 'failed' &&
        first.evidence?.failure?.cause === 'evidence-refused' &&
        first.evidence.failure.detail.includes(because)
      );
    },
  };
}

/** Evidence that is bound as it should be, and whose verdict is not worth it. */
function worthless(tries: string, evidence: (task: ReturnType<typeof aTask>) => Partial<Evidence>): HostileInput {
  return {
    tries,
    gets: 'taken in; the gate stays shut, and the task begins anew',
    ends: 'running',
    issue: ONE,
    play: (opened) =>
      leaveForged(opened, ({ shared }) => ({ story: { evidence: evidence(shared.plan.plan.tasks[0] ?? aTask('a')) } })),
    check: ({ shared }) =>
      shared.plan.certificates.length === 0 &&
      Object.values(shared.plan.tasks).some(({ attempts }) => attempts[0]?.status === 'returned'),
  };
}

export const HOSTILE_RESULTS: readonly HostileInput[] = [
  forged('a receipt of another plan', { claims: { plan: 'issue-8' } }, 'another plan'),
  forged('a receipt of another dispatch', { claims: { nonce: 'issue-7.99' } }, 'another nonce'),
  forged('a receipt of another run', { claims: { runId: 1 } }, 'another run'),
  forged('a receipt of another task', { claims: { task: 'b' } }, 'another task'),
  forged('a receipt of another attempt', { claims: { attempt: 2 } }, 'another attempt'),
  forged('a receipt of another generation', { claims: { generation: 9 } }, 'another generation'),
  forged('a receipt of another kind of work', { claims: { work: 'trial' } }, 'another kind of work'),
  forged('a receipt of a run that a person started again', { claims: { runAttempt: 2 } }, 'started again by hand'),
  forged('a receipt that names another head', { claims: { headSha: OTHER } }, 'another head'),
  forged('a receipt that is no JSON', { receipt: '{"version":1,' }, 'receipt.json'),
  forged('a receipt with keys of JavaScript itself', { receipt: '{"__proto__":{"version":1}}' }, 'receipt.json'),
  forged(
    'evidence that is not what the receipt names',
    { claims: { evidence: fakeDigest('x') } },
    'not the one that its receipt names',
  ),
  forged(
    "evidence that is not the run's own artifact, written by a person who may push",
    { artifacts: new Map([['espalier-a.1-evidence.json', fakeDigest('x')]]) },
    "not the artifact of the ledger's run",
  ),
  forged('evidence of another head than the one published', { head: { sha: OTHER, tree: OTHER_TREE } }, 'another head'),
  forged(
    'evidence of another plan',
    { story: { evidence: { plan: 'issue-8' as Evidence['plan'] } } },
    'bound to another',
  ),
  forged('evidence of another task', { story: { evidence: { task: 'b' as Evidence['task'] } } }, 'bound to another'),
  forged('evidence of another attempt', { story: { evidence: { attempt: 2 } } }, 'bound to another'),
  forged('evidence of another generation', { story: { evidence: { generation: 9 } } }, 'bound to another'),
  forged(
    'evidence for another text of the task',
    { story: { evidence: { taskDigest: fakeDigest('x') } } },
    'bound to another',
  ),
  forged('evidence from another base', { story: { evidence: { baseSha: OTHER } } }, 'bound to another'),
  forged(
    'evidence that gives a reason which only this app gives',
    {
      story: {
        evidence: {
          outcome: 'cancelled',
          failure: { cause: 'run-cancelled', detail: '', feedback: '', isTransient: false },
        },
      },
    },
    'cannot say',
  ),
  {
    tries: 'a receipt pushed by a person before the run has ended, without an artifact of the run',
    gets: 'not believed; the run is failed when it leaves nothing else',
    ends: 'waiting: run-failed',
    issue: ONE,
    play: (opened) => leaveForged(opened, () => ({ artifacts: null })),
  },
  {
    tries: 'a run of the right name that somebody else has started',
    gets: 'not believed, whatever it leaves',
    ends: 'running',
    issue: ONE,
    play: (opened) => {
      start(opened);
      const { world, shared, app } = opened;
      for (const run of world.runs.values()) run.fact = { ...run.fact, isGenuine: false };
      const [dispatch] = shared.state.record.dispatches;
      const [leg] = dispatch?.legs ?? [];
      if (dispatch !== undefined && leg !== undefined) leaveReceipt(world, shared.plan, dispatch, leg);
      app.settle();
    },
    check: ({ shared }) => {
      const [first] = Object.values(shared.plan.tasks).flatMap(({ attempts }) => attempts);
      return first?.evidence?.failure?.detail.includes('is not the one that was dispatched') === true;
    },
  },
  {
    tries: 'a run that is cancelled by hand',
    gets: 'its task is cancelled, with the way to begin it anew',
    ends: 'cancelled',
    issue: ONE,
    play: (opened) => {
      start(opened);
      const [run] = opened.world.runs.keys();
      opened.world.endRun(run ?? 0, 'cancelled');
      opened.app.settle();
      opened.world.nowMs += 31_000;
      opened.app.settle();
    },
  },
  worthless('a score of 10 by another rubric', (task) => ({
    reviews: [{ ...reviewOf(task), rubric: fakeDigest('an easier one') }],
  })),
  worthless('a score of 10 by another reviewer', (task) => ({
    reviews: [{ ...reviewOf(task), reviewer: 'command: ./flatter' }],
  })),
  worthless('a score of 10 for another change', (task) => ({
    reviews: [{ ...reviewOf(task), change: fakeDigest('another change') }],
  })),
  worthless('a score of 10 with an open finding that blocks', (task) => ({
    reviews: [
      { ...reviewOf(task), findings: [{ severity: 'blocking', path: '../../etc/passwd', line: -1, message: EVIL }] },
    ],
  })),
  worthless('tests that passed on another tree', (task) => ({ tests: [aTestResult(task, fakeTree('another'))] })),
  worthless('tests of other commands that passed', (task) => ({
    tests: [aTestResult({ ...task, test: [['true']] }, fakeTree('a.1'))],
  })),
  worthless('no tests and no review, with the word that it is verified', () => ({ tests: [], reviews: [] })),
  worthless('a verified change of protected paths', () => ({
    violations: [{ rule: 'protected-paths', path: '.github/workflows/x.yml', because: EVIL }],
  })),
  {
    tries: 'a failure whose every text wants to be more than text',
    gets: 'shown as text; the task begins anew',
    ends: 'running',
    issue: ONE,
    play: (opened) => {
      leaveForged(opened, () => ({
        story: {
          evidence: {
            outcome: 'failed',
            failure: { cause: 'tests-failed', detail: EVIL, feedback: EVIL, isTransient: false },
            paths: Array<string>(200).fill(EVIL),
            sandbox: { engine: EVIL, profile: EVIL, waived: [EVIL] },
          },
        },
      }));
      opened.world.nowMs += 6000;
      opened.app.settle();
    },
  },
  {
    tries: 'a change that lands, with findings, paths and a log that want to be more than text',
    gets: 'shown as text, at most fifty beside the code',
    ends: 'landed',
    issue: ONE,
    play: (opened) => {
      leaveForged(opened, ({ shared }) => {
        const task = shared.plan.plan.tasks[0] ?? aTask('a');
        const note = { severity: 'note' as const, path: `${EVIL}/../../x`, line: 1e9, message: EVIL.repeat(20) };
        return {
          story: {
            evidence: {
              reviews: [{ ...reviewOf(task), findings: Array.from({ length: 500 }, () => note) }],
              tests: [aTestResult(task, fakeTree('a.1'), { tail: EVIL.repeat(500) })],
              paths: Array<string>(200).fill(EVIL),
            },
          },
        };
      });
      opened.app.finish();
    },
    check: ({ world }) => world.done('check-run').every(({ output }) => output.annotations.length <= 50),
  },
];

/** The review that counts for what `leaveForged` publishes. */
function reviewOf(task: ReturnType<typeof aTask>): Evidence['reviews'][number] {
  const first = { attempt: 1, generation: 1, taskDigest: fakeDigest(''), baseSha: fakeCommit('base') };
  const [review] = anEvidence(task, first).reviews;
  if (review === undefined) throw new Error('Evidence of a success has a review.');
  return review;
}
