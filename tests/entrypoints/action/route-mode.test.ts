import { describe, expect, test } from 'vitest';

import { addComment } from '../../support/github/operations/comments.ts';
import { pushCommits } from '../../support/github/operations/commits.ts';
import { openPull } from '../../support/github/operations/pulls.ts';
import { createIssue } from '../../support/github/operations/issues.ts';
import { CONTENT, writeTasks } from '../../support/small-plan.ts';
import { openServerlessStage, type ServerlessStage } from './serverless-stage.ts';

const PLAN = { title: 'A plan', body: writeTasks({ a: [] }) };

/** Three issues: one is a plan, one has a command that nobody heard, one is talk. */
async function openIssues(stage: ServerlessStage) {
  const { world, maintainer, repository } = stage;
  const plan = await createIssue(world, maintainer, repository, PLAN);
  await addComment(world, maintainer, plan, '/espalier run');
  await stage.step({ mode: 'reconcile', plan: `issue-${plan.number}` });
  const unheard = await createIssue(world, maintainer, repository, PLAN);
  await addComment(world, maintainer, unheard, '/espalier run');
  const talk = await createIssue(world, maintainer, repository, PLAN);
  return { plan: `issue-${plan.number}`, unheard: `issue-${unheard.number}`, talk: `issue-${talk.number}` };
}

function payloadOf({ repository }: ServerlessStage, extra: Record<string, unknown>) {
  return { repository: { id: repository.id, full_name: `${repository.owner}/${repository.name}` }, ...extra };
}

describe('the mode route', () => {
  test('finds every open plan at its hour, and the issue whose command nobody has heard', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const { plan, unheard } = await openIssues(stage);
    const { outputs } = await stage.step({ mode: 'route' });
    expect(outputs).toEqual({ plans: JSON.stringify([plan, unheard]), count: '2' });
  });

  test('names the plans that an event names, and all of them for one that could be of any', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const { plan, unheard, talk } = await openIssues(stage);
    const all = [plan, unheard];
    const sha = 'a1'.repeat(20);
    const number = Number(talk.slice('issue-'.length));
    const cases: [string, Record<string, unknown>, string[]][] = [
      ['issue_comment', { action: 'created', issue: { number } }, [talk]],
      ['issues', { action: 'labeled', issue: { number } }, [talk]],
      [
        'workflow_run',
        { workflow_run: { id: 9, event: 'workflow_dispatch', display_title: `espalier ${plan} x.1` } },
        [plan],
      ],
      ['workflow_run', { workflow_run: { id: 9, event: 'push', head_sha: sha } }, all],
      ['merge_group', { merge_group: { base_ref: 'refs/heads/main', head_sha: sha } }, all],
      ['workflow_dispatch', { inputs: { plan: talk } }, [talk]],
      ['workflow_dispatch', { inputs: { plan: '' } }, all],
      ['workflow_dispatch', { inputs: { plan: '../../etc' } }, all],
      ['star', {}, []],
    ];
    for (const [name, extra, plans] of cases) {
      const { outputs } = await stage.step({ mode: 'route' }, { name, payload: payloadOf(stage, extra) });
      expect({ name, ...outputs }).toEqual({ name, plans: JSON.stringify(plans), count: String(plans.length) });
    }
  });

  test("finds the plan of a comment on a task's pull request, with no permission but to read", async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const { plan, unheard } = await openIssues(stage);
    const { world, maintainer, repository } = stage;
    const commits = [{ message: 'Work', files: { 'x.txt': 'x\n' } }];
    const permissions = { contents: 'read', issues: 'read', pull_requests: 'read' } as const;
    const routed: (string | undefined)[] = [];
    for (const head of [`espalier/${unheard}/a`, 'feature']) {
      await pushCommits(world, maintainer, repository, { branch: head, commits });
      const { number } = await openPull(world, maintainer, repository, { title: head, body: '', head, base: 'main' });
      const payload = payloadOf(stage, { action: 'created', issue: { number, pull_request: {} } });
      const { outputs } = await stage.step({ mode: 'route', permissions }, { name: 'issue_comment', payload });
      routed.push(outputs['plans']);
    }
    // A plan may give a task a branch of any name.
    expect(routed).toEqual([JSON.stringify([unheard]), JSON.stringify([plan, unheard])]);
  });

  test('does not follow the echo of what the App of its token has written', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    const { talk } = await openIssues(stage);
    const bot = stage.world.state.accounts.get('espalier[bot]');
    const issue = { number: Number(talk.slice('issue-'.length)) };
    const payload = payloadOf(stage, { action: 'created', issue, sender: { id: bot?.id, login: 'espalier[bot]' } });
    const event = { name: 'issue_comment', payload };
    const echo = await stage.step({ mode: 'route', as: 'app' }, event);
    expect(echo.outputs['plans']).toBe('[]');
    expect(echo.lines.join('\n')).toContain('what Espalier has done itself');
    expect((await stage.step({ mode: 'route' }, event)).outputs['plans']).toBe(JSON.stringify([talk]));
  });
});
