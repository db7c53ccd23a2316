/** Problems of a plan's text or of the configuration, each with its line. */
import type { PlanProblem } from '../../plan/plan.ts';
import { listSection, type Section } from './fit-document.ts';
import { code, say, prose } from './markdown.ts';

/** A section that lists problems, errors first. `source` names the text that the lines are of. */
export function problemsSection(rank: number, source: string, problems: readonly PlanProblem[]): Section {
  const sorted = problems.toSorted((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
  return listSection(rank, {
    head: `### ${source}`,
    lines: sorted.map(describeProblem),
    most: 24_000,
  });
}

function describeProblem({ severity, code: name, line, message, nearest, excerpt }: PlanProblem): string {
  const place = line === null ? say`` : say` line ${line}:`;
  const hint = nearest === null ? say`` : say` Did you mean ${code(nearest)}?`;
  const shown = excerpt === null || excerpt.trim() === '' ? say`` : say`<br>${code(excerpt.trim(), 160)}`;
  return say`- ${severity === 'error' ? '❌' : '⚠️'} **${severity}**${place} ${prose(message, 600)} (${code(name)})${hint}${shown}`
    .markdown;
}
