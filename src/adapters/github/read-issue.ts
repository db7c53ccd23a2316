/** The plan's issue, its runs and its status comment, from the answer to a facts (the pure half of `observe.ts`). */
import type {
  CommentFact,
  FactsQuery,
  ForgeFacts,
  IssueFact,
  LabelEventFact,
  RunFact,
} from '../../core/hosted/facts.ts';
import { z } from 'zod';

import { RunNode, type Issue, type LabelEvent, type ObserveAnswer } from './observe-answer.ts';
import { MAX_NODES } from './observe-query.ts';
import { toCommentFact, type Comment } from './read-comments.ts';

/** The issue with all pages of its comments; `null` if it is gone. */
export function readIssueFact(issue: Issue | null, comments: readonly Comment[], ownLogin: string): IssueFact | null {
  if (issue === null) return null;
  return {
    number: issue.number,
    nodeId: issue.id,
    isOpen: issue.state === 'OPEN',
    title: issue.title,
    body: issue.body,
    editedAtMs: issue.lastEditedAt,
    labels: (issue.labels?.nodes ?? []).map(({ name }) => name),
    labelEvents: issue.labelEvents.nodes.filter(({ label }) => isOwnLabel(label.name)).map(toLabelEvent),
    comments: comments.map((comment): CommentFact => toCommentFact(comment, issue.number, ownLogin)),
  };
}

function isOwnLabel(name: string): boolean {
  return name.toLowerCase().startsWith('espalier');
}

function toLabelEvent({ __typename, id, createdAt, actor, label }: LabelEvent): LabelEventFact {
  return { nodeId: id, label: label.name, isAdded: __typename === 'LabeledEvent', actor, atMs: createdAt };
}

const CONCLUSIONS: Readonly<Record<string, NonNullable<RunFact['conclusion']>>> = {
  SUCCESS: 'success',
  FAILURE: 'failure',
  STARTUP_FAILURE: 'failure',
  CANCELLED: 'cancelled',
  TIMED_OUT: 'timed-out',
};
const STATUSES: Readonly<Record<string, RunFact['status']>> = { COMPLETED: 'completed', IN_PROGRESS: 'running' };

/** The runs that were asked for and that GitHub still knows, by nonce. */
export function readRuns(answer: ObserveAnswer, asked: FactsQuery['runs']): ForgeFacts['runs'] {
  const runs = new Map<string, RunFact>();
  for (const [index, { nonce, runId }] of asked.entries()) {
    const nodes =
      z
        .array(RunNode)
        .optional()
        .parse(answer[`runs${Math.floor(index / MAX_NODES)}`]) ?? [];
    const node = nodes[index % MAX_NODES] ?? null;
    if (node !== null) runs.set(nonce, toRunFact(node, runId));
  }
  return runs;
}

/** Path, branch and actor of a run were checked before the ledger named it; its node id stands for no other run. */
function toRunFact(node: NonNullable<RunNode>, id: number): RunFact {
  const status = STATUSES[node.checkSuite.status] ?? 'waiting';
  const isOfWorkflow = node.file === null || node.file.path.startsWith('.github/workflows/');
  return {
    id,
    nodeId: node.id,
    url: node.url,
    status,
    updatedAtMs: node.updatedAt,
    conclusion: status === 'completed' ? (CONCLUSIONS[node.checkSuite.conclusion ?? ''] ?? 'other') : null,
    isGenuine: node.event === 'workflow_dispatch' && isOfWorkflow,
  };
}

/** The status comment, unless it was deleted. */
export function readStatusComment({ statusComment }: ObserveAnswer): ForgeFacts['statusComment'] {
  if (statusComment == null) return null;
  return { nodeId: statusComment.id, body: statusComment.body, editedAtMs: statusComment.lastEditedAt };
}
