import { expect, it } from 'vitest';

import { EIGHT_TASKS, findStoryFlaws, SCRIPTED_FILES, writePlan } from '../support/action-story.ts';
import { KEEPERS, type Keeper, openActionWorld } from '../support/action-world.ts';
import { chooseDepth } from '../support/depth.ts';
import { describeEngine } from '../support/engines.ts';

type Tasks = Readonly<Record<string, readonly string[]>>;

/** Two tasks, one of them sent back by its review, in each run of the tests; eight for every keeper where there is time. */
const PLAYED = chooseDepth<readonly (readonly [string, Keeper, Tasks])[]>(
  [['two', 'github-token', { apple: [], quince: ['apple'] }]],
  KEEPERS.map((keeper) => ['eight', keeper, EIGHT_TASKS]),
);

describeEngine('docker', 'a plan issue in a repository that init has set up', (fixture) => {
  it.each(PLAYED)(
    'becomes %s landed tasks, in order, each as the tree that was tested, kept by %s',
    async (_count, keeper, tasks) => {
      const { DOCKER_HOST = '' } = fixture().env;
      await using app = await openActionWorld({ keeper, files: SCRIPTED_FILES, machineEnv: { DOCKER_HOST } });
      const issue = await app.openPlan('Plant an orchard', writePlan(tasks));
      await app.say(issue, '/espalier run');
      await app.until(() => issue.state === 'closed', 'The end of the plan', 800_000);
      expect(await findStoryFlaws(app, issue, tasks)).toEqual([]);
      expect(app.runner.takeProblems()).toEqual([]);
    },
    900_000,
  );
});
