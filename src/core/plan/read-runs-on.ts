/** Reads which runner a task asks for. The labels come into workflows, so that only plain words are taken. */
import { checkedText, listOf, type ValueReader } from './read-values.ts';
import { MAX_RUNNER_LABELS, readRunnerLabel } from './runner-label.ts';

/** A label, or a list of labels that one runner must have all of; at least one. */
export const readRunsOn: ValueReader<string[]> = (value, name, problems) => {
  if (value.kind === 'map') {
    problems.error(
      'bad-value',
      value.at,
      `'${name}' takes the labels of a runner, found a map; a group of runners is named by a label of its own`,
    );
    return undefined;
  }
  if (value.kind === 'null' || (value.kind === 'list' && value.items.length === 0)) {
    problems.error('bad-value', value.at, `'${name}' names no runner; write a label such as 'ubuntu-latest'`);
    return undefined;
  }
  const labels = listOf(checkedText(readRunnerLabel))(value, name, problems);
  if (labels === undefined || labels.length <= MAX_RUNNER_LABELS) return labels;
  problems.error('bad-value', value.at, `'${name}' has ${labels.length} labels; at most ${MAX_RUNNER_LABELS} are read`);
  return undefined;
};
