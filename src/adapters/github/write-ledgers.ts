/**
 * Moves ledgers by compare-and-swap: one `createCommitOnBranch` with the files that differ, expecting the tip that was
 * read. Every commit carries a random id, so that after an answer that did not come it can be told whether the write
 * took effect: none is lost, and none is done twice.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';

import type { BranchName, CommitSha } from '../../core/brand.ts';
import { branchFor } from '../../core/ref-names.ts';
import { cleanLine } from '../../core/text/clean-text.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HostedForge } from '../../ports/hosted-forge.ts';
import type { LedgerFiles } from '../../ports/ledger-store.ts';
import { CommitName } from './answer-shapes.ts';
import { blobId } from './git-object-id.ts';
import { GitHubError } from './github-error.ts';
import type { GitHubClient } from './github-client.ts';
import type { LedgerReader, LedgerTree } from './read-ledgers.ts';
import type { RepositoryMemory } from './repository-memory.ts';

/** What writing works with. */
export interface LedgerWriterParts {
  client: GitHubClient;
  clock: Clock;
  memory: RepositoryMemory;
  reader: LedgerReader;
}

/** One ledger's move. */
interface Move {
  branch: BranchName;
  files: LedgerFiles;
  subject: string;
  /** Random; stands in the commit's message. */
  id: string;
}

type WriteOutcome = Awaited<ReturnType<HostedForge['writeLedgers']>>;

const WHAT = 'Writing a ledger';
const MAX_TRIES = 4;
/** How far back a write is looked for: so many others may have followed it while its answer was waited for. */
const MAX_HISTORY = 30;
const TRAILER = 'Espalier-Write';

/** See `HostedForge.writeLedgers`. Throws {@link GitHubError}. */
export async function writeLedgers(
  parts: LedgerWriterParts,
  write: Parameters<HostedForge['writeLedgers']>[0],
): Promise<WriteOutcome> {
  try {
    return await moveLedgers(parts, write);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.ending.kind !== 'forbidden') throw error;
    // GraphQL does not say which permission it is.
    const ending = { ...error.ending, permission: 'contents=write' };
    throw new GitHubError(WHAT, { ending, because: error.because, status: error.status, cause: error });
  }
}

async function moveLedgers(
  parts: LedgerWriterParts,
  write: Parameters<HostedForge['writeLedgers']>[0],
): Promise<WriteOutcome> {
  const { plan, base, version, planFiles, queueFiles } = write;
  const subject = cleanLine(write.subject, 200) || 'Update the ledger';
  const next = { ...version };
  if (planFiles !== null) {
    const branch = branchFor({ kind: 'ledger', plan });
    const moved = await moveLedger(parts, version.plan, { branch, files: planFiles, subject, id: randomUUID() });
    if (moved === null) return { kind: 'conflict' };
    next.plan = moved;
  }
  if (queueFiles !== null) {
    const branch = branchFor({ kind: 'queue', base });
    const moved = await moveLedger(parts, version.queue, { branch, files: queueFiles, subject, id: randomUUID() });
    if (moved === null) return { kind: planFiles === null ? 'conflict' : 'partial' };
    next.queue = moved;
  }
  return { kind: 'written', version: next };
}

/** The new tip; `null` if the branch is not (any more) where it was expected. */
async function moveLedger(parts: LedgerWriterParts, from: CommitSha | null, move: Move): Promise<CommitSha | null> {
  return from === null ? createLedger(parts, move) : commitToLedger(parts, from, move);
}

/** Files of a ledger as git names them. `like`: see {@link blobId}. */
function nameFiles(files: LedgerFiles, like: string): { tree: LedgerTree; texts: Map<string, string> } {
  const tree = new Map<string, string>();
  const texts = new Map<string, string>();
  for (const [path, text] of Object.entries(files)) {
    const oid = blobId(Buffer.from(text), like);
    tree.set(path, oid);
    texts.set(oid, text);
  }
  return { tree, texts };
}

const CommitAnswer = z.object({
  createCommitOnBranch: z.object({ commit: z.object({ oid: CommitName }).nullable() }).nullable(),
});
const COMMIT_DOCUMENT = `mutation WriteLedger($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

async function commitToLedger(parts: LedgerWriterParts, from: CommitSha, move: Move): Promise<CommitSha | null> {
  const { client, memory, reader } = parts;
  const before = await reader.readTree(from);
  const { tree, texts } = nameFiles(move.files, from);
  const changed = [...tree].filter(([path, oid]) => before.get(path) !== oid).map(([path]) => path);
  const removed = [...before.keys()].filter((path) => !tree.has(path));
  if (changed.length === 0 && removed.length === 0) return from;
  const input = {
    branch: {
      repositoryNameWithOwner: `${memory.address.owner}/${memory.address.name}`,
      branchName: move.branch,
    },
    expectedHeadOid: from,
    message: { headline: move.subject, body: `${TRAILER}: ${move.id}` },
    fileChanges: {
      additions: changed.map((path) => ({ path, contents: Buffer.from(move.files[path] ?? '').toString('base64') })),
      deletions: removed.map((path) => ({ path })),
    },
  };
  const written = await takeEffectOnce(parts, from, move, async () => {
    const { data, errors } = await client.graphql({
      kind: 'mutation',
      document: COMMIT_DOCUMENT,
      variables: { input },
      what: WHAT,
      answer: CommitAnswer,
    });
    const oid = data.createCommitOnBranch?.commit?.oid;
    if (oid !== undefined) return oid;
    throw errors[0] === undefined ? silentError() : client.errorOf(WHAT, errors[0].failure);
  });
  if (written !== null) reader.remember(written, tree, texts);
  return written;
}

const Named = z.object({ sha: CommitName });

/** The first commit of a ledger. Everything but the branch itself may be made twice: nobody sees it. */
async function createLedger(parts: LedgerWriterParts, move: Move): Promise<CommitSha | null> {
  const { client, memory, reader } = parts;
  const address = { owner: memory.address.owner, repo: memory.address.name };
  const tree = await client.rest({
    route: 'POST /repos/{owner}/{repo}/git/trees',
    parameters: {
      ...address,
      tree: Object.entries(move.files).map(([path, content]) => ({ path, mode: '100644', type: 'blob', content })),
    },
    what: WHAT,
    answer: z.object({ sha: z.string() }),
    maxRepeats: 3,
  });
  const { sha } = await client.rest({
    route: 'POST /repos/{owner}/{repo}/git/commits',
    parameters: { ...address, message: `${move.subject}\n\n${TRAILER}: ${move.id}`, tree: tree.sha, parents: [] },
    what: WHAT,
    answer: Named,
    maxRepeats: 3,
  });
  const written = await takeEffectOnce(parts, null, move, async () => {
    await client.rest({
      route: 'POST /repos/{owner}/{repo}/git/refs',
      parameters: { ...address, ref: `refs/heads/${move.branch}`, sha },
      what: WHAT,
      answer: z.unknown(),
    });
    return sha;
  });
  const named = nameFiles(move.files, sha);
  if (written !== null) reader.remember(written, named.tree, named.texts);
  return written;
}

/**
 * Does `write`, and does it again where it is sure that it took no effect. `null`: somebody else's write came first.
 * A write that got no answer may still take effect later; it then finds the branch elsewhere, or its successor does.
 */
async function takeEffectOnce(
  parts: LedgerWriterParts,
  from: CommitSha | null,
  move: Move,
  write: () => Promise<CommitSha>,
): Promise<CommitSha | null> {
  let isUnsure = false;
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      const { ending } = error;
      const isTaken = ending.kind === 'elsewhere' || saysTaken(error) || (ending.kind === 'gone' && from !== null);
      const mayStand = ending.kind === 'later' && ending.mayStand;
      if (!isTaken && !mayStand) throw error;
      if (isTaken && !isUnsure) return null;
      isUnsure = true;
      const { written, tip } = await findWrite(parts, move);
      if (written !== null) return written;
      if (tip !== from) return null;
      // Reads may be a little behind; whoever looks again later finds what was written.
      if (tries >= MAX_TRIES && isTaken) return null;
      if (tries >= MAX_TRIES) throw error;
      await parts.clock.sleep(500 * 2 ** tries);
    }
  }
}

/** The branch is there although it was to be made. */
function saysTaken({ status, because }: GitHubError): boolean {
  return status === 422 && /reference already exists/i.test(because);
}

const HISTORY_DOCUMENT = `query FindWrite($owner: String!, $name: String!, $branch: String!, $first: Int!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $branch) {
      target { oid ... on Commit { history(first: $first) { nodes { oid message } } } }
    }
  }
}`;
const HistoryAnswer = z.object({
  repository: z
    .object({
      ref: z
        .object({
          target: z
            .object({
              oid: CommitName,
              history: z.object({ nodes: z.array(z.object({ oid: CommitName, message: z.string() }).nullable()) }),
            })
            .nullable(),
        })
        .nullable(),
    })
    .nullable(),
});

/** Where the branch stands, and the commit of this very write if it is on it. */
async function findWrite(
  { client, memory }: LedgerWriterParts,
  { branch, id }: Move,
): Promise<{ written: CommitSha | null; tip: CommitSha | null }> {
  const { data, errors } = await client.graphql({
    kind: 'query',
    document: HISTORY_DOCUMENT,
    variables: {
      owner: memory.address.owner,
      name: memory.address.name,
      branch: `refs/heads/${branch}`,
      first: MAX_HISTORY,
    },
    what: 'Looking whether a ledger was written',
    answer: HistoryAnswer,
  });
  if (errors[0] !== undefined) throw client.errorOf('Looking whether a ledger was written', errors[0].failure);
  const target = data.repository?.ref?.target ?? null;
  const own = target?.history.nodes.find((commit) => commit?.message.includes(`${TRAILER}: ${id}`) === true) ?? null;
  return { written: own?.oid ?? null, tip: target?.oid ?? null };
}

function silentError(): GitHubError {
  return new GitHubError(WHAT, { ending: { kind: 'refused' }, because: 'GitHub answered without a commit' });
}
