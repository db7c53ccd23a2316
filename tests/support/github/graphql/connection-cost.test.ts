import { getVariableValues } from 'graphql';
import { describe, expect, test } from 'vitest';

import { measureDocument } from './connection-cost.ts';
import { findOperation, readDocument } from './document-store.ts';
import { loadOfficialSchema } from './official-schema.ts';

function measure(text: string, inputs: Record<string, unknown> = {}) {
  const read = readDocument(text);
  if (read.kind === 'invalid') throw new Error(read.errors.map(({ message }) => message).join('\n'));
  const operation = findOperation(read.document);
  if (operation === undefined) throw new Error('The document has one operation.');
  const schema = loadOfficialSchema();
  const { variableValues } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs);
  if (variableValues === undefined) throw new Error('The variables fit.');
  const { points, nodeCount, problems } = measureDocument({
    schema,
    document: read.document,
    operation,
    variables: variableValues,
  });
  return { points, nodeCount, problems: problems.map(({ refusal, path }) => `${path.join('.')}: ${refusal.type}`) };
}

describe('the cost of a document', () => {
  test('is the published example: 1 + 100 + 5,000 requests are 51 points', () => {
    const text = `{ viewer { repositories(first: 100) { nodes { issues(first: 50) { nodes { labels(first: 60) { nodes { name } } } } } } } }`;
    expect(measure(text)).toEqual({ points: 51, nodeCount: 100 + 100 * 50 + 100 * 50 * 60, problems: [] });
  });

  test('is one point where there is no connection at all', () => {
    expect(measure('{ viewer { login } }')).toEqual({ points: 1, nodeCount: 0, problems: [] });
  });

  test('reads page sizes from variables and their defaults', () => {
    const text = `query ($size: Int = 10) { repository(owner: "o", name: "r") { issues(first: $size) { nodes { number } } } }`;
    expect(measure(text).nodeCount).toBe(10);
    expect(measure(text, { size: 25 }).nodeCount).toBe(25);
  });

  test('counts a connection once however often fragments repeat it, and aliases apart', () => {
    const text = `
      { repository(owner: "o", name: "r") { ...issues issues(first: 5) { totalCount } other: issues(first: 7) { nodes { id } } } }
      fragment issues on Repository { issues(first: 5) { nodes { number } } }`;
    expect(measure(text).nodeCount).toBe(12);
  });

  test('leaves out what a directive skips', () => {
    const text = `query ($yes: Boolean!) { repository(owner: "o", name: "r") {
      issues(first: 5) @include(if: $yes) { nodes { id } } pullRequests(first: 7) @skip(if: $yes) { nodes { id } } } }`;
    expect(measure(text, { yes: true }).nodeCount).toBe(5);
    expect(measure(text, { yes: false }).nodeCount).toBe(7);
  });

  test('multiplies by the ids of `nodes`', () => {
    const text = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Issue { labels(first: 10) { nodes { name } } } } }`;
    expect(measure(text, { ids: ['a', 'b', 'c'] }).nodeCount).toBe(30);
  });
});

describe('a connection', () => {
  test.each([
    ['without a page', 'issues { nodes { id } }', ['repository.issues: MISSING_PAGINATION_BOUNDARIES']],
    ['with more than a hundred', 'issues(first: 101) { nodes { id } }', ['repository.issues: EXCESSIVE_PAGINATION']],
    ['with none', 'issues(last: 0) { nodes { id } }', ['repository.issues: EXCESSIVE_PAGINATION']],
    ['of which only the total is read', 'issues { totalCount }', []],
    ['with a hundred', 'issues(first: 100) { nodes { id } }', []],
  ])('%s', (_what, field, problems) => {
    expect(measure(`{ repository(owner: "o", name: "r") { ${field} } }`).problems).toEqual(problems);
  });

  test('of more than half a million nodes together is refused', () => {
    const text = `{ repository(owner: "o", name: "r") { issues(first: 100) { nodes { comments(first: 100) { nodes {
      reactions(first: 51) { nodes { id } } } } } } } }`;
    expect(measure(text).problems).toEqual([': MAX_NODE_LIMIT_EXCEEDED']);
  });
});
