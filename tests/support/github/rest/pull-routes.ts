/** Routes of pull requests. */
import { mergePull, mergeStateStatus, readMergeability } from '../operations/merging.ts';
import { closePull, editPull, openPull, reopenPull, updatePullBranch } from '../operations/pulls.ts';
import type { ChangedFile } from '../git-storage.ts';
import type { MergeMethod, Oid, PullIssue } from '../state.ts';
import { isPull, pullOf } from '../world.ts';
import { representFile, representPull, representReview, representSimplePull } from './represent-pull.ts';
import { repositoryUrls } from './represent-repository.ts';
import { ok, readNumber, takePage, type RepositoryCall, type RestAnswer, type RestRoutes } from './rest-call.ts';

export const pullRoutes: RestRoutes<RepositoryCall> = {
  'POST /repos/{owner}/{repo}/pulls': async (call) => {
    const {
      title = '',
      body,
      head,
      base,
      draft,
    } = call.body as {
      title?: string;
      body?: string;
      head: string;
      base: string;
      draft?: boolean;
    };
    const pull = await openPull(call.world, call.actor, call.repository, { title, body, head, base, isDraft: draft });
    return { status: 201, body: await showPull(call, pull) };
  },
  'GET /repos/{owner}/{repo}/pulls': listPulls,
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': async (call) => ok(await showPull(call, askedPull(call))),
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': changePull,
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': merge,
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch': async (call) => {
    const pull = askedPull(call);
    const expected = call.body['expected_head_sha'];
    await updatePullBranch(call.world, call.actor, pull, typeof expected === 'string' ? expected : undefined);
    const url = `${repositoryUrls(call.world, call.repository).web}/pull/${pull.number}`;
    return { status: 202, body: { message: 'Updating pull request branch.', url } };
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': (call) => {
    const pull = askedPull(call);
    const reviews = [...call.repository.reviews.values()].filter((review) => review.pullNumber === pull.number);
    const { page, headers } = takePage(call, reviews);
    const body = page.map((review) => representReview(call.world, call.repository, pull, review));
    return { status: 200, body, headers };
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': async (call) => {
    const pull = askedPull(call);
    const { files } = await readChange(call, pull);
    const { page, headers } = takePage(call, files);
    const body = page.map((file) => representFile(call.world, call.repository, pull.pull.headSha, file));
    return { status: 200, body, headers };
  },
};

function askedPull(call: RepositoryCall): PullIssue {
  return pullOf(call.repository, readNumber(call, 'pull_number'));
}

async function showPull(call: RepositoryCall, pull: PullIssue): Promise<Record<string, unknown>> {
  const { world, repository, actor } = call;
  const { mergeable, mergeCommitSha } = await readMergeability(world, pull);
  const state = await mergeStateStatus(world, pull, actor);
  const change = await readChange(call, pull);
  return representPull(world, repository, pull, {
    mergeable,
    mergeableState: state.toLowerCase(),
    testMergeSha: mergeCommitSha,
    ...change,
  });
}

/** What a pull request changes: against its merge base, and for a merged one, against the base that it met. */
async function readChange(
  { world, repository }: RepositoryCall,
  { pull }: PullIssue,
): Promise<{ commits: number; files: ChangedFile[] }> {
  const { gitDir } = repository;
  const mergeBase = await world.git.mergeBase(gitDir, pull.baseSha, pull.headSha);
  if (mergeBase === null) return { commits: 0, files: [] };
  const commits = await world.git.listCommits(gitDir, { base: mergeBase, head: pull.headSha });
  return { commits: commits.length, files: await world.git.diff(gitDir, mergeBase, pull.headSha) };
}

function listPulls(call: RepositoryCall): RestAnswer {
  const { world, repository, query } = call;
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const found = [...repository.issues.values()]
    .filter((issue) => isPull(issue))
    .filter((issue) => state === 'all' || issue.state === state)
    // Without an owner in front GitHub does not filter by head at all.
    .filter(({ pull }) => head === null || !head.includes(':') || head === `${pull.headOwner}:${pull.headRefName}`)
    .filter(({ pull }) => base === null || pull.baseRefName === base)
    .sort((one, other) => other.number - one.number);
  const sorted = query.get('direction') === 'asc' ? found.reverse() : found;
  const { page, headers } = takePage(call, sorted);
  const body = page.map((pull) =>
    representSimplePull(world, repository, pull, pull.pull.mergeability?.mergeCommitSha ?? null),
  );
  return { status: 200, body, headers };
}

async function changePull(call: RepositoryCall): Promise<RestAnswer> {
  const { world, actor } = call;
  const pull = askedPull(call);
  const change = call.body as { title?: string; body?: string; base?: string; state?: 'open' | 'closed' };
  if (change.title !== undefined || change.body !== undefined || change.base !== undefined)
    await editPull(world, actor, pull, { title: change.title, body: change.body, base: change.base });
  if (change.state === 'closed' && pull.state === 'open') await closePull(world, actor, pull);
  if (change.state === 'open' && pull.state === 'closed') await reopenPull(world, actor, pull);
  return ok(await showPull(call, pull));
}

async function merge(call: RepositoryCall): Promise<RestAnswer> {
  const asked = call.body as {
    sha?: Oid;
    merge_method?: MergeMethod;
    commit_title?: string;
    commit_message?: string;
  };
  const sha = await mergePull(call.world, call.actor, askedPull(call), {
    expectedHeadSha: asked.sha,
    method: asked.merge_method,
    title: asked.commit_title,
    message: asked.commit_message,
  });
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}
