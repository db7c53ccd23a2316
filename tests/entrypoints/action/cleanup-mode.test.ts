import { describe, expect, test } from 'vitest';

import { addComment, commentsOf } from '../../support/github/operations/comments.ts';
import { pushCommits } from '../../support/github/operations/commits.ts';
import { createIssue } from '../../support/github/operations/issues.ts';
import { CONTENT, writeTasks } from '../../support/small-plan.ts';
import { openServerlessStage, type ServerlessStage } from './serverless-stage.ts';

const DAY_MS = 86_400_000;
const CLEANING = { contents: 'write', issues: 'read' } as const;

/** A plan that has landed, with the branch of its attempt still there. */
async function playPlan(stage: ServerlessStage) {
  const { world, maintainer, repository } = stage;
  const issue = await createIssue(world, maintainer, repository, { title: 'A plan', body: writeTasks({ a: [] }) });
  await addComment(world, maintainer, issue, '/espalier run');
  await stage.play(`issue-${issue.number}`, () => issue.state === 'closed');
  for (const comment of commentsOf(repository, issue.number)) comment.isRead = true;
  return issue;
}

function branchesOf({ repository }: ServerlessStage): string[] {
  return [...repository.refs.keys()].map((ref) => ref.replace('refs/heads/', '')).toSorted();
}

describe('the mode cleanup', () => {
  test('tells first what it would remove, removes it when it may, and keeps the history of what it archives', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    await playPlan(stage);
    const ledgerSha = stage.repository.refs.get('refs/heads/espalier-ledger/issue-1');
    const before = branchesOf(stage);
    expect(before).toContain('espalier/issue-1/a.1');
    const dry = await stage.step({ mode: 'cleanup', permissions: CLEANING });
    expect(branchesOf(stage)).toEqual(before);
    expect(Number(dry.outputs['removed'])).toBeGreaterThan(0);
    expect(dry.summary).toContain('espalier/issue-1/a.1');
    expect(dry.summary).toContain('it holds what landed on its base');

    const done = await stage.step({ mode: 'cleanup', isDryRun: false, permissions: CLEANING });
    expect(done.outputs).toEqual(dry.outputs);
    expect(branchesOf(stage)).toEqual(['espalier-ledger/issue-1', 'espalier-queue/main', 'main']);

    stage.clock.advance(31 * DAY_MS);
    await stage.step({ mode: 'cleanup', isDryRun: false, permissions: CLEANING });
    const archive = `archive/espalier/issue-1/ledger-${ledgerSha?.slice(0, 12)}`;
    expect(branchesOf(stage)).toEqual([archive, 'espalier-queue/main', 'main']);
    expect(stage.repository.refs.get(`refs/heads/${archive}`)).toBe(ledgerSha);
    const again = await stage.step({ mode: 'cleanup', isDryRun: false, permissions: CLEANING });
    expect(again.outputs['removed']).toBe('0');
  }, 60_000);

  test('leaves alone what a person has moved, and what is no plan of its own', async () => {
    await using stage = await openServerlessStage({ script: CONTENT });
    await playPlan(stage);
    const { world, maintainer, repository } = stage;
    const more = [{ message: 'More', files: { 'more.txt': 'more\n' } }];
    await pushCommits(world, maintainer, repository, { branch: 'espalier/issue-1/a.1', commits: more });
    await pushCommits(world, maintainer, repository, { branch: 'espalier/mine/a', commits: more });
    const { summary } = await stage.step({ mode: 'cleanup', isDryRun: false });
    expect(branchesOf(stage)).toContain('espalier/issue-1/a.1');
    expect(branchesOf(stage)).toContain('espalier/mine/a');
    expect(summary).toContain('somebody has moved it');
    expect(summary).toContain('no ledger says what it is for');
  }, 60_000);

  test('does nothing where the configuration does not say how long things are kept', async () => {
    const files = { '.github/espalier.yml': 'github: {cleanup: {archives_after: soon}}\n' };
    await using stage = await openServerlessStage({ script: CONTENT, files });
    await expect(stage.step({ mode: 'cleanup', isDryRun: false })).rejects.toThrow('cannot be read');
  });
});
