/**
 * Real git repositories for tests: each in a temporary folder with a home and a configuration of its own, garbage
 * collection off, removed by `await using`. Nothing of the machine's configuration is read.
 *
 *     await using repository = await makeRepository({ files: { 'a.txt': 'one\n' } });
 *     const head = await repository.commit({ 'a.txt': 'two\n' }, 'Change a');
 *     const git = await repository.open();
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { openGit } from '../../src/adapters/git/open-git.ts';
import type { BranchName, CommitSha, TreeSha } from '../../src/core/brand.ts';
import type { Git } from '../../src/ports/git.ts';

const run = promisify(execFile);

/** Files by path; `null` removes one. */
export type FixtureFiles = Readonly<Record<string, string | Uint8Array | null>>;

/** What a fixture starts as. */
export interface RepositoryOptions {
  /** Committed first; a `README.md` unless said. `null` leaves the repository without a commit. */
  files?: FixtureFiles | null;
  objectFormat?: 'sha1' | 'sha256';
  bare?: boolean;
}

/** A repository and the folder around it. Everything in it is removed on dispose. */
export interface RepositoryFixture extends AsyncDisposable {
  /** Temporary folder that holds all of the below. */
  root: string;
  /** The checkout (of a bare repository: the git directory). */
  path: string;
  home: string;
  /** Folder for Espalier's own files; what {@link RepositoryFixture.open} uses. */
  stateDir: string;
  /** Environment for `openGit` and for git itself. */
  env: Record<string, string>;
  /** Runs git in the checkout as its user would, and returns its output without the last newline. */
  git(...args: string[]): Promise<string>;
  /** Writes files of the checkout. */
  write(files: FixtureFiles): Promise<void>;
  /** Writes files, commits everything, and returns the commit. */
  commit(files: FixtureFiles, message?: string): Promise<CommitSha>;
  /** Tip of a revision (`HEAD` unless said). */
  sha(revision?: string): Promise<CommitSha>;
  tree(revision?: string): Promise<TreeSha>;
  /** Opens it; closed on dispose. Throws if it is refused. */
  open(): Promise<Git>;
}

/** A text that is a valid branch name, as the type says. For literals in tests only. */
export function branch(name: string): BranchName {
  return name as BranchName;
}

/** A folder that is removed on dispose, whatever modes were set in it. */
export async function makeTemporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'espalier-test-')));
  return { path: folder, [Symbol.asyncDispose]: () => removeAll(folder) };
}

/** Makes a repository with branch `main`. */
export async function makeRepository(options: RepositoryOptions = {}): Promise<RepositoryFixture> {
  const folder = await makeTemporaryFolder();
  const checkout = path.join(folder.path, options.bare ? 'repository.git' : 'repository');
  const fixture = await describeFixture(folder.path, checkout);
  await mkdir(checkout);
  const format = options.objectFormat ?? 'sha1';
  await fixture.git('init', '--quiet', `--object-format=${format}`, ...(options.bare ? ['--bare'] : []));
  if (options.files !== null && !options.bare)
    await fixture.commit(options.files ?? { 'README.md': '# A repository\n' }, 'Begin');
  return fixture;
}

/** A shallow clone, `depth` commits deep, of another fixture. */
export async function makeShallowClone(source: RepositoryFixture, depth: number): Promise<RepositoryFixture> {
  const folder = await makeTemporaryFolder();
  const checkout = path.join(folder.path, 'repository');
  const fixture = await describeFixture(folder.path, checkout);
  const env = fixture.env;
  await run('git', ['clone', '--quiet', `--depth=${depth}`, `file://${source.path}`, checkout], {
    env,
    cwd: folder.path,
  });
  return fixture;
}

async function describeFixture(root: string, checkout: string): Promise<RepositoryFixture> {
  const home = path.join(root, 'home');
  await mkdir(home);
  await writeFile(path.join(home, '.gitconfig'), HOME_CONFIG);
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  const opened: Git[] = [];
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('git', args, { cwd: checkout, env, maxBuffer: 256 * 1024 * 1024 });
    return stdout.replace(/\n$/, '');
  };
  const fixture: RepositoryFixture = {
    root,
    path: checkout,
    home,
    stateDir: path.join(root, 'state'),
    env,
    git,
    write: (files) => writeFiles(checkout, files),
    commit: async (files, message = 'Change') => {
      await writeFiles(checkout, files);
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '-m', message);
      return fixture.sha();
    },
    sha: async (revision = 'HEAD') => (await git('rev-parse', '--verify', `${revision}^{commit}`)) as CommitSha,
    tree: async (revision = 'HEAD') => (await git('rev-parse', '--verify', `${revision}^{tree}`)) as TreeSha,
    open: async () => {
      const outcome = await openGit(checkout, { stateDir: fixture.stateDir, env });
      if (outcome.kind === 'refused') throw new Error(`${outcome.because} ${outcome.nextStep}`);
      opened.push(outcome.git);
      return outcome.git;
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of opened) await one[Symbol.asyncDispose]();
      await removeAll(root);
    },
  };
  return fixture;
}

const HOME_CONFIG = `[user]
	name = Test Author
	email = author@example.invalid
[init]
	defaultBranch = main
[gc]
	auto = 0
[maintenance]
	auto = false
[protocol "file"]
	allow = always
[commit]
	gpgSign = false
`;

async function writeFiles(folder: string, files: FixtureFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const target = path.join(folder, name);
    if (content === null) {
      await rm(target, { recursive: true, force: true });
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

async function removeAll(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await run('chmod', ['-R', 'u+rwX', folder]);
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
