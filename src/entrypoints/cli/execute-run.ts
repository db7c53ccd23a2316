/** Does `espalier run`: prepares, opens the sandbox, runs the loop while it is shown, and reports. */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { openLocalForge } from '../../adapters/local/local-forge.ts';
import { describeThisProcess } from '../../adapters/local/processes.ts';
import { openPortLeases } from '../../adapters/workspace/port-leases.ts';
import { openWorkFiles } from '../../adapters/workspace/work-files.ts';
import type { TaskId } from '../../core/brand.ts';
import type { PlanLedger } from '../../core/ledger/ledger.ts';
import type { PlanView } from '../../core/reconcile/view.ts';
import { buildRunReport, renderRunReport, type RunReport } from '../../core/report/run-report.ts';
import { line, span } from '../../core/report/spans.ts';
import type { WorkerDeps } from '../../engine/orders.ts';
import { runPlan } from '../../engine/run-plan.ts';
import type { RunOutcome, RunPlanDeps, RunRequest } from '../../engine/run-request.ts';
import { CliError } from './cli-error.ts';
import { listenForInterrupts } from './interrupts.ts';
import { openRepository, type OpenRepository } from './open-repository.ts';
import { demandedOpener } from './open-plan-sandboxes.ts';
import { announceSandbox, type RunSandbox, sandboxFor, type SandboxOpener } from './open-run-sandbox.ts';
import { openOperatorLog } from './operator-log.ts';
import { checkAgents } from './check-agents.ts';
import { checkRepository, type PreparedRun, prepareRun, readPlanToRun, resolveFolder } from './prepare-run.ts';
import { rehearseRun } from './rehearse-run.ts';
import type { RunOptions } from './run-options.ts';
import { readOverrides } from './run-settings.ts';
import type { Session } from './session.ts';
import { SYSTEM_CLOCK } from '../../adapters/clock/system-clock.ts';
import { chooseWatchMode, openRunWatch, type RunWatch } from './watch-run.ts';

/** How a run ended, for who called it (the demo looks into the ledger). */
export interface ExecutedRun {
  report: RunReport;
  view: PlanView;
  ledger: PlanLedger;
  /** Where logs and evidence are. */
  stateDir: string;
}

/** Runs the plan that `said` names. `null` after a dry run. */
export async function executeRun(
  session: Session,
  said: string,
  options: RunOptions,
  openSandbox: SandboxOpener = openerFor(session, options),
): Promise<ExecutedRun | null> {
  const overrides = readOverrides(options);
  if (options.dryRun === true && options.json === true)
    throw new CliError('usage', '--dry-run is for people; it has no JSON form.', { next: 'espalier check --json' });
  const read = await readPlanToRun(session, said, options.dryRun !== true);
  await using repository = await openRepository(session);
  const prepared = await prepareRun(session, repository, { read: read.plan, source: read.source, overrides, options });
  await checkRepository(session, repository, prepared);
  const opened = await openSandbox(session, { ...prepared, stateDir: repository.stateDir });
  announceSandbox(session, opened);
  await checkAgents(session, { plan: prepared.plan, opened, hostEnv: hostEnvOf(session) });
  const maxParallel = options.maxParallel ?? prepared.config.maxParallel ?? defaultParallel();
  if (options.dryRun === true) {
    rehearseRun(session, { read, prepared, maxParallel, only: options.only ?? [] });
    return null;
  }
  return await carryOut(session, { repository, prepared, opened, maxParallel, options });
}

function openerFor(session: Session, options: RunOptions): SandboxOpener {
  const tools = (options.tools ?? []).map((folder) => resolveFolder(session, folder));
  return demandedOpener({ ...options, tools });
}

interface CarryOut {
  repository: OpenRepository;
  prepared: PreparedRun;
  opened: RunSandbox;
  maxParallel: number;
  options: RunOptions;
}

async function carryOut(session: Session, run: CarryOut): Promise<ExecutedRun> {
  const startedAt = Date.now();
  const watch = openRunWatch(session, chooseWatchMode(session, run.options), startedAt);
  const interrupts = listenForInterrupts(session.input, (signal) => {
    const text = `stopping (${signal}): what runs is ended in good order; once more stops at once`;
    watch.say([line(text, 'warn')]);
    watch.hint(text);
  });
  let outcome: RunOutcome;
  try {
    const deps = await openRunDeps(session, run, watch);
    outcome = await runPlan(deps, requestOf(run), {
      signal: interrupts.signal,
      onView: (view, progress) => {
        watch.onView(view, progress);
      },
      onEvent: (event) => {
        watch.onEvent(event);
      },
    });
  } catch (error) {
    // Ctrl-C reaches every process of the terminal: what it broke on the way is no defect.
    if (!interrupts.signal.aborted) throw error;
    throw new CliError('interrupted', 'Stopped in the middle of a step; nothing is lost.', {
      next: 'the same espalier run command goes on from there',
      cause: error,
    });
  } finally {
    interrupts.stop();
    watch.close();
  }
  return conclude(session, run, outcome, startedAt);
}

async function openRunDeps(session: Session, run: CarryOut, watch: RunWatch): Promise<RunPlanDeps> {
  const { repository, prepared } = run;
  const holder = await describeThisProcess();
  const workers: WorkerDeps = {
    git: repository.git,
    forge: openLocalForge(repository.git, { stateDir: repository.stateDir }),
    sandbox: run.opened.sandbox,
    sandboxFor: (task) => sandboxFor(run.opened, task),
    evidence: repository.evidence,
    files: openWorkFiles(),
    // Ports are the machine's, so that all repositories of this user share the leases.
    ports: openPortLeases({ folder: path.join(os.tmpdir(), `espalier-ports-${process.getuid?.() ?? 'user'}`) }),
    clock: SYSTEM_CLOCK,
    log: openOperatorLog({
      isDebug: session.isDebug,
      write: (text) => {
        watch.say([line(text, session.isDebug ? 'dim' : 'warn')]);
      },
      now: Date.now,
    }),
    policy: { protectedPaths: prepared.config.protectedPaths, ...prepared.config.limits },
    hostEnv: hostEnvOf(session),
    checkout: repository.facts.topLevel,
    portRange: prepared.config.ports,
    author: repository.facts.identity ?? { name: 'Espalier', email: 'espalier@localhost' },
  };
  return {
    workers,
    store: repository.store,
    holder: { id: holder.id, description: `process ${holder.pid} on ${holder.host}` },
    isHolderAlive: async (id) => repository.isHolderAlive(id),
  };
}

function requestOf({ prepared, maxParallel, options }: CarryOut): RunRequest {
  return {
    plan: prepared.plan,
    baseBranch: prepared.baseBranch,
    baseSha: prepared.baseSha,
    target: prepared.target,
    maxParallel,
    revise: options.revise === true,
    // Checked against the plan when the run was prepared.
    only: (options.only ?? []) as TaskId[],
  };
}

async function conclude(session: Session, run: CarryOut, outcome: RunOutcome, startedAt: number): Promise<ExecutedRun> {
  const { repository, opened } = run;
  if (outcome.kind !== 'ended' && outcome.kind !== 'interrupted') throw refusalOf(run, outcome);
  const { view, ledger } = outcome;
  const report = buildRunReport(view, ledger, {
    startedAt,
    endedAt: Date.now(),
    sandbox: { engine: opened.sandbox.engine, reason: opened.reason, waived: opened.sandbox.waived },
    headBranch: repository.facts.headBranch,
    baseTip: await repository.git.readBranch(view.baseBranch),
    isInterrupted: outcome.kind === 'interrupted',
  });
  if (run.options.json === true) session.printJsonLine({ ...report, type: 'report' });
  else {
    const look = { isUtf8: session.out.isUtf8, width: session.out.width() };
    session.out.print([[span('')], ...renderRunReport(report, look)]);
  }
  session.end(outcome.kind === 'interrupted' ? 'interrupted' : view.status === 'landed' ? 'ok' : 'findings');
  return { report, view, ledger, stateDir: repository.stateDir };
}

function refusalOf(run: CarryOut, outcome: Exclude<RunOutcome, { kind: 'ended' | 'interrupted' }>): CliError {
  const { id } = run.prepared.plan;
  switch (outcome.kind) {
    case 'busy':
      return new CliError('busy', `Another run works on plan '${id}': ${outcome.holder.description}.`, {
        next: `espalier status ${id}`,
      });
    case 'revision-differs': {
      const { changed, added, removed, isFrameChanged } = outcome.difference;
      const parts = [
        ...(changed.length > 0 ? [`changed: ${changed.join(', ')}`] : []),
        ...(added.length > 0 ? [`added: ${added.join(', ')}`] : []),
        ...(removed.length > 0 ? [`removed: ${removed.join(', ')}`] : []),
        ...(isFrameChanged ? ['the title, base, final tests or budget'] : []),
      ];
      const what = parts.length > 0 ? parts.join('; ') : 'settings';
      return new CliError('revised', `Plan '${id}' is not the one that was accepted (${what}).`, {
        next:
          'give the same command with --revise to go on with the new one (what landed stays, work on changed tasks ' +
          'is set aside), or take the changes back',
      });
    }
    case 'refused':
      return new CliError('unfit', outcome.because, { next: outcome.next });
  }
}

function hostEnvOf(session: Session): Record<string, string> {
  return Object.fromEntries(
    Object.entries(session.input.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function defaultParallel(): number {
  return Math.min(4, os.availableParallelism());
}
