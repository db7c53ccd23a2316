/** Opens the sandbox of a run and says which it is, why, and what is waived. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { findToolPaths } from '../../adapters/sandbox/find-tool-paths.ts';
import type { SandboxRoot } from '../../adapters/sandbox/container-root.ts';
import { openSandbox } from '../../adapters/sandbox/open-sandbox.ts';
import type { TaskId } from '../../core/brand.ts';
import type { EspalierConfig } from '../../core/config/config.ts';
import type { ResolvedPlan, ResolvedTask } from '../../core/plan/plan.ts';
import type { PropertyName, SandboxEngine } from '../../core/sandbox/property.ts';
import type { Sandbox } from '../../ports/sandbox.ts';
import { CliError } from './cli-error.ts';
import { labelText, type Session } from './session.ts';

/** What was asked of the sandbox; the command line goes over the configuration. */
export interface SandboxDemand {
  engine: 'auto' | SandboxEngine;
  waive: readonly PropertyName[];
  image: string | null;
  rootfs: string | null;
  /** Absolute folders with programs. */
  tools: readonly string[];
}

/** An open sandbox with the reason for it. */
export interface RunSandbox {
  sandbox: Sandbox;
  /** A clause that follows the engine's name, without a full stop. */
  reason: string;
  /** Sandboxes of the tasks that name an image; left out where all run in `sandbox`. */
  images?: readonly ImageSandbox[];
}

/** The sandbox of tasks that name one image. */
export interface ImageSandbox extends Omit<RunSandbox, 'images'> {
  image: string;
  tasks: readonly TaskId[];
}

/** The sandbox that a task runs in. */
export function sandboxFor({ sandbox, images = [] }: RunSandbox, task: Pick<ResolvedTask, 'image'>): Sandbox {
  return images.find(({ image }) => image === task.image)?.sandbox ?? sandbox;
}

/** Puts together what the command line and the configuration ask for. */
export function demandSandbox(
  said: {
    sandbox?: SandboxDemand['engine'];
    waive?: readonly PropertyName[];
    image?: string;
    tools?: readonly string[];
  },
  config: EspalierConfig,
): SandboxDemand {
  return {
    engine: said.sandbox ?? config.sandbox.engine,
    waive: [...new Set([...(said.waive ?? []), ...config.sandbox.waive])],
    image: said.image ?? config.sandbox.image,
    rootfs: said.image === undefined ? config.sandbox.rootfs : null,
    tools: said.tools ?? [],
  };
}

/** For which plan and where a sandbox is opened. */
export interface SandboxPlace {
  plan: ResolvedPlan;
  config: EspalierConfig;
  /** Espalier's folder for the repository. */
  stateDir: string;
}

/** Opens the sandbox of a run, or throws why there is none. */
export type SandboxOpener = (session: Session, place: SandboxPlace) => Promise<RunSandbox>;

/** Opens what is demanded; `refused` says what was tried and what to do. */
export async function tryOpenSandbox(
  session: Session,
  place: SandboxPlace,
  demand: SandboxDemand,
): Promise<({ kind: 'opened' } & RunSandbox) | { kind: 'refused'; because: string; nextStep: string }> {
  const { env } = session.input;
  const opened = await openSandbox({
    asked: demand.engine,
    profiles: [...new Set(place.plan.tasks.map((task) => task.profile))],
    waive: demand.waive,
    root: rootOf(demand),
    toolPaths: await findToolPaths({
      plan: place.plan,
      node: process.execPath,
      searchPath: env['PATH'] ?? '',
      said: await resolveTools(demand.tools),
    }),
    stateDir: path.join(place.stateDir, 'sandbox'),
    env,
  });
  if (opened.kind === 'refused') return opened;
  return { kind: 'opened', sandbox: opened.sandbox, reason: opened.choice.because };
}

/** Says in plain sight what a run is confined by. */
export function announceSandbox(session: Session, opened: RunSandbox): void {
  const { engine, waived } = opened.sandbox;
  const isNone = engine === 'none';
  const text = `${engine}, ${opened.reason}`;
  const { images = [] } = opened;
  if (!images.some(({ sandbox }) => sandbox === opened.sandbox))
    session.err.print(labelText(session.err, ['sandbox', 'dim'], [text, isNone ? 'bad' : 'plain']));
  for (const { image, tasks, sandbox, reason } of images) {
    const line = `${tasks.slice(0, 4).join(', ')}${tasks.length > 4 ? ` and ${tasks.length - 4} more` : ''}: ${sandbox.engine}, ${reason}`;
    session.err.print(labelText(session.err, ['sandbox', 'dim'], [line, 'plain']));
    if (sandbox.waived.length > 0)
      session.warn(`not enforced on the image ${image} and waived by name: ${sandbox.waived.join(', ')}`);
  }
  if (isNone) session.warn('agents, tests and reviewers run as you, with all that you may read and write.');
  else if (waived.length > 0) session.warn(`not enforced here and waived by name: ${waived.join(', ')}`);
}

function rootOf(demand: SandboxDemand): SandboxRoot {
  if (demand.image !== null) return { kind: 'image', image: demand.image };
  return demand.rootfs === null ? { kind: 'host' } : { kind: 'folder', path: demand.rootfs };
}

async function resolveTools(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => null);
    if (real === null) throw new CliError('usage', `--tools '${folder}': there is no such folder.`);
    found.push(real);
  }
  return found;
}
