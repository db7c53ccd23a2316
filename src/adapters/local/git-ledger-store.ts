/**
 * Ledgers as commits on two orphan branches of the user's repository, `espalier-ledger/<plan>` and
 * `espalier-queue/<base>`. Each write is a commit whose parent is the version before it, so the branch's history is
 * the audit trail; both branches move in one transaction.
 */
import type { BranchName, CommitSha, PlanId } from '../../core/brand.ts';
import { readPlanId } from '../../core/ids.ts';
import { branchFor } from '../../core/ref-names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BranchMove, Git } from '../../ports/git.ts';
import type { LedgerFiles, LedgerState, LedgerStore, LedgerVersion } from '../../ports/ledger-store.ts';

/** Most that a ledger may hold: a plan of ten thousand tasks with its history is well below. */
const MAX_LEDGER_BYTES = 256 * 1024 * 1024;
const LEDGER_PREFIX = 'espalier-ledger/';
const AUTHOR = { name: 'Espalier', email: 'espalier@localhost' };

/** Opens the ledgers that live in a repository. */
export function openGitLedgerStore(git: Git, options: { clock: Pick<Clock, 'now'> }): LedgerStore {
  const writeVersion = async (files: LedgerFiles, parent: CommitSha | null, subject: string): Promise<CommitSha> =>
    git.writeCommit({
      tree: await git.writeTree(files),
      parents: parent === null ? [] : [parent],
      message: subject.replace(/\s+/g, ' ').trim() || 'Update the ledger',
      author: AUTHOR,
      atMs: options.clock.now(),
    });
  return {
    async read(plan, target) {
      const version = await readVersion(git, plan, target);
      const [planFiles, queueFiles] = await Promise.all([
        readLedger(git, version.plan),
        readLedger(git, version.queue),
      ]);
      return { planFiles, queueFiles, version } satisfies LedgerState;
    },
    async write({ plan, target, version, planFiles, queueFiles, subject }) {
      const next: LedgerVersion = {
        plan: await writeVersion(planFiles, version.plan, subject),
        queue: queueFiles === null ? version.queue : await writeVersion(queueFiles, version.queue, subject),
      };
      const { ledger, queue } = branchesOf(plan, target);
      const moves: BranchMove[] = [
        { branch: ledger, from: version.plan, to: next.plan },
        { branch: queue, from: version.queue, to: next.queue },
      ];
      const outcome = await git.moveBranches(moves, subject);
      return outcome.moved ? { kind: 'written', version: next } : { kind: 'conflict' };
    },
    async listPlans() {
      const plans: PlanId[] = [];
      for (const { branch } of await git.listBranches(LEDGER_PREFIX)) {
        const plan = readPlanId(branch.slice(LEDGER_PREFIX.length));
        if (plan.ok) plans.push(plan.value);
      }
      return plans.sort();
    },
  };
}

function branchesOf(plan: PlanId, target: BranchName): { ledger: BranchName; queue: BranchName } {
  return { ledger: branchFor({ kind: 'ledger', plan }), queue: branchFor({ kind: 'queue', base: target }) };
}

/** Both tips in one look, so that a version is never made of two moments. */
async function readVersion(git: Git, plan: PlanId, target: BranchName): Promise<LedgerVersion> {
  const { ledger, queue } = branchesOf(plan, target);
  const tips = await git.readBranches([ledger, queue]);
  return { plan: tips.get(ledger) ?? null, queue: tips.get(queue) ?? null };
}

async function readLedger(git: Git, at: CommitSha | null): Promise<LedgerFiles | null> {
  return at === null ? null : git.readFiles(at, MAX_LEDGER_BYTES);
}
