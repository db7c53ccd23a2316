/** Workflow files out of the repository, each content parsed once. */
import { WORKFLOW_FOLDER } from '../github/operations/workflow-files.ts';
import type { Oid, Repository } from '../github/state.ts';
import type { World } from '../github/world.ts';
import { readWorkflowFile, type WorkflowFile } from './read-workflow.ts';

/** A reader of one repository: the file of a path at a commit, `null` where there is none. Throws for a broken one. */
export function createFileReader(
  world: World,
  repository: Repository,
): (path: string, commit: Oid) => Promise<WorkflowFile | null> {
  const parsed = new Map<string, ReturnType<typeof readWorkflowFile>>();
  return async (path, commit) => {
    const read = await world.git.readCommit(repository.gitDir, commit);
    const entry = read === null ? null : await world.git.findPath(repository.gitDir, read.tree, path);
    if (entry?.type !== 'blob' || !path.startsWith(`${WORKFLOW_FOLDER}/`)) return null;
    const key = `${path} ${entry.oid}`;
    const known =
      parsed.get(key) ??
      readWorkflowFile(path, (await world.git.readBlob(repository.gitDir, entry.oid))?.toString('utf8') ?? '');
    parsed.set(key, known);
    const result = await known;
    if (!result.ok) throw new Error(`${path} is no workflow that GitHub would run:\n${result.problems.join('\n')}`);
    return result.file;
  };
}
