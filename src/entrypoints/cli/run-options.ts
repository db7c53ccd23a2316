/** Options of `run`, in the shape in which commander hands them over. */
import type { Command } from 'commander';

import { PROFILES, type Profile } from '../../core/plan/plan.ts';
import { PROPERTIES, type PropertyName, SANDBOX_ENGINES, type SandboxEngine } from '../../core/sandbox/property.ts';
import { collect, collectWords, dollars, duration, listOf, oneOf, wholeNumber } from './help.ts';

/** What `--sandbox` takes. */
export const SANDBOX_CHOICES = ['auto', ...SANDBOX_ENGINES] as const;

/** What was said on the command line of `run`; what is missing was not said. */
export interface RunOptions {
  agent?: string;
  test?: string[];
  setup?: string[];
  /** False when `--no-review` was given. */
  review: boolean;
  reviewer?: string;
  maxParallel?: number;
  sandbox?: 'auto' | SandboxEngine;
  profile?: Profile;
  waive?: PropertyName[];
  tools?: string[];
  image?: string;
  base?: string;
  landOnBase?: true;
  revise?: true;
  only?: string[];
  retries?: number;
  timeout?: number;
  budget?: number;
  json?: true;
  plain?: true;
  dryRun?: true;
}

/** Adds the options of `run`. */
export function addRunOptions(command: Command): Command {
  return command
    .optionsGroup('Work:')
    .option('--agent <agent>', "who edits: a preset (claude, codex) or 'command: PROGRAM ARGS…'")
    .option('--reviewer <agent>', "who reviews: a preset or 'command: PROGRAM ARGS…'")
    .option('--no-review', 'land without a review; said by name, never by silence')
    .option('--test <command>', "required test command, such as 'npm test' (repeatable)", collect)
    .option('--setup <command>', 'command that is run before the agent (repeatable)', collect)
    .option(
      '--only <tasks>',
      'start only these tasks (comma-separated); what is under way already goes on',
      collectWords,
    )
    .optionsGroup('Limits:')
    .option('--max-parallel <number>', 'attempts at once (default: one per core, at most 4)', wholeNumber(1, 256))
    .option('--retries <number>', 'further attempts after the first one failed', wholeNumber(0, 20))
    .option('--timeout <time>', 'limit of one run of agent, tests or reviewer, such as 30m', duration)
    .option('--budget <usd>', 'most that the whole plan may cost', dollars)
    .optionsGroup('Sandbox:')
    .option(
      '--sandbox <engine>',
      `engine of the sandboxes that agents, tests and reviewers run in: ${SANDBOX_CHOICES.join(', ')} (default: auto, the strongest that works here)`,
      oneOf(SANDBOX_CHOICES),
    )
    .option(
      '--profile <profile>',
      `how much a sandbox may do: ${PROFILES.join(', ')} (default: strict)`,
      oneOf(PROFILES),
    )
    .option(
      '--waive <properties>',
      'go on although these properties are not enforced here (comma-separated; see espalier doctor)',
      listOf(PROPERTIES),
    )
    .option('--tools <dir>', "folder with programs that sandboxes may read, besides the system's (repeatable)", collect)
    .option('--image <image>', 'container image for docker and podman, pinned by digest')
    .optionsGroup('Landing:')
    .option('--base <branch>', 'branch to start from (default: what the plan says, else what is checked out)')
    .option('--land-on-base', 'move the base branch itself instead of espalier/<plan>/landed')
    .option('--revise', 'accept the plan although it was changed since it first ran')
    .optionsGroup('Output:')
    .option('--dry-run', 'print what would be started, and change nothing')
    .option('--plain', 'one line per event instead of live rows')
    .option('--json', 'events as JSON lines and the report as the last line, on standard output');
}
