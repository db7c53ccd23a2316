/** `actions/upload-artifact` as of version 7: one zip, or one file as it is. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { uploadArtifact } from '../../github/operations/runs.ts';
import { compileGlob } from '../patterns.ts';
import { readSwitch, type ActionCall, type BuiltInAction } from './action-call.ts';
import { writeZip } from './zip.ts';

/** Artifacts that one job may leave. */
const ARTIFACTS_PER_JOB = 500;

/** See the documentation of the action. */
export const uploadArtifactAction: BuiltInAction = {
  inputs: {
    name: 'artifact',
    path: null,
    'if-no-files-found': 'warn',
    'retention-days': '0',
    'compression-level': '6',
    overwrite: 'false',
    'include-hidden-files': 'false',
    archive: 'true',
  },
  async run(call) {
    const { world, run, inputs } = call;
    const isArchive = readSwitch(call, 'archive');
    const { files, root } = await findFiles(call);
    if (files.length === 0) {
      tellOfNothing(call);
      return;
    }
    if (!isArchive && files.length > 1)
      throw new Error(
        `When 'archive' is set to false, only a single file can be uploaded. Found ${files.length} files to upload.`,
      );
    const [first = ''] = files;
    const name = isArchive ? (inputs['name'] ?? '') : path.basename(first);
    refuseName(name);
    const entries = await Promise.all(
      files.map(async (file) => ({ name: path.relative(root, file), bytes: await readFile(file) })),
    );
    if (readSwitch(call, 'overwrite')) removeArtifact(call, name);
    refuseMany(call);
    const retentionDays = Number(inputs['retention-days']);
    const artifact = await uploadArtifact(world, run, {
      name,
      bytes: isArchive ? writeZip(entries) : (entries[0]?.bytes ?? Buffer.alloc(0)),
      contentType: isArchive ? 'application/zip' : 'application/octet-stream',
      ...(retentionDays > 0 ? { retentionDays } : {}),
    });
    call.setOutput('artifact-id', String(artifact.id));
    call.setOutput('artifact-digest', artifact.digest.replace('sha256:', ''));
    const { owner, name: repositoryName } = call.repository;
    call.setOutput(
      'artifact-url',
      `${world.urls.web}/${owner}/${repositoryName}/actions/runs/${run.id}/artifacts/${artifact.id}`,
    );
  },
};

function tellOfNothing({ inputs, print }: ActionCall): void {
  const message = `No files were found with the provided path: ${inputs['path']}. No artifacts will be uploaded.`;
  if (inputs['if-no-files-found'] === 'error') throw new Error(message);
  if (inputs['if-no-files-found'] === 'warn') print(`::warning::${message}`);
}

/** What the service refuses in a name, so that it can be a file everywhere. */
function refuseName(name: string): void {
  const found = /["<>|*?:\r\n\\/]/u.exec(name);
  if (name === '' || found !== null)
    throw new Error(`The artifact name is not valid: ${name}. Contains the following character: ${found?.[0] ?? ''}`);
}

function removeArtifact({ repository, run }: ActionCall, name: string): void {
  for (const artifact of repository.artifacts.values())
    if (artifact.runId === run.id && artifact.name === name) repository.artifacts.delete(artifact.id);
}

function refuseMany({ repository, run }: ActionCall): void {
  const count = [...repository.artifacts.values()].filter(({ runId }) => runId === run.id).length;
  // The limit is of a job; the test GitHub keeps artifacts by run, of which a job has never more.
  const jobs = [...repository.jobs.values()].filter(({ runId }) => runId === run.id).length;
  if (count >= ARTIFACTS_PER_JOB * Math.max(1, jobs))
    throw new Error('Failed to CreateArtifact: Artifact count has been exceeded for this job');
}

/** Files that the lines of `path` name; the folder that names in the archive start from. */
async function findFiles(call: ActionCall): Promise<{ files: string[]; root: string }> {
  const lines = (call.inputs['path'] ?? '').split('\n').filter((line) => line.trim() !== '');
  const takesHidden = readSwitch(call, 'include-hidden-files');
  const files = new Set<string>();
  const roots: string[] = [];
  for (const line of lines.filter((one) => !one.startsWith('!'))) {
    const absolute = path.resolve(call.workspace, line.trim().replace(/^~/u, call.home));
    const isGlob = /[*?[]/u.test(absolute);
    const start = isGlob ? path.dirname(absolute.slice(0, absolute.search(/[*?[]/u) + 1)) : absolute;
    roots.push(isGlob || (await isFolder(start)) ? start : path.dirname(start));
    const patterns = [absolute, `${absolute}/**`].map(compileGlob);
    for (const file of await listFiles(start))
      if (!isGlob || patterns.some((pattern) => pattern.test(file))) files.add(file);
  }
  for (const line of lines.filter((one) => one.startsWith('!'))) {
    const excluded = compileGlob(path.resolve(call.workspace, line.slice(1).trim()));
    for (const file of files) if (excluded.test(file)) files.delete(file);
  }
  const isHidden = (file: string): boolean => file.split(path.sep).some((part) => part.startsWith('.'));
  const shown = [...files].filter((file) => takesHidden || !isHidden(path.relative(roots[0] ?? '/', file)));
  return { files: shown.sort(), root: roots.length === 1 ? (roots[0] ?? '/') : commonFolder(roots) };
}

async function isFolder(name: string): Promise<boolean> {
  return (await stat(name).catch(() => null))?.isDirectory() ?? false;
}

async function listFiles(start: string): Promise<string[]> {
  const found = await stat(start).catch(() => null);
  if (found === null) return [];
  if (!found.isDirectory()) return [start];
  const entries = await readdir(start, { recursive: true });
  const files: string[] = [];
  for (const entry of entries) {
    const file = path.join(start, entry);
    if ((await stat(file).catch(() => null))?.isFile() === true) files.push(file);
  }
  return files;
}

function commonFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split(path.sep));
  const end = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  return (end < 0 ? first : first.slice(0, end)).join(path.sep) || '/';
}
