import { expect, it } from 'vitest';

import { installApp, registerApp } from '../support/github/operations/apps.ts';
import { addComment } from '../support/github/operations/comments.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { createCheckRun } from '../support/github/operations/checks.ts';
import { createIssue } from '../support/github/operations/issues.ts';
import { openPull } from '../support/github/operations/pulls.ts';
import { forkRepository } from '../support/github/operations/repositories.ts';
import { appActor, isPull } from '../support/github/world.ts';
import { openRunnerStage, type RunnerStage } from './open-runner-stage.ts';

/** A script of a job that asks REST with its token, and prints the status that it got. */
const ASK = `ask() {
            curl --silent --output "$RUNNER_TEMP/answer" --write-out "$1 $2 %{http_code}\\n" --request "$1" \\
              --header "Authorization: Bearer $TOKEN" --header 'content-type: application/json' "$GITHUB_API_URL$2" \${3:+--data "$3"}
          }`;

function asking(name: string, on: string, permissions: string, script: string): string {
  return `name: ${name}
on: ${on}
permissions: {}
jobs:
  ask:
    runs-on: ubuntu-latest
    permissions: ${permissions}
    steps:
      - env: { TOKEN: '\${{ github.token }}', NUMBER: '\${{ github.event.issue.number }}' }
        run: |
          ${ASK}
          ${script.trim().split('\n').join('\n          ')}
`;
}

/** Runs so far, as `workflow event` with where they stand. */
function runsOf({ repository }: RunnerStage): string[] {
  return [...repository.runs.values()].map(
    ({ name, event, status, conclusion }) => `${name} ${event} ${conclusion ?? status}`,
  );
}

const REPO = '/repos/owner/garden';

it('gives each job a token of its own, that may do what the job says and is worth nothing afterwards', async () => {
  const script = `
ask GET ${REPO}/contents/README.md
ask POST ${REPO}/issues/$NUMBER/comments '{"body":"seen"}'
ask POST ${REPO}/git/refs "{\\"ref\\":\\"refs/heads/made\\",\\"sha\\":\\"$GITHUB_SHA\\"}"
ask GET ${REPO}/actions/permissions
ask GET /apps/github-actions
`;
  await using stage = await openRunnerStage(
    { 'ask.yml': asking('ask', '{ issues: { types: [opened] } }', '{ issues: write }', script) },
    { repository: {} },
  );
  const { world, owner, repository, runner } = stage;
  repository.isPrivate = true;
  const issue = await createIssue(world, owner, repository, { title: 'A plan' });
  await runner.untilQuiet();
  expect(runner.logs[0]?.lines).toEqual([
    `GET ${REPO}/contents/README.md 403`,
    `POST ${REPO}/issues/${issue.number}/comments 201`,
    `POST ${REPO}/git/refs 403`,
    `GET ${REPO}/actions/permissions 403`,
    'GET /apps/github-actions 200',
  ]);
  expect([...repository.comments.values()].map(({ author }) => author)).toEqual(['github-actions[bot]']);
  const [token = ''] = runner.credentials;
  expect(stage.github.server.tokens.authenticate(`Bearer ${token}`)).toMatchObject({ status: 401 });
});

it('hears of what people and apps do, and of nothing that a GITHUB_TOKEN does but a dispatch', async () => {
  const on = '{ issue_comment: { types: [created] }, workflow_dispatch: {} }';
  const script = `
if [ "$GITHUB_EVENT_NAME" = issue_comment ]; then
ask POST ${REPO}/issues/$NUMBER/comments '{"body":"an answer"}'
ask POST ${REPO}/actions/workflows/ask.yml/dispatches '{"ref":"main"}'
fi
`;
  await using stage = await openRunnerStage({
    'ask.yml': asking('ask', on, '{ issues: write, actions: write }', script),
  });
  const { world, owner, repository, runner } = stage;
  const issue = await createIssue(world, owner, repository, { title: 'A plan' });
  await addComment(world, owner, issue, '/espalier run');
  await runner.untilQuiet();
  expect(runsOf(stage)).toEqual(['ask issue_comment success', 'ask workflow_dispatch success']);
  expect([...repository.runs.values()].map(({ actor }) => actor)).toEqual(['owner', 'github-actions[bot]']);
});

const PULLED = asking('pulled', '{ pull_request: {}, push: { branches: [main] } }', '{ contents: read }', 'true');

it('holds the runs of a pull request that a GITHUB_TOKEN has opened, until somebody approves them', async () => {
  const script = `
ask POST ${REPO}/pulls '{"title":"Made","head":"made","base":"main"}'
`;
  await using stage = await openRunnerStage({
    'open.yml': asking('open', 'workflow_dispatch', '{ pull-requests: write }', script),
    'pulled.yml': PULLED,
  });
  const { world, owner, repository, runner } = stage;
  await pushCommits(world, owner, repository, {
    branch: 'made',
    commits: [{ message: 'Make', files: { 'made.txt': 'made\n' } }],
  });
  await stage.dispatch('open.yml');
  expect(runner.logs[0]?.lines).toEqual([`POST ${REPO}/pulls 403`]);
  repository.settings.actionsMayOpenPulls = true;
  await stage.dispatch('open.yml');
  const pull = [...repository.issues.values()].find(isPull)!;
  expect(pull.author).toBe('github-actions[bot]');
  expect(runsOf(stage).at(-1)).toBe('pulled pull_request action_required');
  const held = [...repository.runs.values()].at(-1)!;
  await runner.approve(owner, held);
  await runner.untilQuiet();
  expect(held).toMatchObject({ conclusion: 'success', runAttempt: 1, headSha: pull.pull.headSha });
});

it('gives the run of a pull request from a fork nothing to write with, and no secret', async () => {
  const script = `
ask POST ${REPO}/git/refs "{\\"ref\\":\\"refs/heads/made\\",\\"sha\\":\\"$GITHUB_SHA\\"}"
echo "secret: \${{ secrets.KEY }}."
`;
  await using stage = await openRunnerStage(
    { 'pulled.yml': asking('pulled', 'pull_request', '{ contents: write }', script) },
    { secrets: { KEY: 'abc' } },
  );
  const { world, repository, stranger, runner } = stage;
  const fork = await forkRepository(world, stranger, repository, 'stranger');
  await pushCommits(world, stranger, fork, {
    branch: 'idea',
    commits: [{ message: 'Idea', files: { 'idea.txt': 'idea\n' } }],
  });
  await openPull(world, stranger, repository, { title: 'Idea', head: 'stranger:idea', base: 'main' });
  await runner.untilQuiet();
  expect(runner.logs[0]?.lines).toEqual([`POST ${REPO}/git/refs 403`, 'secret: .']);
});

it('starts workflows by their filters, at the commit that the event is about', async () => {
  const on = '{ push: { branches: [main, "release/**"], paths-ignore: ["docs/**"] } }';
  await using stage = await openRunnerStage({
    'pushed.yml': asking('pushed', on, '{}', 'echo "$GITHUB_REF $GITHUB_SHA"'),
  });
  const { world, owner, repository, runner } = stage;
  const push = (branch: string, file: string, message = 'Change'): Promise<unknown> =>
    pushCommits(world, owner, repository, { branch, commits: [{ message, files: { [file]: message } }] });
  await push('main', 'docs/a.md');
  await push('main', 'a.txt', 'Change [skip ci]');
  await push('topic', 'a.txt');
  await runner.untilQuiet();
  expect(runsOf(stage)).toEqual([]);
  await push('release/1', 'a.txt');
  await runner.untilQuiet();
  const tip = repository.refs.get('refs/heads/release/1');
  expect(runner.logs.flatMap(({ lines }) => lines)).toEqual([`refs/heads/release/1 ${tip}`]);
});

it('starts what has a schedule when it is told, and what waits for the end of another workflow three times', async () => {
  const after = (name: string, of: string): string =>
    asking(name, `{ workflow_run: { workflows: [${of}], types: [completed] } }`, '{}', `echo '${name}'`);
  await using stage = await openRunnerStage({
    'clock.yml': asking('clock', "{ schedule: [{ cron: '7 * * * *' }, { cron: '0 3 * * *' }] }", '{}', 'true'),
    'first.yml': after('first', 'clock'),
    'second.yml': after('second', 'first'),
    'third.yml': after('third', 'second'),
    'fourth.yml': after('fourth', 'third'),
  });
  await stage.runner.tick('0 3 * * *');
  await stage.runner.untilQuiet();
  expect(runsOf(stage)).toEqual([
    'clock schedule success',
    'first workflow_run success',
    'second workflow_run success',
    'third workflow_run success',
  ]);
});

it('hears of the checks of other apps, and not of those on a commit that has checks of Actions', async () => {
  await using stage = await openRunnerStage({
    'checked.yml': asking('checked', '{ check_suite: {}, check_run: { types: [completed] } }', '{}', 'true'),
    'dispatched.yml': asking('dispatched', 'workflow_dispatch', '{}', 'true'),
  });
  const { world, owner, repository, runner } = stage;
  const app = await registerApp(world, {
    slug: 'checker',
    ownerLogin: 'owner',
    permissions: { actions: 'read', checks: 'write' },
    // Nothing is delivered; but what would be, has to be as the official description says.
    events: ['workflow_run', 'workflow_job', 'check_run', 'check_suite'],
    hookUrl: 'http://127.0.0.1:9/',
    keys: { privateKeyPem: '', publicKeyPem: '' },
  });
  await installApp(world, owner, { appId: app.id, accountLogin: 'owner', repositories: 'all' });
  const by = appActor(world, app.id);
  const check = (headSha: string, name: string): Promise<unknown> =>
    createCheckRun(world, by, repository, { name, headSha, status: 'completed', conclusion: 'success' });
  await pushCommits(world, owner, repository, { branch: 'topic', commits: [{ message: 'Change', files: { a: 'a' } }] });
  await check(repository.refs.get('refs/heads/topic') ?? '', 'theirs');
  await runner.untilQuiet();
  expect(runsOf(stage)).toContain('checked check_run success');
  await stage.dispatch('dispatched.yml');
  const before = runsOf(stage).length;
  await check(repository.refs.get('refs/heads/main') ?? '', 'later');
  await runner.untilQuiet();
  expect(runsOf(stage)).toHaveLength(before);
});

it('refuses a push of workflow files with a GITHUB_TOKEN, and takes one without', async () => {
  const script = `
git init --quiet "$RUNNER_TEMP/clone"; cd "$RUNNER_TEMP/clone"
git config user.name me; git config user.email me@example.invalid
url="\${GITHUB_SERVER_URL/'//'/'//x-access-token:'"$TOKEN"'@'}/$GITHUB_REPOSITORY.git"
git fetch --quiet --depth=1 "$url" main; git checkout --quiet FETCH_HEAD
echo a > a; git add a; git commit --quiet -m 'Add a file'
git push --quiet "$url" HEAD:refs/heads/plain && echo "plain went"
echo 'on: push' > .github/workflows/evil.yml; git add .; git commit --quiet -m 'Add a workflow'
git push --quiet "$url" HEAD:refs/heads/evil || echo "evil did not"
`;
  await using stage = await openRunnerStage({
    'push.yml': asking('push', 'workflow_dispatch', '{ contents: write }', script),
  });
  const run = await stage.dispatch('push.yml');
  expect(stage.runner.logOf(run)).toContain('plain went');
  expect(stage.runner.logOf(run)).toContain('evil did not');
  expect(stage.runner.logOf(run)).not.toContain(stage.runner.credentials[0]);
  expect([...stage.repository.refs.keys()].toSorted()).toEqual(['refs/heads/main', 'refs/heads/plain']);
});

it('gives a GITHUB_TOKEN a quota of its own', async () => {
  await using stage = await openRunnerStage({
    'ask.yml': asking(
      'ask',
      'workflow_dispatch',
      '{}',
      'ask GET /rate_limit; grep -o \'"limit":1000\' "$RUNNER_TEMP/answer" | uniq',
    ),
  });
  const run = await stage.dispatch('ask.yml');
  expect(stage.runner.logOf(run)).toContain('"limit":1000');
});

it('hears of nothing where Actions are switched off', async () => {
  await using stage = await openRunnerStage({ 'ask.yml': asking('ask', '{ issues: {} }', '{}', 'true') });
  const { world, repository, owner, runner } = stage;
  repository.settings.actionsEnabled = false;
  await createIssue(world, owner, repository, { title: 'A plan' });
  await runner.untilQuiet();
  expect(runsOf(stage)).toEqual([]);
});
