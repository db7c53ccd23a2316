/** The answer to `why`: where one task stands, who acts next, and the whole gate with its reasons. */
import type { TaskView } from '../../reconcile/view.ts';
import { formatScore, shortSha } from '../amounts.ts';
import { describeReason } from './attention.ts';
import { fitDocument, type Section, whole } from './fit-document.ts';
import { gateTable, gateWords } from './gate-tree.ts';
import { listIds, minuteOf, STATE_PHRASES, STATE_SIGNS, usd } from './hosted-words.ts';
import { byteLength, code, fence, join, say, type Markdown, prose } from './markdown.ts';
import { nextStepOf, pullLink, renderStep } from './next-step.ts';
import { gatedAttempt, type PlanScene, pullNumber } from './scene.ts';

/** The explanation of one task. */
export function renderWhyAnswer(scene: PlanScene, task: TaskView, maxBytes: number): string {
  const title = task.title === '' || task.title === task.id ? say`` : say`: ${prose(task.title, 120)}`;
  return fitDocument(
    [
      whole(0, say`## ${STATE_SIGNS[task.state]} ${code(task.id)} ${STATE_PHRASES[task.state]}${title}`.markdown),
      whole(0, renderStep(nextStepOf(scene, task)).markdown),
      whole(0, `- ${join(listFacts(scene, task), '\n- ').markdown}`),
      failureSection(task),
      gateSection(scene, task),
    ],
    maxBytes,
  );
}

function listFacts(scene: PlanScene, task: TaskView): Markdown[] {
  const { waiting } = task;
  const pull = pullNumber(scene, task.id);
  return [
    ...(task.attempt === 0 ? [say`No attempt yet`] : [say`Attempt ${task.attempt} of at most ${task.attemptsAllowed}`]),
    ...(pull === null ? [] : [say`Pull request ${pullLink(pull)}`]),
    ...(task.headSha === null ? [] : [say`Head ${code(shortSha(task.headSha))}, branch ${code(task.branch)}`]),
    ...(task.landedSha === null
      ? []
      : [say`Landed as ${code(shortSha(task.landedSha))} on ${code(scene.view.target)}`]),
    ...(task.score === null ? [] : [say`Review ${formatScore(task.score)}`]),
    ...(task.attempt === 0 ? [] : [say`Spent ${usd(task.spentUsd)}`]),
    // Of a task that failed, the last failure follows in full.
    ...(waiting === null || waiting.because === task.lastFailure
      ? []
      : [say`Because: ${describeReason(waiting.because, 400)}`]),
    ...(waiting === null || waiting.on.length === 0 ? [] : [say`Waits on ${describeOthers(scene, waiting.on)}`]),
    ...(waiting?.untilMs == null ? [] : [say`Until ${minuteOf(waiting.untilMs)}`]),
  ];
}

function describeOthers({ view }: PlanScene, ids: readonly TaskView['id'][]): Markdown {
  if (ids.length > 8) return listIds(ids, 8);
  const stateOf = new Map(view.tasks.map((each) => [each.id, each.state]));
  return join(
    ids.map((id) => say`${code(id)} (${stateOf.get(id) ?? 'unknown'})`),
    ', ',
  );
}

function failureSection({ lastFailure }: TaskView): Section {
  const head = '### Last failure';
  if (lastFailure === null) return whole(1, '');
  if (!/[\r\n]/.test(lastFailure)) return whole(1, `${head}\n\n${describeReason(lastFailure, 2000).markdown}`);
  return {
    rank: 1,
    render: (room) => {
      const block = fence(lastFailure, {
        info: 'text',
        maxBytes: Math.min(room, 8000) - byteLength(head) - 2,
        keep: 'head',
      });
      return block === null ? null : `${head}\n\n${block}`;
    },
  };
}

function gateSection(scene: PlanScene, task: TaskView): Section {
  const attempt = gatedAttempt(scene, task.id);
  if (task.gate === null || attempt === null)
    return whole(
      1,
      task.attempt === 0 ? '' : say`The gate: attempt ${task.attempt} has left no evidence yet.`.markdown,
    );
  const head = say`### The gate of attempt ${attempt.attempt}: ${gateWords(task.gate)}`.markdown;
  return whole(1, `${head}\n\n${gateTable(task.gate).join('\n')}`);
}
