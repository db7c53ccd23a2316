/** Opens a repository: finds git and the repository, makes the store, and answers everything of the Git port. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Git, RepositoryFacts } from '../../ports/git.ts';
import { listBranches, moveBranches, readBranches } from './branches.ts';
import { checkRefresh, checkoutsOf, refreshCheckout } from './checkouts.ts';
import { findMergeBase, isAncestor, parentsOfCommit, treeOfCommit, writeCommit } from './commits.ts';
import { countLines, diffText, diffTrees } from './diffs.ts';
import { type CallerEnv, composeGitEnv, SANDBOX_GIT_ENV } from './env.ts';
import { type GitContext, makeGitContext, readAlternates } from './git-context.ts';
import { GitFailure, quoteForPerson } from './git-failure.ts';
import { explainIntakeExit, INTAKE_PROGRAM } from './intake-program.ts';
import { takeIn } from './intake.ts';
import { mergeCommits } from './merges.ts';
import { writePack } from './pack-file.ts';
import { createPrivateGitDir } from './private-git-dir.ts';
import { inspectRepository, readUserSettings } from './repository-facts.ts';
import { runGit } from './run-git.ts';
import { isInside, resolveStateDir } from './state-dir.ts';
import { listPaths, readTextFile, readTextFiles, restorePaths, writeTextFiles } from './tree-files.ts';
import { createWorktree, listWorktrees, removeWorktree, validateWorktree } from './worktrees.ts';

/** What opening a repository gives. `refused` is for a person: why not, and what to do. */
export type OpenOutcome =
  | { kind: 'opened'; git: Git; facts: RepositoryFacts; stateDir: string }
  | { kind: 'refused'; because: string; nextStep: string };

/** `merge-tree --write-tree` came with 2.38. */
const OLDEST_GIT = [2, 38] as const;

/**
 * Opens the repository that `startDir` is in. `env` is the environment that git may inherit (without its GIT_
 * variables); `stateDir` is where Espalier keeps its files, unless {@link resolveStateDir} is to say.
 */
export async function openGit(startDir: string, options: { stateDir?: string; env: CallerEnv }): Promise<OpenOutcome> {
  try {
    return await findAndOpen(startDir, options);
  } catch (error) {
    // A status that a broken filter stops, an unwritable folder: the user's to repair, and not an accident.
    if (!(error instanceof GitFailure)) throw error;
    return {
      kind: 'refused',
      because: error.message,
      nextStep: isFull(error.code)
        ? 'Make room on that disk, and run the same command again.'
        : `Repair it so that 'git status' works in '${quoteForPerson(startDir)}', and run the same command again.`,
    };
  }
}

function isFull(code: string | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}

async function findAndOpen(startDir: string, options: { stateDir?: string; env: CallerEnv }): Promise<OpenOutcome> {
  const version = await readGitVersion(options.env);
  if (version.kind === 'refused') return version;
  const found = await findRepository(startDir, options.env);
  if (found.kind === 'refused') return found;
  const { commonDir, topLevel, objectFormat } = found;
  const stateDir = path.resolve(options.stateDir ?? (await resolveStateDir({ commonDir, topLevel, env: options.env })));
  const isInCheckout = topLevel !== null && isInside(stateDir, topLevel) && !isInside(stateDir, commonDir);
  if (isInCheckout)
    return {
      kind: 'refused',
      because: `The state folder '${quoteForPerson(stateDir)}' is inside of the checkout, where git and editors see it.`,
      nextStep: 'Choose a folder outside of the repository.',
    };
  const settings = await readUserSettings(found.checkDir, options.env);
  const storeDir = path.join(stateDir, 'store.git');
  await makeStore(storeDir, objectFormat);
  const objectsDir = await realpath(path.join(commonDir, 'objects'));
  const context = makeGitContext({
    places: {
      commonDir,
      topLevel,
      objectsDir,
      alternateDirs: await readAlternates(objectsDir),
      stateDir: await realpath(stateDir),
      storeDir: await realpath(storeDir),
      objectFormat,
      gitVersion: version.text,
    },
    caller: options.env,
    hookSwitches: settings.hookSwitches,
    sharing: settings.sharing,
  });
  const git = makeGit(context);
  return { kind: 'opened', git, facts: await git.inspect(), stateDir: context.stateDir };
}

async function readGitVersion(
  env: CallerEnv,
): Promise<{ kind: 'found'; text: string } | { kind: 'refused'; because: string; nextStep: string }> {
  const nextStep = `Install git ${OLDEST_GIT.join('.')} or newer and put it into PATH.`;
  let output: string;
  try {
    const exit = await runGit({ args: ['version'], env: composeGitEnv({ caller: env, scope: 'none' }), cwd: '/' });
    output = exit.stdout.toString('utf8');
  } catch {
    return { kind: 'refused', because: 'Git is not installed, or is not in PATH.', nextStep };
  }
  const [, text = '', major = '', minor = ''] = /git version ((\d+)\.(\d+)\S*)/.exec(output) ?? [];
  const isOld = Number(major) < OLDEST_GIT[0] || (Number(major) === OLDEST_GIT[0] && Number(minor) < OLDEST_GIT[1]);
  if (text === '') return { kind: 'refused', because: "The 'git' in PATH does not tell its version.", nextStep };
  if (isOld) return { kind: 'refused', because: `Git ${quoteForPerson(text)} is too old.`, nextStep };
  return { kind: 'found', text };
}

type FoundRepository =
  | {
      kind: 'found';
      commonDir: string;
      topLevel: string | null;
      objectFormat: 'sha1' | 'sha256';
      /** A folder from which git finds the repository again under the user's configuration. */
      checkDir: string;
    }
  | { kind: 'refused'; because: string; nextStep: string };

async function findRepository(startDir: string, caller: CallerEnv): Promise<FoundRepository> {
  const where = quoteForPerson(startDir);
  const isFolder = await stat(startDir).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    return { kind: 'refused', because: `'${where}' is no folder.`, nextStep: 'Name the folder of a git repository.' };
  const ask = async (...args: string[]): Promise<{ exitCode: number | null; text: string; stderr: string }> => {
    // The user's configuration counts here, and without our word for it, for whom git may trust (safe.directory).
    const env = composeGitEnv({ caller, scope: 'user', trustsOwner: false });
    const exit = await runGit({ args: ['rev-parse', '--path-format=absolute', ...args], env, cwd: startDir });
    return { exitCode: exit.exitCode, text: exit.stdout.toString('utf8').replace(/\n$/, ''), stderr: exit.stderr };
  };
  const common = await ask('--git-common-dir');
  if (common.exitCode !== 0) return explainNoRepository(where, common.stderr);
  const [format, top] = [await ask('--show-object-format'), await ask('--show-toplevel')];
  return {
    kind: 'found',
    commonDir: await realpath(common.text),
    topLevel: top.exitCode === 0 && top.text !== '' ? await realpath(top.text) : null,
    objectFormat: format.text === 'sha256' ? 'sha256' : 'sha1',
    checkDir: startDir,
  };
}

function explainNoRepository(where: string, stderr: string): FoundRepository {
  if (/dubious ownership/.test(stderr))
    return {
      kind: 'refused',
      because: `The repository at '${where}' belongs to another user, and git does not trust it.`,
      nextStep: `If you do: git config --global --add safe.directory '${where}'`,
    };
  if (/not a git repository/.test(stderr))
    return {
      kind: 'refused',
      because: `'${where}' is not in a git repository.`,
      nextStep: 'Go to a repository, or make one: git init && git add --all && git commit',
    };
  return {
    kind: 'refused',
    because: `Git cannot read the repository at '${where}': ${quoteForPerson(stderr)}`,
    nextStep: "Run 'git status' there and repair what it names.",
  };
}

/** The bare repository in which object plumbing runs. Written anew each time, so that its configuration is known. */
async function makeStore(storeDir: string, objectFormat: 'sha1' | 'sha256'): Promise<void> {
  const isSha256 = objectFormat === 'sha256';
  const config = [
    '[core]',
    `\trepositoryformatversion = ${isSha256 ? 1 : 0}`,
    '\tfilemode = true',
    '\tbare = true',
    ...(isSha256 ? ['[extensions]', '\tobjectFormat = sha256'] : []),
    '[checkout]',
    '\tworkers = 0',
    '',
  ].join('\n');
  try {
    await mkdir(path.join(storeDir, 'refs', 'heads'), { recursive: true, mode: 0o700 });
    await mkdir(path.join(storeDir, 'objects'), { recursive: true });
    for (const [name, text] of [
      ['HEAD', 'ref: refs/heads/none\n'],
      ['config', config],
    ] as const) {
      const file = path.join(storeDir, name);
      if ((await readFile(file, 'utf8').catch(() => null)) === text) continue;
      // Another process may be reading it at this moment.
      const temporary = `${file}.${randomBytes(6).toString('hex')}`;
      await writeFile(temporary, text);
      await rename(temporary, file);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new GitFailure(
      isFull(code)
        ? `The state folder '${quoteForPerson(storeDir)}' cannot be written: the disk is full (${code}).`
        : `The state folder '${quoteForPerson(storeDir)}' cannot be written (${code ?? 'unknown error'}). ` +
            'Make it writable, or choose another one.',
      { cause: error, code },
    );
  }
}

function makeGit(context: GitContext): Git {
  return {
    objectsDir: context.objectsDir,
    alternateDirs: context.alternateDirs,
    sandboxEnv: SANDBOX_GIT_ENV,
    intakeProgram: INTAKE_PROGRAM,
    inspect: () => inspectRepository(context),
    readBranch: async (branch) => (await readBranches(context, [branch])).get(branch) ?? null,
    readBranches: (branches) => readBranches(context, branches),
    listBranches: (prefix) => listBranches(context, prefix),
    moveBranches: (moves, reason) => moveBranches(context, moves, reason),
    treeOf: (commit) => treeOfCommit(context, commit),
    parentsOf: (commit) => parentsOfCommit(context, commit),
    mergeBase: (one, other) => findMergeBase(context, one, other),
    isAncestor: (ancestor, descendant) => isAncestor(context, ancestor, descendant),
    readFile: (at, file, maxBytes) => readTextFile(context, at, file, maxBytes),
    readFiles: (at, maxBytes) => readTextFiles(context, at, maxBytes),
    listPaths: (tree) => listPaths(context, tree),
    diffTrees: (from, to) => diffTrees(context, from, to),
    diffText: (from, to, maxBytes) => diffText(context, from, to, maxBytes),
    countLines: (from, to) => countLines(context, from, to),
    mergeCommits: (ours, theirs) => mergeCommits(context, ours, theirs),
    restorePaths: (tree, from, paths) => restorePaths(context, tree, from, paths),
    writeCommit: (commit) => writeCommit(context, commit),
    writeTree: (files) => writeTextFiles(context, files),
    createWorktree: (worktree) => createWorktree(context, worktree),
    validateWorktree: (target) => validateWorktree(context, target),
    removeWorktree: (target) => removeWorktree(context, target),
    listWorktrees: () => listWorktrees(context),
    createPrivateGitDir: (options) => createPrivateGitDir(context, options),
    takeIn: (options) => takeIn(context, options),
    writePack: (options) => writePack(context, options),
    explainIntakeExit,
    checkoutsOf: (branch) => checkoutsOf(context, branch),
    checkRefresh: (target, from, to) => checkRefresh(context, target, from, to),
    refreshCheckout: (target, from, to) => refreshCheckout(context, target, from, to),
    [Symbol.asyncDispose]: () => context.objects.reader.close(),
  };
}
