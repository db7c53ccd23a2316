/** Setup commands and required tests in a checkout, each command in a sandbox of its own. */
import { renderCommand } from '../../core/agents/prompt.ts';
import type { Digest, TreeSha } from '../../core/brand.ts';
import type { TestResult } from '../../core/ledger/evidence.ts';
import type { Command } from '../../core/plan/plan.ts';
import { fenceText } from '../../core/text/clean-text.ts';
import type { SandboxExit } from '../../ports/sandbox.ts';
import { checkoutEnv, mountCheckout, workspaceInside, type Checkout } from './checkout.ts';
import { classifyExit, diskFull, makeFailure, type Failure } from './failure.ts';
import { logHint } from './log-hint.ts';
import { openOutputTail } from './output-tail.ts';
import { isDiskReallyFull, networkOf, runInSandbox } from './run-in-sandbox.ts';
import type { WorkRoom } from './work-room.ts';

/** How a list of commands ended: at the first that did not exit with 0, or with all of them done. */
interface CommandsEnd {
  exit: SandboxExit | null;
  command: Command | null;
  tail: string;
}

/** Runs the setup commands; `null` if all went well. */
export async function runSetup(room: WorkRoom, checkout: Checkout, setup: readonly Command[]): Promise<Failure | null> {
  const end = await runCommands(room, checkout, { title: 'setup', commands: setup, network: networkOf(room) });
  if (end.exit === null || end.command === null) return null;
  if (end.exit.status === 'cancelled' || end.exit.status === 'engine-error') return classifyExit(end.exit, 'the setup');
  if (await isDiskReallyFull(room, end.tail)) return diskFull('while the setup ran');
  const command = renderCommand(end.command);
  const network = networkOf(room) === 'none' ? " (the profile 'strict' has no network)" : '';
  const detail = `Setup command '${command}' ended with ${describeExit(end.exit)}${network}.`;
  return makeFailure('setup-failed', `${detail} Correct the command or the plan. ${logHint(room)}`, {
    feedback: `${detail}\n\n${fenceText(end.tail)}`,
  });
}

/** What tests gave: a result, or a failure that is none of theirs. */
export type SuiteOutcome = { kind: 'tested'; test: TestResult } | { kind: 'stopped'; failure: Failure };

/** Runs the tests, without network and within the time limit together. */
export async function runTests(
  room: WorkRoom,
  checkout: Checkout,
  order: { stage: TestResult['stage']; tree: TreeSha; suite: Digest; commands: readonly Command[] },
): Promise<SuiteOutcome> {
  const from = room.deps.clock.now();
  const end = await runCommands(room, checkout, {
    title: `tests (${order.stage})`,
    commands: order.commands,
    network: 'none',
  });
  const base = {
    stage: order.stage,
    tree: order.tree,
    suite: order.suite,
    durationMs: Math.round(room.deps.clock.now() - from),
    tail: end.tail,
    reused: false,
  };
  if (end.exit === null) return { kind: 'tested', test: { ...base, status: 'passed', exitCode: null } };
  if (end.exit.status === 'cancelled' || end.exit.status === 'engine-error') {
    const failure = classifyExit(end.exit, 'the tests');
    if (failure !== null) return { kind: 'stopped', failure };
  }
  // A full disk fails tests that have nothing wrong with them.
  if (await isDiskReallyFull(room, end.tail)) return { kind: 'stopped', failure: diskFull('while the tests ran') };
  const said = end.exit.status === 'exited' ? '' : `\n[${end.exit.status}: ${end.exit.detail}]`;
  return {
    kind: 'tested',
    test: {
      ...base,
      status: end.exit.status === 'timed-out' ? 'timed-out' : 'failed',
      exitCode: end.exit.exitCode,
      tail: `${end.tail}${said}`,
    },
  };
}

async function runCommands(
  room: WorkRoom,
  checkout: Checkout,
  order: { title: string; commands: readonly Command[]; network: 'none' | 'open' },
): Promise<CommandsEnd> {
  const tail = openOutputTail(room.secrets);
  const deadline = room.deps.clock.now() + room.settings.timeoutMs;
  for (const command of order.commands) {
    const exit = await runInSandbox(room, {
      title: order.title,
      command,
      workdir: workspaceInside(room, checkout),
      mounts: mountCheckout(room, checkout, 'read-write'),
      env: checkoutEnv(room, checkout),
      network: order.network,
      timeoutMs: deadline - room.deps.clock.now(),
      onText: (text) => tail.push(text),
      onErrorText: (text) => tail.push(text),
    });
    if (exit.status !== 'exited' || exit.exitCode !== 0) return { exit, command, tail: tail.read() };
  }
  return { exit: null, command: null, tail: tail.read() };
}

function describeExit(exit: SandboxExit): string {
  if (exit.status !== 'exited') return `'${exit.status}' (${exit.detail})`;
  return exit.exitCode === 127
    ? 'exit code 127 (the program was not found)'
    : `exit code ${exit.exitCode ?? 'unknown'}`;
}
