import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runAttempt } from '../../../src/engine/run-attempt.ts';
import { explainNoDaemon, startDockerDaemon, stopDockerDaemon } from '../../support/docker-daemon.ts';
import { attemptOrder, fileAt, makeTask, openAttemptRoom, script, watch, type AttemptRoom } from './attempt-room.ts';

const obstacle = explainNoDaemon();
if (obstacle !== null) {
  const message = `SKIPPED: attempts under docker (${obstacle}). sudo apt-get install -y docker.io, and run the tests as root`;
  if (process.env['ESPALIER_REQUIRE_ENGINES'] === '1') throw new Error(message);
  process.stderr.write(`${message}\n`);
}

describe.skipIf(obstacle !== null)('an attempt under docker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'esp-dk-'));
  let room: AttemptRoom;

  beforeAll(async () => {
    const dockerHost = await startDockerDaemon(folder);
    room = await openAttemptRoom('docker', {}, dockerHost);
  });

  afterAll(async () => {
    await room.close();
    await stopDockerDaemon(folder);
  });

  it('goes through two rounds and its verification, with git working inside and nothing left over', async () => {
    const reviewer = script(
      'if [ "$ESPALIER_ITERATION" -lt 2 ]; then echo \'{"score": 6, "findings": []}\'; else echo \'{"score": 10, "findings": []}\' > "$ESPALIER_REVIEW_FILE"; fi',
    );
    const task = makeTask({
      agent: script('test "$(id -u)" != 0 && echo changed >> src/a.txt && git add -A && git commit -qm mine'),
      test: [['sh', '-c', 'echo junk > junk; grep -q changed src/a.txt && git log --oneline']],
      ports: ['A_PORT'],
      review: { reviewer, threshold: 10, iterations: 3, rubric: '' },
    });
    const order = attemptOrder(room, task);
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({
      outcome: 'verified',
      failure: null,
      iterations: 2,
      paths: ['src/a.txt'],
      sandbox: { engine: 'docker' },
    });
    expect(fileAt(room, order.attemptBranch, 'src/a.txt')).toBe('a\nchanged\nchanged');
    expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(room.warnings).toEqual([]);
  });
});
