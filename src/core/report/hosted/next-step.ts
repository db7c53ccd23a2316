/** Who moves a task on, and how: what a comment on the forge can say of it. */
import type { TaskId } from '../../brand.ts';
import { ON_HOLD } from '../../gate/rules/conversation.ts';
import type { TaskView, Waiting } from '../../reconcile/view.ts';
import { listIds, minuteOf, sentence, withCommand } from './hosted-words.ts';
import { code, say, type Markdown } from './markdown.ts';
import { isKeptByProposal, isNotAskedFor, type PlanScene, pullNumber } from './scene.ts';

/** Who acts next on a task. */
export interface NextStep {
  who: 'nobody' | 'espalier' | 'person';
  /** What happens, or what is to be done; one sentence. */
  words: Markdown;
  /** The command that does it; `null` where none does. */
  command: string | null;
}

/** Who acts next on a task, and how. */
export function nextStepOf(scene: PlanScene, task: TaskView): NextStep {
  const { obstacle } = scene.record;
  if (task.state === 'landed')
    return {
      who: 'nobody',
      words: say`It has landed; nothing is left to do.`,
      command: null,
    };
  if (obstacle !== null)
    return person(
      say`The whole plan waits: ${sentence(obstacle.because)} ${withCommand(obstacle.next)}`,
      '/espalier run',
    );
  switch (task.state) {
    case 'failed':
      return person(
        say`Its attempts are used up. Look at the reason, then give it a fresh start.`,
        `/espalier retry ${task.id}`,
      );
    case 'cancelled':
      return person(
        say`A person stopped it. It stays so until somebody starts it again.`,
        `/espalier retry ${task.id}`,
      );
    case 'held':
      return heldStep(scene, task);
    case 'running':
      return espalier(say`A run is at work on attempt ${task.attempt}.`);
    case 'trying':
      return espalier(say`It is being tested, merged onto the tip of ${scene.view.target}.`);
    case 'landing':
      return espalier(say`${scene.view.target} is being moved.`);
    case 'waiting':
      return waitingStep(scene, task);
    case 'queued':
      return queuedStep(scene, task);
  }
}

function waitingStep(scene: PlanScene, task: TaskView): NextStep {
  if (isKeptByProposal(scene, task))
    return person(
      say`The plan's text was edited; what changed is not started before it is approved.`,
      '/espalier approve',
    );
  if (isNotAskedFor(scene, task)) return person(say`Nobody has asked for this task yet.`, `/espalier run ${task.id}`);
  return waitStep(scene, task, task.waiting);
}

function queuedStep(scene: PlanScene, task: TaskView): NextStep {
  const { waiting } = task;
  if (waiting?.kind !== 'person') return waitStep(scene, task, waiting);
  const isOnHold = task.gate?.rules.some(({ found, because }) => found === ON_HOLD && because === waiting.because);
  if (isOnHold === true) return person(say`${sentence(waiting.because)} Put that back, and it goes on.`, null);
  const asksReview = task.gate?.rules.some(
    (rule) => (rule.rule === 'approvals' || rule.rule === 'conversation') && rule.status === 'pending',
  );
  if (asksReview !== true)
    return person(say`${sentence(waiting.because)} Put that right, then have it tried again.`, '/espalier run');
  const pull = pullNumber(scene, task.id);
  return person(pull === null ? say`Approve its pull request.` : say`Review pull request ${pullLink(pull)}.`, null);
}

/** A reference that GitHub shows as a link. */
export function pullLink(pull: number): Markdown {
  return { markdown: `#${pull}` };
}

function waitStep(scene: PlanScene, task: TaskView, waiting: Waiting | null): NextStep {
  switch (waiting?.kind) {
    case undefined:
    case 'work':
    case 'slot':
      return espalier(say`It is started as soon as a place is free.`);
    case 'queue':
      return espalier(say`${sentence(waiting.because)}`);
    case 'task':
      return espalier(
        say`It is started when ${listIds(waiting.on)} ${waiting.on.length === 1 ? 'has' : 'have'} landed.`,
      );
    case 'lock':
      return espalier(say`${sentence(waiting.because)} It is started when that has landed.`);
    case 'backoff':
      return espalier(
        waiting.untilMs === null
          ? say`${sentence(waiting.because)}`
          : say`${sentence(waiting.because)} Next try: ${minuteOf(waiting.untilMs)}.`,
      );
    case 'forge':
      return person(
        say`The forge refused: ${sentence(waiting.because)} Put that right, then have it tried again.`,
        '/espalier run',
      );
    case 'pause':
      return person(say`The plan is paused.`, '/espalier resume');
    case 'freeze':
      return person(say`${scene.view.target} is frozen. Look at the reason, then open it again.`, '/espalier thaw');
    case 'budget':
      return person(
        say`The budget is used up. Raise it in the text of the plan, then accept that.`,
        '/espalier approve',
      );
    case 'person':
      return person(say`${sentence(waiting.because)}`, `/espalier retry ${task.id}`);
  }
}

function heldStep(scene: PlanScene, task: TaskView): NextStep {
  const roots = stoppedRoots(scene, task.id);
  const [first] = roots;
  if (first === undefined) return espalier(say`It is started when what it needs has landed.`);
  return person(say`It needs ${listIds(roots)}, which did not land.`, `/espalier retry ${first}`);
}

/** Tasks that have stopped for good and hold this one up, directly or not, in the order of the plan. */
export function stoppedRoots({ view, ledger }: PlanScene, task: TaskId): TaskId[] {
  const needs = new Map(ledger.plan.tasks.map((each) => [each.id, each.needs]));
  const seen = new Set<TaskId>();
  const open = [task];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const need of needs.get(next) ?? []) {
      if (seen.has(need)) continue;
      seen.add(need);
      open.push(need);
    }
  return view.tasks
    .filter((each) => seen.has(each.id) && (each.state === 'failed' || each.state === 'cancelled'))
    .map((each) => each.id);
}

const ACTORS: Readonly<Record<NextStep['who'], string>> = {
  nobody: '',
  espalier: '**Espalier acts:** ',
  person: '**A person acts:** ',
};

/** A step as one line: who, what, and the command in code. */
export function renderStep({ who, words, command }: NextStep): Markdown {
  const how = command === null ? say`` : say` Comment ${code(command)}.`;
  return say`${{ markdown: ACTORS[who] }}${words}${how}`;
}

function person(words: Markdown, command: string | null): NextStep {
  return { who: 'person', words, command };
}

function espalier(words: Markdown): NextStep {
  return { who: 'espalier', words, command: null };
}
