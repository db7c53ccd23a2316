/**
 * Makes the head of an attempt again from its tree. No commit of another job is ever read: the tree comes in as a pack
 * that is checked object by object, everything else of the commit is known here, and its name has to come out the same.
 */
import { attemptMessage } from '../../core/attempts/commit-message.ts';
import type { Checked } from '../../core/ids.ts';
import { MAX_WORK_RECORD_CHARACTERS, readWorkRecord, type WorkRecord } from '../../core/ledger/work-record.ts';
import type { AttemptOrder } from '../../engine/orders.ts';
import { ACTION_AUTHOR } from './action-author.ts';
import { takeGivenPack, takeGivenText } from './given-files.ts';
import type { GivenFile } from './inputs.ts';
import type { LegRoom } from './leg-room.ts';

/** A head that is in the repository now, with the record of the work that made it. */
export interface MadeHead {
  head: NonNullable<WorkRecord['head']>;
  work: WorkRecord;
}

/** Takes the work record and the pack, and makes the commit. The attempt's base has to be in the repository. */
export async function makeHead(
  room: LegRoom,
  order: AttemptOrder,
  given: { work: GivenFile | null; pack: GivenFile | null; maxPackBytes: number },
): Promise<Checked<MadeHead>> {
  if (given.work === null || given.pack === null)
    return bad(`the job work left no ${given.work === null ? 'work record' : 'pack'}`);
  const maxBytes = 4 * MAX_WORK_RECORD_CHARACTERS;
  const text = await takeGivenText(room, given.work, { name: 'work record', maxBytes });
  if (!text.ok) return text;
  const work = readWorkRecord(text.value, { ...order, task: order.task.id });
  if (!work.ok) return work;
  const { head } = work.value;
  if (head === null) return bad('the work record speaks of no head');
  const tree = await takeGivenPack(room, given.pack, given.maxPackBytes);
  if (!tree.ok) return tree;
  if (tree.value !== head.treeSha)
    return bad(`the pack has tree ${tree.value}, and the work record speaks of ${head.treeSha}`);
  const commit = await room.git.writeCommit({
    tree: tree.value,
    parents: [order.baseSha],
    message: attemptMessage({ ...order, task: order.task.id, title: order.task.title }),
    author: ACTION_AUTHOR,
    atMs: head.atMs,
  });
  return commit === head.commitSha
    ? { ok: true, value: { head, work: work.value } }
    : bad(`its tree gives commit ${commit}, and the work record speaks of ${head.commitSha}`);
}

function bad(because: string): { ok: false; because: string } {
  return { ok: false, because };
}
