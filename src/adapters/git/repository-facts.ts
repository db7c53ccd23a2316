/** What is true of the user's repository, and the few of the user's settings that matter to Espalier. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';

import type { BranchName } from '../../core/brand.ts';
import type { RepositoryFacts } from '../../ports/git.ts';
import { findChanges } from './checkouts.ts';
import { type CallerEnv, composeGitEnv } from './env.ts';
import type { GitContext } from './git-context.ts';
import { failureOf } from './git-failure.ts';
import { decodePath, splitNul } from './path-bytes.ts';
import { runGit } from './run-git.ts';
import { findAdminDir } from './worktrees.ts';

/** Settings of the user that are carried on, each as configuration entries. */
export interface UserSettings {
  /** One switch per hook that the configuration names as a command (git 2.54 and newer). */
  hookSwitches: (readonly [string, string])[];
  /** How a shared repository sets the modes of new objects. */
  sharing: (readonly [string, string])[];
}

/** Reads them from the configuration that git itself would use in `folder`. Runs nothing that it names. */
export async function readUserSettings(folder: string, caller: CallerEnv): Promise<UserSettings> {
  const config = await readConfig(folder, composeGitEnv({ caller, scope: 'user' }));
  const hooks = new Set<string>();
  const sharing: (readonly [string, string])[] = [];
  for (const [key, value] of config) {
    // Names of hooks keep their case; `hook.` and the last part are in lower case.
    const hook = /^hook\.(.+)\.[a-z0-9-]+$/s.exec(key)?.[1];
    if (hook !== undefined) hooks.add(hook);
    if (key === 'core.sharedrepository') sharing.push(['core.sharedRepository', value]);
  }
  return { hookSwitches: [...hooks].map((name) => [`hook.${name}.enabled`, 'false'] as const), sharing };
}

async function readConfig(folder: string, env: Record<string, string>): Promise<[string, string][]> {
  const exit = await runGit({ args: ['config', '--list', '-z'], env, cwd: folder });
  if (exit.exitCode !== 0) throw failureOf('reading the configuration', exit);
  return splitNul(exit.stdout).map((record) => {
    const text = record.toString('utf8');
    const at = text.indexOf('\n');
    return at === -1 ? [text, 'true'] : [text.slice(0, at), text.slice(at + 1)];
  });
}

/** See `Git.inspect`. */
export async function inspectRepository(context: GitContext): Promise<RepositoryFacts> {
  const gitDir =
    context.topLevel === null
      ? context.commonDir
      : ((await findAdminDir(context, context.topLevel)) ?? context.commonDir);
  const env = { ...context.repositoryEnv('user'), GIT_DIR: gitDir };
  const [head, commit, config, isShallow] = await Promise.all([
    runGit({ args: ['symbolic-ref', '--quiet', 'HEAD'], env, cwd: gitDir }),
    runGit({ args: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], env, cwd: gitDir }),
    readConfig(gitDir, env),
    isThere(path.join(context.commonDir, 'shallow')),
  ]);
  const hasHead = commit.exitCode === 0;
  const [hasCommits, submodules, changes] = await Promise.all([
    hasHead || hasAnyBranch(env, gitDir),
    hasHead ? listSubmodules(context, commit.stdout.toString('latin1').trim()) : [],
    context.topLevel === null ? null : findChanges(context, context.topLevel, gitDir),
  ]);
  const ref = head.exitCode === 0 ? head.stdout.toString('utf8').trim() : '';
  return {
    commonDir: context.commonDir,
    topLevel: context.topLevel,
    headBranch:
      hasHead && context.topLevel !== null && ref.startsWith('refs/heads/')
        ? (ref.slice('refs/heads/'.length) as BranchName)
        : null,
    hasCommits,
    isShallow,
    isDirty: changes !== null,
    submodules,
    objectFormat: context.objectFormat,
    gitVersion: context.gitVersion,
    identity: identityFrom(new Map(config)),
  };
}

async function hasAnyBranch(env: Record<string, string>, cwd: string): Promise<boolean> {
  const exit = await runGit({ args: ['for-each-ref', '--count=1', 'refs/heads/'], env, cwd });
  return exit.stdout.length > 0;
}

/** Gitlinks of a commit; only the tree knows them for sure, `.gitmodules` is just a file. */
async function listSubmodules(context: GitContext, commit: string): Promise<string[]> {
  const output = await context.runInStore('listing submodules', {
    args: ['ls-tree', '-r', '-z', '--full-tree', commit],
  });
  const marker = Buffer.from('160000 ');
  return splitNul(output)
    .filter((record) => record.subarray(0, marker.length).equals(marker))
    .map((record) => decodePath(record.subarray(record.indexOf(9) + 1)));
}

function identityFrom(config: ReadonlyMap<string, string>): RepositoryFacts['identity'] {
  const name = config.get('user.name')?.trim();
  const email = config.get('user.email')?.trim();
  return name && email ? { name, email } : null;
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
