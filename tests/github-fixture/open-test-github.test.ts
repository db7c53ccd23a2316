import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { expect, test } from 'vitest';

import { makeTemporaryFolder } from '../support/git-fixture.ts';
import { readComments } from '../support/github/operations/comments.ts';
import { createIssue } from '../support/github/operations/issues.ts';
import { openSmallGitHub, type SmallGitHub } from './open-small-github.ts';

const run = promisify(execFile);

/** Failures are part of what is tested here. */
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A client of the app itself, by its JWT. It learns the time of this GitHub from the answers. */
function openAppClient({ github, app }: SmallGitHub): Octokit {
  return new Octokit({
    authStrategy: createAppAuth,
    auth: { appId: app.id, privateKey: app.privateKeyPem },
    baseUrl: github.server.url,
    log: SILENT,
  });
}

test('REST, GraphQL, git and webhooks show one state', async () => {
  await using small = await openSmallGitHub();
  const { github, maintainer, repository, received } = small;
  const { world, server } = github;
  const issue = await createIssue(world, maintainer, repository, { title: 'A plan' });
  const { token } = server.tokens.mint(small.installation, {});
  const client = new Octokit({ auth: token, baseUrl: server.url });
  const where = { owner: 'orchard', repo: 'tree' };

  await client.issues.createComment({ ...where, issue_number: issue.number, body: 'Working.' });
  expect(readComments(world, issue).map(({ author, body }) => [author, body])).toEqual([['espalier[bot]', 'Working.']]);

  await using folder = await makeTemporaryFolder();
  const checkout = path.join(folder.path, 'tree');
  const url = `${server.url.replace('http://', `http://x-access-token:${token}@`)}/orchard/tree.git`;
  const git = (...args: string[]): Promise<{ stdout: string }> =>
    run('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.invalid', '-C', checkout, ...args]);
  await run('git', ['clone', '--quiet', url, checkout]);
  await git('commit', '--quiet', '--allow-empty', '-m', 'Pushed');
  await git('push', '--quiet', 'origin', 'HEAD:refs/heads/pushed');
  const { stdout } = await git('rev-parse', 'HEAD');
  const pushed = stdout.trim();
  expect(repository.refs.get('refs/heads/pushed')).toBe(pushed);

  const answer = await client.graphql(
    `query { repository(owner: "orchard", name: "tree") {
      ref(qualifiedName: "refs/heads/pushed") { target { oid } }
      issue(number: 1) { comments(first: 1) { nodes { author { login } body } } }
    } }`,
  );
  expect(answer).toEqual({
    repository: {
      ref: { target: { oid: pushed } },
      issue: { comments: { nodes: [{ author: { login: 'espalier' }, body: 'Working.' }] } },
    },
  });

  await github.settle();
  expect(received.map(({ event }) => event)).toEqual(['issues', 'issue_comment', 'create', 'push', 'check_suite']);
});

test('an app finds its failed deliveries by REST, and has them sent again', async () => {
  await using small = await openSmallGitHub();
  const { github, maintainer, repository, answer, received } = small;
  answer.status = 503;
  await createIssue(github.world, maintainer, repository, { title: 'A plan' });
  await github.settle();
  answer.status = 200;
  const client = openAppClient(small);
  const { data: failed } = await client.apps.listWebhookDeliveries({ status: 'failure' });
  expect(failed).toMatchObject([{ event: 'issues', action: 'opened', status_code: 503, redelivery: false }]);
  await client.apps.redeliverWebhookDelivery({ delivery_id: failed[0]!.id });
  await github.settle();
  expect(received.map(({ guid }) => guid)).toEqual([failed[0]!.guid, failed[0]!.guid]);
});

test('what is not there fails when the GitHub is closed', async () => {
  const small = await openSmallGitHub();
  const { token } = small.github.server.tokens.mint(small.installation, {});
  const client = new Octokit({ auth: token, baseUrl: small.github.server.url, log: SILENT });
  await expect(client.request('GET /gists')).rejects.toMatchObject({ status: 501 });
  await expect(small[Symbol.asyncDispose]()).rejects.toThrow(/no route for GET \/gists/);
});
