import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, it } from 'vitest';

import { makeTemporaryFolder } from '../support/git-fixture.ts';
import { installApp, makeKeys, registerApp } from '../support/github/operations/apps.ts';
import { openRunnerStage } from './open-runner-stage.ts';

const SHA = 'a'.repeat(40);

function steps(...lines: string[]): string {
  return `name: tried
on: workflow_dispatch
permissions: {}
jobs:
  job:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
${lines.map((line) => `      - ${line.split('\n').join('\n        ')}`).join('\n')}
`;
}

/** An action that shows what it is given, writes every environment file, and cleans up with what it saved. */
const ACTION_MAIN = `
import { appendFileSync } from 'node:fs';
const write = (name, text) => appendFileSync(process.env[name], text + '\\n');
const { INPUT_WORD, 'INPUT_WITH-DEFAULT': preset, INPUT_TOKEN } = process.env;
console.log('inputs', INPUT_WORD, preset, INPUT_TOKEN === undefined ? 'no token' : INPUT_TOKEN);
console.log('place', process.env.GITHUB_ACTION_REPOSITORY, process.cwd() === process.env.GITHUB_WORKSPACE);
console.log('runtime', process.env.ACTIONS_RUNTIME_TOKEN, process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? 'no identity');
write('GITHUB_OUTPUT', 'shown=' + INPUT_WORD);
write('GITHUB_ENV', 'FROM_ACTION<<X\\none\\ntwo\\nX');
write('GITHUB_PATH', process.env.RUNNER_TEMP);
write('GITHUB_STATE', 'kept=for later');
write('GITHUB_STEP_SUMMARY', '# Summary with ' + INPUT_TOKEN);
if (INPUT_WORD === 'fail') process.exitCode = 1;
`;

const ACTION = `
name: fixture
inputs:
  word: { required: true }
  with-default: { default: preset }
  token: { default: '\${{ github.token }}' }
runs: { using: node24, main: dist/main.mjs, post: dist/post.mjs }
`;

async function makeAction(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await makeTemporaryFolder();
  await mkdir(path.join(folder.path, 'dist'));
  await writeFile(path.join(folder.path, 'action.yml'), ACTION);
  await writeFile(path.join(folder.path, 'dist/main.mjs'), ACTION_MAIN);
  await writeFile(path.join(folder.path, 'dist/post.mjs'), `console.log('post has', process.env.STATE_kept);`);
  return folder;
}

it('runs an action as a process, with its inputs and the files by which it speaks', async () => {
  await using folder = await makeAction();
  await using stage = await openRunnerStage(
    {
      'tried.yml': steps(
        `uses: acme/fixture@${SHA}\nid: act\nwith: { word: hello }`,
        'run: echo "$FROM_ACTION, ${{ steps.act.outputs.shown }}, ${PATH%%:*}" | grep "$RUNNER_TEMP"',
        'run: test -z "$ACTIONS_RUNTIME_TOKEN$GITHUB_ACTION_PATH$INPUT_WORD"',
      ),
    },
    { action: { repository: 'acme/fixture', folder: folder.path } },
  );
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ job: 'success' });
  const [first, second] = stage.runner.logs;
  expect(first?.lines).toEqual([
    'inputs hello preset ***',
    'place acme/fixture true',
    'runtime *** no identity',
    'post has for later',
  ]);
  expect(first?.summary).toBe('# Summary with ***\n');
  expect(second?.lines.join()).toContain('two, hello,');
});

it('cleans up after an action that has failed, and tells of inputs that it does not know', async () => {
  await using folder = await makeAction();
  await using stage = await openRunnerStage(
    { 'tried.yml': steps(`uses: acme/fixture@${SHA}\nwith: { word: fail, wrod: x }`, 'run: echo never') },
    { action: { repository: 'acme/fixture', folder: folder.path } },
  );
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ job: 'failure' });
  expect(stage.runner.logs[0]?.lines.slice(-2)).toEqual([
    '##[error]Process completed with exit code 1.',
    'post has for later',
  ]);
  expect(stage.runner.logs).toHaveLength(1);
  expect(stage.runner.takeProblems().join()).toContain('unexpected input(s) wrod');
});

it('runs an action of the checked-out files', async () => {
  await using stage = await openRunnerStage(
    { 'tried.yml': steps(`uses: actions/checkout@${SHA}`, 'uses: ./\nwith: { word: own }') },
    { files: { 'action.yml': ACTION, 'dist/main.mjs': ACTION_MAIN, 'dist/post.mjs': '' } },
  );
  const run = await stage.dispatch('tried.yml');
  expect(stage.runner.logOf(run)).toContain('inputs own preset ***');
});

it.each<[string, string, RegExp]>([
  ['a tag', 'uses: actions/checkout@v7', /not pinned to a full commit SHA/u],
  ['a short SHA', 'uses: actions/checkout@3d3c42e', /not pinned to a full commit SHA/u],
  ['an action that nobody knows', `uses: evil/action@${SHA}`, /has no action evil\/action/u],
  ['an input that it does not have', `uses: actions/checkout@${SHA}\nwith: { ref-name: main }`, /ref-name/u],
  ['files that are not there', 'uses: ./', /Can't find 'action.yml'/u],
])('does not use %s', async (_, step, problem) => {
  await using stage = await openRunnerStage({ 'tried.yml': steps(step, 'run: echo never') });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ job: 'failure' });
  expect(stage.runner.logOf(run)).toMatch(problem);
  expect(stage.runner.logOf(run)).not.toContain('[job / Run echo never]');
});

it.each<[string, string, boolean]>([
  ['keeps its token in the configuration unless told not to', '{ fetch-depth: 0 }', true],
  ['leaves no token behind', '{ persist-credentials: false }', false],
])('checks out the commit of the event, and %s', async (_, inputs, isKept) => {
  await using stage = await openRunnerStage({
    'tried.yml': steps(
      `uses: actions/checkout@${SHA}\nwith: ${inputs}`,
      'run: |\n  cat README.md; git rev-parse HEAD; echo "$GITHUB_SHA"; grep -c extraheader .git/config || true',
    ),
  });
  await stage.dispatch('tried.yml');
  const tip = stage.repository.refs.get('refs/heads/main');
  expect(stage.runner.logs[1]?.lines).toEqual(['# garden', tip, tip, isKept ? '1' : '0']);
});

const UPLOAD = `uses: actions/upload-artifact@${SHA}`;
const DOWNLOAD = `uses: actions/download-artifact@${SHA}`;

it('hands single files and archives from job to job', async () => {
  await using stage = await openRunnerStage({
    'tried.yml': `${steps(
      'run: mkdir -p out/in; echo one > out/one.txt; echo two > out/in/two.txt; echo hidden > out/.hidden',
      `${UPLOAD}\nid: file\nwith: { path: out/one.txt, archive: false, name: ignored, retention-days: 3 }`,
      `${UPLOAD}\nwith: { path: out, name: all }`,
      'run: test "sha256:${{ steps.file.outputs.artifact-digest }}" = "sha256:$(sha256sum < out/one.txt | cut -d" " -f1)"',
    )}  next:
    needs: job
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/download-artifact@${SHA}, with: { name: one.txt, path: '\${{ runner.temp }}/one' } }
      - { uses: actions/download-artifact@${SHA}, with: { pattern: a*, path: '\${{ runner.temp }}/all' } }
      - run: cd "$RUNNER_TEMP"; cat one/one.txt all/one.txt all/in/two.txt; ls -A all
`,
  });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ job: 'success', next: 'success' });
  expect(stage.runner.logs.at(-1)?.lines).toEqual(['one', 'one', 'two', 'in', 'one.txt']);
  const [file, archive] = [...stage.repository.artifacts.values()];
  expect(file).toMatchObject({ name: 'one.txt', contentType: 'application/octet-stream' });
  expect(Buffer.from(file?.bytes ?? []).toString()).toBe('one\n');
  expect(archive).toMatchObject({ name: 'all', contentType: 'application/zip' });
});

it.each<[string, string[], RegExp]>([
  ['two files without an archive', [`${UPLOAD}\nwith: { path: a*, archive: false }`], /only a single file/u],
  [
    'nothing, where it is told to mind',
    [`${UPLOAD}\nwith: { path: no, if-no-files-found: error }`],
    /No files were found/u,
  ],
  ['a name twice', Array.from({ length: 2 }, () => `${UPLOAD}\nwith: { path: a1, archive: false }`), /already exists/u],
  ['a name that is no file name', [`${UPLOAD}\nwith: { path: a1, name: 'a/b' }`], /artifact name is not valid/u],
  ['what nobody has left', [`${DOWNLOAD}\nwith: { name: none }`], /Artifact not found for name: none/u],
])('leaves or takes no %s', async (_, given, problem) => {
  await using stage = await openRunnerStage({ 'tried.yml': steps('run: touch a1 a2', ...given) });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ job: 'failure' });
  expect(stage.runner.logOf(run)).toMatch(problem);
});

it('lets any job of the run put another file in the place of an artifact', async () => {
  await using stage = await openRunnerStage({
    'tried.yml': steps(
      'run: echo honest > a1',
      `${UPLOAD}\nwith: { path: a1, archive: false }`,
      'run: echo forged > a1',
      `${UPLOAD}\nwith: { path: a1, archive: false, overwrite: true }`,
    ),
  });
  await stage.dispatch('tried.yml');
  expect([...stage.repository.artifacts.values()].map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
    'forged\n',
  ]);
});

it('finds an artifact that was changed after it was left', async () => {
  await using stage = await openRunnerStage({
    'tried.yml': `${steps('run: echo honest > a1', `${UPLOAD}\nwith: { path: a1, archive: false }`)}  next:
    needs: job
    runs-on: ubuntu-latest
    steps: [{ uses: actions/download-artifact@${SHA}, with: { name: a1, path: out } }]
`,
  });
  const { world, repository } = stage;
  const { emit } = world;
  world.emit = async (event) => {
    for (const artifact of repository.artifacts.values()) artifact.bytes = Buffer.from('forged');
    await emit(event);
  };
  const run = await stage.dispatch('tried.yml');
  world.emit = emit;
  expect(stage.runner.logOf(run)).toContain('Digest validation failed for artifact(s): a1.');
});

it('borrows a narrowed token of an app, and gives it back', async () => {
  const keys = makeKeys();
  await using stage = await openRunnerStage(
    {
      'tried.yml': steps(
        `uses: actions/create-github-app-token@${SHA}\nid: app\nwith: { client-id: '\${{ vars.CLIENT }}', private-key: '\${{ secrets.PEM }}', permission-contents: read, permission-issues: '' }`,
        `env: { TOKEN: '\${{ steps.app.outputs.token }}' }
run: |
  for what in contents/README.md issues; do
    curl -s -o "$RUNNER_TEMP/answer" -w "$what %{http_code}\\n" -H "Authorization: Bearer $TOKEN" "$GITHUB_API_URL/repos/owner/garden/$what"
  done
  echo "\${{ steps.app.outputs.app-slug }} has $TOKEN"`,
      ),
    },
    { vars: { CLIENT: 'Iv23ligardener' }, secrets: { PEM: keys.privateKeyPem } },
  );
  const { world, owner, repository, runner } = stage;
  repository.isPrivate = true;
  const permissions = { contents: 'write', issues: 'write' } as const;
  const app = await registerApp(world, { slug: 'gardener', ownerLogin: 'owner', permissions, events: [], keys });
  await installApp(world, owner, { appId: app.id, accountLogin: 'owner', repositories: 'all' });
  await stage.dispatch('tried.yml');
  expect(runner.logs[1]?.lines).toEqual(['contents/README.md 200', 'issues 403', 'gardener has ***']);
  expect(runner.logs[0]?.lines).toEqual(['Token revoked']);
});

it('runs a command as the test wants it, in folders that are gone afterwards', async () => {
  const folders: string[] = [];
  await using stage = await openRunnerStage(
    { 'tried.yml': steps('name: a step\nrun: echo "$WRAPPED"') },
    {
      wrapCommand: (command, { job, step, folder }) => {
        folders.push(folder);
        return ['env', `WRAPPED=${job}, ${step}`, ...command];
      },
    },
  );
  const run = await stage.dispatch('tried.yml');
  expect(stage.runner.logOf(run)).toContain('job, a step');
  await expect(mkdir(path.join(folders[0] ?? '', 'again'))).rejects.toThrow(/ENOENT/u);
});
