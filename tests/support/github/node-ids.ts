/** Opaque node ids. Those of git objects and refs hold what they name, so that the state need not list them. */
import { notFound } from './world.ts';
import type { GitHubState, Node, Oid, Repository } from './state.ts';

const PREFIXES: Record<Node['kind'], string> = {
  User: 'U',
  Organization: 'O',
  Bot: 'BOT',
  App: 'A',
  Repository: 'R',
  Issue: 'I',
  PullRequest: 'PR',
  IssueComment: 'IC',
  Label: 'LA',
  PullRequestReview: 'PRR',
  CheckSuite: 'CS',
  CheckRun: 'CR',
  StatusContext: 'SC',
  RepositoryRuleset: 'RRS',
  MergeQueueEntry: 'MQE',
  Workflow: 'W',
  WorkflowRun: 'WFR',
  Reaction: 'REA',
};

/** The node id of a thing with a database id. */
export function makeNodeId(kind: Node['kind'], id: number): string {
  return `${PREFIXES[kind]}_kw${Buffer.from(`${kind} ${id}`).toString('base64url')}`;
}

/** A git object or a ref that a node id names. */
export type GitNode =
  | { kind: 'Commit' | 'Tree' | 'Blob'; repository: Repository; oid: Oid }
  | { kind: 'Ref'; repository: Repository; name: string };

/** The node id of a commit, tree or blob. */
export function objectNodeId(kind: 'Commit' | 'Tree' | 'Blob', repository: Repository, oid: Oid): string {
  return `${kind[0]}_kw${Buffer.from(JSON.stringify([kind, repository.id, oid])).toString('base64url')}`;
}

/** The node id of a ref, by full name. */
export function refNodeId(repository: Repository, name: string): string {
  return `REF_kw${Buffer.from(JSON.stringify(['Ref', repository.id, name])).toString('base64url')}`;
}

/** What a node id stands for; `null` where it names nothing (whether the git object exists is not looked at). */
export function findNode(state: GitHubState, nodeId: string): Node | GitNode | null {
  const node = state.nodes.get(nodeId);
  if (node !== undefined) return node;
  const encoded = /^(?:C|T|B|REF)_kw(?<text>[\w-]+)$/.exec(nodeId)?.groups?.['text'];
  if (encoded === undefined) return null;
  try {
    const [kind, repositoryId, name] = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as [
      GitNode['kind'],
      number,
      string,
    ];
    const repository = state.repositories.get(repositoryId);
    if (repository === undefined) return null;
    return kind === 'Ref' ? { kind, repository, name } : { kind, repository, oid: name };
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/** As {@link findNode}, of the kind that is wanted; a refusal in GitHub's words otherwise. */
export function nodeOf<Kind extends (Node | GitNode)['kind']>(
  state: GitHubState,
  nodeId: string,
  kinds: readonly Kind[],
): Extract<Node | GitNode, { kind: Kind }> {
  const node = findNode(state, nodeId);
  if (node === null || !(kinds as readonly string[]).includes(node.kind))
    throw notFound(`Could not resolve to a node with the global id of '${nodeId}'`);
  return node as Extract<Node | GitNode, { kind: Kind }>;
}
