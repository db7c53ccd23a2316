/** The mode route: which plans does the event concern that started the workflow? A job for each follows. */
import { readPullBranches } from '../../adapters/github/list-plans.ts';
import { planIdOf } from '../../core/hosted/state.ts';
import { choosePlans, type PlanChoice, plansOfBranches, takeTurns } from '../../core/intake/choose-plans.ts';
import { readEvent } from './read-event.ts';
import { openServerless, type ServerlessGitHub, toActionError } from './serverless-github.ts';
import type { ActionSession } from './session.ts';

/** Jobs that one matrix may have. */
const MAX_PLANS = 256;

/** Sets the outputs `plans` and `count`. */
export async function runRoute(session: ActionSession<'route'>): Promise<void> {
  const { runner, speech, signal } = session;
  const { github, self, repository } = await openServerless(session);
  const choice = choosePlans(runner.eventName, await readEvent(runner), self);
  if (choice.kind === 'none') speech.say(`The event '${runner.eventName}' leads to no plan: ${choice.because}.`);
  const found = await toActionError(() => findIssues(choice, { github, repository, signal }));
  const issues = takeTurns(found, MAX_PLANS, runner.runId);
  if (issues.length < found.length)
    speech.annotate(
      'warning',
      `${found.length} plans are open, and one run can look at ${MAX_PLANS}: the others have their turn in the next runs.`,
    );
  const plans = issues.map(planIdOf);
  speech.say(plans.length === 0 ? 'There is no plan to look at.' : `To be looked at: ${plans.join(', ')}.`);
  speech.setOutput('plans', JSON.stringify(plans));
  speech.setOutput('count', String(plans.length));
}

async function findIssues(
  choice: PlanChoice,
  { github, repository, signal }: Pick<ServerlessGitHub, 'github' | 'repository'> & { signal: AbortSignal },
): Promise<readonly number[]> {
  if (choice.kind === 'none') return [];
  if (choice.kind === 'issues') return choice.issues;
  if (choice.kind === 'pulls') {
    const named = plansOfBranches(await readPullBranches(github.client, repository, choice.pulls));
    if (named !== null) return named;
  }
  return github.listOpenPlans(repository, signal);
}
