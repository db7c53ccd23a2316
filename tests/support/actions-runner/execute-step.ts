/** One step of a job, from its condition to its result. */
import { setFields } from '../github/world.ts';
import { contextsOf, type JobState } from './job-state.ts';
import { holds, type StatusFunctions } from './expressions.ts';
import { runScript } from './run-script.ts';
import type { StepFile } from './read-workflow.ts';
import type { StepRoom } from './step-room.ts';
import { createLogReader, type StepLog } from './step-log.ts';
import { fillScalar, fillTexts, fillToken, wordOf } from './templates.ts';
import { useAction } from './use-action.ts';

const MINUTE_MS = 60_000;

/** Time that steps get which run although the job is cancelled. */
const LAST_STEPS_MS = 5 * MINUTE_MS;

/** Runs a step if its condition holds, and writes its result into the job. */
export async function executeStep(state: JobState, step: StepFile): Promise<void> {
  if (state.ended.aborted) state.status = 'cancelled';
  const env = { ...state.env, ...fillTexts(step.fields.get('env'), contextsOf(state)) };
  const contexts = contextsOf(state, env);
  const name = nameStep(state, step);
  const number = state.shown.steps.length + 1;
  const { clock } = state.run.machine.world;
  const line: JobState['shown']['steps'][number] = {
    name,
    number,
    status: 'in_progress',
    conclusion: null,
    startedAt: clock.now(),
    completedAt: null,
  };
  state.shown.steps.push(line);
  if (!holds(step.condition, contexts, statusOf(state))) {
    state.steps[step.id] = { outputs: {}, outcome: 'skipped', conclusion: 'skipped' };
    setFields(line, { status: 'completed', conclusion: 'skipped', completedAt: clock.now() });
    return;
  }
  const room = openStep(state, step, { name, number, env });
  let outcome: 'success' | 'failure' | 'cancelled' = 'success';
  try {
    await (step.fields.has('run') ? runScript(room) : useAction(room));
    if (room.signal.aborted) outcome = state.ended.aborted ? 'cancelled' : 'failure';
  } catch (error) {
    room.log.read(`::error::${error instanceof Error ? error.message : String(error)}`);
    outcome = room.signal.aborted && state.ended.aborted ? 'cancelled' : 'failure';
  }
  const mayFail = fillToken(step.fields.get('continue-on-error'), contexts) === true;
  const conclusion = outcome === 'failure' && mayFail ? 'success' : outcome;
  state.steps[step.id] = { outputs: room.outputs, outcome, conclusion };
  setFields(line, { status: 'completed', conclusion, completedAt: clock.now() });
  if (conclusion === 'failure' && state.status === 'success') state.status = 'failure';
  if (conclusion === 'cancelled') state.status = 'cancelled';
}

function statusOf(state: JobState): StatusFunctions {
  return {
    success: () => state.status === 'success',
    failure: () => state.status === 'failure',
    cancelled: () => state.status === 'cancelled',
  };
}

function nameStep(state: JobState, { fields }: StepFile): string {
  if (fields.has('name')) return fillScalar(fields.get('name'), contextsOf(state));
  const [firstLine = ''] = fillScalar(fields.get('run'), contextsOf(state)).split('\n');
  return `Run ${wordOf(fields.get('uses')) ?? firstLine}`;
}

function openStep(
  state: JobState,
  step: StepFile,
  { name, number, env }: { name: string; number: number; env: Record<string, string> },
): StepRoom {
  const { run } = state.run;
  const log: StepLog = {
    runId: run.id,
    runAttempt: run.runAttempt,
    job: state.shown.name,
    step: name,
    lines: [],
    maskedLines: 0,
    summary: '',
  };
  state.run.machine.logs.push(log);
  const minutes = fillToken(step.fields.get('timeout-minutes'), contextsOf(state, env));
  const timeouts = minutes === null ? [] : [AbortSignal.timeout(Number(minutes) * MINUTE_MS)];
  const end = state.ended.aborted ? AbortSignal.timeout(LAST_STEPS_MS) : state.ended;
  return {
    state,
    step,
    name,
    key: `${state.shown.id}_${number}`,
    env,
    contexts: contextsOf(state, env),
    signal: AbortSignal.any([end, ...timeouts]),
    log: createLogReader(log, state.masker),
    written: log,
    outputs: {},
  };
}
