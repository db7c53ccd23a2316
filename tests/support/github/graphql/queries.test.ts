import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { addComment, addReaction, editComment } from '../operations/comments.ts';
import { createIssue } from '../operations/issues.ts';
import { addLabels, createLabel, removeLabel } from '../operations/labels.ts';
import { submitReview } from '../operations/reviews.ts';
import { openGraphqlBench } from './graphql-bench.ts';
import type { GraphqlBench } from './graphql-bench.ts';

let bench: GraphqlBench;

beforeAll(async () => {
  bench = await openGraphqlBench({
    'README.md': '# Orchard\n',
    'src/trees/apple.ts': 'export const apple = 1;\n',
    'logo.bin': new Uint8Array([0, 1, 2, 3]),
  });
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('a repository', () => {
  test('shows its facts, its branches and their commits', async () => {
    const data = await bench.read(`{
      repository(owner: "acme", name: "orchard") {
        nameWithOwner isArchived isPrivate viewerPermission mergeCommitAllowed
        owner { __typename login }
        defaultBranchRef { name prefix target { __typename oid ... on Commit { message parents(first: 1) { totalCount } author { name } tree { oid } } } }
        refs(refPrefix: "refs/heads/", first: 10) { nodes { name } pageInfo { hasNextPage } }
      }
    }`);
    expect(data['repository']).toMatchObject({
      nameWithOwner: 'acme/orchard',
      isArchived: false,
      isPrivate: true,
      viewerPermission: 'WRITE',
      mergeCommitAllowed: true,
      owner: { __typename: 'Organization', login: 'acme' },
      defaultBranchRef: {
        name: 'main',
        prefix: 'refs/heads/',
        target: {
          __typename: 'Commit',
          oid: bench.repository.refs.get('refs/heads/main'),
          message: 'Begin',
          parents: { totalCount: 0 },
          author: { name: 'maintainer' },
        },
      },
      refs: { pageInfo: { hasNextPage: false } },
    });
  });

  test('shows trees and blobs by expression', async () => {
    const data = await bench.read(`{
      repository(owner: "acme", name: "orchard") {
        tree: object(expression: "main:src") { ... on Tree { entries { name type mode path object { ... on Tree { entries { name path object { ... on Blob { text byteSize isBinary isTruncated } } } } } } } }
        binary: object(expression: "main:logo.bin") { ... on Blob { text isBinary } }
        rootTree: object(expression: "main^{tree}") { __typename }
        missing: object(expression: "main:nowhere") { oid }
        nobody: ref(qualifiedName: "refs/heads/nobody") { name }
      }
    }`);
    expect(data['repository']).toEqual({
      tree: {
        entries: [
          {
            name: 'trees',
            type: 'tree',
            mode: 0o40000,
            path: 'src/trees',
            object: {
              entries: [
                {
                  name: 'apple.ts',
                  path: 'src/trees/apple.ts',
                  object: { text: 'export const apple = 1;\n', byteSize: 24, isBinary: false, isTruncated: false },
                },
              ],
            },
          },
        ],
      },
      binary: { text: null, isBinary: true },
      rootTree: { __typename: 'Tree' },
      missing: null,
      nobody: null,
    });
  });

  test('that nobody has is not found, with a null beside the error', async () => {
    const { status, body } = await bench.ask(`{ repository(owner: "acme", name: "meadow") { id } viewer { login } }`);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        data: { repository: null, viewer: { login: 'espalier[bot]' } },
        errors: [
          {
            type: 'NOT_FOUND',
            path: ['repository'],
            locations: [{ line: 1, column: 3 }],
            message: "Could not resolve to a Repository with the name 'acme/meadow'.",
          },
        ],
      },
    });
  });

  test('compares branches', async () => {
    await bench.openFeature('plum');
    const data = await bench.read(`{
      repository(owner: "acme", name: "orchard") {
        main: ref(qualifiedName: "main") { compare(headRef: "plum") { status aheadBy behindBy commits(first: 5) { nodes { messageHeadline messageBody } } } }
        plum: ref(qualifiedName: "refs/heads/plum") { compare(headRef: "main") { status aheadBy behindBy } }
      }
    }`);
    expect(data['repository']).toEqual({
      main: {
        compare: {
          status: 'AHEAD',
          aheadBy: 1,
          behindBy: 0,
          commits: { nodes: [{ messageHeadline: 'Plant plum', messageBody: 'With care.' }] },
        },
      },
      plum: { compare: { status: 'BEHIND', aheadBy: 0, behindBy: 1 } },
    });
  });
});

describe('an issue', () => {
  test('shows its comments, authors, labels and reactions', async () => {
    const { world, maintainer, app, repository } = bench;
    await createLabel(world, repository, { name: 'plan', color: '00ff00' });
    const issue = await createIssue(world, maintainer, repository, {
      title: 'Orchard',
      body: 'Plant.',
      labels: ['plan'],
    });
    const comment = await addComment(world, app, issue, 'Planting.');
    bench.wait(5000);
    await editComment(world, app, comment, 'Planted.');
    await addReaction(world, maintainer, comment, '+1');
    const data = await bench.read(
      `query ($number: Int!) { repository(owner: "acme", name: "orchard") {
        issueOrPullRequest(number: $number) { __typename ... on Issue { title state author { __typename login ... on User { databaseId } } labels(first: 5) { nodes { name color } }
          comments(last: 5) { totalCount nodes { fullDatabaseId body viewerDidAuthor includesCreatedEdit createdAt lastEditedAt author { __typename login ... on Bot { databaseId } }
            reactions(first: 5) { nodes { content user { login } } } } } } } } }`,
      { number: issue.number },
    );
    expect(data['repository']).toEqual({
      issueOrPullRequest: {
        __typename: 'Issue',
        title: 'Orchard',
        state: 'OPEN',
        author: { __typename: 'User', login: 'maintainer', databaseId: maintainer.account.id },
        labels: { nodes: [{ name: 'plan', color: '00ff00' }] },
        comments: {
          totalCount: 1,
          nodes: [
            {
              fullDatabaseId: String(comment.id),
              body: 'Planted.',
              viewerDidAuthor: true,
              includesCreatedEdit: true,
              createdAt: '2026-11-01T12:00:00Z',
              lastEditedAt: '2026-11-01T12:00:05Z',
              author: { __typename: 'Bot', login: 'espalier', databaseId: app.account.id },
              reactions: { nodes: [{ content: 'THUMBS_UP', user: { login: 'maintainer' } }] },
            },
          ],
        },
      },
    });
  });

  test('tells who put labels on and took them off', async () => {
    const { world, maintainer, app, repository } = bench;
    const issue = await createIssue(world, maintainer, repository, { title: 'Labels' });
    await addLabels(world, maintainer, issue, ['espalier:run']);
    await removeLabel(world, app, issue, 'espalier:run');
    const data = await bench.read(
      `query ($number: Int!) { repository(owner: "acme", name: "orchard") { issue(number: $number) {
        timelineItems(last: 5, itemTypes: [LABELED_EVENT, UNLABELED_EVENT]) { nodes { __typename
          ... on LabeledEvent { createdAt actor { login } label { name } } ... on UnlabeledEvent { actor { login } label { name } } } } } } }`,
      { number: issue.number },
    );
    expect(data['repository']).toMatchObject({
      issue: {
        timelineItems: {
          nodes: [
            { __typename: 'LabeledEvent', actor: { login: 'maintainer' }, label: { name: 'espalier:run' } },
            { __typename: 'UnlabeledEvent', actor: { login: 'espalier' }, label: { name: 'espalier:run' } },
          ],
        },
      },
    });
  });

  test('has a number of its own kind only', async () => {
    const pull = await bench.openFeature('quince');
    const { body } = await bench.ask(
      `query ($number: Int!) { repository(owner: "acme", name: "orchard") { issue(number: $number) { id } } }`,
      { number: pull.number },
    );
    expect(body.errors).toMatchObject([
      { type: 'NOT_FOUND', message: `Could not resolve to an Issue with the number of ${pull.number}.` },
    ]);
  });

  test('pages through its comments with cursors', async () => {
    const { world, maintainer, repository } = bench;
    const issue = await createIssue(world, maintainer, repository, { title: 'Long' });
    for (const body of ['one', 'two', 'three']) await addComment(world, maintainer, issue, body);
    const query = `query ($number: Int!, $after: String) { repository(owner: "acme", name: "orchard") {
      issue(number: $number) { comments(first: 2, after: $after) { nodes { body } pageInfo { hasNextPage endCursor } } } } }`;
    const first = await bench.read(query, { number: issue.number });
    expect(first).toMatchObject({
      repository: {
        issue: { comments: { nodes: [{ body: 'one' }, { body: 'two' }], pageInfo: { hasNextPage: true } } },
      },
    });
    const { endCursor } = (first['repository'] as { issue: { comments: { pageInfo: { endCursor: string } } } }).issue
      .comments.pageInfo;
    expect(await bench.read(query, { number: issue.number, after: endCursor })).toMatchObject({
      repository: { issue: { comments: { nodes: [{ body: 'three' }], pageInfo: { hasNextPage: false } } } },
    });
  });
});

describe('a pull request', () => {
  const mergeFacts = `query ($number: Int!) { repository(owner: "acme", name: "orchard") {
    pullRequest(number: $number) { mergeable mergeStateStatus potentialMergeCommit { parents(first: 2) { nodes { oid } } } } } }`;

  test('knows whether it can be merged only some time after the first question', async () => {
    const pull = await bench.openFeature('pear');
    expect(await bench.read(mergeFacts, { number: pull.number })).toEqual({
      repository: { pullRequest: { mergeable: 'UNKNOWN', mergeStateStatus: 'UNKNOWN', potentialMergeCommit: null } },
    });
    bench.wait(1000);
    expect(await bench.read(mergeFacts, { number: pull.number })).toEqual({
      repository: {
        pullRequest: {
          mergeable: 'MERGEABLE',
          mergeStateStatus: 'CLEAN',
          potentialMergeCommit: { parents: { nodes: [{ oid: pull.pull.baseSha }, { oid: pull.pull.headSha }] } },
        },
      },
    });
  });

  test('shows its branches, commits, files and reviews', async () => {
    const { world, maintainer, repository } = bench;
    const pull = await bench.openFeature('cherry');
    await submitReview(world, maintainer, pull, { state: 'COMMENTED', body: 'Nice.' });
    const data = await bench.read(
      `query ($number: Int!) { repository(owner: "acme", name: "orchard") { pullRequest(number: $number) {
        state merged isDraft headRefName headRefOid baseRefName baseRefOid isCrossRepository headRepository { nameWithOwner }
        reviewDecision reviews(last: 5, states: [COMMENTED]) { nodes { state body author { login } commit { oid } } } latestReviews(first: 5) { totalCount }
        commits(last: 1) { nodes { commit { messageHeadline statusCheckRollup { state } } } }
        files(first: 5) { nodes { path changeType additions deletions } } mergeQueueEntry { position } isInMergeQueue autoMergeRequest { enabledAt }
      } } }`,
      { number: pull.number },
    );
    expect(data['repository']).toEqual({
      pullRequest: {
        state: 'OPEN',
        merged: false,
        isDraft: false,
        headRefName: 'cherry',
        headRefOid: repository.refs.get('refs/heads/cherry'),
        baseRefName: 'main',
        baseRefOid: repository.refs.get('refs/heads/main'),
        isCrossRepository: false,
        headRepository: { nameWithOwner: 'acme/orchard' },
        reviewDecision: null,
        reviews: {
          nodes: [
            { state: 'COMMENTED', body: 'Nice.', author: { login: 'maintainer' }, commit: { oid: pull.pull.headSha } },
          ],
        },
        latestReviews: { totalCount: 1 },
        commits: { nodes: [{ commit: { messageHeadline: 'Plant cherry', statusCheckRollup: null } }] },
        files: { nodes: [{ path: 'cherry.txt', changeType: 'ADDED', additions: 1, deletions: 0 }] },
        mergeQueueEntry: null,
        isInMergeQueue: false,
        autoMergeRequest: null,
      },
    });
  });

  test('has its comments and reviews in one timeline, in order', async () => {
    const { world, maintainer, app } = bench;
    const pull = await bench.openFeature('grape');
    await addComment(world, maintainer, pull, 'First.');
    bench.wait(1000);
    await submitReview(world, app, pull, { state: 'CHANGES_REQUESTED', body: 'Second.' });
    bench.wait(1000);
    await addComment(world, maintainer, pull, 'Third.');
    const query = `query ($number: Int!, $before: String) { repository(owner: "acme", name: "orchard") { pullRequest(number: $number) {
      timelineItems(last: 2, before: $before, itemTypes: [ISSUE_COMMENT, PULL_REQUEST_REVIEW]) {
        pageInfo { hasPreviousPage startCursor } nodes { __typename ... on IssueComment { body } ... on PullRequestReview { body state } } } } } }`;
    const last = await bench.read(query, { number: pull.number });
    expect(last['repository']).toMatchObject({
      pullRequest: {
        timelineItems: {
          pageInfo: { hasPreviousPage: true },
          nodes: [
            { __typename: 'PullRequestReview', body: 'Second.', state: 'CHANGES_REQUESTED' },
            { __typename: 'IssueComment', body: 'Third.' },
          ],
        },
      },
    });
  });

  test('is found by its head', async () => {
    const pull = await bench.openFeature('fig');
    const data = await bench.read(`{ repository(owner: "acme", name: "orchard") {
      ref(qualifiedName: "fig") { refUpdateRule { viewerCanPush } associatedPullRequests(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { number } } }
      pullRequests(headRefName: "fig", states: [OPEN], first: 2, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { number } } } }`);
    expect(data['repository']).toEqual({
      ref: { refUpdateRule: null, associatedPullRequests: { nodes: [{ number: pull.number }] } },
      pullRequests: { nodes: [{ number: pull.number }] },
    });
  });
});

describe('a number above 32 bits', () => {
  test('is null with an error as Int and whole as BigInt', async () => {
    const { world, maintainer, repository } = bench;
    const issue = await createIssue(world, maintainer, repository, { title: 'Numbers' });
    const { status, body } = await bench.ask(
      `query ($id: ID!) { node(id: $id) { ... on Issue { databaseId fullDatabaseId } } }`,
      {
        id: issue.nodeId,
      },
    );
    expect(status).toBe(200);
    expect(body.data).toEqual({ node: { databaseId: null, fullDatabaseId: String(issue.id) } });
    expect(body.errors).toMatchObject([
      { path: ['node', 'databaseId'], message: expect.stringContaining('32-bit') as unknown },
    ]);
  });
});

describe('nodes by id', () => {
  test('come in order, with a null and an error for each that is not there', async () => {
    const { body } = await bench.ask(`query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`, {
      ids: ['nothing', bench.repository.nodeId],
    });
    expect(body.data).toEqual({ nodes: [null, { __typename: 'Repository', id: bench.repository.nodeId }] });
    expect(body.errors).toMatchObject([
      {
        type: 'NOT_FOUND',
        path: ['nodes', 0],
        message: "Could not resolve to a node with the global id of 'nothing'",
      },
    ]);
  });

  test('lead back to refs, commits and trees', async () => {
    const data = await bench.read(`{ repository(owner: "acme", name: "orchard") {
      ref(qualifiedName: "main") { id target { id ... on Commit { tree { id } } } } } }`);
    const { ref } = data['repository'] as { ref: { id: string; target: { id: string; tree: { id: string } } } };
    expect(
      await bench.read(`query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Ref { name } } }`, {
        ids: [ref.id, ref.target.id, ref.target.tree.id],
      }),
    ).toEqual({ nodes: [{ __typename: 'Ref', name: 'main' }, { __typename: 'Commit' }, { __typename: 'Tree' }] });
  });
});

describe('the rights of a token', () => {
  test.each([
    [
      'issues',
      '{ repository(owner: "acme", name: "orchard") { issues(first: 1) { totalCount } } }',
      ['repository', 'issues'],
    ],
    [
      'contents',
      '{ repository(owner: "acme", name: "orchard") { defaultBranchRef { name } } }',
      ['repository', 'defaultBranchRef'],
    ],
    ['merge_queues', '{ repository(owner: "acme", name: "orchard") { mergeQueue { id } } }', undefined],
  ])('without %s stop at the field that needs it', async (_name, query, path) => {
    const { body } = await bench.ask(query, {}, { metadata: 'read' });
    const expected =
      path === undefined ? undefined : [{ type: 'FORBIDDEN', path, message: 'Resource not accessible by integration' }];
    expect(body.errors?.map(({ type, path: at, message }) => ({ type, path: at, message }))).toEqual(expected);
  });

  test('are recorded as they are used', async () => {
    await bench.read('{ repository(owner: "acme", name: "orchard") { issues(first: 1) { nodes { id } } } }');
    expect(bench.permissions.usedBy(bench.app.appId ?? 0)).toMatchObject({ issues: 'read', metadata: 'read' });
  });
});

describe('what this GitHub lacks', () => {
  test.each([
    ['a field', '{ repository(owner: "acme", name: "orchard") { diskUsage } }', 'Repository.diskUsage'],
    [
      'an argument',
      '{ repository(owner: "acme", name: "orchard") { issues(first: 1, filterBy: { assignee: "a" }) { totalCount } } }',
      'filterBy',
    ],
    ['a field that GitHub has not either', '{ repository(owner: "acme", name: "orchard") { colour } }', 'colour'],
    ['a document that cannot be read', '{ repository(', 'Syntax Error'],
    [
      'a variable that does not fit',
      'query ($oid: GitObjectID!) { repository(owner: "a", name: "b") { object(oid: $oid) { id } } }',
      '$oid',
    ],
  ])('%s fails by name', async (_what, query, name) => {
    const { status, missing } = await bench.ask(query);
    expect({ status, missing }).toEqual({ status: 501, missing: [expect.stringContaining(name)] });
  });
});

test('The rate limit tells the cost of the call, which is taken before', async () => {
  bench.wait(3_600_000);
  const data = await bench.read(
    `{ rateLimit { cost nodeCount limit remaining used resetAt } repository(owner: "acme", name: "orchard") { issues(first: 100) { nodes { labels(first: 100) { nodes { name } } } } } }`,
  );
  expect(data['rateLimit']).toEqual({
    cost: 1,
    nodeCount: 10_100,
    limit: 5000,
    remaining: 4999,
    used: 1,
    resetAt: new Date(bench.world.clock.now() + 3_600_000).toISOString().replace('.000Z', 'Z'),
  });
});
