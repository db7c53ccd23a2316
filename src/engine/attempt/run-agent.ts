/** One round of the agent: the prompt goes in, the worktree is edited, usage comes out. */
import type { Usage } from '../../core/ledger/evidence.ts';
import { UNKNOWN_USAGE, type AgentReading } from '../../core/agents/agent-reading.ts';
import { readUsageFile } from '../../core/agents/command-agent.ts';
import { planAgentCall } from '../../core/agents/describe-agent.ts';
import type { ResolvedTask } from '../../core/plan/plan.ts';
import { fenceText } from '../../core/text/clean-text.ts';
import type { SandboxExit } from '../../ports/sandbox.ts';
import { followAgentOutput, isServiceTrouble } from './agent-output.ts';
import { checkoutEnv, mountCheckout, workspaceInside, type Checkout } from './checkout.ts';
import { openExchangeFolders } from './exchange-folders.ts';
import { classifyExit, diskFull, makeFailure, type Failure } from './failure.ts';
import { logHint } from './log-hint.ts';
import { isDiskReallyFull, networkOf, runInSandbox } from './run-in-sandbox.ts';
import type { WorkRoom } from './work-room.ts';

/** How a round ended. With a failure the worktree may still hold work that is worth keeping. */
export interface AgentRound {
  failure: Failure | null;
  usage: Usage;
}

/** What a round is given. */
export interface AgentOrder {
  task: ResolvedTask;
  prompt: string;
  iteration: number;
  /** Most that this round may spend; `null` is no cap. */
  budgetUsd: number | null;
}

/** Runs the agent once. */
export async function runAgent(room: WorkRoom, checkout: Checkout, order: AgentOrder): Promise<AgentRound> {
  const { task } = order;
  const handed = pickEnv(room, task.env);
  const call = planAgentCall(
    task.agent,
    {
      role: 'edit',
      model: task.agent.kind === 'preset' ? task.agent.model : null,
      budgetUsd: order.budgetUsd,
      isSandboxed: room.deps.sandbox.engine !== 'none',
      workspace: workspaceInside(room, checkout),
    },
    handed,
  );
  if (call === null) {
    const name = task.agent.kind === 'preset' ? task.agent.name : '';
    return {
      failure: makeFailure('agent-failed', `There is no agent preset '${name}'. Name another, or a command.`),
      usage: UNKNOWN_USAGE,
    };
  }
  const folders = await openExchangeFolders(room, 'agent', { 'prompt.md': order.prompt });
  const output = followAgentOutput(room, call);
  const exit = await runInSandbox(room, {
    title: `agent, round ${order.iteration}`,
    command: call.command,
    workdir: workspaceInside(room, checkout),
    mounts: [...mountCheckout(room, checkout, 'read-write'), ...folders.mounts],
    env: {
      ...call.env,
      ...checkoutEnv(room, checkout),
      ESPALIER_PLAN: room.key.plan,
      ESPALIER_TASK: task.id,
      ESPALIER_ATTEMPT: String(room.key.attempt),
      ESPALIER_ITERATION: String(order.iteration),
      ESPALIER_PROMPT_FILE: folders.inputInside('prompt.md'),
      ESPALIER_USAGE_FILE: folders.outputInside('usage.json'),
      ...(order.budgetUsd === null ? {} : { ESPALIER_BUDGET_USD: order.budgetUsd.toFixed(4) }),
    },
    stdin: order.prompt,
    network: networkOf(room),
    timeoutMs: room.settings.timeoutMs,
    onText: output.onText,
    onErrorText: output.onErrorText,
  });
  const reading = output.finish();
  const usage = task.agent.kind === 'preset' ? reading.usage : readUsageFile(await folders.readOutput('usage.json'));
  return { failure: await findFailure(room, exit, reading, output.tail()), usage };
}

/** Values of the variables that a task names; they are kept out of everything that is written down. */
export function pickEnv(room: WorkRoom, names: readonly string[]): Record<string, string> {
  const { hostEnv } = room.deps;
  const picked = names.flatMap((name) => {
    const value = Object.hasOwn(hostEnv, name) ? hostEnv[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  for (const [, value] of picked) if (!room.secrets.includes(value)) room.secrets.push(value);
  return Object.fromEntries(picked);
}

// What shells, runtimes and kernels say when the limit on processes is reached.
const CANNOT_FORK =
  /fork: (?:retry: )?Resource temporarily unavailable|Cannot fork|can't fork|(?:fork|spawn|pthread_create).{0,40}EAGAIN/i;

async function findFailure(
  room: WorkRoom,
  exit: SandboxExit,
  reading: AgentReading,
  tail: string,
): Promise<Failure | null> {
  const byExit = classifyExit(exit, 'the agent');
  if (byExit !== null)
    return byExit.cause === 'cancelled' || byExit.feedback === ''
      ? byExit
      : { ...byExit, feedback: `${byExit.detail}\n\n${fenceText(tail)}` };
  if (exit.exitCode === 0 && reading.error === null) return null;
  if (await isDiskReallyFull(room, tail)) return diskFull('while the agent ran');
  if (exit.exitCode !== 0 && CANNOT_FORK.test(tail))
    return makeFailure(
      'agent-resources',
      'The agent reached the limit of processes. Give the task larger `resources`, or a simpler agent.',
    );
  const what = reading.error ?? describeCode(exit.exitCode);
  return makeFailure('agent-failed', `The agent failed: ${what}. ${logHint(room)}`, {
    feedback: `The agent failed: ${what}. The end of its output:\n\n${fenceText(tail)}`,
    isTransient: isServiceTrouble(reading.error),
  });
}

function describeCode(exitCode: number | null): string {
  if (exitCode === 127) return 'its program was not found in the sandbox (exit code 127)';
  return `exit code ${exitCode ?? 'unknown'}`;
}
