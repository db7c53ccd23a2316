/**
 * What every part of this adapter works with: the user's repository and the store.
 *
 * The store is a bare repository of Espalier's own with a configuration that it wrote, no remote, no hook and no
 * branch. Its object folder is the user's. Merging, diffing, checking out and reading objects run there, so that no
 * configuration of the user, and nothing that a tree says, can name a program for git to run. Branches and worktrees
 * are the user's repository's and are read and moved there.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { type SimpleGit, simpleGit } from 'simple-git';

import { type CallerEnv, composeGitEnv, type ConfigScope } from './env.ts';
import { GitFailure, failureOf } from './git-failure.ts';
import { openObjectReader } from './object-reader.ts';
import { openObjectWriter } from './object-writer.ts';
import { type GitRun, runGitOrFail, runGit, type GitExit } from './run-git.ts';
import { isInside } from './state-dir.ts';
import type { ObjectStore } from './tree-objects.ts';

/** Facts that do not change while a repository is open. */
export interface RepositoryPlaces {
  /** Absolute real path of the common git directory. */
  commonDir: string;
  topLevel: string | null;
  /** Absolute real path of the folder with the objects. */
  objectsDir: string;
  alternateDirs: readonly string[];
  stateDir: string;
  storeDir: string;
  objectFormat: 'sha1' | 'sha256';
  gitVersion: string;
}

/** An open repository. */
export interface GitContext extends RepositoryPlaces {
  caller: CallerEnv;
  objects: ObjectStore;
  /** Environment for object plumbing in the store; `variables` on top. */
  storeEnv(variables?: Readonly<Record<string, string>>): Record<string, string>;
  /** Environment for the user's repository. */
  repositoryEnv(scope: ConfigScope): Record<string, string>;
  /** Runs plumbing in the store and answers its standard output. */
  runInStore(what: string, run: Omit<GitRun, 'env' | 'cwd'>): Promise<Buffer>;
  /** The same, for callers that read the exit code. */
  tryInStore(run: Omit<GitRun, 'env' | 'cwd'>): Promise<GitExit>;
  /** The user's repository, without any configuration but its own. Throws a {@link GitFailure} when git does. */
  runInRepository(what: string, args: readonly string[]): Promise<string>;
}

/** Puts a context together from the places that {@link openGit} found. */
export function makeGitContext(options: {
  places: RepositoryPlaces;
  caller: CallerEnv;
  /** Settings for the user's repository: switches for the hooks that its configuration names. */
  hookSwitches: readonly (readonly [string, string])[];
  /** Settings that the store takes over from the user's repository (how a shared one shares). */
  sharing: readonly (readonly [string, string])[];
}): GitContext {
  const { places, caller } = options;
  const storeEnv = (variables: Readonly<Record<string, string>> = {}): Record<string, string> =>
    composeGitEnv({
      caller,
      scope: 'none',
      settings: options.sharing,
      variables: {
        GIT_DIR: places.storeDir,
        GIT_OBJECT_DIRECTORY: places.objectsDir,
        // A shallow clone's cut is in the user's repository; the file is absent in any other.
        GIT_SHALLOW_FILE: path.join(places.commonDir, 'shallow'),
        ...variables,
      },
    });
  const repositoryEnv = (scope: ConfigScope): Record<string, string> =>
    composeGitEnv({ caller, scope, settings: options.hookSwitches, variables: { GIT_DIR: places.commonDir } });
  const env = storeEnv();
  const repository = openSimpleGit(places.commonDir, repositoryEnv('none'));
  return {
    ...places,
    caller,
    storeEnv,
    repositoryEnv,
    objects: {
      reader: openObjectReader({ env, cwd: places.storeDir }),
      writer: openObjectWriter(places),
      idBytes: places.objectFormat === 'sha1' ? 20 : 32,
    },
    runInStore: (what, run) => runGitOrFail(what, { ...run, env, cwd: places.storeDir }),
    tryInStore: (run) => runGit({ ...run, env, cwd: places.storeDir }),
    runInRepository: async (what, args) => {
      try {
        return await repository.raw([...args]);
      } catch (error) {
        throw failureOf(what, { exitCode: null, stderr: error instanceof Error ? error.message : String(error) });
      }
    },
  };
}

/** simple-git with exactly this environment, which has passed `composeGitEnv`. */
function openSimpleGit(baseDir: string, env: Readonly<Record<string, string>>): SimpleGit {
  return simpleGit({
    baseDir,
    allowEnvironment: Object.keys(env),
    // These guard against settings that come from outside; ours are the ones that switch programs off.
    unsafe: {
      allowUnsafeConfigPaths: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeAskPass: true,
      allowUnsafeEditor: true,
      allowUnsafePager: true,
    },
  }).env({ ...env });
}

/** Object folders that this one borrows from, in git's order, absolute, without those that are not there. */
export async function readAlternates(objectsDir: string, depth = 5): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path.join(objectsDir, 'info', 'alternates'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new GitFailure(`The list of alternates in '${objectsDir}' cannot be read. Make it readable.`, {
      cause: error,
    });
  }
  const found: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const folder = path.resolve(objectsDir, line.startsWith('"') ? unquoteC(line) : line);
    if (found.includes(folder)) continue;
    found.push(folder);
    if (depth > 0) found.push(...(await readAlternates(folder, depth - 1)).filter((more) => !found.includes(more)));
  }
  return found.filter((folder) => folder !== objectsDir && !isInside(objectsDir, folder));
}

const C_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unquoteC(quoted: string): string {
  const inner = quoted.replace(/^"|"$/g, '');
  const bytes: Buffer[] = [];
  for (const [piece, octal, letter] of inner.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gs)) {
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 0xff]));
    else bytes.push(Buffer.from(letter === undefined ? piece : (C_ESCAPES[letter] ?? letter), 'utf8'));
  }
  return Buffer.concat(bytes).toString('utf8');
}

/** A path as an entry of an alternates file or variable: quoted as in C, so that no character of it ends it early. */
export function quoteAlternate(folder: string): string {
  const escaped = folder.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `"${escaped}"`;
}
