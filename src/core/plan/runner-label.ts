/** Labels of runners: plain words, since they come into workflows. */
import type { Checked } from '../ids.ts';

/** Most labels of one runner. */
export const MAX_RUNNER_LABELS = 8;
/** Longest label, in characters. */
export const MAX_LABEL_LENGTH = 64;

const LABEL = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Reads one label of a runner. */
export function readRunnerLabel(text: string): Checked<string> {
  if (text.length <= MAX_LABEL_LENGTH && LABEL.test(text)) return { ok: true, value: text };
  return {
    ok: false,
    because: `a runner's label has letters, digits, '_', '.' and '-', a letter or digit first, at most ${MAX_LABEL_LENGTH} characters, and no expression`,
  };
}
