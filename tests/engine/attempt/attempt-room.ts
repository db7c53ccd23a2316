/** A real repository, store and sandbox for tests of attempts, with agents that are small shell scripts. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { openEvidenceFiles } from '../../../src/adapters/local/evidence-files.ts';
import { openLocalForge } from '../../../src/adapters/local/local-forge.ts';
import { openGit } from '../../../src/adapters/git/open-git.ts';
import { openSandbox } from '../../../src/adapters/sandbox/open-sandbox.ts';
import { openPortLeases } from '../../../src/adapters/workspace/port-leases.ts';
import { openWorkFiles } from '../../../src/adapters/workspace/work-files.ts';
import type { BranchName, CommitSha, PlanId, TaskId } from '../../../src/core/brand.ts';
import { digestJson } from '../../../src/core/digest.ts';
import type { AgentChoice, ResolvedTask } from '../../../src/core/plan/plan.ts';
import { branchFor } from '../../../src/core/ref-names.ts';
import { PROPERTIES } from '../../../src/core/sandbox/property.ts';
import type { AttemptOrder, TrialOrder, WorkerControl, WorkerDeps } from '../../../src/engine/orders.ts';
import type { AttemptProgress } from '../../../src/ports/evidence-store.ts';

/** Engines that these tests can be run on. */
export type TestEngine = 'none' | 'bubblewrap' | 'docker';

export const PLAN = 'plan' as PlanId;

export interface AttemptRoom {
  deps: WorkerDeps;
  dir: string;
  repository: string;
  stateDir: string;
  base: CommitSha;
  warnings: string[];
  git(...args: string[]): string;
  /** Writes files, commits them on `main`, and returns the commit. */
  commit(files: Record<string, string>, message?: string): CommitSha;
  close(): Promise<void>;
}

/**
 * The engines that work here. One that does not is said in one line, and fails the tests where
 * `ESPALIER_REQUIRE_ENGINES` is 1.
 */
export async function findWorkingEngines(): Promise<TestEngine[]> {
  const dir = mkdtempSync(join(tmpdir(), 'espalier-engine-'));
  const opened = await openSandbox({ ...sandboxOptions(dir), asked: 'bubblewrap' });
  await rm(dir, { recursive: true, force: true });
  if (opened.kind === 'opened') return ['none', 'bubblewrap'];
  const message = `SKIPPED: attempts under bubblewrap, which does not work here (${opened.because}). sudo apt-get install -y bubblewrap`;
  if (process.env['ESPALIER_REQUIRE_ENGINES'] === '1') throw new Error(message);
  process.stderr.write(`${message}\n`);
  return ['none'];
}

function sandboxOptions(dir: string, dockerHost?: string) {
  return {
    profiles: ['strict' as const, 'development' as const],
    // These tests are about attempts; what each engine enforces is proved elsewhere.
    waive: PROPERTIES,
    root: { kind: 'host' as const },
    toolPaths: [],
    stateDir: join(dir, 'sandboxes'),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DOCKER_HOST: dockerHost },
  };
}

/** Makes a repository with some files on `main`, and everything that a worker needs. */
export async function openAttemptRoom(
  engine: TestEngine,
  files: Record<string, string> = {},
  dockerHost?: string,
): Promise<AttemptRoom> {
  const dir = mkdtempSync(join(tmpdir(), 'espalier-attempt-'));
  const repository = join(dir, 'repo');
  const stateDir = join(dir, 'state');
  mkdirSync(repository);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Tester');
  git('config', 'user.email', 'tester@localhost');
  const commit = (changed: Record<string, string>, message = 'change'): CommitSha => {
    for (const [path, text] of Object.entries(changed)) {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), text);
    }
    git('add', '-A');
    git('commit', '-q', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD') as CommitSha;
  };
  const base = commit({ 'src/a.txt': 'a\n', 'src/b.txt': 'b\n', 'README.md': 'read me\n', ...files }, 'start');
  const opened = await openGit(repository, { stateDir, env: { PATH: process.env['PATH'], HOME: dir } });
  if (opened.kind === 'refused') throw new Error(opened.because);
  const sandbox = await openSandbox({ ...sandboxOptions(dir, dockerHost), asked: engine });
  if (sandbox.kind === 'refused') throw new Error(sandbox.because);
  const warnings: string[] = [];
  const deps: WorkerDeps = {
    git: opened.git,
    forge: openLocalForge(opened.git, { stateDir: opened.stateDir }),
    sandbox: sandbox.sandbox,
    evidence: openEvidenceFiles({ stateDir: opened.stateDir }),
    files: openWorkFiles(),
    ports: openPortLeases({ folder: join(dir, 'ports') }),
    clock: { now: () => Date.now(), sleep: () => Promise.reject(new Error('no test waits')) },
    log: {
      debug: () => {},
      info: () => {},
      warn: (message, fields) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
      error: (message, fields) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
    },
    policy: {
      protectedPaths: ['.github/**'],
      maxFileBytes: 1_000_000,
      maxChangedFiles: 100,
      maxChangeBytes: 5_000_000,
    },
    hostEnv: {},
    checkout: repository,
    portRange: { first: 20_000, last: 29_999 },
    author: { name: 'Espalier', email: 'espalier@localhost' },
  };
  const close = async (): Promise<void> => {
    await opened.git[Symbol.asyncDispose]();
    await deps.files.remove(dir);
  };
  return { deps, dir, repository, stateDir: opened.stateDir, base, warnings, git, commit, close };
}

/** An agent or reviewer that is a shell script. */
export function script(text: string): AgentChoice {
  return { kind: 'command', command: ['sh', '-c', text] };
}

/** A reviewer that gives this score, with these findings. */
export function scorer(score: number, findings: object[] = []): AgentChoice {
  return script(`printf '%s' '${JSON.stringify({ score, findings })}'`);
}

/** A task whose agent adds a line to src/a.txt, and whose test looks for it. */
export function makeTask(over: Partial<ResolvedTask> = {}): ResolvedTask {
  return {
    id: 'one' as TaskId,
    title: 'Change a',
    spec: 'Add a line to src/a.txt.',
    needs: [],
    owns: ['src/**'],
    allow: [],
    locks: [],
    estimateMinutes: null,
    branch: null,
    agent: script('echo changed >> src/a.txt'),
    profile: 'strict',
    resources: 'small',
    setup: [],
    test: [['grep', '-q', 'changed', 'src/a.txt']],
    testPaths: [],
    review: { reviewer: null, threshold: 10, iterations: 1, rubric: '' },
    approvals: 0,
    timeoutMs: 20_000,
    retries: 0,
    env: [],
    copy: [],
    ports: [],
    budgetUsd: null,
    priority: 0,
    ...over,
  };
}

export function attemptOrder(room: AttemptRoom, task: ResolvedTask, over: Partial<AttemptOrder> = {}): AttemptOrder {
  const attempt = over.attempt ?? 1;
  return {
    plan: PLAN,
    planTitle: 'A plan',
    task,
    taskDigest: digestJson(task),
    attempt,
    generation: 1,
    baseSha: room.base,
    carrySha: null,
    feedback: null,
    reservedUsd: null,
    attemptBranch: branchFor({ kind: 'attempt', plan: PLAN, task: task.id, attempt }),
    taskBranch: branchFor({ kind: 'task', plan: PLAN, task: task.id }),
    taskBranchFrom: null,
    ...over,
  };
}

export function trialOrder(
  task: ResolvedTask,
  over: Pick<TrialOrder, 'headSha' | 'ontoSha'> & Partial<TrialOrder>,
): TrialOrder {
  return {
    plan: PLAN,
    planTitle: 'A plan',
    task,
    attempt: 1,
    generation: 2,
    knownTests: [],
    trialBranch: branchFor({ kind: 'trial', plan: PLAN, task: task.id, attempt: 1 }),
    ...over,
  };
}

/** A control that nobody stops, with the progress that was told. */
export function watch(signal = new AbortController().signal): WorkerControl & { told: AttemptProgress[] } {
  const told: AttemptProgress[] = [];
  return { signal, told, onProgress: (progress) => void told.push(progress) };
}

/** What `branch:path` holds. */
export function fileAt(room: AttemptRoom, at: BranchName | CommitSha | string, path: string): string {
  return room.git('show', `${at}:${path}`);
}
