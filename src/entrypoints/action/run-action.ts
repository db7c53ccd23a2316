/** One step: reads what it was given, does what its mode says, and answers the exit code. */
import type { Clock } from '../../ports/clock.ts';
import { openRunnerSpeech, type RunnerSpeech } from '../../adapters/actions/runner-speech.ts';
import { findEnvironmentSecrets } from '../../core/text/environment-secrets.ts';
import { ActionError } from './action-error.ts';
import { ACTION_INPUTS, type ActionInputs, readActionInputs } from './inputs.ts';
import { readRunnerFacts, type RunnerFacts } from './runner-facts.ts';
import type { ActionSession } from './session.ts';

/** What a process is given. */
export interface ActionProcess {
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  /** Aborts when the runner asks the process to end. */
  signal: AbortSignal;
}

/** Runs to the end; 0, or 1 where the step failed, which was then said as an annotation. */
export async function runAction({ env, clock, signal }: ActionProcess): Promise<0 | 1> {
  const speech = openRunnerSpeech({ hasSummary: (env['GITHUB_STEP_SUMMARY'] ?? '') !== '' });
  speech.hide(findEnvironmentSecrets(env));
  try {
    const { inputs, runner } = readGiven(env);
    speech.hide([inputs.token]);
    await runMode({ inputs, runner, env, clock, log: speech.log, speech, signal });
    return 0;
  } catch (error) {
    report(speech, error, signal);
    return 1;
  } finally {
    // What was done is done, whether or not it can be summarized.
    await speech.flush().catch((error: unknown) => speech.say(`The summary could not be written: ${String(error)}`));
  }
}

/** All problems of all that is given, at once. */
function readGiven(env: ActionProcess['env']): { inputs: ActionInputs; runner: RunnerFacts } {
  // As the runner names them: upper case, each space a line below.
  const inputs = readActionInputs((name) => env[`INPUT_${name.toUpperCase()}`] ?? '');
  const runner = readRunnerFacts(env);
  if (inputs.kind === 'read' && runner.kind === 'read') return { inputs: inputs.inputs, runner: runner.facts };
  const problems = [inputs, runner].flatMap((reading) => (reading.kind === 'problems' ? reading.problems : []));
  throw new ActionError(problems.join(' '), {
    next: `put the step's inputs right; there are ${Object.keys(ACTION_INPUTS).join(', ')}`,
  });
}

/** Each mode is loaded alone: what one does not need costs it no time. */
async function runMode(session: ActionSession): Promise<void> {
  switch (session.inputs.mode) {
    case 'route':
      return (await import('./route-mode.ts')).runRoute(of(session, session.inputs));
    case 'reconcile':
      return (await import('./reconcile-mode.ts')).runReconcile(of(session, session.inputs));
    case 'work':
      return (await import('./work-mode.ts')).runWorkMode(of(session, session.inputs));
    case 'verify':
      return (await import('./verify-mode.ts')).runVerifyMode(of(session, session.inputs));
    case 'publish':
      return (await import('./publish-mode.ts')).runPublish(of(session, session.inputs));
    case 'cleanup':
      return (await import('./cleanup-mode.ts')).runCleanup(of(session, session.inputs));
  }
}

function of<I extends ActionInputs>(session: ActionSession, inputs: I): Omit<ActionSession, 'inputs'> & { inputs: I } {
  return { ...session, inputs };
}

function report(speech: RunnerSpeech, error: unknown, signal: AbortSignal): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ActionError)
    speech.annotate('error', error.next === null ? message : `${message} Next: ${error.next}.`);
  else if (signal.aborted) speech.annotate('notice', `Stopped: ${message}`);
  else {
    speech.annotate('error', `${message} This was not expected; what the plan needs is in its ledger, and it goes on.`);
    if (error instanceof Error && error.stack !== undefined)
      for (const line of error.stack.split('\n')) speech.say(line);
  }
}
