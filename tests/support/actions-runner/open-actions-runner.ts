/**
 * GitHub Actions for one repository of the test GitHub: hears its events, reads the workflow files of the commit that
 * they are about, and runs their jobs as processes on fresh folders, each with a token of its own permissions.
 *
 *     await using github = await openTestGitHub({ clock: { now: Date.now } });
 *     …
 *     await using runner = await openActionsRunner({
 *       github,
 *       repository,
 *       secrets: { MODEL_KEY: 'sk-model' },
 *       action: { repository: 'espalier/espalier', folder: home }, // has action.yml and dist/
 *     });
 *     await addComment(world, maintainer, issue, '/espalier run');
 *     await runner.untilQuiet();
 *
 * It needs the real time, for what it runs is real. Nothing is polled: {@link ActionsRunner.untilQuiet} waits for runs
 * to end, {@link ActionsRunner.until} looks again after each event and
 * each line of a log. `schedule` comes when the test says `tick`. Closing
 * cancels what still runs, and throws where GitHub would not have run what is written, or this runner does not know it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { TestGitHub } from '../github/open-test-github.ts';
import { approveRun, cancelRun, completeRun } from '../github/operations/runs.ts';
import type { Repository, WorkflowRun } from '../github/state.ts';
import type { WorldEvent } from '../github/webhooks/events.ts';
import type { Actor } from '../github/world.ts';
import { createConcurrencyGroups } from './concurrency-groups.ts';
import { describeRuns } from './describe-runs.ts';
import { executeRun } from './execute-run.ts';
import { createSlots, type Machine, type MachineSettings, type RunRoom } from './machine.ts';
import { createFileReader } from './read-files.ts';
import { readDispatch, readDispatchInputs } from './read-dispatch.ts';
import type { WorkflowFile } from './read-workflow.ts';
import { startScheduled, startTriggered, type Started } from './start-workflows.ts';
import type { StepLog } from './step-log.ts';
import { readTrigger, type TriggerFacts } from './trigger-facts.ts';

/** How a runner starts. Everything that is absent is empty. */
export interface ActionsRunnerOptions extends Partial<MachineSettings> {
  github: TestGitHub;
  repository: Repository;
}

/** A runner at work, closed by `await using`. */
export interface ActionsRunner extends AsyncDisposable {
  /** What each step has printed, in order of start. */
  readonly logs: readonly StepLog[];
  /** Every credential that a job was given, beside the secrets: search for them where none may be. */
  readonly credentials: readonly string[];
  /** Starts the workflows that have a schedule (of this line alone, if said), as the clock would. */
  tick(cron?: string): Promise<void>;
  /** A person lets a run begin that was held for approval. */
  approve(by: Actor, run: WorkflowRun): Promise<void>;
  /** A person cancels a run. */
  cancel(by: Actor, run: WorkflowRun): Promise<void>;
  /** True if no run is on its way. */
  isQuiet(): boolean;
  /** Waits until no run is on its way. Throws after `limitMs` (two minutes unless said), and tells what runs. */
  untilQuiet(limitMs?: number): Promise<void>;
  /** Waits until `isDone`, which is asked after each event and each line of a log. Throws after `limitMs`, and tells what runs. */
  until(isDone: () => boolean | Promise<boolean>, what: string, limitMs?: number): Promise<void>;
  /** All that a run has printed. */
  logOf(run: WorkflowRun): string;
  /** Runs, jobs and the ends of their logs, for the message of a test that fails. */
  describe(): string;
  /** Whether something went wrong with files or with this runner. */
  hasProblems(): boolean;
  /** What went wrong with files or with this runner, for tests that mean it; closing does not throw for these. */
  takeProblems(): string[];
}

const WAIT_LIMIT_MS = 120_000;

/** Machines as hosted ones are called. */
const LABELS = ['ubuntu-latest', 'ubuntu-24.04', 'ubuntu-22.04', 'self-hosted', 'linux', 'x64'];

/** Opens a runner for a repository; it hears what happens from now on. */
export async function openActionsRunner(options: ActionsRunnerOptions): Promise<ActionsRunner> {
  const { github, repository } = options;
  const { world } = github;
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'espalier-runner-')));
  let changed = Promise.withResolvers<void>();
  const tellChange = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const machine: Machine = {
    world,
    repository,
    settings: readSettings(options),
    tokens: github.server.tokens,
    groups: createConcurrencyGroups(),
    slots: createSlots(options.maxJobs ?? 2),
    folder,
    logs: [],
    credentials: [],
    problems: [],
    tellChange,
    readFile: createFileReader(world, repository),
  };
  // A change of the state runs inside the one that it hears of; what is started here has to begin outside of it.
  const outside = AsyncLocalStorage.snapshot();
  const rooms = new Map<number, { facts: TriggerFacts; room: RunRoom | null }>();
  const busy = new Set<Promise<void>>();

  function goOn(work: () => Promise<void>): void {
    const done: Promise<void> = outside(work)
      .catch((error: unknown) => {
        machine.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      })
      .finally(() => {
        busy.delete(done);
        tellChange();
      });
    busy.add(done);
  }

  async function readOrEnd(run: WorkflowRun, facts: TriggerFacts): Promise<WorkflowFile> {
    try {
      const file = await machine.readFile(run.path, facts.sha);
      if (file === null) throw new Error(`${run.path} is not in ${facts.sha}.`);
      return file;
    } catch (error) {
      await completeRun(world, run, 'startup_failure');
      throw error;
    }
  }

  function begin(run: WorkflowRun, facts: TriggerFacts): void {
    goOn(async () => {
      const file = await readOrEnd(run, facts);
      const cancelled = new AbortController();
      const inputs = readDispatchInputs(file, run.inputs);
      const room = { machine, run, file, facts, inputs, signal: cancelled.signal, cancel: () => cancelled.abort() };
      rooms.set(run.id, { facts, room });
      try {
        await completeRun(world, run, await executeRun(room));
      } catch (error) {
        await completeRun(world, run, 'failure');
        throw error;
      } finally {
        rooms.set(run.id, { facts, room: null });
      }
    });
  }

  const take = (started: readonly Started[]): void => {
    for (const { run, facts } of started)
      if (facts.needsApproval) rooms.set(run.id, { facts: { ...facts, needsApproval: false }, room: null });
      else begin(run, facts);
  };

  async function hear(event: WorldEvent): Promise<void> {
    if (!('repository' in event) || event.repository.id !== repository.id) return;
    if (event.event === 'workflow_run' && event.action === 'requested') {
      const { run } = event;
      const known = rooms.get(run.id)?.facts;
      if (known !== undefined) begin(run, known);
      else if (run.event === 'workflow_dispatch') {
        const facts = await readDispatch(world, event.by, run);
        begin(run, facts);
      }
    }
    const facts = await readTrigger(world, event);
    if (facts !== null) goOn(async () => take(await startTriggered(machine, facts)));
    tellChange();
  }

  const { emit, followers } = world;
  world.emit = async (event) => {
    await emit(event);
    await hear(event);
  };
  world.followers = {
    ...followers,
    async runCancelled(at, run) {
      const room = rooms.get(run.id)?.room ?? null;
      if (room === null) await followers.runCancelled(at, run);
      else outside(() => room.cancel());
    },
  };

  async function until(isDone: () => boolean | Promise<boolean>, what: string, limitMs = WAIT_LIMIT_MS): Promise<void> {
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), limitMs);
    try {
      for (;;) {
        const next = changed.promise;
        if (await isDone()) return;
        if ((await Promise.race([next, late.promise])) === 'late')
          throw new Error(`${what} did not happen in ${limitMs} ms.\n${describeRuns(machine)}`);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  const takeProblems = (): string[] => machine.problems.splice(0);
  return {
    logs: machine.logs,
    credentials: machine.credentials,
    tick: async (cron) => take(await startScheduled(machine, cron)),
    approve: (by, run) => approveRun(world, by, run),
    cancel: (by, run) => cancelRun(world, by, run),
    until,
    isQuiet: () => busy.size === 0,
    untilQuiet: (limitMs) => until(() => busy.size === 0, 'The end of all runs', limitMs),
    logOf: (run) =>
      machine.logs
        .filter(({ runId }) => runId === run.id)
        .flatMap(({ job, step, lines }) => [`[${job} / ${step}]`, ...lines])
        .join('\n'),
    describe: () => describeRuns(machine),
    hasProblems: () => machine.problems.length > 0,
    takeProblems,
    async [Symbol.asyncDispose]() {
      for (const { room } of rooms.values()) room?.cancel();
      while (busy.size > 0) await Promise.all(busy);
      Object.assign(world, { emit, followers });
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      const problems = takeProblems();
      if (problems.length > 0) throw new Error(`Workflows that GitHub would not run so:\n${problems.join('\n')}`);
    },
  };
}

function readSettings(options: ActionsRunnerOptions): MachineSettings {
  return {
    secrets: options.secrets ?? {},
    vars: options.vars ?? {},
    action: options.action ?? null,
    actions: options.actions ?? {},
    env: options.env ?? {},
    labels: options.labels ?? LABELS,
    maxJobs: options.maxJobs ?? 2,
    wrapCommand: options.wrapCommand ?? ((command) => command),
  };
}
