/** A refusal that a person can act on: the exit code and the text. Anything else that is thrown is a defect. */
import type { ExitName } from '../../core/report/exit-codes.ts';

/** Thrown by commands to end with a message and an exit code, without a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitName;
  /** The exact next step; printed on a line of its own. `null` if the message says it all. */
  readonly next: string | null;

  /** `message` says what failed, on what and why. */
  constructor(exit: ExitName, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exit = exit;
    this.next = options.next ?? null;
  }
}
