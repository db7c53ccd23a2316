/** One run in the sandbox with its output in the log: what all kinds of runs have in common. */
import { renderCommand } from '../../core/agents/prompt.ts';
import type { Command } from '../../core/plan/plan.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import type { SandboxExit, SandboxMount } from '../../ports/sandbox.ts';
import { saysDiskFull } from './failure.ts';
import { openDecoder } from './output-tail.ts';
import { openRunLog } from './run-log.ts';
import { logLine, type WorkRoom } from './work-room.ts';

/** Output of one run after which it is killed. */
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/** A run, without what the room knows. */
export interface RunOrder {
  /** For the log: `agent, round 2`. */
  title: string;
  command: Command;
  workdir: string;
  mounts: readonly SandboxMount[];
  env: Readonly<Record<string, string>>;
  stdin?: string;
  network: 'none' | 'open';
  timeoutMs: number;
  /** True for what must be done although the attempt was stopped (saving its work). */
  ignoresStop?: boolean;
  /** Text of standard output, as it comes. */
  onText?: (text: string) => void;
  /** Text of standard error, as it comes. */
  onErrorText?: (text: string) => void;
}

/** Runs to the end; both streams go into the log. Never throws for what the command does. */
export async function runInSandbox(room: WorkRoom, order: RunOrder): Promise<SandboxExit> {
  logLine(room, `${order.title}: ${redactSecrets(renderCommand(order.command), room.secrets)}`);
  const [decodeOut, decodeError] = [openDecoder(), openDecoder()];
  const log = openRunLog(room.log, room.secrets);
  const exit = await room.deps.sandbox.run({
    name: room.nextRunName(),
    profile: room.settings.profile,
    resources: room.settings.resources,
    network: order.network,
    command: order.command,
    workdir: order.workdir,
    mounts: order.mounts,
    env: order.env,
    stdin: order.stdin ?? null,
    timeoutMs: Math.max(1, order.timeoutMs),
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
    onStdout: (chunk) => {
      const text = decodeOut(chunk);
      log.write(text);
      order.onText?.(text);
    },
    onStderr: (chunk) => {
      const text = decodeError(chunk);
      log.write(text);
      order.onErrorText?.(text);
    },
    ...(order.ignoresStop === true ? {} : { signal: room.signal }),
  });
  log.end();
  const how = exit.status === 'exited' ? `exit code ${exit.exitCode ?? 'unknown'}` : `${exit.status}: ${exit.detail}`;
  logLine(room, `${order.title}: ${how} after ${exit.durationMs} ms`);
  return exit;
}

/** Network of what installs or talks to a model: as much as the profile has. Tests never have any. */
export function networkOf(room: WorkRoom): 'none' | 'open' {
  return room.settings.profile === 'development' ? 'open' : 'none';
}

// Less than this is a full disk to most programs.
const NEARLY_FULL_BYTES = 16 * 1024 * 1024;

/**
 * True if `output` speaks of a full disk and the disk with the worktree really is: text alone may come from a test's
 * name, or from a small folder in memory inside of the sandbox.
 */
export async function isDiskReallyFull(room: WorkRoom, output: string): Promise<boolean> {
  if (!saysDiskFull(output)) return false;
  const free = await room.deps.files.freeBytes(room.dir).catch(() => null);
  return free !== null && free < NEARLY_FULL_BYTES;
}
