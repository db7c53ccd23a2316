/**
 * Where control groups for runs can be made, read from `/proc/self/cgroup` and `/proc/self/mountinfo`, and what is
 * written into them. Text in, data out; the adapter makes the folders.
 */
import type { ResourceLimits } from './resources.ts';

/** The controllers that a run is limited with. */
export const CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
export type Controller = (typeof CONTROLLERS)[number];

/** Folders that belong to this process. */
export interface CgroupLayout {
  /** Version 1: folder of this process per controller that is mounted. */
  v1: Partial<Record<Controller, string>>;
  /** Version 2: folder of this process, then its ancestors up to the mount; empty if there is none. */
  v2: readonly string[];
}

interface CgroupMount {
  root: string;
  point: string;
  version: 1 | 2;
  controllers: readonly string[];
}

function unescapeMountField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** One line: `36 35 98:0 /root /point rw,… optional… - type source superoptions`. */
function readMount(line: string): CgroupMount | null {
  const [before, after] = line.split(' - ', 2);
  if (before === undefined || after === undefined) return null;
  const [type, , superOptions] = after.split(' ');
  const [, , , root, point] = before.split(' ');
  if (root === undefined || point === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return null;
  return {
    root: unescapeMountField(root),
    point: unescapeMountField(point),
    version: type === 'cgroup' ? 1 : 2,
    controllers: (superOptions ?? '').split(','),
  };
}

/** A path as the kernel names it, seen through a mount that may show only a part of the hierarchy. */
function locate(path: string, mount: CgroupMount): string {
  if (mount.root === '/') return path === '/' ? mount.point : mount.point + path;
  return path.startsWith(`${mount.root}/`) ? mount.point + path.slice(mount.root.length) : mount.point;
}

/** Reads the layout. Lines that are not understood are left out. */
export function readCgroupLayout(selfCgroup: string, mountinfo: string): CgroupLayout {
  const mounts = mountinfo.split('\n').flatMap((line) => readMount(line) ?? []);
  const v1: Partial<Record<Controller, string>> = {};
  let v2: string[] = [];
  for (const line of selfCgroup.split('\n')) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    const [, hierarchy, names = '', path = '/'] = match;
    if (hierarchy === '0') {
      const mount = mounts.find((candidate) => candidate.version === 2);
      if (mount !== undefined) v2 = ancestors(locate(path, mount), mount.point);
      continue;
    }
    for (const controller of CONTROLLERS) {
      if (!names.split(',').includes(controller)) continue;
      const mount = mounts.find((m) => m.version === 1 && m.controllers.includes(controller));
      if (mount !== undefined) v1[controller] = locate(path, mount);
    }
  }
  return { v1, v2 };
}

function ancestors(path: string, point: string): string[] {
  const found = [path];
  let at = path;
  while (at !== point && at.startsWith(`${point}/`)) {
    at = at.slice(0, at.lastIndexOf('/'));
    found.push(at);
  }
  return found;
}

/** A file of a group and what is written into it. `optional` files may be missing (no swap accounting, for one). */
export interface CgroupSetting {
  file: string;
  value: string;
  optional: boolean;
}

const PERIOD_US = 100_000;

/** Settings of a version 1 group of one controller, in the order in which they must be written. */
export function settingsV1(controller: Controller, limits: ResourceLimits): CgroupSetting[] {
  switch (controller) {
    case 'memory':
      // The limit with swap may not be under the one without, so it comes second.
      return [
        { file: 'memory.limit_in_bytes', value: String(limits.memoryBytes), optional: false },
        { file: 'memory.memsw.limit_in_bytes', value: String(limits.memoryBytes), optional: true },
      ];
    case 'pids':
      return [{ file: 'pids.max', value: String(limits.pids), optional: false }];
    case 'cpu':
      return [
        { file: 'cpu.cfs_period_us', value: String(PERIOD_US), optional: false },
        { file: 'cpu.cfs_quota_us', value: String(Math.round(limits.cpus * PERIOD_US)), optional: false },
      ];
  }
}

/** Settings of a version 2 group. */
export function settingsV2(limits: ResourceLimits): CgroupSetting[] {
  return [
    { file: 'memory.max', value: String(limits.memoryBytes), optional: false },
    { file: 'memory.swap.max', value: '0', optional: true },
    { file: 'pids.max', value: String(limits.pids), optional: false },
    { file: 'cpu.max', value: `${Math.round(limits.cpus * PERIOD_US)} ${PERIOD_US}`, optional: false },
  ];
}

/** Number of processes killed for memory, from `memory.oom_control` (version 1) or `memory.events` (version 2). */
export function readOomKills(text: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}
