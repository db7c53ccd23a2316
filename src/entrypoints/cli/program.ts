/** The command line: every command with its arguments, options and examples. Wiring only. */
import path from 'node:path';

import { Command, CommanderError } from 'commander';

import { EXIT_CODE_TABLE } from '../../core/report/exit-codes.ts';
import { addCancelCommand } from './cancel-command.ts';
import { addCertificateCommand } from './certificate-command.ts';
import { addCheckCommand } from './check-command.ts';
import { addCleanCommand } from './clean-command.ts';
import { addDemoCommand } from './demo-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addInitCommand } from './init-command.ts';
import { addLogsCommand } from './logs-command.ts';
import { addPauseCommand, addResumeCommand } from './pause-command.ts';
import { reportFailure } from './report-failure.ts';
import { addRetryCommand } from './retry-command.ts';
import { addRunCommand } from './run-command.ts';
import type { Session } from './session.ts';
import { addStatusCommand } from './status-command.ts';
import { addUninstallCommand } from './uninstall-command.ts';
import { ESPALIER_VERSION } from './version.ts';
import { addWhyCommand } from './why-command.ts';

const ADD_COMMANDS = [
  addCheckCommand,
  addRunCommand,
  addStatusCommand,
  addWhyCommand,
  addRetryCommand,
  addCancelCommand,
  addPauseCommand,
  addResumeCommand,
  addCertificateCommand,
  addLogsCommand,
  addDoctorCommand,
  addCleanCommand,
  addInitCommand,
  addUninstallCommand,
  addDemoCommand,
] as const;

/** Builds the whole program. Building it does nothing but that, so that documents can be made from it. */
export function buildProgram(session: Session): Command {
  const program = new Command('espalier')
    .description(
      'Turns a plan into merged code: every task to a coding agent in a sandboxed git worktree of its own, tested, ' +
        'reviewed, and landed in dependency order when every gate is open.',
    )
    .usage('[options] COMMAND')
    .version(ESPALIER_VERSION, '-V, --version', 'print the version')
    .option('-C, --repo <dir>', 'work on the repository at <dir> instead of the one here')
    .option('--state-dir <dir>', 'keep worktrees, logs and evidence there (default: $XDG_STATE_HOME/espalier/…)')
    .option('--debug', 'print stack traces and a structured log on standard error')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', `\n${exitCodeHelp()}`)
    .hook('preAction', () => {
      const { repo, stateDir, debug } = program.opts<{ repo?: string; stateDir?: string; debug?: true }>();
      if (stateDir !== undefined) session.stateDir = path.resolve(session.input.cwd, stateDir);
      if (repo !== undefined) session.repositoryDir = path.resolve(session.input.cwd, repo);
      session.isDebug = debug === true;
    })
    .configureHelp({ showGlobalOptions: true });
  for (const addCommand of ADD_COMMANDS) addCommand(program, session);
  for (const command of [program, ...program.commands]) confine(command, session);
  return program;
}

/** Parses and runs; never throws and never ends the process. Returns the exit code. */
export async function runProgram(session: Session): Promise<number> {
  const program = buildProgram(session);
  try {
    if (session.input.argv.length === 0) {
      program.outputHelp({ error: true });
      session.end('usage');
    } else {
      await program.parseAsync([...session.input.argv], { from: 'user' });
    }
  } catch (error) {
    if (error instanceof CommanderError) session.end(error.exitCode === 0 ? 'ok' : 'usage');
    else reportFailure(session, error, session.isDebug);
  }
  return session.exitCode;
}

/** Keeps commander from ending the process and from writing anywhere but to the session's streams. */
function confine(command: Command, session: Session): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .showHelpAfterError(`Help: espalier ${command.parent === null ? '' : `${command.name()} `}--help`)
    .configureOutput({
      writeOut: (text) => session.input.stdout.write(text),
      writeErr: (text) => session.input.stderr.write(text),
      getOutHelpWidth: () => Math.min(100, session.out.width()),
      getErrHelpWidth: () => Math.min(100, session.err.width()),
      getOutHasColors: () => session.out.hasColour,
      getErrHasColors: () => session.err.hasColour,
    });
}

function exitCodeHelp(): string {
  const lines = EXIT_CODE_TABLE.map((entry) => `  ${String(entry.code).padEnd(4)} ${entry.meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}
