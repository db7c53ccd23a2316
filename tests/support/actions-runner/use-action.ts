/** A `uses:` step: an action of the runner's own, the action that is tried, or one of the checked-out files. */
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { BuiltInAction } from './actions/action-call.ts';
import { checkout } from './actions/checkout.ts';
import { createGitHubAppToken } from './actions/create-github-app-token.ts';
import { downloadArtifact } from './actions/download-artifact.ts';
import { uploadArtifactAction } from './actions/upload-artifact.ts';
import { runNodeAction } from './run-node-action.ts';
import type { StepRoom } from './step-room.ts';
import { fillTexts, wordOf } from './templates.ts';

/** Actions that the runner brings, by owner and name. */
const BUILT_IN: Readonly<Record<string, BuiltInAction>> = {
  'actions/checkout': checkout,
  'actions/create-github-app-token': createGitHubAppToken,
  'actions/download-artifact': downloadArtifact,
  'actions/upload-artifact': uploadArtifactAction,
};

/** Runs the action of a step. Throws where it fails, or where its reference is not pinned to a commit. */
export async function useAction(room: StepRoom): Promise<void> {
  const { state, step, contexts } = room;
  const { settings } = state.run.machine;
  const reference = wordOf(step.fields.get('uses')) ?? '';
  const inputs = fillTexts(step.fields.get('with'), contexts);
  if (reference.startsWith('./')) {
    await runNodeAction(room, {
      folder: path.resolve(state.folders.workspace, reference),
      inputs,
      repository: '',
      ref: '',
    });
    return;
  }
  const { name = '', ref = '' } = /^(?<name>[\w.-]+\/[\w.-]+)@(?<ref>.+)$/u.exec(reference)?.groups ?? {};
  if (!/^[0-9a-f]{40}$/u.test(ref)) throw new Error(`${reference} is not pinned to a full commit SHA.`);
  const builtIn = settings.actions[name] ?? BUILT_IN[name];
  if (builtIn !== undefined) {
    await runBuiltIn(room, name, builtIn, inputs);
    return;
  }
  if (settings.action?.repository !== name) throw new Error(`The runner of the tests has no action ${name}: teach it.`);
  const folder = path.join(state.folders.actions, name, ref);
  await mkdir(folder, { recursive: true });
  for (const part of ['action.yml', 'dist'])
    await cp(path.join(settings.action.folder, part), path.join(folder, part), { recursive: true });
  await runNodeAction(room, { folder, inputs, repository: name, ref });
}

async function runBuiltIn(
  room: StepRoom,
  name: string,
  action: BuiltInAction,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  const { state } = room;
  const { machine, facts, run } = state.run;
  const unexpected = Object.keys(given).filter((input) => !(input in action.inputs));
  if (unexpected.length > 0) throw new Error(`Unexpected input(s) of ${name}: ${unexpected.join(', ')}.`);
  const presets = Object.entries(action.inputs).map(([input, preset]) => [input, preset ?? ''] as const);
  for (const [input, preset] of Object.entries(action.inputs))
    if (preset === null && (given[input] ?? '') === '') throw new Error(`Input required and not supplied: ${input}`);
  // An empty text is the same as none, as for real actions.
  const filled = Object.entries(given).filter(([, value]) => value !== '');
  await action.run({
    world: machine.world,
    repository: machine.repository,
    run,
    inputs: { ...Object.fromEntries(presets), ...Object.fromEntries(filled) },
    token: state.token,
    sha: facts.sha,
    ref: facts.ref,
    workspace: state.folders.workspace,
    temporaryFolder: state.folders.temporary,
    home: state.folders.home,
    print: (line) => room.log.read(line),
    setOutput: (output, value) => {
      room.outputs[output] = value;
    },
    addMask: (secret) => state.masker.add(secret),
    afterJob: (clean) => void state.cleaners.push(clean),
  });
}
