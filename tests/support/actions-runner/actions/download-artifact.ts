/** `actions/download-artifact` as of version 8: checks digests, unpacks zips, leaves single files as they are. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Artifact } from '../../github/state.ts';
import { compileGlob } from '../patterns.ts';
import { readSwitch, type ActionCall, type BuiltInAction } from './action-call.ts';
import { readZip } from './zip.ts';

/** See the documentation of the action; artifacts of other runs are not here. */
export const downloadArtifact: BuiltInAction = {
  inputs: {
    name: '',
    'artifact-ids': '',
    path: '',
    pattern: '',
    'merge-multiple': 'false',
    'skip-decompress': 'false',
    'digest-mismatch': 'error',
  },
  async run(call) {
    const { inputs } = call;
    const target = path.resolve(call.workspace, (inputs['path'] ?? '').replace(/^~/u, call.home));
    const wanted = findArtifacts(call);
    const isAlone = inputs['name'] !== '' || readSwitch(call, 'merge-multiple') || wanted.length === 1;
    const broken: string[] = [];
    for (const artifact of wanted) {
      const bytes = Buffer.from(artifact.bytes);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      if (digest !== artifact.digest) broken.push(artifact.name);
      const isFile = artifact.contentType !== 'application/zip' || readSwitch(call, 'skip-decompress');
      await unpack(isAlone ? target : path.join(target, artifact.name), artifact, isFile);
    }
    if (broken.length > 0 && inputs['digest-mismatch'] === 'error')
      throw new Error(`Digest validation failed for artifact(s): ${broken.join(', ')}.`);
    call.setOutput('download-path', target);
  },
};

function findArtifacts({ repository, run, inputs }: ActionCall): Artifact[] {
  const { name = '', pattern = '', 'artifact-ids': ids = '' } = inputs;
  if (name !== '' && ids !== '') throw new Error(`Inputs 'name' and 'artifact-ids' cannot be used together.`);
  const all = [...repository.artifacts.values()].filter(({ runId, isExpired }) => runId === run.id && !isExpired);
  if (name !== '') {
    const found = all.find((artifact) => artifact.name === name);
    if (found === undefined) throw new Error(`Unable to download artifact(s): Artifact not found for name: ${name}`);
    return [found];
  }
  if (ids !== '') {
    const wanted = ids.split(',').map((id) => Number(id.trim()));
    const found = all.filter(({ id }) => wanted.includes(id));
    if (found.length === 0) throw new Error('None of the provided artifact IDs were found');
    return found;
  }
  return all.filter((artifact) => pattern === '' || compileGlob(pattern).test(artifact.name));
}

async function unpack(folder: string, artifact: Artifact, isFile: boolean): Promise<void> {
  const bytes = Buffer.from(artifact.bytes);
  const entries = isFile ? [{ name: artifact.name, bytes }] : readZip(bytes);
  await mkdir(folder, { recursive: true });
  for (const entry of entries) {
    const file = path.resolve(folder, entry.name);
    if (path.relative(folder, file).startsWith('..')) throw new Error(`Malicious entry: ${entry.name}`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, entry.bytes);
  }
}
