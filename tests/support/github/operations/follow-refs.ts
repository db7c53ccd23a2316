/** What follows when a ref has moved: events, check suites, and the fate of the pull requests at either end. */
import { ACTIONS_APP_ID } from '../registry.ts';
import { ZERO_OID, type Oid, type PullIssue, type RefMove, type Repository } from '../state.ts';
import { appActor, installationOn, isPull, repositoryOf, type Actor, type World, setFields } from '../world.ts';
import { addCheckSuite } from './checks.ts';
import { invalidateQueue, leaveQueue } from './merge-queue.ts';
import { closePull, markMerged, retargetPull } from './pulls.ts';
import { bringHead } from './pull-heads.ts';
import { dismissStaleReviews } from './reviews.ts';

/** Tells of one move that state and git already show, and carries out what it means. */
export async function followMovedRef(world: World, by: Actor, repository: Repository, move: RefMove): Promise<void> {
  const found = /^refs\/(?<kind>heads|tags)\/(?<name>.+)$/.exec(move.name)?.groups;
  // Refs of other kinds are nobody's business: no events, no pull requests.
  if (found === undefined) return;
  const { name = '', kind } = found;
  await emitMove(world, by, repository, { ...move, name, refType: kind === 'heads' ? 'branch' : 'tag' });
  if (kind !== 'heads') return;
  if (move.after !== ZERO_OID) await requestCheckSuites(world, repository, { branch: name, sha: move.after });
  for (const issue of openPullsWithHead(world, repository, name)) await followHead(world, by, issue, move);
  for (const issue of openPulls(repository))
    if (issue.pull.baseRefName === name) await followBase(world, by, issue, move);
  await invalidateQueue(world, by, repository, name);
}

async function emitMove(
  world: World,
  by: Actor,
  repository: Repository,
  move: RefMove & { refType: 'branch' | 'tag' },
): Promise<void> {
  const { before, after, name, refType } = move;
  const ref = `refs/${refType === 'branch' ? 'heads' : 'tags'}/${name}`;
  if (before === ZERO_OID) await world.emit({ event: 'create', repository, by, refType, name });
  if (after === ZERO_OID) await world.emit({ event: 'delete', repository, by, refType, name });
  const isUpdate = before !== ZERO_OID && after !== ZERO_OID;
  const isForced = isUpdate && !(await world.git.isAncestor(repository.gitDir, before, after));
  await world.emit({ event: 'push', repository, by, ref, before, after, isForced });
}

/** GitHub opens a suite for every app that gives checks as soon as a commit is pushed. */
async function requestCheckSuites(
  world: World,
  repository: Repository,
  head: { branch: string; sha: Oid },
): Promise<void> {
  for (const app of world.state.apps.values()) {
    const installation = installationOn(world.state, app.id, repository);
    // GitHub Actions has a suite for each run instead.
    if (
      app.id === ACTIONS_APP_ID ||
      installation?.suspendedAt !== null ||
      installation.permissions['checks'] !== 'write'
    )
      continue;
    const isKnown = [...repository.checkSuites.values()].some(
      (one) => one.appId === app.id && one.headSha === head.sha,
    );
    if (isKnown) continue;
    const suite = addCheckSuite(world, repository, { appId: app.id, headSha: head.sha, headBranch: head.branch });
    const by = appActor(world, app.id);
    await world.emit({ event: 'check_suite', action: 'requested', repository, by, suite });
  }
}

function openPulls(repository: Repository): PullIssue[] {
  return [...repository.issues.values()].filter(isPull).filter((issue) => issue.state === 'open');
}

function openPullsWithHead(world: World, head: Repository, branch: string): PullIssue[] {
  return [...world.state.repositories.values()]
    .flatMap(openPulls)
    .filter(({ pull }) => pull.headRepositoryId === head.id && pull.headRefName === branch);
}

async function followHead(world: World, by: Actor, issue: PullIssue, { before, after }: RefMove): Promise<void> {
  if (after === ZERO_OID) {
    await closePull(world, by, issue);
    return;
  }
  const repository = repositoryOf(world.state, issue.repositoryId);
  const { pull } = issue;
  await bringHead(world, repository, issue, after);
  const baseSha = repository.refs.get(`refs/heads/${pull.baseRefName}`) ?? pull.baseSha;
  setFields(pull, { headSha: after, baseSha, mergeability: null });
  setFields(issue, { updatedAt: world.clock.now() });
  await leaveQueue(world, by, issue, 'UNKNOWN_REMOVAL_REASON');
  await dismissStaleReviews(world, by, issue);
  await world.emit({ event: 'pull_request', action: 'synchronize', repository, by, issue, before, after });
  if (await world.git.isAncestor(repository.gitDir, after, baseSha)) await closePull(world, by, issue);
}

async function followBase(world: World, by: Actor, issue: PullIssue, { before, after, name }: RefMove): Promise<void> {
  const repository = repositoryOf(world.state, issue.repositoryId);
  if (after === ZERO_OID) {
    const branch = name.slice('refs/heads/'.length);
    const next = newBaseOf(repository, branch);
    if (next === null) await closePull(world, by, issue);
    else await retargetPull(world, by, issue, next);
    return;
  }
  const { headSha } = issue.pull;
  if (!(await world.git.isAncestor(repository.gitDir, headSha, after))) return;
  if (before !== ZERO_OID && (await world.git.isAncestor(repository.gitDir, headSha, before))) return;
  await markMerged(world, by, issue, await findMergeCommit(world, repository, { before, after, headSha }));
}

/** Where pull requests go whose base was deleted: to the base of the merged pull request that it was the head of. */
function newBaseOf(repository: Repository, deletedBranch: string): string | null {
  const merged = [...repository.issues.values()]
    .filter(isPull)
    .find(
      ({ pull }) =>
        pull.isMerged && pull.headRefName === deletedBranch && repository.refs.has(`refs/heads/${pull.baseRefName}`),
    );
  return merged?.pull.baseRefName ?? null;
}

/** The first commit on the way of the base that holds the head. */
async function findMergeCommit(
  world: World,
  repository: Repository,
  { before, after, headSha }: { before: Oid; after: Oid; headSha: Oid },
): Promise<Oid> {
  const oldest = before === ZERO_OID ? null : before;
  let found = after;
  for (let oid: Oid | undefined = after; oid !== undefined && oid !== oldest;) {
    if (!(await world.git.isAncestor(repository.gitDir, headSha, oid))) break;
    found = oid;
    oid = (await world.git.readCommit(repository.gitDir, oid))?.parents[0];
  }
  return found;
}
