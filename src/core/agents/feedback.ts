/** What goes back to an agent when its work was not good enough: the cause first, then the evidence, bounded. */
import type { Finding, ReviewResult, TestResult, TreeViolation } from '../ledger/evidence.ts';
import { cleanLine, fenceText, keepHead, keepTail } from '../text/clean-text.ts';

const MAX_LOG = 12 * 1024;
const MAX_HUNKS = 24 * 1024;
const MAX_LISTED = 50;

/** For tests that did not pass. */
export function renderTestFeedback(test: TestResult): string {
  const what =
    test.stage === 'base-tests'
      ? "The base's own version of the tests does not pass against the change. Do not weaken or rewrite existing tests: change the code until the tests as they were pass."
      : test.stage === 'trial'
        ? 'Merged with what has landed since, the tests do not pass.'
        : 'The tests do not pass.';
  const how = test.status === 'failed' ? `Exit code ${test.exitCode ?? 'unknown'}.` : `They ended as '${test.status}'.`;
  return `${what} ${how} The end of their output:\n\n${fenceText(keepTail(test.tail, MAX_LOG))}`;
}

/** For a tree that breaks rules. */
export function renderViolationFeedback(violations: readonly TreeViolation[]): string {
  const lines = violations
    .slice(0, MAX_LISTED)
    .map(
      (violation) =>
        `- ${cleanLine(violation.path, 200)}: ${cleanLine(violation.because, 300)} (rule ${violation.rule})`,
    );
  if (violations.length > MAX_LISTED) lines.push(`- … and ${violations.length - MAX_LISTED} more`);
  return `The change breaks rules about which files may be changed and what they may hold. Undo or move each of these:\n\n${lines.join('\n')}`;
}

/** For a review under the threshold, with a blocking finding, or without a score. */
export function renderReviewFeedback(review: ReviewResult, threshold: number): string {
  if (review.score === null) return `The review gave no score: ${cleanLine(review.detail, 500)}`;
  const lines = review.findings.slice(0, MAX_LISTED).map(renderFinding);
  if (review.findings.length > MAX_LISTED) lines.push(`- … and ${review.findings.length - MAX_LISTED} more`);
  const findings = lines.length === 0 ? 'It names no findings.' : `Findings:\n\n${lines.join('\n')}`;
  return `The review scored the change ${review.score} of 10; ${threshold} and no blocking finding are needed. ${findings}`;
}

/** One finding as a list item. */
function renderFinding(finding: Finding): string {
  const place = finding.path === null ? '' : `${finding.path}${finding.line === null ? '' : `:${finding.line}`}: `;
  return `- [${finding.severity}] ${place}${keepHead(finding.message, 2000).replaceAll('\n', '\n  ')}`;
}

/** For a merge that does not go through: the paths and, of those that have them, the conflicting hunks. */
export function renderConflictFeedback(
  conflicts: readonly { path: string; because: string }[],
  hunks: readonly { path: string; text: string }[],
): string {
  const list = conflicts
    .slice(0, MAX_LISTED)
    .map(({ path, because }) => `- ${cleanLine(path, 200)}: ${cleanLine(because, 200)}`);
  const shown: string[] = [];
  let left = MAX_HUNKS;
  for (const { path, text } of hunks) {
    if (left <= 0) break;
    const part = keepHead(text, left);
    left -= part.length;
    shown.push(`${cleanLine(path, 200)}:\n\n${fenceText(part)}`);
  }
  return [
    'The change conflicts with what has landed since it began. Bring both intents together:',
    list.join('\n'),
    ...shown,
  ].join('\n\n');
}

/** The conflicting parts of a file with markers, with a few lines around each; empty if it has none. */
export function extractConflictHunks(text: string, contextLines = 3): string {
  const lines = text.split('\n');
  const keep = new Set<number>();
  let openedAt: number | null = null;
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('<<<<<<<')) openedAt = at;
    if (openedAt === null || !line.startsWith('>>>>>>>')) continue;
    for (let i = Math.max(0, openedAt - contextLines); i <= Math.min(lines.length - 1, at + contextLines); i++)
      keep.add(i);
    openedAt = null;
  }
  const out: string[] = [];
  let before = -1;
  for (const at of [...keep].sort((a, b) => a - b)) {
    if (before !== -1 && at > before + 1) out.push('[…]');
    out.push(lines[at] ?? '');
    before = at;
  }
  return out.join('\n');
}

/** True if `text` still holds a conflict: an opening, a middle and a closing marker line, in this order. */
export function hasConflictMarkers(text: string): boolean {
  const wanted = [/^<{7}(?: |$)/, /^={7}$/, /^>{7}(?: |$)/];
  let next = 0;
  for (const line of text.split(/\r?\n/)) {
    if (wanted[next]?.test(line) === true) next++;
    if (next === wanted.length) return true;
  }
  return false;
}
