/** Check suites as payloads show them, and the short form of their commit. */
import type { CommitObject } from '../git-storage.ts';
import { representApp, toIso } from '../rest/represent-account.ts';
import { representPullsOf } from '../rest/represent-check.ts';
import { repositoryUrls } from '../rest/represent-repository.ts';
import type { CheckSuite, Repository } from '../state.ts';
import { appOf, type World } from '../world.ts';

type Json = Record<string, unknown>;

/** The suite of a `check_suite` event. */
export async function representSuite(world: World, repository: Repository, suite: CheckSuite): Promise<Json> {
  const commit = await world.git.readCommit(repository.gitDir, suite.headSha);
  if (commit === null) throw new Error(`The commit ${suite.headSha} of a check suite is not in the repository.`);
  const runs = [...repository.checkRuns.values()].filter((run) => run.suiteId === suite.id);
  return {
    ...representBareSuite(world, repository, suite),
    check_runs_url: `${suiteUrl(world, repository, suite)}/check-runs`,
    latest_check_runs_count: runs.length,
    rerequestable: true,
    runs_rerequestable: suite.workflowRunId === null,
    head_commit: representHeadCommit(commit),
  };
}

/** Schema `simple-check-suite`, as check runs carry it. */
export function representSuiteSummary(world: World, repository: Repository, suiteId: number): Json | null {
  const suite = repository.checkSuites.get(suiteId);
  return suite === undefined ? null : representBareSuite(world, repository, suite);
}

function representBareSuite(world: World, repository: Repository, suite: CheckSuite): Json {
  return {
    id: suite.id,
    node_id: suite.nodeId,
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    url: suiteUrl(world, repository, suite),
    before: null,
    after: suite.headSha,
    pull_requests: representPullsOf(world, repository, suite.headSha),
    // The schema of suites names fewer events than apps may listen to.
    app: { ...representApp(world, appOf(world.state, suite.appId)), events: [] },
    created_at: toIso(suite.createdAt),
    updated_at: toIso(suite.updatedAt),
  };
}

function suiteUrl(world: World, repository: Repository, suite: CheckSuite): string {
  return `${repositoryUrls(world, repository).api}/check-suites/${suite.id}`;
}

/** Schema `simple-commit`. */
export function representHeadCommit(commit: CommitObject): Json {
  return {
    id: commit.oid,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: toIso(commit.committer.at),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}
