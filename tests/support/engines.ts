/**
 * Real sandbox engines for tests. What is not installed skips its tests with one loud line that says how to install
 * it, or fails them when ESPALIER_REQUIRE_ENGINES is 1 (as in CI).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe } from 'vitest';

import { openSandbox } from '../../src/adapters/sandbox/open-sandbox.ts';
import type { SandboxRoot } from '../../src/adapters/sandbox/container-root.ts';
import type { SandboxEngine } from '../../src/core/sandbox/property.ts';
import type { Sandbox, SandboxExit, SandboxRun } from '../../src/ports/sandbox.ts';
import { explainNoDaemon, isDaemonReady, startDockerDaemon, stopDockerDaemon } from './docker-daemon.ts';

/** The folder of the node that runs the tests, for engines on the host's system. */
const NODE_FOLDER = dirname(dirname(realpathSync(process.execPath)));

const INSTALL: Readonly<Record<Exclude<SandboxEngine, 'none'>, string>> = {
  docker: 'sudo apt-get install -y docker.io',
  podman: 'sudo apt-get install -y podman runc catatonit',
  bubblewrap: 'sudo apt-get install -y bubblewrap',
};

const PROGRAMS: Readonly<Record<Exclude<SandboxEngine, 'none'>, string>> = {
  docker: 'docker',
  podman: 'podman',
  bubblewrap: 'bwrap',
};

/** A sandbox that was opened for a group of tests, and folders that it may use. */
export interface EngineFixture {
  sandbox: Sandbox;
  /** A folder on the host, given to the sandbox's user. */
  worktree: string;
  stateDir: string;
  /** What {@link openSandbox} was given as the environment. */
  env: Record<string, string | undefined>;
  /** One run with sensible defaults: `strict`, small, no network, the worktree at /workspace. */
  run(command: readonly string[], overrides?: Partial<SandboxRun>): Promise<RunOutcome>;
}

/** How a run ended, with what it wrote (cut at 100 kB). */
interface RunOutcome extends SandboxExit {
  stdout: string;
  stderr: string;
  outputBytes: number;
}

let runs = 0;

/** A run name that no other test has. */
export function uniqueRunName(word = 'test'): string {
  runs += 1;
  return `${word}-${process.pid}-${runs}`;
}

/** True if engines that are missing are failures. */
export function mustHaveEngines(): boolean {
  return process.env['ESPALIER_REQUIRE_ENGINES'] === '1';
}

/** Says why an engine's tests cannot run, or `null` when its program (and for docker a daemon) is there. */
export function explainMissing(engine: SandboxEngine): string | null {
  if (engine === 'none') return null;
  const found = spawnSync(PROGRAMS[engine], ['--version'], { stdio: 'ignore' });
  return found.error === undefined && found.status === 0 ? null : `${PROGRAMS[engine]} is not installed`;
}

/** What `DOCKER_HOST` has to be here: one that answers, or that of a daemon started in `folder`. */
async function provideDocker(folder: string): Promise<string> {
  const asked = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  if (!asked.startsWith('unix://') || (await isDaemonReady(asked.slice('unix://'.length)))) return asked;
  const obstacle = explainNoDaemon();
  if (obstacle !== null) throw new Error(`No docker daemon answers at ${asked}, and ${obstacle}`);
  return startDockerDaemon(folder);
}

/** Settings with which podman runs where limits cannot be raised and cgroups are hybrid; storage in `folder`. */
function configurePodman(folder: string): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  const engine = join(folder, 'containers.conf');
  const storage = join(folder, 'storage.conf');
  writeFileSync(
    engine,
    '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=4096:4096"]\n' +
      '[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\nevents_logger="file"\n',
  );
  writeFileSync(storage, `[storage]\ndriver="overlay"\ngraphroot="${folder}/graph"\nrunroot="${folder}/run"\n`);
  return { CONTAINERS_CONF: engine, CONTAINERS_STORAGE_CONF: storage };
}

/**
 * A `describe` whose tests get an opened engine. Missing engines skip with one line on standard error; with
 * ESPALIER_REQUIRE_ENGINES=1 they fail. Podman is never required: it is the same code as docker.
 */
export function describeEngine(
  engine: SandboxEngine,
  title: string,
  body: (fixture: () => EngineFixture) => void,
  options: { root?: SandboxRoot } = {},
): void {
  const missing = explainMissing(engine) ?? (engine === 'docker' ? explainNoDocker() : null);
  if (missing !== null && engine !== 'none' && !(mustHaveEngines() && engine !== 'podman')) {
    process.stderr.write(`\nSKIPPED: ${title} (${engine}): ${missing}. Install it: ${INSTALL[engine]}\n`);
    describe.runIf(false)(`${title} (${engine})`, () => {
      body(() => ({}) as EngineFixture);
    });
    return;
  }
  describe(`${title} (${engine})`, () => {
    let fixture: EngineFixture | null = null;
    // Short: a socket's path has at most 107 characters.
    const folder = mkdtempSync(join(tmpdir(), 'esp-'));
    beforeAll(async () => {
      fixture = await openFixture(engine, folder, options.root ?? { kind: 'host' });
    }, 60_000);
    afterAll(async () => {
      await fixture?.sandbox.reap(`test-${process.pid}-`);
      await stopDockerDaemon(join(folder, 'd'));
      if (engine === 'podman') resetPodman(fixture?.env ?? {});
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }, 60_000);
    body(() => {
      if (fixture === null) throw new Error(`The engine ${engine} was not opened`);
      return fixture;
    });
  });
}

function explainNoDocker(): string | null {
  const asked = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  const call = spawnSync('docker', ['--host', asked, 'version'], { stdio: 'ignore', timeout: 5000 });
  if (call.status === 0) return null;
  const obstacle = explainNoDaemon();
  return obstacle === null ? null : `no daemon answers at ${asked}, and ${obstacle}`;
}

/** Overlay mounts of a storage folder keep it from being removed. */
function resetPodman(env: Record<string, string | undefined>): void {
  spawnSync('podman', ['system', 'reset', '--force'], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
    timeout: 20_000,
  });
}

/** Opens an engine for tests, with a private daemon or storage where that is needed. */
async function openFixture(engine: SandboxEngine, folder: string, root: SandboxRoot): Promise<EngineFixture> {
  const own = engine === 'docker' ? { DOCKER_HOST: await provideDocker(join(folder, 'd')) } : {};
  const podman = engine === 'podman' ? configurePodman(join(folder, 'p')) : {};
  const env: Record<string, string | undefined> = { ...process.env, ...own, ...podman };
  const stateDir = join(folder, 'state');
  const toolPaths = NODE_FOLDER.startsWith('/usr') || root.kind !== 'host' ? [] : [NODE_FOLDER];
  const opened = await openSandbox({
    asked: engine,
    profiles: ['strict', 'development'],
    // Limits that an ordinary user cannot set here are waived; what can be set is tested all the same.
    waive: engine === 'bubblewrap' && process.getuid?.() !== 0 ? ['memory-limit', 'cpu-limit', 'pids-limit'] : [],
    root,
    toolPaths,
    stateDir,
    env,
  });
  if (opened.kind === 'refused') throw new Error(`${engine}: ${opened.because}. ${opened.nextStep}`);
  const worktree = join(folder, 'worktree');
  mkdirSync(worktree);
  await opened.sandbox.prepareWritable([worktree]);
  const { sandbox } = opened;
  return {
    sandbox,
    worktree,
    stateDir,
    env,
    run: (command, overrides = {}) => runCollected(sandbox, worktree, command, overrides),
  };
}

const KEPT_BYTES = 100_000;

async function runCollected(
  sandbox: Sandbox,
  worktree: string,
  command: readonly string[],
  overrides: Partial<SandboxRun>,
): Promise<RunOutcome> {
  const streams = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  let outputBytes = 0;
  const keep =
    (name: 'stdout' | 'stderr') =>
    (chunk: Uint8Array): void => {
      outputBytes += chunk.length;
      if (outputBytes <= KEPT_BYTES) streams[name].push(chunk);
    };
  const mount = { source: worktree, target: '/workspace', access: 'read-write' as const };
  const exit = await sandbox.run({
    name: uniqueRunName(),
    profile: 'strict',
    resources: 'small',
    network: 'none',
    command,
    workdir: sandbox.pathInside(mount),
    mounts: [mount],
    env: {},
    stdin: null,
    timeoutMs: 30_000,
    outputLimitBytes: 10_000_000,
    onStdout: keep('stdout'),
    onStderr: keep('stderr'),
    ...overrides,
  });
  const text = (name: 'stdout' | 'stderr'): string => Buffer.concat(streams[name]).toString('utf8');
  return { ...exit, stdout: text('stdout'), stderr: text('stderr'), outputBytes };
}
