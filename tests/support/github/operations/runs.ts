/** Workflow runs with their jobs and artifacts; what happens inside of them is for tests to say. */
import { createHash } from 'node:crypto';

import { ACTIONS_APP_ID, addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type { Artifact, CheckConclusion, CheckSuite, Job, Oid, Repository, Workflow, WorkflowRun } from '../state.ts';
import {
  appActor,
  nextLargeId,
  notFound,
  Refusal,
  repositoryOf,
  unprocessable,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';
import { addCheckRun, addCheckSuite, setSuite, updateCheckRun } from './checks.ts';
import { listWorkflowFiles, WORKFLOW_FOLDER } from './workflow-files.ts';
import { expandRunName, readDefinition, refuseBadInputs, type WorkflowDefinition } from './workflow-definition.ts';

/** The workflows of the default branch; one whose file went is `deleted`, and keeps its id. */
export async function readWorkflows(world: World, repository: Repository): Promise<Workflow[]> {
  return world.atomically(async () => {
    const tip = repository.refs.get(`refs/heads/${repository.defaultBranch}`);
    const files = tip === undefined ? [] : await listWorkflowFiles(world, repository, tip);
    for (const workflow of repository.workflows.values())
      if (!files.some((file) => `${WORKFLOW_FOLDER}/${file.name}` === workflow.path)) workflow.state = 'deleted';
    for (const file of files) {
      const path = `${WORKFLOW_FOLDER}/${file.name}`;
      const definition = readDefinition(await world.git.readBlob(repository.gitDir, file.oid), path);
      const known = [...repository.workflows.values()].find((one) => one.path === path);
      if (known === undefined) addWorkflow(world, repository, { path, name: definition.name });
      else {
        known.name = definition.name;
        if (known.state === 'deleted') known.state = 'active';
      }
    }
    return [...repository.workflows.values()];
  });
}

function addWorkflow(world: World, repository: Repository, { path, name }: { path: string; name: string }): void {
  const id = nextLargeId(world.state);
  const now = world.clock.now();
  const workflow: Workflow = {
    id,
    nodeId: makeNodeId('Workflow', id),
    repositoryId: repository.id,
    name,
    path,
    state: 'active',
    createdAt: now,
    updatedAt: now,
  };
  repository.workflows.set(id, workflow);
  addNode(world.state, workflow.nodeId, { kind: 'Workflow', repository, workflow });
}

/** A workflow by id or by name of its file; a refusal where the default branch has none such. */
export async function findWorkflow(world: World, repository: Repository, idOrFileName: string): Promise<Workflow> {
  const workflow = (await readWorkflows(world, repository)).find(
    (one) => `${one.id}` === idOrFileName || one.path === `${WORKFLOW_FOLDER}/${idOrFileName}`,
  );
  if (workflow === undefined || workflow.state === 'deleted') throw notFound();
  return workflow;
}

/** Dispatches a workflow on a branch or tag, as its file stands there. */
export async function dispatchWorkflow(
  world: World,
  by: Actor,
  workflow: Workflow,
  dispatch: { ref: string; inputs: Record<string, string> },
): Promise<WorkflowRun> {
  return world.atomically(async () => {
    const repository = repositoryOf(world.state, workflow.repositoryId);
    refuseWriteToArchived(repository);
    if (!repository.settings.actionsEnabled)
      throw new Refusal(422, 'UNPROCESSABLE', 'Actions has been disabled for this repository.');
    if (workflow.state !== 'active') throw unprocessable(`Cannot trigger a 'workflow_dispatch' on a disabled workflow`);
    const branch = dispatch.ref.replace(/^refs\/heads\//, '');
    const headSha =
      repository.refs.get(`refs/heads/${branch}`) ??
      repository.refs.get(`refs/tags/${dispatch.ref.replace(/^refs\/tags\//, '')}`);
    if (headSha === undefined) throw unprocessable(`No ref found for: ${dispatch.ref}`);
    const definition = await readDefinitionAt(world, repository, { path: workflow.path, sha: headSha });
    if (definition === null || !definition.triggers.has('workflow_dispatch'))
      throw unprocessable(`Workflow does not have 'workflow_dispatch' trigger`);
    const inputs = refuseBadInputs(definition, dispatch.inputs);
    return startRun(world, by, workflow, {
      event: 'workflow_dispatch',
      headSha,
      headBranch: branch,
      displayTitle: expandRunName(definition, { inputs, branch }) ?? workflow.name,
      inputs,
    });
  });
}

async function readDefinitionAt(
  world: World,
  repository: Repository,
  { path, sha }: { path: string; sha: Oid },
): Promise<WorkflowDefinition | null> {
  const files = await listWorkflowFiles(world, repository, sha);
  const file = files.find((one) => `${WORKFLOW_FOLDER}/${one.name}` === path);
  return file === undefined ? null : readDefinition(await world.git.readBlob(repository.gitDir, file.oid), path);
}

/** Starts a run for any event: queued, with a check suite of GitHub Actions and no jobs. */
export async function startRun(
  world: World,
  by: Actor,
  workflow: Workflow,
  wanted: {
    event: string;
    headSha: Oid;
    headBranch: string | null;
    displayTitle: string;
    inputs?: Record<string, string>;
  },
): Promise<WorkflowRun> {
  return world.atomically(async () => {
    const repository = repositoryOf(world.state, workflow.repositoryId);
    const id = nextLargeId(world.state);
    const now = world.clock.now();
    const suite = addCheckSuite(world, repository, {
      appId: ACTIONS_APP_ID,
      headSha: wanted.headSha,
      headBranch: wanted.headBranch,
      workflowRunId: id,
    });
    const run: WorkflowRun = {
      id,
      nodeId: makeNodeId('WorkflowRun', id),
      repositoryId: repository.id,
      workflowId: workflow.id,
      runNumber: 1 + [...repository.runs.values()].filter((one) => one.workflowId === workflow.id).length,
      runAttempt: 1,
      name: workflow.name,
      displayTitle: wanted.displayTitle,
      path: workflow.path,
      event: wanted.event,
      headBranch: wanted.headBranch,
      headSha: wanted.headSha,
      status: 'queued',
      conclusion: null,
      checkSuiteId: suite.id,
      actor: by.account.login,
      triggeringActor: by.account.login,
      inputs: wanted.inputs ?? {},
      createdAt: now,
      updatedAt: now,
      runStartedAt: now,
    };
    repository.runs.set(id, run);
    addNode(world.state, run.nodeId, { kind: 'WorkflowRun', repository, run });
    await world.emit({ event: 'workflow_run', action: 'requested', repository, by, run });
    return run;
  });
}

/** Moves a run on while it is not done. */
export async function setRunStatus(world: World, run: WorkflowRun, status: 'queued' | 'in_progress'): Promise<void> {
  await world.atomically(async () => {
    const isNews = status === 'in_progress' && run.status !== 'in_progress';
    setFields(run, { status, conclusion: null, updatedAt: world.clock.now() });
    const { repository, suite, by } = surroundingsOf(world, run);
    await setSuite(world, by, suite, { status, conclusion: null });
    if (isNews) await world.emit({ event: 'workflow_run', action: 'in_progress', repository, by, run });
  });
}

/** Ends a run; jobs that are not done end with it, as cancelled. */
export async function completeRun(world: World, run: WorkflowRun, conclusion: CheckConclusion): Promise<void> {
  await world.atomically(async () => {
    if (run.status === 'completed') return;
    const { repository, suite, by } = surroundingsOf(world, run);
    for (const job of jobsOf(repository, run))
      if (job.status !== 'completed') await setJobStatus(world, job, 'completed', 'cancelled');
    setFields(run, {
      status: 'completed',
      conclusion,
      updatedAt: world.clock.now(),
    });
    await setSuite(world, by, suite, { status: 'completed', conclusion });
    await world.emit({ event: 'workflow_run', action: 'completed', repository, by, run });
  });
}

/** Cancels a run; refused where it is done. Where a runner has it in hand, it ends when its jobs have wound down. */
export async function cancelRun(world: World, by: Actor, run: WorkflowRun): Promise<void> {
  await world.atomically(async () => {
    refuseWriteToArchived(repositoryOf(world.state, run.repositoryId));
    if (run.status === 'completed')
      throw new Refusal(409, 'CONFLICT', 'Cannot cancel a workflow run that is completed.');
    run.triggeringActor = by.account.login;
    await world.followers.runCancelled(world, run);
  });
}

/** Ends a run before it began, until a person approves it; see {@link approveRun}. */
export async function holdRun(world: World, run: WorkflowRun): Promise<void> {
  await completeRun(world, run, 'action_required');
}

/** A person with write permission lets a run begin that was held for approval; refused for any other run. */
export async function approveRun(world: World, by: Actor, run: WorkflowRun): Promise<void> {
  await world.atomically(async () => {
    const { repository, suite } = surroundingsOf(world, run);
    refuseWriteToArchived(repository);
    if (run.conclusion !== 'action_required')
      throw new Refusal(403, 'FORBIDDEN', 'This workflow run is not waiting for approval.');
    setFields(run, { status: 'queued', conclusion: null, updatedAt: world.clock.now() });
    await setSuite(world, by, suite, { status: 'queued', conclusion: null });
    await world.emit({ event: 'workflow_run', action: 'requested', repository, by, run });
  });
}

/** Runs a run again under its id, as its next attempt; refused while it is not done. */
export async function rerunRun(world: World, by: Actor, run: WorkflowRun): Promise<void> {
  await world.atomically(async () => {
    const { repository, suite } = surroundingsOf(world, run);
    refuseWriteToArchived(repository);
    if (run.status !== 'completed')
      throw new Refusal(403, 'FORBIDDEN', 'This workflow run is already running and cannot be rerun.');
    const now = world.clock.now();
    setFields(run, {
      runAttempt: run.runAttempt + 1,
      status: 'queued',
      conclusion: null,
      triggeringActor: by.account.login,
      runStartedAt: now,
      updatedAt: now,
    });
    await setSuite(world, by, suite, { status: 'queued', conclusion: null });
    await world.emit({ event: 'workflow_run', action: 'requested', repository, by, run });
  });
}

function surroundingsOf(world: World, run: WorkflowRun): { repository: Repository; suite: CheckSuite; by: Actor } {
  const repository = repositoryOf(world.state, run.repositoryId);
  const suite = repository.checkSuites.get(run.checkSuiteId);
  if (suite === undefined) throw new Error(`Workflow run ${run.id} has lost its check suite.`);
  const account = world.state.accounts.get(run.triggeringActor.toLowerCase());
  const by = account === undefined ? appActor(world, ACTIONS_APP_ID) : { account, appId: null };
  return { repository, suite, by };
}

/** Jobs of a run's present attempt (or of another one). */
function jobsOf(repository: Repository, run: WorkflowRun, attempt: number = run.runAttempt): Job[] {
  return [...repository.jobs.values()].filter((job) => job.runId === run.id && job.runAttempt === attempt);
}

/** Adds a job, queued, with its check run. */
export async function createJob(
  world: World,
  run: WorkflowRun,
  wanted: { name: string; labels?: string[] },
): Promise<Job> {
  return world.atomically(async () => {
    const { repository, suite } = surroundingsOf(world, run);
    const by = appActor(world, ACTIONS_APP_ID);
    const checkRun = await addCheckRun(world, by, suite, { name: wanted.name });
    const id = nextLargeId(world.state);
    const now = world.clock.now();
    const job: Job = {
      id,
      nodeId: `J_${id}`,
      repositoryId: repository.id,
      runId: run.id,
      runAttempt: run.runAttempt,
      checkRunId: checkRun.id,
      name: wanted.name,
      status: 'queued',
      conclusion: null,
      labels: wanted.labels ?? ['ubuntu-latest'],
      createdAt: now,
      startedAt: now,
      completedAt: null,
      steps: [],
    };
    repository.jobs.set(id, job);
    await world.emit({ event: 'workflow_job', action: 'queued', repository, by, job });
    return job;
  });
}

/** Starts or ends a job, and its check run with it. */
export async function setJobStatus(
  world: World,
  job: Job,
  status: 'in_progress' | 'completed',
  conclusion: CheckConclusion = 'success',
): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, job.repositoryId);
    const by = appActor(world, ACTIONS_APP_ID);
    const now = world.clock.now();
    const checkRun = repository.checkRuns.get(job.checkRunId);
    job.status = status;
    if (status === 'completed') setFields(job, { conclusion, completedAt: now });
    else job.startedAt = now;
    if (checkRun !== undefined)
      await updateCheckRun(world, by, checkRun, status === 'completed' ? { conclusion } : { status });
    await world.emit({ event: 'workflow_job', action: status, repository, by, job });
  });
}

const DAY_MS = 86_400_000;

/** Keeps an artifact of a run; names are unique in a run, and an artifact never changes. */
export async function uploadArtifact(
  world: World,
  run: WorkflowRun,
  wanted: { name: string; bytes: Uint8Array; retentionDays?: number; contentType?: string },
): Promise<Artifact> {
  return world.atomically(async () => {
    const repository = repositoryOf(world.state, run.repositoryId);
    for (const one of repository.artifacts.values())
      if (one.runId === run.id && one.name === wanted.name)
        throw new Refusal(409, 'CONFLICT', 'an artifact with this name already exists on the workflow run');
    const id = nextLargeId(world.state);
    const now = world.clock.now();
    const artifact: Artifact = {
      id,
      nodeId: `ART_${id}`,
      repositoryId: repository.id,
      runId: run.id,
      name: wanted.name,
      bytes: wanted.bytes,
      contentType: wanted.contentType ?? 'application/zip',
      digest: `sha256:${createHash('sha256').update(wanted.bytes).digest('hex')}`,
      isExpired: false,
      createdAt: now,
      expiresAt: now + (wanted.retentionDays ?? 90) * DAY_MS,
    };
    repository.artifacts.set(id, artifact);
    return artifact;
  });
}

/** The artifact's time is over: it is listed, and its bytes are gone. */
export async function expireArtifact(world: World, artifact: Artifact): Promise<void> {
  await world.atomically(async () => {
    setFields(artifact, {
      isExpired: true,
      bytes: new Uint8Array(),
      expiresAt: world.clock.now(),
    });
  });
}
