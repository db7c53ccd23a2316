/** What a command came to, as data. `core/report/hosted` makes the one comment that answers it. */
import type { TaskId } from '../brand.ts';
import type { ProposedPlan } from '../ledger/forge-record.ts';

export type Reply =
  | { kind: 'help' }
  /** Of the text as it stands; rendered from the read plan, the rules of the base and the permissions. */
  | { kind: 'check' }
  | { kind: 'status' }
  | { kind: 'why'; task: TaskId }
  /** `isNew`: the plan was accepted with this command; `only` is what it was asked for, empty for all. */
  | { kind: 'run-started'; isNew: boolean; only: readonly TaskId[] }
  /** It was not accepted: the text has errors, which are shown with their lines. */
  | { kind: 'run-problems' }
  /** The issue was edited after the command was given, so the command was given for another text. */
  | { kind: 'edited-since'; command: string }
  | { kind: 'approved'; difference: ProposedPlan }
  /** A pause, resume, retry, cancel, review, merge, freeze, thaw or clean-up that was done: what, in one sentence. */
  | { kind: 'done'; command: string; because: string }
  | { kind: 'refused'; command: string; because: string; next: string }
  | { kind: 'unknown-command'; text: string; because: string; nearest: string | null }
  /** Answered once for each person and plan. */
  | { kind: 'no-authority'; login: string; because: string };

/** A reply and where it goes. */
export interface AddressedReply {
  /** Node ids of what it answers make its key; a comment with several commands gets one answer. */
  key: string;
  thread: number;
  replies: readonly Reply[];
  /** Given to the comment whose node id is the key; left out where there is no such comment. */
  reaction?: 'EYES' | 'CONFUSED';
  /** Nothing is noted of it: it is answered once, as far as the thread itself shows. */
  isPassing?: true;
}
