import { describe, expect, test } from 'vitest';

import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';

import { pushCommits } from '../operations/commits.ts';
import { openServer } from './server-fixture.ts';

const WIDGETS = { owner: 'acme', repo: 'widgets' };

describe('the whole of a pull request over REST', () => {
  test('from a tree to a merge, each answer as the official description says', async () => {
    await using fixture = await openServer();
    const octokit = fixture.client();
    const main = await octokit.rest.git.getRef({ ...WIDGETS, ref: 'heads/main' });
    const base = await octokit.rest.git.getCommit({ ...WIDGETS, commit_sha: main.data.object.sha });
    const blob = await octokit.rest.git.createBlob({ ...WIDGETS, content: 'aGVsbG8K', encoding: 'base64' });
    const tree = await octokit.rest.git.createTree({
      ...WIDGETS,
      base_tree: base.data.tree.sha,
      tree: [{ path: 'src/hello.txt', mode: '100644', type: 'blob', sha: blob.data.sha }],
    });
    const commit = await octokit.rest.git.createCommit({
      ...WIDGETS,
      message: 'Say hello',
      tree: tree.data.sha,
      parents: [main.data.object.sha],
    });
    await octokit.rest.git.createRef({ ...WIDGETS, ref: 'refs/heads/espalier/1/hello', sha: commit.data.sha });
    const pull = await octokit.rest.pulls.create({
      ...WIDGETS,
      title: 'Hello',
      head: 'espalier/1/hello',
      base: 'main',
      body: 'Says hello.',
    });
    const number = pull.data.number;
    await octokit.rest.issues.addLabels({ ...WIDGETS, issue_number: number, labels: ['espalier'] });
    const files = await octokit.rest.pulls.listFiles({ ...WIDGETS, pull_number: number });
    expect(files.data.map(({ filename, status }) => `${status} ${filename}`)).toEqual(['added src/hello.txt']);
    const read = await octokit.rest.pulls.get({ ...WIDGETS, pull_number: number });
    expect(read.data).toMatchObject({ mergeable: true, mergeable_state: 'clean', commits: 1, changed_files: 1 });
    const merged = await octokit.rest.pulls.merge({ ...WIDGETS, pull_number: number, sha: commit.data.sha });
    expect(merged.data.merged).toBe(true);
    const content = await octokit.rest.repos.getContent({ ...WIDGETS, path: 'src/hello.txt' });
    expect(content.data).toMatchObject({ type: 'file', content: 'aGVsbG8K\n' });
    const listed = await octokit.rest.pulls.list({ ...WIDGETS, state: 'closed', head: 'acme:espalier/1/hello' });
    expect(listed.data.map((one) => one.merge_commit_sha)).toEqual([merged.data.sha]);
    await octokit.rest.git.deleteRef({ ...WIDGETS, ref: 'heads/espalier/1/hello' });
    const refs = await octokit.rest.git.listMatchingRefs({ ...WIDGETS, ref: 'heads/' });
    expect(refs.data.map(({ ref }) => ref)).toEqual(['refs/heads/main']);
    expect(fixture.server.permissions.usedBy(fixture.app.id)).toEqual({ contents: 'write', pull_requests: 'write' });
  });

  test('refuses a merge of a head that is not the expected one with 409', async () => {
    await using fixture = await openServer();
    const { world, maintainer, repository } = fixture;
    await pushCommits(world, maintainer, repository, {
      branch: 'topic',
      commits: [{ message: 'One', files: { 'one.txt': '1' } }],
    });
    const octokit = fixture.client();
    const pull = await octokit.rest.pulls.create({ ...WIDGETS, title: 'One', head: 'topic', base: 'main' });
    const merging = octokit.rest.pulls.merge({ ...WIDGETS, pull_number: pull.data.number, sha: 'a'.repeat(40) });
    await expect(merging).rejects.toMatchObject({ status: 409 });
    await pushCommits(world, maintainer, repository, {
      branch: 'main',
      commits: [{ message: 'Two', files: { 'two.txt': '2' } }],
    });
    await octokit.rest.pulls.updateBranch({ ...WIDGETS, pull_number: pull.data.number });
    const updated = await octokit.rest.pulls.get({ ...WIDGETS, pull_number: pull.data.number });
    expect(updated.data.commits).toBe(2);
    await octokit.rest.pulls.update({ ...WIDGETS, pull_number: pull.data.number, state: 'closed', title: 'None' });
    const closed = await octokit.rest.issues.get({ ...WIDGETS, issue_number: pull.data.number });
    expect(closed.data).toMatchObject({ state: 'closed', title: 'None' });
  });
});

describe('issues over REST', () => {
  test('comments, reactions and labels keep to the official description', async () => {
    await using fixture = await openServer();
    const octokit = fixture.client();
    const issue = await octokit.rest.issues.create({ ...WIDGETS, title: 'Plan', body: 'x', labels: ['espalier'] });
    const at = { ...WIDGETS, issue_number: issue.data.number };
    const comment = await octokit.rest.issues.createComment({ ...at, body: 'One' });
    expect(comment.data).toMatchObject({ user: { login: 'espalier[bot]', type: 'Bot' } });
    expect(comment.data.id).toBeGreaterThan(2 ** 32);
    const reacted = { ...WIDGETS, comment_id: comment.data.id, content: 'eyes' } as const;
    const first = await octokit.rest.reactions.createForIssueComment(reacted);
    const again = await octokit.rest.reactions.createForIssueComment(reacted);
    expect([first.status, again.status]).toEqual([201, 200]);
    await octokit.rest.reactions.createForIssue({ ...at, content: '+1' });
    await octokit.rest.issues.updateComment({ ...WIDGETS, comment_id: comment.data.id, body: 'Two' });
    for (const body of ['Three', 'Four']) await octokit.rest.issues.createComment({ ...at, body });
    const all = await octokit.paginate(octokit.rest.issues.listComments, { ...at, per_page: 2 });
    expect(all.map(({ body }) => body)).toEqual(['Two', 'Three', 'Four']);
    await octokit.rest.issues.deleteComment({ ...WIDGETS, comment_id: comment.data.id });
    await octokit.rest.issues.createLabel({ ...WIDGETS, name: 'espalier:run', color: 'ff0000' });
    await octokit.rest.issues.addLabels({ ...at, labels: ['espalier:run'] });
    await octokit.rest.issues.removeLabel({ ...at, name: 'espalier:run' });
    const labels = await octokit.rest.issues.listLabelsForRepo(WIDGETS);
    expect(labels.data.map(({ name }) => name).sort()).toEqual(['espalier', 'espalier:run']);
    await octokit.rest.issues.update({ ...at, title: 'Plan two', labels: [], state: 'closed' });
    const closed = await octokit.rest.issues.listForRepo({ ...WIDGETS, state: 'closed' });
    expect(closed.data.map(({ title, comments }) => [title, comments])).toEqual([['Plan two', 2]]);
    expect(fixture.server.permissions.usedBy(fixture.app.id)).toEqual({ issues: 'write' });
  });

  test('a body that is too long is refused in the words of GitHub', async () => {
    await using fixture = await openServer();
    const creating = fixture.client().rest.issues.create({ ...WIDGETS, title: 'Long', body: 'x'.repeat(65_537) });
    await expect(creating).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('too long') as string,
    });
  });
});

describe('the app itself', () => {
  test('signs a JWT, finds its installation and mints a token that works', async () => {
    await using fixture = await openServer();
    const { app, server, clock } = fixture;
    const octokit = new Octokit({
      authStrategy: createAppAuth,
      auth: { appId: app.id, privateKey: app.privateKeyPem },
      baseUrl: server.url,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    const self = await octokit.rest.apps.getAuthenticated();
    expect(self.data?.slug).toBe('espalier');
    const installations = await octokit.rest.apps.listInstallations();
    const { data: found } = await octokit.rest.apps.getRepoInstallation(WIDGETS);
    expect(installations.data.map(({ id }) => id)).toEqual([found.id]);
    const minted = await octokit.rest.apps.createInstallationAccessToken({
      installation_id: found.id,
      repositories: ['widgets'],
      permissions: { issues: 'read' },
    });
    expect(Date.parse(minted.data.expires_at)).toBe(clock.at + 3_600_000);
    const narrow = fixture.clientWith(minted.data.token);
    const repositories = await narrow.rest.apps.listReposAccessibleToInstallation();
    expect(repositories.data.repositories.map(({ name }) => name)).toEqual(['widgets']);
    const writing = narrow.rest.issues.create({ ...WIDGETS, title: 'No' });
    await expect(writing).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration') as string,
      response: { headers: { 'x-accepted-github-permissions': 'issues=write' } },
    });
    clock.at += 3_600_000;
    await expect(narrow.rest.repos.get(WIDGETS)).rejects.toMatchObject({ status: 401 });
  });

  test('comes out of a manifest once for a code', async () => {
    await using fixture = await openServer();
    fixture.server.manifestCodes.set('one', fixture.app);
    const octokit = fixture.clientWith(undefined);
    const converted = await octokit.rest.apps.createFromManifest({ code: 'one' });
    expect(converted.data).toMatchObject({ id: fixture.app.id, pem: fixture.app.privateKeyPem });
    await expect(octokit.rest.apps.createFromManifest({ code: 'one' })).rejects.toMatchObject({ status: 404 });
  });
});

describe('a repository', () => {
  test('shows itself, its people, its rules and its settings', async () => {
    await using fixture = await openServer();
    const octokit = fixture.client();
    const repository = await octokit.rest.repos.get(WIDGETS);
    expect(repository.data).toMatchObject({ full_name: 'acme/widgets', default_branch: 'main', private: true });
    const role = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...WIDGETS, username: 'maintainer' });
    expect(role.data).toMatchObject({ permission: 'write', role_name: 'maintain' });
    const rules = await octokit.rest.repos.getBranchRules({ ...WIDGETS, branch: 'main' });
    expect(rules.data).toEqual([]);
    const actions = await octokit.rest.actions.getGithubActionsPermissionsRepository(WIDGETS);
    expect(actions.data.enabled).toBe(true);
    const listing = await octokit.rest.repos.getContent({ ...WIDGETS, path: 'README.md', ref: 'main' });
    expect(listing.data).toMatchObject({ type: 'file', name: 'README.md' });
    const root = await octokit.rest.repos.getContent({ ...WIDGETS, path: '' });
    expect(root.data).toMatchObject([{ type: 'file', path: 'README.md' }]);
    expect(root.headers['x-accepted-github-permissions']).toBe('contents=read');
    const limit = await octokit.rest.rateLimit.get();
    expect(limit.data.resources.core).toMatchObject({ limit: 5000, used: 6, remaining: 4994 });
    await octokit.rest.meta.get();
  });

  test('is found under its former name by a redirect', async () => {
    await using fixture = await openServer();
    const { renameRepository } = await import('../operations/repositories.ts');
    await renameRepository(fixture.world, fixture.maintainer, fixture.repository, 'gadgets');
    const octokit = fixture.client();
    const read = await octokit.rest.repos.get(WIDGETS);
    expect(read.data.full_name).toBe('acme/gadgets');
    const made = await octokit.rest.issues.create({ ...WIDGETS, title: 'Moved' });
    expect(made.data.number).toBe(1);
  });

  test('that is archived takes no write', async () => {
    await using fixture = await openServer();
    Object.assign(fixture.repository, { isArchived: true });
    const writing = fixture.client().rest.issues.create({ ...WIDGETS, title: 'No' });
    await expect(writing).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('archived') as string,
    });
  });

  test('answers a read that has not changed with 304, which costs nothing', async () => {
    await using fixture = await openServer();
    const octokit = fixture.client();
    const first = await octokit.rest.repos.get(WIDGETS);
    const again = octokit.rest.repos.get({ ...WIDGETS, headers: { 'if-none-match': first.headers.etag } });
    await expect(again).rejects.toMatchObject({ status: 304 });
    expect(fixture.server.rateLimits.totalSpent('core')).toBe(1);
  });
});

describe('what this GitHub does not have', () => {
  test('fails by name, and the close of the server fails too', async () => {
    const fixture = await openServer();
    const asking = fixture.client().request('GET /repos/{owner}/{repo}/topics', WIDGETS);
    await expect(asking).rejects.toMatchObject({ status: 501 });
    await expect(fixture[Symbol.asyncDispose]()).rejects.toThrow('no route for GET /repos/acme/widgets/topics');
  });

  test('a request that breaks the description is refused and reported', async () => {
    await using fixture = await openServer();
    const asking = fixture
      .client()
      .request('POST /repos/{owner}/{repo}/issues', { ...WIDGETS, titel: 'Typo' } as never);
    await expect(asking).rejects.toMatchObject({ status: 422 });
    expect(fixture.server.takeProblems()).toEqual([
      "Request POST /repos/acme/widgets/issues: body: must have required property 'title'",
    ]);
  });
});
