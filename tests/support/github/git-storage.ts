/** {@link GitStorage} on disk, with the git of this machine and none of its configuration. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import {
  decodeCommit,
  decodeTree,
  encodeCommit,
  encodeTree,
  ObjectReader,
  writeObject,
  type ObjectType,
} from './git-objects.ts';
import type { ChangedFile, CommitObject, GitStorage, TreeEntry } from './git-types.ts';
import { ZERO_OID, type Oid } from './state.ts';

export type { ChangedFile, CommitObject, GitStorage, Signature, TreeEntry } from './git-types.ts';

/** Opens a folder to keep bare repositories in. The folder's owner removes it. */
export function openGitStorage(folder: string): GitStorage {
  return new DiskStorage(folder);
}

/** Nothing of the machine's configuration is read, and nobody is asked for a password. */
const GIT_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

const BARE_CONFIG = `[core]
	repositoryformatversion = 0
	bare = true
	logAllRefUpdates = false
[gc]
	auto = 0
[receive]
	autogc = false
	denyDeletes = false
[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
`;

class DiskStorage implements GitStorage {
  readonly #folder: string;
  readonly #readers = new Map<string, ObjectReader>();
  /** Commits and trees by repository and oid: they never change. */
  readonly #commits = new Map<string, CommitObject>();
  readonly #trees = new Map<string, TreeEntry[]>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async initRepository(name: string): Promise<string> {
    const gitDir = path.join(this.#folder, `${name}.git`);
    // What `git init --bare` makes, without the process: a test may open many repositories.
    await mkdir(path.join(gitDir, 'objects', 'pack'), { recursive: true });
    await mkdir(path.join(gitDir, 'refs', 'heads'), { recursive: true });
    await writeFile(path.join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
    await writeFile(path.join(gitDir, 'config'), BARE_CONFIG);
    return gitDir;
  }

  async run(gitDir: string, args: string[], input: string | Uint8Array = ''): Promise<Buffer> {
    const { code, output, errors } = await runGit(['--git-dir', gitDir, ...args], input);
    if (code !== 0) throw new Error(`git ${args.join(' ')} in ${gitDir} ended with ${code}: ${errors}`);
    return output;
  }

  async readRefs(gitDir: string): Promise<Map<string, Oid>> {
    const lines = await this.#lines(gitDir, ['for-each-ref', '--format=%(objectname) %(refname)']);
    return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
  }

  async writeRefs(gitDir: string, refs: { name: string; oid: Oid }[]): Promise<void> {
    const commands = refs.map(({ name, oid }) =>
      oid === ZERO_OID ? `delete ${name}\0\0` : `update ${name}\0${oid}\0\0`,
    );
    await this.run(gitDir, ['update-ref', '-z', '--stdin'], commands.join(''));
  }

  async typeOf(gitDir: string, oid: Oid): Promise<ObjectType | null> {
    return (await this.#reader(gitDir).read(oid))?.type ?? null;
  }

  async readCommit(gitDir: string, oid: Oid): Promise<CommitObject | null> {
    const known = this.#commits.get(`${gitDir} ${oid}`);
    if (known !== undefined) return known;
    const found = await this.#reader(gitDir).read(oid);
    if (found?.type !== 'commit') return null;
    const commit = decodeCommit(oid, found.bytes);
    this.#commits.set(`${gitDir} ${oid}`, commit);
    return commit;
  }

  async readTree(gitDir: string, oid: Oid): Promise<TreeEntry[] | null> {
    const known = this.#trees.get(`${gitDir} ${oid}`);
    if (known !== undefined) return known;
    const found = await this.#reader(gitDir).read(oid);
    if (found?.type !== 'tree') return null;
    const entries = decodeTree(found.bytes);
    this.#trees.set(`${gitDir} ${oid}`, entries);
    return entries;
  }

  async readBlob(gitDir: string, oid: Oid): Promise<Buffer | null> {
    const found = await this.#reader(gitDir).read(oid);
    return found?.type === 'blob' ? found.bytes : null;
  }

  async findPath(gitDir: string, tree: Oid, slashedPath: string): Promise<TreeEntry | null> {
    let entry: TreeEntry = { mode: '040000', type: 'tree', name: '', oid: tree };
    for (const name of slashedPath.split('/').filter((part) => part !== '')) {
      if (entry.type !== 'tree') return null;
      const next = (await this.readTree(gitDir, entry.oid))?.find((one) => one.name === name);
      if (next === undefined) return null;
      entry = next;
    }
    return entry;
  }

  writeBlob(gitDir: string, bytes: Uint8Array): Promise<Oid> {
    return writeObject(gitDir, 'blob', bytes);
  }

  writeTree(gitDir: string, entries: TreeEntry[]): Promise<Oid> {
    return writeObject(gitDir, 'tree', encodeTree(entries));
  }

  async changeTree(
    gitDir: string,
    base: Oid | null,
    changes: Map<string, { mode: string; oid: Oid } | null>,
  ): Promise<Oid> {
    const entries = new Map(
      (base === null ? [] : ((await this.readTree(gitDir, base)) ?? [])).map((one) => [one.name, one]),
    );
    const below = new Map<string, Map<string, { mode: string; oid: Oid } | null>>();
    for (const [slashedPath, change] of changes) {
      const slash = slashedPath.indexOf('/');
      if (slash < 0) setEntry(entries, slashedPath, change);
      else {
        const name = slashedPath.slice(0, slash);
        const inside = below.get(name) ?? new Map<string, { mode: string; oid: Oid } | null>();
        below.set(name, inside.set(slashedPath.slice(slash + 1), change));
      }
    }
    for (const [name, inside] of below) {
      const before = entries.get(name);
      const oid = await this.changeTree(gitDir, before?.type === 'tree' ? before.oid : null, inside);
      const isEmpty = oid === EMPTY_TREE;
      setEntry(entries, name, isEmpty ? null : { mode: '040000', oid });
    }
    return this.writeTree(gitDir, [...entries.values()]);
  }

  writeCommit(gitDir: string, commit: Omit<CommitObject, 'oid'>): Promise<Oid> {
    return writeObject(gitDir, 'commit', encodeCommit(commit));
  }

  async mergeTrees(gitDir: string, ours: Oid, theirs: Oid): Promise<{ tree: Oid; conflicts: string[] }> {
    const args = [
      '--git-dir',
      gitDir,
      'merge-tree',
      '--write-tree',
      '-z',
      '--name-only',
      '--no-messages',
      ours,
      theirs,
    ];
    const { code, output, errors } = await runGit(args, '');
    // 1 says "with conflicts"; unrelated histories and broken objects are other numbers.
    if (code !== 0 && code !== 1)
      throw new Error(`git merge-tree of ${ours} and ${theirs} ended with ${code}: ${errors}`);
    const [tree = '', ...conflicts] = output
      .toString()
      .split('\0')
      .filter((part) => part !== '');
    return { tree: tree.trim(), conflicts };
  }

  async mergeBase(gitDir: string, one: Oid, other: Oid): Promise<Oid | null> {
    const { code, output } = await runGit(['--git-dir', gitDir, 'merge-base', one, other], '');
    return code === 0 ? output.toString().trim() : null;
  }

  async isAncestor(gitDir: string, ancestor: Oid, descendant: Oid): Promise<boolean> {
    for await (const oid of this.#walk(gitDir, descendant)) if (oid === ancestor) return true;
    return false;
  }

  async countApart(gitDir: string, base: Oid, head: Oid): Promise<{ aheadBy: number; behindBy: number }> {
    const [inBase, inHead] = [new Set<Oid>(), new Set<Oid>()];
    for await (const oid of this.#walk(gitDir, base)) inBase.add(oid);
    for await (const oid of this.#walk(gitDir, head)) inHead.add(oid);
    const countOnlyIn = (one: Set<Oid>, other: Set<Oid>): number => [...one].filter((oid) => !other.has(oid)).length;
    return { aheadBy: countOnlyIn(inHead, inBase), behindBy: countOnlyIn(inBase, inHead) };
  }

  listCommits(gitDir: string, range: { base: Oid | null; head: Oid; path?: string; limit?: number }): Promise<Oid[]> {
    return this.#lines(gitDir, [
      'rev-list',
      '--topo-order',
      ...(range.limit === undefined ? [] : [`--max-count=${range.limit}`]),
      range.head,
      ...(range.base === null ? [] : [`^${range.base}`]),
      '--',
      ...(range.path === undefined ? [] : [range.path]),
    ]);
  }

  async listChangedPaths(
    gitDir: string,
    { from, to }: { from: Oid; to: Oid },
  ): Promise<{ path: string; status: 'added' | 'removed' | 'modified' }[]> {
    const commit = async (oid: Oid): Promise<Oid> => (await this.readCommit(gitDir, oid))?.tree ?? oid;
    const changes: { path: string; status: 'added' | 'removed' | 'modified' }[] = [];
    await this.#compareTrees(gitDir, { from: await commit(from), to: await commit(to), folder: '' }, changes);
    return changes;
  }

  async diff(gitDir: string, from: Oid, to: Oid): Promise<ChangedFile[]> {
    const common = ['diff-tree', '-r', '-z', '-M', '--no-commit-id'];
    const raw = splitZero(await this.run(gitDir, [...common, '--raw', '--no-abbrev', from, to]));
    const numbers = splitZero(await this.run(gitDir, [...common, '--numstat', from, to]));
    const files = readRawDiff(raw);
    const counts = readNumstat(numbers);
    for (const file of files) {
      Object.assign(file, counts.get(file.path));
      const paths = file.previousPath === null ? [file.path] : [file.previousPath, file.path];
      const patch = await this.run(gitDir, ['diff-tree', '-p', '-M', '--no-commit-id', from, to, '--', ...paths]);
      const start = patch.indexOf('\n@@ ');
      file.patch = start < 0 ? '' : patch.subarray(start + 1).toString();
    }
    return files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader[Symbol.asyncDispose]()));
  }

  /** A commit and all that it stands on, those nearest to it first. Histories of tests are short, and kept once read. */
  async *#walk(gitDir: string, from: Oid): AsyncGenerator<Oid> {
    const seen = new Set<Oid>();
    const next = [from];
    for (let oid = next.shift(); oid !== undefined; oid = next.shift()) {
      if (seen.has(oid)) continue;
      seen.add(oid);
      yield oid;
      next.push(...((await this.readCommit(gitDir, oid))?.parents ?? []));
    }
  }

  /** Walks down only where two trees differ: no process, for every push asks. */
  async #compareTrees(
    gitDir: string,
    { from, to, folder }: { from: Oid | null; to: Oid | null; folder: string },
    changes: { path: string; status: 'added' | 'removed' | 'modified' }[],
  ): Promise<void> {
    if (from === to) return;
    const read = async (oid: Oid | null): Promise<Map<string, TreeEntry>> =>
      new Map((oid === null ? [] : ((await this.readTree(gitDir, oid)) ?? [])).map((entry) => [entry.name, entry]));
    const before = await read(from);
    const after = await read(to);
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(name), after.get(name)];
      if (old?.oid === now?.oid && old?.mode === now?.mode) continue;
      const path = `${folder}${name}`;
      const treeOf = (entry: TreeEntry | undefined): Oid | null => (entry?.type === 'tree' ? entry.oid : null);
      await this.#compareTrees(gitDir, { from: treeOf(old), to: treeOf(now), folder: `${path}/` }, changes);
      const [wasFile, isFile] = [old !== undefined && old.type !== 'tree', now !== undefined && now.type !== 'tree'];
      if (wasFile || isFile) changes.push({ path, status: !wasFile ? 'added' : !isFile ? 'removed' : 'modified' });
    }
  }

  #reader(gitDir: string): ObjectReader {
    const reader = this.#readers.get(gitDir) ?? new ObjectReader(gitDir, GIT_ENVIRONMENT);
    this.#readers.set(gitDir, reader);
    return reader;
  }

  async #lines(gitDir: string, args: string[]): Promise<string[]> {
    const output = (await this.run(gitDir, args)).toString();
    return output.split('\n').filter((line) => line !== '');
  }
}

const EMPTY_TREE: Oid = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

function setEntry(entries: Map<string, TreeEntry>, name: string, change: { mode: string; oid: Oid } | null): void {
  if (change === null) {
    entries.delete(name);
    return;
  }
  const type = change.mode === '040000' ? 'tree' : change.mode === '160000' ? 'commit' : 'blob';
  entries.set(name, { mode: change.mode, type, name, oid: change.oid });
}

function splitZero(output: Buffer): string[] {
  return output.toString().split('\0').slice(0, -1);
}

const STATUSES: Record<string, ChangedFile['status']> = { A: 'added', D: 'removed', R: 'renamed' };

function readRawDiff(parts: string[]): ChangedFile[] {
  const files: ChangedFile[] = [];
  for (let at = 0; at < parts.length; at++) {
    const [, , before = '', after = '', letters = ''] = (parts[at] ?? '').split(' ');
    const status = STATUSES[letters[0] ?? ''] ?? 'modified';
    const previousPath = status === 'renamed' ? (parts[++at] ?? '') : null;
    const oid = status === 'removed' ? before : after;
    files.push({ path: parts[++at] ?? '', previousPath, status, additions: 0, deletions: 0, oid, patch: '' });
  }
  return files;
}

function readNumstat(parts: string[]): Map<string, { additions: number; deletions: number }> {
  const counts = new Map<string, { additions: number; deletions: number }>();
  for (let at = 0; at < parts.length; at++) {
    const [added, deleted, name] = (parts[at] ?? '').split('\t');
    // A rename leaves the name empty, and gives the old and the new one as parts of their own.
    const isRename = name === '';
    if (isRename) at += 2;
    // Binary files have `-` for a number.
    counts.set(isRename ? (parts[at] ?? '') : (name ?? ''), {
      additions: Number(added) || 0,
      deletions: Number(deleted) || 0,
    });
  }
  return counts;
}

function runGit(args: string[], input: string | Uint8Array): Promise<{ code: number; output: Buffer; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: GIT_ENVIRONMENT });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', reject);
    // A git that ends before it read everything closes the pipe; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) =>
      resolve({ code: code ?? -1, output: Buffer.concat(output), errors: Buffer.concat(errors).toString().trim() }),
    );
    child.stdin.end(input);
  });
}
