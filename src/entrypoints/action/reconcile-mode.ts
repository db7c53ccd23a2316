/**
 * The mode reconcile: one plan is taken as far as it goes without waiting long, by the same engine as the App's. Nothing
 * of it stays in the job: the next event, the next schedule, or the end of a run looks again.
 */
import { GitHubError } from '../../adapters/github/github-error.ts';
import { issueOf } from '../../core/hosted/state.ts';
import { summarizePlan } from '../../core/hosted/summarize-plan.ts';
import { HostedPlan, type ReconcileReport } from '../../engine/reconcile-hosted.ts';
import { ActionError } from './action-error.ts';
import { openServerless, type ServerlessGitHub, toActionError } from './serverless-github.ts';
import type { ActionSession } from './session.ts';

/** A job costs while it waits, and others wait for it: it waits for what is near alone, in all so many milliseconds. */
const MAX_WAITS_MS = 40_000;
/** After so many milliseconds in all the next job goes on. */
const MAX_TOTAL_MS = 10 * 60_000;
/** Between two looks, so that a plan keeps under the secondary limits of GitHub. */
const LEAST_GAP_MS = 1_000;
/** Looks in a row that only tell the ledger what was done: each may do something more, such as a newer status comment. */
const MAX_TELLING_LOOKS = 3;
const FIRST_RETRY_MS = 2_000;

type Session = ActionSession<'reconcile'>;

/** How a plan stands when the job leaves it. */
type Outcome = 'settled' | 'waiting' | 'refused';

/** Reconciles the plan; sets the outputs `outcome` and `wake-at`, and shows the plan in the job's summary. */
export async function runReconcile(session: Session): Promise<void> {
  const { inputs, speech } = session;
  const issue = issueOf(inputs.plan);
  if (issue === null)
    throw new ActionError(`The plan '${inputs.plan}' is not that of an issue.`, {
      next: "name it as 'issue-<number>'",
    });
  const serverless = await openServerless(session);
  const plan = openPlan(session, serverless, issue);
  const report = await toActionError(() => pursue(session, plan));
  const outcome = judgeOutcome(report, serverless);
  speech.setOutput('outcome', outcome);
  const isWaiting = outcome === 'waiting' && report.wakeAtMs !== null;
  speech.setOutput('wake-at', isWaiting ? new Date(report.wakeAtMs ?? 0).toISOString() : '');
  showPlan(session, serverless, report);
}

function openPlan(session: Session, serverless: ServerlessGitHub, issue: number): HostedPlan {
  const { inputs, runner, clock } = session;
  const { github, repository, config } = serverless;
  const forge = github.forgeOf({ repositoryId: repository.id, owner: repository.owner, repo: repository.name });
  // Of one run that is started again, and of the jobs of its matrix, each is a process of its own.
  const replica = `run-${runner.runId}.${runner.runAttempt}.${runner.job}.${inputs.plan}`.slice(0, 200);
  return new HostedPlan({ forge, clock, replica, config }, issue);
}

/** What one job has done at a plan so far. */
interface Pursuit {
  readonly startedAtMs: number;
  waitedMs: number;
  /** Looks in a row that failed for what time may cure. */
  failures: number;
  /** Looks in a row that only tell the ledger what was done. */
  tellingLooks: number;
}

/** Looks again and again while there is something to do at once, or soon. */
async function pursue({ clock, signal, log, runner, inputs }: Session, plan: HostedPlan): Promise<ReconcileReport> {
  const pursuit: Pursuit = { startedAtMs: clock.now(), waitedMs: 0, failures: 0, tellingLooks: 0 };
  for (;;) {
    const looked = await lookOnce(plan);
    for (const { kind, task, attempt, detail } of looked.report?.notes ?? [])
      log.info('A plan went on.', { plan: inputs.plan, kind, task, attempt, detail });
    const waitMs = takeNextWait(pursuit, looked, clock.now());
    if (waitMs === null || signal.aborted) {
      if (looked.report !== null) return looked.report;
      throw looked.error;
    }
    log.debug('The plan is looked at again soon.', { plan: inputs.plan, waitMs, run: runner.runId });
    await clock.sleep(waitMs, signal);
  }
}

/** Milliseconds until this job's next look, noted in the pursuit; `null` if another job is to go on. */
function takeNextWait(pursuit: Pursuit, looked: Looked, nowMs: number): number | null {
  const isTelling = looked.report?.again !== true && looked.report?.isUntold === true;
  pursuit.tellingLooks = isTelling ? pursuit.tellingLooks + 1 : 0;
  pursuit.failures = looked.report === null ? pursuit.failures + 1 : 0;
  // The next job is another process: what this one's leases are about is settled before it ends.
  const isAtOnce = looked.report?.again === true || (isTelling && pursuit.tellingLooks <= MAX_TELLING_LOOKS);
  const waitMs = isAtOnce ? LEAST_GAP_MS : waitOf(looked, pursuit.failures, nowMs);
  if (waitMs === null) return null;
  // What is done at once is no waiting.
  const waitedMs = pursuit.waitedMs + (isAtOnce ? 0 : waitMs);
  if (nowMs + waitMs - pursuit.startedAtMs > MAX_TOTAL_MS || waitedMs > MAX_WAITS_MS) return null;
  pursuit.waitedMs = waitedMs;
  return waitMs;
}

type Looked = { report: ReconcileReport } | { report: null; error: GitHubError };

/** One look, or what kept it from being done and time may cure. */
async function lookOnce(plan: HostedPlan): Promise<Looked> {
  try {
    return { report: await plan.reconcile() };
  } catch (error) {
    if (error instanceof GitHubError && error.isTransient) return { report: null, error };
    throw error;
  }
}

/** Milliseconds until the next look; `null` if only an event asks for one. */
function waitOf(looked: Looked, failures: number, nowMs: number): number | null {
  if (looked.report === null)
    return Math.max(FIRST_RETRY_MS * 2 ** (failures - 1), (looked.error.notBeforeMs ?? 0) - nowMs);
  const { wakeAtMs } = looked.report;
  return wakeAtMs === null ? null : Math.max(LEAST_GAP_MS, wakeAtMs - nowMs);
}

function judgeOutcome({ again, wakeAtMs, facts, state }: ReconcileReport, { self }: ServerlessGitHub): Outcome {
  if (facts !== null && (facts.issue === null || facts.repository.isArchived)) return 'refused';
  const keeper = state?.record.keeper;
  if (state?.ledger != null && keeper !== undefined && keeper.appId !== self.appId) return 'refused';
  const isUnderWay = state?.record.dispatches.some(({ legs }) => legs.some(({ isOver }) => !isOver)) === true;
  return again || wakeAtMs !== null || isUnderWay ? 'waiting' : 'settled';
}

function showPlan(session: Session, { config, self }: ServerlessGitHub, { facts, state }: ReconcileReport): void {
  const { inputs, speech, clock } = session;
  if (facts === null || state === null) return;
  const { keeper } = state.record;
  if (state.ledger !== null && keeper !== undefined && keeper.appId !== self.appId)
    speech.annotate('notice', `${inputs.plan} is kept by ${keeper.login}, and is left alone by ${self.login}.`);
  speech.summarize(summarizePlan({ plan: inputs.plan, state, facts, config }, clock.now()));
}
