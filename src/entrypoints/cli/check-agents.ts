/** Says before anything starts what a run would fail on: missing programs, networks and credentials. */
import type { ResolvedPlan } from '../../core/plan/plan.ts';
import { countOf } from '../../core/report/amounts.ts';
import { line, span } from '../../core/report/spans.ts';
import { type AgentProblem, preflightAgents } from '../../engine/attempt/preflight-agents.ts';
import { CliError } from './cli-error.ts';
import { type RunSandbox, sandboxFor } from './open-run-sandbox.ts';
import type { Session } from './session.ts';

/** Most ids of tasks that are named beside one problem. */
const MAX_NAMED = 4;

/** Prints every problem at once; refuses if one is an error. */
export async function checkAgents(
  session: Session,
  run: { plan: ResolvedPlan; opened: RunSandbox; hostEnv: Readonly<Record<string, string>> },
): Promise<void> {
  const bySandbox = Map.groupBy(run.plan.tasks, (task) => sandboxFor(run.opened, task));
  const found = [...bySandbox].map(([sandbox, tasks]) => preflightAgents(tasks, sandbox, run.hostEnv));
  const problems = (await Promise.all(found)).flat();
  for (const problem of problems) {
    const { severity, message, next } = problem;
    session.err.print([
      [
        span(`${severity}: `, severity === 'error' ? 'bad' : 'warn'),
        span(message),
        span(` (${nameTasks(problem)})`, 'dim'),
      ],
      line(`  next: ${next}`, 'dim'),
    ]);
  }
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  if (errors > 0)
    throw new CliError('unfit', `The plan cannot run here: ${countOf(errors, 'problem')}.`, {
      next: 'put right what is listed above (programs: see also --tools); nothing was started',
    });
}

function nameTasks({ tasks }: AgentProblem): string {
  const named = tasks.slice(0, MAX_NAMED).join(', ');
  return tasks.length > MAX_NAMED ? `${named} and ${tasks.length - MAX_NAMED} more` : named;
}
