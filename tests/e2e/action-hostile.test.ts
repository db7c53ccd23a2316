/**
 * Machines of the job work that somebody else has taken over, beside an honest one in the same run. Played at full depth:
 * what each job refuses of another's is shown at every depth, job by job, where the modes of a leg are tested.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { statusOf, writePlan } from '../support/action-story.ts';
import { readLedger } from '../support/plan-scenario.ts';
import { type ActionWorld, openActionWorld } from '../support/action-world.ts';
import { corruptMachines, type Corruption } from '../support/corruptions.ts';
import { chooseDepth } from '../support/depth.ts';
import { describeEngine, type EngineFixture } from '../support/engines.ts';
import type { Issue } from '../support/github/state.ts';

/** What becomes of each, as ledger and comment say it. */
const REASONS: Readonly<Record<Exclude<Corruption, 'squatter'>, RegExp>> = {
  'forged-result': /the job work may only say that it failed, and this evidence says otherwise/,
  'forged-record': /What the job work left is not believed: .*not one of this version/,
  oversized: /the work record has 34603008 bytes; at most 33554432 are taken/,
  // Its pack is nowhere, which a fault of GitHub's would look like too.
  'other-name': /Run \d+ \(.*\) ended as 'failure' and left no result for this/,
  traversal: /the pack is refused: .*does not begin with the name of a tree/,
  'evil-trees': /the pack is refused: .*not sound/,
  'other-digests': /the (?:pack|work record) is not the file that its job left/,
};
const PLAYED = Object.keys(REASONS) as (keyof typeof REASONS)[];
const NAME_IS_TAKEN = 'an artifact with this name already exists on the workflow run';
const HONEST = 'honest';

const files = (retries: number) => ({
  'tools/agent.sh': 'echo "made by $ESPALIER_TASK" > "$ESPALIER_TASK.txt"\n',
  'tools/test.sh': 'ls *.txt > /dev/null\n',
  'start.txt': 'here\n',
  '.github/espalier.yml': `defaults:
  agent: "command: sh tools/agent.sh"
  test: "sh tools/test.sh"
  review: off
  retries: ${retries}
max_parallel: 10
`,
});

async function lastAttempts(app: ActionWorld, issue: Issue) {
  const found = await readLedger(app, issue);
  return new Map(
    Object.entries(found?.ledger.tasks ?? {}).map(([task, { attempts }]) => [task, attempts.at(-1)] as const),
  );
}

interface Play extends AsyncDisposable {
  app: ActionWorld;
  issue: Issue;
  /** The last attempts by task. */
  attempts: Awaited<ReturnType<typeof lastAttempts>>;
}

/** Plays a plan with one honest task and a corrupted one for each way, until every task has landed or failed. */
async function play(fixture: EngineFixture, corrupted: readonly Corruption[], retries: number): Promise<Play> {
  const shared = mkdtempSync(path.join(os.tmpdir(), 'esp-shared-'));
  const app = await openActionWorld({
    keeper: 'github-token',
    files: files(retries),
    machineEnv: { DOCKER_HOST: fixture.env['DOCKER_HOST'] ?? '' },
    runner: corruptMachines(corrupted, { honest: HONEST, shared }),
  });
  const tasks = [HONEST, ...corrupted];
  const plan = writePlan(Object.fromEntries(tasks.map((task) => [task, []])));
  const issue = await app.openPlan('Trust nobody', plan.replace('final: sh tools/test.sh\n', ''));
  await app.say(issue, '/espalier run');
  const isOver = async (): Promise<boolean> => {
    const attempts = await lastAttempts(app, issue);
    const mayGoOn = (task: string): boolean => task === HONEST && (attempts.get(task)?.attempt ?? 1) <= retries;
    return tasks.every((task) => {
      const status = attempts.get(task)?.status;
      return status === 'landed' || (status === 'failed' && !mayGoOn(task));
    });
  };
  await app.until(isOver, 'The end of all legs', 550_000);
  return {
    app,
    issue,
    attempts: await lastAttempts(app, issue),
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]();
      rmSync(shared, { recursive: true, force: true });
    },
  };
}

/** True at full depth alone. */
const IS_PLAYED = chooseDepth(false, true);

describeEngine('docker', 'legs on machines that somebody has taken over', (fixture) => {
  it.runIf(IS_PLAYED)(
    'end with a reason of their own each, leave nothing behind, and harm no other leg',
    async () => {
      await using played = await play(fixture(), PLAYED, 0);
      const { app, issue, attempts } = played;
      expect(attempts.get(HONEST)).toMatchObject({ status: 'landed', attempt: 1 });
      const ends = PLAYED.map((kind) => [kind, attempts.get(kind)?.evidence] as const);
      expect(Object.fromEntries(ends.map(([kind, end]) => [kind, end?.failure?.detail]))).toEqual(
        Object.fromEntries(PLAYED.map((kind) => [kind, expect.stringMatching(REASONS[kind]) as string])),
      );
      expect(ends.filter(([, end]) => end?.headSha !== null)).toEqual([]);
      const status = statusOf(app, issue).replaceAll(/\\(?=[^\w\s])|<\/?code>/gu, '');
      expect(PLAYED.filter((kind) => !REASONS[kind].test(status))).toEqual([]);
      await expectCleanRepository(app);
    },
    600_000,
  );

  it.runIf(IS_PLAYED)(
    'that take the name of another leg before it put that leg off to its next attempt, and get nothing of theirs in',
    async () => {
      await using played = await play(fixture(), ['squatter'], 1);
      const { app, issue, attempts } = played;
      expect(attempts.get('squatter')).toMatchObject({ status: 'failed', evidence: { headSha: null } });
      expect(attempts.get(HONEST)).toMatchObject({ status: 'landed', attempt: 2 });
      const found = await readLedger(app, issue);
      const first = found?.ledger.tasks[HONEST as never]?.attempts[0]?.evidence?.failure;
      expect(first?.detail).toMatch(REASONS['other-name']);
      expect(app.runner.logs.flatMap(({ lines }) => lines).join('\n')).toContain(NAME_IS_TAKEN);
      await expectCleanRepository(app);
    },
    600_000,
  );
});

/** Only the honest change is on the base, every object is sound, and no branch of a corrupted task was made. */
async function expectCleanRepository({ world, repository }: ActionWorld): Promise<void> {
  const git = async (...args: string[]): Promise<string> => (await world.git.run(repository.gitDir, args)).toString();
  expect((await git('ls-tree', '--name-only', 'main')).split('\n').filter((name) => name.endsWith('.txt'))).toEqual([
    `${HONEST}.txt`,
    'start.txt',
  ]);
  await git('fsck', '--full', '--strict', '--no-dangling');
  const branches = [...repository.refs.keys()].filter((ref) => ref.startsWith('refs/heads/espalier/'));
  expect(branches.filter((ref) => !ref.includes(HONEST))).toEqual([]);
}
