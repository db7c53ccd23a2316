/** Which workflows an event starts, and their runs. */
import { holdRun, readWorkflows, startRun } from '../github/operations/runs.ts';
import { listWorkflowFiles, WORKFLOW_FOLDER } from '../github/operations/workflow-files.ts';
import type { Workflow, WorkflowRun } from '../github/state.ts';
import { accountOf, type Actor } from '../github/world.ts';
import type { Machine } from './machine.ts';
import { listensTo, passesPaths } from './match-trigger.ts';
import { commonPayload, plainFacts } from './read-dispatch.ts';
import type { WorkflowFile } from './read-workflow.ts';
import { fillScalar } from './templates.ts';
import { placeOnDefault, type TriggerFacts } from './trigger-facts.ts';

/** A run, and what started it. */
export interface Started {
  run: WorkflowRun;
  facts: TriggerFacts;
}

/** Runs whose end may start another one: a chain of `workflow_run` has three levels. */
const CHAIN_LIMIT = 3;

/** Words in the head commit's message that keep pushes and pull requests from starting anything. */
const SKIP = /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]/u;

/** Starts the runs of an event. */
export async function startTriggered(machine: Machine, facts: TriggerFacts): Promise<Started[]> {
  const { repository, world } = machine;
  const level = 1 + levelOf(machine, facts.causeRunId);
  if (level > CHAIN_LIMIT || (await isSkipped(machine, facts))) return [];
  const started: Started[] = [];
  const known = await readWorkflows(world, repository);
  for (const entry of await listWorkflowFiles(world, repository, facts.sha)) {
    const path = `${WORKFLOW_FOLDER}/${entry.name}`;
    const file = await readOrReport(machine, path, facts.sha);
    if (file === null || !listensTo(file.events, facts) || !(await passes(machine, file, facts))) continue;
    const workflow = known.find((one) => one.path === path && one.state === 'active');
    if (workflow === undefined) continue;
    const run = await start(machine, workflow, file, facts);
    if (facts.causeRunId !== null) CHAINS.set(run, level);
    started.push({ run, facts });
  }
  return started;
}

/** Starts the runs of workflows with a schedule, of one line or of all. */
export async function startScheduled(machine: Machine, cron?: string): Promise<Started[]> {
  const { repository, world } = machine;
  const place = placeOnDefault(repository);
  if (place === null) return [];
  const by: Actor = { account: accountOf(world.state, repository.owner), appId: null };
  const common = await commonPayload(world, by, repository);
  const started: Started[] = [];
  for (const workflow of await readWorkflows(world, repository)) {
    const file = workflow.state === 'active' ? await readOrReport(machine, workflow.path, place.sha) : null;
    for (const line of file?.events.schedule ?? []) {
      if (file === null || (cron !== undefined && line.cron !== cron)) continue;
      const payload = { schedule: line.cron, workflow: workflow.path, ...common };
      const facts = { ...plainFacts(by), ...place, event: 'schedule', payload };
      started.push({ run: await start(machine, workflow, file, facts), facts });
    }
  }
  return started;
}

/** How far down a chain of `workflow_run` a run is; see {@link CHAIN_LIMIT}. */
const CHAINS = new WeakMap<WorkflowRun, number>();

function levelOf({ repository }: Machine, runId: number | null): number {
  const run = runId === null ? undefined : repository.runs.get(runId);
  return run === undefined ? -1 : (CHAINS.get(run) ?? 0);
}

async function readOrReport(machine: Machine, path: string, sha: string): Promise<WorkflowFile | null> {
  try {
    return await machine.readFile(path, sha);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!machine.problems.includes(message)) machine.problems.push(message);
    return null;
  }
}

async function isSkipped({ world, repository }: Machine, facts: TriggerFacts): Promise<boolean> {
  if (facts.event !== 'push' && facts.event !== 'pull_request') return false;
  const commit = await world.git.readCommit(repository.gitDir, facts.headSha);
  return SKIP.test(commit?.message ?? '');
}

async function passes({ world, repository }: Machine, file: WorkflowFile, facts: TriggerFacts): Promise<boolean> {
  if (facts.changes === null) return true;
  const changed = await world.git.listChangedPaths(repository.gitDir, facts.changes);
  return passesPaths(
    file.events,
    facts,
    changed.map(({ path }) => path),
  );
}

async function start(
  machine: Machine,
  workflow: Workflow,
  file: WorkflowFile,
  facts: TriggerFacts,
): Promise<WorkflowRun> {
  const { world, settings } = machine;
  return world.atomically(async () => {
    const run = await startRun(world, facts.by, workflow, {
      event: facts.event,
      headSha: facts.headSha,
      headBranch: facts.headBranch,
      displayTitle: nameRun(file, facts, settings.vars),
    });
    if (facts.needsApproval) await holdRun(world, run);
    return run;
  });
}

function nameRun(file: WorkflowFile, facts: TriggerFacts, vars: Readonly<Record<string, string>>): string {
  const github = {
    actor: facts.by.account.login,
    event: facts.payload,
    event_name: facts.event,
    ref: facts.ref,
    ref_name: facts.ref.replace(/^refs\/(?:heads|tags|pull)\//u, ''),
    sha: facts.sha,
  };
  const named = fillScalar(file.runName, { github, inputs: {}, vars });
  const { issue, pull_request: pull } = facts.payload as Record<string, { title?: string } | undefined>;
  return named === '' ? (pull?.title ?? issue?.title ?? file.name) : named;
}
