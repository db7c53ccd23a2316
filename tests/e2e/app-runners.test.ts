import { expect, it } from 'vitest';

import { pushCommits } from '../support/github/operations/commits.ts';
import type { AppWorld } from '../support/github-app.ts';
import {
  ask,
  attemptsOf,
  finishLanded,
  openSmallApp,
  runsOf,
  SMALL_CONFIG,
  statusOf,
  takeNews,
  writeTasks,
} from '../support/small-plan.ts';

const ALLOWED = 'github: {runners: [[self-hosted, gpu]]}';

async function pushConfig(app: AppWorld, ...lines: string[]): Promise<void> {
  const files = { '.github/espalier.yml': `${SMALL_CONFIG}${lines.join('\n')}\n` };
  await pushCommits(app.world, app.maintainer, app.repository, {
    branch: 'main',
    commits: [{ message: 'Change the configuration', files }],
  });
}

/** A comment as a person sees it: brackets are escaped in its Markdown. */
function shown(markdown: string | undefined): string {
  return (markdown ?? '').replaceAll('&#91;', '[').replaceAll('&#93;', ']');
}

/** What the legs of all runs were to run on, in the order of their dispatch. */
function runnersOf(app: AppWorld): [task: string, runner: string][] {
  return runsOf(app).flatMap(({ inputs }) =>
    (JSON.parse(inputs['legs'] ?? '') as { task: string; runs_on: string[] }[]).map((leg): [string, string] => [
      leg.task,
      leg.runs_on.join(' '),
    ]),
  );
}

it('dispatches no task to a runner that the configuration does not allow, and says which line of it would', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('Two tasks', writeTasks({ a: ['runs_on: [self-hosted, gpu]'], b: ['needs: [a]'] }));
  for (const command of ['/espalier check', '/espalier run']) {
    const answer = shown(await ask(app, issue, command));
    expect(answer).toContain(`write '${ALLOWED}' in .github/espalier.yml on the base`);
    expect(answer).toContain('`runner-not-allowed`');
  }
  expect(runsOf(app)).toEqual([]);
  await pushConfig(app, ALLOWED);
  expect(await ask(app, issue, '/espalier check')).toContain('The plan can be run');
  await ask(app, issue, '/espalier run');
  await finishLanded(app, issue);
  const runners = new Set(runnersOf(app).map((leg) => leg.join(' on ')));
  expect(runners).toEqual(new Set(['a on self-hosted gpu', 'b on ubuntu-latest']));
}, 60_000);

it('holds a task back whose runner is allowed no more, says so once, and goes on when it is', async () => {
  await using app = await openSmallApp();
  await pushConfig(app, ALLOWED);
  const issue = await app.openIssue(
    'Two tasks',
    writeTasks({ a: [], b: ['needs: [a]', 'runs_on: [gpu, self-hosted]'] }),
  );
  await ask(app, issue, '/espalier run');
  await pushConfig(app);
  await app.settle(180_000);
  expect(await attemptsOf(app, issue)).toMatchObject({ a: 'landed' });
  expect(runnersOf(app).filter(([task]) => task === 'b')).toEqual([]);
  const [told, ...others] = takeNews(app, issue);
  expect(others).toEqual([]);
  expect(shown(told)).toMatch(/The plan cannot go on.*Task 'b'.*may not ask for the runner.*github: \{runners/s);
  expect(statusOf(app, issue)).toContain('may not ask for the runner');
  await pushConfig(app, ALLOWED);
  await finishLanded(app, issue);
  expect(
    runnersOf(app)
      .filter(([task]) => task === 'b')
      .every(([, runner]) => runner === 'gpu self-hosted'),
  ).toBe(true);
}, 60_000);
