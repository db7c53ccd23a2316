/** `run` and what follows it, on real repositories, without a sandbox and with agents that are shell scripts. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { describeThisProcess } from '../../../src/adapters/local/processes.ts';
import type { PlanLedger } from '../../../src/core/ledger/ledger.ts';
import { claimHolder } from '../../../src/core/ledger/transitions.ts';
import { changeLedger } from '../../../src/engine/ledger-session.ts';
import { openGitLedgerStore } from '../../../src/adapters/local/git-ledger-store.ts';
import { makeRepository, makeShallowClone, type RepositoryFixture } from '../../support/git-fixture.ts';
import { type CliResult, type CliRun, runCli } from './run-cli.ts';

const AGENT = `#!/bin/sh
set -eu
if [ -e "$(cat slow)" ]; then sleep 60; fi
echo "made by $ESPALIER_TASK" > "$ESPALIER_TASK.txt"
if [ "$ESPALIER_TASK" = greedy ]; then echo mine > root.txt; fi
echo "\u001b[31mdone\u001b[0m with $ESPALIER_TASK"
`;

const ONE = `plan: garden
defaults:
  agent: {command: [sh, tools/agent.sh]}
  test: 'sh tools/test.sh'
  review: off
  retries: 0
tasks:
  roots: {spec: dig, owns: [roots.txt]}
`;

const PLAN = `${ONE}  leaves: {spec: grow, needs: [roots], owns: [leaves.txt]}
`;

const GREEDY = `${PLAN}  greedy: {spec: take, owns: [greedy.txt]}\n  late: {spec: wait, needs: [greedy], owns: [late.txt]}\n`;

let repository: RepositoryFixture;
let slowMarker = '';

async function setUp(): Promise<void> {
  repository = await makeRepository({ files: null });
  slowMarker = path.join(repository.root, 'be-slow');
  await repository.commit({
    'tools/agent.sh': AGENT,
    'tools/test.sh': 'test -e tools/agent.sh\n',
    slow: slowMarker,
  });
}

async function tearDown(): Promise<void> {
  await repository[Symbol.asyncDispose]();
}

async function cli(args: readonly string[], run: Partial<CliRun> = {}): Promise<CliResult> {
  return runCli(['--state-dir', repository.stateDir, ...args], { cwd: repository.path, env: repository.env, ...run });
}

async function run(plan: string, options: readonly string[] = [], extra: Partial<CliRun> = {}): Promise<CliResult> {
  return cli(['run', '-', '--sandbox', 'none', ...options], { stdin: plan, ...extra });
}

/** Both of the first two tasks land, `greedy` is refused, and `late` is held for it. */
async function runGreedy(): Promise<void> {
  const { code, stderr } = await run(GREEDY);
  if (code !== 1) throw new Error(`The plan ended with ${code}: ${stderr}`);
}

describe('espalier run', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it('lands the plan on a branch of its own, reports it, and leaves the checkout alone', async () => {
    const before = await repository.sha('main');
    const { code, stdout, stderr } = await run(PLAN);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('2 of 2 tasks landed on espalier/garden/landed');
    expect(stdout).toContain('Take it: git merge espalier/garden/landed');
    expect(stdout).toMatch(/spend +unknown/);
    expect(stderr).toContain('sandbox: none');
    expect(stderr).toContain('warning: agents, tests and reviewers run as you');
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d landed +leaves/m);
    expect(await repository.sha('main')).toBe(before);
    expect(existsSync(path.join(repository.path, 'roots.txt'))).toBe(false);
    await repository.git('merge', '--quiet', 'espalier/garden/landed');
    expect(existsSync(path.join(repository.path, 'leaves.txt'))).toBe(true);
  });

  it('tells scripts everything as JSON lines, the report last', async () => {
    const { code, stdout } = await run(GREEDY, ['--json']);
    expect(code).toBe(1);
    const lines = stdout
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as Record<string, unknown>);
    expect(lines.slice(0, -1).every((each) => each['type'] === 'event')).toBe(true);
    expect(lines.filter((each) => each['kind'] === 'landed').map((each) => each['task'])).toEqual(['roots', 'leaves']);
    expect(lines.at(-1)).toMatchObject({
      type: 'report',
      plan: 'garden',
      status: 'stuck',
      take: 'git merge espalier/garden/landed',
      landed: [{ task: 'roots' }, { task: 'leaves' }],
      notLanded: [
        { task: 'greedy', state: 'failed', next: 'espalier retry greedy --plan garden' },
        { task: 'late', state: 'held' },
      ],
    });
  });

  it('moves the base itself with --land-on-base, and the clean checkout of it follows', async () => {
    const { code, stdout } = await run(PLAN, ['--land-on-base']);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing to do: it landed on main itself.');
    expect(existsSync(path.join(repository.path, 'leaves.txt'))).toBe(true);
    expect(await repository.git('status', '--porcelain')).toBe('');
  });

  it('refuses --land-on-base over changes of the person, and only that', async () => {
    await repository.write({ 'mine.txt': 'not yet committed\n' });
    const refused = await run(ONE, ['--land-on-base']);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('is not clean');
    const allowed = await run(ONE);
    expect(allowed.code).toBe(0);
    expect(allowed.stderr).toContain('changes that are not committed are not part of the base');
    expect(existsSync(path.join(repository.path, 'mine.txt'))).toBe(true);
  });

  it('shows what it would do and changes nothing with --dry-run', async () => {
    const before = await repository.git('for-each-ref');
    const { code, stdout } = await run(PLAN, ['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('2 tasks, 1 edge');
    expect(stdout).toContain('would begin with 1 attempt');
    expect(stdout).toMatch(/roots +would start: sh tools\/agent.sh \(strict, medium/);
    expect(stdout).toMatch(/leaves +waits for roots/);
    expect(await repository.git('for-each-ref')).toBe(before);
  });

  it('starts only the tasks that --only names', async () => {
    const { code, stdout } = await run(PLAN, ['--only', 'roots']);
    expect(code).toBe(1);
    expect(stdout).toContain('1 of 2 tasks landed');
    const wrong = await run(PLAN, ['--only', 'rots']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("did you mean 'roots'?");
  });

  it('stops in good order at the first Ctrl-C, and the same command goes on from there', async () => {
    await writeFile(slowMarker, '');
    let presses = 0;
    const stopped = await run(ONE, [], {
      onStderr: (text, interrupt) => {
        if (!text.includes('attempt started') || presses > 0) return;
        presses += 1;
        setImmediate(interrupt);
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('stopping (SIGINT)');
    expect(stopped.stdout).toContain('the same espalier run command again');
    expect(stopped.exits).toEqual([]);
    await rm(slowMarker);
    expect((await run(ONE)).code).toBe(0);
  });

  it('ends at once at the second Ctrl-C', async () => {
    await writeFile(slowMarker, '');
    let hasBegun = false;
    const stopped = await run(ONE, [], {
      onStderr: (text, interrupt) => {
        if (!text.includes('attempt started') || hasBegun) return;
        hasBegun = true;
        setImmediate(() => {
          interrupt();
          interrupt();
        });
      },
    });
    expect(stopped.exits).toEqual([130]);
  });

  it('takes a plan that was changed only with --revise, and says what differs', async () => {
    expect((await run(PLAN)).code).toBe(0);
    const changed = `${PLAN}  fruit: {spec: bear, needs: [leaves], owns: [fruit.txt]}\n`;
    const refused = await run(changed);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('added: fruit');
    expect(refused.stderr).toContain('--revise');
    const revised = await run(changed, ['--revise']);
    expect(revised.code).toBe(0);
    expect(revised.stdout).toContain('3 of 3 tasks landed');
  });

  it('leaves a plan alone that another live process works on', async () => {
    expect((await run(GREEDY)).code).toBe(1);
    await using git = await repository.open();
    const store = openGitLedgerStore(git, { clock: { now: Date.now } });
    const me = await describeThisProcess();
    await changeLedger(store, 'garden' as PlanLedger['plan']['id'], 'claim', (ledger) => ({
      ok: true,
      value: claimHolder(ledger, me.id, 'a rival', 60_000, Date.now()),
    }));
    const busy = await run(GREEDY);
    expect(busy.code).toBe(4);
    expect(busy.stderr).toContain("Another run works on plan 'garden': a rival.");
    expect((await cli(['status'])).stdout).toContain('a run works on it: a rival');
    const clean = await cli(['clean', '--dry-run', '--older-than', '0']);
    expect(clean.stdout).toContain('a run works on this plan');
    expect(clean.stdout).not.toContain('would remove');
  });
});

describe('a repository that is not fit', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it('says that a folder is no repository', async () => {
    const folder = path.join(repository.root, 'elsewhere');
    await mkdir(folder);
    const { code, stderr } = await run(PLAN, [], { cwd: folder });
    expect(code).toBe(3);
    expect(stderr).toContain('is not in a git repository');
  });

  it('says that there is no commit yet', async () => {
    await using empty = await makeRepository({ files: null });
    const { code, stderr } = await run(PLAN, [], { cwd: empty.path, env: empty.env });
    expect(code).toBe(3);
    expect(stderr).toContain('no commit yet');
  });

  it('asks for a base where no branch is checked out, and takes the one that is named', async () => {
    await repository.git('switch', '--quiet', '--detach');
    const { code, stderr } = await run(ONE);
    expect(code).toBe(3);
    expect(stderr).toContain('--base main');
    const named = await run(ONE, ['--base', 'main']);
    expect(named.code).toBe(0);
    expect(named.stdout).toContain('git fetch . espalier/garden/landed:main');
  });

  it.each([
    { base: 'man', says: "did you mean 'main'?" },
    { base: '-rf', says: "does not begin with '-'" },
    { base: 'a..b', says: "has no '..'" },
  ])('refuses the base $base', async ({ base, says }) => {
    const { code, stderr } = await run(PLAN, ['--base', base]);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  it('names every program that is missing before anything starts', async () => {
    const plan = PLAN.replace('[sh, tools/agent.sh]', '[no-such-agent]').replace("'sh tools", "'no-such-shell tools");
    const { code, stderr } = await run(plan);
    expect(code).toBe(3);
    expect(stderr).toContain("'no-such-agent' of the agent was not found");
    expect(stderr).toContain("'no-such-shell' of the test command");
    expect(await repository.git('for-each-ref', 'refs/heads/espalier-ledger')).toBe('');
  });

  it('refuses a plan without a gate, an agent or a reviewer, all at once', async () => {
    const { code, stderr } = await run('plan: p\ntasks:\n  a: {spec: x}\n');
    expect(code).toBe(2);
    for (const word of ['no-agent', 'no-gate', 'no-reviewer']) expect(stderr).toContain(word);
  });

  it('reads the configuration of the base commit, and names what is wrong in it', async () => {
    await repository.commit({ '.github/espalier.yml': 'max_paralel: 2\n' });
    const { code, stderr } = await run(PLAN);
    expect(code).toBe(2);
    expect(stderr).toContain('.github/espalier.yml');
    expect(stderr).toContain('max_parallel');
  });

  it('works in a shallow clone, and says what agents do not see there', async () => {
    await repository.commit({ 'more.txt': 'more\n' });
    await using shallow = await makeShallowClone(repository, 1);
    const { code, stderr, stdout } = await run(ONE, [], { cwd: shallow.path, env: shallow.env });
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stderr).toContain('this is a shallow clone');
  });

  it('says of submodules that agents do not see them', async () => {
    const sha = await repository.sha('main');
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${sha},vendor/lib`);
    await repository.git('commit', '--quiet', '--message', 'Add a submodule');
    const { stderr } = await run(PLAN, ['--dry-run']);
    expect(stderr).toContain('1 submodule (vendor/lib) will not be checked out');
  });
});

describe('what a run left, looked at', () => {
  beforeAll(async () => {
    await setUp();
    await runGreedy();
  });
  afterAll(tearDown);

  it('shows where the plan stands', async () => {
    const { stdout: text } = await cli(['-C', 'repository', 'status', 'garden'], { cwd: repository.root });
    expect(text).toContain('stuck');
    expect(text).toMatch(/^leaves .* landed/m);
    const json = JSON.parse((await cli(['status', '--json'])).stdout) as { plan: string; status: string }[];
    expect(json).toMatchObject([{ plan: 'garden', status: 'stuck' }]);
  });

  it('explains a task with its gate and the next command', async () => {
    const { stdout } = await cli(['why', 'greedy']);
    expect(stdout).toContain('greedy has failed');
    expect(stdout).toMatch(/ownership +failed/);
    expect(stdout).toContain('espalier retry greedy --plan garden');
    const json = JSON.parse((await cli(['why', 'greedy', '--json'])).stdout) as { actor: string; task: { id: string } };
    expect(json).toMatchObject({ actor: 'you', task: { id: 'greedy' } });
    const wrong = await cli(['why', 'gredy']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("did you mean 'greedy'?");
  });

  it('shows the certificates, and says of a task that did not land that it has none', async () => {
    const { stdout } = await cli(['certificate', 'roots']);
    expect(stdout).toContain('Certificate of roots');
    expect(stdout).toContain('the tested one');
    const all = JSON.parse((await cli(['certificate', '--json'])).stdout) as { task: string }[];
    expect(all.map((each) => each.task)).toEqual(['roots', 'leaves']);
    expect((await cli(['certificate', 'greedy'])).code).toBe(1);
  });

  it('prints the log of an attempt without anything that acts on a terminal', async () => {
    const { code, stdout } = await cli(['logs', 'roots']);
    expect(code).toBe(0);
    expect(stdout).toContain('done with roots');
    expect(stdout).not.toContain('\u001b');
    const missing = await cli(['logs', 'roots', '--attempt', '7']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('Attempt 7');
    expect((await cli(['logs', 'roots', '--follow'])).stdout).toBe(stdout);
  });

  it('names a plan that is not there with the nearest one, and knows a plan by its file', async () => {
    const wrong = await cli(['status', 'gardn']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("did you mean 'garden'?");
    const file = path.join(repository.root, 'the-plan.yml');
    await writeFile(file, GREEDY);
    expect((await cli(['status', file])).code).toBe(0);
  });
});

describe('what a run left, changed', () => {
  beforeEach(async () => {
    await setUp();
    await runGreedy();
  });
  afterEach(tearDown);

  it('retries, cancels, pauses and resumes through the ledger', async () => {
    expect((await cli(['retry', 'roots'])).stderr).toContain('has landed already');
    expect((await cli(['cancel', 'late', 'roots'])).code).toBe(1);
    const before = JSON.parse((await cli(['status', 'garden', '--json'])).stdout) as { tasks: { state: string }[] };
    // All or nothing: 'roots' has landed, so that 'late' was not cancelled either.
    expect(before.tasks.at(-1)?.state).toBe('held');
    expect(await cli(['retry', 'greedy'])).toMatchObject({ code: 0, stdout: 'greedy will be attempted again\n' });
    expect((await cli(['cancel', 'greedy', 'late'])).code).toBe(0);
    const status = JSON.parse((await cli(['status', 'garden', '--json'])).stdout) as { tasks: { state: string }[] };
    expect(status.tasks.map((task) => task.state)).toEqual(['landed', 'landed', 'cancelled', 'cancelled']);
    expect((await cli(['cancel', '--all'])).code).toBe(1);
    expect(await cli(['pause'])).toMatchObject({ code: 0, stdout: 'garden is paused\n' });
    expect((await cli(['pause', 'garden'])).code).toBe(1);
    expect(await cli(['resume', 'garden'])).toMatchObject({ code: 0, stdout: 'garden goes on\n' });
  });

  it('attempts a task again after retry, and says when the plan then still cannot go on', async () => {
    await cli(['retry', 'greedy']);
    const again = await run(GREEDY);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/attempt failed +greedy/);
    expect((await cli(['why', 'greedy'])).stdout).toContain('attempt   2 of at most 2');
  });

  it('cleans up what is contained in the landed branch, and keeps what is nowhere else', async () => {
    const heads = async (): Promise<string[]> =>
      (await repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/espalier')).split('\n');
    const before = await heads();
    expect(before).toContain('espalier/garden/roots');
    const dry = await cli(['clean', '--dry-run', '--older-than', '0']);
    expect(dry.stdout).toMatch(/would remove branch espalier\/garden\/roots: its commits are in/);
    expect(await heads()).toEqual(before);
    const done = await cli(['clean', '--older-than', '0', '--json']);
    expect(done.code).toBe(0);
    const { kept } = JSON.parse(done.stdout) as { kept: { branch?: string; because: string }[] };
    const after = await heads();
    expect(after).not.toContain('espalier/garden/roots');
    expect(after).toContain('espalier/garden/landed');
    expect(kept.find((item) => item.branch === 'espalier/garden/greedy.1')?.because).toContain('nowhere else');
    expect(after).toContain('espalier/garden/greedy.1');
    expect((await cli(['clean', '--older-than', '0'])).stdout).toContain('0 items removed');
    expect((await run(GREEDY)).code).toBe(1);
  });
});

it('has nothing to show in a repository where no plan was run', async () => {
  await setUp();
  expect(await cli(['status'])).toMatchObject({ code: 0, stderr: '' });
  expect((await cli(['why', 'a'])).stderr).toContain('No plan has been run');
  expect((await cli(['clean'])).stdout).toContain('Nothing to clean');
  await tearDown();
});

it('says that a ledger of another making cannot be read, instead of that there is none', async () => {
  await setUp();
  await repository.git('branch', 'espalier-ledger/garden');
  const ended = await cli(['why', 'a']);
  expect(ended).toMatchObject({ code: 3 });
  expect(ended.stderr).toContain("The ledger on branch 'espalier-ledger/garden' cannot be read");
  expect(ended.stderr).toContain('No ledger of this repository can be read: garden.');
  await tearDown();
});
