/** `espalier init`: sets a repository up for GitHub, or checks how it is set up. */
import type { Command } from 'commander';

import { AGENT_NAMES } from '../../core/setup/setup-options.ts';
import { addExamples, oneOf, wholeNumber } from './help.ts';
import type { Session } from './session.ts';
import { type InitOptions, setUp } from './set-up.ts';

/** Adds `init`. */
export function addInitCommand(program: Command, session: Session): void {
  const command = program
    .command('init')
    .summary('set a repository up for GitHub, or check how it is set up')
    .description(
      'Writes the workflows, the configuration and the form for plan issues into the checkout, and adds the labels on ' +
        'GitHub if GITHUB_TOKEN (or GH_TOKEN) is set. Settings of the repository are only proposed, with exact commands. ' +
        'A file that somebody changed is never written over: its difference is shown, and the exit code is 1.\n\n' +
        'With --check nothing is changed: it says what differs from what this version would write, and what is missing ' +
        'on GitHub. The exit code is 0 when all is well, 1 when something differs or is missing, 3 when it cannot be known.',
    )
    .option('--serverless', 'workflows do it all; no server (default, unless it was set up with --app)')
    .option('--app', 'the GitHub App reconciles on a server; workflows only run agents')
    .option('--agent <name>', 'agent whose program and key the workflows bring (default: claude)', oneOf(AGENT_NAMES))
    .option('--agent-key <name>', "secret and variable with the agent's key, where it is not the usual one")
    .option('--action-sha <sha>', 'commit of the Action (default: that of the tag of this version)')
    .option('--check', 'change nothing; say what differs or is missing')
    .option('--dry-run', 'print what would be written, and write nothing')
    .option('--force', 'write over files that somebody changed, after showing the difference')
    .option('--apply-settings', 'also change the settings on GitHub that are needed; wants a token of an administrator')
    .option('--app-id <id>', 'with --apply-settings: let only this App write the ledgers', wholeNumber(1))
    .option('--json', 'print it as one JSON document')
    .action(async (options: InitOptions) => setUp(session, options));
  addExamples(command, [
    ['espalier init', 'set up without a server, for Claude Code'],
    ['espalier init --app --agent codex', 'with the GitHub App, for Codex'],
    ['espalier init --dry-run', 'what would be written?'],
    ['GITHUB_TOKEN=$(gh auth token) espalier init --check', 'is all as it should be, on GitHub too?'],
  ]);
}
