/** Moves of refs: checked, applied in the state and in git at once, and followed by what they mean for pull requests. */
import { ZERO_OID, type Oid, type Repository } from '../state.ts';
import { Refusal, unprocessable, type Actor, type World, setFields, refuseWriteToArchived } from '../world.ts';
import { findRuleViolations } from './ref-rules.ts';
import { findForeignWorkflow } from './workflow-files.ts';

/** One update of `updateRefs`: {@link ZERO_OID} before = must not exist, after = delete; no `before` = any. */
export interface RefUpdate {
  /** Full name, such as `refs/heads/main`. */
  name: string;
  before: Oid | null;
  after: Oid;
  isForced: boolean;
}

/** Moves all of the refs, or none. */
export async function updateRefs(world: World, by: Actor, repository: Repository, updates: RefUpdate[]): Promise<void> {
  await world.atomically(async () => {
    refuseWriteToArchived(repository);
    for (const update of updates) {
      await refuseBadUpdate(world, repository, update);
      const violations = await findRuleViolations(world, by, repository, update);
      if (violations.length > 0)
        throw unprocessable(`Repository rule violations found\n\n${violations.join('\n\n')}\n\n`);
      const workflow = await findForeignWorkflow(world, by, repository, update);
      if (workflow !== null) throw new Refusal(403, 'FORBIDDEN', refuseWorkflow(workflow));
    }
    refuseFoldersInTheWay(repository, updates);
    await applyRefUpdates(world, by, repository, updates);
  });
}

/** Creates a ref; refused where it exists: the way to take a lock by REST. */
export async function createRef(
  world: World,
  by: Actor,
  repository: Repository,
  ref: { name: string; oid: Oid },
): Promise<void> {
  await world.atomically(async () => {
    refuseWriteToArchived(repository);
    refuseInvalidRefName(ref.name);
    if (repository.refs.has(ref.name)) throw unprocessable('Reference already exists');
    if (repository.refs.size === 0) throw new Refusal(409, 'CONFLICT', 'Git Repository is empty.');
    await updateRefs(world, by, repository, [{ name: ref.name, before: ZERO_OID, after: ref.oid, isForced: false }]);
  });
}

/** Moves a ref that is there, forward only unless forced. */
export async function updateRef(
  world: World,
  by: Actor,
  repository: Repository,
  ref: { name: string; oid: Oid; isForced: boolean },
): Promise<void> {
  await world.atomically(async () => {
    refuseWriteToArchived(repository);
    const before = repository.refs.get(ref.name);
    if (before === undefined) throw unprocessable('Reference does not exist');
    await updateRefs(world, by, repository, [{ name: ref.name, before, after: ref.oid, isForced: ref.isForced }]);
  });
}

/** Deletes a ref wherever it stands; refused where there is none, and for the default branch. */
export async function deleteRef(world: World, by: Actor, repository: Repository, name: string): Promise<void> {
  await world.atomically(async () => {
    refuseWriteToArchived(repository);
    if (!repository.refs.has(name)) throw unprocessable('Reference does not exist');
    await updateRefs(world, by, repository, [{ name, before: null, after: ZERO_OID, isForced: true }]);
  });
}

/** Renames a branch as a maintainer does: pull requests follow, on both of their ends, and the default branch too. */
export async function renameBranch(
  world: World,
  by: Actor,
  repository: Repository,
  names: { from: string; to: string },
): Promise<void> {
  await world.atomically(async () => {
    const oid = repository.refs.get(`refs/heads/${names.from}`);
    if (oid === undefined) throw new Refusal(404, 'NOT_FOUND', 'Branch not found');
    for (const { pull } of repository.issues.values()) {
      if (pull?.baseRefName === names.from) pull.baseRefName = names.to;
      if (pull?.headRefName === names.from && pull.headRepositoryId === repository.id) pull.headRefName = names.to;
    }
    const isDefault = repository.defaultBranch === names.from;
    await applyRefUpdates(world, by, repository, [
      { name: `refs/heads/${names.to}`, before: ZERO_OID, after: oid, isForced: false },
      { name: `refs/heads/${names.from}`, before: oid, after: ZERO_OID, isForced: true },
    ]);
    if (isDefault) await followDefaultBranch(world, by, repository, names);
  });
}

/** The repository's default branch has another name. */
async function followDefaultBranch(
  world: World,
  by: Actor,
  repository: Repository,
  names: { from: string; to: string },
): Promise<void> {
  setFields(repository, { defaultBranch: names.to });
  await world.git.run(repository.gitDir, ['symbolic-ref', 'HEAD', `refs/heads/${names.to}`]);
  const changes = { default_branch: { from: names.from } };
  await world.emit({ event: 'repository', action: 'edited', repository, by, changes });
}

/**
 * Applies updates that were checked: in git, in the state, then everything that follows. Used where rules do not
 * apply (a merge that was allowed, a push that the hook let through). `alongside` changes the state in the same
 * instant, so that nobody reads the one without the other.
 */
export async function applyRefUpdates(
  world: World,
  by: Actor,
  repository: Repository,
  updates: RefUpdate[],
  alongside?: () => void,
): Promise<void> {
  const moves = updates
    .map(({ name, after }) => ({ name, before: repository.refs.get(name) ?? ZERO_OID, after }))
    .filter(({ before, after }) => before !== after);
  await world.git.writeRefs(
    repository.gitDir,
    moves.map(({ name, after }) => ({ name, oid: after })),
  );
  for (const { name, after } of moves)
    if (after === ZERO_OID) repository.refs.delete(name);
    else repository.refs.set(name, after);
  alongside?.();
  setFields(repository, { pushedAt: world.clock.now(), updatedAt: world.clock.now() });
  for (const move of moves) await world.followers.refMoved(world, by, repository, move);
}

async function refuseBadUpdate(world: World, repository: Repository, update: RefUpdate): Promise<void> {
  refuseInvalidRefName(update.name);
  const current = repository.refs.get(update.name) ?? ZERO_OID;
  if (update.before !== null && update.before !== current)
    throw new Refusal(
      409,
      'STALE_DATA',
      `Expected ref "${update.name}" to point to "${update.before}" but it did not. Pull and try again.`,
    );
  if (update.after === ZERO_OID) {
    if (current === ZERO_OID) throw unprocessable('Reference does not exist');
    if (update.name === `refs/heads/${repository.defaultBranch}`)
      throw unprocessable('Cannot delete the default branch');
    return;
  }
  const type = await world.git.typeOf(repository.gitDir, update.after);
  if (type === null) throw unprocessable('Object does not exist');
  if (update.name.startsWith('refs/heads/') && type !== 'commit')
    throw unprocessable('Reference update failed: the object is not a commit');
  if (current === ZERO_OID || update.isForced) return;
  if (!(await world.git.isAncestor(repository.gitDir, current, update.after)))
    throw unprocessable('Update is not a fast forward');
}

/** The rules of `git check-ref-format`, and no ref outside of `refs/`. */
export function refuseInvalidRefName(name: string): void {
  const isValid =
    /^refs\/[^/]+\/.+$/.test(name) &&
    !/[\u0000-\u0020\u007F~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/.test(name) &&
    !name.startsWith('refs/pull/');
  if (!isValid) throw unprocessable(`Reference name "${name}" is not a valid ref name`);
}

/** Git keeps refs as files: `a` and `a/b` cannot both be. */
function refuseFoldersInTheWay(repository: Repository, updates: RefUpdate[]): void {
  const names = new Set(repository.refs.keys());
  for (const { name, after } of updates)
    if (after === ZERO_OID) names.delete(name);
    else names.add(name);
  for (const { name } of updates) {
    if (!names.has(name)) continue;
    for (const other of names)
      if (other.startsWith(`${name}/`) || name.startsWith(`${other}/`))
        throw unprocessable(`Reference update failed: '${other}' exists; cannot create '${name}'`);
  }
}

function refuseWorkflow(path: string): string {
  return `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`;
}
