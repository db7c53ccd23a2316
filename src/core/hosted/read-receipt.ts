/**
 * Reads what the `publish` job of a leg left. It is believed only if all of it fits: the leg that the ledger waits for,
 * the run that the ledger names, the bytes that the run's own artifact has, the head and tree that git has.
 */
import { z } from 'zod';

import type { CommitSha, TreeSha } from '../brand.ts';
import { commitField, digestField, Evidence, FinalResult, planIdField, TrialResult } from '../ledger/evidence.ts';
import { DispatchLeg, type NamedRun } from '../ledger/forge-record.ts';
import { isEvidenceOf, isFinalOf, isTrialOf } from '../reconcile/bound-results.ts';
import type { AwaitedWork } from './awaited-work.ts';
import type { ReceiptFact } from './facts.ts';

/** Contents of `receipt.json` in the tree of a receipt. */
export const Receipt = z.object({
  version: z.literal(1),
  plan: planIdField,
  nonce: z.string(),
  runId: z.number().int(),
  /** 1, unless a person has run it again. */
  runAttempt: z.number().int(),
  ...DispatchLeg.pick({ work: true, task: true, attempt: true, generation: true, mode: true }).shape,
  /** Head that was published with it; `null` if the leg made none. */
  headSha: commitField.nullable(),
  /** SHA-256 of the bytes of `evidence.json`. */
  evidence: digestField,
  pack: digestField.nullable(),
});
export type Receipt = z.infer<typeof Receipt>;

/** What a leg came to, by its kind of work. */
export type LegResult =
  | { work: 'attempt'; evidence: Evidence }
  | { work: 'trial'; result: TrialResult }
  | { work: 'final'; result: FinalResult };

export type ReceiptReading =
  | { kind: 'believed'; result: LegResult }
  /** `because` completes "it is not believed: …". */
  | { kind: 'refused'; because: string }
  /** The forge does not show the run's artifacts yet. */
  | { kind: 'later' };

/** What a receipt has to be for. */
export interface WantedReceipt {
  nonce: string;
  run: NamedRun;
  leg: DispatchLeg;
  awaited: AwaitedWork;
}

/** Name of the artifact that holds a leg's evidence. */
function evidenceArtifact(leg: DispatchLeg): string {
  return `espalier-${leg.task}.${leg.attempt}-evidence.json`;
}

/** Reads a receipt. Never throws, whatever stands in it. */
export function readReceipt(found: ReceiptFact, wanted: WantedReceipt): ReceiptReading {
  const receipt = Receipt.safeParse(parseJson(found.receipt));
  if (!receipt.success) return refused('its receipt.json is not one of this version');
  const otherwise = findOtherLeg(receipt.data, wanted);
  if (otherwise !== null) return refused(otherwise);
  if (found.evidence === null || found.evidenceDigest === null)
    return refused('it holds no evidence of a readable size');
  if (found.evidenceDigest !== receipt.data.evidence)
    return refused('its evidence is not the one that its receipt names');
  // Why something was not published is known only once the run's artifacts stand. It can but speak against the leg.
  if (!isPublishRefusal(found.evidence)) {
    const artifact = found.artifacts?.get(evidenceArtifact(wanted.leg));
    if (artifact === undefined) return { kind: 'later' };
    if (artifact !== receipt.data.evidence) return refused("its evidence is not the artifact of the ledger's run");
  }
  if (receipt.data.headSha !== (found.head?.sha ?? null))
    return refused('its receipt names another head than the one that was published with it');
  const reading = readLegResult(found.evidence, wanted.awaited);
  return reading.kind === 'believed' ? whenHeadFits(wanted.leg, found.head, reading.result) : reading;
}

/** The first field in which a receipt is not of the leg that is waited for. */
function findOtherLeg(receipt: Receipt, { nonce, run, leg, awaited }: WantedReceipt): string | null {
  const fields: [string, unknown, unknown][] = [
    ['plan', receipt.plan, awaited.plan],
    ['nonce', receipt.nonce, nonce],
    ['run', receipt.runId, run.id],
    ['kind of work', receipt.work, leg.work],
    ['task', receipt.task, leg.task],
    ['attempt', receipt.attempt, leg.attempt],
    ['generation', receipt.generation, leg.generation],
    ['mode', receipt.mode, leg.mode],
  ];
  const other = fields.find(([, is, wanted]) => is !== wanted);
  if (other !== undefined) return `it is of another ${other[0]} than the one that was dispatched`;
  if (receipt.runAttempt !== 1) return 'the run was started again by hand, and only what was dispatched counts';
  if (leg.mode === 'verify' && receipt.headSha !== null && receipt.headSha !== leg.headSha)
    return 'it is of another head than the one that was to be verified';
  return null;
}

/** A result that is bound to what the ledger waits for, or why it is none; the text is of unknown origin. */
export function readLegResult(
  text: string,
  awaited: AwaitedWork,
): { kind: 'believed'; result: LegResult } | { kind: 'refused'; because: string } {
  const json = parseJson(text);
  switch (awaited.work) {
    case 'attempt': {
      const evidence = Evidence.safeParse(json);
      if (!evidence.success) return notOfThisVersion(evidence.error);
      const { data } = evidence;
      if (!isEvidenceOf(data, awaited)) return refused('its evidence is bound to another attempt, task text or base');
      if (data.failure !== null && isReservedCause(data.failure.cause))
        return refused(`a run cannot say '${data.failure.cause}' of itself`);
      return believed({ work: 'attempt', evidence: data });
    }
    case 'trial': {
      const trial = TrialResult.safeParse(json);
      if (!trial.success) return notOfThisVersion(trial.error);
      const { data } = trial;
      if (!isTrialOf(data, awaited, awaited.trial)) return refused('its result is bound to another trial');
      if (data.outcome === 'cancelled') return refused("a run cannot say 'cancelled' of itself");
      return believed({ work: 'trial', result: data });
    }
    case 'final': {
      const final = FinalResult.safeParse(json);
      if (!final.success) return notOfThisVersion(final.error);
      const { data } = final;
      if (data.plan !== awaited.plan || !isFinalOf(data, awaited.final))
        return refused('its result is bound to another landed whole');
      return believed({ work: 'final', result: data });
    }
  }
}

/** Commit and tree that a result is of; `null` if it came to none. */
export function headOfResult(leg: LegResult): { headSha: CommitSha | null; treeSha: TreeSha | null } {
  switch (leg.work) {
    case 'attempt':
      return leg.evidence;
    case 'trial':
      return { headSha: leg.result.commitSha, treeSha: leg.result.treeSha };
    case 'final':
      return { headSha: leg.result.commitSha, treeSha: leg.result.test.tree };
  }
}

/** The result speaks of the very commit and tree that git has. */
function whenHeadFits(leg: DispatchLeg, head: ReceiptFact['head'], result: LegResult): ReceiptReading {
  const made = headOfResult(result);
  if (made.headSha === null) {
    // A leg that verifies may publish the head that it was given, although it did not come to a result on it.
    const isContrary = made.treeSha !== null || (head !== null && leg.mode === 'full');
    return isContrary ? refused('it was published with a head that its evidence does not know') : believed(result);
  }
  if (made.headSha !== head?.sha)
    return refused('its evidence is of another head than the one that was published with it');
  if (made.treeSha !== head.tree) return refused('its evidence is of another tree than that of the published head');
  return believed(result);
}

/** Evidence that its leg failed because it could not be published: it brings no head that anybody could believe. */
function isPublishRefusal(text: string): boolean {
  const evidence = Evidence.safeParse(parseJson(text));
  if (!evidence.success) return false;
  const { outcome, failure, headSha } = evidence.data;
  return outcome === 'failed' && failure?.cause === 'publish-refused' && headSha === null;
}

/** Causes that only the reader of runs gives. */
function isReservedCause(cause: NonNullable<Evidence['failure']>['cause']): boolean {
  return ['run-failed', 'run-cancelled', 'run-lost', 'evidence-refused'].includes(cause);
}

function believed(result: LegResult): { kind: 'believed'; result: LegResult } {
  return { kind: 'believed', result };
}

function refused(because: string): { kind: 'refused'; because: string } {
  return { kind: 'refused', because };
}

function notOfThisVersion(error: z.ZodError): { kind: 'refused'; because: string } {
  const [issue] = error.issues;
  return refused(`its evidence.json is not one of this version (${issue?.path.join('.')}: ${issue?.message})`);
}

/** `undefined` for what is not JSON, which no schema accepts. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
