/** `espalier run`: works on a plan until it has landed or nothing can go on. */
import type { Command } from 'commander';

import { addExamples } from './help.ts';
import { addRunOptions, type RunOptions } from './run-options.ts';
import { executeRun } from './execute-run.ts';
import type { Session } from './session.ts';

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
  addExamples(command, [
    ["espalier run PLAN.md --agent claude --test 'npm test'", 'work on a plan with Claude Code'],
    ["espalier run PLAN.md --agent 'command: ./agent --fast'", 'any program that edits files can be the agent'],
    ['espalier run PLAN.md --dry-run', 'what would be started, in which sandbox?'],
    ['espalier run PLAN.md --only backend,docs', 'these tasks only'],
    ['espalier run PLAN.md --json > events.jsonl', 'events and report for a script'],
  ]);
}
