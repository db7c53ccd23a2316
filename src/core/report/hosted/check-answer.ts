/** The answer to `check`: the plan as it was read, its arithmetic, its problems, and what the repository adds. */
import type { IssuePlan } from '../../hosted/pin-plan.ts';
import { formatMinutes } from '../../plan/quantities.ts';
import { countOf } from '../amounts.ts';
import { renderCheckMermaid } from '../check-mermaid.ts';
import { type CheckedPlan, type CheckSummary, summarizePlan } from '../check-summary.ts';
import { fitDocument, listSection, type Section, tableSection, whole } from './fit-document.ts';
import { listIds, sentence, withCommand } from './hosted-words.ts';
import { code, folded, join, say, type Markdown, prose, table } from './markdown.ts';
import { problemsSection } from './plan-problems.ts';

/** Something of the repository that stands in a plan's way, and what to do about it. */
export interface Hindrance {
  because: string;
  next: string;
}

/** What the answer says beside the plan. */
export interface CheckFacts {
  issuePlan: IssuePlan;
  maxParallel: number;
  /** Rules of the base and permissions that cannot work with Espalier, a missing workflow file, and the like. */
  hindrances: readonly Hindrance[];
}

const FORM_WORDS = { yaml: 'YAML', headings: 'headings', table: 'a task table', single: 'a single task' } as const;
const MAX_GRAPH_TASKS = 40;
const COLUMNS = ['Wave', 'Task', 'Estimate', 'Needs', 'Owns'] as const;

/** The answer to `check`. */
export function renderCheckAnswer(facts: CheckFacts, maxBytes: number): string {
  const { issuePlan, maxParallel, hindrances } = facts;
  const summary = summarizePlan(
    { plan: issuePlan.read, form: issuePlan.form, problems: [...issuePlan.problems] },
    { agents: maxParallel },
  );
  const { plan } = summary;
  return fitDocument(
    [
      whole(0, `## ${verdictOf(summary, facts)}`),
      whole(0, plan === null ? '' : describeShape(plan, summary)),
      hindrancesSection(hindrances),
      ...problemSections(issuePlan),
      ...(plan === null ? [] : planSections(plan)),
      whole(0, nextOf(summary, facts)),
    ],
    maxBytes,
  );
}

/** Sections that list what is wrong with the text of the plan and with the configuration. */
export function problemSections({ problems, configProblems }: IssuePlan): Section[] {
  return [
    problemsSection(1, 'Problems of the plan', problems),
    problemsSection(1, 'Problems of the configuration, `.github/espalier.yml`', configProblems),
  ];
}

function isUsable(summary: CheckSummary, { issuePlan, hindrances }: CheckFacts): boolean {
  return summary.plan !== null && issuePlan.plan !== null && hindrances.length === 0;
}

function verdictOf(summary: CheckSummary, facts: CheckFacts): string {
  if (isUsable(summary, facts)) {
    const warnings = summary.warningCount + facts.issuePlan.configProblems.length;
    return warnings === 0 ? 'The plan can be run' : `The plan can be run, with ${countOf(warnings, 'warning')}`;
  }
  if (summary.plan === null || facts.issuePlan.plan === null) return 'The plan cannot be run as it stands';
  return 'The plan is in order, but it cannot be run in this repository yet';
}

function nextOf(summary: CheckSummary, facts: CheckFacts): string {
  return isUsable(summary, facts)
    ? 'Start it with the comment `/espalier run`.'
    : 'Mend that, then look again with the comment `/espalier check`.';
}

function describeShape(plan: CheckedPlan, { form }: CheckSummary): string {
  const base = plan.base === null ? say`the repository's default branch` : code(plan.base);
  const how = form === null ? '' : `, read from ${FORM_WORDS[form]}`;
  return say`${prose(plan.title, 200)}: ${countOf(plan.tasks.length, 'task')}, ${countOf(plan.edgeCount, 'edge')}, ${countOf(plan.waves.length, 'wave')}${how}; it lands on ${base}.`
    .markdown;
}

function hindrancesSection(hindrances: readonly Hindrance[]): Section {
  return listSection(0, {
    head: '### What this repository lacks',
    lines: hindrances.map(
      ({ because, next }) => `- ❌ ${prose(sentence(because), 500).markdown} ${withCommand(next).markdown}`,
    ),
    most: 12_000,
  });
}

function planSections(plan: CheckedPlan): Section[] {
  const graph = plan.edgeCount > 0 && plan.tasks.length <= MAX_GRAPH_TASKS ? renderCheckMermaid(plan).trimEnd() : null;
  const byWave = plan.tasks.toSorted((a, b) => a.wave - b.wave || a.line - b.line);
  const rows = table(
    COLUMNS,
    byWave.map((task) => [
      say`${task.wave}`,
      say`${code(task.id)}${task.isCritical ? ' ★' : ''}${task.title === task.id ? say`` : say`<br>${prose(task.title, 80)}`}`,
      task.estimateMinutes === null ? say`–` : say`${formatMinutes(task.estimateMinutes)}`,
      task.needs.length === 0 ? say`–` : listIds(task.needs),
      listOwned(task.owns),
    ]),
  );
  return [
    tableSection(3, { head: '### Tasks\n\n★ is on the critical path.', lines: rows }),
    whole(2, renderArithmetic(plan)),
    ...ownershipSections(plan),
    ...(graph === null ? [] : [whole(4, folded('The graph of the plan', `\`\`\`mermaid\n${graph}\n\`\`\``))]),
  ];
}

function listOwned(owns: readonly string[]): Markdown {
  if (owns.length === 0) return say`anything unprotected`;
  const shown = join(
    owns.slice(0, 4).map((glob) => code(glob, 60)),
    ', ',
  );
  return owns.length > 4 ? say`${shown} and ${owns.length - 4} more` : shown;
}

function renderArithmetic({ hours, criticalPath, schedule }: CheckedPlan): string {
  const stated = hours.stated;
  const lines = [
    say`- Sum of the tasks: ${formatMinutes(hours.sumMinutes)}`,
    ...(stated === null || stated.minutes === hours.sumMinutes
      ? []
      : [say`- The text states ${formatMinutes(stated.minutes)} in line ${stated.line}, which is not that sum`]),
    ...(hours.unestimated.length === 0
      ? []
      : [say`- Without an estimate, counted as an hour each: ${listIds(hours.unestimated)}`]),
    say`- Critical path: ${formatMinutes(criticalPath.minutes)}, ${join(
      criticalPath.ids.slice(0, 12).map((id) => code(id)),
      ' → ',
    )}${criticalPath.ids.length > 12 ? ' …' : ''}`,
    say`- On ${countOf(schedule.agents, 'agent')} at once: ${formatMinutes(schedule.makespanMinutes)}, no schedule takes less than ${formatMinutes(schedule.lowerBoundMinutes)}; ${schedule.speedUp.toFixed(1)} times as fast as one agent`,
  ];
  return `### Arithmetic\n\n${lines.map((line) => line.markdown).join('\n')}`;
}

function ownershipSections({ ownership, locks, tasks }: CheckedPlan): Section[] {
  const { overlaps, unowned } = ownership;
  return [
    listSection(2, {
      head: '### Paths that two tasks own\n\nGive both a common lock, let one need the other, or part their paths.',
      lines: overlaps.map(
        ({ a, b, path }) =>
          say`- ${code(a)} and ${code(b)} could run at once, and both own ${code(path, 120)}`.markdown,
      ),
      most: 8000,
    }),
    listSection(3, {
      head: '### Locks',
      lines: locks.map(
        ({ name, tasks: holders }) => say`- ${code(name, 80)}: ${listIds(holders)}, one at a time`.markdown,
      ),
      most: 4000,
    }),
    whole(
      3,
      unowned.length === 0 || unowned.length === tasks.length
        ? ''
        : say`Without ${code('owns')}, so that they may change anything unprotected: ${listIds(unowned)}.`.markdown,
    ),
  ];
}
