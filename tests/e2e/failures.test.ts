/**
 * Bad input and failure through the real command line: the cause is named, the other tasks go on, and nothing is left
 * running, registered or half written. What one attempt or one adapter does by itself is tested beside that.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RunReport } from '../../src/core/report/run-report.ts';
import {
  bundleCli,
  type CliProcessOptions,
  type CliProcessResult,
  findProcessesOf,
  runCliProcess,
} from '../support/cli-process.ts';
import { sampleRows } from '../support/depth.ts';
import { explainMissing, mustHaveEngines } from '../support/engines.ts';
import { makeRepository, makeTemporaryFolder, type RepositoryFixture } from '../support/git-fixture.ts';

const bundles = await makeTemporaryFolder();
const program = path.join(bundles.path, 'espalier.mjs');
beforeAll(() => bundleCli(program));
afterAll(() => bundles[Symbol.asyncDispose]());

const FRAME = `plan: bad
defaults:
  agent: {command: [sh, tools/work.sh]}
  test: 'sh tools/test.sh'
  review: off
  retries: 0
  env: [MARK]
tasks:
`;
const HEALTHY = '  healthy: {spec: x, owns: [healthy.txt]}\n';
const WORK = 'echo "made by $ESPALIER_TASK" > "$ESPALIER_TASK.txt"\n';
const TOOLS = { 'tools/work.sh': WORK, 'tools/test.sh': 'test -e tools/work.sh\n' };

/** A task whose agent is the script `tools/<id>.sh`. */
function scripted(id: string, more = ''): string {
  return `  ${id}: {spec: x, owns: [${id}.txt], agent: {command: [sh, tools/${id}.sh]}${more}}\n`;
}

/** Waits for a file of the test's, which stands for whatever happens meanwhile. */
const WAIT = 'while [ ! -e "$MARK/go" ]; do sleep 0.05; done\n';

function cli(
  repository: RepositoryFixture,
  args: readonly string[],
  options: Partial<CliProcessOptions> = {},
): Promise<CliProcessResult> {
  const env = { ...repository.env, MARK: repository.root };
  return runCliProcess(program, ['--state-dir', repository.stateDir, ...args], {
    cwd: repository.path,
    env,
    ...options,
  });
}

function reportOf(result: CliProcessResult): RunReport {
  const last = result.stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`No report: ${result.stdout}\n${result.stderr}`);
  return JSON.parse(last) as RunReport;
}

/** Nothing is left of any run but records, logs and branches. */
async function expectNothingLeft(repository: RepositoryFixture): Promise<void> {
  expect(await findProcessesOf(repository.root)).toEqual([]);
  expect((await repository.git('worktree', 'list')).split('\n')).toHaveLength(1);
  expect(await repository.git('worktree', 'prune', '--dry-run', '--verbose')).toBe('');
  const trees = path.join(repository.stateDir, 'trees', 'bad');
  expect(existsSync(trees) ? await readdir(trees) : []).toEqual([]);
}

async function measureFolder(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  return bytes;
}

const MISDEEDS: Readonly<Record<string, { script: string; because: RegExp | null }>> = {
  hang: { script: 'echo half > hang.txt; sleep 600', because: /^agent-timed-out: .*still running after 2\.0 s/ },
  flood: { script: 'head -c 1000000000 /dev/zero', because: /^agent-flooded: .*more than 67108864 bytes/ },
  idle: { script: 'true', because: /^no-change: / },
  vanish: {
    script: 'here=$PWD; cd /; rm -rf "$here" "$here"/* "$here"/.[!.]*; true',
    because: /^worktree-lost: .*agent removed/,
  },
  // Lands, and its daemons end with it.
  daemon: {
    script:
      '(setsid env -i sh -c "sleep 600; : $MARK" >/dev/null 2>&1 &); echo d > daemon.txt\n' +
      '(setsid sh -c "sleep 600; : $MARK" >/dev/null 2>&1 &); sleep 0.1',
    because: null,
  },
  // Its own end comes before that of what it started; the limit of processes holds it until then.
  bomb: { script: 'bomb() { bomb | bomb & }; bomb; sleep 1; exit 9', because: /^agent-(?:failed|resources|flooded): / },
};

const hasBubblewrap = explainMissing('bubblewrap') === null;
if (!hasBubblewrap && !mustHaveEngines())
  process.stderr.write(
    '\nSKIPPED: agents that misbehave under bubblewrap. Install it: sudo apt-get install -y bubblewrap\n',
  );
// An ordinary user may not set the limits of processes without a group of its own; the fork bomb needs them.
const isRoot = process.getuid?.() === 0;

const BY_ENGINE = [
  { engine: 'bubblewrap', misdeeds: Object.keys(MISDEEDS) },
  { engine: 'none', misdeeds: Object.keys(MISDEEDS).filter((name) => name !== 'bomb') },
];

describe('a plan in which every agent but two misbehaves, in a dirty repository', () => {
  it.each(sampleRows(BY_ENGINE, 2, hasBubblewrap || mustHaveEngines() ? 0 : 1))(
    'lands the two under $engine, names each cause, and leaves nothing',
    async ({ engine, misdeeds }) => {
      if (engine === 'bubblewrap' && !hasBubblewrap && !mustHaveEngines()) return;
      const files: Record<string, string> = { ...TOOLS };
      for (const name of misdeeds) files[`tools/${name}.sh`] = `${MISDEEDS[name]?.script}\n`;
      await using repository = await makeRepository({ files });
      await repository.write({ 'tools/work.sh': 'changed by the person\n', 'new.txt': 'not committed\n' });
      const status = await repository.git('status', '--porcelain');

      const plan = `${FRAME}${misdeeds.map((name) => scripted(name, name === 'hang' ? ', timeout: 2s' : '')).join('')}${HEALTHY}`;
      const waive = engine === 'bubblewrap' && !isRoot ? ['--waive', 'memory-limit,cpu-limit,pids-limit'] : [];
      const args = ['run', '-', '--sandbox', engine, ...waive, '--max-parallel', '4', '--json'];
      const result = await cli(repository, args, { stdin: plan });

      expect({ code: result.code, stderr: result.stderr }).toMatchObject({ code: 1 });
      const report = reportOf(result);
      expect(report.landed.map((each) => each.task).sort()).toEqual(['daemon', 'healthy']);
      for (const { task, because } of report.notLanded) expect(because).toMatch(MISDEEDS[task]?.because ?? /never/);
      expect(report.notLanded).toHaveLength(misdeeds.length - 1);
      // A gigabyte was on offer.
      expect(await measureFolder(repository.root)).toBeLessThan(30_000_000);
      expect(result.peakKib).toBeLessThan(400_000);
      expect(await repository.git('status', '--porcelain')).toBe(status);
      await expectNothingLeft(repository);
    },
  );
});

describe('a repository that is out of the ordinary', () => {
  it('has its submodules left as they are by what lands', async () => {
    await using repository = await makeRepository({ files: TOOLS });
    const sha = await repository.sha();
    await repository.write({ '.gitmodules': '[submodule "lib"]\n\tpath = vendor/lib\n\turl = ../lib\n' });
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${sha},vendor/lib`);
    await repository.git('add', '.gitmodules');
    await repository.git('commit', '--quiet', '--message', 'Add a submodule');
    const { code, stderr, stdout } = await cli(repository, ['run', '-', '--sandbox', 'none'], {
      stdin: FRAME + HEALTHY,
    });
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('1 submodule (vendor/lib) will not be checked out');
    const changed = await repository.git('diff', '--raw', '--no-abbrev', 'main', 'espalier/bad/landed');
    expect(changed.split('\n').map((row) => row.split('\t')[1])).toEqual(['healthy.txt']);
    await expectNothingLeft(repository);
  });

  it('whose base moves meanwhile gets what landed on a branch, and is told that the two were not tested together', async () => {
    await using repository = await makeRepository({ files: { ...TOOLS, 'tools/slow.sh': WAIT + WORK } });
    let moved: Promise<string> | null = null;
    const { code, stdout } = await cli(repository, ['run', '-', '--sandbox', 'none'], {
      stdin: FRAME + scripted('slow') + HEALTHY,
      onStderr: (all) => {
        if (moved !== null || !/attempt started +slow/.test(all)) return;
        moved = repository.commit({ 'other.txt': 'by somebody else\n' }).then(async (sha) => {
          await writeFile(path.join(repository.root, 'go'), '');
          return sha;
        });
      },
    });
    const tip = (await (moved as Promise<string> | null)) ?? 'never moved';
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain(`main moved to ${tip.slice(0, 7)}`);
    expect(stdout).toContain('was not tested together with that');
    expect(await repository.sha('main')).toBe(tip);
    await repository.git('merge', '--quiet', '--no-edit', 'espalier/bad/landed');
    await expectNothingLeft(repository);
  });
});

/** A file system of a few megabytes at `at`; `null` without the right to mount one. */
async function mountSmallDisk(at: string, megabytes: number): Promise<AsyncDisposable | null> {
  await mkdir(at, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', at]);
  if (mounted.status !== 0) return null;
  return { [Symbol.asyncDispose]: async () => void spawnSync('umount', ['--lazy', at]) };
}

const fillerOf = (disk: string): string => path.join(disk, 'filler');
const DISK_PLAN = FRAME + scripted('slow') + HEALTHY;

/** Runs a task that lands, fills the disk, and only then lets the other task work. */
async function fillWhileRunning(repository: RepositoryFixture, disk: string): Promise<CliProcessResult> {
  let filling: Promise<void> | null = null;
  const ended = await cli(repository, ['run', '-', '--sandbox', 'none'], {
    stdin: DISK_PLAN,
    onStderr: (all) => {
      if (filling !== null || !/landed +healthy/.test(all)) return;
      filling = writeFile(fillerOf(disk), Buffer.alloc(32_000_000))
        .catch(() => undefined)
        .then(() => writeFile(path.join(repository.root, 'go'), ''));
    },
  });
  expect(filling).not.toBeNull();
  return ended;
}

/** Makes room, and expects the same command to come to the end; the task's one try is given back where it is used up. */
async function goOnWithRoom(repository: RepositoryFixture, disk: string): Promise<void> {
  await rm(fillerOf(disk));
  const again = (): Promise<CliProcessResult> =>
    cli(repository, ['run', '-', '--sandbox', 'none'], { stdin: DISK_PLAN });
  let ended = await again();
  if (ended.code === 1) {
    // The attempt had ended for the full disk before the run did.
    const retried = await cli(repository, ['retry', 'slow']);
    if (!ended.stdout.includes('disk-full: The disk is full') || retried.code !== 0)
      throw new Error(`The full disk was not named, or there was no trying again: ${ended.stdout}${retried.stderr}`);
    ended = await again();
  }
  expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 0 });
  expect(ended.stdout).toContain('2 of 2 tasks landed');
  await expectNothingLeft(repository);
}

if (!isRoot) process.stderr.write('\nSKIPPED: full disks: only root can mount small ones. Run the tests as root\n');

describe.runIf(isRoot)('a disk that is full', () => {
  it("and holds Espalier's folder fails the attempt by that name, and lets it be retried when there is room", async () => {
    await using repository = await makeRepository({ files: { ...TOOLS, 'tools/slow.sh': WAIT + WORK } });
    await using disk = await mountSmallDisk(repository.stateDir, 16);
    expect(disk).not.toBeNull();
    const full = await fillWhileRunning(repository, repository.stateDir);
    expect({ code: full.code, stderr: full.stderr }).toMatchObject({ code: 1 });
    expect(full.stdout).toMatch(/slow failed after 1 attempt\n +disk-full: The disk is full/);
    expect(full.stdout).toContain('next: espalier retry slow --plan bad');
    expect(await findProcessesOf(repository.root)).toEqual([]);
    await goOnWithRoom(repository, repository.stateDir);
  });

  it("and holds Espalier's folder from the start is the reason for which nothing begins", async () => {
    await using repository = await makeRepository({ files: TOOLS });
    await using disk = await mountSmallDisk(repository.stateDir, 4);
    expect(disk).not.toBeNull();
    await writeFile(fillerOf(repository.stateDir), Buffer.alloc(8_000_000)).catch(() => undefined);
    const { code, stderr } = await cli(repository, ['run', '-', '--sandbox', 'none'], { stdin: FRAME + HEALTHY });
    expect(code).toBe(3);
    expect(stderr).toContain('the disk is full');
    expect(stderr).toContain('next: Make room');
    expect(await repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  it('and holds the repository ends the run with the cause, and the same command goes on when there is room', async () => {
    await using folder = await makeRepository({ files: { ...TOOLS, 'tools/slow.sh': WAIT + WORK } });
    const place = path.join(folder.root, 'disk');
    await using disk = await mountSmallDisk(place, 16);
    expect(disk).not.toBeNull();
    const checkout = path.join(place, 'repository');
    await folder.git('clone', '--quiet', '--no-local', folder.path, checkout);
    const repository: RepositoryFixture = {
      ...folder,
      path: checkout,
      git: (...args) => folder.git('-C', checkout, ...args),
    };
    const stopped = await fillWhileRunning(repository, place);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain('error: The disk is full');
    expect(stopped.stderr).toContain('next: make room');
    expect(await findProcessesOf(folder.root)).toEqual([]);
    await goOnWithRoom(repository, place);
  });
});

describe('what a killed run left', () => {
  it('is listed and ended by clean, and work that is nowhere else is kept with the reason', async () => {
    await using repository = await makeRepository({
      files: { ...TOOLS, 'tools/slow.sh': `echo half > slow.txt\n${WAIT}` },
    });
    const killed = await cli(repository, ['run', '-', '--sandbox', 'none'], {
      stdin: FRAME + scripted('slow') + HEALTHY,
      onStderr: (all, child) => {
        if (/landed +healthy/.test(all)) child.kill('SIGKILL');
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    expect(await findProcessesOf(repository.root)).not.toEqual([]);
    const trees = path.join(repository.stateDir, 'trees', 'bad');
    const [left = ''] = await readdir(trees);
    await mkdir(path.join(trees, `${left}.kept-1`));

    const dry = await cli(repository, ['clean', '--dry-run']);
    const run = /would remove run (espalier-[0-9a-f]{8}-bad\.slow\.\S+): it was left running/.exec(dry.stdout)?.[1];
    expect({ stdout: dry.stdout, run }).toMatchObject({ run: expect.any(String) as string });
    expect(dry.stdout).toMatch(/keeps worktree \S+\/slow\.1\.\d+: its attempt was interrupted; the next run goes on/);
    expect(dry.stdout).toMatch(/keeps worktree \S+\.kept-1: an interrupted run left it and it could not be taken in/);
    expect(await findProcessesOf(repository.root)).not.toEqual([]);

    const done = await cli(repository, ['clean']);
    expect(done.code).toBe(0);
    expect(done.stdout).toContain(`removed run ${run}`);
    expect(await findProcessesOf(repository.root)).toEqual([]);
    expect(await readdir(path.join(trees, left))).toContain('slow.txt');
    expect(await readdir(trees)).toContain(`${left}.kept-1`);
    expect((await cli(repository, ['clean', '--json'])).stdout).not.toContain('"kind": "run"');
  });
});
