/** Check runs as REST shows them. */
import type { CheckRun, PullIssue, Repository } from '../state.ts';
import { isPull, type World } from '../world.ts';
import { representAppOrNull, toIso, toIsoOrNull } from './represent-account.ts';
import { repositoryUrls } from './represent-repository.ts';

/** Schema `check-run`. */
export function representCheckRun(world: World, repository: Repository, checkRun: CheckRun): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const url = `${api}/check-runs/${checkRun.id}`;
  return {
    id: checkRun.id,
    node_id: checkRun.nodeId,
    name: checkRun.name,
    head_sha: checkRun.headSha,
    external_id: checkRun.externalId,
    url,
    html_url: `${web}/runs/${checkRun.id}`,
    details_url: checkRun.detailsUrl,
    status: checkRun.status,
    conclusion: checkRun.conclusion,
    started_at: toIso(checkRun.startedAt),
    completed_at: toIsoOrNull(checkRun.completedAt),
    output: {
      title: checkRun.title,
      summary: checkRun.summary,
      text: checkRun.text,
      annotations_count: checkRun.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: checkRun.suiteId },
    app: representAppOrNull(world, checkRun.appId),
    pull_requests: representPullsOf(world, repository, checkRun.headSha),
  };
}

/** Schema `pull-request-minimal` of every open pull request whose head is a commit. */
export function representPullsOf(world: World, repository: Repository, headSha: string): Record<string, unknown>[] {
  return [...repository.issues.values()]
    .filter((issue): issue is PullIssue => isPull(issue) && issue.state === 'open' && issue.pull.headSha === headSha)
    .filter((issue) => issue.pull.headRepositoryId === repository.id)
    .map((issue) => representMinimalPull(world, repository, issue));
}

function representMinimalPull(world: World, repository: Repository, issue: PullIssue): Record<string, unknown> {
  const { api } = repositoryUrls(world, repository);
  const repo = { id: repository.id, url: api, name: repository.name };
  return {
    id: issue.pull.id,
    number: issue.number,
    url: `${api}/pulls/${issue.number}`,
    head: { ref: issue.pull.headRefName, sha: issue.pull.headSha, repo },
    base: { ref: issue.pull.baseRefName, sha: issue.pull.baseSha, repo },
  };
}
