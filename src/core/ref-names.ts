/**
 * Builds every branch name that Espalier writes, so that no two can clash as file and folder
 * (`espalier/p/a` and `espalier/p/a/b` cannot both exist in a git repository).
 */
import type { BranchName, CommitSha, PlanId, TaskId } from './brand.ts';

/** What a branch is for. `base` is any checked branch name; it is escaped, since it may hold slashes. */
export type BranchPurpose =
  | { kind: 'task'; plan: PlanId; task: TaskId }
  | { kind: 'attempt'; plan: PlanId; task: TaskId; attempt: number }
  | { kind: 'landed'; plan: PlanId }
  | { kind: 'ledger'; plan: PlanId }
  | { kind: 'queue'; base: BranchName }
  | { kind: 'receipt'; plan: PlanId; task: TaskId; attempt: number; generation: number }
  | { kind: 'trial'; plan: PlanId; task: TaskId; attempt: number }
  | { kind: 'archive'; plan: PlanId; task: TaskId; attempt: number; generation: number }
  /** `at` is where the ledger stood. No task's archive has a name without a dot. */
  | { kind: 'archived-ledger'; plan: PlanId; at: CommitSha };

/** The branch (without `refs/heads/`) for a purpose. Total: every purpose has exactly one name. */
export function branchFor(purpose: BranchPurpose): BranchName {
  return nameOf(purpose) as BranchName;
}

function nameOf(purpose: BranchPurpose): string {
  switch (purpose.kind) {
    case 'task':
      return `espalier/${purpose.plan}/${purpose.task}`;
    case 'attempt':
      return `espalier/${purpose.plan}/${purpose.task}.${purpose.attempt}`;
    case 'landed':
      return `espalier/${purpose.plan}/landed`;
    case 'ledger':
      return `espalier-ledger/${purpose.plan}`;
    case 'queue':
      return `espalier-queue/${purpose.base.replaceAll('%', '%25').replaceAll('/', '%2F')}`;
    case 'receipt':
      return `espalier-staging/${purpose.plan}/receipt/${purpose.task}.${purpose.attempt}.${purpose.generation}`;
    case 'trial':
      return `espalier-staging/${purpose.plan}/trial.${purpose.task}.${purpose.attempt}`;
    case 'archive':
      return `archive/espalier/${purpose.plan}/${purpose.task}.${purpose.attempt}.${purpose.generation}`;
    case 'archived-ledger':
      return `archive/espalier/${purpose.plan}/ledger-${purpose.at.slice(0, 12)}`;
  }
}
