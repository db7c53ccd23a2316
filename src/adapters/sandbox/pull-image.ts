/** Brings a pinned image to the machine: for runners that are made anew for each job. */
import type { ContainerEngine } from '../../core/sandbox/container-args.ts';
import { isPinnedImage } from '../../core/sandbox/image.ts';
import { callClient } from './container-client.ts';
import { findContainerClient } from './find-container-client.ts';
import { type CallerEnvironment, readMachine } from './machine.ts';

/** A large image over a slow line; what takes longer does not come. */
const PULL_WITHIN_MS = 15 * 60_000;

/** What became of it. */
export type PullOutcome =
  | { kind: 'there' | 'pulled'; engine: ContainerEngine }
  /** No engine here takes images, or none could bring this one. */
  | { kind: 'failed'; because: string; nextStep: string };

/**
 * Pulls `image` with the first of `engines` that works, unless that has it. Only a name with a digest is pulled: under
 * any other name it could be another image for the next job. `stateDir` is an absolute folder of Espalier's own.
 */
export async function pullImage(options: {
  image: string;
  engines: readonly ContainerEngine[];
  env: CallerEnvironment;
  stateDir: string;
}): Promise<PullOutcome> {
  const { image, engines, env, stateDir } = options;
  if (!isPinnedImage(image)) throw new Error(`Image '${image}' has no digest, so it is not pulled.`);
  const machine = await readMachine(env);
  const reasons: string[] = [];
  for (const engine of engines) {
    const found = await findContainerClient({ engine, env, machine, stateDir });
    if (!found.ok) {
      reasons.push(found.because);
      continue;
    }
    const has = await callClient(found.client, ['image', 'inspect', '--format', '{{.Id}}', '--', image]);
    if (has.failure === null) return { kind: 'there', engine };
    const pulled = await callClient(found.client, ['pull', '--quiet', '--', image], { withinMs: PULL_WITHIN_MS });
    if (pulled.failure === null) return { kind: 'pulled', engine };
    reasons.push(`${engine} could not pull it: ${pulled.failure}`);
  }
  return {
    kind: 'failed',
    because: `image '${image}' is not here (${reasons.join('; ')})`,
    nextStep: 'let the runner have docker and a way to the registry, or pull the image in a step before this one',
  };
}
