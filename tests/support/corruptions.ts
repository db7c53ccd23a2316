/** The ways in which the machine of a leg is taken over (`corrupt-leg.ts` does them), and the runner that has such machines. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import type { BuiltInAction } from './actions-runner/actions/action-call.ts';
import { uploadArtifactAction } from './actions-runner/actions/upload-artifact.ts';
import type { ActionsRunnerOptions } from './actions-runner/open-actions-runner.ts';

/** What such a machine leaves; each is also the id of the task that it works on. */
export type Corruption =
  | 'forged-result'
  | 'forged-record'
  | 'oversized'
  | 'other-name'
  | 'traversal'
  | 'evil-trees'
  | 'other-digests'
  | 'squatter';

/** File in the shared folder with the outputs of the honest leg. */
export const WATCHED = 'watched.json';
/** File in the shared folder that is there once an artifact has the name of the honest leg's pack. */
export const UPLOADED = 'uploaded';

const PROGRAM = path.join(import.meta.dirname, 'corrupt-leg.ts');

/** Machines of which those of the corrupted legs are taken over; `shared` is an empty folder. */
export function corruptMachines(
  corrupted: readonly Corruption[],
  { honest, shared }: { honest: string; shared: string },
): Pick<ActionsRunnerOptions, 'wrapCommand' | 'actions'> {
  return {
    wrapCommand: (command, { step, job }) => {
      if (step !== 'Work') return command;
      // A leg shows in the name of its job, as an object of its matrix.
      const kind = corrupted.find((one) => job.includes(one)) ?? (corrupted.includes('squatter') ? 'late' : 'watched');
      return [process.execPath, PROGRAM, kind, honest, shared, ...command];
    },
    actions: { 'actions/upload-artifact': watchUploads(honest, shared) },
  };
}

/** A machine says of its files what it likes, also that one is a zip. */
function watchUploads(honest: string, shared: string): BuiltInAction {
  return {
    ...uploadArtifactAction,
    async run(call) {
      await uploadArtifactAction.run(call);
      const name = path.basename(call.inputs['path'] ?? '');
      if (name === `espalier-${honest}.1-pack`) writeFileSync(path.join(shared, UPLOADED), '');
      for (const artifact of call.repository.artifacts.values())
        if (artifact.runId === call.run.id && artifact.name === 'espalier-traversal.1-pack')
          artifact.contentType = 'application/zip';
    },
  };
}
