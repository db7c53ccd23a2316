import { expect, it } from 'vitest';

import { cancelRun, rerunRun } from '../support/github/operations/runs.ts';
import { openRunnerStage } from './open-runner-stage.ts';

/** A workflow that is dispatched; `jobs` is its text from there on. */
function dispatched(jobs: string, head = ''): string {
  return `name: tried\non: { workflow_dispatch: { inputs: { word: { type: string, default: '' } } } }\n${head}\njobs:\n${jobs}`;
}

const FAIL = "runs-on: ubuntu-latest, steps: [{ run: 'exit 1' }]";
const PASS = "runs-on: ubuntu-latest, steps: [{ run: 'true' }]";

it.each<[string, string, Record<string, string>, string]>([
  [
    'a job waits for what it needs, and is skipped after a failure',
    `  a: { ${FAIL} }\n  b: { needs: a, ${PASS} }\n  c: { needs: b, ${PASS} }\n  d: { ${PASS} }`,
    { a: 'failure', b: 'skipped', c: 'skipped', d: 'success' },
    'failure',
  ],
  [
    'always() and failure() look at everything before, success() too',
    `  a: { ${FAIL} }\n  b: { needs: a, if: always(), ${PASS} }\n  c: { needs: b, ${PASS} }\n  d: { needs: b, if: failure(), ${PASS} }`,
    { a: 'failure', b: 'success', c: 'skipped', d: 'success' },
    'failure',
  ],
  [
    'a condition sees how a job ended that was skipped',
    `  a: { if: "inputs.word == 'x'", ${PASS} }\n  b: { needs: a, if: "!cancelled() && needs.a.result == 'skipped'", ${PASS} }\n  c: { needs: a, ${PASS} }`,
    { a: 'skipped', b: 'success', c: 'skipped' },
    'success',
  ],
  ['a run of which everything is skipped is skipped', `  a: { if: 'false', ${PASS} }`, { a: 'skipped' }, 'skipped'],
  [
    'legs without fail-fast end on their own',
    `  a:\n    strategy: { fail-fast: false, matrix: { n: [1, 2, 3] } }\n    runs-on: ubuntu-latest\n    steps: [{ run: 'test \${{ matrix.n }} != 2' }]`,
    { 'a (1)': 'success', 'a (2)': 'failure', 'a (3)': 'success' },
    'failure',
  ],
  [
    'with fail-fast the first failure ends the others',
    `  a:\n    strategy: { max-parallel: 1, matrix: { n: [1, 2, 3] } }\n    runs-on: ubuntu-latest\n    steps: [{ run: 'test \${{ matrix.n }} != 2' }]`,
    { 'a (1)': 'success', 'a (2)': 'failure', a: 'cancelled' },
    'failure',
  ],
])('%s', async (_, jobs, results, conclusion) => {
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual(results);
  expect(run).toMatchObject({ status: 'completed', conclusion });
});

it('hands outputs on, but none that holds a secret', async () => {
  const jobs = `  a:
    runs-on: ubuntu-latest
    outputs: { word: '\${{ steps.say.outputs.word }}', secret: '\${{ steps.say.outputs.secret }}' }
    steps:
      - id: say
        env: { KEY: '\${{ secrets.KEY }}' }
        run: |
          echo "word=hello" >> "$GITHUB_OUTPUT"
          echo "secret=so $KEY" >> "$GITHUB_OUTPUT"
          echo "key $KEY"
  b:
    needs: a
    runs-on: ubuntu-latest
    steps:
      - run: test '\${{ needs.a.outputs.word }}' = hello && test '\${{ needs.a.outputs.secret }}' = ''
`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) }, { secrets: { KEY: 'very secret' } });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ a: 'success', b: 'success' });
  expect(stage.runner.logOf(run)).toContain('key ***');
  expect(stage.runner.takeProblems()).toEqual(["a: skip output 'secret' since it may contain secret."]);
});

const CALLED = `name: called
on:
  workflow_call:
    inputs:
      leg: { type: string, required: true }
      count: { type: number, default: 2 }
    secrets: { key: { required: false } }
    outputs: { told: { value: '\${{ jobs.work.outputs.told }}' } }
permissions: {}
jobs:
  work:
    runs-on: \${{ fromJSON(inputs.leg).runs_on }}
    outputs: { told: '\${{ steps.tell.outputs.told }}' }
    steps:
      - id: tell
        env: { KEY: '\${{ secrets.key }}', OTHER: '\${{ secrets.OTHER }}' }
        run: |
          echo "told=\${{ fromJSON(inputs.leg).task }} \${{ inputs.count }} of \${{ github.workflow }}" >> "$GITHUB_OUTPUT"
          test "$KEY$OTHER" = abc
`;

it('calls a file for each leg of a matrix, with its inputs and the secrets that are named', async () => {
  const jobs = `  leg:
    strategy:
      fail-fast: false
      matrix: { leg: '\${{ fromJSON(inputs.word) }}' }
    uses: ./.github/workflows/called.yml
    with: { leg: '\${{ toJSON(matrix.leg) }}' }
    secrets: { key: '\${{ secrets.KEY }}' }
  after:
    needs: leg
    runs-on: ubuntu-latest
    steps: [{ run: "test '\${{ needs.leg.outputs.told }}' = 'web 2 of tried'" }]
`;
  await using stage = await openRunnerStage(
    { 'tried.yml': dispatched(jobs), 'called.yml': CALLED },
    { secrets: { KEY: 'abc', OTHER: 'def' }, maxJobs: 1 },
  );
  const legs = ['api', 'web'].map((task) => ({ task, attempt: 1, runs_on: ['ubuntu-latest'] }));
  const run = await stage.dispatch('tried.yml', { word: JSON.stringify(legs) });
  expect(stage.results(run)).toEqual({
    'leg (api, 1, ubuntu-latest) / work': 'success',
    'leg (web, 1, ubuntu-latest) / work': 'success',
    after: 'success',
  });
});

it.each<[string, string, RegExp]>([
  ['an input that the file does not know', 'with: { leg: x, more: y }', /more is not defined/u],
  ['no input where one is needed', 'with: { count: 1 }', /leg is required/u],
  ['a secret that the file does not know', 'with: { leg: x }, secrets: { other: x }', /other is not defined/u],
])('does not call a file with %s', async (_, call, problem) => {
  const jobs = `  leg: { uses: ./.github/workflows/called.yml, ${call} }`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs), 'called.yml': CALLED });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ leg: 'failure' });
  expect(stage.runner.takeProblems().join()).toMatch(problem);
});

it('starts nothing where a called file asks for more than its caller has', async () => {
  const greedy = CALLED.replace('permissions: {}', 'permissions: { contents: write }');
  const jobs = '  leg: { uses: ./.github/workflows/called.yml, with: { leg: x }, permissions: { contents: read } }';
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs), 'called.yml': greedy });
  const run = await stage.dispatch('tried.yml');
  expect(run.conclusion).toBe('startup_failure');
  expect(stage.results(run)).toEqual({});
  expect(stage.runner.takeProblems().join()).toContain(
    "is requesting 'contents: write', but is only allowed 'contents: read'",
  );
});

it('says of a file that GitHub would not run, what is wrong with it', async () => {
  const jobs = `  a: { runs-on: ubuntu-latest, if: "secrets.KEY != ''", steps: [{ run: 'true' }] }`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) });
  const run = await stage.dispatch('tried.yml');
  expect(run.conclusion).toBe('startup_failure');
  expect(stage.runner.takeProblems().join()).toMatch(/Unrecognized named-value: 'secrets'/u);
});

it('keeps one job of a group at work, and drops none of a queue', async () => {
  const jobs = `  a:
    strategy: { fail-fast: false, matrix: { n: [1, 2, 3] } }
    concurrency: { group: one, queue: max }
    runs-on: ubuntu-latest
    steps: [{ run: 'mkdir "$HOME/../../lock"; rmdir "$HOME/../../lock"' }]
`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) }, { maxJobs: 3 });
  const run = await stage.dispatch('tried.yml');
  expect(Object.values(stage.results(run))).toEqual(['success', 'success', 'success']);
});

it('drops the one that waits where a group keeps a single one', async () => {
  const jobs = `  a:
    strategy: { fail-fast: false, matrix: { n: [1, 2, 3] } }
    concurrency: one
    runs-on: ubuntu-latest
    steps: [{ run: 'true' }]
`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) }, { maxJobs: 3 });
  const run = await stage.dispatch('tried.yml');
  expect(Object.values(stage.results(run)).toSorted()).toEqual(['cancelled', 'success', 'success']);
});

it('winds a cancelled run down: the step is interrupted, the last ones still run, what waits does not', async () => {
  const jobs = `  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          trap 'echo interrupted; exit 1' INT
          echo waiting
          while true; do read -t 1 < <(sleep 1) || true; done
      - { if: always(), run: echo last words }
      - { run: echo never }
  b: { needs: a, ${PASS} }
  c: { needs: a, if: always(), ${PASS} }
`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) });
  const { runner, world, repository, owner } = stage;
  const started = stage.dispatch('tried.yml');
  await runner.until(() => [...repository.runs.values()].some(({ status }) => status === 'in_progress'), 'The start');
  const run = [...repository.runs.values()][0]!;
  await runner.until(() => runner.logOf(run).includes('waiting'), 'The first line');
  await cancelRun(world, owner, run);
  expect(run.status).toBe('in_progress');
  await started;
  expect(run.conclusion).toBe('cancelled');
  expect(stage.results(run)).toEqual({ a: 'cancelled', b: 'cancelled', c: 'success' });
  const job = [...repository.jobs.values()].find(({ name }) => name === 'a')!;
  expect(job.steps.map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'success', 'skipped']);
  expect(runner.logOf(run)).toMatch(/interrupted[^]*last words/u);
  expect(runner.logOf(run)).not.toContain('never');
});

it('ends a job and a step that take too long, the one as cancelled and the other as failed', async () => {
  const jobs = `  job: { timeout-minutes: 0.005, runs-on: ubuntu-latest, steps: [{ run: exec sleep 60 }] }
  step: { runs-on: ubuntu-latest, steps: [{ timeout-minutes: 0.005, run: exec sleep 60 }] }
  none: { timeout-minutes: 0, runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ job: 'cancelled', step: 'failure', none: 'cancelled' });
});

it('runs a run again, as its next attempt', async () => {
  const jobs = `  a: { runs-on: ubuntu-latest, steps: [{ run: test "$GITHUB_RUN_ATTEMPT" = 2 }] }`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) });
  const run = await stage.dispatch('tried.yml');
  expect(run.conclusion).toBe('failure');
  await rerunRun(stage.world, stage.owner, run);
  await stage.runner.untilQuiet();
  expect(run).toMatchObject({ runAttempt: 2, conclusion: 'success' });
});

it.each<[string, string, Record<string, string>, RegExp]>([
  [
    'a summary of more than 1 MiB',
    `head -c 1048577 /dev/zero | tr '\\0' x >> "$GITHUB_STEP_SUMMARY"`,
    { a: 'failure', b: 'skipped' },
    /supports content up to a size of 1024k/u,
  ],
  [
    'a variable of the runner',
    'echo "GITHUB_TOKEN=x" >> "$GITHUB_ENV"',
    { a: 'failure', b: 'skipped' },
    /Can't update GITHUB_TOKEN/u,
  ],
  [
    'outputs of more than 1 MiB',
    `{ echo 'word<<END'; head -c 524289 /dev/zero | tr '\\0' x; echo; echo END; } >> "$GITHUB_OUTPUT"`,
    { a: 'success', b: 'success' },
    /a: the outputs have 1048578 bytes/u,
  ],
])('takes no %s', async (_, script, results, problem) => {
  const jobs = `  a:
    runs-on: ubuntu-latest
    outputs: { word: '\${{ steps.say.outputs.word }}' }
    steps:
      - id: say
        run: |
          ${script}
  b: { needs: a, runs-on: ubuntu-latest, steps: [{ run: "test -z '\${{ needs.a.outputs.word }}'" }] }
`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual(results);
  expect(`${stage.runner.logOf(run)}\n${stage.runner.takeProblems().join('\n')}`).toMatch(problem);
});

it('lets one run of a group go on at a time, and cancels the one before where the file says so', async () => {
  const head = 'concurrency: { group: "${{ github.workflow }}", cancel-in-progress: true }';
  const jobs = `  a: { runs-on: ubuntu-latest, steps: [{ run: 'echo at work; test "\${{ inputs.word }}" = quick || exec sleep 60' }] }`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs, head) });
  const { runner, repository } = stage;
  const first = stage.dispatch('tried.yml', { word: 'slow' });
  await runner.until(() => runner.logs.some(({ lines }) => lines.includes('at work')), 'The first line');
  await stage.dispatch('tried.yml', { word: 'quick' });
  await first;
  expect([...repository.runs.values()].map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'success']);
});

it('has a failed job for a machine that nobody has', async () => {
  const jobs = `  a: { runs-on: [self-hosted, gpu], steps: [{ run: 'true' }] }`;
  await using stage = await openRunnerStage({ 'tried.yml': dispatched(jobs) });
  const run = await stage.dispatch('tried.yml');
  expect(stage.results(run)).toEqual({ a: 'failure' });
  expect(stage.runner.takeProblems()).toEqual(['a: no machine has the label gpu.']);
});
