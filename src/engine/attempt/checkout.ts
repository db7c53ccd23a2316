/**
 * A worktree with everything that a sandbox needs around it: its private git directory, its ports, its copied
 * configuration. Made on the host before anything of an agent's is there; from then on the host runs no git in it.
 */
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { compileGlob, matchesGlob } from '../../core/plan/glob.ts';
import type { ResolvedTask } from '../../core/plan/plan.ts';
import { readCopyGlob } from '../../core/worktree/copy-globs.ts';
import { appendPorts, findPortNameProblem, renderPortsEnv } from '../../core/worktree/port-order.ts';
import { isConfigurationFile, rewritePaths } from '../../core/worktree/rewrite-paths.ts';
import type { PortLease } from '../../ports/port-leases.ts';
import type { SandboxMount } from '../../ports/sandbox.ts';
import { makeFailure, type Failure } from './failure.ts';
import { logLine, type WorkRoom } from './work-room.ts';

/** Where things are inside of a sandbox with a root of its own. */
export const WORKSPACE = '/workspace';
const GIT_INSIDE = '/espalier/git';
const OBJECTS_INSIDE = '/espalier/objects';

const PORTS_FILE = '.ports.env';
const MAX_COPIED_FILES = 50_000;
const MAX_COPIED_BYTES = 1024 * 1024 * 1024;

/** One worktree, ready for runs. */
export interface Checkout {
  /** Absolute host path of the worktree. */
  path: string;
  /** The tree that its files were made from. */
  tree: TreeSha;
  commit: CommitSha;
  gitDir: string;
  /** A file that points git inside at `GIT_INSIDE`; `null` where nothing can be mounted over the worktree's own. */
  gitLink: string | null;
  /** Paths that were put there beside the tree and must not become part of a change. */
  exclude: string[];
  ports: Readonly<Record<string, number>>;
}

/** What a checkout is made for. */
export interface CheckoutOrder {
  path: string;
  /** Distinguishes the files of several checkouts in one room. */
  name: string;
  commit: CommitSha;
  tree: TreeSha;
  ports: Readonly<Record<string, number>>;
  copy: readonly string[];
}

/** Makes the worktree and what belongs to it. Leaves no worktree behind if it throws. */
export async function makeCheckout(room: WorkRoom, order: CheckoutOrder): Promise<Checkout> {
  const { git, sandbox, files } = room.deps;
  const tracked = needsTrackedPaths(order) ? new Set(await git.listPaths(order.tree)) : new Set<string>();
  const gitDir = `${room.dir}/${order.name}.git`;
  try {
    await git.createWorktree({ path: order.path, commit: order.commit, tree: order.tree });
    const exclude = await provision(room, order, tracked);
    await git.createPrivateGitDir({
      path: gitDir,
      head: order.commit,
      tree: order.tree,
      worktreeInside: sandbox.pathInside({ source: order.path, target: WORKSPACE, access: 'read-write' }),
      ...insideObjects(room),
      exclude,
    });
    const gitLink = await linkGitDir(room, order, gitDir);
    await sandbox.prepareWritable([order.path, gitDir]);
    return { path: order.path, tree: order.tree, commit: order.commit, gitDir, gitLink, exclude, ports: order.ports };
  } catch (error) {
    await removeCheckout(room, order.path);
    await files.remove(gitDir).catch(() => undefined);
    throw error;
  }
}

/** Removes the worktree; a failure is logged and changes no result. */
export async function removeCheckout(room: WorkRoom, path: string): Promise<void> {
  try {
    await room.deps.git.removeWorktree(path);
  } catch (error) {
    room.deps.log.warn('A worktree could not be removed', { path, cause: String(error) });
  }
}

/** Mounts for a run in a checkout. */
export function mountCheckout(room: WorkRoom, checkout: Checkout, access: SandboxMount['access']): SandboxMount[] {
  return [
    { source: checkout.path, target: WORKSPACE, access },
    ...(checkout.gitLink === null
      ? []
      : [{ source: checkout.gitLink, target: `${WORKSPACE}/.git`, access: 'read-only' as const }]),
    { source: checkout.gitDir, target: GIT_INSIDE, access: 'read-write' },
    ...mountObjects(room),
  ];
}

/** The repository's objects, read-only, where a private git directory looks for them. */
export function mountObjects(room: WorkRoom): SandboxMount[] {
  const { objectsDir, alternateDirs } = room.deps.git;
  return [
    { source: objectsDir, target: OBJECTS_INSIDE, access: 'read-only' },
    ...alternateDirs.map((source, at) => ({
      source,
      target: `${OBJECTS_INSIDE}-${at + 1}`,
      access: 'read-only' as const,
    })),
  ];
}

/** Where a private git directory finds the repository's objects, for `createPrivateGitDir`. */
export function insideObjects(room: WorkRoom): { objectsInside: string; alternatesInside: string[] } {
  const [objects = '', ...alternates] = mountObjects(room).map((mount) => room.deps.sandbox.pathInside(mount));
  return { objectsInside: objects, alternatesInside: alternates };
}

/** The worktree as a run sees it. */
export function workspaceInside(room: WorkRoom, checkout: Pick<Checkout, 'path'>): string {
  return room.deps.sandbox.pathInside({ source: checkout.path, target: WORKSPACE, access: 'read-write' });
}

/** Environment of every run in a checkout. */
export function checkoutEnv(room: WorkRoom, checkout: Checkout): Record<string, string> {
  const ports = Object.entries(checkout.ports).map(([name, port]) => [name, String(port)] as const);
  return { ...room.deps.git.sandboxEnv, ...privateHome(room), ...Object.fromEntries(ports) };
}

/** Without a sandbox the home folder would be the user's own; with one, the engine gives each run a fresh one. */
export function privateHome(room: WorkRoom): Record<string, string> {
  return room.deps.sandbox.engine === 'none' ? { HOME: `${room.dir}/home` } : {};
}

async function linkGitDir(room: WorkRoom, order: CheckoutOrder, gitDir: string): Promise<string | null> {
  const { sandbox, files } = room.deps;
  const inside = sandbox.pathInside({ source: gitDir, target: GIT_INSIDE, access: 'read-write' });
  if (sandbox.engine === 'none') {
    await files.makeFolder(`${room.dir}/home`);
    // Nothing can be mounted over it, so the file itself is replaced. Git on the host finds the worktree by its own
    // registration and never reads this file.
    await files.writeText(`${order.path}/.git`, `gitdir: ${inside}\n`);
    return null;
  }
  const link = `${room.dir}/${order.name}.gitlink`;
  await files.writeText(link, `gitdir: ${inside}\n`);
  return link;
}

function needsTrackedPaths(order: CheckoutOrder): boolean {
  return order.copy.length > 0 || Object.keys(order.ports).length > 0;
}

/** Copies configuration and writes the ports; returns the paths that are now there beside the tree. */
async function provision(room: WorkRoom, order: CheckoutOrder, tracked: ReadonlySet<string>): Promise<string[]> {
  const copied = await copyConfiguration(room, order, tracked);
  if (Object.keys(order.ports).length === 0) return copied;
  if (tracked.has(PORTS_FILE)) {
    logLine(room, `${PORTS_FILE} is tracked by the repository and was left as it is; the ports are in the environment`);
    return copied;
  }
  if (!copied.includes(PORTS_FILE)) copied.push(PORTS_FILE);
  await room.deps.files.writeText(`${order.path}/${PORTS_FILE}`, renderPortsEnv(order.ports));
  return copied;
}

async function copyConfiguration(
  room: WorkRoom,
  order: CheckoutOrder,
  tracked: ReadonlySet<string>,
): Promise<string[]> {
  const { checkout, files } = room.deps;
  if (order.copy.length === 0) return [];
  if (checkout === null) {
    logLine(room, 'nothing was copied: the repository has no checkout');
    return [];
  }
  const globs = order.copy.flatMap((text) => {
    const glob = compileGlob(text.replace(/^\.\//, '').replace(/\/+$/, ''));
    const reading = readCopyGlob(text);
    if (glob.ok && 'copy' in reading)
      return [{ ...reading.copy, matches: (path: string) => matchesGlob(glob.value, path) }];
    logLine(
      room,
      `copy: ${JSON.stringify(text)} was left out: ${'because' in reading ? reading.because : 'it is no glob'}`,
    );
    return [];
  });
  const inside = workspaceInside(room, order);
  const outcome = await files.copyUntracked({
    from: checkout,
    to: order.path,
    globs,
    isTracked: (path) => tracked.has(path),
    rewrite: (path, text) => {
      if (!isConfigurationFile(path)) return null;
      const moved = rewritePaths(text, checkout, inside);
      return path === '.env' ? appendPorts(moved, order.ports) : moved;
    },
    maxFiles: MAX_COPIED_FILES,
    maxBytes: MAX_COPIED_BYTES,
  });
  for (const { path, because } of outcome.skipped.slice(0, 50))
    logLine(room, `copy: ${JSON.stringify(path)} was left out: ${because}`);
  return outcome.copied;
}

/** Ports for a task: held until released, or why they cannot be had. */
export type LeaseOutcome = { kind: 'leased'; lease: PortLease } | { kind: 'failed'; failure: Failure };

/** Leases the ports that a task asks for; a name that cannot be one is logged and left out. */
export async function leasePorts(room: WorkRoom, task: Pick<ResolvedTask, 'ports'>): Promise<LeaseOutcome> {
  const names = task.ports.filter((name) => {
    const problem = findPortNameProblem(name);
    if (problem !== null) logLine(room, `port ${JSON.stringify(name)} was left out: ${problem}`);
    return problem === null;
  });
  if (names.length === 0) return { kind: 'leased', lease: { ports: {}, release: async () => {} } };
  const { plan, task: id, attempt } = room.key;
  const lease = await room.deps.ports.lease({ seed: `${plan}/${id}/${attempt}`, names, range: room.deps.portRange });
  if (lease !== null) return { kind: 'leased', lease };
  const { first, last } = room.deps.portRange;
  const detail = `No ${names.length} free ports are left in ${first} to ${last}. Widen the range, or run fewer tasks at once.`;
  // Other attempts give theirs back.
  return { kind: 'failed', failure: makeFailure('internal', detail, { feedback: '', isTransient: true }) };
}
