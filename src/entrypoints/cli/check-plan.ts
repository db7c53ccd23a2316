/** Does `espalier check`. Needs no repository. */
import { findIgnoredSettings } from '../../core/plan/ignored-settings.ts';
import { readPlan } from '../../core/plan/read-plan.ts';
import { renderCheckJson } from '../../core/report/check-json.ts';
import { renderCheckMermaid } from '../../core/report/check-mermaid.ts';
import { renderCheck } from '../../core/report/check-report.ts';
import { summarizePlan } from '../../core/report/check-summary.ts';
import { CliError } from './cli-error.ts';
import { readPlanSource } from './plan-source.ts';
import type { Session } from './session.ts';
import { showProblems } from './show-problems.ts';

/** Options of `check`. */
export interface CheckOptions {
  json?: true;
  mermaid?: true;
  agents: number;
}

/** Prints what the plan says. Ends with `usage` if it cannot be run. */
export async function checkPlan(session: Session, said: string, options: CheckOptions): Promise<void> {
  if (options.json === true && options.mermaid === true)
    throw new CliError('usage', '--json and --mermaid are two forms of the same answer.', { next: 'give one of them' });
  const source = await readPlanSource(session, said);
  const reading = readPlan(source.text, source.fileName === null ? {} : { fileName: source.fileName });
  const ignored = reading.plan === null ? [] : findIgnoredSettings(reading.plan);
  const summary = summarizePlan(
    { ...reading, problems: [...reading.problems, ...ignored] },
    { agents: options.agents },
  );
  const name = source.fileName ?? 'standard input';
  const look = { source: name, width: session.out.width(), isUtf8: session.out.isUtf8 };
  if (options.json === true) session.input.stdout.write(renderCheckJson(summary));
  else if (options.mermaid !== true) session.out.print(renderCheck(summary, look));
  else if (summary.plan !== null) session.input.stdout.write(renderCheckMermaid(summary.plan));
  if (options.mermaid === true) showProblems(session, summary.problems, name);
  if (summary.plan === null) session.end('usage');
}
