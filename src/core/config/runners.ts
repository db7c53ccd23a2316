/** Which runners the plans of a repository may ask for. A plan is written in an issue; this stands on the base. */
import type { Checked } from '../ids.ts';
import { compileGlob, matchesGlob } from '../plan/glob.ts';
import { MAX_LABEL_LENGTH, MAX_RUNNER_LABELS } from '../plan/runner-label.ts';
import { checkedText, listOf, type ValueReader } from '../plan/read-values.ts';
import { BUILT_IN_RUNNERS } from './defaults.ts';

/** Runners that may be asked for; each is the globs of the labels of one, without regard to case as on the forge. */
export type RunnerPolicy = readonly (readonly string[])[];

const LABEL_GLOB = /^[A-Za-z0-9*][A-Za-z0-9_.*-]*$/;

function readLabelGlob(text: string): Checked<string> {
  if (text.length <= MAX_LABEL_LENGTH && LABEL_GLOB.test(text) && !text.includes('**'))
    return { ok: true, value: text };
  return {
    ok: false,
    because: "a runner's label has letters, digits, '_', '.' and '-', and here '*' for any of them, such as 'gpu-*'",
  };
}

const readRunner: ValueReader<string[]> = (value, name, problems) => {
  const globs = listOf(checkedText(readLabelGlob))(value, name, problems);
  if (globs === undefined || (globs.length > 0 && globs.length <= MAX_RUNNER_LABELS)) return globs;
  if (globs.length > 0)
    problems.error(
      'bad-value',
      value.at,
      `'${name}' has a runner of ${globs.length} labels; at most ${MAX_RUNNER_LABELS} are read`,
    );
  return undefined;
};

/** Reads `github.runners`: a list whose items are a label, or the list of all labels of one runner. */
export const readRunners: ValueReader<string[][]> = (value, name, problems) =>
  listOf(readRunner)(value, name, problems);

/**
 * True if the labels are those of a runner that may be asked for: every label is one of it, and every one of it is
 * there. Fewer labels would be met by more runners than were meant.
 */
export function isRunnerAllowed(labels: readonly string[], policy: RunnerPolicy): boolean {
  return policy.some(
    (globs) =>
      labels.every((label) => globs.some((glob) => matchesLabel(glob, label))) &&
      globs.every((glob) => labels.some((label) => matchesLabel(glob, label))),
  );
}

function matchesLabel(glob: string, label: string): boolean {
  const compiled = compileGlob(glob.toLowerCase());
  return compiled.ok && matchesGlob(compiled.value, label.toLowerCase());
}

/** What of the configuration would allow a runner, as it is written there; a clause without a full stop. */
export function howToAllowRunner(labels: readonly string[], policy: RunnerPolicy): string {
  const wanted = writeRunner(labels);
  return policy.length === BUILT_IN_RUNNERS.length
    ? `write 'github: {runners: [${wanted}]}'`
    : `add '- ${wanted}' to the list 'runners' under 'github'`;
}

/** Labels as YAML writes them: `ubuntu-latest`, `[self-hosted, gpu]`. */
export function writeRunner(labels: readonly string[]): string {
  return labels.length === 1 ? (labels[0] ?? '') : `[${labels.join(', ')}]`;
}
