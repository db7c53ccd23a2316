/** Does `espalier clean`: finds what there is of each plan, decides, removes, and says what it did. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { type LeftRun, type LeftRuns, openLeftRuns } from '../../adapters/sandbox/left-runs.ts';
import type { BranchName, CommitSha, TaskId } from '../../core/brand.ts';
import {
  type CleaningFacts,
  type CleaningItem,
  type FoundBranch,
  type FoundFolder,
  planCleaning,
} from '../../core/clean/plan-cleaning.ts';
import { planRunPrefix } from '../../core/worktree/run-name.ts';
import { type CleaningOutcome, nameOf, renderCleaning } from '../../core/report/clean-report.ts';
import type { AttemptKey } from '../../ports/evidence-store.ts';
import { openRepository, type OpenRepository } from './open-repository.ts';
import { type KnownPlan, readAllPlans, readKnownPlan, selectPlan } from './select-plan.ts';
import type { Session } from './session.ts';

/** Options of `clean`. */
export interface CleanOptions {
  dryRun?: true;
  olderThan: number;
  json?: true;
}

/** Cleans one plan or all. */
export async function cleanUp(session: Session, said: string | null, options: CleanOptions): Promise<void> {
  await using repository = await openRepository(session);
  const plans = said === null ? await readAllPlans(session, repository) : [await selectPlan(session, repository, said)];
  const runs = await openLeftRuns({ env: session.input.env, stateDir: path.join(repository.stateDir, 'sandbox') });
  const machine: Machine = { repository, runs };
  const outcomes: CleaningOutcome[] = [];
  const keep: CleaningItem[] = [];
  for (const plan of plans) {
    const cleaning = await decideCleaning(machine, plan, options);
    keep.push(...cleaning.keep);
    for (const item of cleaning.remove)
      outcomes.push({ item, failure: options.dryRun === true ? null : await removeItem(machine, item) });
  }
  if (options.json === true) {
    const items = outcomes.map(({ item, failure }) => ({ ...item, name: nameOf(item), failure }));
    session.printJson({ dryRun: options.dryRun === true, removed: items, kept: keep });
  } else session.out.print(renderCleaning(outcomes, keep, { isDryRun: options.dryRun === true }));
  if (outcomes.some((each) => each.failure !== null)) session.end('findings');
}

interface Machine {
  repository: OpenRepository;
  runs: LeftRuns;
}

async function decideCleaning(
  { repository, runs }: Machine,
  plan: KnownPlan,
  options: CleanOptions,
): Promise<ReturnType<typeof planCleaning>> {
  const id = plan.ledger.plan.id;
  const keys = await repository.evidence.listAttempts(id);
  return planCleaning(
    {
      ledger: plan.ledger,
      isHeld: plan.holders.length > 0,
      branches: await findBranches(repository, plan),
      ...(await findTrees(repository, id)),
      runs: await runs.list(planRunPrefix(repository.git.objectsDir, id)),
      folders: await findFolders(keys, (key) => path.dirname(repository.evidence.logPath(key))),
    },
    { now: Date.now(), olderThanMs: options.olderThan },
  );
}

async function findBranches(repository: OpenRepository, plan: KnownPlan): Promise<FoundBranch[]> {
  const { git } = repository;
  const { ledger } = plan;
  const own = ledger.plan.tasks.flatMap((task) => task.branch ?? []);
  const prefixes = ['espalier', 'espalier-staging', 'archive/espalier'].map((space) => `${space}/${ledger.plan.id}/`);
  const found = (await Promise.all(prefixes.map((prefix) => git.listBranches(prefix)))).flat();
  for (const branch of own) {
    const sha = await git.readBranch(branch);
    if (sha !== null) found.push({ branch, sha });
  }
  const homes: { branch: BranchName; sha: CommitSha }[] = [];
  for (const branch of new Set([ledger.target, ledger.baseBranch])) {
    const sha = await git.readBranch(branch);
    if (sha !== null) homes.push({ branch, sha });
  }
  const branches: FoundBranch[] = [];
  for (const { branch, sha } of found) {
    if (branch === ledger.target || branch === ledger.baseBranch) continue;
    branches.push({ branch, sha, containedIn: await findHome(git, sha, homes) });
  }
  return branches;
}

async function findHome(
  git: OpenRepository['git'],
  sha: CommitSha,
  homes: readonly { branch: BranchName; sha: CommitSha }[],
): Promise<BranchName | null> {
  for (const home of homes) if (await git.isAncestor(sha, home.sha)) return home.branch;
  return null;
}

async function findFolders(keys: readonly AttemptKey[], pathOf: (key: AttemptKey) => string): Promise<FoundFolder[]> {
  const found: FoundFolder[] = [];
  for (const key of keys) {
    const folder = pathOf(key);
    const info = await stat(folder).catch(() => null);
    if (info !== null) found.push({ key, path: folder, changedAt: info.mtimeMs });
  }
  return found;
}

const TREE_NAME = /^(.+)\.([1-9]\d*)\.([1-9]\d*)(-verify|-base-tests|-trial|-final)?$/;

/** What there is of worktrees, from the folder itself: logs may be gone before them. */
async function findTrees(
  repository: OpenRepository,
  plan: KnownPlan['ledger']['plan']['id'],
): Promise<Pick<CleaningFacts, 'worktrees' | 'checkouts' | 'aside'>> {
  const folder = path.join(repository.stateDir, 'trees', plan);
  const names = await readdir(folder).catch((): string[] => []);
  const keys: AttemptKey[] = [];
  const found = { checkouts: [] as string[], aside: [] as string[] };
  for (const name of names.toSorted()) {
    const [, task, attempt, generation, use] = TREE_NAME.exec(name) ?? [];
    if (task === undefined) found.aside.push(path.join(folder, name));
    else if (use !== undefined) found.checkouts.push(path.join(folder, name));
    // Only looked up in the ledger and compared with the names there.
    else keys.push({ plan, task: task as TaskId, attempt: Number(attempt), generation: Number(generation) });
  }
  const at = (key: AttemptKey): string => path.join(folder, `${key.task}.${key.attempt}.${key.generation}`);
  return { ...found, worktrees: await findFolders(keys, at) };
}

/** Removes one item; answers why it could not. */
async function removeItem({ repository, runs }: Machine, item: CleaningItem): Promise<string | null> {
  try {
    // A run may have begun since the decision: nothing is taken from under it.
    const plan = await readKnownPlan(repository, item.plan);
    if (plan !== null && plan.holders.length > 0) return 'a run has begun to work on this plan';
    if (item.kind === 'run') await runs.end({ name: item.name, place: item.place as LeftRun['place'] });
    else if (item.kind === 'worktree') await repository.git.removeWorktree(item.path);
    else if (item.kind === 'log') await rm(item.path, { recursive: true, force: true });
    else return await removeBranch(repository, item.branch, item.sha);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function removeBranch(repository: OpenRepository, branch: BranchName, sha: CommitSha): Promise<string | null> {
  const [checkout] = await repository.git.checkoutsOf(branch);
  if (checkout !== undefined) return `it is checked out in '${checkout.path}'`;
  // Only where it was looked at: commits that came since were not judged.
  const { moved, because } = await repository.git.moveBranches([{ branch, from: sha, to: null }], 'clean');
  return moved ? null : because;
}
