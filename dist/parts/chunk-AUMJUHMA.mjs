#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 20)) {
    console.error('espalier needs Node 22.20 or later; this is Node ' + process.versions.node + '.');
    process.exit(3);
  }
}
import {
  execa
} from "./chunk-BEFDHR73.mjs";
import {
  PROPERTIES,
  digestText
} from "./chunk-TFCDRFP4.mjs";

// src/core/worktree/run-name.ts
var MAX_PART = 24;
function repositoryRunPrefix(repository) {
  return `espalier-${digestText(repository).slice(0, 8)}-`;
}
function planRunPrefix(repository, plan) {
  return `${repositoryRunPrefix(repository)}${shorten(plan)}.`;
}
function attemptRunPrefix(repository, plan, task, attempt) {
  return `${planRunPrefix(repository, plan)}${shorten(task)}.${attempt}.`;
}
function shorten(id) {
  return id.length <= MAX_PART ? id : `${id.slice(0, MAX_PART - 9)}-${digestText(id).slice(0, 8)}`;
}

// src/adapters/sandbox/process-table.ts
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
var RUN_MARKER = "ESPALIER_SANDBOX_RUN";
async function listPids() {
  const names = await readdir("/proc").catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}
async function readStat(pid) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0] ?? "?",
    group: Number(fields[2]),
    session: Number(fields[3]),
    startedAt: fields[19] ?? ""
  };
}
async function identifyProcess(pid) {
  const stat2 = await readStat(pid);
  return stat2 === null || stat2.state === "Z" || stat2.state === "X" ? null : { pid, startedAt: stat2.startedAt };
}
async function isAlive(process3) {
  return (await identifyProcess(process3.pid))?.startedAt === process3.startedAt;
}
async function waitUntilGone(process3, withinMs) {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = 1; await isAlive(process3); pauseMs = Math.min(pauseMs * 2, 50)) {
    if (performance.now() > deadline) return false;
    await sleep(pauseMs);
  }
  return true;
}
function trySignal(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
async function listDescendants(pid) {
  const found = [];
  const open = [pid];
  for (let at = open.pop(); at !== void 0; at = open.pop()) {
    const text = await readFile(`/proc/${at}/task/${at}/children`, "utf8").catch(() => "");
    const children = text.split(" ").filter(Boolean).map(Number);
    found.push(...children);
    open.push(...children);
  }
  return found;
}
async function readMarker(pid) {
  const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
  const entry = environment.split("\0").find((line) => line.startsWith(`${RUN_MARKER}=`));
  return entry?.slice(RUN_MARKER.length + 1) ?? null;
}
async function listMarkedProcesses(matches) {
  const seen = await Promise.all(
    (await listPids()).map(async (pid) => {
      const [marker, stat2] = await Promise.all([readMarker(pid), readStat(pid)]);
      return { pid, stat: stat2, isMarked: marker !== null && matches(marker) };
    })
  );
  const living = seen.filter(({ stat: stat2 }) => stat2 !== null && stat2.state !== "Z" && stat2.state !== "X");
  const own = new Set(
    living.filter(({ pid, stat: stat2, isMarked }) => isMarked && (stat2?.group === pid || stat2?.session === pid)).map(({ pid }) => pid)
  );
  return living.filter(({ stat: stat2, isMarked }) => isMarked || own.has(stat2?.group ?? -1) || own.has(stat2?.session ?? -1)).map(({ pid }) => pid);
}
async function listMarkedRuns(prefix) {
  const names = /* @__PURE__ */ new Set();
  await listMarkedProcesses((mark) => {
    if (mark.startsWith(prefix)) names.add(mark);
    return mark.startsWith(prefix);
  });
  return names;
}
async function killMarkedProcesses(matches, withinMs) {
  const deadline = performance.now() + withinMs;
  for (; ; ) {
    const pids = (await listMarkedProcesses(matches)).filter((pid) => pid !== process.pid);
    if (pids.length === 0) return { isClean: true };
    if (performance.now() > deadline) return { isClean: false };
    for (const pid of pids) trySignal(pid, "SIGSTOP");
    for (const pid of pids) trySignal(pid, "SIGKILL");
    await sleep(2);
  }
}
async function reapMarkedRuns(prefix, withinMs) {
  const names = /* @__PURE__ */ new Set();
  const { isClean } = await killMarkedProcesses((name) => {
    if (name.startsWith(prefix)) names.add(name);
    return name.startsWith(prefix);
  }, withinMs);
  if (isClean) return names;
  throw new Error(
    `Runs '${prefix}…' of an earlier process could not all be ended; end the processes with ${RUN_MARKER}=${prefix}… in their environment by hand and try again`
  );
}

// src/adapters/sandbox/cgroup.ts
import { writeFileSync } from "node:fs";
import { access, constants, mkdir, readdir as readdir2, readFile as readFile2, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process2 from "node:process";
import { setTimeout as sleep2 } from "node:timers/promises";

// src/core/sandbox/cgroup-layout.ts
var CONTROLLERS = ["memory", "pids", "cpu"];
function unescapeMountField(field) {
  return field.replace(/\\([0-7]{3})/g, (_all, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}
function readMount(line) {
  const [before, after] = line.split(" - ", 2);
  if (before === void 0 || after === void 0) return null;
  const [type, , superOptions] = after.split(" ");
  const [, , , root, point] = before.split(" ");
  if (root === void 0 || point === void 0 || type !== "cgroup" && type !== "cgroup2") return null;
  return {
    root: unescapeMountField(root),
    point: unescapeMountField(point),
    version: type === "cgroup" ? 1 : 2,
    controllers: (superOptions ?? "").split(",")
  };
}
function locate(path, mount) {
  if (mount.root === "/") return path === "/" ? mount.point : mount.point + path;
  return path.startsWith(`${mount.root}/`) ? mount.point + path.slice(mount.root.length) : mount.point;
}
function readCgroupLayout(selfCgroup, mountinfo) {
  const mounts = mountinfo.split("\n").flatMap((line) => readMount(line) ?? []);
  const v1 = {};
  let v2 = [];
  for (const line of selfCgroup.split("\n")) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    const [, hierarchy, names = "", path = "/"] = match;
    if (hierarchy === "0") {
      const mount = mounts.find((candidate) => candidate.version === 2);
      if (mount !== void 0) v2 = ancestors(locate(path, mount), mount.point);
      continue;
    }
    for (const controller of CONTROLLERS) {
      if (!names.split(",").includes(controller)) continue;
      const mount = mounts.find((m) => m.version === 1 && m.controllers.includes(controller));
      if (mount !== void 0) v1[controller] = locate(path, mount);
    }
  }
  return { v1, v2 };
}
function ancestors(path, point) {
  const found = [path];
  let at = path;
  while (at !== point && at.startsWith(`${point}/`)) {
    at = at.slice(0, at.lastIndexOf("/"));
    found.push(at);
  }
  return found;
}
var PERIOD_US = 1e5;
function settingsV1(controller, limits) {
  switch (controller) {
    case "memory":
      return [
        { file: "memory.limit_in_bytes", value: String(limits.memoryBytes), optional: false },
        { file: "memory.memsw.limit_in_bytes", value: String(limits.memoryBytes), optional: true }
      ];
    case "pids":
      return [{ file: "pids.max", value: String(limits.pids), optional: false }];
    case "cpu":
      return [
        { file: "cpu.cfs_period_us", value: String(PERIOD_US), optional: false },
        { file: "cpu.cfs_quota_us", value: String(Math.round(limits.cpus * PERIOD_US)), optional: false }
      ];
  }
}
function settingsV2(limits) {
  return [
    { file: "memory.max", value: String(limits.memoryBytes), optional: false },
    { file: "memory.swap.max", value: "0", optional: true },
    { file: "pids.max", value: String(limits.pids), optional: false },
    { file: "cpu.max", value: `${Math.round(limits.cpus * PERIOD_US)} ${PERIOD_US}`, optional: false }
  ];
}
function readOomKills(text) {
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

// src/adapters/sandbox/cgroup.ts
var PREFIX = "espalier-";
var REMOVE_WITHIN_MS = 5e3;
var ENFORCED_BY = { memory: "memory-limit", pids: "pids-limit", cpu: "cpu-limit" };
async function openGroupMaker() {
  const [selfCgroup, mountinfo] = await Promise.all([
    readFile2("/proc/self/cgroup", "utf8").catch(() => ""),
    readFile2("/proc/self/mountinfo", "utf8").catch(() => "")
  ]);
  const layout = readCgroupLayout(selfCgroup, mountinfo);
  return await openVersion2(layout) ?? await openVersion1(layout);
}
async function openVersion1(layout) {
  const usable = [];
  for (const controller of CONTROLLERS) {
    const folder = layout.v1[controller];
    if (folder !== void 0 && await isWritable(folder)) usable.push(controller);
  }
  if (usable.length === 0) return null;
  const parents = usable.map((controller) => layout.v1[controller]);
  return {
    version: 1,
    enforces: usable.map((controller) => ENFORCED_BY[controller]),
    create: async (name, limits) => {
      const folders = parents.map((parent) => join(parent, PREFIX + name));
      await makeFolders(folders);
      for (const [at, controller] of usable.entries())
        if (limits !== null) await writeSettings(folders[at], settingsV1(controller, limits));
      return runGroup(folders, parents, usable.includes("memory") ? "memory.oom_control" : null);
    },
    list: (prefix) => listGroups(parents, prefix),
    reap: (prefix) => reapGroups(parents, prefix)
  };
}
async function openVersion2(layout) {
  const home = layout.v2[0] ?? "";
  for (const folder of layout.v2) {
    const handedDown = await readFile2(join(folder, "cgroup.subtree_control"), "utf8").catch(() => "");
    const usable = CONTROLLERS.filter((controller) => handedDown.split(/\s+/).includes(controller));
    if (usable.length < CONTROLLERS.length || !await isWritable(folder)) continue;
    return {
      version: 2,
      enforces: usable.map((controller) => ENFORCED_BY[controller]),
      create: async (name, limits) => {
        const path = join(folder, PREFIX + name);
        await makeFolders([path]);
        if (limits !== null) await writeSettings(path, settingsV2(limits));
        return runGroup([path], [home], "memory.events");
      },
      list: (prefix) => listGroups([folder], prefix),
      reap: (prefix) => reapGroups([folder], prefix)
    };
  }
  return null;
}
async function isWritable(folder) {
  const procs = join(folder, "cgroup.procs");
  return await access(folder, constants.W_OK).then(
    () => true,
    () => false
  ) && await access(procs, constants.W_OK).then(
    () => true,
    () => false
  );
}
async function makeFolders(folders) {
  for (const folder of folders) {
    try {
      await mkdir(folder);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      await removeGroup(folder);
      await mkdir(folder);
    }
  }
}
async function writeSettings(folder, settings) {
  for (const { file, value, optional } of settings)
    await writeFile(join(folder, file), value).catch((error) => {
      if (!optional) throw new Error(`Control group '${folder}' refused '${value}' for ${file}`, { cause: error });
    });
}
function runGroup(folders, homes, oomFile) {
  const first = folders[0];
  const memory = folders.find((folder) => folder.includes("/memory")) ?? first;
  return {
    add: async (pid) => {
      for (const folder of folders) await writeFile(join(folder, "cgroup.procs"), String(pid));
    },
    startWithin: (start) => startWithin(folders, homes, start),
    countOomKills: async () => oomFile === null ? 0 : readOomKills(await readFile2(join(memory, oomFile), "utf8").catch(() => "")),
    remove: async () => (await Promise.all(folders.map(removeGroup))).every(Boolean)
  };
}
function startWithin(folders, homes, start) {
  const left = [];
  try {
    for (const [at, folder] of folders.entries()) {
      if (!tryEnter(folder)) continue;
      left.push(homes[at]);
    }
    return start();
  } finally {
    for (const home of left) writeFileSync(join(home, "cgroup.procs"), String(process2.pid));
  }
}
function tryEnter(folder) {
  try {
    writeFileSync(join(folder, "cgroup.procs"), String(process2.pid));
    return true;
  } catch {
    return false;
  }
}
async function removeGroup(folder) {
  const deadline = performance.now() + REMOVE_WITHIN_MS;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    const gone = await rmdir(folder).then(
      () => true,
      (error) => error.code === "ENOENT"
    );
    if (gone) return true;
    if (performance.now() > deadline) return false;
    await killMembers(folder);
    await sleep2(pauseMs);
  }
}
async function killMembers(folder) {
  const members = (await readFile2(join(folder, "cgroup.procs"), "utf8").catch(() => "")).split("\n").filter(Boolean);
  if (members.includes(String(process2.pid))) return;
  const hasKill = await writeFile(join(folder, "cgroup.kill"), "1").then(
    () => true,
    () => false
  );
  if (hasKill) return;
  for (const pid of members) trySignal(Number(pid), "SIGKILL");
}
async function listGroups(parents, prefix) {
  const names = /* @__PURE__ */ new Set();
  for (const parent of parents)
    for (const name of await readdir2(parent).catch(() => []))
      if (name.startsWith(PREFIX + prefix)) names.add(name.slice(PREFIX.length));
  return names;
}
async function reapGroups(parents, prefix) {
  const names = await listGroups(parents, prefix);
  for (const name of names) for (const parent of parents) await removeGroup(join(parent, PREFIX + name));
  return names.size;
}

// src/adapters/sandbox/machine.ts
import { access as access2, constants as constants2, realpath, stat } from "node:fs/promises";
import { arch, availableParallelism, homedir, totalmem } from "node:os";
import { isAbsolute, join as join2 } from "node:path";

// src/core/sandbox/inside-path.ts
function isNormalAbsolutePath(path) {
  if (path === "/") return true;
  if (!path.startsWith("/") || /[\u0000-\u001f\u007f]/.test(path)) return false;
  return path.slice(1).split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
function isWithin(path, folder) {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}
function pathDepth(path) {
  return path === "/" ? 0 : path.split("/").length - 1;
}
function quoteForMessage(text) {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(shown);
}
function listAncestors(path) {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_part, at) => `/${parts.slice(0, at + 1).join("/")}`);
}

// src/core/sandbox/profile.ts
var NOT_IN_DEVELOPMENT = ["no-network", "tmp-noexec"];
var PROFILE_RULES = {
  strict: { mayOpenNetwork: false, mayExecuteInTmp: false, required: PROPERTIES },
  development: {
    mayOpenNetwork: true,
    mayExecuteInTmp: true,
    required: PROPERTIES.filter((property) => !NOT_IN_DEVELOPMENT.includes(property))
  }
};

// src/core/sandbox/resources.ts
var GIB = 1024 ** 3;
var RESOURCE_LIMITS = {
  small: { memoryBytes: 1 * GIB, cpus: 0.5, pids: 256, tmpBytes: 0.25 * GIB },
  medium: { memoryBytes: 4 * GIB, cpus: 2, pids: 512, tmpBytes: 1 * GIB },
  large: { memoryBytes: 8 * GIB, cpus: 4, pids: 1024, tmpBytes: 2 * GIB },
  xlarge: { memoryBytes: 16 * GIB, cpus: 8, pids: 2048, tmpBytes: 4 * GIB }
};
var SHARE_OF_MEMORY = 0.8;
function limitResources(size, machine) {
  const wanted = RESOURCE_LIMITS[size];
  const memoryBytes = Math.min(wanted.memoryBytes, Math.floor(machine.memoryBytes * SHARE_OF_MEMORY));
  return {
    memoryBytes,
    cpus: Math.min(wanted.cpus, machine.cpus),
    pids: wanted.pids,
    tmpBytes: Math.min(wanted.tmpBytes, Math.floor(memoryBytes / 4))
  };
}

// src/core/sandbox/policy.ts
var MAX_RUN_NAME_LENGTH = 120;
var HOME_INSIDE = "/home/agent";
var NONROOT_ID = 65532;
var STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
var RESERVED_TARGETS = ["/proc", "/sys", "/dev", "/boot", "/etc", "/run", "/usr", "/bin", "/sbin", "/lib", "/lib32"];
var RESERVED_TARGETS_64 = ["/lib64", "/libx32"];
var PRIVATE_FOLDERS = ["/", "/tmp", "/home", HOME_INSIDE, "/var", "/opt", "/root", "/mnt"];
var FORBIDDEN_SOURCES = ["/proc", "/sys", "/dev", "/boot", "/run", "/var/run", "/etc"];
var WHOLE_SYSTEM_FOLDERS = ["/", "/home", "/root", "/var", "/usr", "/opt", "/tmp", "/mnt", "/srv"];
var LOADER_VARIABLE = /^(?:LD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_.*)$/;
var RUN_NAME = /^[a-z0-9][a-z0-9_.-]*$/;
var VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
function readPolicy(run, context) {
  const because = [
    ...checkName(run.name),
    ...checkCommand(run.command),
    ...checkProfile(run),
    ...checkBounds(run),
    ...checkWorkdir(run.workdir),
    ...checkMounts(run.mounts, context),
    ...checkEnvironment(run.env),
    ...checkUser(context.user)
  ];
  if (because.length > 0) return { ok: false, because };
  return { ok: true, policy: buildPolicy(run, context) };
}
function buildPolicy(run, context) {
  const env = {
    PATH: context.defaultPath,
    HOME: HOME_INSIDE,
    LANG: "C.UTF-8",
    TMPDIR: "/tmp",
    ...run.env
  };
  return {
    name: run.name,
    profile: run.profile,
    network: run.network,
    limits: limitResources(run.resources, context.machine),
    command: run.command,
    workdir: run.workdir,
    mounts: run.mounts.toSorted((a, b) => pathDepth(a.target) - pathDepth(b.target)),
    env: Object.entries(env).sort(([a], [b]) => a < b ? -1 : 1),
    mayExecuteInTmp: PROFILE_RULES[run.profile].mayExecuteInTmp,
    user: context.user,
    hasStdin: run.stdin !== null
  };
}
function isRunName(name) {
  return RUN_NAME.test(name) && name.length <= MAX_RUN_NAME_LENGTH;
}
function checkName(name) {
  if (isRunName(name)) return [];
  return [
    `the name ${quoteForMessage(name)} is not of a-z, 0-9, '_', '.', '-' with a letter or digit first, at most ${MAX_RUN_NAME_LENGTH} characters`
  ];
}
function checkCommand(command) {
  if (command.length === 0 || command[0] === "") return ["the command is empty"];
  if (command.some((word) => word.includes("\0"))) return ["the command has a NUL character in an argument"];
  if (command[0]?.startsWith("-")) return [`the program ${quoteForMessage(command[0])} begins with '-'`];
  return [];
}
function checkProfile(run) {
  if (run.network === "none" || PROFILE_RULES[run.profile].mayOpenNetwork) return [];
  return [`the profile '${run.profile}' has no network; ask for network 'none' or for the profile 'development'`];
}
function checkBounds(run) {
  const because = [];
  if (!(Number.isFinite(run.timeoutMs) && run.timeoutMs > 0)) because.push("timeoutMs is not a positive number");
  if (!(Number.isFinite(run.outputLimitBytes) && run.outputLimitBytes > 0))
    because.push("outputLimitBytes is not a positive number");
  return because;
}
function checkWorkdir(workdir) {
  if (isNormalAbsolutePath(workdir)) return [];
  return [`the working directory ${quoteForMessage(workdir)} is not an absolute path in normal form`];
}
function checkUser(user) {
  if (Number.isInteger(user.uid) && user.uid > 0 && Number.isInteger(user.gid) && user.gid > 0) return [];
  return ["the user or group inside would be root"];
}
function checkMounts(mounts, context) {
  const because = [];
  const targets = /* @__PURE__ */ new Set();
  for (const mount of mounts) {
    const target = checkTarget(mount.target, context.toolPaths);
    const source = checkHostPath(mount.source, context);
    if (target !== null) because.push(`the mount target ${quoteForMessage(mount.target)} ${target}`);
    if (source !== null) because.push(`the mount source ${quoteForMessage(mount.source)} ${source}`);
    if (targets.has(mount.target)) because.push(`the mount target ${quoteForMessage(mount.target)} is given twice`);
    targets.add(mount.target);
  }
  return because;
}
function checkTarget(target, toolPaths) {
  if (!isNormalAbsolutePath(target)) return "is not an absolute path in normal form";
  const reserved = [...RESERVED_TARGETS, ...RESERVED_TARGETS_64].find((folder) => isWithin(target, folder));
  if (reserved !== void 0) return `lies in '${reserved}', which belongs to the system`;
  if (PRIVATE_FOLDERS.includes(target)) return "would cover a folder of the sandbox itself; choose one below it";
  const tool = toolPaths.find((path) => isWithin(path, target) || isWithin(target, path));
  if (tool !== void 0) return `would cover or lie in the tool folder '${tool}'`;
  return null;
}
function checkHostPath(source, context) {
  if (!isNormalAbsolutePath(source)) return "is not an absolute path in normal form";
  if (WHOLE_SYSTEM_FOLDERS.includes(source)) return "is a whole system folder";
  const kernel = FORBIDDEN_SOURCES.find((folder) => isWithin(source, folder));
  if (kernel !== void 0) return `lies in '${kernel}', which is never handed into a sandbox`;
  const socket = context.engineSockets.find((path) => isWithin(path, source));
  if (socket !== void 0) return `holds the engine socket '${socket}', which means root on this machine`;
  if (context.homeDir !== null && isWithin(context.homeDir, source)) return "is or holds the home folder of the user";
  return null;
}
function checkVariable(name, value) {
  if (!VARIABLE_NAME.test(name)) return `the variable name ${quoteForMessage(name)} is not of letters, digits and '_'`;
  if (LOADER_VARIABLE.test(name))
    return `the variable '${name}' steers the loader of every program; set it in a command`;
  if (value.includes("\0")) return `the value of '${name}' has a NUL character`;
  return null;
}
function checkEnvironment(env) {
  return Object.entries(env).flatMap(([name, value]) => checkVariable(name, value) ?? []);
}

// src/core/sandbox/syscall-numbers.ts
var FILTER_ARCHITECTURES = ["x64", "arm64"];
var ROWS = [
  ["_sysctl", 156, null],
  ["accept", 43, 202],
  ["accept4", 288, 242],
  ["access", 21, null],
  ["acct", 163, 89],
  ["add_key", 248, 217],
  ["adjtimex", 159, 171],
  ["alarm", 37, null],
  ["arch_prctl", 158, null],
  ["bind", 49, 200],
  ["bpf", 321, 280],
  ["brk", 12, 214],
  ["cachestat", 451, 451],
  ["capget", 125, 90],
  ["capset", 126, 91],
  ["chdir", 80, 49],
  ["chmod", 90, null],
  ["chown", 92, null],
  ["chroot", 161, 51],
  ["clock_adjtime", 305, 266],
  ["clock_getres", 229, 114],
  ["clock_gettime", 228, 113],
  ["clock_nanosleep", 230, 115],
  ["clock_settime", 227, 112],
  ["clone", 56, 220],
  ["clone3", 435, 435],
  ["close", 3, 57],
  ["close_range", 436, 436],
  ["connect", 42, 203],
  ["copy_file_range", 326, 285],
  ["creat", 85, null],
  ["create_module", 174, null],
  ["delete_module", 176, 106],
  ["dup", 32, 23],
  ["dup2", 33, null],
  ["dup3", 292, 24],
  ["epoll_create", 213, null],
  ["epoll_create1", 291, 20],
  ["epoll_ctl", 233, 21],
  ["epoll_pwait", 281, 22],
  ["epoll_pwait2", 441, 441],
  ["epoll_wait", 232, null],
  ["eventfd", 284, null],
  ["eventfd2", 290, 19],
  ["execve", 59, 221],
  ["execveat", 322, 281],
  ["exit", 60, 93],
  ["exit_group", 231, 94],
  ["faccessat", 269, 48],
  ["faccessat2", 439, 439],
  ["fadvise64", 221, 223],
  ["fallocate", 285, 47],
  ["fanotify_init", 300, 262],
  ["fanotify_mark", 301, 263],
  ["fchdir", 81, 50],
  ["fchmod", 91, 52],
  ["fchmodat", 268, 53],
  ["fchmodat2", 452, 452],
  ["fchown", 93, 55],
  ["fchownat", 260, 54],
  ["fcntl", 72, 25],
  ["fdatasync", 75, 83],
  ["fgetxattr", 193, 10],
  ["finit_module", 313, 273],
  ["flistxattr", 196, 13],
  ["flock", 73, 32],
  ["fork", 57, null],
  ["fremovexattr", 199, 16],
  ["fsconfig", 431, 431],
  ["fsetxattr", 190, 7],
  ["fsmount", 432, 432],
  ["fsopen", 430, 430],
  ["fspick", 433, 433],
  ["fstat", 5, 80],
  ["fstatfs", 138, 44],
  ["fsync", 74, 82],
  ["ftruncate", 77, 46],
  ["futex", 202, 98],
  ["futex_requeue", 456, 456],
  ["futex_wait", 455, 455],
  ["futex_waitv", 449, 449],
  ["futex_wake", 454, 454],
  ["futimesat", 261, null],
  ["get_kernel_syms", 177, null],
  ["get_mempolicy", 239, 236],
  ["get_robust_list", 274, 100],
  ["get_thread_area", 211, null],
  ["getcpu", 309, 168],
  ["getcwd", 79, 17],
  ["getdents", 78, null],
  ["getdents64", 217, 61],
  ["getegid", 108, 177],
  ["geteuid", 107, 175],
  ["getgid", 104, 176],
  ["getgroups", 115, 158],
  ["getitimer", 36, 102],
  ["getpeername", 52, 205],
  ["getpgid", 121, 155],
  ["getpgrp", 111, null],
  ["getpid", 39, 172],
  ["getppid", 110, 173],
  ["getpriority", 140, 141],
  ["getrandom", 318, 278],
  ["getresgid", 120, 150],
  ["getresuid", 118, 148],
  ["getrlimit", 97, 163],
  ["getrusage", 98, 165],
  ["getsid", 124, 156],
  ["getsockname", 51, 204],
  ["getsockopt", 55, 209],
  ["gettid", 186, 178],
  ["gettimeofday", 96, 169],
  ["getuid", 102, 174],
  ["getxattr", 191, 8],
  ["init_module", 175, 105],
  ["inotify_add_watch", 254, 27],
  ["inotify_init", 253, null],
  ["inotify_init1", 294, 26],
  ["inotify_rm_watch", 255, 28],
  ["io_cancel", 210, 3],
  ["io_destroy", 207, 1],
  ["io_getevents", 208, 4],
  ["io_pgetevents", 333, 292],
  ["io_setup", 206, 0],
  ["io_submit", 209, 2],
  ["io_uring_enter", 426, 426],
  ["io_uring_register", 427, 427],
  ["io_uring_setup", 425, 425],
  ["ioctl", 16, 29],
  ["ioperm", 173, null],
  ["iopl", 172, null],
  ["ioprio_get", 252, 31],
  ["ioprio_set", 251, 30],
  ["kcmp", 312, 272],
  ["kexec_file_load", 320, 294],
  ["kexec_load", 246, 104],
  ["keyctl", 250, 219],
  ["kill", 62, 129],
  ["landlock_add_rule", 445, 445],
  ["landlock_create_ruleset", 444, 444],
  ["landlock_restrict_self", 446, 446],
  ["lchown", 94, null],
  ["lgetxattr", 192, 9],
  ["link", 86, null],
  ["linkat", 265, 37],
  ["listen", 50, 201],
  ["listmount", 458, 458],
  ["listxattr", 194, 11],
  ["llistxattr", 195, 12],
  ["lookup_dcookie", 212, 18],
  ["lremovexattr", 198, 15],
  ["lseek", 8, 62],
  ["lsetxattr", 189, 6],
  ["lsm_get_self_attr", 459, 459],
  ["lsm_list_modules", 461, 461],
  ["lsm_set_self_attr", 460, 460],
  ["lstat", 6, null],
  ["madvise", 28, 233],
  ["map_shadow_stack", 453, 453],
  ["mbind", 237, 235],
  ["membarrier", 324, 283],
  ["memfd_create", 319, 279],
  ["memfd_secret", 447, 447],
  ["migrate_pages", 256, 238],
  ["mincore", 27, 232],
  ["mkdir", 83, null],
  ["mkdirat", 258, 34],
  ["mknod", 133, null],
  ["mknodat", 259, 33],
  ["mlock", 149, 228],
  ["mlock2", 325, 284],
  ["mlockall", 151, 230],
  ["mmap", 9, 222],
  ["modify_ldt", 154, null],
  ["mount", 165, 40],
  ["mount_setattr", 442, 442],
  ["move_mount", 429, 429],
  ["move_pages", 279, 239],
  ["mprotect", 10, 226],
  ["mq_getsetattr", 245, 185],
  ["mq_notify", 244, 184],
  ["mq_open", 240, 180],
  ["mq_timedreceive", 243, 183],
  ["mq_timedsend", 242, 182],
  ["mq_unlink", 241, 181],
  ["mremap", 25, 216],
  ["mseal", 462, 462],
  ["msgctl", 71, 187],
  ["msgget", 68, 186],
  ["msgrcv", 70, 188],
  ["msgsnd", 69, 189],
  ["msync", 26, 227],
  ["munlock", 150, 229],
  ["munlockall", 152, 231],
  ["munmap", 11, 215],
  ["name_to_handle_at", 303, 264],
  ["nanosleep", 35, 101],
  ["newfstatat", 262, 79],
  ["nfsservctl", 180, 42],
  ["open", 2, null],
  ["open_by_handle_at", 304, 265],
  ["open_tree", 428, 428],
  ["openat", 257, 56],
  ["openat2", 437, 437],
  ["pause", 34, null],
  ["perf_event_open", 298, 241],
  ["personality", 135, 92],
  ["pidfd_getfd", 438, 438],
  ["pidfd_open", 434, 434],
  ["pidfd_send_signal", 424, 424],
  ["pipe", 22, null],
  ["pipe2", 293, 59],
  ["pivot_root", 155, 41],
  ["pkey_alloc", 330, 289],
  ["pkey_free", 331, 290],
  ["pkey_mprotect", 329, 288],
  ["poll", 7, null],
  ["ppoll", 271, 73],
  ["prctl", 157, 167],
  ["pread64", 17, 67],
  ["preadv", 295, 69],
  ["preadv2", 327, 286],
  ["prlimit64", 302, 261],
  ["process_madvise", 440, 440],
  ["process_mrelease", 448, 448],
  ["process_vm_readv", 310, 270],
  ["process_vm_writev", 311, 271],
  ["pselect6", 270, 72],
  ["ptrace", 101, 117],
  ["pwrite64", 18, 68],
  ["pwritev", 296, 70],
  ["pwritev2", 328, 287],
  ["query_module", 178, null],
  ["quotactl", 179, 60],
  ["quotactl_fd", 443, 443],
  ["read", 0, 63],
  ["readahead", 187, 213],
  ["readlink", 89, null],
  ["readlinkat", 267, 78],
  ["readv", 19, 65],
  ["reboot", 169, 142],
  ["recvfrom", 45, 207],
  ["recvmmsg", 299, 243],
  ["recvmsg", 47, 212],
  ["remap_file_pages", 216, 234],
  ["removexattr", 197, 14],
  ["rename", 82, null],
  ["renameat", 264, 38],
  ["renameat2", 316, 276],
  ["request_key", 249, 218],
  ["restart_syscall", 219, 128],
  ["rmdir", 84, null],
  ["rseq", 334, 293],
  ["rt_sigaction", 13, 134],
  ["rt_sigpending", 127, 136],
  ["rt_sigprocmask", 14, 135],
  ["rt_sigqueueinfo", 129, 138],
  ["rt_sigreturn", 15, 139],
  ["rt_sigsuspend", 130, 133],
  ["rt_sigtimedwait", 128, 137],
  ["rt_tgsigqueueinfo", 297, 240],
  ["sched_get_priority_max", 146, 125],
  ["sched_get_priority_min", 147, 126],
  ["sched_getaffinity", 204, 123],
  ["sched_getattr", 315, 275],
  ["sched_getparam", 143, 121],
  ["sched_getscheduler", 145, 120],
  ["sched_rr_get_interval", 148, 127],
  ["sched_setaffinity", 203, 122],
  ["sched_setattr", 314, 274],
  ["sched_setparam", 142, 118],
  ["sched_setscheduler", 144, 119],
  ["sched_yield", 24, 124],
  ["seccomp", 317, 277],
  ["select", 23, null],
  ["semctl", 66, 191],
  ["semget", 64, 190],
  ["semop", 65, 193],
  ["semtimedop", 220, 192],
  ["sendfile", 40, 71],
  ["sendmmsg", 307, 269],
  ["sendmsg", 46, 211],
  ["sendto", 44, 206],
  ["set_mempolicy", 238, 237],
  ["set_mempolicy_home_node", 450, 450],
  ["set_robust_list", 273, 99],
  ["set_thread_area", 205, null],
  ["set_tid_address", 218, 96],
  ["setdomainname", 171, 162],
  ["setfsgid", 123, 152],
  ["setfsuid", 122, 151],
  ["setgid", 106, 144],
  ["setgroups", 116, 159],
  ["sethostname", 170, 161],
  ["setitimer", 38, 103],
  ["setns", 308, 268],
  ["setpgid", 109, 154],
  ["setpriority", 141, 140],
  ["setregid", 114, 143],
  ["setresgid", 119, 149],
  ["setresuid", 117, 147],
  ["setreuid", 113, 145],
  ["setrlimit", 160, 164],
  ["setsid", 112, 157],
  ["setsockopt", 54, 208],
  ["settimeofday", 164, 170],
  ["setuid", 105, 146],
  ["setxattr", 188, 5],
  ["shmat", 30, 196],
  ["shmctl", 31, 195],
  ["shmdt", 67, 197],
  ["shmget", 29, 194],
  ["shutdown", 48, 210],
  ["sigaltstack", 131, 132],
  ["signalfd", 282, null],
  ["signalfd4", 289, 74],
  ["socket", 41, 198],
  ["socketpair", 53, 199],
  ["splice", 275, 76],
  ["stat", 4, null],
  ["statfs", 137, 43],
  ["statmount", 457, 457],
  ["statx", 332, 291],
  ["swapoff", 168, 225],
  ["swapon", 167, 224],
  ["symlink", 88, null],
  ["symlinkat", 266, 36],
  ["sync", 162, 81],
  ["sync_file_range", 277, 84],
  ["syncfs", 306, 267],
  ["sysfs", 139, null],
  ["sysinfo", 99, 179],
  ["syslog", 103, 116],
  ["tee", 276, 77],
  ["tgkill", 234, 131],
  ["time", 201, null],
  ["timer_create", 222, 107],
  ["timer_delete", 226, 111],
  ["timer_getoverrun", 225, 109],
  ["timer_gettime", 224, 108],
  ["timer_settime", 223, 110],
  ["timerfd_create", 283, 85],
  ["timerfd_gettime", 287, 87],
  ["timerfd_settime", 286, 86],
  ["times", 100, 153],
  ["tkill", 200, 130],
  ["truncate", 76, 45],
  ["umask", 95, 166],
  ["umount2", 166, 39],
  ["uname", 63, 160],
  ["unlink", 87, null],
  ["unlinkat", 263, 35],
  ["unshare", 272, 97],
  ["uselib", 134, null],
  ["userfaultfd", 323, 282],
  ["ustat", 136, null],
  ["utime", 132, null],
  ["utimensat", 280, 88],
  ["utimes", 235, null],
  ["vfork", 58, null],
  ["vhangup", 153, 58],
  ["vmsplice", 278, 75],
  ["wait4", 61, 260],
  ["waitid", 247, 95],
  ["write", 1, 64],
  ["writev", 20, 66]
];
var NUMBERS = {
  x64: new Map(ROWS.flatMap(([name, x64]) => x64 === null ? [] : [[name, x64]])),
  arm64: new Map(ROWS.flatMap(([name, , arm64]) => arm64 === null ? [] : [[name, arm64]]))
};
function syscallNumber(name, architecture) {
  return NUMBERS[architecture].get(name) ?? null;
}

// src/adapters/sandbox/machine.ts
async function readMachine(env) {
  const uid = process.getuid?.() ?? NONROOT_ID;
  const gid = process.getgid?.() ?? NONROOT_ID;
  const home = await realpath(env.HOME ?? homedir()).catch(() => null);
  const constrained = process.constrainedMemory();
  const memoryBytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return {
    size: { memoryBytes, cpus: availableParallelism() },
    isRoot: uid === 0,
    // An ordinary user may still have root's group; a run never has it.
    user: uid === 0 ? { uid: NONROOT_ID, gid: NONROOT_ID } : { uid, gid: gid === 0 ? uid : gid },
    homeDir: home === "/" ? null : home,
    engineSockets: await findEngineSockets(uid, env),
    architecture: FILTER_ARCHITECTURES.find((known) => known === arch()) ?? null
  };
}
async function findEngineSockets(uid, env) {
  const runtime = env.XDG_RUNTIME_DIR ?? `/run/user/${uid}`;
  const candidates = [
    "/var/run/docker.sock",
    "/run/podman/podman.sock",
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    join2(runtime, "docker.sock"),
    join2(runtime, "podman/podman.sock"),
    ...env.DOCKER_HOST?.startsWith("unix://") === true ? [env.DOCKER_HOST.slice("unix://".length)] : []
  ];
  const found = await Promise.all(candidates.map((path) => realpath(path).catch(() => null)));
  return [...new Set(found.filter((path) => path !== null))];
}
async function findHostProgram(name, searchPath) {
  if (name.includes("/")) return isAbsolute(name) && await isProgram(name) ? name : null;
  for (const folder of `${searchPath ?? ""}:${STANDARD_PATH}`.split(":")) {
    if (!isAbsolute(folder)) continue;
    const candidate = join2(folder, name);
    if (await isProgram(candidate)) return candidate;
  }
  return null;
}
async function isProgram(path) {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false
  );
  return isFile && await access2(path, constants2.X_OK).then(
    () => true,
    () => false
  );
}

// src/core/sandbox/container-args.ts
var FLAVORS = {
  docker: { create: [], start: [], removesVariables: true, openNetwork: "bridge" },
  podman: {
    // Podman would hand in proxies of the host, variables of its configuration, and writable tmpfs on /run and /var.
    create: ["--http-proxy=false", "--unsetenv-all", "--read-only-tmpfs=false"],
    start: ["--sig-proxy=false"],
    removesVariables: false,
    openNetwork: null
  }
};
var CONTAINER_LABEL = "espalier.sandbox";
function containerName(runName) {
  return `espalier-${runName}`;
}
var CLIENT_VARIABLE = /^(?:PATH|HOME|TMPDIR|USER|LOGNAME|SHELL|TERM|LANG|LC_.*|PWD|NO_COLOR|NOTIFY_SOCKET|LISTEN_.*|INVOCATION_ID|(?:DOCKER|BUILDKIT|BUILDX|BUILDAH|COMPOSE|CONTAINERS?|PODMAN|STORAGE|REGISTRY|CNI|NETAVARK|OTEL|XDG|DBUS|GO|SSL|LD|GIT|SSH|GPG|SYSTEMD)(?:_.*|[A-Z]*)|.*PROXY|.*proxy)$/;
function buildContainerInvocation(policy, host) {
  const name = containerName(policy.name);
  const [program = "", ...args] = policy.command;
  const { flags, clientEnv } = environmentArguments(policy, host);
  const create = [
    ...["create", "--name", name, "--label", `${CONTAINER_LABEL}=${policy.name}`],
    ...policy.hasStdin ? ["--interactive"] : [],
    ...host.flavor.create,
    ...host.machineArguments,
    ...isolationArguments(policy, host),
    ...limitArguments(policy, host),
    ...tmpfsArguments(policy, host),
    ...mountArguments(policy, host),
    ...flags,
    ...["--workdir", policy.workdir, "--entrypoint", program, host.image, ...args]
  ];
  const start = ["start", "--attach", ...policy.hasStdin ? ["--interactive"] : [], ...host.flavor.start, name];
  return { create, start, clientEnv };
}
function isolationArguments(policy, host) {
  const open = host.flavor.openNetwork === null ? [] : ["--network", host.flavor.openNetwork];
  return [
    ...["--read-only", "--cap-drop", "ALL"],
    ...["--security-opt", "no-new-privileges", "--security-opt", `seccomp=${host.seccompFile}`],
    ...["--user", `${policy.user.uid}:${policy.user.gid}`],
    ...["--ipc", "private", "--cgroupns", "private", "--hostname", "sandbox"],
    ...policy.network === "none" ? ["--network", "none"] : open,
    // Output goes to the attached client alone: a flood must not fill the engine's disk.
    ...["--log-driver", "none"]
  ];
}
function limitArguments(policy, host) {
  const { memoryBytes, cpus, pids } = policy.limits;
  return [
    // Equal values leave no swap on top.
    ...["--memory", String(memoryBytes), "--memory-swap", String(memoryBytes)],
    ...["--cpus", String(cpus), "--pids-limit", String(pids)],
    ...["--ulimit", "core=0:0", "--ulimit", `nofile=${host.openFiles}:${host.openFiles}`],
    ...["--ulimit", `nproc=${host.userProcesses}:${host.userProcesses}`]
  ];
}
function tmpfsArguments(policy, host) {
  const { uid, gid } = policy.user;
  const owner = host.canOwnTmpfs ? `mode=0700,uid=${uid},gid=${gid}` : "mode=1777";
  const flags = `rw,nosuid,nodev,${policy.mayExecuteInTmp ? "exec" : "noexec"},size=${policy.limits.tmpBytes},${owner}`;
  return [
    ...["--tmpfs", `/tmp:${flags}`, "--tmpfs", `${HOME_INSIDE}:${flags}`],
    // /dev/shm is the engine's own, noexec, nosuid and nodev.
    ...["--shm-size", String(policy.limits.tmpBytes)]
  ];
}
function mountArguments(policy, host) {
  const system = [...host.system, ...policy.network === "open" ? host.networkFiles : []].flatMap(
    (entry) => entry.kind === "bind" ? [renderMount(entry.source, entry.target, true)] : []
  );
  const tools = host.toolPaths.map((path) => renderMount(path, path, true));
  const own = policy.mounts.map(({ source, target, access: access4 }) => renderMount(source, target, access4 === "read-only"));
  return [...system, ...tools, ...own].flatMap((mount) => ["--mount", mount]);
}
function renderMount(source, target, isReadOnly) {
  const fields = ["type=bind", `source=${source}`, `target=${target}`, ...isReadOnly ? ["readonly"] : []];
  return fields.map((field) => /[",\s]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field).join(",");
}
function environmentArguments(policy, host) {
  const given = new Set(policy.env.map(([name]) => name));
  const surplus = host.flavor.removesVariables ? [...host.imageVariables, "HOSTNAME"].filter((name) => !given.has(name)) : [];
  const clientEnv = {};
  const flags = surplus.flatMap((name) => ["--env", name]);
  for (const [name, value] of policy.env) {
    if (CLIENT_VARIABLE.test(name)) {
      flags.push("--env", `${name}=${value}`);
      continue;
    }
    clientEnv[name] = value;
    flags.push("--env", name);
  }
  return { flags, clientEnv };
}

// src/adapters/sandbox/container-sandbox.ts
import { access as access3, mkdtemp, rm } from "node:fs/promises";
import { join as join3 } from "node:path";
import { setTimeout as sleep3 } from "node:timers/promises";

// src/adapters/sandbox/container-client.ts
var CALL_WITHIN_MS = 3e4;
async function callClient(client, args, options = {}) {
  const [file = "", ...first] = client.argv;
  const result = await execa(file, [...first, ...args], {
    reject: false,
    extendEnv: false,
    env: { ...options.env, ...client.env },
    timeout: options.withinMs ?? CALL_WITHIN_MS,
    forceKillAfterDelay: 500,
    ...options.input === void 0 ? { stdin: "ignore" } : { input: options.input }
  });
  if (!result.failed) return { stdout: result.stdout, failure: null };
  const said = result.timedOut ? `${client.engine} did not answer in time` : result.stderr || result.shortMessage;
  return { stdout: result.stdout, failure: (said ?? "failed").replace(/\s+/g, " ").trim().slice(-500) };
}

// src/adapters/sandbox/find-program-inside.ts
import { randomUUID } from "node:crypto";
var LOOK = `case $1 in /*) [ -f "$1" ] && [ -x "$1" ] && printf %s "$1" && exit 0; exit 1;; esac
IFS=:; for folder in $PATH; do
  if [ -f "$folder/$1" ] && [ -x "$folder/$1" ]; then printf %s "$folder/$1"; exit 0; fi
done; exit 1`;
var WITHIN_MS = 2e4;
async function findProgramInside(sandbox, name, profile) {
  if (!/^(?:\/[^\0]*|[A-Za-z0-9_][A-Za-z0-9_.+@-]*)$/.test(name)) return null;
  const chunks = [];
  const exit = await sandbox.run({
    name: `find-${randomUUID()}`,
    profile,
    resources: "small",
    network: "none",
    command: ["/bin/sh", "-c", LOOK, "sh", name],
    workdir: "/",
    mounts: [],
    env: {},
    stdin: null,
    timeoutMs: WITHIN_MS,
    outputLimitBytes: 8192,
    onStdout: (chunk) => void chunks.push(chunk)
  });
  const path = Buffer.concat(chunks).toString("utf8");
  return exit.status === "exited" && exit.exitCode === 0 && path.startsWith("/") ? path : null;
}

// src/adapters/sandbox/run-end.ts
function describeRunEnd({ end, hasStarted, oomKills, memoryBytes, engine }) {
  const { durationMs } = end;
  switch (end.cause) {
    case "timed-out":
    case "flooded":
    case "cancelled":
      return { status: end.cause, exitCode: null, detail: `The run was stopped: ${end.because}.`, durationMs };
    case "output-refused":
      return { status: "engine-error", exitCode: null, detail: `The run was stopped: ${end.because}.`, durationMs };
    case "not-started":
      return { status: "engine-error", exitCode: null, detail: `${engine} did not start: ${end.because}.`, durationMs };
    case "exited":
      break;
  }
  if (oomKills > 0 && end.exitCode !== 0)
    return {
      status: "out-of-memory",
      exitCode: null,
      detail: `The kernel killed a process of the run at the limit of ${Math.round(memoryBytes / 1024 ** 2)} MiB memory.`,
      durationMs
    };
  if (!hasStarted) {
    const said = end.stderrTail === "" ? `it ended with ${end.exitCode} and said nothing` : end.stderrTail;
    return { status: "engine-error", exitCode: null, detail: `${engine} failed: ${oneLine(said)}`, durationMs };
  }
  return { status: "exited", exitCode: end.exitCode, detail: "", durationMs };
}
function oneLine(text) {
  return text.replace(/\s+/g, " ").slice(-500);
}

// src/adapters/sandbox/run-policy.ts
import { realpath as realpath2 } from "node:fs/promises";

// src/adapters/sandbox/supervised-process.ts
import { once } from "node:events";
var STDERR_TAIL_BYTES = 2e3;
var DRAIN_MS = 2e3;
var SIGNAL_NUMBERS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGSYS: 31
};
async function superviseProcess(options) {
  const startedAt = performance.now();
  const tail = new TailBuffer();
  const end = options.signal?.aborted === true ? { cause: "cancelled", exitCode: null, because: "cancelled before it began" } : await superviseChild(options, tail);
  return { ...end, stderrTail: tail.read(), durationMs: Math.round(performance.now() - startedAt) };
}
async function superviseChild(options, tail) {
  const spawn = () => spawnChild(options);
  const subprocess = options.spawnWithin === void 0 ? spawn() : options.spawnWithin(spawn);
  const { pid } = subprocess;
  if (pid === void 0) {
    const because = describeSpawnFailure(options.argv[0] ?? "", await subprocess);
    return { cause: "not-started", exitCode: null, because };
  }
  const exit = once(subprocess, "exit");
  const pipes = subprocess.stdio;
  const child = { pid, pipe: (descriptor) => pipes[descriptor] };
  const watch = watchForStop(options, options.stopper(child));
  feed(options, pipes);
  const pumps = pumpOutputs(options, subprocess, watch, tail);
  const startFailure = await options.onSpawn?.(child).then(() => null, describeError) ?? null;
  if (startFailure !== null) await watch.kill();
  const [code, signal] = await exit;
  watch.close();
  await options.afterExit(child);
  await Promise.race([pumps, delay(DRAIN_MS)]);
  for (const pipe of pipes) pipe?.destroy();
  const exitCode = code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0);
  if (startFailure !== null) return { cause: "not-started", exitCode, because: startFailure };
  return { cause: watch.cause() ?? "exited", exitCode, because: watch.because() };
}
function spawnChild(options) {
  const [file = "", ...args] = options.argv;
  return execa(file, args, {
    reject: false,
    buffer: false,
    encoding: "buffer",
    extendEnv: false,
    env: options.env,
    detached: options.detached ?? false,
    cleanup: true,
    stdio: [
      options.stdin === null ? "ignore" : "pipe",
      "pipe",
      "pipe",
      ...(options.descriptors ?? []).map(() => "pipe")
    ],
    ...options.cwd === void 0 ? {} : { cwd: options.cwd }
  });
}
function feed(options, pipes) {
  for (const pipe of pipes) pipe?.on("error", () => {
  });
  if (options.stdin !== null) pipes[0]?.end(options.stdin);
  for (const [at, descriptor] of (options.descriptors ?? []).entries())
    if (descriptor.kind === "bytes") pipes[3 + at]?.end(descriptor.bytes);
}
async function pumpOutputs(options, subprocess, watch, tail) {
  const meter = { seen: 0, limit: options.outputLimitBytes };
  await Promise.all([
    pump(subprocess.stdout, meter, watch, options.onStdout),
    pump(subprocess.stderr, meter, watch, async (chunk) => {
      tail.add(chunk);
      await options.onStderr?.(chunk);
    })
  ]);
}
function describeError(error) {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, " ").slice(0, 500);
}
function delay(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
function describeSpawnFailure(file, failed) {
  if (failed.code === "ENOENT") return `the program '${file}' was not found`;
  return `the program '${file}' could not be started: ${failed.originalMessage ?? failed.code ?? "unknown reason"}`;
}
function watchForStop(options, stopper) {
  let cause = null;
  let because = "";
  let grace;
  let killed = null;
  const kill = () => {
    clearTimeout(grace);
    killed ??= Promise.resolve(stopper.kill());
    return killed;
  };
  const stop = (next, why) => {
    if (cause !== null) return;
    cause = next;
    because = why;
    if (next === "flooded" || next === "output-refused") {
      void kill();
      return;
    }
    grace = setTimeout(() => void kill(), options.graceMs);
    void stopper.terminate();
  };
  const timer = setTimeout(
    () => {
      stop("timed-out", `still running after ${formatSeconds(options.timeoutMs)}`);
    },
    Math.min(options.timeoutMs, 2 ** 31 - 1)
  );
  const onAbort = () => stop("cancelled", "cancelled by the caller");
  options.signal?.addEventListener("abort", onAbort, { once: true });
  return {
    stop,
    kill,
    cause: () => cause,
    because: () => because,
    close: () => {
      clearTimeout(timer);
      clearTimeout(grace);
      options.signal?.removeEventListener("abort", onAbort);
    }
  };
}
function formatSeconds(ms) {
  return ms >= 1e4 ? `${Math.round(ms / 1e3)} s` : `${(ms / 1e3).toFixed(1)} s`;
}
async function pump(stream, meter, watch, take) {
  let isTaking = true;
  try {
    for await (const chunk of stream) {
      if (!isTaking) continue;
      const room = meter.limit - meter.seen;
      meter.seen += chunk.length;
      if (chunk.length > room) {
        isTaking = false;
        watch.stop("flooded", `wrote more than ${meter.limit} bytes`);
      }
      const kept = chunk.length > room ? chunk.subarray(0, Math.max(0, room)) : chunk;
      if (kept.length === 0) continue;
      try {
        await take?.(kept);
      } catch (error) {
        isTaking = false;
        watch.stop("output-refused", `its output could not be taken: ${describeError(error)}`);
      }
    }
  } catch {
  }
}
var TailBuffer = class {
  #bytes = Buffer.alloc(0);
  add(chunk) {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-STDERR_TAIL_BYTES);
  }
  read() {
    return this.#bytes.toString("utf8").trim();
  }
};

// src/adapters/sandbox/run-policy.ts
async function readRunPolicy(run, context) {
  const missing = [];
  const mounts = [];
  for (const mount of run.mounts) {
    try {
      mounts.push({ ...mount, source: await realpath2(mount.source) });
    } catch (error) {
      missing.push(`the mount source ${JSON.stringify(mount.source)} cannot be found: ${describeError(error)}`);
    }
  }
  const reading = readPolicy({ ...run, mounts }, context);
  if (missing.length === 0) return reading;
  return { ok: false, because: [...missing, ...reading.ok ? [] : reading.because] };
}
function failedRun(detail) {
  return { status: "engine-error", exitCode: null, detail, durationMs: 0 };
}
function refusedRun(because) {
  return failedRun(`The run was refused: ${because.join("; ")}.`);
}

// src/adapters/sandbox/writable-folders.ts
import { realpath as realpath3 } from "node:fs/promises";
async function giveFolders(paths, user, context) {
  if (paths.length === 0) return;
  const real = await Promise.all(paths.map((path) => realpath3(path)));
  for (const path of real) {
    const because = checkHostPath(path, context);
    if (because !== null)
      throw new Error(
        `Folder '${path}' cannot be given to the sandbox's user: it ${because}. Choose a folder of its own.`
      );
  }
  const owner = `${user.uid}:${user.gid}`;
  const args = ["--recursive", "--no-dereference", "-P", owner, "--", ...real];
  const result = await execa("chown", args, { reject: false, extendEnv: false, env: { PATH: "/usr/bin:/bin" } });
  if (result.failed)
    throw new Error(
      `Folders could not be given to the sandbox's user ${owner}: ${result.stderr || result.shortMessage}`
    );
}

// src/adapters/sandbox/container-sandbox.ts
var GRACE_MS = 1500;
var KILL_WITHIN_MS = 15e3;
var ContainerSandbox = class {
  engine;
  waived;
  #setup;
  constructor(setup, waived) {
    this.#setup = setup;
    this.engine = setup.client.engine;
    this.waived = waived;
  }
  async run(run) {
    const reading = await readRunPolicy(run, this.#setup.context);
    if (!reading.ok) return refusedRun(reading.because);
    return runInContainer(this.#setup, run, reading.policy);
  }
  pathInside(mount) {
    return mount.target;
  }
  async prepareWritable(paths) {
    if (this.#setup.machine.isRoot) await giveFolders(paths, this.#setup.machine.user, this.#setup.context);
  }
  findProgram(name, profile) {
    return findProgramInside(this, name, profile);
  }
  async reap(prefix) {
    const { client } = this.#setup;
    const listed = await listContainers(client, prefix);
    if (listed.failure !== null)
      throw new Error(
        `Containers of earlier runs could not be listed: ${listed.failure}. Start ${client.engine} and try again.`
      );
    const names = listed.runs.map(containerName);
    if (names.length === 0) return 0;
    const failure = await removeContainers(client, names);
    if (failure !== null) throw new Error(`Containers of earlier runs could not be removed: ${failure}`);
    return names.length;
  }
};
async function listContainers(client, prefix) {
  const filter = ["--filter", `label=${CONTAINER_LABEL}`];
  const { stdout, failure } = await callClient(client, ["ps", "--all", ...filter, "--format", "{{.Names}}"]);
  const names = stdout.split("\n").filter((name) => name.startsWith(containerName(prefix)));
  return { runs: names.map((name) => name.slice(containerName("").length)), failure };
}
async function removeContainers(client, names) {
  const { failure } = await callClient(client, ["rm", "--force", "--volumes", ...names]);
  return failure === null || /no such container|no container with/i.test(failure) ? null : failure;
}
async function runInContainer(setup, run, policy) {
  const startedAt = performance.now();
  const { client } = setup;
  const name = containerName(policy.name);
  const invocation = buildContainerInvocation(policy, setup.host);
  const created = await callClient(client, invocation.create, { env: invocation.clientEnv });
  let exit;
  if (created.failure === null) exit = await runCreated(setup, run, policy, invocation.start);
  else exit = failedRun(`${client.engine} could not create the container: ${created.failure}`);
  const failure = await removeContainers(client, [name]);
  if (failure !== null && created.failure === null)
    exit = failedRun(`The container '${name}' could not be removed, remove it by hand: ${failure}`);
  return { ...exit, durationMs: Math.round(performance.now() - startedAt) };
}
async function runCreated(setup, run, policy, start) {
  const { client } = setup;
  const name = containerName(policy.name);
  const cwd = await mkdtemp(join3(setup.stateDir, "run-"));
  let isGone = false;
  const end = await superviseProcess({
    argv: [...client.argv, ...start],
    env: client.env,
    cwd,
    stdin: run.stdin,
    timeoutMs: run.timeoutMs,
    graceMs: GRACE_MS,
    outputLimitBytes: run.outputLimitBytes,
    onStdout: run.onStdout,
    onStderr: run.onStderr,
    signal: run.signal,
    stopper: (child) => ({
      terminate: async () => void await callClient(client, ["kill", "--signal", "TERM", name]),
      kill: () => killContainer(client, name, child, () => isGone)
    }),
    afterExit: async () => {
      isGone = true;
    }
  });
  const hasOomFile = await access3(join3(cwd, "oom")).then(
    () => true,
    () => false
  );
  await rm(cwd, { recursive: true, force: true });
  const state = end.cause === "exited" && end.exitCode === 0 ? null : await readState(client, name);
  return describeRunEnd({
    end: state === null ? end : { ...end, exitCode: state.ExitCode },
    hasStarted: state === null ? end.exitCode === 0 : isStarted(state),
    oomKills: state?.OOMKilled === true || hasOomFile ? 1 : 0,
    memoryBytes: policy.limits.memoryBytes,
    engine: client.engine
  });
}
async function killContainer(client, name, child, isGone) {
  const deadline = performance.now() + KILL_WITHIN_MS;
  while (!isGone() && performance.now() < deadline) {
    const { failure } = await callClient(client, ["kill", name]);
    await sleep3(failure === null ? 200 : 50);
  }
  if (!isGone()) trySignal(child.pid, "SIGKILL");
}
async function readState(client, name) {
  const asked = await callClient(client, ["inspect", "--format", "{{json .State}}", name]);
  return asked.failure === null ? JSON.parse(asked.stdout) : null;
}
function isStarted(state) {
  return state.Error === "" && !state.StartedAt.startsWith("0001-");
}

// src/adapters/sandbox/find-container-client.ts
import { mkdir as mkdir2 } from "node:fs/promises";
import { createConnection } from "node:net";
import { join as join4 } from "node:path";

// src/core/sandbox/choose-engine.ts
var BY_STRENGTH = ["docker", "podman", "bubblewrap", "none"];
var INSTALL_COMMANDS = {
  docker: "sudo apt-get install -y docker.io",
  podman: "sudo apt-get install -y podman",
  bubblewrap: "sudo apt-get install -y bubblewrap"
};
function findUnmetProperties(probe, profiles, waived) {
  const required = new Set(profiles.flatMap((profile) => PROFILE_RULES[profile].required));
  return probe.missing.filter(({ property }) => required.has(property) && !waived.includes(property));
}
function chooseEngine(demand) {
  const candidates = BY_STRENGTH.filter(
    (engine) => demand.asked === "auto" ? engine !== "none" : engine === demand.asked
  );
  const fits = (engine) => {
    const probe = demand.probes.find((candidate) => candidate.engine === engine);
    if (probe === void 0 || !probe.works) return null;
    if (engine === "none") return probe;
    return findUnmetProperties(probe, demand.profiles, demand.waived).length === 0 ? probe : null;
  };
  const chosen = candidates.map(fits).find((probe) => probe !== null) ?? null;
  const considered = BY_STRENGTH.map((engine) => consider(engine, demand, candidates, chosen));
  if (chosen === null) return { kind: "refused", ...explainRefusal(demand, candidates), considered };
  const missing = chosen.missing.map(({ property }) => property);
  const waived = PROPERTIES.filter((property) => missing.includes(property));
  return {
    kind: "chosen",
    engine: chosen.engine,
    because: explainChoice(demand, chosen, waived),
    waived,
    considered
  };
}
function consider(engine, demand, candidates, chosen) {
  const probe = demand.probes.find((candidate) => candidate.engine === engine);
  if (engine === "none" && demand.asked !== "none")
    return { engine, verdict: "not-asked", because: "no sandbox at all; only when asked for by name" };
  if (probe === void 0) return { engine, verdict: "not-asked", because: "another engine was asked for by name" };
  if (!probe.works) return { engine, verdict: "not-working", because: probe.because };
  if (engine === chosen?.engine) return { engine, verdict: "chosen", because: probe.because };
  const unmet = engine === "none" ? [] : findUnmetProperties(probe, demand.profiles, demand.waived);
  if (unmet.length > 0) return { engine, verdict: "too-weak", because: describeMissing(unmet) };
  const because = candidates.includes(engine) ? probe.because : "another engine was asked for by name";
  return { engine, verdict: candidates.includes(engine) ? "usable" : "not-asked", because };
}
function explainChoice(demand, probe, waived) {
  if (probe.engine === "none") return "asked for by name: nothing is enforced";
  const how = demand.asked === "auto" ? "the strongest engine that works here" : "asked for by name";
  const weak = waived.length === 0 ? "" : `; not enforced: ${waived.join(", ")}`;
  return `${how}; it runs ${probe.because}${weak}`;
}
function describeMissing(missing) {
  return `cannot enforce ${missing.map(({ property, because }) => `${property} (${because})`).join(", ")}`;
}
function explainRefusal(demand, candidates) {
  const probes = candidates.flatMap((engine) => demand.probes.find((probe) => probe.engine === engine) ?? []);
  const working = probes.filter((probe) => probe.works);
  const profiles = demand.profiles.map((profile) => `'${profile}'`).join(" and ");
  if (working.length > 0) {
    const unmet = working.map((probe) => ({
      probe,
      missing: findUnmetProperties(probe, demand.profiles, demand.waived)
    }));
    const nearest = unmet.reduce((best, next) => next.missing.length < best.missing.length ? next : best);
    const names = nearest.missing.map(({ property }) => property).join(",");
    return {
      because: unmet.map(({ probe, missing }) => `${probe.engine} ${describeMissing(missing)}, which profile ${profiles} demands`).join("; "),
      nextStep: [nearest.probe.nextStep, `or accept that by name: --waive ${names}`].filter(Boolean).join(", ")
    };
  }
  const found = probes.map(({ engine, because }) => `${engine}: ${because}`).join("; ");
  return {
    because: demand.asked === "auto" ? `no sandbox engine works here (${found})` : found,
    nextStep: probes.map(({ nextStep }) => nextStep).find((step) => step !== "") ?? INSTALL_COMMANDS.bubblewrap
  };
}

// src/adapters/sandbox/find-container-client.ts
var PING_WITHIN_MS = 1e3;
async function findContainerClient(options) {
  const { engine, env } = options;
  const program = await findHostProgram(engine, env.PATH);
  if (program === null) return { ok: false, because: `${engine} is not installed`, nextStep: INSTALL_COMMANDS[engine] };
  const base = { PATH: env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin", HOME: env.HOME ?? options.machine.homeDir ?? "/" };
  if (engine === "podman") {
    const passed = [
      "XDG_RUNTIME_DIR",
      "XDG_CONFIG_HOME",
      "XDG_DATA_HOME",
      "CONTAINERS_CONF",
      "CONTAINERS_STORAGE_CONF",
      "DBUS_SESSION_BUS_ADDRESS"
    ];
    const own = Object.fromEntries(passed.flatMap((name) => env[name] === void 0 ? [] : [[name, env[name]]]));
    return { ok: true, client: { engine, argv: [program], env: { ...base, ...own } } };
  }
  const config = join4(options.stateDir, "docker-config");
  await mkdir2(config, { recursive: true, mode: 448 });
  const address = env.DOCKER_HOST ?? await readDockerContext(program, base) ?? "unix:///var/run/docker.sock";
  const client = { engine, argv: [program, "--host", address], env: { ...base, DOCKER_CONFIG: config } };
  const failure = address.startsWith("unix://") ? await pingSocket(address.slice("unix://".length)) : null;
  if (failure === null) return { ok: true, client };
  return {
    ok: false,
    because: `no docker daemon answers at ${address}: ${failure}`,
    nextStep: "sudo systemctl start docker, or set DOCKER_HOST to the daemon that is meant"
  };
}
async function readDockerContext(program, env) {
  const asked = await callClient(
    { engine: "docker", argv: [program], env },
    ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"],
    { withinMs: PING_WITHIN_MS }
  );
  return asked.failure === null && /^[a-z]+:\/\/\S+$/.test(asked.stdout) ? asked.stdout : null;
}
function pingSocket(path) {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const finish = (failure) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(failure);
    };
    const timer = setTimeout(() => finish(`no answer within ${PING_WITHIN_MS} ms`), PING_WITHIN_MS);
    socket.on("error", (error) => finish(describeError(error)));
    socket.on("connect", () => socket.write("GET /_ping HTTP/1.0\r\n\r\n"));
    socket.on(
      "data",
      (data) => finish(/^HTTP\/1\.\d 200/.test(data.toString("latin1")) ? null : "not a docker daemon")
    );
    socket.on("end", () => finish("the connection was closed"));
  });
}

export {
  repositoryRunPrefix,
  planRunPrefix,
  attemptRunPrefix,
  isNormalAbsolutePath,
  isWithin,
  pathDepth,
  listAncestors,
  PROFILE_RULES,
  INSTALL_COMMANDS,
  chooseEngine,
  limitResources,
  HOME_INSIDE,
  STANDARD_PATH,
  isRunName,
  checkVariable,
  syscallNumber,
  RUN_MARKER,
  identifyProcess,
  isAlive,
  waitUntilGone,
  trySignal,
  listDescendants,
  listMarkedProcesses,
  listMarkedRuns,
  killMarkedProcesses,
  reapMarkedRuns,
  describeRunEnd,
  superviseProcess,
  describeError,
  delay,
  readRunPolicy,
  failedRun,
  refusedRun,
  openGroupMaker,
  findProgramInside,
  readMachine,
  findHostProgram,
  giveFolders,
  FLAVORS,
  containerName,
  callClient,
  ContainerSandbox,
  listContainers,
  removeContainers,
  findContainerClient
};
