/** The roots of queries. */

import { findNode } from '../node-ids.ts';
import { findRepository, notFound } from '../world.ts';
import { showAsUser } from './account-resolvers.ts';
import { showGitNode } from './git-objects.ts';
import { canSee } from './reading-rights.ts';
import type { GraphqlContext, Resolvers, TypedSource } from './resolver-types.ts';
import { dateTime } from './resolver-types.ts';

async function showNode(context: GraphqlContext, nodeId: string): Promise<TypedSource> {
  const refusal = notFound(`Could not resolve to a node with the global id of '${nodeId}'`);
  const node = findNode(context.world.state, nodeId);
  if (node === null) throw refusal;
  if ('repository' in node && !canSee(context, node.repository)) throw refusal;
  if (node.kind !== 'Commit' && node.kind !== 'Tree' && node.kind !== 'Blob' && node.kind !== 'Ref') return node;
  const shown = await showGitNode(context, node);
  if (shown === null) throw refusal;
  return shown;
}

/** A list keeps its other items when one of them is refused. */
async function tryNode(context: GraphqlContext, nodeId: string): Promise<TypedSource | Error> {
  try {
    return await showNode(context, nodeId);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function showRepository(
  args: { readonly owner: string; readonly name: string; readonly followRenames?: boolean },
  context: GraphqlContext,
): TypedSource {
  const found = findRepository(context.world.state, args.owner, args.name);
  const isFollowed = found !== null && (!found.isMoved || args.followRenames !== false);
  if (isFollowed && canSee(context, found.repository)) return { kind: 'Repository', repository: found.repository };
  throw notFound(`Could not resolve to a Repository with the name '${args.owner}/${args.name}'.`);
}

function showAccount(context: GraphqlContext, kind: 'User' | 'Organization', login: string): TypedSource {
  const account = context.world.state.accounts.get(login.toLowerCase());
  if (account !== undefined && account.kind === kind) return { kind, account };
  throw notFound(
    `Could not resolve to ${kind === 'User' ? 'a User' : 'an Organization'} with the login of '${login}'.`,
  );
}

export const queryResolvers: Resolvers = {
  Query: {
    node: (_root: unknown, { id }: { readonly id: string }, context) => showNode(context, id),
    nodes: (_root: unknown, { ids }: { readonly ids: readonly string[] }, context) =>
      ids.map((id) => tryNode(context, id)),
    repository: (_root: unknown, args: { readonly owner: string; readonly name: string }, context) =>
      showRepository(args, context),
    user: (_root: unknown, { login }: { readonly login: string }, context) => showAccount(context, 'User', login),
    organization: (_root: unknown, { login }: { readonly login: string }, context) =>
      showAccount(context, 'Organization', login),
    viewer: (_root: unknown, _args, { actor }) => showAsUser(actor.account),
    rateLimit: (_root: unknown, _args, { access, cost }) => {
      const { limit, used, remaining, resetAt } = access.readQuota();
      return { cost: cost.points, nodeCount: cost.nodeCount, limit, used, remaining, resetAt: dateTime(resetAt) };
    },
  },
};
