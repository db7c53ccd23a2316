import { describe, expect, it } from 'vitest';

import type { CommitSha } from '../../../../src/core/brand.ts';
import type { GateVerdict, RuleName, RuleStatus } from '../../../../src/core/gate/verdict.ts';
import { RULES } from '../../../../src/core/gate/verdict.ts';
import type { CheckOutput } from '../../../../src/core/hosted/effect.ts';
import type { Finding } from '../../../../src/core/ledger/evidence.ts';
import type { TaskState, Waiting } from '../../../../src/core/reconcile/view.ts';
import { renderGateCheck } from '../../../../src/core/report/hosted/gate-check.ts';
import { byteLength } from '../../../../src/core/report/hosted/markdown.ts';
import type { PlanScene } from '../../../../src/core/report/hosted/scene.ts';
import { aPlan, aTask, aTestResult, fakeCommit, fakeTree } from '../../../support/builders.ts';
import { aReview, sceneOf, taskOf } from './scenes.ts';

const TASK = aTask('a');

/** A gate whose rules have passed but for those that are named. */
function gate(change: Partial<Record<RuleName, RuleStatus>>): GateVerdict {
  const rules = RULES.map((rule) => ({
    rule,
    status: change[rule] ?? 'passed',
    found: 'found',
    wanted: 'wanted',
    because: `because of ${rule}`,
  }));
  const has = (status: RuleStatus): boolean => rules.some((rule) => rule.status === status);
  return { status: has('failed') ? 'closed' : has('pending') ? 'pending' : 'open', rules };
}

function scene(): PlanScene {
  return sceneOf(aPlan([TASK]), (story) => {
    story.verifies('a', [0, 10]);
  });
}

function check(
  verdict: GateVerdict | null,
  stand: { state?: TaskState; waiting?: Waiting | null; head?: CommitSha } = {},
): CheckOutput {
  const here = scene();
  const task = taskOf(here, 'a');
  const view = { ...task, gate: verdict, state: stand.state ?? 'queued', waiting: stand.waiting ?? null };
  return renderGateCheck(here, view, stand.head ?? task.headSha!);
}

describe('renderGateCheck', () => {
  it('has buttons, and their commands alone where no click would be told', () => {
    const here = scene();
    const task = { ...taskOf(here, 'a'), gate: gate({ tests: 'failed' }), state: 'failed' as const };
    const withButtons = renderGateCheck(here, task, task.headSha!);
    expect(withButtons.actions.map(({ identifier }) => identifier)).toEqual(['review', 'retry']);
    const without = renderGateCheck({ ...here, hasButtons: false }, task, task.headSha!);
    expect(without.actions).toEqual([]);
    expect(without.summary).toContain('`/espalier review`');
    expect(without.summary).not.toContain('button');
  });

  it.each<[string, Partial<Record<RuleName, RuleStatus>>, TaskState, Pick<CheckOutput, 'status' | 'conclusion'>]>([
    ['an open gate', {}, 'queued', { status: 'completed', conclusion: 'success' }],
    [
      'an open gate with a waiver',
      { 'review-score': 'waived' },
      'queued',
      { status: 'completed', conclusion: 'success' },
    ],
    ['an open gate of a landed task', {}, 'landed', { status: 'completed', conclusion: 'success' }],
    ['an open gate of a cancelled task', {}, 'cancelled', { status: 'completed', conclusion: 'failure' }],
    ['failed tests', { tests: 'failed' }, 'failed', { status: 'completed', conclusion: 'failure' }],
    [
      'failed tests beside a freeze',
      { tests: 'failed', freeze: 'failed' },
      'queued',
      { status: 'completed', conclusion: 'failure' },
    ],
    [
      'a trial that is not made yet',
      { 'up-to-date': 'pending' },
      'queued',
      { status: 'in_progress', conclusion: null },
    ],
    ['required checks that run', { checks: 'pending' }, 'queued', { status: 'in_progress', conclusion: null }],
    [
      'a missing approval',
      { approvals: 'pending', 'up-to-date': 'pending' },
      'queued',
      { status: 'completed', conclusion: 'action_required' },
    ],
    [
      'requested changes',
      { conversation: 'pending' },
      'queued',
      { status: 'completed', conclusion: 'action_required' },
    ],
    [
      'a missing approval beside a missing review',
      { approvals: 'pending', 'review-score': 'pending' },
      'queued',
      { status: 'in_progress', conclusion: null },
    ],
    ['a freeze', { freeze: 'failed' }, 'queued', { status: 'completed', conclusion: 'action_required' }],
    [
      'a budget that is used up',
      { budget: 'failed' },
      'queued',
      { status: 'completed', conclusion: 'action_required' },
    ],
  ])('concludes of %s what holds', (_name, change, state, wanted) => {
    const { status, conclusion } = check(gate(change), { state });
    expect({ status, conclusion }).toEqual(wanted);
  });

  it('asks for a person where the task waits for one', () => {
    const waiting: Waiting = { kind: 'person', because: 'x', on: [], untilMs: null, next: null };
    expect(check(gate({ 'up-to-date': 'pending' }), { waiting }).conclusion).toBe('action_required');
  });

  it('never ends as what a required check lets pass, but for success', () => {
    const statuses: RuleStatus[] = ['passed', 'waived', 'not-asked', 'pending', 'failed'];
    const states: TaskState[] = ['waiting', 'running', 'queued', 'trying', 'landing', 'held', 'failed', 'cancelled'];
    const found = RULES.flatMap((rule) =>
      statuses.flatMap((status) =>
        states.map((state) => ({ status, state, conclusion: check(gate({ [rule]: status }), { state }).conclusion })),
      ),
    );
    const wrong = found.filter(
      ({ status, state, conclusion }) =>
        conclusion === 'neutral' ||
        (conclusion === 'success' && (['pending', 'failed'].includes(status) || state === 'cancelled')),
    );
    expect(wrong).toEqual([]);
    expect(new Set(found.map((each) => each.conclusion))).toEqual(
      new Set(['success', 'failure', 'action_required', null]),
    );
  });

  it('says nothing good of a head that was not verified', () => {
    const output = check(gate({}), { head: fakeCommit('a push') });
    expect(output).toMatchObject({
      status: 'in_progress',
      conclusion: null,
      title: 'Not verified yet',
      annotations: [],
    });
    expect(output.summary).toContain('Nothing was judged of this commit yet');
  });

  it('lets a verdict count for the verified head merged onto the tip', () => {
    const landed = sceneOf(aPlan([TASK]), (story) => {
      story.lands('a', [0, 10]);
    });
    const trial = landed.ledger.tasks[TASK.id]!.attempts[0]!.trial!.result!;
    expect(renderGateCheck(landed, taskOf(landed, 'a'), trial.commitSha!).conclusion).toBe('success');
  });

  it('says nothing good of an attempt that was set aside', () => {
    const here = scene();
    const record = here.ledger.tasks[TASK.id]!;
    const attempts = record.attempts.map((attempt) => ({ ...attempt, status: 'superseded' as const }));
    const ledger = { ...here.ledger, tasks: { ...here.ledger.tasks, [TASK.id]: { ...record, attempts } } };
    const task = taskOf(here, 'a');
    expect(renderGateCheck({ ...here, ledger }, { ...task, gate: gate({}) }, task.headSha!).conclusion).toBeNull();
  });

  it('shows every rule, what closes the gate first', () => {
    const { summary, title } = check(gate({ tests: 'failed', approvals: 'pending', contents: 'failed' }));
    const rules = [...summary.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
    expect(rules.slice(0, 3)).toEqual(['tests', 'contents', 'approvals']);
    expect(new Set(rules)).toEqual(new Set(RULES));
    expect(title).toBe('Gate closed by tests and 1 more');
  });

  it('stays the same while other tasks land', () => {
    const others = [TASK, aTask('b'), aTask('c')];
    const outputs = [1, 2].map((count) => {
      const here = sceneOf(aPlan(others), (story) => {
        story.verifies('a', [0, 10]);
        for (const id of ['b', 'c'].slice(0, count)) story.lands(id, [0, 10]);
      });
      return renderGateCheck(here, taskOf(here, 'a'), taskOf(here, 'a').headSha!);
    });
    expect(outputs[0]).toEqual(outputs[1]);
    expect(outputs[0]?.status).toBe('in_progress');
  });

  it('offers its buttons only where they can do something', () => {
    expect(check(gate({ tests: 'failed' })).actions.map((action) => action.identifier)).toEqual(['review', 'retry']);
    expect(check(gate({ 'up-to-date': 'pending' })).actions).toEqual([]);
    expect(check(gate({}), { state: 'landed' }).actions).toEqual([]);
  });

  it('keeps findings, tails and annotations within the limits', () => {
    const findings = Array.from({ length: 300 }, (_each, index): Finding => ({
      severity: index % 3 === 0 ? 'blocking' : index % 3 === 1 ? 'warning' : 'note',
      path: index % 2 === 0 ? 'src/a.ts' : 'src/other.ts',
      line: index,
      message: '@user #1 '.repeat(400),
    }));
    const here = sceneOf(aPlan([TASK]), (story) => {
      story.verifies('a', [0, 10], {
        paths: ['src/a.ts'],
        reviews: [aReview(2, findings)],
        tests: ['verify', 'base-tests'].map((stage) =>
          aTestResult(TASK, fakeTree('a'), {
            stage: stage as 'verify',
            status: 'failed',
            tail: 'log\n'.repeat(40_000),
          }),
        ),
        violations: Array.from({ length: 300 }, () => ({
          rule: 'contents' as const,
          path: 'x'.repeat(300),
          because: '<'.repeat(300),
        })),
      });
    });
    const record = here.ledger.tasks[TASK.id]!;
    const [attempt] = record.attempts;
    const evidence = { ...attempt!.evidence!, reviews: [aReview(2, findings, { stage: 'verify' })] };
    const ledger = {
      ...here.ledger,
      tasks: { ...here.ledger.tasks, [TASK.id]: { ...record, attempts: [{ ...attempt!, evidence }] } },
    };
    const task = taskOf(here, 'a');
    const output = renderGateCheck({ ...here, ledger }, { ...task, gate: gate({ tests: 'failed' }) }, task.headSha!);
    expect(byteLength(output.text)).toBeLessThanOrEqual(65_000);
    expect(output.text).toMatch(/and \d+ more, for which there is no room here/);
    expect(output.text).toContain('characters cut');
    expect(output.annotations).toHaveLength(50);
    expect(new Set(output.annotations.map((each) => each.path))).toEqual(new Set(['src/a.ts']));
    expect(output.annotations[0]?.level).toBe('failure');
    expect(Math.max(...output.annotations.map((each) => each.message.length))).toBeLessThan(2100);
  });
});
