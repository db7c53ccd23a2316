/** The rows of a status comment: one task each, with its bar, its score and what is waited for. */
import type { TaskView } from '../../reconcile/view.ts';
import { formatScore, shortSha } from '../amounts.ts';
import { renderBar } from '../plan-rows.ts';
import { UNICODE_GLYPHS } from '../task-words.ts';
import { describeReason } from './attention.ts';
import { firstLine, listIds, STATE_SIGNS } from './hosted-words.ts';
import { code, link, say, type Markdown, prose } from './markdown.ts';
import { pullLink, stoppedRoots } from './next-step.ts';
import { isKeptByProposal, isNotAskedFor, liveDispatch, type PlanScene, pullNumber } from './scene.ts';

/** Heads of the columns. */
export const STATUS_COLUMNS: readonly string[] = ['Task', 'State', 'Progress', 'Review', 'Attempt', 'PR', 'Now'];

const BAR_CELLS = 10;
const MAX_TITLE = 70;
const MAX_NOW = 140;

/** The cells of one task, in the order of {@link STATUS_COLUMNS}. */
export function statusCells(scene: PlanScene, task: TaskView): Markdown[] {
  const pull = pullNumber(scene, task.id);
  const share = shareOf(scene, task);
  const title = task.title === '' || task.title === task.id ? say`` : say`<br>${prose(task.title, MAX_TITLE)}`;
  return [
    say`${code(task.id)}${title}`,
    say`${STATE_SIGNS[task.state]}&nbsp;${task.state}`,
    share === null ? say`` : { markdown: `\`${renderBar(share, BAR_CELLS, UNICODE_GLYPHS)}\`` },
    task.score === null ? say`–` : say`${formatScore(task.score)}`,
    attemptWord(task),
    pull === null ? say`–` : pullLink(pull),
    describeNow(scene, task),
  ];
}

function attemptWord({ attempt, attemptsAllowed }: TaskView): Markdown {
  if (attempt === 0) return say`–`;
  return attemptsAllowed > 1 ? say`${attempt}/${attemptsAllowed}` : say`${attempt}`;
}

/** Share of the way, 0 to 1, from stages that were passed; `null` for a task that has stopped on the way. */
function shareOf(scene: PlanScene, { id, state }: TaskView): number | null {
  switch (state) {
    case 'waiting':
    case 'held':
      return 0;
    case 'running': {
      const dispatch = liveDispatch(scene, id);
      return dispatch?.run == null ? 0.1 : dispatch.begunAt === null ? 0.2 : 0.3;
    }
    case 'queued':
      return 0.7;
    case 'trying':
      return 0.8;
    case 'landing':
      return 0.9;
    case 'landed':
      return 1;
    case 'failed':
    case 'cancelled':
      return null;
  }
}

/** What happens at this moment, or what is waited for and on whom. */
function describeNow(scene: PlanScene, task: TaskView): Markdown {
  if (task.state === 'landed') return task.landedSha === null ? say`` : say`as ${code(shortSha(task.landedSha))}`;
  if (task.state === 'running' || task.state === 'trying') return describeRun(scene, task);
  if (task.state === 'failed')
    return describeReason(firstLine(task.lastFailure ?? task.waiting?.because ?? ''), MAX_NOW);
  if (task.state === 'held') {
    const roots = stoppedRoots(scene, task.id);
    return roots.length === 0 ? say`` : say`${listIds(roots, 4)} did not land`;
  }
  if (task.state === 'waiting') {
    if (scene.record.obstacle !== null) return say`the plan cannot go on`;
    if (isKeptByProposal(scene, task)) return say`its text was edited: not approved yet`;
    if (isNotAskedFor(scene, task)) return say`not asked for`;
  }
  if (task.waiting === null) return say``;
  if (task.waiting.kind === 'task' && task.waiting.on.length > 0) return say`needs ${listIds(task.waiting.on, 4)}`;
  return prose(firstLine(task.waiting.because), MAX_NOW);
}

function describeRun(scene: PlanScene, task: TaskView): Markdown {
  const dispatch = liveDispatch(scene, task.id);
  const what = task.state === 'trying' ? say`tests on the tip` : say`attempt ${task.attempt}`;
  if (dispatch === null || dispatch.run === null) return say`${what} is being dispatched`;
  const run = link(say`run`, dispatch.run.url);
  const status = scene.runs.get(dispatch.nonce)?.status ?? null;
  if (dispatch.begunAt === null && status !== 'running') return say`${what} waits for a runner (${run})`;
  return status === 'completed' ? say`${what} has ended (${run}); its result is read` : say`${what} (${run})`;
}
