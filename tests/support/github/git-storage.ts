/** {@link GitStorage} on disk, with the git of this machine and none of its configuration. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { diffByGit } from './git-diff.ts';
import { findMergeBases, listApart, listReachable, type ReadCommit } from './git-history.ts';
import {
  decodeCommit,
  decodeTree,
  encodeCommit,
  encodeTree,
  ObjectReader,
  writeObject,
  type ObjectType,
} from './git-objects.ts';
import { areLoose, writeLooseRefs } from './loose-refs.ts';
import { mergeSimply } from './simple-merge.ts';
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

interface GitObject {
  type: ObjectType;
  bytes: Buffer;
}

/** Larger objects are read again each time. */
const KEPT_BYTES = 100_000;

class DiskStorage implements GitStorage {
  readonly #folder: string;
  readonly #readers = new Map<string, ObjectReader>();
  /** Small objects by repository and oid: they never change. */
  readonly #objects = new Map<string, GitObject>();
  readonly #commits = new Map<string, CommitObject>();
  readonly #trees = new Map<string, TreeEntry[]>();
  /** What a process was asked for and is the same for ever, by its arguments. */
  readonly #answers = new Map<string, Promise<unknown>>();

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
    if (areLoose(gitDir, refs) && (await this.#areCommits(gitDir, refs))) {
      try {
        writeLooseRefs(gitDir, refs);
        return;
      } catch {
        // Git says in its own words what is in the way.
      }
    }
    const commands = refs.map(({ name, oid }) =>
      oid === ZERO_OID ? `delete ${name}\0\0` : `update ${name}\0${oid}\0\0`,
    );
    await this.run(gitDir, ['update-ref', '-z', '--stdin'], commands.join(''));
  }

  async typeOf(gitDir: string, oid: Oid): Promise<ObjectType | null> {
    return (await this.#read(gitDir, oid))?.type ?? null;
  }

  async readCommit(gitDir: string, oid: Oid): Promise<CommitObject | null> {
    const known = this.#commits.get(`${gitDir} ${oid}`);
    if (known !== undefined) return known;
    const found = await this.#read(gitDir, oid);
    if (found?.type !== 'commit') return null;
    const commit = decodeCommit(oid, found.bytes);
    this.#commits.set(`${gitDir} ${oid}`, commit);
    return commit;
  }

  async readTree(gitDir: string, oid: Oid): Promise<TreeEntry[] | null> {
    const known = this.#trees.get(`${gitDir} ${oid}`);
    if (known !== undefined) return known;
    const found = await this.#read(gitDir, oid);
    if (found?.type !== 'tree') return null;
    const entries = decodeTree(found.bytes);
    this.#trees.set(`${gitDir} ${oid}`, entries);
    return entries;
  }

  async readBlob(gitDir: string, oid: Oid): Promise<Buffer | null> {
    const found = await this.#read(gitDir, oid);
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
    return this.#write(gitDir, 'blob', Buffer.from(bytes));
  }

  writeTree(gitDir: string, entries: TreeEntry[]): Promise<Oid> {
    return this.#write(gitDir, 'tree', encodeTree(entries));
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
    return this.#write(gitDir, 'commit', encodeCommit(commit));
  }

  mergeTrees(gitDir: string, ours: Oid, theirs: Oid): Promise<{ tree: Oid; conflicts: string[] }> {
    return this.#once(`merge ${gitDir} ${ours} ${theirs}`, async () => {
      const tree = await this.#mergeSimply(gitDir, ours, theirs);
      return tree === null ? this.#mergeByGit(gitDir, ours, theirs) : { tree, conflicts: [] };
    });
  }

  async #mergeSimply(gitDir: string, ours: Oid, theirs: Oid): Promise<Oid | null> {
    const [mine, yours] = [await this.readCommit(gitDir, ours), await this.readCommit(gitDir, theirs)];
    if (mine === null || yours === null) return null;
    const [base, ...others] = await findMergeBases(this.#readCommits(gitDir), ours, theirs);
    if (base === undefined || others.length > 0) return null;
    const before = await this.readCommit(gitDir, base);
    const store = {
      readTree: (oid: Oid) => this.readTree(gitDir, oid),
      writeTree: (entries: TreeEntry[]) => this.writeTree(gitDir, entries),
    };
    return mergeSimply(store, { base: before?.tree ?? null, ours: mine.tree, theirs: yours.tree });
  }

  async #mergeByGit(gitDir: string, ours: Oid, theirs: Oid): Promise<{ tree: Oid; conflicts: string[] }> {
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
    const areCommits = await this.#areCommits(gitDir, [{ oid: one }, { oid: other }]);
    const found = areCommits ? await findMergeBases(this.#readCommits(gitDir), one, other) : null;
    // Of several git names the newest.
    if (found !== null && found.length < 2) return found[0] ?? null;
    const { code, output } = await runGit(['--git-dir', gitDir, 'merge-base', one, other], '');
    return code === 0 ? output.toString().trim() : null;
  }

  async isAncestor(gitDir: string, ancestor: Oid, descendant: Oid): Promise<boolean> {
    return (await listReachable(this.#readCommits(gitDir), [descendant])).has(ancestor);
  }

  async countApart(gitDir: string, base: Oid, head: Oid): Promise<{ aheadBy: number; behindBy: number }> {
    const read = this.#readCommits(gitDir);
    return {
      aheadBy: (await listApart(read, head, base)).length,
      behindBy: (await listApart(read, base, head)).length,
    };
  }

  async listCommits(
    gitDir: string,
    range: { base: Oid | null; head: Oid; path?: string; limit?: number },
  ): Promise<Oid[]> {
    const ends = [range.head, ...(range.base === null ? [] : [range.base])].map((oid) => ({ oid }));
    if (range.path === undefined && (await this.#areCommits(gitDir, ends)))
      return (await listApart(this.#readCommits(gitDir), range.head, range.base)).slice(0, range.limit);
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

  diff(gitDir: string, from: Oid, to: Oid): Promise<ChangedFile[]> {
    return this.#once(`diff ${gitDir} ${from} ${to}`, () => diffByGit((args) => this.run(gitDir, args), from, to));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader[Symbol.asyncDispose]()));
  }

  async #once<Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const asked = this.#answers.get(key) as Promise<Answer> | undefined;
    if (asked !== undefined) return asked;
    const asking = ask();
    this.#answers.set(key, asking);
    asking.catch(() => this.#answers.delete(key));
    return asking;
  }

  #readCommits(gitDir: string): ReadCommit {
    return (oid) => this.readCommit(gitDir, oid);
  }

  async #areCommits(gitDir: string, named: readonly { oid: Oid }[]): Promise<boolean> {
    for (const { oid } of named) if (oid !== ZERO_OID && (await this.readCommit(gitDir, oid)) === null) return false;
    return true;
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

  #write(gitDir: string, type: ObjectType, bytes: Buffer): Promise<Oid> {
    const oid = writeObject(gitDir, type, bytes);
    this.#remember(gitDir, oid, { type, bytes });
    return Promise.resolve(oid);
  }

  async #read(gitDir: string, oid: Oid): Promise<GitObject | null> {
    const known = this.#objects.get(`${gitDir} ${oid}`);
    if (known !== undefined) return known;
    const found = await this.#reader(gitDir).read(oid);
    if (found !== null) this.#remember(gitDir, oid, found);
    return found;
  }

  #remember(gitDir: string, oid: Oid, object: GitObject): void {
    if (object.bytes.length <= KEPT_BYTES) this.#objects.set(`${gitDir} ${oid}`, object);
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
