/** Collects everything that is wrong with a source, in the one shape that `check` prints. */
import { escapeText } from '../report/escape-text.ts';
import type { PlanProblem } from './plan.ts';
import { excerptAt, type Place, type SourceText } from './source-text.ts';

/** Most problems that are kept; the rest are counted. A source with more is not read any better by a longer list. */
const MAX_PROBLEMS = 200;
const MAX_MESSAGE_LENGTH = 1000;

/** What may be said beside a message. */
interface ProblemDetail {
  nearest?: string | null;
}

/** A growing list of problems about one source. */
export interface ProblemList {
  error(code: string, at: Place | null, message: string, detail?: ProblemDetail): void;
  warn(code: string, at: Place | null, message: string, detail?: ProblemDetail): void;
  /** True once any error was reported, also one that was not kept. */
  hasErrors(): boolean;
  /** True while further problems are kept: costly hints (nearest names) are only worth their time then. */
  hasRoom(): boolean;
  /** All problems, in the order of the source, errors before warnings on one line. */
  finish(): PlanProblem[];
}

/** An empty list for `source`. */
export function createProblemList(source: SourceText): ProblemList {
  const kept: PlanProblem[] = [];
  const left = { error: 0, warning: 0 };
  let errors = 0;

  function add(
    severity: PlanProblem['severity'],
    code: string,
    at: Place | null,
    message: string,
    detail?: ProblemDetail,
  ) {
    if (severity === 'error') errors += 1;
    if (kept.length >= MAX_PROBLEMS) {
      left[severity] += 1;
      return;
    }
    kept.push({
      severity,
      code,
      line: at?.line ?? null,
      column: at?.column ?? null,
      message: escapeText(message, MAX_MESSAGE_LENGTH),
      nearest:
        detail?.nearest === undefined || detail.nearest === null
          ? null
          : escapeText(detail.nearest, MAX_MESSAGE_LENGTH),
      excerpt: at === null ? null : excerptAt(source, at),
    });
  }

  return {
    error: (code, at, message, detail) => add('error', code, at, message, detail),
    warn: (code, at, message, detail) => add('warning', code, at, message, detail),
    hasErrors: () => errors > 0,
    hasRoom: () => kept.length < MAX_PROBLEMS,
    finish: () => [...kept.sort(compareProblems), ...summarizeLeft(left)],
  };
}

function compareProblems(a: PlanProblem, b: PlanProblem): number {
  const line = (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER);
  if (line !== 0) return line;
  if (a.severity !== b.severity) return a.severity === 'error' ? -1 : 1;
  return (a.column ?? 0) - (b.column ?? 0);
}

function summarizeLeft(left: { error: number; warning: number }): PlanProblem[] {
  if (left.error + left.warning === 0) return [];
  return [
    {
      severity: left.error > 0 ? 'error' : 'warning',
      code: 'more-problems',
      line: null,
      column: null,
      message: `${left.error} more errors and ${left.warning} more warnings are not listed; mend the first ones and check again`,
      nearest: null,
      excerpt: null,
    },
  ];
}
