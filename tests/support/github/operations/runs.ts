import type { Repository, Oid, CheckConclusion, Workflow, WorkflowRun, Job, Artifact } from '../state.ts';
import type { Actor, World } from '../world.ts';

/** To be built. */
export async function readWorkflows(world: World, repository: Repository): Promise<Workflow[]> {
  throw new Error(`not built: readWorkflows`);
}

/** To be built. */
export async function findWorkflow(world: World, repository: Repository, idOrFileName: string): Promise<Workflow> {
  throw new Error(`not built: findWorkflow`);
}

/** To be built. */
export async function dispatchWorkflow(
  world: World,
  by: Actor,
  workflow: Workflow,
  dispatch: { ref: string; inputs: Record<string, string> },
): Promise<WorkflowRun> {
  throw new Error(`not built: dispatchWorkflow`);
}

/** To be built. */
export async function startRun(
  world: World,
  by: Actor,
  workflow: Workflow,
  run: {
    event: string;
    headSha: Oid;
    headBranch: string | null;
    displayTitle: string;
    inputs?: Record<string, string>;
  },
): Promise<WorkflowRun> {
  throw new Error(`not built: startRun`);
}

/** To be built. */
export async function setRunStatus(world: World, run: WorkflowRun, status: 'queued' | 'in_progress'): Promise<void> {
  throw new Error(`not built: setRunStatus`);
}

/** To be built. */
export async function completeRun(world: World, run: WorkflowRun, conclusion: CheckConclusion): Promise<void> {
  throw new Error(`not built: completeRun`);
}

/** To be built. */
export async function cancelRun(world: World, by: Actor, run: WorkflowRun): Promise<void> {
  throw new Error(`not built: cancelRun`);
}

/** To be built. */
export async function rerunRun(world: World, by: Actor, run: WorkflowRun): Promise<void> {
  throw new Error(`not built: rerunRun`);
}

/** To be built. */
export async function createJob(
  world: World,
  run: WorkflowRun,
  job: { name: string; labels?: string[] },
): Promise<Job> {
  throw new Error(`not built: createJob`);
}

/** To be built. */
export async function setJobStatus(
  world: World,
  job: Job,
  status: 'in_progress' | 'completed',
  conclusion?: CheckConclusion,
): Promise<void> {
  throw new Error(`not built: setJobStatus`);
}

/** To be built. */
export async function uploadArtifact(
  world: World,
  run: WorkflowRun,
  artifact: { name: string; bytes: Uint8Array; retentionDays?: number },
): Promise<Artifact> {
  throw new Error(`not built: uploadArtifact`);
}

/** To be built. */
export async function expireArtifact(world: World, artifact: Artifact): Promise<void> {
  throw new Error(`not built: expireArtifact`);
}
