/** What the shell of a hosted forge is told beside the plan: which workflow it dispatches, how it lands, how long it waits. */

/** How the repository wants its base moved; `auto` takes the strongest way that its rules allow. */
export type LandingSetting = 'auto' | 'merge' | 'squash' | 'rebase' | 'fast-forward';

/** Settings of one repository. Times are in milliseconds. */
export interface HostedConfig {
  /** File name of the workflow whose runs do the work, on the default branch. */
  workflow: string;
  landing: LandingSetting;
  /** Attempts at once; `null` leaves it to the shell. */
  maxParallel: number | null;
  /** Ids of the bots that are obeyed. */
  allowedBotIds: readonly number[];
  /** Legs of one run: three jobs each have to fit into the forge's limit on jobs. */
  maxLegs: number;
  /** Until when a process may do what it wrote down; every request of an effect must have ended by then. */
  leaseMs: number;
  /** A run that has not begun by then is given up. */
  startTimeoutMs: number;
  /** A run that the forge does not know is believed to be gone only so long after it was asked for. */
  missingGraceMs: number;
  /** What a run left is waited for so long after it is seen to be over: reads may be a little behind. */
  receiptGraceMs: number;
  /** First wait after the forge would not dispatch, then doubled up to `maxBackoffMs`. Also that of `decide`. */
  backoffMs: number;
  maxBackoffMs: number;
  /** A task without a sign for so long is named to the person who can act. */
  stuckAfterMs: number;
  /** Set for a process that has nothing but the token of a job of Actions. */
  hasJobToken: boolean;
  /** Set where no server listens: what is told but once, such as a click on a button, is told to nobody. */
  isServerless: boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What holds where a repository says nothing. */
export const HOSTED_DEFAULTS: HostedConfig = {
  workflow: 'espalier-dispatch.yml',
  landing: 'auto',
  maxParallel: null,
  allowedBotIds: [],
  // 256 jobs of a matrix run, three for each leg, and one that plans.
  maxLegs: 85,
  leaseMs: MINUTE,
  startTimeoutMs: 30 * MINUTE,
  missingGraceMs: 5 * MINUTE,
  receiptGraceMs: 30 * SECOND,
  backoffMs: 30 * SECOND,
  maxBackoffMs: 15 * MINUTE,
  stuckAfterMs: 60 * MINUTE,
  hasJobToken: false,
  isServerless: false,
};
