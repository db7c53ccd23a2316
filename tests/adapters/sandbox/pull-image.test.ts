import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { pullImage } from '../../../src/adapters/sandbox/pull-image.ts';
import { encodeTar } from '../../../src/core/sandbox/base-image.ts';
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

/** A registry on loopback with one image: a folder and nothing in it. */
async function openRegistry(): Promise<{ image: string; asked: string[] } & AsyncDisposable> {
  const blobs = new Map<string, { bytes: Buffer; type: string }>();
  const add = (bytes: Buffer, type: string): { mediaType: string; digest: string; size: number } => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    blobs.set(digest, { bytes, type });
    return { mediaType: type, digest, size: bytes.length };
  };
  const layer = Buffer.from(encodeTar([{ kind: 'folder', path: 'empty/', mode: 0o755 }]));
  const rootfs = { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(layer).digest('hex')}`] };
  const config = { architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', os: 'linux', config: {}, rootfs };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: add(Buffer.from(JSON.stringify(config)), 'application/vnd.oci.image.config.v1+json'),
    layers: [add(layer, 'application/vnd.oci.image.layer.v1.tar')],
  };
  const { digest } = add(Buffer.from(JSON.stringify(manifest)), manifest.mediaType);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const wanted = /sha256:[0-9a-f]{64}$/.exec(request.url ?? '')?.[0] ?? '';
    const blob = blobs.get(wanted);
    if (blob === undefined) response.writeHead(request.url === '/v2/' ? 200 : 404).end();
    else
      response
        .writeHead(200, {
          'content-type': blob.type,
          'content-length': blob.bytes.length,
          'docker-content-digest': wanted,
        })
        .end(request.method === 'HEAD' ? undefined : blob.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    image: `127.0.0.1:${port}/image@${digest}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describeEngine('docker', 'a pinned image', (fixture) => {
  it('is pulled once, and then there', async () => {
    const { env, stateDir } = fixture();
    await using registry = await openRegistry();
    const options = { image: registry.image, engines: ['docker' as const], env, stateDir };
    expect(await pullImage(options)).toEqual({ kind: 'pulled', engine: 'docker' });
    const askedBefore = registry.asked.length;
    expect(await pullImage(options)).toEqual({ kind: 'there', engine: 'docker' });
    expect(registry.asked).toHaveLength(askedBefore);
  }, 60_000);
});

describeEngine('docker', 'an image that its registry does not give', (fixture) => {
  it('is missing, with what the engine said', async () => {
    const { env, stateDir } = fixture();
    const outcome = await pullImage({ image: NOWHERE, engines: ['docker'], env, stateDir });
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(outcome.kind === 'failed' ? outcome.because : '').toMatch(/docker could not pull it: .*refused/);
  }, 60_000);
});
