/** What publishing leaves: the receipt that {@link readReceipt} reads, as the files and the commit of a branch. */
import type { BranchName, CommitSha, Digest, PlanId } from '../brand.ts';
import type { DispatchLeg } from '../ledger/forge-record.ts';
import { branchFor } from '../ref-names.ts';
import type { Receipt } from './read-receipt.ts';

/** What a receipt is for. `evidence` is the text of the artifact, byte for byte. */
export interface ReceiptFacts {
  plan: PlanId;
  nonce: string;
  runId: number;
  leg: DispatchLeg;
  headSha: CommitSha | null;
  evidence: { text: string; sha256: Digest };
  packSha256: Digest | null;
}

/** Branch, files and first line of a receipt. The same facts give the same bytes. */
export interface MadeReceipt {
  branch: BranchName;
  files: Record<'evidence.json' | 'receipt.json', string>;
  message: string;
}

/** Makes it. Only the first attempt of a run leaves any. */
export function makeReceipt({ plan, nonce, runId, leg, headSha, evidence, packSha256 }: ReceiptFacts): MadeReceipt {
  const { work, task, attempt, generation, mode } = leg;
  const receipt: Receipt = {
    version: 1,
    plan,
    nonce,
    runId,
    runAttempt: 1,
    work,
    task,
    attempt,
    generation,
    mode,
    headSha,
    evidence: evidence.sha256,
    pack: packSha256,
  };
  return {
    branch: branchFor({ kind: 'receipt', plan, task, attempt, generation }),
    files: { 'evidence.json': evidence.text, 'receipt.json': `${JSON.stringify(receipt, null, 1)}\n` },
    message: `Leave the receipt of ${task}.${attempt}.${generation}`,
  };
}
