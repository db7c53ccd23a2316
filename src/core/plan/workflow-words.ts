/** Notices a task that speaks of CI or workflows although nothing allows it to change them. */
import { compileGlob, globsOverlap } from './glob.ts';
import type { ProblemList } from './problem-list.ts';
import type { TaskDraft } from './task-draft.ts';

const WORDS =
  /\bCI\/CD\b|\bCI (?:pipeline|workflow|configuration|job)s?\b|\bGitHub Actions?\b|\bGitHub workflows?\b|\.github\/workflows|\bCI\b(?= |$)/i;
const WORKFLOWS = compileGlob('.github/workflows/**');
/** No need to search a long text to its end: the hint is worth little there. */
const MAX_SEARCHED = 20_000;

/** Warns where a task's text speaks of CI and its `allow` does not reach `.github/workflows/`. */
export function warnAboutWorkflows(task: TaskDraft, problems: ProblemList): void {
  const text = [task.title, ...task.items.map((item) => item.text), task.spec].join('\n').slice(0, MAX_SEARCHED);
  const match = WORDS.exec(text);
  if (match === null || task.allow.some(({ text: glob }) => reachesWorkflows(glob))) return;
  problems.warn(
    'workflow-not-allowed',
    task.at,
    `task '${task.id.text.slice(0, 64)}' speaks of '${match[0]}', but workflow files are protected and nothing allows it to change them; ` +
      "if it should, allow '.github/workflows/**'",
  );
}

function reachesWorkflows(text: string): boolean {
  const glob = compileGlob(text);
  return glob.ok && WORKFLOWS.ok && globsOverlap(glob.value, WORKFLOWS.value) !== null;
}
