/** Runs: dispatched, found again by their nonce, cancelled. Only REST can do it. */
import { z } from 'zod';

import type { BranchName } from '../../core/brand.ts';
import type { EffectOutcome } from '../../core/hosted/effect.ts';
import { writeLegInputs } from '../../core/hosted/leg-inputs.ts';
import type { NamedRun } from '../../core/ledger/forge-record.ts';
import { readBranchName } from '../../core/ids.ts';
import { quoteText } from '../../core/report/escape-text.ts';
import { GitHubError } from './github-error.ts';
import type { EffectOf, PerformContext } from './perform-context.ts';
import { outcomeOf } from './perform-outcomes.ts';
import { PAGE_SIZE, readPages } from './read-pages.ts';

type DispatchEffect = EffectOf<'dispatch'> | EffectOf<'find-or-dispatch'>;

const ACTIONS = 'actions=write';
/** Two clocks tell when a dispatch was written down and when its run was made. */
const CLOCK_SLACK_MS = 10 * 60_000;
/** A filtered list of runs ends at a thousand. */
const MAX_RUNS = 1000;
/** A run that was just dispatched may not be there to be read for a moment. */
const READ_TRIES = 4;
const READ_WAIT_MS = 500;

const Run = z.object({
  id: z.number().int(),
  node_id: z.string(),
  html_url: z.string(),
  path: z.string(),
  event: z.string(),
  display_title: z.string(),
  head_branch: z.string().nullable(),
  actor: z.object({ login: z.string() }).nullish(),
  status: z.string().nullable(),
});
type Run = z.infer<typeof Run>;

/** Empty where GitHub is too old to say which run it started. */
const Dispatched = z.object({ workflow_run_id: z.number().int() }).or(z.unknown().transform(() => null));

/** Whose run it is to be, and where. */
interface Wanted {
  workflow: string;
  branch: BranchName;
  /** Login of this app's bot. */
  login: string;
}

/** Dispatches a run and names it. */
export async function dispatchRun(context: PerformContext, effect: DispatchEffect): Promise<EffectOutcome> {
  return orOutcome(async () => dispatchWanted(context, effect, await readWanted(context, effect)));
}

/** Looks for the run of a nonce, and dispatches one only if there is none. */
export async function findOrDispatchRun(
  context: PerformContext,
  effect: EffectOf<'find-or-dispatch'>,
): Promise<EffectOutcome> {
  return orOutcome(async () => {
    const wanted = await readWanted(context, effect);
    const found = await orNoWorkflow(context, () => findRun(context, effect, wanted));
    if (found !== null && 'kind' in found) return found;
    return found === null ? dispatchWanted(context, effect, wanted) : { kind: 'run-named', run: toNamedRun(found) };
  });
}

async function dispatchWanted(context: PerformContext, effect: DispatchEffect, wanted: Wanted): Promise<EffectOutcome> {
  const asked = await orNoWorkflow(context, () => askForRun(context, effect, wanted.branch));
  if ('kind' in asked) return asked;
  if (asked.runId === null) return laterBecause(context, 'GitHub did not say which run it started');
  const run = await readRun(context, asked.runId);
  if (run === null) return laterBecause(context, `run ${asked.runId} was started and cannot be read yet`);
  if (isOwnRun(run, wanted)) return { kind: 'run-named', run: toNamedRun(run) };
  const { workflow } = wanted;
  return {
    kind: 'refused',
    because: `run ${run.id} that GitHub started is not of the workflow '${workflow}' by this app`,
  };
}

async function orOutcome(run: () => Promise<EffectOutcome>): Promise<EffectOutcome> {
  try {
    return await run();
  } catch (error) {
    const outcome = outcomeOf(error, ACTIONS);
    // Looking for a run takes less, which would not do.
    const isRead = outcome.kind === 'forbidden' && outcome.permission === 'actions=read';
    return isRead ? { ...outcome, permission: ACTIONS } : outcome;
  }
}

/** Cancels a run; one that is over or gone is done with. */
export async function cancelRun(
  { client, clock, memory }: PerformContext,
  { runId }: EffectOf<'cancel-run'>,
): Promise<EffectOutcome> {
  const { owner, name: repo } = memory.address;
  try {
    await client.rest({
      route: 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel',
      parameters: { owner, repo, run_id: runId },
      what: `Cancelling run ${runId}`,
      answer: z.unknown(),
    });
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.ending.kind === 'gone' || (error.status === 409 && /complete/i.test(error.because)))
      return { kind: 'done' };
    // It is between two states in which it can be cancelled.
    if (error.status === 409)
      return { kind: 'later', notBeforeMs: clock.now() + CANCEL_AGAIN_MS, because: error.because };
    return outcomeOf(error, ACTIONS);
  }
}

const CANCEL_AGAIN_MS = 10_000;

async function askForRun(
  { client, memory, ledgerSha }: PerformContext,
  { workflow, nonce, legs }: DispatchEffect,
  branch: BranchName,
): Promise<{ runId: number | null }> {
  const { owner, name: repo } = memory.address;
  const dispatched = await client.rest({
    route: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    parameters: {
      owner,
      repo,
      workflow_id: workflow,
      ref: branch,
      inputs: { plan: planOf(nonce), legs: writeLegInputs(legs), nonce, ledger: ledgerSha },
      return_run_details: true,
    },
    what: `Dispatching the workflow '${workflow}'`,
    answer: Dispatched,
    // A second one would be a second run.
    maxRepeats: 0,
  });
  return { runId: dispatched?.workflow_run_id ?? null };
}

/** A nonce is `<plan>.<generation>`, and a plan's id holds no dot. */
function planOf(nonce: string): string {
  return nonce.slice(0, Math.max(nonce.lastIndexOf('.'), 0));
}

async function readRun({ client, clock, memory }: PerformContext, runId: number): Promise<Run | null> {
  const { owner, name: repo } = memory.address;
  for (let tries = 1; ; tries += 1) {
    try {
      return await client.rest({
        route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
        parameters: { owner, repo, run_id: runId },
        what: `Reading run ${runId}`,
        answer: Run,
      });
    } catch (error) {
      if (!(error instanceof GitHubError) || error.ending.kind !== 'gone') throw error;
      if (tries === READ_TRIES) return null;
    }
    await clock.sleep(READ_WAIT_MS * 2 ** (tries - 1));
  }
}

/** The run of a nonce; of several the one that is still to do something, or else the first. */
async function findRun(
  { client, memory }: PerformContext,
  { workflow, nonce, writtenAtMs }: EffectOf<'find-or-dispatch'>,
  wanted: Wanted,
): Promise<Run | null> {
  const { owner, name: repo } = memory.address;
  const since = new Date(writtenAtMs - CLOCK_SLACK_MS).toISOString().replace(/\.\d+Z$/, 'Z');
  const isWanted = (run: Run): boolean => run.display_title.split(/\s+/).includes(nonce) && isOwnRun(run, wanted);
  let seen = 0;
  const found = await readPages(
    (next) =>
      client.restPage({
        route: 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
        parameters: {
          owner,
          repo,
          workflow_id: workflow,
          event: 'workflow_dispatch',
          created: `>=${since}`,
          per_page: PAGE_SIZE,
          ...next,
        },
        what: 'Looking for a dispatched run',
        answer: z.object({ workflow_runs: z.array(Run) }),
      }),
    ({ workflow_runs: runs }) => {
      seen += runs.length;
      return runs.filter(isWanted);
    },
    () => seen >= MAX_RUNS,
  );
  // Newest first, as GitHub lists them.
  const oldestFirst = found.toReversed();
  return oldestFirst.find(({ status }) => status !== 'completed') ?? oldestFirst[0] ?? null;
}

/** Anybody who may dispatch the workflow can give a run any name; only this app's own runs count. */
function isOwnRun({ path, event, head_branch: headBranch, actor }: Run, { workflow, branch, login }: Wanted): boolean {
  // GitHub adds the ref after an `@` in some answers.
  const file = path.split('@', 1)[0];
  return (
    file === `.github/workflows/${workflow}` &&
    event === 'workflow_dispatch' &&
    headBranch === branch &&
    actor?.login.toLowerCase() === login.toLowerCase()
  );
}

function toNamedRun({ id, node_id: nodeId, html_url: url }: Run): NamedRun {
  return { id, nodeId, url };
}

async function readWanted(context: PerformContext, { workflow }: DispatchEffect): Promise<Wanted> {
  const { login } = await context.readApp();
  return { workflow, branch: await readDefaultBranch(context), login };
}

const RepositoryAnswer = z.object({ default_branch: z.string() });

async function readDefaultBranch({ client, memory }: PerformContext): Promise<BranchName> {
  if (memory.defaultBranch !== null) return memory.defaultBranch;
  const { owner, name: repo } = memory.address;
  const { default_branch: name } = await client.rest({
    route: 'GET /repos/{owner}/{repo}',
    parameters: { owner, repo },
    what: 'Reading the default branch of a repository',
    answer: RepositoryAnswer,
  });
  const checked = readBranchName(name);
  if (!checked.ok)
    throw new GitHubError('Dispatching a workflow', {
      ending: { kind: 'refused' },
      because: `the default branch ${quoteText(name)} cannot be used, since ${checked.because}`,
    });
  memory.defaultBranch = checked.value;
  return checked.value;
}

const LATER_MS = 5000;

/** Next time the run is looked for by its nonce. */
function laterBecause({ clock }: PerformContext, because: string): EffectOutcome {
  return { kind: 'later', notBeforeMs: clock.now() + LATER_MS, because };
}

type NoWorkflowCode = Extract<EffectOutcome, { kind: 'no-workflow' }>['code'];

/** GitHub's words for a dispatch that it does not take; first line that fits. */
const REFUSALS: readonly (readonly [RegExp, NoWorkflowCode])[] = [
  [/disabled workflow|workflow (?:is|was|has been) disabled/i, 'disabled'],
  [/\bactions\b.{0,40}\bdisabled\b/i, 'actions-disabled'],
  [/does not have '?workflow_dispatch'? trigger/i, 'no-trigger'],
  [/unexpected inputs|required input|for input '|up to \d+ `?inputs`?|workflow was not found at/i, 'wrong-version'],
];

/** What `ask` gives, or why the workflow cannot be asked for a run. Throws every other failure. */
async function orNoWorkflow<T>({ memory }: PerformContext, ask: () => Promise<T>): Promise<T | EffectOutcome> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const { because, ending } = error;
    if (ending.kind === 'gone') return { kind: 'no-workflow', code: 'missing', because };
    if (ending.kind !== 'refused' && ending.kind !== 'forbidden') throw error;
    const code = REFUSALS.find(([words]) => words.test(because))?.[1];
    if (code !== undefined) return { kind: 'no-workflow', code, because };
    if (!/no ref found/i.test(because)) throw error;
    // The default branch has another name by now.
    memory.defaultBranch = null;
    return { kind: 'elsewhere', because };
  }
}
