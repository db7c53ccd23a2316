/** What the process answers when it ends: the one table that the commands, `--help` and the README read. */

/** One exit code with its name and what it means for a script. */
export interface ExitCodeEntry {
  code: number;
  name: string;
  meaning: string;
}

/** Every exit code of `espalier`, in order. */
export const EXIT_CODE_TABLE = [
  { code: 0, name: 'ok', meaning: 'Done: every task landed, or the command found nothing wrong.' },
  { code: 1, name: 'findings', meaning: 'Some task did not land, the final tests failed, or a check found something.' },
  { code: 2, name: 'usage', meaning: 'The command line, the plan or the configuration is wrong; nothing was started.' },
  {
    code: 3,
    name: 'unfit',
    meaning:
      'The machine or the repository is not fit: no sandbox engine, a missing program, no commits, a dirty base, a full ' +
      'disk.',
  },
  { code: 4, name: 'busy', meaning: 'Another run works on this plan.' },
  {
    code: 5,
    name: 'revised',
    meaning: 'The plan differs from the one that was accepted; `--revise` takes the new one.',
  },
  { code: 70, name: 'internal', meaning: 'A defect in Espalier; `--debug` shows the stack trace.' },
  { code: 130, name: 'interrupted', meaning: 'Stopped by Ctrl-C or a signal; the same command goes on from there.' },
] as const satisfies readonly ExitCodeEntry[];

/** A number that the process may exit with. */
export type ExitCode = (typeof EXIT_CODE_TABLE)[number]['code'];
/** An exit code by name. */
export type ExitName = (typeof EXIT_CODE_TABLE)[number]['name'];

/** The number for a name. */
export function exitCodeOf(name: ExitName): ExitCode {
  const entry = EXIT_CODE_TABLE.find((candidate) => candidate.name === name);
  // Unreachable: ExitName is derived from the table.
  if (!entry) throw new Error(`no exit code is named ${name}`);
  return entry.code;
}
