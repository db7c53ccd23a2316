import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { GraphqlDocument } from '../../../src/adapters/github/graphql-document.ts';
import {
  splitQuery,
  writeObserveQuery,
  writePartQuery,
  type QueryContext,
} from '../../../src/adapters/github/observe-query.ts';
import type { BranchName, CommitSha, PlanId, TaskId } from '../../../src/core/brand.ts';
import type { FactsQuery } from '../../../src/core/hosted/facts.ts';
import { readDocument } from '../../support/github/graphql/document-store.ts';

/** Nothing that a document is made of; a value that is spliced into one is seen by it. */
const MARK = 'ZQX';

const marked = fc.string({ maxLength: 8 }).map((text) => `${MARK}"${text}`);
const branch = marked.map((text) => text as BranchName);
const task = marked.map((text) => text as TaskId);
const commitSha = marked.map((text) => text as CommitSha);
const count = { maxLength: 30 };

const queries: fc.Arbitrary<FactsQuery> = fc.record({
  issue: fc.nat(),
  base: fc.option(branch),
  tasks: fc.array(fc.record({ task, branch, pull: fc.option(fc.nat()) }), count),
  trials: fc.array(fc.record({ task, branch }), count),
  runs: fc.array(fc.record({ nonce: marked, runId: fc.nat(), nodeId: marked }), { maxLength: 210 }),
  receipts: fc.array(fc.record({ key: marked, branch, runId: fc.nat(), artifact: marked }), count),
  landings: fc.array(fc.record({ commitSha, task }), count),
  statusComment: fc.option(marked),
  knownSources: fc.constant(new Set<string>()),
  logins: fc.constant([]),
});

const contexts = fc.record({
  owner: marked,
  name: marked,
  hasMergeQueue: fc.boolean(),
  asksForGate: fc.boolean(),
  appId: fc.nat(),
  isJobToken: fc.boolean(),
});
type Frame = Omit<QueryContext, 'plan' | 'base'>;

function contextOf(query: FactsQuery, frame: Frame): QueryContext {
  return { ...frame, plan: 'issue-1' as PlanId, base: query.base };
}

describe('the document of an observation', () => {
  test('is one that the official schema takes, whatever is asked, and holds nothing that anybody else wrote', () => {
    fc.assert(
      fc.property(queries, contexts, (query, frame) => {
        const context = contextOf(query, frame);
        const parts = splitQuery(query);
        const written = [
          writeObserveQuery(query, query, context),
          ...parts.map((part) => writePartQuery(part, context)),
        ];
        for (const { document } of written) {
          expect(readDocument(document).kind).toBe('valid');
          expect(document).not.toContain(MARK);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('is the same text for the same shape, so that it is parsed once', () => {
    fc.assert(
      fc.property(queries, contexts, (query, frame) => {
        const other: FactsQuery = {
          ...query,
          issue: query.issue + 1,
          tasks: query.tasks.map((one) => ({ ...one, branch: 'other' as BranchName })),
        };
        const { document } = writeObserveQuery(query, query, contextOf(query, frame));
        expect(writeObserveQuery(other, other, contextOf(other, frame)).document).toBe(document);
      }),
      { numRuns: 20 },
    );
  });

  test('is parted without losing or doubling anything', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const parts = splitQuery(query);
        for (const list of ['tasks', 'trials', 'receipts', 'landings'] as const)
          expect(parts.flatMap((part): unknown[] => [...part[list]])).toEqual(query[list]);
      }),
    );
  });
});

test('a document numbers its variables, and holds each fragment once', () => {
  const document = new GraphqlDocument('query', 'Twice');
  document.define('fragment A on Issue { id }', 'fragment A on Issue { id }');
  document.select(`a: node(id: ${document.variable('ID!', 'x')}) { ...A }`);
  document.select(`b: node(id: ${document.variable('ID!', 'y')}) { ...A }`);
  expect(document.finish()).toEqual({
    document:
      'query Twice($v0: ID!, $v1: ID!) {\na: node(id: $v0) { ...A }\nb: node(id: $v1) { ...A }\n}\nfragment A on Issue { id }',
    variables: { v0: 'x', v1: 'y' },
  });
});
