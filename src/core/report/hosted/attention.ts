/** What of a plan waits for a person: what it is, and the command that helps. The comment begins with it. */
import type { TaskId } from '../../brand.ts';
import type { TaskView } from '../../reconcile/view.ts';
import { countOf } from '../amounts.ts';
import { firstLine, listIds, minuteOf, sentence, withCommand } from './hosted-words.ts';
import { code, link, type Markdown, prose, say } from './markdown.ts';
import { nextStepOf, pullLink, stoppedRoots } from './next-step.ts';
import { isKeptByProposal, liveDispatch, type PlanScene, pullNumber } from './scene.ts';

/** One thing that waits for a person. */
export interface Attention {
  words: Markdown;
  /** To be given as a comment; `null` where no command helps. */
  command: string | null;
}

/** A task whose run has given no sign for longer than the configuration allows. */
export interface StuckTask {
  task: TaskId;
  /** Last sign, milliseconds since the epoch. */
  sinceMs: number;
}

/** Everything that waits for a person, what concerns the whole plan first. */
export function listAttention(scene: PlanScene, stuck: readonly StuckTask[]): Attention[] {
  return [
    ...listPlanAttention(scene),
    ...listHeldRuns(scene),
    ...listTaskAttention(scene),
    ...stuck.map((each) => describeStuck(scene, each)),
  ];
}

/** Of more runs than this of one task the first are linked. */
const MAX_HELD_RUNS = 5;

/** Runs that a person has to approve, of the tasks that wait for what they say. */
function listHeldRuns(scene: PlanScene): Attention[] {
  return scene.view.tasks.flatMap((task): Attention[] => {
    const held = scene.heldRuns?.get(task.id) ?? [];
    const waits = task.gate?.rules.some(({ rule, status }) => rule === 'checks' && status === 'pending') === true;
    if (held.length === 0 || !waits || task.state === 'landed') return [];
    const links = held.slice(0, MAX_HELD_RUNS).map(({ workflow, url }) => link(prose(workflow, 60), url).markdown);
    const words = say`${nameTask(scene, task)} waits for checks that have not begun: GitHub holds back ${{ markdown: links.join(', ') }}, since the token of a job opened the pull request. Somebody with write permission has to click **Approve workflows to run** there.`;
    return [{ words, command: null }];
  });
}

function listPlanAttention(scene: PlanScene): Attention[] {
  const { view, record } = scene;
  const items: Attention[] = [];
  if (record.obstacle !== null)
    items.push({
      words: say`**The plan cannot go on.** ${prose(sentence(record.obstacle.because), 600)} ${withCommand(record.obstacle.next)}`,
      command: '/espalier run',
    });
  if (view.frozen !== null)
    items.push({
      words: say`**${code(view.target)} is frozen**, since ${minuteOf(view.frozen.at)}: ${prose(sentence(view.frozen.because), 400)} Nothing lands on it, from any plan.`,
      command: '/espalier thaw',
    });
  if (view.paused !== null)
    items.push({
      words: say`**Paused** by ${view.paused.by} since ${minuteOf(view.paused.at)}. What runs is left to end; nothing more is started or landed.`,
      command: '/espalier resume',
    });
  if (record.proposed !== null) items.push(describeProposal(scene));
  if (view.final.status === 'failed')
    items.push({
      words: say`**The final tests failed** on the whole of what has landed.`,
      command: '/espalier run',
    });
  return items;
}

function describeProposal({ record }: PlanScene): Attention {
  const { proposed } = record;
  if (proposed === null) return { words: say``, command: null };
  if (proposed.revision === null)
    return {
      words: say`**The issue was edited**, and its text is no plan any more, so nothing new is started. Mend the text; this shows what is wrong with it.`,
      command: '/espalier check',
    };
  const parts = [
    ...(proposed.changed.length > 0 ? [say`changed: ${listIds(proposed.changed, 10)}`] : []),
    ...(proposed.added.length > 0 ? [say`added: ${listIds(proposed.added, 10)}`] : []),
    ...(proposed.removed.length > 0 ? [say`removed: ${listIds(proposed.removed, 10)}`] : []),
    ...(proposed.isFrameChanged ? [say`changed around the tasks: title, base, budget or final tests`] : []),
  ];
  const list = { markdown: parts.map((part) => part.markdown).join('; ') };
  return {
    words: say`**The issue was edited** after the plan was accepted (${list}). The work goes on by the accepted text; what the edit touches is not started until it is approved.`,
    command: '/espalier approve',
  };
}

function listTaskAttention(scene: PlanScene): Attention[] {
  return scene.view.tasks.flatMap((task): Attention[] => {
    if (task.state === 'failed' || task.state === 'cancelled') return [describeStopped(scene, task)];
    if (task.state !== 'queued' && task.state !== 'waiting') return [];
    // Said once for the plan already.
    const kind = task.waiting?.kind;
    if (kind === 'pause' || kind === 'freeze' || scene.record.obstacle !== null || isKeptByProposal(scene, task))
      return [];
    if (kind !== 'person' && kind !== 'forge' && kind !== 'budget') return [];
    const step = nextStepOf(scene, task);
    const because = kind === 'budget' ? say` ${prose(sentence(task.waiting?.because ?? ''), 300)}` : say``;
    return [{ words: say`${nameTask(scene, task)} waits.${because} ${step.words}`, command: step.command }];
  });
}

/** A task that only a person starts again. */
export function describeStopped(scene: PlanScene, task: TaskView): Attention {
  const held = scene.view.tasks
    .filter((each) => each.state === 'held' && stoppedRoots(scene, each.id).includes(task.id))
    .map((each) => each.id);
  const holds = held.length === 0 ? say`` : say` It holds up ${listIds(held)}.`;
  const reason = task.waiting?.because ?? task.lastFailure ?? '';
  const because = reason === '' ? say`` : say` ${describeReason(firstLine(reason), 300)}`;
  const how = task.state === 'cancelled' ? say`was cancelled.` : say`failed after ${countOf(task.attempt, 'attempt')}.`;
  return {
    words: say`${nameTask(scene, task)} ${how}${because}${holds}`,
    command: `/espalier retry ${task.id}`,
  };
}

function describeStuck(scene: PlanScene, { task, sinceMs }: StuckTask): Attention {
  const run = liveDispatch(scene, task)?.run ?? null;
  const where = run === null ? say`the run` : link(say`the run`, run.url);
  const starter = scene.record.accepted?.by ?? null;
  const who =
    starter === null ? say`Somebody with write permission` : say`**${starter}**, or anybody with write permission,`;
  return {
    words: say`${code(task)} has given no sign since ${minuteOf(sinceMs)}. ${who} can look at ${where}, and stop it; ${code(`/espalier retry ${task}`)} starts the task again after that.`,
    command: `/espalier cancel ${task}`,
  };
}

function nameTask(scene: PlanScene, task: TaskView): Markdown {
  const pull = pullNumber(scene, task.id);
  return pull === null ? code(task.id) : say`${code(task.id)} (${pullLink(pull)})`;
}

/** A reason as a sentence; the word for a cause that it may begin with (`tests-failed: …`) as code. */
export function describeReason(text: string, maxLength: number): Markdown {
  const match = /^([a-z]+(?:-[a-z]+)+): (.*)$/s.exec(text);
  if (match === null) return prose(sentence(text), maxLength);
  return say`${code(match[1] ?? '')}: ${prose(sentence(match[2] ?? ''), maxLength)}`;
}

/** One item as a line of a list. */
export function renderAttention({ words, command }: Attention): string {
  return `- ${words.markdown}${command === null ? '' : ` Comment \`${command}\`.`}`;
}
