import type { Repository, Ruleset, Oid, PullIssue, BranchRule, CheckRun, CommitStatus } from '../state.ts';
import type { Actor, World } from '../world.ts';

/** To be built. */
export function rulesFor(repository: Repository, branch: string): { ruleset: Ruleset; rule: BranchRule }[] {
  throw new Error(`not built: rulesFor`);
}

/** To be built. */
export function canBypass(world: World, by: Actor, repository: Repository, ruleset: Ruleset): boolean {
  throw new Error(`not built: canBypass`);
}

/** To be built. */
export function requiredChecks(repository: Repository, branch: string): { context: string; appId: number | null }[] {
  throw new Error(`not built: requiredChecks`);
}

/** To be built. */
export function isCheckRequired(
  repository: Repository,
  branch: string,
  check: { name: string; appId: number | null },
): boolean {
  throw new Error(`not built: isCheckRequired`);
}

/** To be built. */
export async function findUnmetRequirements(world: World, by: Actor, pull: PullIssue): Promise<string[]> {
  throw new Error(`not built: findUnmetRequirements`);
}

/** To be built. */
export function rollupOf(
  repository: Repository,
  sha: Oid,
): {
  state: 'EXPECTED' | 'ERROR' | 'FAILURE' | 'PENDING' | 'SUCCESS' | null;
  checkRuns: CheckRun[];
  statuses: CommitStatus[];
} {
  throw new Error(`not built: rollupOf`);
}
