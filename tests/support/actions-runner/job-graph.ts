/** The jobs of one file in the order of their needs, with matrices and the files that they call. */
import { createJob, setJobStatus } from '../github/operations/runs.ts';
import { readConcurrency } from './concurrency-groups.ts';
import { executeJob } from './execute-job.ts';
import { expandStrategy, nameLeg, type MatrixLeg, type Strategy } from './expand-matrix.ts';
import { holds, type Contexts, type StatusFunctions } from './expressions.ts';
import { describeRun } from './github-context.ts';
import { JobRefusal, sumResults, type GraphRoom, type JobResult } from './graph-room.ts';
import type { JobFile, WorkflowFile } from './read-workflow.ts';
import { calledOutputs, readCall } from './read-call.ts';
import { fillScalar, fillToken } from './templates.ts';
import { DEFAULT_ACCESS, readAccess, readOnly, type Access } from './token-permissions.ts';

/** One job with what its needs have left. */
interface JobRoom {
  graph: GraphRoom;
  job: JobFile;
  contexts: Contexts;
  status: StatusFunctions;
}

/** One leg of a job. */
interface LegRoom extends JobRoom {
  name: string;
  /** Aborted when the run is cancelled, or another leg has failed. */
  signal: AbortSignal;
}

/** Runs all jobs; the results by id. */
export async function runGraph(graph: GraphRoom): Promise<ReadonlyMap<string, JobResult>> {
  const started = new Map<string, Promise<JobResult>>();
  const { jobs } = graph.file;
  const resultOf = (id: string): Promise<JobResult> => {
    const job = jobs.find((one) => one.id === id);
    if (job === undefined) throw new Error(`${graph.file.path} has no job ${id}.`);
    const running = started.get(id) ?? startJob(graph, job, resultOf);
    started.set(id, running);
    return running;
  };
  const results = await Promise.all(jobs.map(async ({ id }) => [id, await resultOf(id)] as const));
  return new Map(results);
}

async function startJob(
  graph: GraphRoom,
  job: JobFile,
  resultOf: (id: string) => Promise<JobResult>,
): Promise<JobResult> {
  const needs: Record<string, JobResult> = {};
  for (const id of job.needs) needs[id] = await resultOf(id);
  const before = await Promise.all(ancestorsOf(graph.file, job).map(resultOf));
  const status: StatusFunctions = {
    success: () => !graph.signal.aborted && before.every(({ result }) => result === 'success'),
    failure: () => before.some(({ result }) => result === 'failure'),
    cancelled: () => graph.signal.aborted,
  };
  const github = describeRun(graph.run);
  const { vars } = graph.run.machine.settings;
  const contexts = { github, inputs: graph.inputs, vars, needs };
  const room: JobRoom = { graph, job, contexts, status };
  try {
    if (!holds(job.condition, contexts, status)) {
      await recordUnstarted(room, graph.signal.aborted ? 'cancelled' : 'skipped');
      return { result: graph.signal.aborted ? 'cancelled' : 'skipped', outputs: {} };
    }
    return await runLegs(room);
  } catch (error) {
    if (!(error instanceof JobRefusal)) throw error;
    graph.run.machine.problems.push(`${graph.file.path}, job ${job.id}: ${error.message}`);
    await recordUnstarted(room, 'failure');
    return { result: 'failure', outputs: {} };
  }
}

/** Everything that a job needs, directly or not: the functions of status look at all of it. */
function ancestorsOf(file: WorkflowFile, job: JobFile, found: Set<string> = new Set()): string[] {
  for (const id of job.needs) {
    if (found.has(id)) continue;
    found.add(id);
    const needed = file.jobs.find((one) => one.id === id);
    if (needed !== undefined) ancestorsOf(file, needed, found);
  }
  return [...found];
}

async function recordUnstarted(room: JobRoom, conclusion: 'cancelled' | 'failure' | 'skipped'): Promise<void> {
  const { machine, run } = room.graph.run;
  const job = await createJob(machine.world, run, { name: `${room.graph.namePrefix}${room.job.id}`, labels: [] });
  await setJobStatus(machine.world, job, 'completed', conclusion);
}

async function runLegs(room: JobRoom): Promise<JobResult> {
  const { graph, job, contexts } = room;
  const expanded = expandStrategy(fillToken(job.fields.get('strategy'), contexts));
  if (!expanded.ok) throw new JobRefusal(expanded.because);
  const { strategy } = expanded;
  const failed = new AbortController();
  const signal = AbortSignal.any([graph.signal, failed.signal]);
  const results: JobResult[] = [];
  const waiting = [...strategy.legs.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, leg] = next;
      const result = await runLeg({ ...room, ...describeLeg(room, strategy, index, leg), signal });
      results.push(result);
      if (result.result === 'failure' && strategy.failFast) failed.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(strategy.maxParallel, strategy.legs.length) }, work));
  // Of the legs of a matrix, whoever ends last has the last word on an output.
  const outputs: Record<string, string> = {};
  for (const leg of results)
    for (const [name, value] of Object.entries(leg.outputs)) if (value !== '') outputs[name] = value;
  return { result: sumResults(results), outputs };
}

function describeLeg(
  { graph, job, contexts }: JobRoom,
  strategy: Strategy,
  index: number,
  leg: MatrixLeg,
): Pick<LegRoom, 'contexts' | 'name'> {
  const { legs, failFast, maxParallel } = strategy;
  const described = {
    ...contexts,
    matrix: job.fields.has('strategy') ? leg : null,
    strategy: { 'fail-fast': failFast, 'job-index': index, 'job-total': legs.length, 'max-parallel': maxParallel },
  };
  const name = job.fields.has('name') ? fillScalar(job.fields.get('name'), described) : `${job.id}${nameLeg(leg)}`;
  return { contexts: described, name: `${graph.namePrefix}${name}` };
}

async function runLeg(room: LegRoom): Promise<JobResult> {
  const { graph, job, contexts } = room;
  const { machine } = graph.run;
  if (room.signal.aborted && !room.status.cancelled()) {
    await recordUnstarted(room, 'cancelled');
    return { result: 'cancelled', outputs: {} };
  }
  const wish = readConcurrency(fillToken(job.fields.get('concurrency'), contexts));
  if (wish === undefined) return job.calls === null ? runSteps(room) : runCall(room);
  const outdone = new AbortController();
  const turn = await machine.groups.enter(wish, room.signal, () => outdone.abort());
  if (turn === null) {
    await recordUnstarted(room, 'cancelled');
    return { result: 'cancelled', outputs: {} };
  }
  const held = { ...room, signal: AbortSignal.any([room.signal, outdone.signal]) };
  try {
    return await (job.calls === null ? runSteps(held) : runCall(held));
  } finally {
    turn();
  }
}

/** Access of a job of a file: its own words, else the file's, else the caller's, else the repository's setting. */
export function accessOf(graph: Pick<GraphRoom, 'run' | 'file' | 'ceiling'>, job: JobFile): Access {
  const { repository } = graph.run.machine;
  const said =
    readAccess(fillToken(job.fields.get('permissions'), {})) ??
    readAccess(fillToken(graph.file.fields.get('permissions'), {}));
  const access = said ?? graph.ceiling ?? DEFAULT_ACCESS[repository.settings.workflowPermissions];
  return graph.run.facts.isRestricted ? readOnly(access) : access;
}

async function runSteps(room: LegRoom): Promise<JobResult> {
  const { graph, job, contexts, name } = room;
  const { machine, run } = graph.run;
  const labels = readLabels(fillToken(job.fields.get('runs-on'), contexts));
  const shown = await createJob(machine.world, run, { name, labels });
  const unknown = labels.find((label) => !machine.settings.labels.includes(label));
  if (unknown !== undefined) machine.problems.push(`${name}: no machine has the label ${unknown}.`);
  const free = await machine.slots.take();
  try {
    const isWanted = unknown === undefined && (!room.signal.aborted || staysWanted(room));
    await setJobStatus(machine.world, shown, 'in_progress');
    const ended: JobResult = isWanted
      ? await executeJob({
          run: graph.run,
          file: graph.file,
          job,
          shown,
          contexts: { ...contexts, secrets: graph.secrets },
          access: accessOf(graph, job),
          signal: room.signal,
          staysWanted: () => staysWanted(room),
        })
      : { result: unknown === undefined ? 'cancelled' : 'failure', outputs: {} };
    await setJobStatus(machine.world, shown, 'completed', ended.result);
    return ended;
  } finally {
    free();
  }
}

/** Whether a cancelled job goes on all the same: its condition is asked once more. */
function staysWanted({ graph, job, contexts, status }: LegRoom): boolean {
  if (!graph.signal.aborted) return false;
  return holds(job.condition, contexts, { ...status, cancelled: () => true, success: () => false });
}

function readLabels(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.map(String);
  return readLabels((value as { labels?: unknown } | null)?.labels ?? []);
}

async function runCall(room: LegRoom): Promise<JobResult> {
  const { graph, name } = room;
  const called = await readCall(graph, room.job, room.contexts);
  const results = await runGraph({
    run: graph.run,
    ...called,
    ceiling: accessOf(graph, room.job),
    namePrefix: `${name} / `,
    signal: room.signal,
  });
  const result = sumResults([...results.values()]);
  return { result, outputs: calledOutputs(called.file, { ...room.contexts, inputs: called.inputs }, results) };
}
