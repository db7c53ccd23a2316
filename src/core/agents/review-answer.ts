/**
 * Reads a reviewer's answer. What cannot be read with certainty is no answer: an invalid score, a missing list of
 * findings or an unknown severity never becomes a pass.
 */
import { z } from 'zod';

import { Finding } from '../ledger/evidence.ts';
import { cleanBlock, cleanLine } from '../text/clean-text.ts';

/** The score and findings, or why there are none. */
export type ReviewAnswer =
  | { kind: 'scored'; score: number; findings: Finding[] }
  | { kind: 'unreadable'; because: string };

const MAX_TEXT = 256 * 1024;
const MAX_FINDINGS = 200;
// Bounds the search for JSON in prose full of braces: each failed start reads on to the end of the text.
const MAX_SCANNED = 16 * 1024 * 1024;

const Answer = z.object({
  score: z.number().min(0).max(10),
  findings: z.array(
    z.object({
      severity: Finding.shape.severity,
      path: z.string().nullish(),
      line: z.number().int().positive().nullish(),
      message: z.string().min(1),
    }),
  ),
});

/** Reads the answer from the last JSON object of `text` (a reviewer's output or its answer file). */
export function readReviewAnswer(text: string): ReviewAnswer {
  const found = findLastObject(text.slice(-MAX_TEXT));
  if (found === null) return { kind: 'unreadable', because: 'the answer holds no JSON object' };
  const answer = Answer.safeParse(found);
  if (!answer.success) {
    const issue = answer.error.issues[0];
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    return { kind: 'unreadable', because: cleanLine(`the answer does not fit: ${where}${issue?.message ?? ''}`, 300) };
  }
  return {
    kind: 'scored',
    score: answer.data.score,
    findings: answer.data.findings.slice(0, MAX_FINDINGS).map(toFinding),
  };
}

/** A blocking finding closes at any score, and so does a score under the threshold. */
export function isReviewPassed(answer: { score: number; findings: readonly Finding[] }, threshold: number): boolean {
  return answer.score >= threshold && answer.findings.every((finding) => finding.severity !== 'blocking');
}

function toFinding(raw: z.infer<typeof Answer>['findings'][number]): Finding {
  return {
    severity: raw.severity,
    path: raw.path === undefined || raw.path === null ? null : cleanLine(raw.path, 300),
    line: raw.line ?? null,
    message: cleanBlock(raw.message.slice(0, 4000)).trim() || '(no text)',
  };
}

/** The last object that stands at the top level of `text`, whatever prose is around it. */
function findLastObject(text: string): unknown {
  let last: unknown = null;
  let scanned = 0;
  let at = text.indexOf('{');
  while (at !== -1 && scanned < MAX_SCANNED) {
    const end = findObjectEnd(text, at);
    scanned += (end ?? text.length) - at;
    const parsed = end === null ? undefined : tryParse(text.slice(at, end));
    if (parsed !== undefined) last = parsed;
    at = text.indexOf('{', parsed === undefined || end === null ? at + 1 : end);
  }
  return last;
}

/** Index after the brace that closes the one at `start`, `null` if none does. */
function findObjectEnd(text: string, start: number): number | null {
  let depth = 0;
  let isInString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (isInString) {
      if (char === '\\') i++;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = true;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return i + 1;
  }
  return null;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
