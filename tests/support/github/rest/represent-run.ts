/** Workflows, their runs, jobs and artifacts as REST shows them. */
import type { CommitObject } from '../git-storage.ts';
import type { Artifact, Job, Repository, Workflow, WorkflowRun } from '../state.ts';
import type { World } from '../world.ts';
import { representLogin, toIso, toIsoOrNull } from './represent-account.ts';
import { representPullsOf } from './represent-check.ts';
import { representMinimalRepository, repositoryUrls } from './represent-repository.ts';

/** Schema `workflow`. */
export function representWorkflow(world: World, repository: Repository, workflow: Workflow): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const file = workflow.path.split('/').at(-1) ?? '';
  return {
    id: workflow.id,
    node_id: workflow.nodeId,
    name: workflow.name,
    path: workflow.path,
    state: workflow.state,
    created_at: toIso(workflow.createdAt),
    updated_at: toIso(workflow.updatedAt),
    url: `${api}/actions/workflows/${workflow.id}`,
    html_url: `${web}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${web}/actions/workflows/${file}/badge.svg`,
  };
}

/** Schema `workflow-run`. */
export function representRun(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  headCommit: CommitObject | null,
): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const url = `${api}/actions/runs/${run.id}`;
  const minimal = representMinimalRepository(world, repository);
  return {
    id: run.id,
    name: run.name,
    node_id: run.nodeId,
    check_suite_id: run.checkSuiteId,
    check_suite_node_id: repository.checkSuites.get(run.checkSuiteId)?.nodeId ?? '',
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    run_number: run.runNumber,
    run_attempt: run.runAttempt,
    event: run.event,
    display_title: run.displayTitle,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflowId,
    url,
    html_url: `${web}/actions/runs/${run.id}`,
    pull_requests: representPullsOf(world, repository, run.headSha),
    created_at: toIso(run.createdAt),
    updated_at: toIso(run.updatedAt),
    actor: representLogin(world, run.actor),
    triggering_actor: representLogin(world, run.triggeringActor),
    run_started_at: toIso(run.runStartedAt),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/check-suites/${run.checkSuiteId}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.runAttempt > 1 ? `${url}/attempts/${run.runAttempt - 1}` : null,
    workflow_url: `${api}/actions/workflows/${run.workflowId}`,
    head_commit: headCommit === null ? null : representHeadCommit(headCommit),
    repository: minimal,
    head_repository: minimal,
  };
}

/** Schema `simple-commit`. */
function representHeadCommit(commit: CommitObject): Record<string, unknown> {
  return {
    id: commit.oid,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: toIso(commit.committer.at),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

/** Schema `job`. */
export function representJob(world: World, repository: Repository, job: Job): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const run = repository.runs.get(job.runId);
  return {
    id: job.id,
    run_id: job.runId,
    run_url: `${api}/actions/runs/${job.runId}`,
    run_attempt: job.runAttempt,
    node_id: job.nodeId,
    head_sha: run?.headSha ?? '',
    head_branch: run?.headBranch ?? null,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${web}/actions/runs/${job.runId}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: toIso(job.createdAt),
    started_at: toIso(job.startedAt),
    completed_at: toIsoOrNull(job.completedAt),
    name: job.name,
    steps: job.steps.map(({ startedAt, completedAt, ...step }) => ({
      ...step,
      started_at: toIso(startedAt),
      completed_at: toIsoOrNull(completedAt),
    })),
    check_run_url: `${api}/check-runs/${job.checkRunId}`,
    labels: job.labels,
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: run?.name ?? null,
  };
}

/** Schema `artifact`. */
export function representArtifact(world: World, repository: Repository, artifact: Artifact): Record<string, unknown> {
  const url = `${repositoryUrls(world, repository).api}/actions/artifacts/${artifact.id}`;
  const run = repository.runs.get(artifact.runId);
  return {
    id: artifact.id,
    node_id: artifact.nodeId,
    name: artifact.name,
    size_in_bytes: artifact.bytes.byteLength,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.isExpired,
    digest: artifact.digest,
    created_at: toIso(artifact.createdAt),
    updated_at: toIso(artifact.createdAt),
    expires_at: toIso(artifact.expiresAt),
    workflow_run: {
      id: artifact.runId,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run?.headBranch ?? '',
      head_sha: run?.headSha ?? '',
    },
  };
}
