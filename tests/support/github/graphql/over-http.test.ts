import { describe, expect, test } from 'vitest';

import { dispatchWorkflow, findWorkflow, setRunStatus } from '../operations/runs.ts';
import { createStatus } from '../operations/checks.ts';
import { pushCommits } from '../operations/commits.ts';
import { openServer } from '../rest/server-fixture.ts';

const workflowText = `name: Work
run-name: work \${{ inputs.nonce }}
on:
  workflow_dispatch:
    inputs:
      nonce:
        type: string
jobs:
  work:
    runs-on: ubuntu-latest
    steps: []
`;

describe('GraphQL over HTTP with Octokit', () => {
  test('reads what REST wrote, and counts points on its own quota', async () => {
    await using fixture = await openServer();
    const octokit = fixture.client();
    const issue = await octokit.rest.issues.create({
      owner: 'acme',
      repo: 'widgets',
      title: 'Orchard',
      body: 'Plant.',
    });
    const data = await octokit.graphql(
      `query ($id: ID!) { node(id: $id) { ... on Issue { number title author { __typename login } } } rateLimit { cost used remaining } }`,
      { id: issue.data.node_id },
    );
    expect(data).toEqual({
      node: { number: issue.data.number, title: 'Orchard', author: { __typename: 'Bot', login: 'espalier' } },
      rateLimit: { cost: 1, used: 1, remaining: 4999 },
    });
    expect(fixture.server.rateLimits.totalSpent('core')).toBe(1);
    expect(fixture.server.rateLimits.totalSpent('graphql')).toBe(1);
  });

  test('rejects with the errors and the data that there is', async () => {
    await using fixture = await openServer();
    const asking = fixture
      .client()
      .graphql(`{ repository(owner: "acme", name: "widgets") { name issue(number: 7) { id } } }`);
    await expect(asking).rejects.toMatchObject({
      name: 'GraphqlResponseError',
      errors: [{ type: 'NOT_FOUND', path: ['repository', 'issue'] }],
      data: { repository: { name: 'widgets', issue: null } },
      headers: { 'x-ratelimit-resource': 'graphql' },
    });
  });

  test('that asks for what is not there fails the test that did it', async () => {
    await using fixture = await openServer();
    const asking = fixture.client().graphql(`{ repository(owner: "acme", name: "widgets") { forkCount } }`);
    await expect(asking).rejects.toMatchObject({ status: 501 });
    expect(fixture.server.takeProblems()).toEqual([expect.stringContaining('Repository.forkCount')]);
  });

  test('shows a workflow run with its suite, its file and its workflow', async () => {
    await using fixture = await openServer();
    const { world, repository, maintainer } = fixture;
    const headSha = await pushCommits(world, maintainer, repository, {
      branch: 'main',
      commits: [{ message: 'Work', files: { '.github/workflows/work.yml': workflowText } }],
    });
    const workflow = await findWorkflow(world, repository, 'work.yml');
    const run = await dispatchWorkflow(world, maintainer, workflow, { ref: 'main', inputs: { nonce: 'n1' } });
    await setRunStatus(world, run, 'in_progress');
    const data = await fixture.client().graphql(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on WorkflowRun { event url runNumber file { path } workflow { name state }
        checkSuite { status conclusion branch { name } app { slug } commit { oid } workflowRun { id } } } } }`,
      { ids: [run.nodeId] },
    );
    expect(data).toEqual({
      nodes: [
        {
          event: 'workflow_dispatch',
          url: `${fixture.server.url}/acme/widgets/actions/runs/${run.id}`,
          runNumber: 1,
          file: { path: '.github/workflows/work.yml' },
          workflow: { name: 'Work', state: 'ACTIVE' },
          checkSuite: {
            status: 'IN_PROGRESS',
            conclusion: null,
            branch: { name: 'main' },
            app: { slug: 'github-actions' },
            commit: { oid: headSha },
            workflowRun: { id: run.nodeId },
          },
        },
      ],
    });
  });

  test('shows statuses only to a token that may read them', async () => {
    await using fixture = await openServer({ permissions: { checks: 'read', contents: 'read', statuses: 'read' } });
    const { world, repository, maintainer } = fixture;
    const sha = repository.refs.get('refs/heads/main') ?? '';
    await createStatus(world, maintainer, repository, { sha, context: 'ci/build', state: 'pending' });
    const query = `query { repository(owner: "acme", name: "widgets") { defaultBranchRef { target { ... on Commit {
      statusCheckRollup { state contexts(first: 5) { nodes { ... on StatusContext { context state creator { login } } } } } } } } } }`;
    const shown = {
      state: 'PENDING',
      contexts: { nodes: [{ context: 'ci/build', state: 'PENDING', creator: { login: 'maintainer' } }] },
    };
    expect(await fixture.client().graphql(query)).toMatchObject({
      repository: { defaultBranchRef: { target: { statusCheckRollup: shown } } },
    });
    const narrowed = fixture.client({ checks: 'read', contents: 'read' }).graphql(query);
    await expect(narrowed).rejects.toMatchObject({
      errors: [{ type: 'FORBIDDEN' }],
      data: { repository: { defaultBranchRef: { target: { statusCheckRollup: { contexts: { nodes: [null] } } } } } },
    });
  });

  test('hides a private repository from an installation that does not reach it', async () => {
    await using fixture = await openServer();
    const { installation, world, repository } = fixture;
    Object.assign(installation, { repositorySelection: 'selected', repositoryIds: new Set<number>() });
    const asking = fixture.client().graphql('{ repository(owner: "acme", name: "widgets") { id } }');
    await expect(asking).rejects.toMatchObject({ errors: [{ type: 'NOT_FOUND' }] });
    const writing = fixture
      .client()
      .graphql(
        `mutation ($id: ID!) { createRef(input: { repositoryId: $id, name: "refs/heads/x", oid: "${'a'.repeat(40)}" }) { clientMutationId } }`,
        { id: repository.nodeId },
      );
    await expect(writing).rejects.toMatchObject({
      errors: [
        { type: 'NOT_FOUND', message: `Could not resolve to a node with the global id of '${repository.nodeId}'` },
      ],
    });
    expect([...world.state.repositories.values()].map(({ refs }) => refs.size)).toEqual([1]);
  });
});
