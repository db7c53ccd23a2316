import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { makeCheckout, type Checkout } from '../../../src/engine/attempt/checkout.ts';
import { takeInWorktree } from '../../../src/engine/attempt/take-in.ts';
import { closeWorkRoom, openWorkRoom, type WorkRoom } from '../../../src/engine/attempt/work-room.ts';
import type { Sandbox, SandboxRun } from '../../../src/ports/sandbox.ts';
import { findWorkingEngines, makeTask, openAttemptRoom, PLAN, watch, type AttemptRoom } from './attempt-room.ts';

const ENGINES = await findWorkingEngines();
const FILES = 1000;
let room: AttemptRoom;

afterEach(async () => {
  await room.close();
});

/** What the intake's run was given, and what was on the disk when it ended. */
interface Watched {
  order: SandboxRun;
  /** Files below the private git directory. */
  left: string[];
  streamedBytes: number;
}

/** The same sandbox, with a look at each run while its private folders are still there. */
function watchRuns(sandbox: Sandbox, seen: Watched[]): Sandbox {
  return {
    engine: sandbox.engine,
    waived: sandbox.waived,
    pathInside: (mount) => sandbox.pathInside(mount),
    prepareWritable: (paths) => sandbox.prepareWritable(paths),
    findProgram: (name, profile) => sandbox.findProgram(name, profile),
    reap: (prefix) => sandbox.reap(prefix),
    async run(order) {
      let streamedBytes = 0;
      const exit = await sandbox.run({
        ...order,
        onStdout: (chunk) => {
          streamedBytes += chunk.length;
          return order.onStdout?.(chunk);
        },
      });
      const gitDir = order.mounts.find(({ source }) => source.endsWith('.git'))?.source ?? '';
      seen.push({ order, left: listFiles(gitDir), streamedBytes });
      return exit;
    },
  };
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

/** A room and a checkout of a repository with many files, as the work of an attempt has them. */
async function openWork(
  engine: (typeof ENGINES)[number],
  seen: Watched[],
): Promise<{ work: WorkRoom; made: Checkout }> {
  const files: Record<string, string> = { '.gitignore': '*.o\n' };
  for (let at = 0; at < FILES; at += 1) files[`many/${at % 50}/${at}.txt`] = `file ${at}\n`;
  room = await openAttemptRoom(engine, files);
  const task = makeTask();
  const key = { plan: PLAN, task: task.id, attempt: 1, generation: 1 };
  const deps = { ...room.deps, sandbox: watchRuns(room.deps.sandbox, seen) };
  const work = await openWorkRoom(deps, watch(), { key, settings: task, stage: 'intake', runTask: task.id });
  const tree = await deps.git.treeOf(room.base);
  const path = deps.evidence.worktreePath(key);
  const made = await makeCheckout(work, { path, name: 'work', commit: room.base, tree, ports: {}, copy: [] });
  return { work, made };
}

/** A repository whose every hook and setting leaves a mark in all places that a run could reach. */
function plantRepository(at: string, marks: readonly string[]): void {
  const mark = `touch ${marks.join(' ')}; cat`;
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', at, '-c', 'user.name=x', '-c', 'user.email=x', ...args]);
  mkdirSync(at);
  git('init', '--quiet');
  writeFileSync(join(at, '.gitattributes'), '* filter=evil diff=evil\n');
  writeFileSync(join(at, 'x.txt'), 'x\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'x');
  for (const name of ['core.fsmonitor', 'filter.evil.clean', 'filter.evil.smudge', 'diff.evil.textconv', 'core.pager'])
    git('config', name, mark);
  for (const hook of ['post-index-change', 'pre-commit', 'post-checkout', 'reference-transaction'])
    writeFileSync(join(at, '.git', 'hooks', hook), `#!/bin/sh\n${mark}\n`, { mode: 0o755 });
  writeFileSync(join(at, 'x.txt'), 'y\n');
}

describe.each(ENGINES)('the intake under %s', (engine) => {
  it('takes in a change among 1,000 files, links and a planted repository, and writes what changed only', async () => {
    const seen: Watched[] = [];
    const { work, made } = await openWork(engine, seen);
    const at = (path: string) => join(made.path, path);
    const hostMark = join(room.dir, 'mark');
    plantRepository(at('nested'), [hostMark, '/espalier/git/mark', '/espalier/out/mark', '/workspace/mark']);
    writeFileSync(at('many/7/7.txt'), 'FILE 7\n');
    writeFileSync(at('many/new.txt'), 'new\n');
    writeFileSync(at('many/made.o'), 'ignored\n');
    unlinkSync(at('many/8/8.txt'));
    symlinkSync('7.txt', at('many/7/inside'));
    symlinkSync('/etc/passwd', at('many/absolute'));
    symlinkSync('nowhere', at('many/dangling'));
    symlinkSync('.', at('many/loop'));
    const storeBefore = listFiles(room.deps.git.objectsDir);
    seen.length = 0;

    const taken = await takeInWorktree(work, made);
    if (taken.kind !== 'taken') throw new Error(taken.failure.detail);
    const changes = await room.deps.git.diffTrees(made.tree, taken.tree);
    expect(changes.map(({ status, newMode, path }) => `${status} ${newMode} ${path}`).sort()).toEqual([
      'added 100644 many/new.txt',
      'added 120000 many/7/inside',
      'added 120000 many/absolute',
      'added 120000 many/dangling',
      'added 120000 many/loop',
      'added 160000 nested',
      'deleted 000000 many/8/8.txt',
      'modified 100644 many/7/7.txt',
    ]);
    expect(await room.deps.git.readFile(taken.tree, 'many/7/7.txt', 100)).toBe('FILE 7\n');

    const [run] = seen;
    expect(seen).toHaveLength(1);
    const access = Object.fromEntries(run?.order.mounts.map((mount) => [mount.target, mount.access]) ?? []);
    expect(access).toMatchObject({ '/workspace': 'read-only', '/espalier/objects': 'read-only' });
    // 6 files and links, and the trees on the way to them: of the 5,000 that did not change none is written again.
    const loose = run?.left.filter((path) => /^objects\/[0-9a-f]{2}\/[0-9a-f]+$/.test(path)) ?? [];
    expect(loose).toHaveLength(6 + 4);
    expect(run?.streamedBytes).toBeLessThan(8000);
    expect(run?.left).not.toContain('mark');
    expect(existsSync(hostMark) || existsSync(at('mark'))).toBe(false);
    // What came in is in the store now, and the run itself wrote nothing there.
    expect(listFiles(room.deps.git.objectsDir).length - storeBefore.length).toBeLessThan(30);
    expect(room.git('fsck', '--strict', '--connectivity-only')).not.toMatch(/error|corrupt/);
    expect(existsSync(`${work.dir}/intake.git`)).toBe(false);
    await closeWorkRoom(work);
  });

  it('writes nothing at all where nothing changed but the times of files', async () => {
    const seen: Watched[] = [];
    const { work, made } = await openWork(engine, seen);
    execFileSync('find', [join(made.path, 'many'), '-type', 'f', '-exec', 'touch', '{}', '+']);
    seen.length = 0;
    expect(await takeInWorktree(work, made)).toEqual({ kind: 'taken', tree: made.tree });
    expect(seen[0]?.left.filter((path) => /^objects\/[0-9a-f]{2}\//.test(path))).toEqual([]);
    await closeWorkRoom(work);
  });
});
