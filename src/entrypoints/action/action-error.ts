/** A failure of a step that a person can act on. Anything else that is thrown is a defect. */

/** Ends the step as failed, with the message as an annotation. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  /** The exact next step; `null` if the message says it all. */
  readonly next: string | null;

  /** `message` says what failed, on what and why. */
  constructor(message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.next = options.next ?? null;
  }
}
