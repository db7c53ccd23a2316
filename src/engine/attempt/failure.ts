/** Why a run ended without what was wanted, as a value: cause, what to tell a person, what to tell the next attempt. */
import type { FailureCause } from '../../core/ledger/evidence.ts';
import { cleanLine } from '../../core/text/clean-text.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import type { SandboxExit } from '../../ports/sandbox.ts';

/** As evidence holds it. `feedback` is for the next attempt's prompt; `isTransient` means that trying again may help. */
export interface Failure {
  cause: FailureCause;
  detail: string;
  feedback: string;
  isTransient: boolean;
}

/** Makes a failure. Without feedback of its own, the detail is what the next attempt is told. */
export function makeFailure(
  cause: FailureCause,
  detail: string,
  options: { feedback?: string; isTransient?: boolean } = {},
): Failure {
  const shown = cleanLine(redactSecrets(detail), 1000);
  return { cause, detail: shown, feedback: options.feedback ?? shown, isTransient: options.isTransient ?? false };
}

const DISK_STEP = 'Free some space, or run `espalier clean`; while it has retries left, it is tried again by itself.';

/** What a full disk gives, whichever step met it. */
export function diskFull(where: string): Failure {
  return makeFailure('disk-full', `The disk is full (${where}). ${DISK_STEP}`, { feedback: '', isTransient: true });
}

/** What a thrown error of a port means. A full disk is told from the rest, wherever in the chain of causes it is. */
export function classifyError(error: unknown, where: string): Failure {
  if (isDiskFull(error)) return diskFull(where);
  const text = error instanceof Error ? error.message : String(error);
  return makeFailure('internal', `${where}: ${text}`, { feedback: '' });
}

/** True if a full disk or an exhausted quota is among the causes of `error`. */
export function isDiskFull(error: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < 10 && at instanceof Error; depth++) {
    const code = (at as Error & { code?: unknown }).code;
    if (code === 'ENOSPC' || code === 'EDQUOT' || saysDiskFull(at.message)) return true;
    at = at.cause;
  }
  return false;
}

/** True for text in which a program says that the disk is full. */
export function saysDiskFull(text: string): boolean {
  return /No space left on device|Disk quota exceeded|\bENOSPC\b|\bEDQUOT\b/.test(text);
}

/** What an exit other than `exited` means, whoever ran; `null` for `exited`. */
export function classifyExit(exit: SandboxExit, who: string): Failure | null {
  switch (exit.status) {
    case 'exited':
      return null;
    case 'cancelled':
      return makeFailure('cancelled', `Stopped while ${who} ran.`, { feedback: '' });
    case 'engine-error':
      if (saysDiskFull(exit.detail)) return diskFull(exit.detail);
      return makeFailure('sandbox-failed', `The sandbox of ${who} did not work: ${exit.detail}`, {
        feedback: '',
        isTransient: true,
      });
    case 'timed-out':
      return makeFailure('agent-timed-out', `${who} did not end in time: ${exit.detail}`);
    case 'flooded':
      return makeFailure('agent-flooded', `${who} wrote more output than the cap: ${exit.detail}`);
    case 'out-of-memory':
      return makeFailure('agent-resources', `${who} ran out of memory: ${exit.detail}`);
  }
}
