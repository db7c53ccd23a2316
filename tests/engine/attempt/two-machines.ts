/** Two machines: an agent works on one, and what it made is verified on the other, which has no file in common with it. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';

import { attemptMessage } from '../../../src/core/attempts/commit-message.ts';
import type { CommitSha, TreeSha } from '../../../src/core/brand.ts';
import { readWorkRecord, type WorkRecord } from '../../../src/core/ledger/work-record.ts';
import type { AttemptOrder, LegDeps } from '../../../src/engine/orders.ts';
import type { GivenHead } from '../../../src/engine/run-verify.ts';
import { openAttemptRoom, type AttemptRoom, type TestEngine } from './attempt-room.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** What a leg has: no forge, so that it cannot move a branch. */
export function legDeps({ deps }: AttemptRoom): LegDeps {
  const { forge: _forge, ...rest } = deps;
  return rest;
}

/** A machine that has fetched the history of these commits of another one, and nothing else of it. */
export async function openSecondMachine(
  engine: TestEngine,
  first: AttemptRoom,
  commits: readonly CommitSha[],
): Promise<AttemptRoom> {
  const second = await openAttemptRoom(engine);
  for (const commit of commits) second.git('fetch', '-q', first.repository, commit);
  return second;
}

/** Brings what the work made to the other machine the way that it goes there: a record as text, and a pack of the tree. */
export async function moveWork(
  from: AttemptRoom,
  to: AttemptRoom,
  order: AttemptOrder,
  record: WorkRecord,
): Promise<GivenHead> {
  const read = readWorkRecord(JSON.stringify(record), { ...order, task: order.task.id });
  if (!read.ok) throw new Error(read.because);
  const { head } = read.value;
  if (head === null) throw new Error('The work made no head.');
  const path = join(from.dir, `${head.treeSha}.pack`);
  const packed = await from.deps.git.writePack({ tree: head.treeSha, base: order.baseSha, path, maxBytes: MAX_BYTES });
  if (packed.kind !== 'written') throw new Error('The change is too large for a test.');
  const taken = await to.deps.git.takeIn({ stdout: createReadStream(path), maxBytes: MAX_BYTES });
  if (taken.kind !== 'taken') throw new Error(taken.because);
  const headSha = await to.deps.git.writeCommit({
    tree: taken.tree,
    parents: [order.baseSha],
    message: attemptMessage({ ...order, task: order.task.id, title: order.task.title }),
    author: to.deps.author,
    atMs: head.atMs,
  });
  return { headSha, treeSha: taken.tree, work: read.value };
}

/** A commit as a person makes it, on no branch of Espalier's; what is checked out stays as it is. */
export function pushHead(room: AttemptRoom, from: CommitSha, files: Record<string, string>): GivenHead {
  room.git('checkout', '-q', '--detach', from);
  const headSha = room.commit(files, 'Mend it by hand');
  room.git('checkout', '-q', 'main');
  return { headSha, treeSha: room.git('rev-parse', `${headSha}^{tree}`) as TreeSha, work: null };
}
