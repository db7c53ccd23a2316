/** Finds the plan that a command means: by its id, by its file, or because only one fits. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { PlanId, TaskId } from '../../core/brand.ts';
import { readPlanId, readTaskId } from '../../core/ids.ts';
import type { PlanLedger } from '../../core/ledger/ledger.ts';
import { findNearestName } from '../../core/plan/nearest-name.ts';
import { readPlan } from '../../core/plan/read-plan.ts';
import { viewPlan } from '../../core/reconcile/view-plan.ts';
import type { PlanView } from '../../core/reconcile/view.ts';
import { showCommand } from '../../core/report/shell-words.ts';
import { type Ledgers, readLedgers } from '../../engine/ledger-session.ts';
import { CliError } from './cli-error.ts';
import type { OpenRepository } from './open-repository.ts';
import type { Session } from './session.ts';

/** A plan that has a ledger, read once. */
export interface KnownPlan extends Ledgers {
  ledger: PlanLedger;
  view: PlanView;
  /** Descriptions of the processes that work on it now. */
  holders: string[];
}

/** Reads every plan that has a ledger, in the order of their ids. */
export async function readAllPlans(session: Session, repository: OpenRepository): Promise<KnownPlan[]> {
  const known: KnownPlan[] = [];
  for (const id of await repository.store.listPlans()) {
    try {
      const plan = await readKnownPlan(repository, id);
      if (plan !== null) known.push(plan);
    } catch (error) {
      // One ledger that cannot be read must not hide the others.
      session.warn(error instanceof Error ? error.message : String(error));
    }
  }
  return known;
}

/** Reads one plan; `null` if it has no ledger. */
export async function readKnownPlan(repository: OpenRepository, id: PlanId): Promise<KnownPlan | null> {
  const ledgers = await readLedgers(repository.store, id);
  const { ledger } = ledgers;
  if (ledger === null) return null;
  const now = Date.now();
  const holders = await liveHolders(repository, ledger, now);
  return { ...ledgers, ledger, view: viewPlan(ledger, ledgers.queue, now), holders };
}

/** The plan that is meant by `said` (an id or a file), or the only one, or the only one with the task. */
export async function selectPlan(
  session: Session,
  repository: OpenRepository,
  said: string | null,
  task: TaskId | null = null,
): Promise<KnownPlan> {
  if (said !== null) return selectNamed(session, repository, said);
  const all = await readAllPlans(session, repository);
  if (all.length === 0) throw await explainNoPlan(repository);
  const fitting = task === null ? all : all.filter((plan) => plan.view.tasks.some((each) => each.id === task));
  if (fitting.length === 0) throw unknownTask(all, task ?? '');
  const open = fitting.filter((plan) => plan.view.status !== 'landed');
  const [only, ...others] = open.length > 0 ? open : fitting;
  if (only !== undefined && others.length === 0) return only;
  const names = fitting.map((plan) => `'${plan.view.plan}'`).join(', ');
  throw new CliError('usage', `More than one plan is meant: ${names}.`, {
    next: `name one of them: ${task === null ? fitting[0]?.view.plan : `--plan ${fitting[0]?.view.plan}`}`,
  });
}

/** Why no plan was found: there is none, or the ledgers that are there cannot be read (which was said already). */
async function explainNoPlan(repository: OpenRepository): Promise<CliError> {
  const listed = await repository.store.listPlans();
  if (listed.length === 0)
    return new CliError('usage', 'No plan has been run in this repository.', { next: 'espalier run PLAN.md' });
  return new CliError('unfit', `No ledger of this repository can be read: ${listed.join(', ')}.`, {
    next: 'use the version of espalier that wrote it, or give the plan another id',
  });
}

/** Checks a task's id as a person typed it, and that the plan has it. */
export function requireTask(plan: KnownPlan, text: string): TaskId {
  const found = plan.view.tasks.find((task) => task.id === text);
  if (found === undefined) throw unknownTask([plan], text);
  return found.id;
}

/** Checks a task's id as a person typed it, before any plan is known. */
export function readTaskArgument(text: string): TaskId {
  const id = readTaskId(text);
  if (!id.ok) throw new CliError('usage', `'${text}' is not a task: ${id.because}.`, { next: 'espalier status' });
  return id.value;
}

async function selectNamed(session: Session, repository: OpenRepository, said: string): Promise<KnownPlan> {
  const id = readPlanId(said);
  if (id.ok) {
    const plan = await readKnownPlan(repository, id.value);
    if (plan !== null) return plan;
  }
  const fromFile = await readIdFromFile(session, said);
  if (fromFile !== null) {
    const plan = await readKnownPlan(repository, fromFile);
    if (plan !== null) return plan;
    throw new CliError('usage', `Plan '${fromFile}' (of file '${said}') has not been run in this repository.`, {
      next: showCommand(['espalier', 'run', said]),
    });
  }
  const ids = await repository.store.listPlans();
  const nearest = findNearestName(said, ids);
  throw new CliError('usage', `No plan and no plan file here is named '${said}'.`, {
    next: nearest === null ? 'espalier status lists the plans' : `did you mean '${nearest}'?`,
  });
}

async function readIdFromFile(session: Session, said: string): Promise<PlanId | null> {
  try {
    const text = await readFile(path.resolve(session.input.cwd, said), 'utf8');
    return readPlan(text, { fileName: said }).plan?.id ?? null;
  } catch {
    return null;
  }
}

async function liveHolders(repository: OpenRepository, ledger: PlanLedger, now: number): Promise<string[]> {
  const leased = Object.entries(ledger.holders).filter(([, holder]) => holder.until > now);
  const alive = await Promise.all(leased.map(([id]) => repository.isHolderAlive(id)));
  return leased.filter((_, index) => alive[index] !== false).map(([, holder]) => holder.description);
}

function unknownTask(plans: readonly KnownPlan[], text: string): CliError {
  const ids = plans.flatMap((plan) => plan.view.tasks.map((task) => task.id));
  const nearest = findNearestName(text, ids);
  const where = plans.length === 1 ? `Plan '${plans[0]?.view.plan}' has` : 'No plan here has';
  return new CliError('usage', `${where} ${plans.length === 1 ? 'no' : 'a'} task '${text}'.`, {
    next: nearest === null ? 'espalier status lists the tasks' : `did you mean '${nearest}'?`,
  });
}
