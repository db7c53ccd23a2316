/** Opens the engine that a caller asks for, or the strongest that works, or says exactly why not. */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import type { Profile } from '../../core/plan/plan.ts';
import { chooseEngine, type EngineChoice, type EngineProbe } from '../../core/sandbox/choose-engine.ts';
import { STANDARD_PATH } from '../../core/sandbox/policy.ts';
import { type PropertyName, SANDBOX_ENGINES, type SandboxEngine } from '../../core/sandbox/property.ts';
import { buildSearchPath, isToolFolder } from '../../core/sandbox/tool-paths.ts';
import type { Sandbox } from '../../ports/sandbox.ts';
import { openBubblewrap } from './bubblewrap.ts';
import { openContainerEngine } from './container-engine.ts';
import type { SandboxRoot } from './container-root.ts';
import { closeInheritedDescriptors } from './inherited-descriptors.ts';
import { type CallerEnvironment, type Machine, readMachine } from './machine.ts';
import { openNone } from './none.ts';
import type { OpenedEngine } from './opened-engine.ts';

export interface OpenSandboxOptions {
  asked: 'auto' | SandboxEngine;
  /** Every profile that will be run. */
  profiles: readonly Profile[];
  /** Properties that may be missing. */
  waive: readonly PropertyName[];
  root: SandboxRoot;
  /**
   * Folders with programs outside of the system's (node's own prefix, an agent's); mounted read-only at the same
   * path where the root is the host's. The home folder, or one that holds it, is refused.
   */
  toolPaths: readonly string[];
  /** An absolute path of Espalier's own, outside of any repository; made if it is not there. */
  stateDir: string;
  env: CallerEnvironment;
}

/** A sandbox with the reasons for it, or why there is none and what to do. */
export type OpenedSandbox =
  | { kind: 'opened'; sandbox: Sandbox; choice: Extract<EngineChoice, { kind: 'chosen' }> }
  | { kind: 'refused'; because: string; nextStep: string; considered: EngineChoice['considered'] };

/** Every engine that was asked about, tried out. */
export interface ProbedEngine {
  probe: EngineProbe;
  /** Makes the sandbox, with what it is known to lack; `null` if the engine does not work. */
  createSandbox: ((waived: readonly PropertyName[]) => Sandbox) | null;
}

/** Tries out the engines that were asked for, all at once, and chooses. Rejects only on a wrong option. */
export async function openSandbox(options: OpenSandboxOptions): Promise<OpenedSandbox> {
  const engines = options.asked === 'auto' ? SANDBOX_ENGINES.filter((engine) => engine !== 'none') : [options.asked];
  const opened = await probeEngines(engines, options);
  const choice = chooseEngine({
    asked: options.asked,
    probes: opened.map(({ probe }) => probe),
    profiles: options.profiles,
    waived: options.waive,
  });
  if (choice.kind === 'refused') return choice;
  const createSandbox = opened.find(({ probe }) => probe.engine === choice.engine)?.createSandbox;
  if (createSandbox === null || createSandbox === undefined)
    throw new Error(`Engine '${choice.engine}' was chosen but was never opened`);
  return { kind: 'opened', sandbox: createSandbox(choice.waived), choice };
}

/** Tries out engines without choosing; the doctor's way in. */
export async function probeEngines(
  engines: readonly SandboxEngine[],
  options: Omit<OpenSandboxOptions, 'asked' | 'profiles' | 'waive'>,
): Promise<ProbedEngine[]> {
  if (!isAbsolute(options.stateDir)) throw new Error(`Folder '${options.stateDir}' must be an absolute path`);
  // Runs of another user of this machine must not write what later runs read.
  await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
  closeInheritedDescriptors();
  const machine = await readMachine(options.env);
  const toolPaths = await readToolPaths(options.toolPaths, machine.homeDir);
  return Promise.all(engines.map((engine) => openEngine(engine, { ...options, toolPaths }, machine)));
}

async function readToolPaths(paths: readonly string[], homeDir: string | null): Promise<string[]> {
  const real = await Promise.all(paths.map((path) => realpath(path)));
  for (const path of real)
    if (!isToolFolder(path, homeDir))
      throw new Error(`Tool folder '${path}' is too wide to be shown to a sandbox: name the folder of the tool itself`);
  return [...new Set(real)];
}

async function openEngine(
  engine: SandboxEngine,
  options: Omit<OpenSandboxOptions, 'asked' | 'profiles' | 'waive'>,
  machine: Machine,
): Promise<OpenedEngine> {
  const searchPath = options.env.PATH;
  const stateDir = await realpath(options.stateDir);
  const programFolders = await Promise.all(options.toolPaths.map(findProgramFolder));
  switch (engine) {
    case 'none':
      return openNone(buildSearchPath(options.toolPaths, programFolders, searchPath ?? STANDARD_PATH));
    case 'bubblewrap':
      if (options.root.kind === 'image') return notForImages();
      return openBubblewrap({
        machine,
        searchPath,
        stateDir,
        rootDir: options.root.kind === 'folder' ? await realpath(options.root.path) : null,
        toolPaths: options.toolPaths,
        programFolders,
      });
    case 'docker':
    case 'podman':
      return openContainerEngine({
        engine,
        machine,
        env: options.env,
        stateDir,
        root:
          options.root.kind === 'folder' ? { kind: 'folder', path: await realpath(options.root.path) } : options.root,
        toolPaths: options.toolPaths,
        programFolders,
      });
  }
}

async function findProgramFolder(toolPath: string): Promise<string> {
  const folder = join(toolPath, 'bin');
  return stat(folder).then(
    (found) => (found.isDirectory() ? folder : toolPath),
    () => toolPath,
  );
}

function notForImages(): OpenedEngine {
  return {
    probe: {
      engine: 'bubblewrap',
      works: false,
      because: 'bubblewrap cannot use an image',
      missing: [],
      nextStep: 'install docker (sudo apt-get install -y docker.io), or leave out the image',
    },
    createSandbox: null,
  };
}
