import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createIssue } from '../operations/issues.ts';
import { createLabel } from '../operations/labels.ts';
import { setArchived } from '../operations/repositories.ts';
import type { Permissions } from '../state.ts';
import { openGraphqlBench } from './graphql-bench.ts';
import type { GraphqlBench } from './graphql-bench.ts';

let bench: GraphqlBench;

beforeEach(async () => {
  bench = await openGraphqlBench();
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('comments, labels and reactions', () => {
  test('are written, changed and taken away', async () => {
    const { world, maintainer, repository } = bench;
    const issue = await createIssue(world, maintainer, repository, { title: 'Orchard' });
    const label = await createLabel(world, repository, { name: 'plan', color: '00ff00' });
    const added = await bench.mutate(
      'addComment',
      { subjectId: issue.nodeId, body: 'Planting.' },
      'commentEdge { node { id fullDatabaseId body } } subject { id }',
    );
    const { commentEdge } = added.data as { commentEdge: { node: { id: string } } };
    expect(added.data).toMatchObject({ commentEdge: { node: { body: 'Planting.' } }, subject: { id: issue.nodeId } });
    const { id } = commentEdge.node;
    const edited = await bench.mutate(
      'updateIssueComment',
      { id, body: 'Planted.' },
      'issueComment { body includesCreatedEdit }',
    );
    expect(edited.data).toEqual({ issueComment: { body: 'Planted.', includesCreatedEdit: true } });
    const reacted = await bench.mutate(
      'addReaction',
      { subjectId: id, content: 'EYES' },
      'reaction { content } subject { id ... on IssueComment { reactionGroups { content viewerHasReacted } } }',
    );
    expect(reacted.data).toMatchObject({ reaction: { content: 'EYES' }, subject: { id } });
    const labelled = await bench.mutate(
      'addLabelsToLabelable',
      { labelableId: issue.nodeId, labelIds: [label.nodeId] },
      'labelable { labels(first: 5) { nodes { name } } }',
    );
    expect(labelled.data).toEqual({ labelable: { labels: { nodes: [{ name: 'plan' }] } } });
    const bare = await bench.mutate(
      'removeLabelsFromLabelable',
      { labelableId: issue.nodeId, labelIds: [label.nodeId] },
      'labelable { labels(first: 5) { totalCount } }',
    );
    expect(bare.data).toEqual({ labelable: { labels: { totalCount: 0 } } });
    await bench.mutate('deleteIssueComment', { id }, 'clientMutationId');
    expect(repository.comments.size).toBe(0);
  });

  test('that are too long are refused', async () => {
    const issue = await createIssue(bench.world, bench.maintainer, bench.repository, { title: 'Orchard' });
    const { errors } = await bench.mutate(
      'addComment',
      { subjectId: issue.nodeId, body: 'x'.repeat(65_537) },
      'clientMutationId',
    );
    expect(errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: 'Body is too long (maximum is 65536 characters)' },
    ]);
  });

  test('need the permission of what they are about', async () => {
    const issue = await createIssue(bench.world, bench.maintainer, bench.repository, { title: 'Orchard' });
    const pull = await bench.openFeature('pear');
    const pullsOnly: Permissions = { pull_requests: 'write' };
    const onIssue = await bench.mutate(
      'addComment',
      { subjectId: issue.nodeId, body: 'x' },
      'clientMutationId',
      pullsOnly,
    );
    expect(onIssue.errors).toMatchObject([{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }]);
    const onPull = await bench.mutate(
      'addComment',
      { subjectId: pull.pull.nodeId, body: 'x' },
      'clientMutationId',
      pullsOnly,
    );
    expect(onPull.errors).toBeUndefined();
  });
});

describe('an issue', () => {
  test('is edited, closed with a reason and opened again', async () => {
    const { nodeId } = await createIssue(bench.world, bench.maintainer, bench.repository, { title: 'Orchard' });
    const edited = await bench.mutate(
      'updateIssue',
      { id: nodeId, title: 'Orchards', body: 'More' },
      'issue { title body }',
    );
    expect(edited.data).toEqual({ issue: { title: 'Orchards', body: 'More' } });
    const closed = await bench.mutate(
      'closeIssue',
      { issueId: nodeId, stateReason: 'NOT_PLANNED' },
      'issue { state stateReason }',
    );
    expect(closed.data).toEqual({ issue: { state: 'CLOSED', stateReason: 'NOT_PLANNED' } });
    const opened = await bench.mutate('reopenIssue', { issueId: nodeId }, 'issue { state stateReason }');
    expect(opened.data).toEqual({ issue: { state: 'OPEN', stateReason: 'REOPENED' } });
  });
});

describe('a check run', () => {
  const rollup = `query ($oid: GitObjectID!, $number: Int!) { repository(owner: "acme", name: "orchard") { object(oid: $oid) { ... on Commit {
    statusCheckRollup { state contexts(first: 10) { totalCount checkRunCount nodes { __typename ... on CheckRun {
      name status conclusion externalId isRequired(pullRequestNumber: $number) checkSuite { app { databaseId slug } } annotations(first: 5) { nodes { path annotationLevel location { start { line } } } } } } } }
    checkSuites(first: 5) { nodes { app { slug } checkRuns(first: 5, filterBy: { checkName: "espalier/gate" }) { nodes { name } } } }
  } } } }`;

  test('is made, changed and added up', async () => {
    const pull = await bench.openFeature('pear');
    const { headSha } = pull.pull;
    const made = await bench.mutate(
      'createCheckRun',
      {
        repositoryId: bench.repository.nodeId,
        name: 'espalier/gate',
        headSha,
        externalId: 'pear.1',
        status: 'IN_PROGRESS',
      },
      'checkRun { id status }',
    );
    const { checkRun } = made.data as { checkRun: { id: string } };
    expect(checkRun).toMatchObject({ status: 'IN_PROGRESS' });
    const updated = await bench.mutate(
      'updateCheckRun',
      {
        repositoryId: bench.repository.nodeId,
        checkRunId: checkRun.id,
        conclusion: 'FAILURE',
        completedAt: '2026-11-01T12:30:00Z',
        output: {
          title: 'Shut',
          summary: 'Tests fail.',
          annotations: [
            { path: 'pear.txt', location: { startLine: 1, endLine: 1 }, annotationLevel: 'FAILURE', message: 'Sour.' },
          ],
        },
        actions: [{ label: 'Again', description: 'Review again', identifier: 'review' }],
      },
      'checkRun { status conclusion title summary completedAt }',
    );
    expect(updated.data).toEqual({
      checkRun: {
        status: 'COMPLETED',
        conclusion: 'FAILURE',
        title: 'Shut',
        summary: 'Tests fail.',
        completedAt: '2026-11-01T12:30:00Z',
      },
    });
    const { repository } = await bench.read(rollup, { oid: headSha, number: pull.number });
    expect(repository).toEqual({
      object: {
        statusCheckRollup: {
          state: 'FAILURE',
          contexts: {
            totalCount: 1,
            checkRunCount: 1,
            nodes: [
              {
                __typename: 'CheckRun',
                name: 'espalier/gate',
                status: 'COMPLETED',
                conclusion: 'FAILURE',
                externalId: 'pear.1',
                isRequired: false,
                checkSuite: { app: { databaseId: bench.app.appId, slug: 'espalier' } },
                annotations: {
                  nodes: [{ path: 'pear.txt', annotationLevel: 'FAILURE', location: { start: { line: 1 } } }],
                },
              },
            ],
          },
        },
        checkSuites: { nodes: [{ app: { slug: 'espalier' }, checkRuns: { nodes: [{ name: 'espalier/gate' }] } }] },
      },
    });
  });
});

describe('several mutations in one document', () => {
  test('run in order, each with an error of its own', async () => {
    const { nodeId } = await createIssue(bench.world, bench.maintainer, bench.repository, { title: 'Orchard' });
    const { body, cost } = await bench.ask(
      `mutation ($id: ID!) {
        first: addComment(input: { subjectId: $id, body: "one", clientMutationId: "a" }) { clientMutationId }
        lost: addComment(input: { subjectId: "nothing", body: "two" }) { clientMutationId }
        last: addComment(input: { subjectId: $id, body: "three" }) { subject { ... on Issue { comments(first: 5) { nodes { body } } } } }
      }`,
      { id: nodeId },
    );
    expect(body.data).toEqual({
      first: { clientMutationId: 'a' },
      lost: null,
      last: { subject: { comments: { nodes: [{ body: 'one' }, { body: 'three' }] } } },
    });
    expect(body.errors).toMatchObject([{ type: 'NOT_FOUND', path: ['lost'] }]);
    expect(cost).toBe(1);
  });

  test('are all refused in an archived repository', async () => {
    const { nodeId } = await createIssue(bench.world, bench.maintainer, bench.repository, { title: 'Orchard' });
    await setArchived(bench.world, bench.maintainer, bench.repository, true);
    const { errors } = await bench.mutate('addComment', { subjectId: nodeId, body: 'x' }, 'clientMutationId');
    expect(errors).toMatchObject([{ type: 'FORBIDDEN' }]);
  });

  test('name an input that this GitHub does not know', async () => {
    const { nodeId } = await createIssue(bench.world, bench.maintainer, bench.repository, { title: 'Orchard' });
    const { status, errors } = await bench.mutate(
      'updateIssue',
      { id: nodeId, title: 'x', milestoneId: 'M' },
      'issue { id }',
    );
    expect(status).toBe(501);
    expect(errors?.[0]?.message).toContain('milestoneId');
  });

  test('name an input that this GitHub does not know deep inside', async () => {
    const { status, errors } = await bench.mutate(
      'createCheckRun',
      {
        repositoryId: bench.repository.nodeId,
        name: 'espalier/gate',
        headSha: bench.tipOf('main'),
        output: { title: 'Shut', summary: 'No.', images: [{ alt: 'a', imageUrl: 'https://example.com/a.png' }] },
      },
      'checkRun { id }',
    );
    expect(status).toBe(501);
    expect(errors?.[0]?.message).toContain('images');
  });
});
