/** What reviewers found, as list items and as annotations on the change. */
import type { CheckOutput } from '../../hosted/effect.ts';
import type { Evidence, Finding, ReviewResult } from '../../ledger/evidence.ts';
import { cleanBlock, keepHead } from '../../text/clean-text.ts';
import { code, say, type Markdown, prose } from './markdown.ts';

/** Most annotations that one request takes. */
const MAX_ANNOTATIONS = 50;
const MAX_MESSAGE = 2000;

const SEVERITY_ORDER: Readonly<Record<Finding['severity'], number>> = { blocking: 0, warning: 1, note: 2 };
const LEVELS = { blocking: 'failure', warning: 'warning', note: 'notice' } as const;

/** The review that counts: the last one that was made apart from the agent. */
export function countedReview(evidence: Evidence): ReviewResult | null {
  return evidence.reviews.findLast((review) => review.stage === 'verify') ?? null;
}

/** The review whose findings matter now: the one that counts, or the last of the agent's loop if it came to no other. */
export function lastReview(evidence: Evidence): ReviewResult | null {
  return countedReview(evidence) ?? evidence.reviews.at(-1) ?? null;
}

/** Findings, the gravest first. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity]);
}

/** One finding as a line. */
export function describeFinding({ severity, path, line, message }: Finding, maxLength: number): Markdown {
  const where = path === null ? say`` : say` ${code(line === null ? path : `${path}:${line}`)}`;
  return say`**${severity}**${where} ${prose(message, maxLength)}`;
}

/** Annotations for findings that name a line of a changed file; the others have no place in the change. */
export function annotate(evidence: Evidence): CheckOutput['annotations'] {
  const changed = new Set(evidence.paths);
  return sortFindings(lastReview(evidence)?.findings ?? [])
    .flatMap(({ severity, path, line, message }) =>
      path === null || line === null || line < 1 || !changed.has(path)
        ? []
        : [{ path, line, level: LEVELS[severity], message: annotationMessage(message) }],
    )
    .slice(0, MAX_ANNOTATIONS);
}

function annotationMessage(message: string): string {
  const text = keepHead(cleanBlock(message).trim(), MAX_MESSAGE);
  return text === '' ? 'The reviewer marked this line and said nothing about it.' : text;
}
