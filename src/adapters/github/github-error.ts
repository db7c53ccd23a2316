/** The one error that this adapter throws, and how its text is made safe. */
import { escapeText } from '../../core/report/escape-text.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import type { Forbidden } from '../../ports/hosted-forge.ts';
import type { Ending, Failure } from './retry-rules.ts';

const MAX_MESSAGE_LENGTH = 300;

/** Something that GitHub did not do: what, on what, why and what next. Holds no headers and no token. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';
  readonly ending: Ending;
  /** GitHub's own words, escaped and cut. */
  readonly because: string;
  readonly status: number | null;

  constructor(what: string, facts: { ending: Ending; because: string; status?: number | null; cause?: unknown }) {
    super(
      `${what} failed: ${facts.because}. ${nextStep(facts.ending)}`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.ending = facts.ending;
    this.because = facts.because;
    this.status = facts.status ?? null;
  }

  /** Time may cure it. */
  get isTransient(): boolean {
    return this.ending.kind === 'later';
  }

  /** What the installation may not do; `null` if that is not what is wrong. */
  get forbidden(): Forbidden | null {
    return this.ending.kind === 'forbidden' ? { permission: this.ending.permission, because: this.because } : null;
  }

  /** Earliest time at which trying again makes sense, in milliseconds since the epoch; `null` if time cures nothing. */
  get notBeforeMs(): number | null {
    return this.ending.kind === 'later' ? this.ending.notBeforeMs : null;
  }
}

/** What GitHub wrote, in one line without a token and at most 300 characters, without a full stop at its end. */
export function describeFailure(failure: Failure, secrets: readonly string[]): string {
  const said = cleanMessage(failure.message, secrets);
  if (failure.status !== null) return said === '' ? `status ${failure.status}` : `${said} (status ${failure.status})`;
  return failure.type === null ? said : `${said} (${cleanMessage(failure.type, [])})`;
}

/** Text of any origin, fit for an error, a log and an outcome. */
export function cleanMessage(text: string, secrets: readonly string[]): string {
  // Redacted before it is cut: half a token is no longer found, and still a token's half.
  const redacted = redactSecrets(text.slice(0, 20_000), secrets);
  return escapeText(redacted.trim().replace(/[.\s]+$/, ''), MAX_MESSAGE_LENGTH);
}

function nextStep(ending: Ending): string {
  switch (ending.kind) {
    case 'later':
      return ending.isLimit
        ? `It is a limit; the same is worth trying again from ${new Date(ending.notBeforeMs).toISOString()} on.`
        : 'Try the same again; see https://www.githubstatus.com if it repeats.';
    case 'forbidden':
      return ending.permission === null
        ? "Compare the app's permissions with those that its manifest asks for."
        : `Accept the permission '${escapeText(ending.permission, 120)}' for the app's installation.`;
    case 'elsewhere':
      return 'Something moved meanwhile: look again.';
    case 'gone':
      return 'See whether it was deleted, moved, or taken out of what the app may see.';
    case 'unauthorized':
      return "Compare the app's id and private key with those in its settings.";
    case 'refused':
      return 'The same again would be refused again.';
  }
}
