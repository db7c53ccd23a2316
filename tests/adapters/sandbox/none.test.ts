import { spawnSync } from 'node:child_process';

import { expect, it } from 'vitest';

import { openGroupMaker } from '../../../src/adapters/sandbox/cgroup.ts';
import { findProcessesOf } from '../../support/cli-process.ts';
import { describeEngine, uniqueRunName } from '../../support/engines.ts';
import { describeRuns } from './contained-runs.ts';

const groups = await openGroupMaker();
if (groups === null) process.stderr.write('\nSKIPPED: control groups: none can be made here. Run the tests as root\n');

describeEngine('none', 'runs', (fixture) => {
  describeRuns(fixture);

  it.runIf(groups !== null)('ends what left everything that marks it before anything else was done', async () => {
    const mark = uniqueRunName('unmarked');
    // The first thing that the first process does, so that there is no time in which it could be caught later.
    const script = `setsid env -i /bin/sh -c 'sleep 600; : ${mark}' >/dev/null 2>&1 & exit 0`;
    for (let tries = 0; tries < 20; tries += 1)
      expect(await fixture().run(['sh', '-c', script])).toMatchObject({ status: 'exited', exitCode: 0 });
    expect(await findProcessesOf(mark)).toEqual([]);
  });
});

it.runIf(groups !== null)('a process that starts something within a group does not stay there', async () => {
  const group = await groups?.create(uniqueRunName('group'), null);
  const shown = group?.startWithin(() => spawnSync('cat', ['/proc/self/cgroup'], { encoding: 'utf8' }).stdout);
  const own = spawnSync('cat', ['/proc/self/cgroup'], { encoding: 'utf8' }).stdout;
  expect(await group?.remove()).toBe(true);
  expect(shown).toContain('/espalier-group-');
  expect(own).not.toContain('/espalier-group-');
});
