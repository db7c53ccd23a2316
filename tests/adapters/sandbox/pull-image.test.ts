import { describe, expect, it } from 'vitest';

import { pullImage } from '../../../src/adapters/sandbox/pull-image.ts';
import { describeEngine } from '../../support/engines.ts';
import { makeTemporaryFolder } from '../../support/git-fixture.ts';

// Nobody serves this port: what asks there is refused at once.
const NOWHERE = `127.0.0.1:1/image@sha256:${'a'.repeat(64)}`;

describe('an image', () => {
  it('is never pulled by a name under which another could stand tomorrow', async () => {
    await using folder = await makeTemporaryFolder();
    const options = { image: 'node:24', engines: ['docker' as const], env: {}, stateDir: folder.path };
    await expect(pullImage(options)).rejects.toThrow(/has no digest/);
  });

  it('is missing, with the reason and the next step, where no engine takes images', async () => {
    await using folder = await makeTemporaryFolder();
    const env = { PATH: folder.path, HOME: folder.path, DOCKER_HOST: `unix://${folder.path}/nobody.sock` };
    const outcome = await pullImage({ image: NOWHERE, engines: ['docker'], env, stateDir: folder.path });
    expect(outcome).toMatchObject({
      kind: 'failed',
      because: expect.stringMatching(/docker is not installed|no docker daemon answers/) as string,
      nextStep: expect.stringMatching(/pull the image in a step before/) as string,
    });
  });
});

describeEngine('docker', 'an image that its registry does not give', (fixture) => {
  it('is missing, with what the engine said', async () => {
    const { env, stateDir } = fixture();
    const outcome = await pullImage({ image: NOWHERE, engines: ['docker'], env, stateDir });
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(outcome.kind === 'failed' ? outcome.because : '').toMatch(/docker could not pull it: .*refused/);
  }, 60_000);
});
