/** Who may change workflow files: an app needs a permission of its own for them. */
import type { TreeEntry } from '../git-storage.ts';
import { ZERO_OID, type Oid, type RefMove, type Repository } from '../state.ts';
import { installationOn, type Actor, type World } from '../world.ts';

/** Where GitHub looks for workflows. */
export const WORKFLOW_FOLDER = '.github/workflows';

/**
 * The first workflow file that an app without permission would bring into a branch, as a push of it is judged: the
 * same file on another branch is no news, so only a new path or content is foreign.
 */
export async function findForeignWorkflow(
  world: World,
  by: Actor,
  repository: Repository,
  update: Pick<RefMove, 'name' | 'after'>,
): Promise<string | null> {
  if (update.after === ZERO_OID || mayChangeWorkflows(world, by, repository)) return null;
  const wanted = await listWorkflowFiles(world, repository, update.after);
  if (wanted.length === 0) return null;
  const known = new Set<string>();
  for (const tip of new Set(repository.refs.values()))
    for (const file of await listWorkflowFiles(world, repository, tip)) known.add(`${file.oid} ${file.name}`);
  const foreign = wanted.find((file) => !known.has(`${file.oid} ${file.name}`));
  return foreign === undefined ? null : `${WORKFLOW_FOLDER}/${foreign.name}`;
}

/** The first workflow file that differs between two commits, as a merge or an update of a branch is judged. */
export async function findChangedWorkflow(
  world: World,
  by: Actor,
  repository: Repository,
  commits: { before: Oid; after: Oid },
): Promise<string | null> {
  if (mayChangeWorkflows(world, by, repository)) return null;
  const before = await listWorkflowFiles(world, repository, commits.before);
  const after = await listWorkflowFiles(world, repository, commits.after);
  const names = new Set([...before, ...after].map((file) => file.name));
  for (const name of names) {
    const oidIn = (files: TreeEntry[]): Oid | undefined => files.find((file) => file.name === name)?.oid;
    if (oidIn(before) !== oidIn(after)) return `${WORKFLOW_FOLDER}/${name}`;
  }
  return null;
}

/** Files of the workflow folder in a commit. */
export async function listWorkflowFiles(world: World, repository: Repository, commitSha: Oid): Promise<TreeEntry[]> {
  const commit = await world.git.readCommit(repository.gitDir, commitSha);
  if (commit === null) return [];
  const folder = await world.git.findPath(repository.gitDir, commit.tree, WORKFLOW_FOLDER);
  if (folder?.type !== 'tree') return [];
  const entries = (await world.git.readTree(repository.gitDir, folder.oid)) ?? [];
  return entries.filter((entry) => entry.type === 'blob' && /\.ya?ml$/.test(entry.name));
}

function mayChangeWorkflows(world: World, by: Actor, repository: Repository): boolean {
  if (by.appId === null) return true;
  return installationOn(world.state, by.appId, repository)?.permissions['workflows'] === 'write';
}
