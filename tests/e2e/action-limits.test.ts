/** What a plan meets that is kept with nothing but `GITHUB_TOKEN`: each limit is named with who has to do what. */
import { expect, it } from 'vitest';

import { findStoryFlaws, statusOf, writePlan } from '../support/action-story.ts';
import { readLedger } from '../support/plan-scenario.ts';
import { type ActionWorld, openActionWorld } from '../support/action-world.ts';
import { chooseDepth } from '../support/depth.ts';
import { describeEngine, type EngineFixture } from '../support/engines.ts';
import { changeSettings } from '../support/github/operations/repositories.ts';
import type { Issue, WorkflowRun } from '../support/github/state.ts';

const CI_PATH = '.github/workflows/ci.yml';
/** The repository's own: it hears of pull requests as any CI does. */
const CI = `name: Orchard CI
on:
  pull_request:
permissions: {}
jobs:
  test:
    name: orchard-test
    runs-on: ubuntu-latest
    steps:
      - run: echo fine
`;

const FILES = {
  'tools/agent.sh': 'echo "made by $ESPALIER_TASK" > "$ESPALIER_TASK.txt"\n',
  'tools/test.sh': 'ls *.txt > /dev/null\n',
  'start.txt': 'here\n',
};

function writeConfig(...lines: readonly string[]): string {
  return `defaults:
  agent: "command: sh tools/agent.sh"
  test: "sh tools/test.sh"
  review: off
  retries: 0
${lines.map((line) => `${line}\n`).join('')}`;
}

function openWorld(fixture: EngineFixture, files: Readonly<Record<string, string>>): Promise<ActionWorld> {
  const { DOCKER_HOST = '' } = fixture.env;
  return openActionWorld({ keeper: 'github-token', files: { ...FILES, ...files }, machineEnv: { DOCKER_HOST } });
}

/** The status comment as people read it: without the backslashes and entities of its Markdown. */
function shownStatus(app: ActionWorld, issue: Issue): string {
  return statusOf(app, issue)
    .replaceAll(/\\(?=[^\w\s])/gu, '')
    .replaceAll(/&#(\d+);/gu, (_, number: string) => String.fromCodePoint(Number(number)));
}

/** Runs of the repository's own CI that wait for a click. */
function heldRuns({ repository }: ActionWorld): WorkflowRun[] {
  return [...repository.runs.values()].filter(
    ({ path, conclusion }) => path === CI_PATH && conclusion === 'action_required',
  );
}

describeEngine('docker', 'a plan that is kept by GITHUB_TOKEN alone', (fixture) => {
  it.runIf(chooseDepth(false, true))(
    'says what has to be switched on, then which run has to be let begin, and lands once both are done',
    async () => {
      await using app = await openWorld(fixture(), {
        [CI_PATH]: CI,
        '.github/espalier.yml': writeConfig('github:', '  checks: [orchard-test]'),
      });
      await changeSettings(app.world, app.repository, { actionsMayOpenPulls: false });
      const tasks = { pear: [] };
      const issue = await app.openPlan('Plant a pear', writePlan(tasks));
      await app.say(issue, '/espalier run');
      await app.untilSeen(
        () => shownStatus(app, issue).includes('The plan cannot go on'),
        'The word about the setting',
        300_000,
      );
      expect(shownStatus(app, issue)).toMatch(
        /A setting keeps GitHub Actions from opening pull requests.*Tick 'Allow GitHub Actions to create and approve pull requests'/su,
      );
      expect(app.repository.settings.actionsMayOpenPulls).toBe(false);

      await changeSettings(app.world, app.repository, { actionsMayOpenPulls: true });
      await app.say(issue, '/espalier run');
      await app.untilSeen(
        () => shownStatus(app, issue).includes('Approve workflows to run'),
        'The word about the CI',
        300_000,
      );
      const [held, ...others] = heldRuns(app);
      expect(others).toEqual([]);
      expect(shownStatus(app, issue)).not.toContain('The plan cannot go on');
      expect(shownStatus(app, issue)).toMatch(
        /pear.*GitHub holds back \[Orchard CI\]\(.*Somebody with write permission has to click/u,
      );
      expect(shownStatus(app, issue)).toContain(`/actions/runs/${held?.id}`);

      await app.until(
        async () => {
          for (const run of heldRuns(app)) await app.runner.approve(app.maintainer, run);
          return issue.state === 'closed';
        },
        'The end of the plan',
        300_000,
      );
      expect(await findStoryFlaws(app, issue, tasks)).toEqual([]);
    },
    600_000,
  );

  it('ends a task that changes workflows with its reason and what a person can do', async () => {
    await using app = await openWorld(fixture(), {
      'tools/agent.sh': `mkdir -p .github/workflows && printf '%s\\n' 'on: push' 'jobs: {}' > .github/workflows/new.yml\n`,
      '.github/espalier.yml': writeConfig(),
    });
    const plan = writePlan({ ci: [] }).replace(
      /(?<title>    title: .*\n)/u,
      '$<title>    allow: [".github/workflows/**"]\n',
    );
    const issue = await app.openPlan('Change the CI', plan);
    await app.say(issue, '/espalier run');
    const because =
      /The change has workflow files, which the token of this job may not push\. Land that change yourself; or install your own GitHub App/u;
    const lastAttempt = async () => (await readLedger(app, issue))?.ledger.tasks['ci' as never]?.attempts.at(-1);
    await app.untilSeen(() => because.test(shownStatus(app, issue)), 'The reason in the status comment', 300_000);
    expect(await lastAttempt()).toMatchObject({ attempt: 1, evidence: { failure: { cause: 'publish-refused' } } });
    expect((await lastAttempt())?.evidence?.failure?.detail).toMatch(because);
    expect(shownStatus(app, issue)).toMatch(because);
    const { world, repository } = app;
    const files = await world.git.run(repository.gitDir, ['ls-tree', '-r', '--name-only', 'main']);
    expect(files.toString()).not.toContain('new.yml');
    const published = [...repository.refs.keys()].filter((ref) => ref.startsWith('refs/heads/espalier/'));
    expect(published).toEqual([]);
  }, 600_000);
});
