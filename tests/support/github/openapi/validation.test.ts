import { describe, expect, test } from 'vitest';

import { dereference, loadDescription } from './description.ts';
import { describeOperation, type RouteName } from './operations.ts';
import { checkAnswer, checkRequest } from './validation.ts';

const MERGE = describeOperation('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge');
const MERGE_PATH = { owner: 'acme', repo: 'widgets', pull_number: '7' };

describe('checkRequest', () => {
  test('accepts a request that keeps to the description', () => {
    const problems = checkRequest(MERGE, {
      path: MERGE_PATH,
      query: new URLSearchParams(),
      body: { sha: 'abc', merge_method: 'squash' },
    });
    expect(problems).toEqual([]);
  });

  test.each([
    ['a number that is none', { ...MERGE_PATH, pull_number: '7x' }, '', {}, 'path pull_number: must be integer'],
    ['an unknown parameter', MERGE_PATH, 'force=1', {}, 'query force: the operation has no such parameter'],
    ['an unknown field', MERGE_PATH, '', { shaa: 'abc' }, 'body/shaa: not in the description'],
    ['a value outside of the list', MERGE_PATH, '', { merge_method: 'rocket' }, 'body/merge_method: must be equal'],
  ])('refuses %s', (_what, path, query, body, problem) => {
    const problems = checkRequest(MERGE, { path, query: new URLSearchParams(query), body });
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test('refuses a body where the operation takes none, and a missing one where it wants one', () => {
    const query = new URLSearchParams();
    const read = describeOperation('GET /app');
    const dispatch = describeOperation('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches');
    const path = { owner: 'acme', repo: 'widgets', workflow_id: 'espalier.yml' };
    expect(checkRequest(read, { path: {}, query, body: { a: 1 } })).toEqual(['body: the operation takes none']);
    expect(checkRequest(dispatch, { path, query, body: undefined })).toEqual(['body: required and missing']);
    expect(checkRequest(dispatch, { path, query, body: { ref: 'main', inputs: { plan: '7' } } })).toEqual([]);
  });
});

describe('checkAnswer', () => {
  const ROUTES: RouteName[] = [
    'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    'GET /repos/{owner}/{repo}/contents/{path}',
    'POST /repos/{owner}/{repo}/check-runs',
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
    'GET /app/hook/deliveries/{delivery_id}',
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  ];

  test.each(ROUTES)('accepts the official examples of %s', (route) => {
    const [method = '', template = ''] = route.split(' ');
    const description = loadDescription();
    const operation = describeOperation(route);
    const responses = description.paths[template]?.[method.toLowerCase()]?.responses ?? {};
    const problems = Object.entries(responses).flatMap(([status, response]) => {
      const content = dereference(description, response).content?.['application/json'] as
        | { examples?: Record<string, { value: unknown } | { $ref: string }> }
        | undefined;
      return Object.values(content?.examples ?? {}).flatMap((example) =>
        checkAnswer(operation, Number(status), (dereference(description, example) as { value: unknown }).value),
      );
    });
    expect(problems).toEqual([]);
  });

  test('refuses a field that GitHub does not send, however deep', () => {
    const operation = describeOperation('GET /repos/{owner}/{repo}/git/ref/{ref}');
    const body = {
      ref: 'refs/heads/main',
      node_id: 'REF_1',
      url: 'https://api.github.com/x',
      object: { type: 'commit', sha: 'a'.repeat(40), url: 'https://api.github.com/y', tree: 'b'.repeat(40) },
    };
    expect(checkAnswer(operation, 200, body)).toEqual(['body/object/tree: not in the description']);
  });

  test('refuses a missing field, a wrong type and a status that the operation does not have', () => {
    expect(checkAnswer(MERGE, 200, { sha: 'a', merged: 'yes' })).toEqual([
      "body: must have required property 'message'",
      'body/merged: must be boolean',
    ]);
    expect(checkAnswer(MERGE, 201, {})).toEqual(['status 201: described are 200, 403, 404, 405, 409, 422']);
  });
});

describe('the patterns of routes', () => {
  test.each<[RouteName, string, string]>([
    ['GET /repos/{owner}/{repo}/git/ref/{ref}', '/repos/a/b/git/ref/heads/x/y', 'heads/x/y'],
    ['GET /repos/{owner}/{repo}/commits/{ref}/check-runs', '/repos/a/b/commits/heads/x/check-runs', 'heads/x'],
  ])('%s takes a ref with slashes', (route, path, ref) => {
    expect(describeOperation(route).pattern.exec(path)?.groups?.['ref']).toBe(ref);
  });

  test.each(['/repos/a/b/contents', '/repos/a/b/contents/'])('%s is the root of the tree', (path) => {
    const match = describeOperation('GET /repos/{owner}/{repo}/contents/{path}').pattern.exec(path);
    expect(match?.groups?.['path'] ?? '').toBe('');
  });

  test('a parameter of one segment takes no slash', () => {
    expect(describeOperation('GET /repos/{owner}/{repo}').pattern.test('/repos/a/b/c')).toBe(false);
  });
});
