import { describe, expect, it } from 'vitest';

import { aPlan, aTask, aTestResult, fakeCommit, fakeTree, taskId } from '../../../support/builders.ts';
import { byteLength } from '../../../../src/core/report/hosted/markdown.ts';
import { renderPullBody, renderPullTitle } from '../../../../src/core/report/hosted/pull-body.ts';
import type { PlanScene } from '../../../../src/core/report/hosted/scene.ts';
import { aReview, sceneOf, type Story, taskOf } from './scenes.ts';

const A = aTask('a', { title: 'Plant the beds', testPaths: ['tests/**'] });

function bodyOf(tell: (story: Story) => void, id = 'a'): string {
  const scene = scened(tell);
  return renderPullBody(scene, taskOf(scene, id));
}

function scened(tell: (story: Story) => void): PlanScene {
  return sceneOf(aPlan([A, aTask('b', { needs: [taskId('a')] })], { id: 'issue-12' as never }), tell);
}

describe('renderPullTitle', () => {
  it.each([
    ['auth', 'Fix the login', 'auth: Fix the login'],
    ['auth', 'auth', 'auth'],
    ['auth', '', 'auth'],
    ['auth', 'Fixes #1 by @user [skip ci]', 'auth: Fixes # 1 by @ user (skip ci)'],
  ])('of %s with the title %j is %j', (id, title, wanted) => {
    expect(renderPullTitle({ id: taskId(id), title })).toBe(wanted);
  });

  it('fits what the forge takes', () => {
    expect(renderPullTitle({ id: taskId('a'.repeat(64)), title: '#1'.repeat(500) }).length).toBeLessThanOrEqual(200);
  });
});

describe('renderPullBody', () => {
  it('begins with its marker, the agent and the score that counts', () => {
    const body = bodyOf((story) => story.verifies('a', [0, 10], { reviews: [aReview(6, [])] }));
    expect(body.split('\n').slice(0, 3)).toEqual([
      '<!-- espalier:pull plan=issue-12 task=a -->',
      '## Agent: command: ./agent',
      '## Review score: 10/10',
    ]);
    expect(body).toContain('Task `a` of the plan in #12, attempt 1 of at most 3.');
  });

  it('claims nothing where there is no evidence', () => {
    const body = bodyOf((story) => story.starts('a', 0));
    expect(body).toContain('## Review score: none yet');
    expect(body).toContain('There is no evidence about this change yet.');
    expect(body).toContain('Nothing was judged yet.');
    expect(body).not.toContain('✅ passed');
    expect(body).not.toContain('- [x]');
  });

  it('ticks what passed alone, and says what closes the gate', () => {
    const body = bodyOf((story) =>
      story.fails('a', [0, 10], {
        headSha: fakeCommit('a'),
        treeSha: fakeTree('a'),
        tests: [aTestResult(A, fakeTree('a'), { status: 'timed-out' })],
        failure: { cause: 'tests-failed', detail: 'too slow', feedback: '', isTransient: false },
      }),
    );
    expect(body).toContain("- [ ] `tests`: the tests ended as 'timed-out'");
    expect(body).toContain('- [ ] `review-score`');
    expect(body).toContain('- [x] `contents`');
    expect(body).toContain('- Ready to merge: ❌ closed by `tests`');
    expect(body).toContain('| on the head, in a fresh sandbox | ❌ timed-out |');
    expect(body).not.toMatch(/- \[x\] `(?:tests|review-score)`/);
  });

  it('counts the test files that changed by the paths of the plan', () => {
    const verified = (paths: string[]): string => bodyOf((story) => story.verifies('a', [0, 10], { paths }));
    expect(verified(['tests/a.test.ts', 'src/a.ts'])).toContain('- Test files changed: 1');
    expect(verified(Array.from({ length: 200 }, (_each, index) => `tests/${index}.ts`))).toContain(
      '- Test files changed: at least 200',
    );
  });

  it('says of what was not measured that it was not', () => {
    expect(bodyOf((story) => story.verifies('a', [0, 10]))).toContain('- Coverage: not measured');
  });

  it('shows the state of what it needs', () => {
    const waiting = bodyOf((story) => story.starts('b', 0), 'b');
    expect(waiting).toContain('- Dependencies satisfied: ❌ `a` (waiting)');
    const landed = bodyOf((story) => {
      story.lands('a', [0, 10]);
      story.verifies('b', [11, 20]);
    }, 'b');
    expect(landed).toContain('- Dependencies satisfied: ✅ `a` (landed)');
  });

  it('names no agent for a head that a person pushed', () => {
    const scene = scened((story) => story.verifies('a', [0, 10]));
    const record = scene.ledger.tasks[A.id]!;
    const attempts = record.attempts.map((attempt) => ({ ...attempt, givenSha: fakeCommit('push') }));
    const ledger = { ...scene.ledger, tasks: { [A.id]: { ...record, attempts } } };
    expect(renderPullBody({ ...scene, ledger }, taskOf(scene, 'a'))).toContain(
      '## Agent: none, a person pushed this head',
    );
  });

  it('stays the same while other tasks land', () => {
    const tell = (story: Story): void => story.verifies('a', [0, 10]);
    const before = scened(tell);
    const after = scened((story) => {
      tell(story);
      story.queue = {
        ...story.queue,
        landings: [
          { plan: 'other' as never, task: taskId('z'), commitSha: fakeCommit('z'), treeSha: fakeTree('z'), at: 1 },
        ],
      };
    });
    expect(renderPullBody(after, taskOf(after, 'a'))).toBe(renderPullBody(before, taskOf(before, 'a')));
  });

  it('fits a body whatever was written', () => {
    const finding = { severity: 'note' as const, path: '|'.repeat(200), line: 1, message: '@'.repeat(2000) };
    const body = bodyOf((story) =>
      story.verifies('a', [0, 10], {
        paths: Array.from({ length: 200 }, () => '`'.repeat(300)),
        changes: { files: 4000, insertions: 1, deletions: 1 },
        reviews: Array.from({ length: 60 }, () =>
          aReview(
            1,
            Array.from({ length: 60 }, () => finding),
          ),
        ),
      }),
    );
    expect(byteLength(body)).toBeLessThanOrEqual(65_000);
    expect(body).toContain('- and 3960 more files');
    expect(body).toMatch(/\d+ more lines have no room here/);
    expect(body).toContain('### Auto-merge status');
  });
});
