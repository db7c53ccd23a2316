import { describe, expect, test } from 'vitest';

import type { FactId } from '../../../../src/core/register/github-facts.ts';
import { createStatus } from '../../../support/github/operations/checks.ts';
import { pushCommits } from '../../../support/github/operations/commits.ts';
import { dispatchWorkflow, findWorkflow, uploadArtifact } from '../../../support/github/operations/runs.ts';
import {
  MANIFEST_PERMISSIONS,
  branchesOf,
  factOf,
  idsOf,
  openProbeFixture,
  type ProbeFixture,
  reportOf,
} from './probe-fixture.ts';

/** One way in which GitHub is not as it is taken to be: the request that is answered otherwise, and how. */
interface Difference {
  id: FactId;
  on: { graphql?: string; route?: string; nth?: number; matches?: string };
  status?: number;
  body: unknown;
  found: RegExp;
}

const refusedWith = (name: string, message: string): unknown => ({
  data: { [name]: null },
  errors: [{ type: 'UNPROCESSABLE', path: [name], message }],
});
const moved = { data: { updateRefs: { clientMutationId: null } } };
const REFS = 'POST /repos/{owner}/{repo}/git/refs';
const DISPATCH = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';

const DIFFERENCES: readonly Difference[] = [
  {
    id: 'refs-compare-and-swap',
    on: { graphql: 'ProbeMove', matches: '/swap' },
    body: moved,
    found: /^it was not refused/,
  },
  { id: 'refs-atomic', on: { graphql: 'ProbeMove', matches: '/atomic-1' }, body: moved, found: /^it was not refused/ },
  {
    id: 'refs-create-if-absent',
    on: { graphql: 'ProbeMove', matches: '/create', nth: 2 },
    body: moved,
    found: /second: it was not refused/,
  },
  {
    id: 'ref-exists-words',
    on: { route: REFS, matches: '/exists', nth: 2 },
    status: 422,
    body: { message: 'Already there' },
    found: /Already there/,
  },
  {
    id: 'mutations-in-order',
    on: { graphql: 'ProbeOrder' },
    body: { data: { one: {}, two: null, three: null }, errors: [{ type: 'X', path: ['two'], message: 'no' }] },
    found: /the third NOT done/,
  },
  {
    id: 'commit-compare-and-swap',
    on: { graphql: 'ProbeCommit' },
    body: refusedWith('createCommitOnBranch', 'The head is another one'),
    found: /which the code takes for 'refused'/,
  },
  {
    id: 'commit-large-files',
    on: { graphql: 'ProbeCommit', matches: '/large' },
    status: 413,
    body: { message: 'Too large' },
    found: /2 MiB refused: Too large/,
  },
  {
    id: 'merge-conflict-words',
    on: { graphql: 'ProbeMerge', matches: '/conflict' },
    body: refusedWith('mergeBranch', 'These two do not go together'),
    found: /do not go together/,
  },
  {
    id: 'base-contains-commit',
    on: { graphql: 'Probe', matches: 'compare(headRef' },
    body: {
      data: {
        repository: {
          ref: { root: { status: 'AHEAD' }, left: { status: 'IDENTICAL' }, right: { status: 'DIVERGED' } },
        },
      },
    },
    found: /an ancestor AHEAD/,
  },
  {
    id: 'check-run-is-updated',
    on: { graphql: 'ProbeCheckEnd' },
    body: { data: { updateCheckRun: { checkRun: { status: 'IN_PROGRESS', conclusion: null } } } },
    found: /IN_PROGRESS, no conclusion/,
  },
  {
    id: 'rules-are-shown',
    on: { route: 'GET /repos/{owner}/{repo}/rules/branches/{branch}' },
    status: 404,
    body: { message: 'Not Found' },
    found: /^refused: Not Found/,
  },
  {
    id: 'old-protection-is-shown',
    on: { graphql: 'Probe', matches: 'refUpdateRule' },
    body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'], message: 'hidden' }] },
    found: /^refused: hidden/,
  },
  {
    id: 'dispatch-of-nothing',
    on: { route: DISPATCH },
    status: 422,
    body: { message: 'No such workflow' },
    found: /No such workflow/,
  },
  {
    id: 'viewer-is-bot',
    on: { graphql: 'ProbeViewer' },
    body: { data: { viewer: { login: 'somebody', databaseId: 7 } } },
    found: /^somebody/,
  },
  {
    id: 'permissions-are-shown',
    on: { route: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission' },
    status: 404,
    body: { message: 'Not Found' },
    found: /^refused: Not Found/,
  },
  {
    id: 'wanted-permission-is-named',
    on: { route: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}', matches: '' },
    status: 403,
    body: { message: 'Resource not accessible by integration' },
    found: /with nothing named/,
  },
  {
    id: 'observe-query-is-taken',
    on: { graphql: 'Observe' },
    body: {
      data: { repository: { id: 'R_1' }, rateLimit: { cost: 1 } },
      errors: [{ path: ['repository', 'base'], message: "Field 'compare' doesn't exist on type 'Ref'" }],
    },
    found: /doesn't exist on type 'Ref' at repository.base/,
  },
  {
    id: 'query-cost-is-counted-so',
    on: { graphql: 'ProbeCost' },
    body: { data: { rateLimit: { cost: 201 } } },
    found: /^201 points/,
  },
];

/** The same for what only a visit with `--write` tries. */
const WRITE_DIFFERENCES: readonly Difference[] = [
  {
    id: 'merges-carry-workflows',
    on: { graphql: 'ProbeMerge', matches: '/old-workflows' },
    body: refusedWith(
      'mergeBranch',
      'refusing to allow a GitHub App to update workflow without `workflows` permission',
    ),
    found: /without `workflows` permission/,
  },
  {
    id: 'pull-of-branch',
    on: { graphql: 'Probe', matches: 'associatedPullRequests' },
    body: { data: { repository: { ref: { associatedPullRequests: { nodes: [] } } } } },
    found: /^none found/,
  },
  {
    id: 'merge-pins-head',
    on: { graphql: 'ProbeMergePull' },
    body: { data: { mergePullRequest: { pullRequest: { state: 'MERGED' } } } },
    found: /with another head it was not refused/,
  },
  {
    id: 'dispatch-refusal-words',
    on: { route: DISPATCH, matches: 'espalier_doctor' },
    status: 422,
    body: { message: 'No' },
    found: /^refused: No /,
  },
  {
    id: 'reaction-stands-once',
    on: { graphql: 'ProbeReact', nth: 2 },
    body: refusedWith('addReaction', 'It stands already'),
    found: /It stands already/,
  },
  {
    id: 'comment-length',
    on: { graphql: 'ProbeComment', matches: 'xxxxxxxx' },
    body: refusedWith('addComment', 'Body is too long'),
    found: /Body is too long/,
  },
  {
    id: 'label-setter-is-told',
    on: { graphql: 'Probe', matches: 'LABELED_EVENT' },
    body: { data: { repository: { issue: { timelineItems: { nodes: [] } } } } },
    found: /^no event/,
  },
];

/** The pattern, behind the id that says in a failed test which fact it is. */
function atFinding(id: FactId, found: RegExp): RegExp {
  const { source } = found;
  return new RegExp(`^${id}: ${source.startsWith('^') ? source.slice(1) : `.*${source}`}`);
}

/** Makes the requests of these differences meet them. */
function differ({ hub }: ProbeFixture, differences: readonly Difference[]): void {
  for (const { on, status = 200, body } of differences) {
    const { graphql, route, nth = 1, matches } = on;
    hub.server.faults.add(
      {
        ...(graphql === undefined ? {} : { graphql }),
        ...(route === undefined ? {} : { route: route as 'GET /app' }),
        ...(matches === undefined ? {} : { matches: ({ body: sent }) => JSON.stringify(sent ?? '').includes(matches) }),
      },
      { kind: 'answer', when: 'before', status, message: '', body },
      { nth },
    );
  }
}

describe('a GitHub that differs', () => {
  test.each([
    ['by looks and branches', DIFFERENCES, false],
    ['by issues, pull requests and runs', WRITE_DIFFERENCES, true],
  ])('is found out %s, fact by fact, and nothing else is blamed', async (_case, differences, canWrite) => {
    await using fixture = await openProbeFixture();
    differ(fixture, differences);
    const report = reportOf(await fixture.visit({ canWrite }));
    expect(idsOf(report.facts, 'differs').toSorted()).toEqual(differences.map(({ id }) => id).toSorted());
    for (const { id, found } of differences)
      expect(`${id}: ${factOf(report, id)?.found}`).toMatch(atFinding(id, found));
    fixture.hub.server.faults.assertAllUsed();
    expect(branchesOf(fixture)).toEqual(['refs/heads/main']);
  });

  test('shows by what is there: hidden statuses, runs without a name, artifacts of another digest', async () => {
    const { statuses: _statuses, ...permissions } = MANIFEST_PERMISSIONS;
    await using fixture = await openProbeFixture({ hasWorkflow: false, permissions });
    const { world, maintainer, repository } = fixture.hub;
    const text = 'on:\n  workflow_dispatch:\n    inputs: {plan: {}, legs: {}, nonce: {}, ledger: {}}\njobs: {}\n';
    const sha = await pushCommits(world, maintainer, repository, {
      branch: 'main',
      commits: [{ message: 'Work', files: { '.github/workflows/espalier-dispatch.yml': text } }],
    });
    await createStatus(world, maintainer, repository, { sha, context: 'ci/build', state: 'success' });
    const workflow = await findWorkflow(world, repository, 'espalier-dispatch.yml');
    const inputs = { plan: 'issue-1', legs: '[]', nonce: 'issue-1.1', ledger: sha };
    const run = await dispatchWorkflow(world, maintainer, workflow, { ref: 'main', inputs });
    await uploadArtifact(world, run, { name: 'espalier-api.1-evidence.json', bytes: Buffer.from('PK\u0003\u0004') });
    const report = reportOf(await fixture.visit({ canWrite: true }));
    expect(idsOf(report.facts, 'differs').toSorted()).toEqual([
      'artifact-digest-is-of-file',
      'checks-are-all-shown',
      'run-is-listed-soon',
      'run-name-is-title',
    ]);
    expect(factOf(report, 'checks-are-all-shown')?.found).toContain('1 hidden: Resource not accessible by integration');
  });
});
