/**
 * The one comment that shows where a plan stands. The same scene gives the same text, and time alone changes it no more
 * often than a forecast is made anew, so that it is not edited without a reason.
 */
import type { PlanView } from '../../reconcile/view.ts';
import { countOf, shortSha } from '../amounts.ts';
import { listAttention, renderAttention, type StuckTask } from './attention.ts';
import {
  fitDocument,
  fitTable,
  listSection,
  MAX_BODY_BYTES,
  type Section,
  tableSection,
  whole,
} from './fit-document.ts';
import { forecastFinish } from './forecast.ts';
import { listIds, minuteOf, usd } from './hosted-words.ts';
import { landingOrder } from './landing-order.ts';
import { code, folded, say, prose, table } from './markdown.ts';
import { statusMarker } from './markers.ts';
import { renderPlanGraph } from './plan-graph.ts';
import { headline, whatHappens } from './plan-words.ts';
import type { PlanScene } from './scene.ts';
import { STATUS_COLUMNS, statusCells } from './status-table.ts';

/** What the comment shows beside the scene. */
export interface StatusNotes {
  stuck: readonly StuckTask[];
  /** Quotas of the forge of which little is left, and when each is full again, milliseconds since the epoch. */
  lowQuotas: readonly { name: string; resetAtMs: number }[];
}

/** With more tasks than this, those that have landed are folded away. */
const MAX_UNFOLDED = 15;

/** The whole comment, with its marker, within the forge's limit. */
export function renderStatusComment(scene: PlanScene, notes: StatusNotes): string {
  const { view } = scene;
  const isFolded = view.tasks.length > MAX_UNFOLDED;
  const shown = isFolded ? view.tasks.filter((task) => task.state !== 'landed') : view.tasks;
  const landed = isFolded ? view.tasks.filter((task) => task.state === 'landed') : [];
  const rows = (tasks: PlanView['tasks']): string[] =>
    table(
      STATUS_COLUMNS,
      tasks.map((task) => statusCells(scene, task)),
    );
  const graph = renderPlanGraph(scene);
  const sections: Section[] = [
    whole(0, `${statusMarker(view.plan)}\n## ${headline(view)}`),
    whole(0, say`${whatHappens(scene)}`.markdown),
    attentionSection(scene, notes),
    ...(shown.length === 0 ? [] : [tableSection(2, { head: '', lines: rows(shown) })]),
    ...(landed.length === 0 ? [] : [foldedSection(`${countOf(landed.length, 'task')} landed`, rows(landed))]),
    whole(1, renderFacts(scene, notes)),
    ...(graph === null ? [] : [whole(4, folded('The graph of the plan', `\`\`\`mermaid\n${graph}\n\`\`\``))]),
    whole(1, footer(view)),
  ];
  return fitDocument(sections, MAX_BODY_BYTES);
}

function attentionSection(scene: PlanScene, { stuck }: StatusNotes): Section {
  // Never so much that the tasks themselves have no room.
  return listSection(1, {
    head: '### Waits for a person',
    lines: listAttention(scene, stuck).map(renderAttention),
    most: MAX_BODY_BYTES / 3,
  });
}

function foldedSection(summary: string, rows: readonly string[]): Section {
  return {
    rank: 3,
    render: (room) => {
      const inner = fitTable(rows, room - summary.length - 100);
      return inner === null ? null : folded(summary, inner);
    },
  };
}

function renderFacts(scene: PlanScene, { lowQuotas }: StatusNotes): string {
  const { view, record } = scene;
  const order = landingOrder(scene);
  const forecast = forecastFinish(scene);
  const budget = view.budgetUsd === null ? '' : ` of ${usd(view.budgetUsd)}`;
  const spent = view.spentUsd === null ? `unknown${budget} (an agent did not say)` : `${usd(view.spentUsd)}${budget}`;
  const facts = [
    ...(order.length === 0 ? [] : [say`**Next to land:** ${listIds(order, 10)}`]),
    say`**Spent:** ${spent}`,
    ...(forecast === null
      ? []
      : [
          say`**Expected finish:** ${minuteOf(forecast.finishMs)}, by ${forecast.basis === 'pace' ? 'the pace so far' : "the plan's own estimates"}`,
        ]),
    ...(view.final.status === 'none' ? [] : [say`**Final tests on the whole:** ${view.final.status}`]),
    say`**Lands on:** ${code(view.target)}, revision ${code(shortSha(view.revision))} of the plan${
      record.accepted === null
        ? ''
        : say`, accepted by ${prose(record.accepted.by, 60)} at ${minuteOf(record.accepted.at)}`
    }`,
    ...(scene.hasJobToken === true && scene.ledger.certificates.length > 0
      ? [
          say`**No workflow runs for these landings:** GitHub starts none for what the token of a job pushes to ${code(view.target)}. Start by hand what should have run; with the token of an app it starts by itself`,
        ]
      : []),
    ...lowQuotas.map(
      ({ name, resetAtMs }) =>
        say`**Slower for now:** little is left of the forge's ${name} quota; what is less urgent waits until ${minuteOf(resetAtMs)}`,
    ),
  ];
  return facts.map((fact) => `- ${fact.markdown}`).join('\n');
}

function footer(view: PlanView): string {
  const first = view.tasks.find((task) => task.state !== 'landed') ?? view.tasks[0];
  const why = first === undefined ? '' : `\`/espalier why ${first.id}\` explains a task, `;
  return `<sub>${why}\`/espalier help\` lists the commands. This comment is kept up to date.</sub>`;
}
