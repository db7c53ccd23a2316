/** Does `retry`, `cancel`, `pause` and `resume`: a pure change of the ledger, by compare-and-swap. */
import type { TaskId } from '../../core/brand.ts';
import type { PlanLedger } from '../../core/ledger/ledger.ts';
import {
  cancelPlan,
  cancelTask,
  pausePlan,
  resumePlan,
  retryTask,
  thawTarget,
  type Transition,
} from '../../core/ledger/transitions.ts';
import { span } from '../../core/report/spans.ts';
import { changeLedger, changeLedgers } from '../../engine/ledger-session.ts';
import { CliError } from './cli-error.ts';
import { openRepository, type OpenRepository } from './open-repository.ts';
import { type KnownPlan, readTaskArgument, requireTask, selectPlan } from './select-plan.ts';
import type { Session } from './session.ts';

/** Retries or cancels tasks: all of them, or none if one cannot be. */
export async function changeTasks(
  session: Session,
  what: 'retry' | 'cancel',
  texts: readonly string[],
  options: { plan?: string },
): Promise<void> {
  const asked = [...new Set(texts.map(readTaskArgument))];
  await using repository = await openRepository(session);
  const plan = await selectPlan(session, repository, options.plan ?? null, asked[0] ?? null);
  const tasks = asked.map((id) => requireTask(plan, id));
  const by = nameOfPerson(session, repository);
  const change = (ledger: PlanLedger): Transition => changeEach(ledger, tasks, what, by);
  await applyChange(repository, plan, `${what} ${tasks.join(', ')}`, change);
  const done = what === 'retry' ? 'will be attempted again' : 'cancelled';
  for (const task of tasks) session.out.print([[span(task, 'strong'), span(` ${done}`)]]);
  sayWhatFollows(session, plan);
}

/** Cancels everything of a plan that has not landed. */
export async function cancelWholePlan(session: Session, options: { plan?: string }): Promise<void> {
  await using repository = await openRepository(session);
  const plan = await selectPlan(session, repository, options.plan ?? null);
  const by = nameOfPerson(session, repository);
  await applyChange(repository, plan, 'cancel all', (ledger) => cancelPlan(ledger, by, Date.now()));
  session.out.print([[span(plan.view.plan, 'strong'), span(': everything that had not landed is cancelled')]]);
}

/** Pauses a plan, or lets it go on. */
export async function pauseOrResume(session: Session, what: 'pause' | 'resume', said: string | null): Promise<void> {
  await using repository = await openRepository(session);
  const plan = await selectPlan(session, repository, said);
  if (what === 'resume') {
    await resume(session, repository, plan);
    return;
  }
  const by = nameOfPerson(session, repository);
  await applyChange(repository, plan, 'pause', (ledger) => pausePlan(ledger, by, Date.now()));
  session.out.print([[span(plan.view.plan, 'strong'), span(' is paused')]]);
  session.note(`attempts that run go on to their end; espalier resume ${plan.view.plan}`);
}

/** Takes back a pause and, after showing why there was one, a freeze of the branch that the plan lands on. */
async function resume(session: Session, repository: OpenRepository, plan: KnownPlan): Promise<void> {
  const { frozen, target } = plan.view;
  if (frozen === null) await applyChange(repository, plan, 'resume', resumePlan);
  else {
    const changed = await changeLedgers(repository.store, plan.ledger.plan.id, 'resume, thaw', ({ ledger, queue }) =>
      thawTarget({ ...ledger, paused: null }, queue),
    );
    if (!changed.ok) throw new CliError('findings', changed.because, { next: changed.next });
    session.warn(`'${target}' was frozen: ${frozen.because}. Landings go on from what stands there now.`);
    if (frozen.commitSha !== undefined)
      session.note(
        `look at what landed: git show ${frozen.commitSha}; to take it back: git revert -m 1 ${frozen.commitSha}`,
      );
  }
  session.out.print([[span(plan.view.plan, 'strong'), span(' goes on')]]);
  sayWhatFollows(session, plan);
}

function changeEach(ledger: PlanLedger, tasks: readonly TaskId[], what: 'retry' | 'cancel', by: string): Transition {
  let value = ledger;
  for (const task of tasks) {
    const changed = what === 'retry' ? retryTask(value, task) : cancelTask(value, task, by, Date.now());
    if (!changed.ok) return changed;
    value = changed.value;
  }
  return { ok: true, value };
}

async function applyChange(
  repository: OpenRepository,
  plan: KnownPlan,
  subject: string,
  change: (ledger: PlanLedger) => Transition,
): Promise<void> {
  const changed = await changeLedger(repository.store, plan.ledger.plan.id, subject, change);
  if (!changed.ok) throw new CliError('findings', changed.because, { next: changed.next });
}

function sayWhatFollows(session: Session, plan: KnownPlan): void {
  if (plan.holders.length > 0) session.note(`picked up by ${plan.holders.join('; ')}`);
  else session.note(`no run works on '${plan.view.plan}' now: give its espalier run command again`);
}

function nameOfPerson(session: Session, repository: OpenRepository): string {
  return repository.facts.identity?.name ?? session.input.env.USER ?? session.input.env.LOGNAME ?? 'a person';
}
