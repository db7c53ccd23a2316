/** What legs left: the texts of their receipts, and the digests of the artifacts that must say the same. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

import type { Digest } from '../../core/brand.ts';
import type { FactsQuery, ReceiptFact } from '../../core/hosted/facts.ts';
import { GitHubError } from './github-error.ts';
import type { GitHubClient } from './github-client.ts';
import { readBlobBytes } from './read-blob.ts';
import { PAGE_SIZE, readPages } from './read-pages.ts';
import type { PartReading } from './read-part.ts';
import type { RepositoryMemory } from './repository-memory.ts';

/** A receipt names digests, a leg's evidence what was found; neither comes near to this. */
const MAX_RECEIPT_BYTES = 64 * 1024;
const MAX_EVIDENCE_BYTES = 8 * 1024 * 1024;

const Artifacts = z.object({
  artifacts: z.array(z.object({ name: z.string(), digest: z.string().nullish(), expired: z.boolean() })),
});

interface ReceiptSource {
  client: GitHubClient;
  memory: RepositoryMemory;
}

/** The receipts that stand, by the key that they were asked for by. */
export async function readReceipts(
  found: PartReading['receipts'],
  asked: FactsQuery['receipts'],
  source: ReceiptSource,
): Promise<ReadonlyMap<string, ReceiptFact>> {
  const facts = new Map<string, ReceiptFact>();
  for (const { key, runId, artifact } of asked) {
    const target = found.get(key);
    if (target === undefined) continue;
    facts.set(key, await readReceipt(target, await findArtifacts(runId, artifact, source), source));
  }
  return facts;
}

async function readReceipt(
  target: NonNullable<ReturnType<PartReading['receipts']['get']>>,
  artifacts: ReadonlyMap<string, string> | null,
  { client, memory }: ReceiptSource,
): Promise<ReceiptFact> {
  const [parent] = target.parents.nodes;
  const { receipt, evidence } = target;
  const from = { client, owner: memory.address.owner, name: memory.address.name };
  const receiptBytes = receipt === null ? null : await readBlobBytes(receipt, MAX_RECEIPT_BYTES, from);
  const evidenceBytes = evidence === null ? null : await readBlobBytes(evidence, MAX_EVIDENCE_BYTES, from);
  return {
    commitSha: target.oid,
    head: parent === undefined ? null : { sha: parent.oid, tree: parent.tree.oid },
    receipt: receiptBytes === null ? '' : decode(receiptBytes),
    evidence: evidenceBytes === null ? null : decode(evidenceBytes),
    evidenceDigest:
      evidenceBytes === null ? null : (createHash('sha256').update(evidenceBytes).digest('hex') as Digest),
    artifacts,
  };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * Artifacts of a run. An artifact never changes, so that a list which has the wanted one is good for ever; `null` if
 * the list could not be read or does not have it yet.
 */
async function findArtifacts(
  runId: number,
  wanted: string,
  { client, memory }: ReceiptSource,
): Promise<ReadonlyMap<string, string> | null> {
  const known = memory.artifacts.get(runId);
  if (known?.has(wanted) === true) return known;
  try {
    const listed = await listArtifacts(runId, { client, memory });
    memory.artifacts.set(runId, listed);
    return listed;
  } catch (error) {
    if (error instanceof GitHubError && (error.isTransient || error.ending.kind === 'gone')) return null;
    throw error;
  }
}

async function listArtifacts(runId: number, { client, memory }: ReceiptSource): Promise<ReadonlyMap<string, string>> {
  const digests = await readPages(
    (next) =>
      client.restPage({
        route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
        parameters: {
          owner: memory.address.owner,
          repo: memory.address.name,
          run_id: runId,
          per_page: PAGE_SIZE,
          ...next,
        },
        what: `Listing the artifacts of run ${runId}`,
        answer: Artifacts,
      }),
    ({ artifacts }) =>
      artifacts.flatMap(({ name, digest }) => {
        const hex = /^sha256:([0-9a-f]{64})$/.exec(digest ?? '')?.[1];
        return hex === undefined ? [] : [[name, hex] as const];
      }),
  );
  return new Map(digests);
}
