/** Probes of workflow runs. What needs a run of its own dispatches the workflow for no task, and cancels that run. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

import { GitHubError } from '../github-error.ts';
import {
  judge,
  oncePerVisit,
  refusalOf,
  rest,
  skip,
  waitFor,
  wordsOf,
  type Finding,
  type ProbeBench,
} from './probe-bench.ts';

const Run = z.object({
  id: z.number().int(),
  node_id: z.string(),
  display_title: z.string(),
  event: z.string(),
  path: z.string(),
  head_branch: z.string().nullable(),
  actor: z.object({ login: z.string() }).nullish(),
});
type Run = z.infer<typeof Run>;
const Runs = z.object({ workflow_runs: z.array(Run) });
const Details = z.object({ workflow_run_id: z.number().int() });

const DISPATCH = 'POST /…/actions/workflows/{workflow_id}/dispatches';
const RUNS = 'GET /…/actions/workflows/{workflow_id}/runs';
/** A plan that is none: a run for it finds no ledger that names it. */
const PLAN = 'doctor';

interface DispatchedRun {
  nonce: string;
  atMs: number;
  /** `null` if the answer names none. */
  id: number | null;
  /** `null` if it cannot be read at once. */
  run: Run | null;
}

type Dispatch = { kind: 'run'; dispatched: DispatchedRun } | { kind: 'refused'; refusal: GitHubError };

const dispatchRun = oncePerVisit(async (bench): Promise<Dispatch> => {
  const nonce = bench.scratch.branch('run').replaceAll('/', '.');
  const atMs = bench.clock.now();
  let id: number | null = null;
  const refusal = await refusalOf(async () => {
    const answer = await dispatch(bench, bench.workflow, {
      plan: PLAN,
      legs: '[]',
      nonce,
      ledger: bench.repository.tip,
    });
    id = answer.success ? answer.data.workflow_run_id : null;
  });
  if (refusal !== null) return { kind: 'refused', refusal };
  if (id === null) return { kind: 'run', dispatched: { nonce, atMs, id, run: null } };
  cancelLater(bench, id);
  return { kind: 'run', dispatched: { nonce, atMs, id, run: await readRun(bench, id) } };
});

async function dispatch(bench: ProbeBench, workflow: string, inputs: Readonly<Record<string, string>>) {
  const parameters = { workflow_id: workflow, ref: bench.repository.defaultBranch, inputs, return_run_details: true };
  return Details.safeParse(await rest(bench, DISPATCH, parameters, z.unknown()));
}

function cancelLater(bench: ProbeBench, id: number): void {
  bench.scratch.remember(`the run ${id}`, async () => {
    const refusal = await refusalOf(() =>
      rest(bench.lasting, 'POST /…/actions/runs/{run_id}/cancel', { run_id: id }, z.unknown()),
    );
    // It was over before.
    if (refusal !== null && refusal.status !== 409) throw refusal;
  });
}

async function readRun(bench: ProbeBench, id: number): Promise<Run | null> {
  try {
    return await rest(bench, 'GET /…/actions/runs/{run_id}', { run_id: id }, Run);
  } catch (error) {
    if (error instanceof GitHubError && error.ending.kind === 'gone') return null;
    throw error;
  }
}

async function listRuns(bench: ProbeBench, filter: Readonly<Record<string, unknown>>): Promise<Run[]> {
  const found = await rest(bench, RUNS, { workflow_id: bench.workflow, ...filter }, Runs);
  return found.workflow_runs;
}

/** Why there is no run of our own; `null` if there is one. */
function explainNoRun(bench: ProbeBench, tried: Dispatch): Finding | null {
  if (tried.kind === 'run') return null;
  const { refusal } = tried;
  if (refusal.ending.kind === 'forbidden') throw refusal;
  return skip(`the workflow ${bench.workflow} cannot be dispatched (${refusal.because})`);
}

export async function probeDispatch(bench: ProbeBench): Promise<Finding> {
  const tried = await dispatchRun(bench);
  if (tried.kind === 'refused') return explainNoRun(bench, tried) ?? skip('');
  const { id, run } = tried.dispatched;
  const found =
    id === null ? 'no id in the answer' : run === null ? 'an id, but no such run yet' : 'an id, and the run';
  return judge(run !== null, 'an id, and the run', found);
}

export async function probeRunName(bench: ProbeBench): Promise<Finding> {
  const tried = await dispatchRun(bench);
  if (tried.kind === 'refused') return explainNoRun(bench, tried) ?? skip('');
  const { nonce, run } = tried.dispatched;
  if (run === null) return skip('the run cannot be read');
  const expected = `espalier ${PLAN} ${nonce}`;
  return judge(run.display_title === expected, expected, run.display_title);
}

export async function probeOwnRun(bench: ProbeBench): Promise<Finding> {
  if (bench.app === null) return skip('it needs the credentials of the app');
  const tried = await dispatchRun(bench);
  if (tried.kind === 'refused') return explainNoRun(bench, tried) ?? skip('');
  const { run } = tried.dispatched;
  if (run === null) return skip('the run cannot be read');
  const say = (actor: string, branch: string, path: string): string => `by ${actor}, on ${branch}, of ${path}`;
  const expected = say(`${bench.app.slug}[bot]`, bench.repository.defaultBranch, `.github/workflows/${bench.workflow}`);
  // GitHub adds the ref after an `@` in some answers.
  const found = say(run.actor?.login ?? 'nobody', run.head_branch ?? 'no branch', run.path.split('@', 1)[0] ?? '');
  return judge(found === expected, expected, found);
}

export async function probeRunList(bench: ProbeBench): Promise<Finding> {
  const tried = await dispatchRun(bench);
  if (tried.kind === 'refused') return explainNoRun(bench, tried) ?? skip('');
  const { nonce, atMs } = tried.dispatched;
  const since = new Date(atMs - 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const found = await waitFor(bench, async () => {
    const runs = await listRuns(bench, { event: 'workflow_dispatch', created: `>=${since}`, per_page: 100 });
    return runs.find((run) => run.display_title.endsWith(` ${nonce}`)) ?? null;
  });
  return judge(found !== null, 'listed within a minute', found === null ? 'not listed within a minute' : 'listed');
}

export async function probeRefusalWords(bench: ProbeBench): Promise<Finding> {
  const tried = await dispatchRun(bench);
  if (tried.kind === 'refused') return explainNoRun(bench, tried) ?? skip('');
  let id: number | null = null;
  const refusal = await refusalOf(async () => {
    const answer = await dispatch(bench, bench.workflow, { espalier_doctor: 'an input that no workflow has' });
    id = answer.success ? answer.data.workflow_run_id : null;
  });
  if (id !== null) cancelLater(bench, id);
  return judge(
    refusal?.status === 422 && /unexpected inputs/i.test(refusal.because),
    '422 with the words "Unexpected inputs"',
    wordsOf(refusal),
  );
}

export async function probeNoWorkflow(bench: ProbeBench): Promise<Finding> {
  const refusal = await refusalOf(() => dispatch(bench, 'espalier-doctor-has-no-such-file.yml', {}));
  if (refusal?.ending.kind === 'forbidden') throw refusal;
  return judge(refusal?.status === 404, 'refused with 404', wordsOf(refusal));
}

/** The newest runs of the workflow: what they left can be looked at without a run of our own. */
const listNewest = oncePerVisit(async (bench): Promise<Run[]> => {
  try {
    return await listRuns(bench, { per_page: 5 });
  } catch (error) {
    if (error instanceof GitHubError && error.ending.kind === 'gone') return [];
    throw error;
  }
});

const RunNodes = z.object({
  nodes: z.array(
    z
      .object({
        id: z.string(),
        event: z.string(),
        file: z.object({ path: z.string() }).nullable(),
        checkSuite: z.object({ status: z.string(), conclusion: z.string().nullable() }),
      })
      .nullable(),
  ),
});

export async function probeRunNode(bench: ProbeBench): Promise<Finding> {
  const [run] = await listNewest(bench);
  if (run === undefined) return skip(`the workflow ${bench.workflow} has no run yet`);
  const { data } = await bench.client.graphql({
    kind: 'query',
    document: `query ProbeRun($ids: [ID!]!) { nodes(ids: $ids) {
      ... on WorkflowRun { id event file { path } checkSuite { status conclusion } }
    } }`,
    variables: { ids: [run.node_id] },
    what: 'Reading a run by its node id',
    answer: RunNodes,
  });
  const [node] = data.nodes;
  const path = `.github/workflows/${bench.workflow}`;
  const found =
    node == null ? 'nothing' : `${node.event} of ${node.file?.path ?? 'no file'}, ${node.checkSuite.status}`;
  return judge(
    node?.event === run.event && node.file?.path === path,
    `${run.event} of ${path}, with the state of its suite`,
    found,
  );
}

const Artifacts = z.object({
  artifacts: z.array(
    z.object({
      id: z.number().int(),
      name: z.string(),
      digest: z.string().nullish(),
      expired: z.boolean(),
    }),
  ),
});
const MAX_ARTIFACT_BYTES = 8 * 1024 * 1024;

const listArtifacts = oncePerVisit(async (bench) => {
  const all: z.infer<typeof Artifacts>['artifacts'] = [];
  for (const run of await listNewest(bench)) {
    const route = 'GET /…/actions/runs/{run_id}/artifacts';
    const { artifacts } = await rest(bench, route, { run_id: run.id, per_page: 100 }, Artifacts);
    all.push(...artifacts);
  }
  return all;
});

export async function probeDigest(bench: ProbeBench): Promise<Finding> {
  const artifacts = await listArtifacts(bench);
  if (artifacts.length === 0) return skip(`the newest runs of ${bench.workflow} left no artifact`);
  const without = artifacts.filter(({ digest }) => !/^sha256:[0-9a-f]{64}$/.test(digest ?? ''));
  return judge(
    without.length === 0,
    'each has a SHA-256',
    without.length === 0 ? `all ${artifacts.length} have one` : `${without.length} of ${artifacts.length} have none`,
  );
}

export async function probeFileDigest(bench: ProbeBench): Promise<Finding> {
  const artifact = (await listArtifacts(bench)).find(
    ({ name, expired }) => !expired && /^espalier-.+-evidence\.json$/.test(name),
  );
  if (artifact === undefined) return skip(`the newest runs of ${bench.workflow} left no evidence`);
  const bytes = await bench.download(artifact.id, MAX_ARTIFACT_BYTES);
  if (bytes === null) return skip('the newest evidence cannot be downloaded any more');
  // "PK" begins every zip file, and no JSON.
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const isSame = artifact.digest === `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return judge(
    isSame && !isZip,
    'the digest of the file',
    isZip ? 'the artifact is a zip file' : isSame ? 'the digest of the file' : 'another digest than that of the file',
  );
}
