/** Branches of the user's repository: reading them, and moving them all or none by compare-and-swap. */
import type { BranchName, CommitSha } from '../../core/brand.ts';
import { isObjectName } from '../../core/ids.ts';
import type { BranchMove } from '../../ports/git.ts';
import type { GitContext } from './git-context.ts';
import { failureOf, GitFailure, quoteForPerson } from './git-failure.ts';
import { runGit } from './run-git.ts';

const HEADS = 'refs/heads/';
const MOVE_TRIES = 4;

/** Tips of the branches that exist among `branches`. */
export async function readBranches(
  context: GitContext,
  branches: readonly BranchName[],
): Promise<Map<BranchName, CommitSha>> {
  if (branches.length === 0) return new Map();
  const tips = await readRefs(
    context,
    branches.map((branch) => `${HEADS}${branch}`),
  );
  const wanted = new Set<string>(branches);
  return new Map(tips.filter(({ branch }) => wanted.has(branch)).map(({ branch, sha }) => [branch, sha]));
}

/** All branches below a prefix, sorted by name. */
export async function listBranches(
  context: GitContext,
  prefix: string,
): Promise<{ branch: BranchName; sha: CommitSha }[]> {
  // for-each-ref matches whole parts of a name; what ends inside of one is filtered here.
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const tips = await readRefs(context, [`${HEADS}${folder}`]);
  return tips.filter(({ branch }) => branch.startsWith(prefix)).sort((a, b) => (a.branch < b.branch ? -1 : 1));
}

async function readRefs(
  context: GitContext,
  patterns: readonly string[],
): Promise<{ branch: BranchName; sha: CommitSha }[]> {
  const exit = await runGit({
    args: ['for-each-ref', '--format=%(objectname) %(objecttype) %(refname)', ...patterns],
    env: context.repositoryEnv('none'),
    cwd: context.commonDir,
  });
  if (exit.exitCode !== 0) throw failureOf('reading branches', exit);
  const tips: { branch: BranchName; sha: CommitSha }[] = [];
  for (const line of exit.stdout.toString('utf8').split('\n')) {
    const [sha = '', type, ...name] = line.split(' ');
    const ref = name.join(' ');
    if (type === 'commit' && isObjectName(sha) && ref.startsWith(HEADS))
      tips.push({ branch: ref.slice(HEADS.length) as BranchName, sha: sha as CommitSha });
  }
  return tips;
}

/**
 * Moves all or none. That a branch was not where it was expected is an answer; anything else that stops git (a lock
 * that stays, a name that is file and folder, a full disk) is thrown.
 */
export async function moveBranches(
  context: GitContext,
  moves: readonly BranchMove[],
  reason: string,
): Promise<{ moved: boolean; because: string }> {
  if (moves.length === 0) return { moved: true, because: '' };
  const input = Buffer.from(['start', ...moves.map(asCommand), 'prepare', 'commit', ''].join('\0'), 'utf8');
  for (let tries = 1; ; tries += 1) {
    const exit = await runGit({
      args: ['update-ref', '--stdin', '-z', '-m', `espalier: ${quoteForPerson(reason, 200)}`],
      env: context.repositoryEnv('none'),
      cwd: context.commonDir,
      input,
    });
    if (exit.exitCode === 0) return { moved: true, because: '' };
    // Git's words for a lost race vary; where the branches are now does not.
    const lost = await findLostRace(context, moves);
    if (lost !== null) return { moved: false, because: lost };
    // Nothing differs: either the branch went and came back in between, or this has another reason. For a lock git
    // has waited already.
    const mayPass = /but expected|reference already exists|unable to resolve reference/.test(exit.stderr);
    if (!mayPass || tries >= MOVE_TRIES) throw failureOf(`moving ${nameAll(moves)}`, exit);
  }
}

function asCommand({ branch, from, to }: BranchMove): string {
  const ref = `${HEADS}${branch}`;
  if (from === to) return `verify ${ref}\0${from ?? ''}`;
  if (to === null) return `delete ${ref}\0${from ?? ''}`;
  return from === null ? `create ${ref}\0${to}` : `update ${ref}\0${to}\0${from}`;
}

async function findLostRace(context: GitContext, moves: readonly BranchMove[]): Promise<string | null> {
  const tips = await readBranches(
    context,
    moves.map((move) => move.branch),
  );
  for (const { branch, from } of moves) {
    const tip = tips.get(branch) ?? null;
    if (tip !== from)
      return `branch '${branch}' is ${tip === null ? 'absent' : `at ${tip}`}, expected ${from === null ? 'none' : from}`;
  }
  return null;
}

function nameAll(moves: readonly BranchMove[]): string {
  return moves.map((move) => `branch '${move.branch}'`).join(' and ');
}

/** The branch that a symbolic one stands for, or the branch itself. Git's own `HEAD`-like aliases are rare but real. */
export async function resolveAlias(context: GitContext, branch: BranchName): Promise<BranchName> {
  const exit = await runGit({
    args: ['for-each-ref', '--format=%(refname) %(symref)', `${HEADS}${branch}`],
    env: context.repositoryEnv('none'),
    cwd: context.commonDir,
  });
  if (exit.exitCode !== 0) throw failureOf(`reading branch '${branch}'`, exit);
  for (const line of exit.stdout.toString('utf8').split('\n')) {
    const [ref, target = ''] = line.split(' ');
    if (ref !== `${HEADS}${branch}` || target === '') continue;
    if (!target.startsWith(HEADS))
      throw new GitFailure(`Branch '${branch}' stands for '${quoteForPerson(target)}', which is no branch. Repair it.`);
    return target.slice(HEADS.length) as BranchName;
  }
  return branch;
}
