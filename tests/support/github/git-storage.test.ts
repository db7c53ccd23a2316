import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { chooseDepth } from '../depth.ts';
import { openGitStorage } from './git-storage.ts';
import type { Oid } from './state.ts';

const WHO = { name: 'somebody', email: 'somebody@example.test', at: Date.UTC(2026, 0, 1) };

/** Each commit: places of its parents among those before it, and the files that it writes or removes. */
const histories = fc.array(
  fc.record({
    parents: fc.uniqueArray(fc.nat(8), { maxLength: 2 }),
    files: fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'folder/a', 'folder/b', 'other/a'),
      fc.constantFrom('one\n', 'two\n', '1\n2\n3\n4\n5\n6\n', 'one\n2\n3\n4\n5\n6\n', null),
      { maxKeys: 3 },
    ),
  }),
  { minLength: 3, maxLength: 8 },
);

type History = typeof histories extends fc.Arbitrary<infer One> ? One : never;

async function makeHistory(git: ReturnType<typeof openGitStorage>, gitDir: string, history: History): Promise<Oid[]> {
  const made: Oid[] = [];
  for (const [at, { parents, files }] of history.entries()) {
    const on = [...new Set(parents.map((place) => made[place % Math.max(made.length, 1)]))].filter(
      (oid) => oid !== undefined,
    );
    const base = on[0] === undefined ? null : ((await git.readCommit(gitDir, on[0]))?.tree ?? null);
    const changes = new Map<string, { mode: string; oid: Oid } | null>();
    for (const [name, text] of Object.entries(files))
      changes.set(name, text === null ? null : { mode: '100644', oid: await git.writeBlob(gitDir, Buffer.from(text)) });
    const tree = await git.changeTree(gitDir, base, changes);
    const who = { ...WHO, at: WHO.at + at * 1000 };
    made.push(await git.writeCommit(gitDir, { tree, parents: on, message: `${at}\n`, author: who, committer: who }));
  }
  return made;
}

it('answers about histories and merges as git does', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-git-storage-'));
  try {
    await using git = openGitStorage(folder);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const gitDir = await git.initRepository(`r${count++}`);
        const made = await makeHistory(git, gitDir, history);
        const [one, other] = [made.at(-1) as Oid, made.at(-2) as Oid];
        const ask = async (...args: string[]): Promise<string[]> =>
          (await git.run(gitDir, args).catch(() => Buffer.from(''))).toString().split('\n').filter(Boolean);

        expect(await git.listCommits(gitDir, { base: null, head: one })).toEqual(
          await ask('rev-list', '--topo-order', one),
        );
        expect(await git.listCommits(gitDir, { base: other, head: one })).toEqual(
          await ask('rev-list', '--topo-order', one, `^${other}`),
        );
        const [base] = await ask('merge-base', one, other);
        expect(await git.mergeBase(gitDir, one, other)).toBe(base ?? null);
        const [apart = ''] = await ask('rev-list', '--left-right', '--count', `${one}...${other}`);
        const [aheadBy, behindBy] = apart.split('\t').map(Number);
        expect(await git.countApart(gitDir, other, one)).toEqual({ aheadBy, behindBy });
        if (base === undefined) return;
        const clean = await ask('merge-tree', '--write-tree', '--no-messages', one, other);
        const merged = await git.mergeTrees(gitDir, one, other);
        // Of a merge with conflicts git is asked itself, and says 1, which `run` takes for a failure.
        expect(clean.length === 0 ? [] : [merged.tree]).toEqual(clean);
        expect(merged.conflicts.length > 0).toBe(clean.length === 0);
      }),
      { numRuns: chooseDepth(8, 25) },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('keeps refs where git finds them, and lets a name be a folder once it is no file any more', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-git-storage-'));
  try {
    await using git = openGitStorage(folder);
    const gitDir = await git.initRepository('r');
    const [first, second] = (await makeHistory(git, gitDir, [
      { parents: [], files: { a: 'one\n' } },
      { parents: [0], files: { a: 'two\n' } },
    ])) as [Oid, Oid];
    const zero = '0'.repeat(40);
    await git.writeRefs(gitDir, [
      { name: 'refs/heads/main', oid: first },
      { name: 'refs/heads/topic/deep/one', oid: first },
    ]);
    await git.writeRefs(gitDir, [{ name: 'refs/heads/main', oid: second }]);
    await expect(git.writeRefs(gitDir, [{ name: 'refs/heads/topic', oid: first }])).rejects.toThrow('topic/deep/one');
    await git.writeRefs(gitDir, [{ name: 'refs/heads/topic/deep/one', oid: zero }]);
    await git.writeRefs(gitDir, [{ name: 'refs/heads/topic', oid: first }]);
    await expect(git.writeRefs(gitDir, [{ name: 'refs/heads/none', oid: 'f'.repeat(40) }])).rejects.toThrow('ffffff');

    expect(await git.readRefs(gitDir)).toEqual(
      new Map([
        ['refs/heads/main', second],
        ['refs/heads/topic', first],
      ]),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
