import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { addRuleset } from '../operations/repositories.ts';
import { openGraphqlBench } from './graphql-bench.ts';
import type { GraphqlBench } from './graphql-bench.ts';

let bench: GraphqlBench;

beforeEach(async () => {
  bench = await openGraphqlBench();
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('a pull request', () => {
  test('is opened, edited, closed and opened again', async () => {
    await bench.push('pear', { 'pear.txt': 'pear' });
    const created = await bench.mutate(
      'createPullRequest',
      {
        repositoryId: bench.repository.nodeId,
        title: 'Pear',
        body: 'Text',
        headRefName: 'pear',
        baseRefName: 'main',
        draft: true,
      },
      'pullRequest { id number isDraft author { login } }',
    );
    const { pullRequest } = created.data as { pullRequest: { id: string } };
    expect(pullRequest).toMatchObject({ isDraft: true, author: { login: 'espalier' } });
    const edited = await bench.mutate(
      'updatePullRequest',
      { pullRequestId: pullRequest.id, title: 'Pears' },
      'pullRequest { title body }',
    );
    expect(edited.data).toEqual({ pullRequest: { title: 'Pears', body: 'Text' } });
    const closed = await bench.mutate(
      'closePullRequest',
      { pullRequestId: pullRequest.id },
      'pullRequest { state closed }',
    );
    expect(closed.data).toEqual({ pullRequest: { state: 'CLOSED', closed: true } });
    const opened = await bench.mutate('reopenPullRequest', { pullRequestId: pullRequest.id }, 'pullRequest { state }');
    expect(opened.data).toEqual({ pullRequest: { state: 'OPEN' } });
  });

  test('is refused in words where there is one already', async () => {
    await bench.openFeature('pear');
    const { errors } = await bench.mutate(
      'createPullRequest',
      { repositoryId: bench.repository.nodeId, title: 'Pear', headRefName: 'pear', baseRefName: 'main' },
      'pullRequest { id }',
    );
    expect(errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: 'A pull request already exists for acme:pear.', path: 'createPullRequest' },
    ]);
  });

  test('is merged at the head that is expected, and not at another', async () => {
    const pull = await bench.openFeature('pear');
    const selection =
      'pullRequest { merged mergeCommit { oid parents(first: 2) { nodes { oid } } } mergedBy { login } }';
    const wrong = await bench.mutate(
      'mergePullRequest',
      { pullRequestId: pull.pull.nodeId, expectedHeadOid: bench.tipOf('main') },
      selection,
    );
    expect(wrong.errors).toMatchObject([{ type: 'UNPROCESSABLE', path: 'mergePullRequest' }]);
    const base = bench.tipOf('main');
    const { data } = await bench.mutate(
      'mergePullRequest',
      { pullRequestId: pull.pull.nodeId, expectedHeadOid: pull.pull.headSha },
      selection,
    );
    expect(data).toEqual({
      pullRequest: {
        merged: true,
        mergeCommit: { oid: bench.tipOf('main'), parents: { nodes: [{ oid: base }, { oid: pull.pull.headSha }] } },
        mergedBy: { login: 'espalier' },
      },
    });
  });

  test('goes into the merge queue and out of it', async () => {
    await addRuleset(bench.world, bench.repository, {
      name: 'Queue',
      include: ['refs/heads/main'],
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'build' }],
            strict_required_status_checks_policy: false,
          },
        },
        {
          type: 'merge_queue',
          parameters: {
            check_response_timeout_minutes: 60,
            grouping_strategy: 'ALLGREEN',
            max_entries_to_build: 5,
            max_entries_to_merge: 5,
            merge_method: 'MERGE',
            min_entries_to_merge: 1,
            min_entries_to_merge_wait_minutes: 5,
          },
        },
      ],
    });
    const pull = await bench.openFeature('pear');
    const headSha = pull.pull.headSha;
    await bench.mutate(
      'createCheckRun',
      { repositoryId: bench.repository.nodeId, name: 'build', headSha, status: 'COMPLETED', conclusion: 'SUCCESS' },
      'checkRun { id }',
    );
    const selection =
      'mergeQueueEntry { state position enqueuer { login } pullRequest { isInMergeQueue } headCommit { oid } }';
    const entered = await bench.mutate(
      'enqueuePullRequest',
      { pullRequestId: pull.pull.nodeId, expectedHeadOid: headSha },
      selection,
    );
    expect(entered).toMatchObject({
      data: {
        mergeQueueEntry: {
          state: 'AWAITING_CHECKS',
          position: 1,
          enqueuer: { login: 'espalier' },
          pullRequest: { isInMergeQueue: true },
          headCommit: { oid: expect.stringMatching(/^[0-9a-f]{40}$/) as unknown },
        },
      },
    });
    const queue = await bench.read(`{ repository(owner: "acme", name: "orchard") {
      ref(qualifiedName: "main") { rules(first: 5) { nodes { type } } branchProtectionRule { id } }
      mergeQueue(branch: "main") { configuration { mergeMethod maximumEntriesToBuild } entries(first: 5) { nodes { position } } }
      rulesets(first: 5) { nodes { name enforcement target conditions { refName { include } } rules(first: 5) { nodes { type parameters {
        ... on RequiredStatusChecksParameters { strictRequiredStatusChecksPolicy requiredStatusChecks { context integrationId } }
        ... on MergeQueueParameters { mergeMethod } } } } } } } }`);
    expect(queue['repository']).toEqual({
      ref: {
        rules: { nodes: [{ type: 'REQUIRED_STATUS_CHECKS' }, { type: 'MERGE_QUEUE' }] },
        branchProtectionRule: null,
      },
      mergeQueue: {
        configuration: { mergeMethod: 'MERGE', maximumEntriesToBuild: 5 },
        entries: { nodes: [{ position: 1 }] },
      },
      rulesets: {
        nodes: [
          {
            name: 'Queue',
            enforcement: 'ACTIVE',
            target: 'BRANCH',
            conditions: { refName: { include: ['refs/heads/main'] } },
            rules: {
              nodes: [
                {
                  type: 'REQUIRED_STATUS_CHECKS',
                  parameters: {
                    strictRequiredStatusChecksPolicy: false,
                    requiredStatusChecks: [{ context: 'build', integrationId: null }],
                  },
                },
                { type: 'MERGE_QUEUE', parameters: { mergeMethod: 'MERGE' } },
              ],
            },
          },
        ],
      },
    });
    const left = await bench.mutate(
      'dequeuePullRequest',
      { id: pull.pull.nodeId },
      'mergeQueueEntry { pullRequest { isInMergeQueue } }',
    );
    expect(left.data).toEqual({ mergeQueueEntry: { pullRequest: { isInMergeQueue: false } } });
  });
});
