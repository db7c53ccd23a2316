/**
 * What the `work` job of a leg says of itself to the job that verifies it on another machine. It is shown and charged;
 * the gate believes none of it. So that none of it can be taken for more, its results are of the stage `work` alone, and
 * a text that says otherwise is refused.
 */
import { z } from 'zod';

import type { CommitSha, Digest, PlanId, TaskId } from '../brand.ts';
import type { Checked } from '../ids.ts';
import { PROFILES } from '../plan/plan.ts';
import { PROPERTIES, SANDBOX_ENGINES } from '../sandbox/property.ts';
import { cleanBlock, cleanLine } from '../text/clean-text.ts';
import {
  commitField,
  digestField,
  Finding,
  planIdField,
  ReviewResult,
  taskIdField,
  TestResult,
  treeField,
  Usage,
} from './evidence.ts';

// Above what a plan may ask for and what a run keeps of outputs, findings and errors.
const MAX_ROUNDS = 100;
const MAX_RESULTS = 200;
const MAX_FINDINGS = 200;
const MAX_TEXT = 64 * 1024;
/** Longest text of findings that a record keeps, in characters; the oldest go first. */
const MAX_FINDINGS_TEXT = 1024 * 1024;
/** Longest record that is read, in characters. */
export const MAX_WORK_RECORD_CHARACTERS = 8 * 1024 * 1024;

// Sums of two of them are still exact.
const MAX_NUMBER = 1_000_000_000_000;
const count = z.number().int().min(0).max(MAX_NUMBER);
// Year 9999: later dates are not written by git.
const time = z.number().int().min(0).max(253_402_300_799_000);
const boundedText = z.string().max(MAX_TEXT);

const WorkTest = TestResult.extend({
  stage: z.literal('work'),
  // What stood in for a run is no result of this machine.
  reused: z.literal(false),
  durationMs: count,
  tail: boundedText,
});

const WorkReview = ReviewResult.extend({
  stage: z.literal('work'),
  iteration: count.max(MAX_ROUNDS),
  findings: z
    .array(Finding.extend({ path: boundedText.nullable(), line: count.nullable(), message: boundedText }))
    .max(MAX_FINDINGS),
  // Holds the reviewer's command, which is as long as a plan may make it.
  reviewer: z.string().max(1024 * 1024),
  durationMs: count,
  detail: boundedText,
});

/** See the head of this file. Bound to its attempt as evidence is. */
export const WorkRecord = z.strictObject({
  version: z.literal(1),
  plan: planIdField,
  task: taskIdField,
  attempt: z.number().int().min(1),
  generation: z.number().int().min(1),
  taskDigest: digestField,
  baseSha: commitField,
  /** The last commit that was made and its tree; `null` if none was. `atMs`: its date, so that it can be made again. */
  head: z.strictObject({ commitSha: commitField, treeSha: treeField, atMs: time }).nullable(),
  tests: z.array(WorkTest).max(MAX_RESULTS),
  reviews: z.array(WorkReview).max(MAX_RESULTS),
  iterations: count.max(MAX_ROUNDS),
  usage: Usage.extend({
    costUsd: z.number().min(0).max(MAX_NUMBER).nullable(),
    inputTokens: count.nullable(),
    outputTokens: count.nullable(),
    turns: count.nullable(),
  }),
  /** As in evidence: ms by stage. */
  timings: z
    .record(z.string().regex(/^[a-z][A-Za-z]{0,31}$/), z.number().min(0).max(MAX_NUMBER))
    .refine((timings) => Object.keys(timings).length <= 32, 'it has more than 32 stages'),
  sandbox: z.strictObject({
    engine: z.enum(SANDBOX_ENGINES),
    profile: z.enum(PROFILES),
    waived: z.array(z.enum(PROPERTIES)).max(PROPERTIES.length),
  }),
  startedAt: time,
  endedAt: time,
});
export type WorkRecord = z.infer<typeof WorkRecord>;

/** The attempt that a record has to be of. */
export interface WorkBinding {
  plan: PlanId;
  task: TaskId;
  attempt: number;
  generation: number;
  taskDigest: Digest;
  baseSha: CommitSha;
}

/**
 * Reads a record from JSON text of unknown origin, and only if it is of this attempt. What people will see of it is made
 * safe to be shown.
 */
export function readWorkRecord(text: string, wanted: WorkBinding): Checked<WorkRecord> {
  if (text.length > MAX_WORK_RECORD_CHARACTERS)
    return { ok: false, because: `the work record has more than ${MAX_WORK_RECORD_CHARACTERS} characters` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, because: 'the work record is not JSON' };
  }
  const record = WorkRecord.safeParse(parsed);
  if (!record.success) {
    const [issue] = record.error.issues;
    const because = `the work record is not one of this version (${issue?.path.join('.')}: ${issue?.message})`;
    return { ok: false, because: cleanLine(because, 300) };
  }
  const other = findOtherBinding(record.data, wanted);
  return other === null
    ? { ok: true, value: cleanTexts(record.data) }
    : { ok: false, because: `the work record is of another ${other} than the one that was dispatched` };
}

function cleanTexts(record: WorkRecord): WorkRecord {
  return {
    ...record,
    tests: record.tests.map((test) => ({ ...test, tail: cleanBlock(test.tail) })),
    reviews: record.reviews.map((review) => ({
      ...review,
      detail: cleanLine(review.detail, 1000),
      reviewer: cleanBlock(review.reviewer),
      findings: review.findings.map((finding) => ({
        ...finding,
        path: finding.path === null ? null : cleanLine(finding.path, 1000),
        message: cleanBlock(finding.message),
      })),
    })),
  };
}

function findOtherBinding(record: WorkRecord, wanted: WorkBinding): string | null {
  const fields: [string, unknown, unknown][] = [
    ['plan', record.plan, wanted.plan],
    ['task', record.task, wanted.task],
    ['attempt', record.attempt, wanted.attempt],
    ['generation', record.generation, wanted.generation],
    ['task text', record.taskDigest, wanted.taskDigest],
    ['base', record.baseSha, wanted.baseSha],
  ];
  return fields.find(([, is, should]) => is !== should)?.[0] ?? null;
}

/**
 * The reviews with as many findings as a record has room for: the newest review keeps its own first. What evidence may
 * hold is bounded, and twenty rounds of a talkative reviewer are more than that.
 */
export function shortenFindings<T extends Pick<ReviewResult, 'findings'>>(reviews: readonly T[]): T[] {
  let room = MAX_FINDINGS_TEXT;
  const kept = [...reviews].reverse().map((review) => {
    const findings = review.findings.slice(0, MAX_FINDINGS).filter(({ message, path }) => {
      room -= message.length + (path?.length ?? 0);
      return room >= 0;
    });
    return findings.length === review.findings.length ? review : { ...review, findings };
  });
  return kept.reverse();
}
