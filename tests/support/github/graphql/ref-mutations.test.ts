import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { addRuleset } from '../operations/repositories.ts';
import { ZERO_OID } from '../state.ts';
import type { Oid } from '../state.ts';
import { openGraphqlBench } from './graphql-bench.ts';
import type { GraphqlBench } from './graphql-bench.ts';

let bench: GraphqlBench;

beforeEach(async () => {
  bench = await openGraphqlBench();
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('createCommitOnBranch', () => {
  const selection = 'commit { oid message file(path: "notes.txt") { object { ... on Blob { text } } } } ref { name }';

  test('commits files on the head that is expected', async () => {
    const before = bench.tipOf('main');
    const { data, errors } = await bench.mutate(
      'createCommitOnBranch',
      {
        branch: { repositoryNameWithOwner: 'acme/orchard', branchName: 'main' },
        expectedHeadOid: before,
        message: { headline: 'Write notes', body: 'All of them.' },
        fileChanges: { additions: [{ path: 'notes.txt', contents: Buffer.from('grow\n').toString('base64') }] },
      },
      selection,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      commit: {
        oid: bench.tipOf('main'),
        message: 'Write notes\n\nAll of them.',
        file: { object: { text: 'grow\n' } },
      },
      ref: { name: 'main' },
    });
    expect(bench.tipOf('main')).not.toBe(before);
  });

  test('is refused as stale when the head has moved, and leaves the branch', async () => {
    const before = bench.tipOf('main');
    const after = await bench.push('main', { 'other.txt': 'other' });
    const { status, data, errors } = await bench.mutate(
      'createCommitOnBranch',
      {
        branch: { repositoryNameWithOwner: 'acme/orchard', branchName: 'main' },
        expectedHeadOid: before,
        message: { headline: 'Too late' },
        fileChanges: { additions: [{ path: 'notes.txt', contents: '' }] },
      },
      selection,
    );
    expect({ status, data, errors }).toEqual({
      status: 200,
      data: null,
      errors: [
        {
          type: 'STALE_DATA',
          path: 'createCommitOnBranch',
          message: `Expected branch to point to "${before}" but it did not. Pull and try again.`,
        },
      ],
    });
    expect(bench.tipOf('main')).toBe(after);
  });

  test('of a workflow file needs a permission of its own', async () => {
    const { errors } = await bench.mutate(
      'createCommitOnBranch',
      {
        branch: { repositoryNameWithOwner: 'acme/orchard', branchName: 'main' },
        expectedHeadOid: bench.tipOf('main'),
        message: { headline: 'Sneak' },
        fileChanges: { additions: [{ path: '.github/workflows/ci.yml', contents: '' }] },
      },
      'commit { oid }',
    );
    expect(errors).toMatchObject([{ type: 'FORBIDDEN' }]);
    expect(errors?.[0]?.message).toContain('without `workflows` permission');
  });
});

describe('updateRefs', () => {
  async function update(...refUpdates: { name: string; beforeOid?: Oid; afterOid: Oid; force?: boolean }[]) {
    return bench.mutate('updateRefs', { repositoryId: bench.repository.nodeId, refUpdates }, 'clientMutationId');
  }

  test('creates, moves and deletes in one go', async () => {
    const old = bench.tipOf('main');
    const next = await bench.push('next', { 'next.txt': 'next' });
    const { data, errors } = await update(
      { name: 'refs/heads/made', beforeOid: ZERO_OID, afterOid: next },
      { name: 'refs/heads/main', beforeOid: old, afterOid: next },
      { name: 'refs/heads/next', beforeOid: next, afterOid: ZERO_OID },
    );
    expect({ data, errors }).toEqual({ data: { clientMutationId: null }, errors: undefined });
    expect(Object.fromEntries(bench.repository.refs)).toEqual({ 'refs/heads/made': next, 'refs/heads/main': next });
  });

  test('moves nothing when one of the refs is not what was expected', async () => {
    const old = bench.tipOf('main');
    const next = await bench.push('next', { 'next.txt': 'next' });
    const { errors } = await update(
      { name: 'refs/heads/main', beforeOid: old, afterOid: next },
      { name: 'refs/heads/next', beforeOid: old, afterOid: next },
    );
    expect(errors).toMatchObject([{ type: 'STALE_DATA' }]);
    expect(bench.tipOf('main')).toBe(old);
  });

  test('is refused where a rule protects the branch from the app', async () => {
    await addRuleset(bench.world, bench.repository, {
      name: 'Protect main',
      include: ['refs/heads/main'],
      rules: [{ type: 'update' }],
    });
    const next = await bench.push('next', { 'next.txt': 'next' });
    const { errors } = await update({ name: 'refs/heads/main', afterOid: next });
    expect(errors).toMatchObject([{ type: 'UNPROCESSABLE' }]);
    expect(errors?.[0]?.message).toContain('Repository rule violations found');
  });
});

describe('refs one by one', () => {
  test('are created and deleted', async () => {
    const created = await bench.mutate(
      'createRef',
      { repositoryId: bench.repository.nodeId, name: 'refs/heads/lock', oid: bench.tipOf('main') },
      'ref { id name }',
    );
    const { ref } = created.data as { ref: { id: string; name: string } };
    expect(ref.name).toBe('lock');
    const again = await bench.mutate(
      'createRef',
      { repositoryId: bench.repository.nodeId, name: 'refs/heads/lock', oid: bench.tipOf('main') },
      'ref { id }',
    );
    expect(again.errors).toMatchObject([{ type: 'UNPROCESSABLE', message: 'Reference already exists' }]);
    await bench.mutate('deleteRef', { refId: ref.id }, 'clientMutationId');
    expect(bench.repository.refs.has('refs/heads/lock')).toBe(false);
  });

  test('are merged by real merges, which conflict where files do', async () => {
    await bench.push('left', { 'same.txt': 'left' });
    await bench.push('right', { 'same.txt': 'right' });
    const input = { repositoryId: bench.repository.nodeId, base: 'main' };
    const merged = await bench.mutate(
      'mergeBranch',
      { ...input, head: 'left' },
      'mergeCommit { parents(first: 2) { totalCount } }',
    );
    expect(merged.data).toEqual({ mergeCommit: { parents: { totalCount: 2 } } });
    const conflict = await bench.mutate('mergeBranch', { ...input, head: 'right' }, 'mergeCommit { oid }');
    expect(conflict.errors).toMatchObject([{ type: 'UNPROCESSABLE', message: 'Merge conflict' }]);
  });
});
