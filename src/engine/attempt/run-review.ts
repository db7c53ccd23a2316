/** One review of one change: the change goes in as files, a score with findings comes out, or the reason why not. */
import { readReviewAnswer } from '../../core/agents/review-answer.ts';
import type { AgentReading } from '../../core/agents/agent-reading.ts';
import { readUsageFile } from '../../core/agents/command-agent.ts';
import { planAgentCall, type AgentCall } from '../../core/agents/describe-agent.ts';
import { renderReviewPrompt, renderReviewTask, renderRubric } from '../../core/agents/prompt.ts';
import { changeDigest, reviewerName, rubricDigest } from '../../core/gate/bindings.ts';
import type { ReviewResult, Usage } from '../../core/ledger/evidence.ts';
import type { AgentChoice, ResolvedTask } from '../../core/plan/plan.ts';
import { cleanLine } from '../../core/text/clean-text.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import type { SandboxExit } from '../../ports/sandbox.ts';
import { followAgentOutput } from './agent-output.ts';
import { checkoutEnv, mountCheckout, workspaceInside, type Checkout } from './checkout.ts';
import { openExchangeFolders, type ExchangeFolders } from './exchange-folders.ts';
import { classifyExit, type Failure } from './failure.ts';
import type { JudgedChange } from './judge-tree.ts';
import { pickEnv } from './run-agent.ts';
import { networkOf, runInSandbox } from './run-in-sandbox.ts';
import type { WorkRoom } from './work-room.ts';

/** What is reviewed, by whom. */
export interface ReviewOrder {
  task: ResolvedTask;
  reviewer: AgentChoice;
  stage: ReviewResult['stage'];
  iteration: number;
  change: JudgedChange;
  budgetUsd: number | null;
}

export type ReviewOutcome =
  | { kind: 'reviewed'; review: ReviewResult; usage: Usage }
  /** Stopped, or the sandbox did not work: no review was given. */
  | { kind: 'stopped'; failure: Failure };

/** Runs the reviewer once, read-only. */
export async function runReview(room: WorkRoom, checkout: Checkout, order: ReviewOrder): Promise<ReviewOutcome> {
  const { task, reviewer, change } = order;
  const folders = await openReviewFolders(room, order);
  const workspace = workspaceInside(room, checkout);
  const call = planAgentCall(
    reviewer,
    {
      role: 'review',
      model: reviewer.kind === 'preset' ? reviewer.model : null,
      budgetUsd: order.budgetUsd,
      isSandboxed: room.deps.sandbox.engine !== 'none',
      workspace,
    },
    pickEnv(room, task.env),
  );
  const base = {
    stage: order.stage,
    iteration: order.iteration,
    change: changeDigest(change.baseTree, change.tree),
    rubric: rubricDigest(task),
    reviewer: reviewerName(reviewer),
  };
  const unscored = { score: null, findings: [] };
  if (call === null) {
    const review = {
      ...base,
      ...unscored,
      status: 'error' as const,
      durationMs: 0,
      detail: `There is no preset '${base.reviewer}'.`,
    };
    return { kind: 'reviewed', review, usage: readUsageFile(null) };
  }
  const { exit, reading } = await callReviewer(room, checkout, order, { folders, call, workspace });
  const usage = reviewer.kind === 'preset' ? reading.usage : readUsageFile(await folders.readOutput('usage.json'));
  const stopped =
    exit.status === 'cancelled' || exit.status === 'engine-error' ? classifyExit(exit, 'the reviewer') : null;
  if (stopped !== null) return { kind: 'stopped', failure: stopped };
  const durationMs = Math.round(exit.durationMs);
  const trouble = findTrouble(exit, reading);
  if (trouble !== null) {
    const detail = cleanLine(redactSecrets(trouble, room.secrets), 500);
    const status = exit.status === 'timed-out' ? ('timed-out' as const) : ('error' as const);
    return { kind: 'reviewed', review: { ...base, ...unscored, status, durationMs, detail }, usage };
  }
  const written = await folders.readOutput('review.json');
  const answer = readReviewAnswer(written === null || written.trim() === '' ? (reading.finalText ?? '') : written);
  const review: ReviewResult =
    answer.kind === 'scored'
      ? { ...base, status: 'scored', score: answer.score, findings: answer.findings, durationMs, detail: '' }
      : { ...base, ...unscored, status: 'error', durationMs, detail: answer.because };
  return { kind: 'reviewed', review, usage };
}

/** Why a run of the reviewer counts for nothing, whatever it printed; `null` if it went well. */
function findTrouble(exit: SandboxExit, reading: AgentReading): string | null {
  if (exit.status !== 'exited') return `The reviewer ended as '${exit.status}': ${exit.detail}`;
  if (reading.error !== null) return `The reviewer failed: ${reading.error}`;
  return exit.exitCode === 0 ? null : `The reviewer ended with exit code ${exit.exitCode ?? 'unknown'}.`;
}

function openReviewFolders(room: WorkRoom, { task, change }: ReviewOrder): Promise<ExchangeFolders> {
  return openExchangeFolders(room, 'review', {
    'task.md': renderReviewTask(task),
    'rubric.md': renderRubric(task),
    'change.diff': change.diff,
    'paths.txt': change.changes.map(({ path }) => `${JSON.stringify(path)}\n`).join(''),
  });
}

async function callReviewer(
  room: WorkRoom,
  checkout: Checkout,
  order: ReviewOrder,
  { folders, call, workspace }: { folders: ExchangeFolders; call: AgentCall; workspace: string },
): Promise<{ exit: SandboxExit; reading: AgentReading }> {
  const output = followAgentOutput(room, call);
  const answerFile = folders.outputInside('review.json');
  const exit = await runInSandbox(room, {
    title: `review (${order.stage}), round ${order.iteration}`,
    command: call.command,
    // A preset begins in the folder of its input: what the change says about how agents should behave is not read.
    workdir: order.reviewer.kind === 'preset' ? folders.inputInside() : workspace,
    mounts: [...mountCheckout(room, checkout, 'read-only'), ...folders.mounts],
    env: {
      ...call.env,
      ...checkoutEnv(room, checkout),
      ESPALIER_PLAN: room.key.plan,
      ESPALIER_TASK: order.task.id,
      ESPALIER_ATTEMPT: String(room.key.attempt),
      ESPALIER_ITERATION: String(order.iteration),
      ESPALIER_STAGE: order.stage,
      ESPALIER_WORKSPACE: workspace,
      ESPALIER_INPUT_DIR: folders.inputInside(),
      ESPALIER_REVIEW_FILE: answerFile,
      ESPALIER_USAGE_FILE: folders.outputInside('usage.json'),
    },
    stdin: renderReviewPrompt({ task: order.task, workspace, inputDir: folders.inputInside(), answerFile }),
    network: networkOf(room),
    timeoutMs: room.settings.timeoutMs,
    onText: output.onText,
    onErrorText: output.onErrorText,
  });
  return { exit, reading: output.finish() };
}
