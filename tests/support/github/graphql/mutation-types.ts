/** What mutations share: finding their subject by node id with the right to change it. */

import { nodeOf } from '../node-ids.ts';
import type { GitNode } from '../node-ids.ts';
import type { Alternatives } from '../permissions.ts';
import type { Node, Repository } from '../state.ts';
import { isPull, notFound } from '../world.ts';
import { canSee, requireWriting } from './reading-rights.ts';
import type { FieldResolver, GraphqlContext } from './resolver-types.ts';

/** Executes one mutation; the fields of what it returns are those of its payload. */
type Change = (input: never, context: GraphqlContext) => Promise<Readonly<Record<string, unknown>>>;

/** A mutation as a field of the schema's root; the payload repeats the client's own id of the call. */
export function mutation(change: Change): FieldResolver<unknown> {
  return async (_root: unknown, { input }: { readonly input: object }, context: GraphqlContext) => {
    const clientMutationId = (input as { readonly clientMutationId?: string | null }).clientMutationId ?? null;
    return { ...(await change(input as never, context)), clientMutationId };
  };
}

type RepositoryNode = Extract<Node | GitNode, { repository: Repository }>;

/**
 * The thing that a mutation is about, of one of the wanted kinds.
 * @throws Refusal where there is none, or the token may not write it.
 */
export function findWritable<Kind extends RepositoryNode['kind']>(
  context: GraphqlContext,
  nodeId: string,
  kinds: readonly Kind[],
  needed: Alternatives | ((node: Extract<RepositoryNode, { kind: Kind }>) => Alternatives),
): Extract<RepositoryNode, { kind: Kind }> {
  const node = nodeOf(context.world.state, nodeId, kinds) as Extract<RepositoryNode, { kind: Kind }>;
  if (!canSee(context, node.repository))
    throw notFound(`Could not resolve to a node with the global id of '${nodeId}'`);
  requireWriting(context, node.repository, typeof needed === 'function' ? needed(node) : needed);
  return node;
}

/** A comment may be written with the permission of what it is about. */
export function neededForConversation(node: RepositoryNode): Alternatives {
  if (node.kind === 'PullRequest') return [{ pull_requests: 'write' }, { issues: 'write' }];
  if (node.kind !== 'IssueComment') return [{ issues: 'write' }];
  const issue = node.repository.issues.get(node.comment.issueNumber);
  return issue !== undefined && isPull(issue)
    ? [{ pull_requests: 'write' }, { issues: 'write' }]
    : [{ issues: 'write' }];
}
