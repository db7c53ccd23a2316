/** The right to change workflow files, which no permission but its own gives. */

import { ZERO_OID } from '../state.ts';
import type { Oid, Repository } from '../state.ts';
import { findNewWorkflow, refuseWorkflow } from '../workflow-guard.ts';
import type { GraphqlContext } from './resolver-types.ts';

/** @throws Refusal where a path is a workflow file and the token lacks `workflows: write`. */
export function requireWorkflowRight(
  { access: { caller, permissions } }: GraphqlContext,
  repository: Repository,
  paths: readonly string[],
): void {
  const workflow = paths.find((path) => path.startsWith('.github/workflows/'));
  if (workflow === undefined) return;
  if (!permissions.allows(caller, [{ workflows: 'write' }], repository)) throw refuseWorkflow(workflow);
}

/** As {@link requireWorkflowRight}, for commits that refs are to point to. */
export async function requireWorkflowRightFor(
  context: GraphqlContext,
  repository: Repository,
  oids: readonly Oid[],
): Promise<void> {
  const tips = [...repository.refs.values()];
  for (const oid of oids) {
    const workflow = oid === ZERO_OID ? undefined : await findNewWorkflow(context.world, repository, oid, tips);
    if (workflow !== undefined) requireWorkflowRight(context, repository, [workflow]);
  }
}
