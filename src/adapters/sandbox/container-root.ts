/** Root file systems of containers: an image that is there, a folder, or the host's own system folders. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';

import { execa } from 'execa';

import { encodeTar, listBaseImageMembers } from '../../core/sandbox/base-image.ts';
import type { SystemEntry } from '../../core/sandbox/bubblewrap-args.ts';
import { STANDARD_PATH } from '../../core/sandbox/policy.ts';
import { callClient, type ContainerClient } from './container-client.ts';
import { readHostSystem } from './host-system.ts';

/** Where the root file system of a run comes from. */
export type SandboxRoot =
  /** The host's system folders, read-only. */
  | { kind: 'host' }
  /** An image that a container engine has; bubblewrap cannot use it. */
  | { kind: 'image'; image: string }
  /** A folder that holds a root file system. */
  | { kind: 'folder'; path: string };

/** A root that a container can be created on. */
export interface ContainerRoot {
  image: string;
  /** For the reader. */
  description: string;
  system: readonly SystemEntry[];
  networkFiles: readonly SystemEntry[];
  imageVariables: readonly string[];
  defaultPath: string;
}

/** The root, or why there is none and what to do. */
export type ContainerRootReading = { ok: true; root: ContainerRoot } | { ok: false; because: string; nextStep: string };

/** Makes sure that the engine has what the root needs. Never pulls: that is for the user to decide. */
export async function readContainerRoot(
  client: ContainerClient,
  root: SandboxRoot,
  made: { etcDir: string; user: { uid: number; gid: number } },
): Promise<ContainerRootReading> {
  switch (root.kind) {
    case 'image':
      return readImage(client, root.image, `image ${root.image}`);
    case 'folder':
      return importFolder(client, root.path);
    case 'host':
      return importBase(client, made);
  }
}

interface ImageConfig {
  Env?: string[] | null;
}

async function readImage(client: ContainerClient, image: string, description: string): Promise<ContainerRootReading> {
  const asked = await callClient(client, ['image', 'inspect', '--format', '{{json .Config}}', '--', image]);
  if (asked.failure !== null)
    return {
      ok: false,
      because: `${client.engine} has no image '${image}' (${asked.failure})`,
      nextStep: `${client.engine} pull ${image}`,
    };
  const variables = (JSON.parse(asked.stdout) as ImageConfig).Env ?? [];
  const path = variables.find((variable) => variable.startsWith('PATH='))?.slice('PATH='.length);
  return {
    ok: true,
    root: {
      image,
      description,
      system: [],
      networkFiles: [],
      imageVariables: variables.map((variable) => variable.split('=', 1)[0] ?? '').filter(Boolean),
      defaultPath: path ?? STANDARD_PATH,
    },
  };
}

async function importBase(
  client: ContainerClient,
  made: { etcDir: string; user: { uid: number; gid: number } },
): Promise<ContainerRootReading> {
  const { system, networkFiles } = await readHostSystem('', made.etcDir, made.user);
  const archive = encodeTar(listBaseImageMembers(system));
  const tag = createHash('sha256').update(archive).digest('hex').slice(0, 16);
  const image = `localhost/espalier-host-root:${tag}`;
  const present = await callClient(client, ['image', 'inspect', '--format', '{{.Id}}', image]);
  if (present.failure !== null) {
    const imported = await callClient(client, ['import', '-', image], { input: archive });
    if (imported.failure !== null)
      return { ok: false, because: `an empty image could not be imported: ${imported.failure}`, nextStep: '' };
  }
  // The engine makes these two itself, and knows its own networks' resolver.
  const isEngines = (entry: SystemEntry): boolean =>
    entry.kind === 'bind' && ['/etc/hosts', '/etc/resolv.conf'].includes(entry.target);
  return {
    ok: true,
    root: {
      image,
      description: "the host's system folders",
      system: system.filter((entry) => !isEngines(entry)),
      networkFiles: networkFiles.filter((entry) => !isEngines(entry)),
      imageVariables: [],
      defaultPath: STANDARD_PATH,
    },
  };
}

async function importFolder(client: ContainerClient, path: string): Promise<ContainerRootReading> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isDirectory())
    return { ok: false, because: `the root folder '${path}' is not there`, nextStep: '' };
  const key = createHash('sha256').update(`${path}\0${found.ino}\0${found.mtimeMs}\0${found.ctimeMs}`).digest('hex');
  const image = `localhost/espalier-folder-root:${key.slice(0, 16)}`;
  const present = await callClient(client, ['image', 'inspect', '--format', '{{.Id}}', image]);
  if (present.failure !== null) {
    const because = await pipeFolder(client, path, image);
    if (because !== null) return { ok: false, because, nextStep: '' };
  }
  return readImage(client, image, `root folder ${path}`);
}

/** `tar | engine import -`, as two processes. */
async function pipeFolder(client: ContainerClient, path: string, image: string): Promise<string | null> {
  const [file = '', ...first] = client.argv;
  const archive = execa('tar', ['--create', '--one-file-system', '--directory', path, '.'], {
    reject: false,
    buffer: false,
    extendEnv: false,
    env: { PATH: '/usr/bin:/bin' },
    stderr: 'ignore',
  });
  const importing = archive.pipe(file, [...first, 'import', '-', image], {
    reject: false,
    extendEnv: false,
    env: client.env,
  });
  const [packed, imported] = await Promise.all([archive, importing]);
  if (packed.failed) return `the root folder '${path}' could not be packed (exit ${packed.exitCode ?? 'by signal'})`;
  return imported.failed ? `the root folder '${path}' could not be imported: ${imported.stderr}` : null;
}
