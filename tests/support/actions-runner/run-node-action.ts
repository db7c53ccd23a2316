/** An action of JavaScript: its description, its inputs, its process, and the one that cleans up after the job. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';

import { fillText, holds } from './expressions.ts';
import { makeDecoy } from './decoys.ts';
import { openIdVariables } from './run-script.ts';
import { runInStep, type StepRoom } from './step-room.ts';

/** An action on disk, and what it is given. */
export interface NodeActionUse {
  folder: string;
  inputs: Readonly<Record<string, string>>;
  /** Owner and name; empty for one of the checked-out files. */
  repository: string;
  ref: string;
}

interface ActionDescription {
  inputs?: Record<
    string,
    { required?: boolean; default?: string | number | boolean | null; deprecationMessage?: string }
  >;
  runs: { using: string; main: string; pre?: string; post?: string; 'post-if'?: string };
}

/** Runs the action of a folder. Throws where it fails, or is of a kind that this runner does not know. */
export async function runNodeAction(room: StepRoom, use: NodeActionUse): Promise<void> {
  const description = await readDescription(use.folder);
  const { runs } = description;
  if (runs.using !== 'node24') throw new Error(`The runner of the tests runs node24 alone, not ${runs.using}.`);
  if (runs.pre !== undefined) throw new Error('The runner of the tests knows no "pre" of an action: teach it.');
  const env = { ...inputVariables(room, description, use), ...actionVariables(room, use) };
  const command = (file: string): string[] => [process.execPath, path.join(use.folder, file)];
  const { workspace } = room.state.folders;
  const saved: Record<string, string> = {};
  const { post } = runs;
  if (post !== undefined)
    room.state.cleaners.push(async () => {
      if (!wantsPost(room, runs['post-if'])) return;
      const states = Object.entries(saved).map(([name, value]) => [`STATE_${name}`, value] as const);
      const wish = { command: command(post), env: { ...env, ...Object.fromEntries(states) }, cwd: workspace };
      await runInStep({ ...room, signal: new AbortController().signal }, { ...wish, key: `${room.key}_post` });
    });
  await runInStep(room, { command: command(runs.main), env, cwd: workspace, saved });
}

async function readDescription(folder: string): Promise<ActionDescription> {
  const file = path.join(folder, 'action.yml');
  if (!existsSync(file))
    throw new Error(`Can't find 'action.yml' under '${folder}'. Did you forget to run actions/checkout?`);
  return parse(await readFile(file, 'utf8')) as ActionDescription;
}

function wantsPost({ state, contexts }: StepRoom, condition = 'always()'): boolean {
  const is =
    (wanted: string): (() => boolean) =>
    () =>
      state.status === wanted;
  return holds(condition, contexts, { success: is('success'), failure: is('failure'), cancelled: is('cancelled') });
}

/** Inputs as variables, with the defaults of the description; what that does not know is told as a problem. */
function inputVariables(
  room: StepRoom,
  { inputs: declared = {} }: ActionDescription,
  use: NodeActionUse,
): Record<string, string> {
  const unexpected = Object.keys(use.inputs).filter((name) => !(name in declared));
  if (unexpected.length > 0)
    room.state.run.machine.problems.push(
      `${room.state.shown.name}: unexpected input(s) ${unexpected.join(', ')}, valid inputs are ${Object.keys(declared).join(', ')}.`,
    );
  const filled = Object.entries(declared).map(([name, { default: preset }]) => [
    name,
    use.inputs[name] ?? (preset === undefined || preset === null ? '' : fillText(String(preset), room.contexts)),
  ]);
  const all = { ...use.inputs, ...Object.fromEntries(filled) } as Record<string, string>;
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );
}

/** What only actions are given: their own place, and the tokens of the services behind artifacts and caches. */
function actionVariables(room: StepRoom, use: NodeActionUse): Record<string, string> {
  const { machine } = room.state.run;
  const service = `${machine.world.urls.web}/_results/`;
  return {
    GITHUB_ACTION: room.step.id,
    GITHUB_ACTION_PATH: use.folder,
    GITHUB_ACTION_REF: use.ref,
    GITHUB_ACTION_REPOSITORY: use.repository,
    ACTIONS_RUNTIME_URL: service,
    ACTIONS_RESULTS_URL: service,
    ACTIONS_CACHE_URL: service,
    ACTIONS_RUNTIME_TOKEN: makeDecoy(room.state, 'runtime'),
    ...openIdVariables(room),
  };
}
