/**
 * The jobs of one leg as a runner starts them: the Action as a process with real environment files, against the test
 * GitHub's git over HTTP, with a real sandbox. Each job has a machine of its own; what one leaves is carried over by hand.
 */
import { execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

import type { BranchName, CommitSha, PlanId, TaskId } from '../../../src/core/brand.ts';
import { writePlanFiles } from '../../../src/core/ledger/files.ts';
import { writeForgeFiles } from '../../../src/core/ledger/forge-files.ts';
import { createForgeRecord, type DispatchLeg, type ForgeRecord } from '../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, PlanLedger } from '../../../src/core/ledger/ledger.ts';
import { createLedger } from '../../../src/core/ledger/transitions.ts';
import type { AgentChoice, ResolvedPlan, ResolvedTask } from '../../../src/core/plan/plan.ts';
import { taskDigest } from '../../../src/core/plan/resolve-plan.ts';
import { aPlan, anAttempt, aTask } from '../../support/builders.ts';
import { makeTemporaryFolder } from '../../support/git-fixture.ts';
import { openServer, type ServerFixture } from '../../support/github/rest/server-fixture.ts';
import type { Permissions } from '../../support/github/state.ts';

const PLAN = 'issue-7' as PlanId;
export const NONCE = 'issue-7.3';
export const RUN_ID = 9_000_000_123;
/** Where the leg of the task's first attempt leaves its receipt. */
export const RECEIPT_REF = 'refs/heads/espalier-staging/issue-7/receipt/api.1.3';
const GENERATION = 3;
const ROOT = path.resolve(import.meta.dirname, '../../..');
/** The Action as it ships, built once for all steps of this process. */
let built: Promise<string> | null = null;

async function buildAction(): Promise<string> {
  const folder = await makeTemporaryFolder();
  process.once('exit', () => rmSync(folder.path, { recursive: true, force: true }));
  await promisify(execFile)(process.execPath, [
    path.join(ROOT, '.github/scripts/build-dist.ts'),
    '--into',
    folder.path,
  ]);
  return path.join(folder.path, 'action.mjs');
}

const PERSON = { name: 'Somebody', email: 'somebody@example.invalid' };

/** How a step ended, with everything that it said. */
export interface StepEnd {
  code: number | null;
  outputs: Record<string, string>;
  summary: string;
  /** What it wrote to the log, as the runner sees it. */
  log: string;
}

/** One step of one job. */
export interface StepOptions {
  /** Folder of the job's machine below the stage; a new one unless said. */
  machine?: string;
  inputs?: Record<string, string>;
  env?: Record<string, string>;
  permissions?: Permissions;
  runAttempt?: number;
  runId?: number;
  /** Called with the process once it runs. */
  onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Called with the whole log whenever there is more of it. */
  onLog?: (log: string) => void;
}

export interface LegStage extends AsyncDisposable {
  readonly fixture: ServerFixture;
  readonly base: CommitSha;
  readonly ledger: PlanLedger;
  /** Files in a commit of the repository itself. */
  commit(files: Record<string, string | null>, parents: readonly string[]): Promise<CommitSha>;
  /** Writes the ledger branch: what is given replaces what stood there. */
  writeLedger(change: {
    record?: Partial<ForgeRecord>;
    attempt?: Partial<AttemptRecord>;
    legs?: DispatchLeg[];
    ledger?: Partial<PlanLedger>;
  }): Promise<void>;
  /** Runs a mode to its end. */
  run(mode: string, options?: StepOptions): Promise<StepEnd>;
  /** The inputs that carry on what a job left. */
  carry(left: StepEnd, names: readonly ('work' | 'pack' | 'evidence')[]): Record<string, string>;
  /** Files of a commit of the repository. */
  read(sha: string, file: string): Promise<string | null>;
  folder: string;
}

/** An agent or reviewer that is a shell script. */
export function script(text: string): AgentChoice {
  return { kind: 'command', command: ['sh', '-c', text] };
}

/** The leg of the task's first attempt. */
export function fullLeg(overrides: Partial<DispatchLeg> = {}): DispatchLeg {
  return {
    work: 'attempt',
    task: 'api' as TaskId,
    attempt: 1,
    generation: GENERATION,
    mode: 'full',
    headSha: null,
    isOver: false,
    ...overrides,
  };
}

const RUN = { id: RUN_ID, nodeId: 'WFR_1', url: 'https://forge.example/runs/9000000123' };

/** The record of the plan with one dispatch. */
function aRecord(legs: DispatchLeg[]): ForgeRecord {
  const lease = { holder: 'app', until: 0 };
  const dispatch = { nonce: NONCE, legs, writtenAt: 0, lease, run: RUN, begunAt: null };
  return { ...createForgeRecord(7), dispatches: [dispatch] };
}

/** Opens the stage: a plan with the task `api`, dispatched as a full leg of run {@link RUN_ID}. */
export async function openLegStage(
  options: { task?: Partial<ResolvedTask>; plan?: Partial<ResolvedPlan>; files?: Record<string, string> } = {},
): Promise<LegStage> {
  const fixture = await openServer();
  const folder = await makeTemporaryFolder();
  const { git } = fixture.world;
  const dir = fixture.repository.gitDir;
  const commit: LegStage['commit'] = async (files, parents) => {
    const changes = new Map<string, { mode: string; oid: string } | null>();
    for (const [file, text] of Object.entries(files))
      changes.set(file, text === null ? null : { mode: '100644', oid: await git.writeBlob(dir, Buffer.from(text)) });
    const from = parents[0] === undefined ? null : ((await git.readCommit(dir, parents[0]))?.tree ?? null);
    const tree = await git.changeTree(dir, from, changes);
    const person = { ...PERSON, at: fixture.clock.now() };
    return (await git.writeCommit(dir, {
      tree,
      parents: [...parents],
      message: 'Change\n',
      author: person,
      committer: person,
    })) as CommitSha;
  };
  const base = await commit(
    {
      'src/a.txt': 'one\n',
      'test.sh': 'grep -q two src/a.txt\n',
      '.github/espalier.yml': 'sandbox:\n  engine: bubblewrap\n  waive: [memory-limit, cpu-limit, pids-limit]\n',
      ...options.files,
    },
    [fixture.repository.refs.get('refs/heads/main') ?? ''],
  );
  fixture.repository.refs.set('refs/heads/main', base);
  const task = aTask('api', {
    agent: script('echo two > src/a.txt'),
    test: [['sh', 'test.sh']],
    review: { reviewer: null, threshold: 10, iterations: 1, rubric: '' },
    ...options.task,
  });
  const plan = aPlan([task], { id: PLAN, ...options.plan });
  const empty = createLedger({
    plan,
    baseBranch: 'main' as BranchName,
    baseSha: base,
    target: 'main' as BranchName,
    nowMs: 0,
  });
  const attempt = anAttempt({ generation: GENERATION, baseSha: base, taskDigest: taskDigest(task) });
  let ledger = { ...empty, tasks: { [task.id]: { attempts: [attempt], countFrom: 1, cancelled: null, notBefore: 0 } } };
  let record = aRecord([fullLeg()]);
  let jobs = 0;
  const stage: LegStage = {
    fixture,
    base,
    get ledger() {
      return ledger;
    },
    folder: folder.path,
    commit,
    writeLedger: async (change) => {
      record = { ...record, ...(change.legs === undefined ? {} : aRecord(change.legs)), ...change.record };
      ledger = { ...ledger, ...change.ledger } as typeof ledger;
      if (change.attempt !== undefined)
        ledger = {
          ...ledger,
          tasks: {
            [task.id]: { attempts: [{ ...attempt, ...change.attempt }], countFrom: 1, cancelled: null, notBefore: 0 },
          },
        };
      const tip = fixture.repository.refs.get('refs/heads/espalier-ledger/issue-7');
      const made = await commit(
        { ...writePlanFiles(ledger), ...writeForgeFiles(record) },
        tip === undefined ? [] : [tip],
      );
      fixture.repository.refs.set('refs/heads/espalier-ledger/issue-7', made);
      await git.run(dir, ['update-ref', 'refs/heads/espalier-ledger/issue-7', made]);
    },
    run: async (mode, step = {}) => {
      jobs += 1;
      return runStep(stage, mode, { machine: `machine-${jobs}`, ...step }, record.dispatches[0]?.legs[0] ?? fullLeg());
    },
    carry: (left, names) =>
      Object.fromEntries(
        names.flatMap((name) => [
          [name, left.outputs[name] ?? ''],
          [`${name}-sha256`, left.outputs[`${name}-sha256`] ?? ''],
        ]),
      ),
    read: async (sha, file) => {
      const tree = (await git.readCommit(dir, sha))?.tree ?? '';
      const entry = await git.findPath(dir, tree, file);
      return entry === null ? null : ((await git.readBlob(dir, entry.oid))?.toString('utf8') ?? null);
    },
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    },
  };
  await git.run(dir, ['update-ref', 'refs/heads/main', base]);
  await stage.writeLedger({});
  return stage;
}

async function runStep(stage: LegStage, mode: string, step: StepOptions, leg: DispatchLeg): Promise<StepEnd> {
  const { fixture } = stage;
  const machine = path.join(stage.folder, step.machine ?? 'machine');
  const [temp, home] = [path.join(machine, 'temp'), path.join(machine, 'home')];
  await mkdir(path.join(temp, '_runner_file_commands'), { recursive: true });
  await mkdir(home, { recursive: true });
  const commands = path.join(temp, '_runner_file_commands');
  const files = {
    GITHUB_OUTPUT: path.join(commands, 'output'),
    GITHUB_STEP_SUMMARY: path.join(commands, 'summary'),
    GITHUB_ENV: path.join(commands, 'env'),
  };
  for (const file of Object.values(files)) await writeFile(file, '');
  const { token } = fixture.server.tokens.mint(fixture.installation, {
    permissions: step.permissions ?? { contents: mode === 'publish' ? 'write' : 'read' },
  });
  const { task, attempt, generation, mode: legMode, headSha } = leg;
  const inputs: Record<string, string> = {
    mode,
    token,
    plan: PLAN,
    nonce: NONCE,
    ledger: fixture.repository.refs.get('refs/heads/espalier-ledger/issue-7') ?? '',
    leg: JSON.stringify({ task, attempt, generation, mode: legMode, head: headSha, runs_on: ['ubuntu-latest'] }),
    'evidence-from': 'verify',
    ...step.inputs,
  };
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    ...files,
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'acme/widgets',
    GITHUB_RUN_ID: String(step.runId ?? RUN_ID),
    GITHUB_RUN_ATTEMPT: String(step.runAttempt ?? 1),
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_REF_NAME: 'main',
    GITHUB_SERVER_URL: fixture.server.url,
    GITHUB_API_URL: fixture.server.url,
    RUNNER_TEMP: temp,
    RUNNER_ENVIRONMENT: 'github-hosted',
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ...step.env,
  };
  built ??= buildAction();
  const child = spawn(process.execPath, [await built], { cwd: machine, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8');
      step.onLog?.(log);
    });
  step.onStart?.((signal) => void child.kill(signal));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const outputs = readOutputs(await readFile(files.GITHUB_OUTPUT, 'utf8'));
  return { code, outputs, summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8'), log };
}

/** The runner's format: `name<<delimiter`, lines, the delimiter. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, name, delimiter] = /^([^<]+)<<(.+)$/.exec(lines[at] ?? '') ?? [];
    if (name === undefined) continue;
    const end = lines.indexOf(delimiter ?? '', at + 1);
    outputs[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return outputs;
}

/** Every file below a folder. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
