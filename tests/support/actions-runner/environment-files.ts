/** The files by which a step speaks to its runner: outputs, variables, path, state, summary. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Variable of the environment to name of the file. */
const FILES = {
  GITHUB_OUTPUT: 'set_output',
  GITHUB_ENV: 'set_env',
  GITHUB_PATH: 'add_path',
  GITHUB_STATE: 'save_state',
  GITHUB_STEP_SUMMARY: 'step_summary',
} as const;

type FileVariable = keyof typeof FILES;

/** Bytes of a step's summary that GitHub takes. */
const SUMMARY_LIMIT = 1024 * 1024;

/** Variables that GitHub lets no step set by `GITHUB_ENV`. */
const PROTECTED = /^(?:GITHUB_|RUNNER_|NODE_OPTIONS$)/u;

/** What a step has said. */
export interface StepWords {
  outputs: Record<string, string>;
  env: Record<string, string>;
  paths: string[];
  state: Record<string, string>;
  summary: string;
  /** Why GitHub would refuse some of it. */
  problems: string[];
}

/** Makes empty files for one step; answers the variables that name them. */
export async function makeEnvironmentFiles(
  temporaryFolder: string,
  stepName: string,
): Promise<Record<FileVariable, string>> {
  const folder = path.join(temporaryFolder, '_runner_file_commands');
  await mkdir(folder, { recursive: true });
  const entries = Object.entries(FILES).map(([variable, name]) => [variable, path.join(folder, `${name}_${stepName}`)]);
  for (const [, file = ''] of entries) await writeFile(file, '');
  return Object.fromEntries(entries) as Record<FileVariable, string>;
}

/** Reads the files after the step. */
export async function readEnvironmentFiles(files: Readonly<Record<FileVariable, string>>): Promise<StepWords> {
  const problems: string[] = [];
  const read = async (variable: FileVariable): Promise<Record<string, string>> => {
    const { pairs, problem } = readPairs(await readText(files[variable]));
    if (problem !== undefined) problems.push(`Unable to process file command '${variable}': ${problem}`);
    return pairs;
  };
  const env = await read('GITHUB_ENV');
  for (const name of Object.keys(env))
    if (PROTECTED.test(name)) {
      problems.push(`Can't update ${name} environment variable using ::set-env:: command.`);
      delete env[name];
    }
  const size = (await stat(files.GITHUB_STEP_SUMMARY)).size;
  if (size > SUMMARY_LIMIT)
    problems.push(`$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${size} bytes.`);
  return {
    outputs: await read('GITHUB_OUTPUT'),
    env,
    paths: (await readText(files.GITHUB_PATH)).split(/\r?\n/u).filter((line) => line !== ''),
    state: await read('GITHUB_STATE'),
    summary: size > SUMMARY_LIMIT ? '' : await readText(files.GITHUB_STEP_SUMMARY),
    problems,
  };
}

async function readText(file: string): Promise<string> {
  return (await readFile(file)).toString('utf8');
}

/** Reads `name=value` and `name<<DELIMITER` blocks. */
export function readPairs(text: string): { pairs: Record<string, string>; problem?: string } {
  const pairs: Record<string, string> = {};
  const lines = text.split(/\r?\n/u);
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc < 1) return { pairs, problem: `Invalid format '${line}'` };
    const delimiter = line.slice(heredoc + 2);
    const end = lines.indexOf(delimiter);
    if (delimiter === '' || end < 0)
      return { pairs, problem: `Invalid value. Matching delimiter not found '${delimiter}'` };
    pairs[line.slice(0, heredoc)] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return { pairs };
}
