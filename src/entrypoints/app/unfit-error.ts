/** The machine does not let the App start: a port that is taken, a folder that cannot be written to. */

/** Its message says what failed and what to do; there is no defect to look for. */
export class UnfitError extends Error {
  override name = 'UnfitError';
}
