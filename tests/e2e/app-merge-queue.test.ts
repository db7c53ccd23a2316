import { expect, it } from 'vitest';

import type { LegFacts, LegOutcome } from '../support/github/actions-stand-in.ts';
import { openAppWorld, type AppWorld } from '../support/github-app.ts';
import { createStatus } from '../support/github/operations/checks.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { dequeuePull, enqueuePull } from '../support/github/operations/merge-queue.ts';
import { openPull } from '../support/github/operations/pulls.ts';
import { addRuleset } from '../support/github/operations/repositories.ts';
import type { Issue, MergeQueueEntry, Oid, PullIssue } from '../support/github/state.ts';
import { isPull } from '../support/github/world.ts';
import { planText } from '../support/hosted-builders.ts';
import { readLedger } from '../support/plan-scenario.ts';

const GATE = 'espalier/gate';
/** What a person changes while task `c` stands in the queue; the first attempt at `c` does not bear it. */
const LATE = 'late.txt';

async function play({ leg, read }: LegFacts): Promise<LegOutcome> {
  if (leg.work === 'trial') return { tests: (await isBroken(read)) ? 'failed' : 'passed' };
  return { files: { [`${leg.task}.txt`]: `attempt ${leg.attempt}\n` } };
}

async function isBroken(read: LegFacts['read']): Promise<boolean> {
  return (await read(LATE)) !== null && (await read('c.txt')) === 'attempt 1\n';
}

/** A base that is moved by GitHub's queue alone, which asks for the gate of this app and for a check of the repository. */
async function protectMain({ world, repository, app }: AppWorld): Promise<void> {
  await addRuleset(world, repository, {
    name: 'main',
    include: ['~DEFAULT_BRANCH'],
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          required_status_checks: [{ context: GATE, integration_id: app.id }, { context: 'ci' }],
          strict_required_status_checks_policy: false,
        },
      },
      {
        type: 'merge_queue',
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: 'ALLGREEN',
          max_entries_to_build: 5,
          max_entries_to_merge: 5,
          merge_method: 'MERGE',
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 0,
        },
      },
    ],
  });
}

/** The repository's own check, which passes on every commit but those that it is told to keep waiting. */
class Ci {
  private readonly done = new Set<Oid>();
  private readonly app: AppWorld;
  isHeld: (entry: MergeQueueEntry) => boolean = () => false;

  constructor(app: AppWorld) {
    this.app = app;
  }

  async run(): Promise<void> {
    const { world, repository, maintainer } = this.app;
    const heads = [...repository.issues.values()]
      .filter(isPull)
      .filter(({ state }) => state === 'open')
      .map(({ pull }) => pull.headSha);
    const groups = this.queue().flatMap((entry) =>
      entry.group === null || this.isHeld(entry) ? [] : [entry.group.headSha],
    );
    for (const sha of [...heads, ...groups].filter((one) => !this.done.has(one))) {
      this.done.add(sha);
      await createStatus(world, maintainer, repository, { sha, context: 'ci', state: 'success' });
    }
  }

  queue(): readonly MergeQueueEntry[] {
    return this.app.repository.mergeQueues.get('main') ?? [];
  }
}

/** A person's own change, as a pull request. */
async function openOwnPull(app: AppWorld, branch: string, file: string): Promise<PullIssue> {
  const { world, maintainer, repository } = app;
  const commits = [{ message: `Add ${file}`, files: { [file]: 'by a person\n' } }];
  await pushCommits(world, maintainer, repository, { branch, from: 'main', commits });
  return openPull(world, maintainer, repository, { title: `Add ${file}`, head: branch, base: 'main' });
}

function gateOf({ repository, app }: AppWorld, sha: Oid): string[] {
  return [...repository.checkRuns.values()]
    .filter((run) => run.appId === app.id && run.name === GATE && run.headSha === sha)
    .map(({ status, conclusion, title }) => `${conclusion ?? status}: ${title ?? ''}`);
}

function pullOf({ repository }: AppWorld, task: string): PullIssue | undefined {
  return [...repository.issues.values()].filter(isPull).findLast(({ pull }) => pull.headRefName.endsWith(`/${task}`));
}

async function statusesOf(app: AppWorld, issue: Issue): Promise<Record<string, string>> {
  const tasks = (await readLedger(app, issue))?.ledger.tasks ?? {};
  return Object.fromEntries(
    Object.entries(tasks).map(([id, { attempts }]) => [id, attempts.map(({ status }) => status).join(' ')]),
  );
}

/** Plays a plan on a base that GitHub's queue moves, with the repository's own check at work. */
async function openQueueWorld(tasks: Readonly<Record<string, string>>, replicas = 1) {
  const app = await openAppWorld({ script: play, replicas });
  await protectMain(app);
  const ci = new Ci(app);
  const issue = await app.openIssue('A plan', planText(tasks));
  await app.say(issue, '/espalier run');
  return {
    app,
    ci,
    issue,
    until: (isDone: () => boolean | Promise<boolean>, what: string): Promise<void> =>
      app.until(async () => {
        await ci.run();
        return isDone();
      }, what),
    /** The group of a pull request in the queue, if there is one. */
    groupOf: (pull: PullIssue | undefined) =>
      ci.queue().find((entry) => entry.pullNumber === pull?.number)?.group ?? null,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

it('lands tasks through the merge queue: one behind a change of a person, one that fails there and comes back', async () => {
  await using scene = await openQueueWorld({
    a: 'title: Do a',
    b: 'title: Do b, needs: [a]',
    c: 'title: Do c, needs: [b]',
  });
  const { app, ci, issue, until, groupOf } = scene;
  const { world, maintainer } = app;
  const putBefore = async (branch: string, file: string): Promise<PullIssue> => {
    const pull = await openOwnPull(app, branch, file);
    await until(() => gateOf(app, pull.pull.headSha).length > 0, `An answer for #${pull.number}`);
    expect(gateOf(app, pull.pull.headSha)).toEqual(['success: No task of a plan']);
    ci.isHeld = (entry) => entry.pullNumber === pull.number;
    await ci.run();
    await enqueuePull(world, maintainer, pull, {});
    return pull;
  };
  await until(() => pullOf(app, 'a')?.pull.isMerged === true, 'The landing of a');

  // What the queue makes of `b` stands on a change of a person that has not landed yet: its tree is another.
  const early = await putBefore('early', 'early.txt');
  await until(() => groupOf(pullOf(app, 'b')) !== null, 'The group of b');
  const groupOfB = groupOf(pullOf(app, 'b'))?.headSha ?? '';
  ci.isHeld = () => false;
  await until(() => pullOf(app, 'b')?.pull.isMerged === true, 'The landing of b');
  expect(early.pull.isMerged).toBe(true);
  expect(gateOf(app, groupOfB)).toEqual(['success: Tested as it lands']);

  // The tests of `c` fail on what a person changed meanwhile. It goes back, and the next attempt bears it.
  const late = await putBefore('late', LATE);
  await until(() => groupOf(pullOf(app, 'c')) !== null, 'The group of c');
  const groupOfC = groupOf(pullOf(app, 'c'))?.headSha ?? '';
  await until(() => gateOf(app, groupOfC).some((text) => text.startsWith('failure')), 'The failure of c');
  ci.isHeld = () => false;
  await until(() => issue.state === 'closed', 'The end of the plan');
  await app.settle();

  expect(await statusesOf(app, issue)).toEqual({ a: 'landed', b: 'landed', c: 'returned landed' });
  expect(late.pull.isMerged).toBe(true);
  const attempts = Object.entries((await readLedger(app, issue))?.ledger.tasks ?? {}).find(([id]) => id === 'c')?.[1];
  expect(attempts?.attempts[1]?.feedback).toBe('expected 1, found 2');
  expect(await flawsOf(app, issue)).toEqual([]);
  // One test of each trial, and one more of each group whose tree was another; that of `a` was known.
  const tested = app.standIn.done.filter(({ leg }) => leg.work === 'trial').map(({ leg }) => leg.headSha);
  expect(tested).toEqual([groupOfB, groupOfC]);
  expect(app.read(issue).at(-1)?.body).toContain('3 exact');
  app.github.assertNothingUnread(app.app.id);
  const unused = app.github.server.permissions.findUnused(app.app.id, app.installation.permissions);
  expect(unused).not.toContain('merge_queues');
}, 120_000);

it('leaves a task out of the queue for a while after a person has taken it out, and says so', async () => {
  await using scene = await openQueueWorld({ a: 'title: Do a' });
  const { app, ci, issue, until, groupOf } = scene;
  ci.isHeld = () => true;
  await until(() => groupOf(pullOf(app, 'a')) !== null, 'The group of a');
  const pull = pullOf(app, 'a');
  if (pull === undefined) throw new Error('There is no pull request of a.');
  const outAt = app.clock.now();
  await dequeuePull(app.world, app.maintainer, pull);
  await until(
    () => app.read(issue).some(({ body }) => body.includes('a person took it out of the merge queue')),
    'A word of it',
  );
  await until(() => groupOf(pull) !== null, 'Another try');
  expect(app.clock.now() - outAt).toBeGreaterThanOrEqual(15 * 60_000);
  ci.isHeld = () => false;
  await until(() => issue.state === 'closed', 'The end of the plan');
  expect(await flawsOf(app, issue)).toEqual([]);
}, 120_000);

it('answers for two plans and a person in one queue, each once, also with two processes at work', async () => {
  await using scene = await openQueueWorld({ a: 'title: Do a' }, 2);
  const { app, ci, issue, until, groupOf } = scene;
  const other = await app.openIssue('Another plan', planText({ x: 'title: Do x', y: 'title: Do y' }));
  await app.say(other, '/espalier run');
  const theirs = await openOwnPull(app, 'theirs', 'theirs.txt');
  ci.isHeld = () => true;
  await until(() => gateOf(app, theirs.pull.headSha).length > 0, "An answer for a person's change");
  await ci.run();
  await enqueuePull(app.world, app.maintainer, theirs, {});
  const isIn = (task: string): boolean => groupOf(pullOf(app, task)) !== null;
  await until(() => isIn('a') && (isIn('x') || isIn('y')), 'All of them in one queue');
  const told = (): string[] => ci.queue().flatMap(({ group }) => gateOf(app, group?.headSha ?? ''));
  await until(() => told().filter((text) => text.startsWith('success')).length === 3, 'Three answers');
  expect(told().toSorted()).toEqual([
    'success: No task of a plan',
    'success: Tested as it lands',
    'success: Tested as it lands',
  ]);
  ci.isHeld = () => false;
  await until(() => issue.state === 'closed' && other.state === 'closed', 'The end of both plans');
  await app.settle();
  expect([...(await flawsOf(app, issue)), ...(await flawsOf(app, other))]).toEqual([]);
}, 120_000);

/** What is wrong with the landings of a plan that is over, as the repository itself shows them. */
async function flawsOf(app: AppWorld, issue: Issue): Promise<string[]> {
  const { world, repository } = app;
  const flaws: string[] = [];
  for (const certificate of (await readLedger(app, issue))?.ledger.certificates ?? []) {
    const { task, strength, landedSha, landedTree, testedTree, tests } = certificate;
    const tree = (await world.git.readCommit(repository.gitDir, landedSha))?.tree;
    const pull = pullOf(app, task);
    if (strength !== 'exact') flaws.push(`${task} landed ${strength}`);
    if (tree !== landedTree || tree !== testedTree) flaws.push(`${task} landed as a tree that was not tested`);
    if (!tests.some((test) => test.tree === tree && test.status === 'passed')) flaws.push(`${task} has no test`);
    if (pull?.pull.mergeCommitSha !== landedSha) flaws.push(`${task} did not land by its pull request`);
    // Exactly one check on what landed, and none that was given twice on what did not.
    if (gateOf(app, landedSha).join() !== 'success: Tested as it lands')
      flaws.push(`${task}: ${gateOf(app, landedSha).join()}`);
  }
  const heads = [...repository.checkRuns.values()].filter(({ name }) => name === GATE).map(({ headSha }) => headSha);
  const doubled = heads.filter((sha, at) => heads.indexOf(sha) !== at);
  return [...flaws, ...doubled.map((sha) => `${sha} was answered twice`)];
}
