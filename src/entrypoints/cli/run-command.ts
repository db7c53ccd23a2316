/** `espalier run`: works on a plan until it has landed or nothing can go on. */
import type { Command } from 'commander';

import { addExamples } from './help.ts';
import { addRunOptions, type RunOptions } from './run-options.ts';
import { executeRun } from './execute-run.ts';
import type { Session } from './session.ts';

const REFUSALS = `What is missing is refused before anything starts, never guessed:
  no tests                     say 'test' in the plan, or --test; there is no way around it
  no reviewer                  say 'review' in the plan, --reviewer, or --no-review
  no agent                     say 'agent' in the plan, or --agent
  no engine that is strong     see espalier doctor, or say --waive with the names of what may
  enough for the profile       be missing, or --sandbox none (isolates nothing)
  a plan that was changed      say --revise
A result that is missing, skipped, timed out or unknown is not a pass.`;

/** Adds `run PLAN`. */
export function addRunCommand(program: Command, session: Session): void {
  const command = program
    .command('run')
    .summary('work on a plan until it has landed')
    .description(
      'Works on a plan: every task gets an agent in a sandboxed worktree; what comes back is tested and reviewed, and ' +
        'lands on espalier/<plan>/landed in the order of the dependencies. Stop it at any moment: the same command ' +
        'goes on from there.',
    )
    .argument('<plan>', "file with the plan (Markdown or YAML), or '-' for standard input")
    .action(async (plan: string, options: RunOptions) => {
      await executeRun(session, plan, options);
    });
  addRunOptions(command);
  command.addHelpText('after', `\n${REFUSALS}`);
  addExamples(command, [
    ["espalier run PLAN.md --agent claude --test 'npm test'", 'work on a plan with Claude Code'],
    ["espalier run PLAN.md --agent 'command: ./agent --fast'", 'any program that edits files can be the agent'],
    ['espalier run PLAN.md --dry-run', 'what would be started, in which sandbox?'],
    ['espalier run PLAN.md --only backend,docs', 'these tasks only'],
    ['espalier run PLAN.md --json > events.jsonl', 'events and report for a script'],
  ]);
}
