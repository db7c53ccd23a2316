import { describe, expect, test } from 'vitest';

import { addComment, commentsOf } from '../../support/github/operations/comments.ts';
import { createIssue } from '../../support/github/operations/issues.ts';
import { CONTENT, writeTasks } from '../../support/small-plan.ts';
import { isPull } from '../../support/github/world.ts';
import { openServerlessStage, type ServerlessStage } from './serverless-stage.ts';

const TWO = writeTasks({ a: [], b: ['needs: [a]'] });

function openPlanIssue({ world, maintainer, repository }: ServerlessStage, body = TWO) {
  return createIssue(world, maintainer, repository, { title: 'A plan', body });
}

describe('the mode reconcile', () => {
  test.each(['job', 'app'] as const)(
    'takes a plan from a comment to its merges and its report, with the token of a %s',
    async (as) => {
      await using stage = await openServerlessStage({ script: CONTENT });
      const issue = await openPlanIssue(stage);
      await addComment(stage.world, stage.maintainer, issue, '/espalier run');
      const plan = `issue-${issue.number}`;
      await stage.play(plan, () => issue.state === 'closed', as);
      const files = await stage.world.git.run(stage.repository.gitDir, ['ls-tree', '-r', '--name-only', 'main']);
      expect(files.toString('utf8')).toMatch(/^a\.txt$[^]*^b\.txt$/m);
      const pulls = [...stage.repository.issues.values()].filter(isPull);
      expect(pulls.map(({ pull }) => pull.isMerged)).toEqual([true, true]);
      const bot = as === 'job' ? 'github-actions[bot]' : 'espalier[bot]';
      const told = commentsOf(stage.repository, issue.number).filter(({ author }) => author === bot);
      for (const comment of told) comment.isRead = true;
      expect(told.filter(({ body }) => body.startsWith('<!-- espalier:status'))).toHaveLength(1);
      expect(told.filter(({ body }) => body.startsWith('<!-- espalier:answer report.'))).toHaveLength(1);
      const end = await stage.step({ mode: 'reconcile', plan, as });
      expect(end.outputs).toEqual({ outcome: 'settled', 'wake-at': '' });
      expect(end.summary).toContain('2 of 2 tasks landed');
      expect(end.summary.includes('No workflow runs for these landings')).toBe(as === 'job');
    },
    60_000,
  );

  test('ends while runs are at work, says when to look again, and waits no longer than a minute', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const issue = await openPlanIssue(stage);
    await addComment(stage.world, stage.maintainer, issue, '/espalier run');
    const startedAtMs = stage.clock.now();
    const { outputs, summary } = await stage.step({ mode: 'reconcile', plan: `issue-${issue.number}` });
    expect(outputs['outcome']).toBe('waiting');
    expect(Date.parse(outputs['wake-at'] ?? '')).toBeGreaterThan(stage.clock.now());
    expect(stage.clock.now() - startedAtMs).toBeLessThan(90_000);
    expect(summary).toContain('1 running');
    expect([...stage.repository.runs.values()].map(({ actor }) => actor)).toEqual(['github-actions[bot]']);
  });

  test('shows a plan that nobody has started, and leaves no ledger for it', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const issue = await openPlanIssue(stage);
    const { outputs, summary } = await stage.step({ mode: 'reconcile', plan: `issue-${issue.number}` });
    expect(outputs).toEqual({ outcome: 'settled', 'wake-at': '' });
    expect(summary).toContain('/espalier run');
    expect([...stage.repository.refs.keys()]).toEqual(['refs/heads/main']);
  });

  test("answers a stranger's command once, and leaves no ledger for it", async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const issue = await openPlanIssue(stage);
    await addComment(stage.world, stage.stranger, issue, '/espalier run');
    for (const _look of [1, 2]) await stage.step({ mode: 'reconcile', plan: `issue-${issue.number}` });
    const answers = commentsOf(stage.repository, issue.number).slice(1);
    expect(answers.map(({ body }) => body)).toEqual([expect.stringContaining("Your permission is 'read'")]);
    expect([...stage.repository.refs.keys()]).toEqual(['refs/heads/main']);
  });

  test('leaves a plan of the App alone, and says so in the job and once on the issue', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const issue = await openPlanIssue(stage);
    const plan = `issue-${issue.number}`;
    await addComment(stage.world, stage.maintainer, issue, '/espalier run');
    await stage.step({ mode: 'reconcile', plan, as: 'app' });
    const before = commentsOf(stage.repository, issue.number).length;
    for (const _look of [1, 2]) {
      const { outputs, lines } = await stage.step({ mode: 'reconcile', plan });
      expect(outputs['outcome']).toBe('refused');
      expect(lines.join('\n')).toContain(`${plan} is kept by espalier[bot]`);
    }
    const notices = commentsOf(stage.repository, issue.number).slice(before);
    expect(notices.map(({ body }) => body)).toEqual([expect.stringContaining('This plan is kept by')]);
  });

  test('tells of a plan whose issue is gone, and of a name that is no plan', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const { outputs } = await stage.step({ mode: 'reconcile', plan: 'issue-99' });
    expect(outputs['outcome']).toBe('refused');
    await expect(stage.step({ mode: 'reconcile', plan: 'garden' })).rejects.toThrow('is not that of an issue');
  });

  test('fails with the permission that its token lacks, and tells it on the issue of a plan', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const issue = await openPlanIssue(stage);
    const plan = `issue-${issue.number}`;
    await addComment(stage.world, stage.maintainer, issue, '/espalier run');
    await stage.step({ mode: 'reconcile', plan });
    const permissions = { contents: 'write', issues: 'write', pull_requests: 'write', actions: 'write' } as const;
    const blind = stage.step({ mode: 'reconcile', plan, permissions });
    await expect(blind).rejects.toThrow(/checks=read|statuses=read/);
    const last = commentsOf(stage.repository, issue.number).at(-1);
    expect(last?.body).toContain('The plan cannot go on');
    expect(last?.body).toContain('.github/workflows/espalier.yml');
  });

  test('names the setting that keeps it from opening pull requests, and goes on once a person has set it', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    Object.assign(stage.repository.settings, { actionsMayOpenPulls: false });
    const issue = await openPlanIssue(stage);
    const plan = `issue-${issue.number}`;
    await addComment(stage.world, stage.maintainer, issue, '/espalier run');
    const isTold = () =>
      commentsOf(stage.repository, issue.number).some(({ body }) =>
        body.includes("'Allow GitHub Actions to create and approve pull requests'"),
      );
    await stage.play(plan, isTold);
    Object.assign(stage.repository.settings, { actionsMayOpenPulls: true });
    await addComment(stage.world, stage.maintainer, issue, '/espalier run');
    await stage.play(plan, () => issue.state === 'closed');
    expect([...stage.repository.issues.values()].filter(isPull)).toHaveLength(2);
  }, 60_000);
});
