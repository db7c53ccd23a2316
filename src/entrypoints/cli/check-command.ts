/** `espalier check`: what a plan says, before anything runs. */
import type { Command } from 'commander';

import { addExamples, wholeNumber } from './help.ts';
import { type CheckOptions, checkPlan } from './check-plan.ts';
import type { Session } from './session.ts';

/** Adds `check PLAN`. */
export function addCheckCommand(program: Command, session: Session): void {
  const command = program
    .command('check')
    .summary('read a plan and print what was understood')
    .description(
      'Reads a plan and prints what was understood: tasks, edges, waves, the critical path, hours, the schedule on ' +
        'several agents, overlaps of owned paths, locks, and the isolation that each task would get. Starts nothing.',
    )
    .argument('<plan>', "file with the plan (Markdown or YAML), or '-' for standard input")
    .option('--agents <number>', 'agents at work at once, for the schedule', wholeNumber(1, 1000), 4)
    .option('--json', 'print the reading as one JSON document')
    .option('--mermaid', 'print the graph of tasks as a Mermaid diagram')
    .action(async (plan: string, options: CheckOptions) => checkPlan(session, plan, options));
  addExamples(command, [
    ['espalier check PLAN.md', 'read a plan and print it with all its problems'],
    ['espalier check PLAN.md --agents 8', 'how long would eight agents take?'],
    ['espalier check - --json < plan.yml', 'from standard input, for a script'],
  ]);
}
