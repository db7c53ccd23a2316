/** Routes of GitHub Actions: workflows, runs, jobs and artifacts. */
import { approveRun, cancelRun, dispatchWorkflow, findWorkflow, readWorkflows, rerunRun } from '../operations/runs.ts';
import type { Artifact, WorkflowRun } from '../state.ts';
import { notFound, Refusal } from '../world.ts';
import { repositoryUrls } from './represent-repository.ts';
import { representArtifact, representJob, representRun, representWorkflow } from './represent-run.ts';
import { ok, readNumber, takePage, type RepositoryCall, type RestAnswer, type RestRoutes } from './rest-call.ts';

/** Where the server hands out the bytes of artifacts, to whoever has the address. */
export const ARTIFACT_PATH = '/_artifact-downloads/';

export const runRoutes: RestRoutes<RepositoryCall> = {
  'GET /repos/{owner}/{repo}/actions/workflows': async (call) => {
    const { world, repository } = call;
    const known = (await readWorkflows(world, repository)).filter(({ state }) => state !== 'deleted');
    const { page, headers } = takePage(call, known);
    const workflows = page.map((workflow) => representWorkflow(world, repository, workflow));
    return { status: 200, body: { total_count: known.length, workflows }, headers };
  },
  'GET /repos/{owner}/{repo}/actions/runs': async (call) => listRuns(call, [...call.repository.runs.values()]),
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}': async ({ world, repository, path }) =>
    ok(representWorkflow(world, repository, await findWorkflow(world, repository, path['workflow_id'] ?? ''))),
  'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches': dispatch,
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs': async (call) => {
    const workflow = await findWorkflow(call.world, call.repository, call.path['workflow_id'] ?? '');
    const runs = [...call.repository.runs.values()].filter((run) => run.workflowId === workflow.id);
    return listRuns(call, runs);
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': async (call) => ok(await showRun(call, askedRun(call))),
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel': async (call) => {
    await cancelRun(call.world, call.actor, askedRun(call));
    return { status: 202, body: {} };
  },
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/approve': async (call) => {
    await approveRun(call.world, call.actor, askedRun(call));
    return { status: 201, body: {} };
  },
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun': async (call) => {
    await rerunRun(call.world, call.actor, askedRun(call));
    return { status: 201, body: {} };
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts': (call) => {
    const run = askedRun(call);
    const name = call.query.get('name');
    const found = [...call.repository.artifacts.values()].filter(
      (artifact) => artifact.runId === run.id && (name === null || artifact.name === name),
    );
    const { page, headers } = takePage(call, found);
    const artifacts = page.map((artifact) => representArtifact(call.world, call.repository, artifact));
    return { status: 200, body: { total_count: found.length, artifacts }, headers };
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs': (call) => {
    const run = askedRun(call);
    const isAll = call.query.get('filter') === 'all';
    const found = [...call.repository.jobs.values()].filter(
      (job) => job.runId === run.id && (isAll || job.runAttempt === run.runAttempt),
    );
    const { page, headers } = takePage(call, found);
    const jobs = page.map((job) => representJob(call.world, call.repository, job));
    return { status: 200, body: { total_count: found.length, jobs }, headers };
  },
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}': (call) =>
    ok(representArtifact(call.world, call.repository, askedArtifact(call))),
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}': (call) => {
    const artifact = askedArtifact(call);
    if (artifact.isExpired) throw new Refusal(410, 'NOT_FOUND', 'Artifact has expired');
    const location = `${call.world.urls.web}${ARTIFACT_PATH}${call.repository.id}/${artifact.id}.zip`;
    return { status: 302, headers: { location } };
  },
};

async function dispatch(call: RepositoryCall): Promise<RestAnswer> {
  const { world, actor, repository } = call;
  const {
    ref,
    inputs = {},
    return_run_details: wantsDetails = false,
  } = call.body as {
    ref: string;
    inputs?: Record<string, unknown>;
    return_run_details?: boolean;
  };
  const workflow = await findWorkflow(world, repository, call.path['workflow_id'] ?? '');
  const texts = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
  const run = await dispatchWorkflow(world, actor, workflow, { ref, inputs: texts });
  if (!wantsDetails) return { status: 204 };
  const { api, web } = repositoryUrls(world, repository);
  return ok({
    workflow_run_id: run.id,
    run_url: `${api}/actions/runs/${run.id}`,
    html_url: `${web}/actions/runs/${run.id}`,
  });
}

async function listRuns(call: RepositoryCall, runs: readonly WorkflowRun[]): Promise<RestAnswer> {
  const { query } = call;
  const created = query.get('created');
  const fits = (name: string, ...values: (string | null)[]): boolean =>
    !query.has(name) || values.includes(query.get(name));
  const found = runs
    .filter((run) => fits('actor', run.actor) && fits('branch', run.headBranch) && fits('event', run.event))
    .filter((run) => fits('status', run.status, run.conclusion) && fits('head_sha', run.headSha))
    .filter((run) => fits('check_suite_id', String(run.checkSuiteId)))
    .filter((run) => created === null || isCreatedIn(run, created))
    .sort((one, other) => other.id - one.id);
  // Filtered searches end at a thousand results.
  const { page, headers } = takePage(call, found.slice(0, 1000));
  const shown = await Promise.all(page.map((run) => showRun(call, run)));
  return { status: 200, body: { total_count: found.length, workflow_runs: shown }, headers };
}

/** Reads `>=TIME`, `>TIME`, `<=TIME`, `<TIME` and `TIME..TIME` of the search syntax; anything else fails by name. */
function isCreatedIn(run: WorkflowRun, created: string): boolean {
  const at = Math.floor(run.createdAt / 1000) * 1000;
  const range = /^(?<from>[^.]+)\.\.(?<to>[^.]+)$/u.exec(created)?.groups;
  if (range !== undefined) return at >= readTime(range['from']) && at <= readTime(range['to']);
  const bound = /^(?<sign>>=|<=|>|<)(?<time>.+)$/u.exec(created)?.groups;
  const time = readTime(bound?.['time']);
  const sign = bound?.['sign'] ?? '';
  if (sign === '>=') return at >= time;
  if (sign === '>') return at > time;
  return sign === '<=' ? at <= time : at < time;
}

function readTime(text: string | undefined): number {
  const time = Date.parse(text === '*' ? '1970-01-01' : (text ?? ''));
  if (Number.isNaN(time)) throw new Error(`The test GitHub cannot read the time "${text}" of a "created" filter.`);
  return time;
}

function askedRun(call: RepositoryCall): WorkflowRun {
  const run = call.repository.runs.get(readNumber(call, 'run_id'));
  if (run === undefined) throw notFound();
  return run;
}

function askedArtifact(call: RepositoryCall): Artifact {
  const artifact = call.repository.artifacts.get(readNumber(call, 'artifact_id'));
  if (artifact === undefined) throw notFound();
  return artifact;
}

async function showRun({ world, repository }: RepositoryCall, run: WorkflowRun): Promise<Record<string, unknown>> {
  const commit = await world.git.readCommit(repository.gitDir, run.headSha);
  return representRun(world, repository, run, commit);
}
