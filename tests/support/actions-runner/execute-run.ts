/** One run from its concurrency group to its conclusion. */
import { setRunStatus } from '../github/operations/runs.ts';
import type { CheckConclusion } from '../github/state.ts';
import { readConcurrency } from './concurrency-groups.ts';
import { sumResults } from './graph-room.ts';
import { describeRun } from './github-context.ts';
import { accessOf, runGraph } from './job-graph.ts';
import type { RunRoom } from './machine.ts';
import { readCalledFile } from './read-call.ts';
import type { WorkflowFile } from './read-workflow.ts';
import { fillToken } from './templates.ts';
import { findExcess, readAccess, type Access } from './token-permissions.ts';

/** Levels of files that call files. */
const CALL_DEPTH = 10;

/** Runs a run; the conclusion that GitHub would give it. */
export async function executeRun(room: RunRoom): Promise<CheckConclusion> {
  const { machine, run, file } = room;
  const excess = await findExcessiveCall(room, file, null, CALL_DEPTH);
  if (excess !== null) {
    machine.problems.push(`${file.path}: ${excess}`);
    return 'startup_failure';
  }
  const contexts = { github: describeRun(room), inputs: room.inputs, vars: machine.settings.vars };
  const wish = readConcurrency(fillToken(file.fields.get('concurrency'), contexts));
  const turn =
    wish === undefined ? (): void => undefined : await machine.groups.enter(wish, room.signal, () => room.cancel());
  if (turn === null) return 'cancelled';
  try {
    await setRunStatus(machine.world, run, 'in_progress');
    const results = await runGraph({
      run: room,
      file,
      inputs: room.inputs,
      secrets: room.facts.isRestricted ? {} : machine.settings.secrets,
      ceiling: null,
      namePrefix: '',
      signal: room.signal,
    });
    return sumResults([...results.values()]);
  } finally {
    turn();
  }
}

/** A called file may not ask for more than the job that calls it has: GitHub starts no job of such a run. */
async function findExcessiveCall(
  room: RunRoom,
  file: WorkflowFile,
  ceiling: Access | null,
  depth: number,
): Promise<string | null> {
  for (const job of file.jobs) {
    const graph = { run: room, file, ceiling };
    const access = accessOf(graph, job);
    const said = [job.fields, file.fields].map((fields) => readAccess(fillToken(fields.get('permissions'), {})));
    const excess = said.flatMap((one) =>
      ceiling === null || one === undefined ? [] : (findExcess(one, ceiling) ?? []),
    );
    if (excess[0] !== undefined && !room.facts.isRestricted)
      return `Error calling workflow '${file.path}'. The nested job '${job.id}' ${excess[0]}.`;
    if (job.calls === null) continue;
    if (depth === 0) return `more than ${CALL_DEPTH} levels of called workflows`;
    const nested = await findExcessiveCall(room, await readCalledFile(graph, job), access, depth - 1);
    if (nested !== null) return nested;
  }
  return null;
}
