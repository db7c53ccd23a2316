/** The answer to `why`: where one task stands, who acts next, and the whole gate with its reasons. */
import type { TaskView } from '../../reconcile/view.ts';
import { formatScore, shortSha } from '../amounts.ts';
import { fitDocument, type Section, whole } from './fit-document.ts';
import { gateTable, gateWords } from './gate-tree.ts';
import { listIds, minuteOf, STATE_SIGNS, usd } from './hosted-words.ts';
import { byteLength, code, fence, join, md, type Markdown, prose } from './markdown.ts';
import { nextStepOf, pullLink, renderStep } from './next-step.ts';
import { gatedAttempt, type PlanScene, pullNumber } from './scene.ts';

/** The explanation of one task. */
export function renderWhyAnswer(scene: PlanScene, task: TaskView, maxBytes: number): string {
  const title = task.title === '' || task.title === task.id ? md`` : md`: ${prose(task.title, 120)}`;
  return fitDocument(
    [
      whole(0, md`## ${STATE_SIGNS[task.state]} ${code(task.id)} is ${task.state}${title}`.markdown),
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
    ...(task.attempt === 0
      ? [
          md`
No attempt yet
          `,
        ]
      : [md`Attempt ${task.attempt} of at most ${task.attemptsAllowed}`]),
    ...(pull === null ? [] : [md`Pull request ${pullLink(pull)}`]),
    ...(task.headSha === null ? [] : [md`Head ${code(shortSha(task.headSha))}, branch ${code(task.branch)}`]),
    ...(task.landedSha === null ? [] : [md`Landed as ${code(shortSha(task.landedSha))} on ${code(scene.view.target)}`]),
    ...(task.score === null ? [] : [md`Review ${formatScore(task.score)}`]),
    ...(task.attempt === 0 ? [] : [md`Spent ${usd(task.spentUsd)}`]),
    ...(waiting === null ? [] : [md`Because: ${prose(waiting.because, 400)}`]),
    ...(waiting === null || waiting.on.length === 0 ? [] : [md`Waits on ${describeOthers(scene, waiting.on)}`]),
    ...(waiting?.untilMs == null ? [] : [md`Until ${minuteOf(waiting.untilMs)}`]),
  ];
}

function describeOthers({ view }: PlanScene, ids: readonly TaskView['id'][]): Markdown {
  if (ids.length > 8) return listIds(ids, 8);
  const stateOf = new Map(view.tasks.map((each) => [each.id, each.state]));
  return join(
    ids.map((id) => md`${code(id)} (${stateOf.get(id) ?? 'unknown'})`),
    ', ',
  );
}

function failureSection({ lastFailure }: TaskView): Section {
  const head = '### Last failure';
  if (lastFailure === null) return whole(1, '');
  return {
    rank: 1,
    render: (room) => {
      const block = fence(lastFailure, {
        info: 'text',
        maxBytes: Math.min(room, 8000) - byteLength(head) - 2,
        keep: 'head',
      });
      return block === '' ? '' : `${head}\n\n${block}`;
    },
  };
}

function gateSection(scene: PlanScene, task: TaskView): Section {
  const attempt = gatedAttempt(scene, task.id);
  if (task.gate === null || attempt === null)
    return whole(1, task.attempt === 0 ? '' : md`The gate: attempt ${task.attempt} has left no evidence yet.`.markdown);
  const head = md`### The gate of attempt ${attempt.attempt}: ${gateWords(task.gate)}`.markdown;
  return whole(1, `${head}\n\n${gateTable(task.gate).join('\n')}`);
}
