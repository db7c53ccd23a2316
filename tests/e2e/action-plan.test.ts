import { expect, it } from 'vitest';

import { EIGHT_TASKS, findStoryFlaws, SCRIPTED_FILES, writePlan } from '../support/action-story.ts';
import { KEEPERS, type Keeper, openActionWorld } from '../support/action-world.ts';
import { describeEngine } from '../support/engines.ts';

/** One keeper is played in each run of the tests; ESPALIER_TEST_DEPTH=full plays all of them. */
const PLAYED: readonly Keeper[] = process.env['ESPALIER_TEST_DEPTH'] === 'full' ? KEEPERS : ['github-token'];

describeEngine('docker', 'a plan issue in a repository that init has set up', (fixture) => {
  it.each(PLAYED)(
    'becomes eight landed tasks, in order, each as the tree that was tested, kept by %s',
    async (keeper) => {
      const { DOCKER_HOST = '' } = fixture().env;
      await using app = await openActionWorld({ keeper, files: SCRIPTED_FILES, machineEnv: { DOCKER_HOST } });
      const issue = await app.openPlan('Plant an orchard', writePlan(EIGHT_TASKS));
      await app.say(issue, '/espalier run');
      await app.until(() => issue.state === 'closed', 'The end of the plan', 500_000);
      expect(await findStoryFlaws(app, issue, EIGHT_TASKS)).toEqual([]);
      expect(app.runner.takeProblems()).toEqual([]);
    },
    600_000,
  );
});
