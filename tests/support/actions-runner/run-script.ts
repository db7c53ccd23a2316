/** A `run:` step: the text in a file, and the shell that GitHub gives it to. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { makeDecoy } from './decoys.ts';
import { runInStep, type StepRoom } from './step-room.ts';
import { fieldsOf, fillScalar, type TemplateToken } from './templates.ts';

/** Commands by the name of the shell; without a name bash has no `pipefail`. */
const SHELLS: Readonly<Record<string, (file: string) => string[]>> = {
  '': (file) => ['bash', '-e', file],
  bash: (file) => ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', file],
  sh: (file) => ['sh', '-e', file],
  python: (file) => ['python3', file],
};

/** Runs the script of a step. */
export async function runScript(room: StepRoom): Promise<void> {
  const { state, contexts, step } = room;
  const shell = fillScalar(findSetting(room, 'shell'), contexts);
  const command = SHELLS[shell];
  if (command === undefined) throw new Error(`The runner of the tests has no shell ${shell}: teach it.`);
  const file = path.join(state.folders.temporary, `${room.key}.sh`);
  await writeFile(file, `${fillScalar(step.fields.get('run'), contexts)}\n`);
  const folder = fillScalar(findSetting(room, 'working-directory'), contexts);
  // Only the two variables of OpenID Connect are for scripts; the token of the results service is for actions alone.
  await runInStep(room, {
    command: command(file),
    env: openIdVariables(room),
    cwd: path.resolve(state.folders.workspace, folder),
  });
}

function findSetting({ step, state }: StepRoom, name: string): TemplateToken | undefined {
  const ofJob = fieldsOf(fieldsOf(state.job.fields.get('defaults')).get('run'));
  const ofFile = fieldsOf(fieldsOf(state.file.fields.get('defaults')).get('run'));
  return step.fields.get(name) ?? ofJob.get(name) ?? ofFile.get(name);
}

/** What a job with `id-token: write` may ask for an identity with; nobody answers here. */
export function openIdVariables({ state }: StepRoom): Record<string, string> {
  if (state.access['id-token'] !== 'write') return {};
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${state.run.machine.world.urls.web}/_openid/${state.shown.id}`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: makeDecoy(state, 'openid'),
  };
}
