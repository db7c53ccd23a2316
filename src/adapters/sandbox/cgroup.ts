/** Control groups for runs: made as children of this process's own groups, so that its own limits go on holding. */
import { writeFileSync } from 'node:fs';
import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  type CgroupLayout,
  type CgroupSetting,
  CONTROLLERS,
  readCgroupLayout,
  readOomKills,
  settingsV1,
  settingsV2,
} from '../../core/sandbox/cgroup-layout.ts';
import type { PropertyName } from '../../core/sandbox/property.ts';
import type { ResourceLimits } from '../../core/sandbox/resources.ts';
import { trySignal } from './process-table.ts';

/** The group of one run. */
export interface RunGroup {
  /** Moves a process in; what it starts from then on is in as well. */
  add(pid: number): Promise<void>;
  /** Calls `start` so that what it spawns is in the group from its first instant, before it can start anything. */
  startWithin<T>(start: () => T): T;
  /** How many of its processes the kernel killed for memory. */
  countOomKills(): Promise<number>;
  /** Kills what is in it and removes it; false if that did not succeed in time. */
  remove(): Promise<boolean>;
}

/** Makes groups. */
export interface GroupMaker {
  version: 1 | 2;
  /** Limits that a group really has on this machine. */
  enforces: readonly PropertyName[];
  create(name: string, limits: ResourceLimits | null): Promise<RunGroup>;
  /** Names of runs that have a group and begin with `prefix`. */
  list(prefix: string): Promise<Set<string>>;
  /** Ends the groups of earlier processes whose run name begins with `prefix`. */
  reap(prefix: string): Promise<number>;
}

const PREFIX = 'espalier-';
const REMOVE_WITHIN_MS = 5000;

const ENFORCED_BY = { memory: 'memory-limit', pids: 'pids-limit', cpu: 'cpu-limit' } as const;

/** Finds out what can be made here by making it; `null` if nothing can. */
export async function openGroupMaker(): Promise<GroupMaker | null> {
  const [selfCgroup, mountinfo] = await Promise.all([
    readFile('/proc/self/cgroup', 'utf8').catch(() => ''),
    readFile('/proc/self/mountinfo', 'utf8').catch(() => ''),
  ]);
  const layout = readCgroupLayout(selfCgroup, mountinfo);
  return (await openVersion2(layout)) ?? (await openVersion1(layout));
}

async function openVersion1(layout: CgroupLayout): Promise<GroupMaker | null> {
  const usable: (typeof CONTROLLERS)[number][] = [];
  for (const controller of CONTROLLERS) {
    const folder = layout.v1[controller];
    if (folder !== undefined && (await isWritable(folder))) usable.push(controller);
  }
  if (usable.length === 0) return null;
  const parents = usable.map((controller) => layout.v1[controller] as string);
  return {
    version: 1,
    enforces: usable.map((controller) => ENFORCED_BY[controller]),
    create: async (name, limits) => {
      const folders = parents.map((parent) => join(parent, PREFIX + name));
      await makeFolders(folders);
      for (const [at, controller] of usable.entries())
        if (limits !== null) await writeSettings(folders[at] as string, settingsV1(controller, limits));
      return runGroup(folders, parents, usable.includes('memory') ? 'memory.oom_control' : null);
    },
    list: (prefix) => listGroups(parents, prefix),
    reap: (prefix) => reapGroups(parents, prefix),
  };
}

/**
 * A version 2 group may not have both processes and children with controllers, so the parent is the nearest ancestor
 * that already hands the three controllers down.
 */
async function openVersion2(layout: CgroupLayout): Promise<GroupMaker | null> {
  const home = layout.v2[0] ?? '';
  for (const folder of layout.v2) {
    const handedDown = await readFile(join(folder, 'cgroup.subtree_control'), 'utf8').catch(() => '');
    const usable = CONTROLLERS.filter((controller) => handedDown.split(/\s+/).includes(controller));
    if (usable.length < CONTROLLERS.length || !(await isWritable(folder))) continue;
    return {
      version: 2,
      enforces: usable.map((controller) => ENFORCED_BY[controller]),
      create: async (name, limits) => {
        const path = join(folder, PREFIX + name);
        await makeFolders([path]);
        if (limits !== null) await writeSettings(path, settingsV2(limits));
        return runGroup([path], [home], 'memory.events');
      },
      list: (prefix) => listGroups([folder], prefix),
      reap: (prefix) => reapGroups([folder], prefix),
    };
  }
  return null;
}

async function isWritable(folder: string): Promise<boolean> {
  const procs = join(folder, 'cgroup.procs');
  return (
    (await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    )) &&
    (await access(procs, constants.W_OK).then(
      () => true,
      () => false,
    ))
  );
}

async function makeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await mkdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // Left by a process that was killed; run names are unique among live runs.
      await removeGroup(folder);
      await mkdir(folder);
    }
  }
}

async function writeSettings(folder: string, settings: readonly CgroupSetting[]): Promise<void> {
  for (const { file, value, optional } of settings)
    await writeFile(join(folder, file), value).catch((error: unknown) => {
      if (!optional) throw new Error(`Control group '${folder}' refused '${value}' for ${file}`, { cause: error });
    });
}

/** `homes` are the groups of this process in the same hierarchies. */
function runGroup(folders: readonly string[], homes: readonly string[], oomFile: string | null): RunGroup {
  const first = folders[0] as string;
  const memory = folders.find((folder) => folder.includes('/memory')) ?? first;
  return {
    add: async (pid) => {
      for (const folder of folders) await writeFile(join(folder, 'cgroup.procs'), String(pid));
    },
    startWithin: (start) => startWithin(folders, homes, start),
    countOomKills: async () =>
      oomFile === null ? 0 : readOomKills(await readFile(join(memory, oomFile), 'utf8').catch(() => '')),
    remove: async () => (await Promise.all(folders.map(removeGroup))).every(Boolean),
  };
}

/**
 * A child is born into its parent's groups, so this process enters them for as long as the spawning takes: moved in
 * afterwards, a child could have started something already. Without a pause, so that nothing else of this process is
 * started meanwhile. What it may not enter it leaves out.
 */
function startWithin<T>(folders: readonly string[], homes: readonly string[], start: () => T): T {
  const left: string[] = [];
  try {
    for (const [at, folder] of folders.entries()) {
      if (!tryEnter(folder)) continue;
      left.push(homes[at] as string);
    }
    return start();
  } finally {
    for (const home of left) writeFileSync(join(home, 'cgroup.procs'), String(process.pid));
  }
}

function tryEnter(folder: string): boolean {
  try {
    writeFileSync(join(folder, 'cgroup.procs'), String(process.pid));
    return true;
  } catch {
    return false;
  }
}

async function removeGroup(folder: string): Promise<boolean> {
  const deadline = performance.now() + REMOVE_WITHIN_MS;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    const gone = await rmdir(folder).then(
      () => true,
      (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
    );
    if (gone) return true;
    if (performance.now() > deadline) return false;
    await killMembers(folder);
    await sleep(pauseMs);
  }
}

/** Version 2 kills all at once; version 1 has no such file and may need several rounds. */
async function killMembers(folder: string): Promise<void> {
  const members = (await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  // It could not go home again: the group stays, and that is reported.
  if (members.includes(String(process.pid))) return;
  const hasKill = await writeFile(join(folder, 'cgroup.kill'), '1').then(
    () => true,
    () => false,
  );
  if (hasKill) return;
  for (const pid of members) trySignal(Number(pid), 'SIGKILL');
}

async function listGroups(parents: readonly string[], prefix: string): Promise<Set<string>> {
  const names = new Set<string>();
  for (const parent of parents)
    for (const name of await readdir(parent).catch(() => []))
      if (name.startsWith(PREFIX + prefix)) names.add(name.slice(PREFIX.length));
  return names;
}

async function reapGroups(parents: readonly string[], prefix: string): Promise<number> {
  const names = await listGroups(parents, prefix);
  for (const name of names) for (const parent of parents) await removeGroup(join(parent, PREFIX + name));
  return names.size;
}
