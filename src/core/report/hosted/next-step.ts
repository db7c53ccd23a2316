/** Who moves a task on, and how: what a comment on the forge can say of it. */
import type { TaskId } from '../../brand.ts';
import type { TaskView, Waiting } from '../../reconcile/view.ts';
import { listIds, minuteOf, sentence, withCommand } from './hosted-words.ts';
import { code, md, type Markdown } from './markdown.ts';
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
      words: md`
It has landed; nothing is left to do.
      `,
      command: null,
    };
  if (obstacle !== null)
    return person(
      md`The whole plan waits: ${sentence(obstacle.because)} ${withCommand(obstacle.next)}`,
      '/espalier run',
    );
  switch (task.state) {
    case 'failed':
      return person(
        md`
Its attempts are used up. Look at the reason, then give it a fresh start.
        `,
        `/espalier retry ${task.id}`,
      );
    case 'cancelled':
      return person(
        md`
A person stopped it. It stays so until somebody starts it again.
        `,
        `/espalier retry ${task.id}`,
      );
    case 'held':
      return heldStep(scene, task);
    case 'running':
      return espalier(md`A run is at work on attempt ${task.attempt}.`);
    case 'trying':
      return espalier(md`It is being tested, merged onto the tip of ${scene.view.target}.`);
    case 'landing':
      return espalier(md`${scene.view.target} is being moved.`);
    case 'waiting':
      return waitingStep(scene, task);
    case 'queued':
      return queuedStep(scene, task);
  }
}

function waitingStep(scene: PlanScene, task: TaskView): NextStep {
  if (isKeptByProposal(scene, task))
    return person(
      md`
The plan's text was edited; what changed is not started before it is approved.
      `,
      '/espalier approve',
    );
  if (isNotAskedFor(scene, task))
    return person(
      md`
Nobody has asked for this task yet.
      `,
      `/espalier run ${task.id}`,
    );
  return waitStep(scene, task, task.waiting);
}

function queuedStep(scene: PlanScene, task: TaskView): NextStep {
  const { waiting } = task;
  if (waiting?.kind !== 'person') return waitStep(scene, task, waiting);
  const asksReview = task.gate?.rules.some(
    (rule) => (rule.rule === 'approvals' || rule.rule === 'conversation') && rule.status === 'pending',
  );
  if (asksReview !== true)
    return person(md`${sentence(waiting.because)} Put that right, then have it tried again.`, '/espalier run');
  const pull = pullNumber(scene, task.id);
  return person(
    pull === null
      ? md`
Approve its pull request.
        `
      : md`Review pull request ${pullLink(pull)}.`,
    null,
  );
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
      return espalier(md`
It is started as soon as a place is free.
      `);
    case 'queue':
      return espalier(md`
It waits for its turn to land.
      `);
    case 'task':
      return espalier(
        md`It is started when ${listIds(waiting.on)} ${waiting.on.length === 1 ? 'has' : 'have'} landed.`,
      );
    case 'lock':
      return espalier(md`${sentence(waiting.because)} It is started when that has landed.`);
    case 'backoff':
      return espalier(
        waiting.untilMs === null
          ? md`${sentence(waiting.because)}`
          : md`${sentence(waiting.because)} Next try: ${minuteOf(waiting.untilMs)}.`,
      );
    case 'forge':
      return person(
        md`The forge refused: ${sentence(waiting.because)} Put that right, then have it tried again.`,
        '/espalier run',
      );
    case 'pause':
      return person(
        md`
The plan is paused.
        `,
        '/espalier resume',
      );
    case 'freeze':
      return person(md`${scene.view.target} is frozen. Look at the reason, then open it again.`, '/espalier thaw');
    case 'budget':
      return person(
        md`
The budget is used up. Raise it in the text of the plan, then accept that.
        `,
        '/espalier approve',
      );
    case 'person':
      return person(md`${sentence(waiting.because)}`, `/espalier retry ${task.id}`);
  }
}

function heldStep(scene: PlanScene, task: TaskView): NextStep {
  const roots = stoppedRoots(scene, task.id);
  const [first] = roots;
  if (first === undefined)
    return espalier(md`
It is started when what it needs has landed.
    `);
  return person(md`It needs ${listIds(roots)}, which did not land.`, `/espalier retry ${first}`);
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

/** A step as one line: what, and the command in code. */
export function renderStep(step: NextStep): Markdown {
  const who =
    step.who === 'person'
      ? md`
**A person acts:**
        `
      : step.who === 'espalier'
        ? md`
**Espalier acts:**
          `
        : md``;
  const how = step.command === null ? md`` : md` Comment ${code(step.command)}.`;
  return md`${who}${step.words}${how}`;
}

function person(words: Markdown, command: string | null): NextStep {
  return { who: 'person', words, command };
}

function espalier(words: Markdown): NextStep {
  return { who: 'espalier', words, command: null };
}
