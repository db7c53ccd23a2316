/** The one comment that answers what people asked for. Each reply is rendered by its kind. */
import { COMMANDS, type CommandPlace, describeUsage } from '../../commands/command.ts';
import type { IssuePlan } from '../../hosted/pin-plan.ts';
import type { Reply } from '../../hosted/reply.ts';
import type { ProposedPlan } from '../../ledger/forge-record.ts';
import { countOf, shortSha } from '../amounts.ts';
import { listAttention, renderAttention, type StuckTask } from './attention.ts';
import { type Hindrance, problemSections, renderCheckAnswer } from './check-answer.ts';
import { fitDocument, listSection, MAX_BODY_BYTES, type Section, whole } from './fit-document.ts';
import { listIds, sentence, withCommand } from './hosted-words.ts';
import { code, say, type Markdown, prose, table } from './markdown.ts';
import { pullLink } from './next-step.ts';
import { differenceSections } from './plan-difference.ts';
import type { PlanScene } from './scene.ts';
import { renderShortStatus } from './short-status.ts';
import { renderWhyAnswer } from './why-answer.ts';

/** What answers are made of. */
export interface AnswerFacts {
  /** Number of the plan's issue. */
  issue: number;
  /** Where the answer stands. */
  place: CommandPlace;
  /** `null` while the plan was not accepted. */
  scene: PlanScene | null;
  issuePlan: IssuePlan;
  maxParallel: number;
  hindrances: readonly Hindrance[];
}

const SEPARATOR = '\n\n---\n\n';
const LEAST_BYTES = 3000;

/** The answer to all commands of one comment, without its marker, within the forge's limit. */
export function renderReplies(replies: readonly Reply[], facts: AnswerFacts): string {
  const shown = replies.slice(0, Math.floor(MAX_BODY_BYTES / LEAST_BYTES) - 1);
  const each = Math.floor(MAX_BODY_BYTES / shown.length) - SEPARATOR.length;
  const texts = shown.map((reply) => renderReply(reply, facts, each));
  const left = replies.length - shown.length;
  return [...texts, ...(left > 0 ? [`And ${countOf(left, 'more answer')} for which there is no room here.`] : [])].join(
    SEPARATOR,
  );
}

function renderReply(reply: Reply, facts: AnswerFacts, maxBytes: number): string {
  const { scene, issuePlan } = facts;
  switch (reply.kind) {
    case 'help':
      return renderHelp(facts.place, facts.issue);
    case 'check':
      return renderCheckAnswer(facts, maxBytes);
    case 'status':
      return scene === null ? NOT_STARTED : renderShortStatus(scene, maxBytes);
    case 'why': {
      const task = scene?.view.tasks.find((each) => each.id === reply.task);
      if (scene === null || task === undefined) return NOT_STARTED;
      return renderWhyAnswer(scene, task, maxBytes);
    }
    case 'run-started':
      return renderRunStarted(reply, scene, maxBytes);
    case 'run-problems':
      return renderRunProblems(issuePlan, maxBytes);
    case 'edited-since':
      return say`**Not done:** ${code(`/${reply.command.replace(/^\//, '')}`)}. The issue was edited after the comment was written, so it was said of another text. Read the text as it stands, then write the comment anew.`
        .markdown;
    case 'approved':
      return renderApproved(reply.difference);
    case 'done':
      return say`**Done:** ${prose(sentence(reply.because), 400)}`.markdown;
    case 'refused':
      return say`**Not done:** ${prose(sentence(reply.because), 400)} ${withCommand(reply.next)}`.markdown;
    case 'unknown-command':
      return renderUnknown(reply);
    case 'no-authority':
      return say`**Not done**, ${reply.login}: ${prose(reply.because, 400)}`.markdown;
  }
}

const NOT_STARTED = '**Not started:** this plan was not accepted yet. Start it with the comment `/espalier run`.';

/** The commands that can be given at a place, from the table that the parser reads. */
function renderHelp(place: CommandPlace, issue: number): string {
  const here = COMMANDS.filter((spec) => spec.where === 'both' || spec.where === place);
  const elsewhere = COMMANDS.filter((spec) => !here.includes(spec)).map((spec) => code(describeUsage(spec, 'plan')));
  const rows = table(
    ['Command', 'What it does'],
    here.map((spec) => {
      const also = spec.aliases.length === 0 ? say`` : say` Also: ${list(spec.aliases.map((alias) => code(alias)))}.`;
      return [code(describeUsage(spec, place)), say`${prose(spec.summary)}${also}`];
    }),
  );
  const there = elsewhere.length === 0 ? [] : [say`On the plan's issue ${pullLink(issue)} also: ${list(elsewhere)}.`];
  return [
    '## What Espalier can be told',
    rows.join('\n'),
    ...there.map((each) => each.markdown),
    'A command stands alone on a line of a new comment. People with write permission are obeyed. ' +
      '`<task>` is the name of a task, as the status comment shows it; `[…]` may be left out.',
  ].join('\n\n');
}

function list(parts: readonly Markdown[]): Markdown {
  return { markdown: parts.map((part) => part.markdown).join(', ') };
}

function renderRunStarted(
  { isNew, only }: Extract<Reply, { kind: 'run-started' }>,
  scene: PlanScene | null,
  maxBytes: number,
): string {
  if (scene === null) return NOT_STARTED;
  const { view, record, maxParallel } = scene;
  const what = only.length === 0 ? countOf(view.tasks.length, 'task') : say`only ${listIds(only, 20)}`;
  const head = isNew
    ? say`**Started:** ${what}, at most ${maxParallel} at once, landing on ${code(view.target)}. The text of the plan was accepted as revision ${code(shortSha(view.revision))}; edits from now on wait for ${code('/espalier approve')}.`
    : say`**Goes on:** ${what}. What waited for a time or was refused by the forge is tried again at once.`;
  const waits = listAttention(scene, []).map(renderAttention);
  return fitDocument(
    [
      whole(0, head.markdown),
      whole(0, record.statusComment === null ? 'A status comment follows.' : 'The status comment shows every task.'),
      listSection(1, { head: '### Waits for a person', lines: waits }),
    ],
    maxBytes,
  );
}

function renderRunProblems(issuePlan: IssuePlan, maxBytes: number): string {
  return fitDocument(
    [
      whole(0, '**Not started:** the text cannot be accepted as a plan.'),
      ...problemSections(issuePlan),
      whole(0, 'Mend that in the text of the issue, then write the comment anew.'),
    ],
    maxBytes,
  );
}

/** What becomes of tasks whose title changed. */
const RETITLED_WORDS = 'what was reviewed under the old one and has not landed is begun anew';

function renderApproved({ changed, added, removed, retitled = [], isFrameChanged }: ProposedPlan): string {
  const lines = [
    ...(changed.length === 0 ? [] : [say`- Changed, and begun anew unless landed: ${listIds(changed, 20)}`]),
    ...(retitled.length === 0
      ? []
      : [say`- Another title, which reviewers are told; ${RETITLED_WORDS}: ${listIds(retitled, 20)}`]),
    ...(added.length === 0 ? [] : [say`- Added: ${listIds(added, 20)}`]),
    ...(removed.length === 0 ? [] : [say`- Removed; their branches stay: ${listIds(removed, 20)}`]),
    ...(isFrameChanged ? [say`- Changed around the tasks: title, base, budget or final tests`] : []),
  ];
  return ['**Done:** the edited text is the plan now.', lines.map((line) => line.markdown).join('\n')]
    .filter((text) => text !== '')
    .join('\n\n');
}

function renderUnknown({ text, because, nearest }: Extract<Reply, { kind: 'unknown-command' }>): string {
  const hint = nearest === null ? say`` : say` Did you mean ${code(nearest)}?`;
  return say`**Not done:** The line ${code(text, 160)} ${prose(because, 400)}.${hint} All commands: ${code('/espalier help')}.`
    .markdown;
}

/** The comment that follows an edit of an accepted plan: what it changes, and that it waits for an approval. */
export function renderPlanChanged(scene: PlanScene, issuePlan: IssuePlan): string {
  const { proposed } = scene.record;
  const isReadable = issuePlan.plan !== null;
  const sections: Section[] = isReadable
    ? differenceSections(scene.ledger.plan, issuePlan.plan ?? scene.ledger.plan)
    : problemSections(issuePlan);
  const landed = new Set(scene.view.tasks.filter((task) => task.state === 'landed').map((task) => task.id));
  const held = [...(proposed?.changed ?? []), ...(proposed?.removed ?? [])].filter((id) => !landed.has(id));
  const accept = isReadable
    ? say`Somebody with write permission accepts the new one with the comment ${code('/espalier approve')}, or brings the old one back.`
    : say`The new one cannot be read as a plan. Mend it; ${code('/espalier check')} reads it again. Until then, nothing new is started.`;
  const waits = !isReadable
    ? say``
    : held.length === 0
      ? say` No accepted task waits for that.`
      : say` Until then, these tasks are not started: ${listIds(held, 20)}.`;
  const retitled = (isReadable ? (proposed?.retitled ?? []) : []).filter((id) => !landed.has(id));
  const reviews =
    retitled.length === 0
      ? say``
      : say`The title of a task is told to its reviewers. Once the new one is accepted, ${RETITLED_WORDS}: ${listIds(retitled, 20)}.`;
  return fitDocument(
    [
      whole(0, '## The text of the plan was edited'),
      whole(0, say`The work goes on by the text that was accepted. ${accept}${waits}`.markdown),
      whole(0, reviews.markdown),
      ...sections,
    ],
    MAX_BODY_BYTES,
  );
}

/** The comment about tasks that have given no sign for longer than the configuration allows. */
export function renderStuckNotice(scene: PlanScene, stuck: readonly StuckTask[]): string {
  const ids = new Set(stuck.map((each) => each.task));
  const about = listAttention({ ...scene, view: { ...scene.view, tasks: [] } }, stuck).slice(-ids.size);
  return fitDocument(
    [listSection(0, { head: '## No sign of life', lines: about.map(renderAttention) })],
    MAX_BODY_BYTES,
  );
}
