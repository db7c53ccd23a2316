/**
 * A GitHub with one repository and no server: the modes that reconcile run in this process, each with a token as its job
 * gets it, and the stand-in does what the dispatched runs would. Time passes when somebody sleeps.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { ActionInputs } from '../../../src/entrypoints/action/inputs.ts';
import { runCleanup } from '../../../src/entrypoints/action/cleanup-mode.ts';
import { runReconcile } from '../../../src/entrypoints/action/reconcile-mode.ts';
import { runRoute } from '../../../src/entrypoints/action/route-mode.ts';
import type { RunnerFacts } from '../../../src/entrypoints/action/runner-facts.ts';
import type { ActionSession } from '../../../src/entrypoints/action/session.ts';
import type { PlanId } from '../../../src/core/brand.ts';
import { type AppStage, openAppStage, type StageOptions } from '../../support/app-stage.ts';
import { actionsInstallation } from '../../support/github/operations/actions-app.ts';
import type { Permissions } from '../../support/github/state.ts';
import { JOB_PERMISSIONS } from '../../adapters/github/token-fixture.ts';
import { SMALL_CONFIG } from '../../support/small-plan.ts';

/** What a step left. */
interface StepEnd {
  outputs: Record<string, string>;
  summary: string;
  /** Lines of the log and annotations, `warning: …` and so on. */
  lines: string[];
}

export interface ServerlessStage extends AppStage, AsyncDisposable {
  clock: { now(): number; sleep(ms: number): Promise<void>; advance(ms: number): void };
  /** A step of `mode`, with the token of a job or of the App, for an event. */
  step(inputs: StepInputs, event?: { name: string; payload: unknown }): Promise<StepEnd>;
  /** Reconciles a plan and lets the runs go on, until `isDone`. Throws if that does not come. */
  play(plan: string, isDone: () => boolean | Promise<boolean>, as?: StepInputs['as']): Promise<void>;
}

interface StepInputs {
  mode: 'route' | 'reconcile' | 'cleanup';
  plan?: string;
  isDryRun?: boolean;
  /** `job` unless said. */
  as?: 'job' | 'app';
  permissions?: Permissions;
}

/** Opens it; nothing has been said yet. Actions may open pull requests. */
export async function openServerlessStage(options: Omit<StageOptions, 'clock'>): Promise<ServerlessStage> {
  let nowMs = Date.UTC(2026, 10, 1, 12);
  const clock = {
    now: () => nowMs,
    advance: (ms: number) => void (nowMs += ms),
    async sleep(ms: number) {
      await new Promise((resolve) => setImmediate(resolve));
      nowMs += ms;
    },
  };
  const files = { '.github/espalier.yml': SMALL_CONFIG, ...options.files };
  const stage = await openAppStage({ ...options, files, clock });
  Object.assign(stage.repository.settings, { actionsMayOpenPulls: true });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-serverless-'));
  let runs = 0;

  const step: ServerlessStage['step'] = async (inputs, event = { name: 'schedule', payload: {} }) => {
    runs += 1;
    const end: StepEnd = { outputs: {}, summary: '', lines: [] };
    const eventPath = path.join(folder, `event-${runs}.json`);
    await writeFile(eventPath, JSON.stringify(event.payload));
    const runner = { ...runnerFacts(stage, runs), eventName: event.name, eventPath, tempDir: folder };
    const token = mintToken(stage, inputs);
    const session = { inputs: toInputs(inputs, token), runner, clock, ...speak(end) };
    await MODES[inputs.mode](session as never);
    const said = JSON.stringify(end);
    if (said.includes(token)) throw new Error('A step told its token.');
    return end;
  };
  return {
    ...stage,
    clock,
    step,
    async play(plan, isDone, as = 'job') {
      for (let rounds = 0; rounds < 200; rounds += 1) {
        await step({ mode: 'reconcile', plan, as });
        while (await stage.standIn.step());
        if (await isDone()) return;
        // As the schedule does.
        clock.advance(30_000);
      }
      throw new Error('It did not come to that.');
    },
    async [Symbol.asyncDispose]() {
      await stage.github[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const MODES = { route: runRoute, reconcile: runReconcile, cleanup: runCleanup } as const;

function toInputs({ mode, plan, isDryRun }: StepInputs, token: string): ActionInputs {
  if (mode === 'route') return { mode, token };
  return mode === 'cleanup'
    ? { mode, token, isDryRun: isDryRun ?? true }
    : { mode, token, plan: (plan ?? 'issue-1') as PlanId };
}

function mintToken(stage: AppStage, { as = 'job', permissions }: StepInputs): string {
  const { world, repository, github, installation } = stage;
  const repositoryIds = new Set([repository.id]);
  return as === 'app'
    ? github.server.tokens.mint(installation, { repositoryIds }).token
    : github.server.tokens.mint(actionsInstallation(world, repository), {
        permissions: permissions ?? JOB_PERMISSIONS,
        repositoryIds,
      }).token;
}

function runnerFacts({ github, repository }: AppStage, run: number): RunnerFacts {
  return {
    repository: { owner: repository.owner, name: repository.name },
    runId: 9_000_000_000 + run,
    runAttempt: 1,
    eventName: 'schedule',
    eventPath: null,
    workflow: 'espalier',
    job: 'reconcile',
    serverUrl: 'http://127.0.0.1',
    apiUrl: github.server.url,
    runUrl: `http://127.0.0.1/runs/${run}`,
    tempDir: '/nonexistent',
    isHosted: true,
  } as RunnerFacts;
}

/** Notes what is said. */
function speak(end: StepEnd): Pick<ActionSession, 'speech' | 'log' | 'signal' | 'env'> {
  const say = (line: string): void => void end.lines.push(line);
  const note = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    say(`${level}: ${message} ${JSON.stringify(fields ?? {})}`);
  return {
    speech: {
      setOutput: (name, value) => void (end.outputs[name] = value),
      hide: () => {},
      summarize: (markdown) => void (end.summary += markdown),
      say,
      group: (_title, work) => work(),
      annotate: (level, text) => say(`${level}: ${text}`),
    },
    log: { debug: note('debug'), info: note('info'), warn: note('warning'), error: note('error') },
    signal: new AbortController().signal,
    env: {},
  };
}
