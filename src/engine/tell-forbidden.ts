/**
 * Tells in a plan's issue that a permission is missing, where the plan cannot even be read or written: what is otherwise
 * noted in its ledger, and told from there, has no other way to a person.
 */
import type { CommitSha } from '../core/brand.ts';
import { noticeOfForbidden } from '../core/hosted/plan-obstacles.ts';
import { type HostedForge, readForbidden } from '../ports/hosted-forge.ts';

/** Stands where no ledger is: what is said there takes nothing from it. */
export const NO_LEDGER = '0'.repeat(40) as CommitSha;

/** The notices of one plan issue: one for each permission, whichever process gives it. */
export class ForbiddenNotices {
  private readonly forge: Pick<HostedForge, 'perform'>;
  private readonly issue: number;
  private readonly holder: 'app' | 'job';
  private told: string | null = null;

  constructor(forge: Pick<HostedForge, 'perform'>, issue: number, holder: 'app' | 'job') {
    this.forge = forge;
    this.issue = issue;
    this.holder = holder;
  }

  /** Tells what `error` says of a missing permission, if it says anything of one. `ledgerSha`: `null` if there is none. */
  async tell(error: unknown, ledgerSha: CommitSha | null): Promise<void> {
    const forbidden = readForbidden(error);
    if (forbidden === null) return;
    const notice = noticeOfForbidden(this.issue, forbidden, this.holder);
    if (this.told === notice.key) return;
    try {
      const outcomes = await this.forge.perform([notice], ledgerSha ?? NO_LEDGER);
      if (outcomes.get(notice.key)?.kind === 'comment-posted') this.told = notice.key;
    } catch {
      // It is tried again with the next error; that one is what the log shows.
    }
  }
}
