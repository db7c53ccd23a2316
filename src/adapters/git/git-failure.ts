/** Errors of this adapter: what failed, on what, why, and what to do next, with nothing hostile in the text. */

/** Something that git could not do. `code` is `ENOSPC` when the disk is full, else absent. */
export class GitFailure extends Error {
  override name = 'GitFailure';
  readonly code?: string;

  constructor(message: string, options?: { cause?: unknown; code?: string | undefined }) {
    super(message, options && 'cause' in options ? { cause: options.cause } : undefined);
    if (options?.code !== undefined) this.code = options.code;
  }
}

/** Text that a program or a file name supplied, as one line without control characters, cut at `limit` characters. */
export function quoteForPerson(text: string, limit = 600): string {
  const line = text
    .trim()
    .replace(/\s*\n\s*/g, '; ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')
    .replace(/[\ud800-\udfff]/gu, '?');
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

const DISK_FULL = /No space left on device|Disk quota exceeded/;
const MISSING_OBJECT =
  /missing (?:blob|tree|object)|unable to read (?:sha1 file|tree|blob)|bad object|could not fetch/i;

/** True if what git wrote says that the disk is full. */
export function saysDiskFull(stderr: string): boolean {
  return DISK_FULL.test(stderr);
}

/** The error for a git process that failed: `what` is the subject and verb, as in `reading branch 'main'`. */
export function failureOf(what: string, exit: { exitCode: number | null; stderr: string }): GitFailure {
  const because = quoteForPerson(exit.stderr) || `git ended with code ${exit.exitCode ?? 'unknown'}`;
  return new GitFailure(`Git failed while ${what}: ${because}. ${nextStepFor(exit.stderr)}`, {
    code: saysDiskFull(exit.stderr) ? 'ENOSPC' : undefined,
  });
}

function nextStepFor(stderr: string): string {
  if (saysDiskFull(stderr)) return 'Free some disk space and run the same command again.';
  if (MISSING_OBJECT.test(stderr))
    return "Objects are missing: run 'git fetch --refetch --no-filter' in a partial clone, 'git fsck' in any other.";
  if (/\.lock'?: File exists/.test(stderr))
    return 'Another git process is at work there, or one died: remove the lock file that is named once none runs.';
  return "Run 'git fsck' in the repository if this repeats.";
}
