/** GitHub lets no token create or change a workflow file without the permission `workflows`. */
import { listWorkflowFiles, WORKFLOW_FOLDER } from './operations/workflow-files.ts';
import type { Oid, Repository } from './state.ts';
import { Refusal, type World } from './world.ts';

/**
 * A workflow file of a commit that none of the others has, by path; undefined where there is none. What one of them
 * has came in by somebody who may, and moves freely.
 */
export async function findNewWorkflow(
  world: World,
  repository: Repository,
  commit: Oid,
  others: Iterable<Oid>,
): Promise<string | undefined> {
  const brought = await listWorkflowFiles(world, repository, commit);
  if (brought.length === 0) return undefined;
  const known = new Set<string>();
  for (const other of new Set(others))
    for (const file of await listWorkflowFiles(world, repository, other)) known.add(`${file.oid} ${file.name}`);
  const found = brought.find((file) => !known.has(`${file.oid} ${file.name}`));
  return found === undefined ? undefined : `${WORKFLOW_FOLDER}/${found.name}`;
}

/** GitHub's answer to a change that {@link findNewWorkflow} finds. */
export function refuseWorkflow(path: string): Refusal {
  return new Refusal(
    403,
    'FORBIDDEN',
    `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`,
  );
}
