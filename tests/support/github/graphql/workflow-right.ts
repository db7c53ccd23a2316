/** The right to change workflow files, which no permission but its own gives. */

import type { Repository } from '../state.ts';
import { Refusal } from '../world.ts';
import type { GraphqlContext } from './resolver-types.ts';

/** @throws Refusal where a path is a workflow file and the token lacks `workflows: write`. */
export function requireWorkflowRight(context: GraphqlContext, repository: Repository, paths: readonly string[]): void {
  const workflow = paths.find((path) => path.startsWith('.github/workflows/'));
  if (workflow === undefined) return;
  const { caller, permissions } = context.access;
  if (permissions.allows(caller, [{ workflows: 'write' }], repository)) return;
  const message = `refusing to allow a GitHub App to create or update workflow \`${workflow}\` without \`workflows\` permission`;
  throw new Refusal(403, 'FORBIDDEN', message);
}
