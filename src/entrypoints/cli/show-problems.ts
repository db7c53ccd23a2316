/** Prints the problems of a plan or a configuration on standard error, each with its place. */
import type { PlanProblem } from '../../core/plan/plan.ts';
import { renderCheckProblems } from '../../core/report/check-problems.ts';
import { glyphsFor } from '../../core/report/task-words.ts';
import type { Session } from './session.ts';

/** `source` names the text as the person knows it. */
export function showProblems(session: Session, problems: readonly PlanProblem[], source: string): void {
  const mark = glyphsFor(session.err.isUtf8).cut;
  const width = Math.max(60, Math.min(100, session.err.width()));
  session.err.print(renderCheckProblems(problems, { source, width, mark }));
}
