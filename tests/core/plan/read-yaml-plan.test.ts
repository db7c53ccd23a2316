import { describe, expect, it } from 'vitest';

import type { Plan, PlanProblem } from '../../../src/core/plan/plan.ts';
import { readPlan } from '../../../src/core/plan/read-plan.ts';

function readGood(text: string): Plan {
  const { plan, problems } = readPlan(text);
  if (plan === null) throw new Error(JSON.stringify(problems, null, 1));
  return plan;
}

/** The one problem with a code. */
function problemIn(text: string, code: string): PlanProblem {
  const found = readPlan(text).problems.filter((problem) => problem.code === code);
  if (found.length !== 1 || found[0] === undefined) throw new Error(JSON.stringify(readPlan(text).problems, null, 1));
  return found[0];
}

const FULL = `plan: payments
title: Payments rework
base: develop
budget: $20
final: npm run e2e
defaults:
  agent: {preset: claude, model: opus-4}
  review: {reviewer: codex, threshold: 9.5, iterations: 3, rubric: Be strict.}
  test: [[npm, run, lint], [npm, test]]
  timeout: 1h30m
  env: [ANTHROPIC_API_KEY]
tasks:
  api:
    title: Build the API
    spec: |
      Build it.
      Well.
    owns: [src/api/**, 'docs/{api,rest}.md']
    allow: .github/workflows/api.yml
    locks: [db]
    estimate: 1.5h
    branch: feature/api
    agent: "command: ./agent --fast 'two words'"
    review: off
    test: npm test
    test_paths: [test/**]
    setup: npm ci
    retries: 0
    profile: development
    resources: small
    ports: [WEB]
    copy: .env
    budget: 2.50
    priority: -3
  web:
    spec: Build the page
    needs: api
    review: {threshold: 7}
    attempts:
      - {agent: claude, model: a, approach: fast}
  fix: Mend the typo
`;

describe('a full plan', () => {
  it('is read with every field in its place', () => {
    const plan = readGood(FULL);
    expect(plan).toMatchObject({
      id: 'payments',
      title: 'Payments rework',
      form: 'yaml',
      base: 'develop',
      budgetUsd: 20,
    });
    expect(plan.final).toEqual([['npm', 'run', 'e2e']]);
    expect(plan.defaults).toEqual({
      agent: { kind: 'preset', name: 'claude', model: 'opus-4' },
      review: {
        reviewer: { kind: 'preset', name: 'codex', model: null },
        threshold: 9.5,
        iterations: 3,
        rubric: 'Be strict.',
      },
      test: [
        ['npm', 'run', 'lint'],
        ['npm', 'test'],
      ],
      timeoutMs: 5_400_000,
      env: ['ANTHROPIC_API_KEY'],
    });
    const [api, web, fix] = plan.tasks;
    expect(api).toMatchObject({
      id: 'api',
      title: 'Build the API',
      spec: 'Build it.\nWell.\n',
      owns: ['src/api/**', 'docs/{api,rest}.md'],
      allow: ['.github/workflows/api.yml'],
      locks: ['db'],
      estimateMinutes: 90,
      branch: 'feature/api',
      line: 13,
    });
    expect(api?.settings).toEqual({
      agent: { kind: 'command', command: ['./agent', '--fast', 'two words'] },
      review: { reviewer: null },
      test: [['npm', 'test']],
      testPaths: ['test/**'],
      setup: [['npm', 'ci']],
      retries: 0,
      profile: 'development',
      resources: 'small',
      ports: ['WEB'],
      copy: ['.env'],
      budgetUsd: 2.5,
      priority: -3,
    });
    expect(web).toMatchObject({ needs: ['api'], title: 'Build the page', settings: { review: { threshold: 7 } } });
    expect(web?.variants).toEqual([{ agent: { kind: 'preset', name: 'claude', model: 'a' }, approach: 'fast' }]);
    expect(fix).toMatchObject({ id: 'fix', title: 'Mend the typo', spec: 'Mend the typo' });
  });

  it('is the same in a fence within Markdown, with lines of the whole text', () => {
    const plan = readGood(`# Some issue\n\nWords.\n\n\`\`\`espalier\n${FULL}\`\`\`\n\nMore words.\n`);
    expect({ ...plan, tasks: plan.tasks.map((task) => ({ ...task, line: task.line - 5 })) }).toEqual(readGood(FULL));
  });
});

describe('places', () => {
  it('are those of the source, also in a fence that is indented in a list', () => {
    const text = '- item\n\n  ```espalier\n  tasks:\n    a:\n      title: x\n      needs: [b]\n  ```\n';
    // A fence within a list is not at the top of the text, so it is no plan.
    expect(readPlan(text).problems[0]?.code).toBe('no-plan');
    const top = 'Words\n\n ```espalier\n tasks:\n   a:\n     title: x\n     needs: [b]\n ```\n';
    expect(problemIn(top, 'unknown-task')).toMatchObject({ line: 7, column: 14, excerpt: '     needs: [b]' });
  });

  it('survive a byte order mark and Windows line ends', () => {
    const text = '\ufefftasks:\r\n  a:\r\n    title: x\r\n    nedes: [b]\r\n';
    expect(problemIn(text, 'unknown-key')).toMatchObject({ line: 4, column: 5, nearest: 'needs' });
  });
});

it('reports all problems at once, in the order of the source', () => {
  const text = 'tasks:\n  a:\n    titel: x\n    needs: [bb]\n    owns: [../x]\n    timeout: 30\n  b: x\n  B: y\n';
  const { plan, problems } = readPlan(text);
  expect(plan).toBeNull();
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['no-spec', 2],
    ['unknown-key', 3],
    ['unknown-task', 4],
    ['bad-glob', 5],
    ['bad-value', 6],
    ['bad-task-id', 8],
  ]);
  expect(problems[2]?.nearest).toBe('b');
});

describe('problems', () => {
  it.each([
    ['duplicate-key', 'tasks:\n  a: x\n  a: y\n'],
    ['unknown-task', 'tasks:\n  a: {title: x, needs: [nope]}\n'],
    ['self-need', 'tasks:\n  a: {title: x, needs: a}\n'],
    ['cycle', 'tasks:\n  a: {title: x, needs: b}\n  b: {title: x, needs: a}\n'],
    ['bad-task-id', 'tasks:\n  ../x: {title: x}\n'],
    ['bad-task-id', 'tasks:\n  -rf: {title: x}\n'],
    ['bad-task-id', 'tasks:\n  __proto__: {title: x}\n'],
    ['bad-task-id', 'tasks:\n  constructor: {title: x}\n'],
    ['bad-task-id', 'tasks:\n  landed: {title: x}\n'],
    ['bad-branch', 'tasks:\n  a: {title: x, branch: "a..b"}\n'],
    ['bad-branch', 'tasks:\n  a: {title: x, branch: espalier/p/landed}\n'],
    ['bad-branch', 'base: -x\ntasks:\n  a: x\n'],
    ['duplicate-branch', 'tasks:\n  a: {title: x, branch: f}\n  b: {title: x, branch: f}\n'],
    ['branch-is-base', 'base: main\ntasks:\n  a: {title: x, branch: main}\n'],
    ['branch-clash', 'tasks:\n  a: {title: x, branch: f}\n  b: {title: x, branch: f/g}\n'],
    ['bad-glob', 'tasks:\n  a: {title: x, owns: /etc/**}\n'],
    ['bad-glob', 'tasks:\n  a: {title: x, owns: .git/hooks}\n'],
    ['bad-glob', 'tasks:\n  a: {title: x, allow: "[z-a]"}\n'],
    ['bad-lock', 'tasks:\n  a: {title: x, locks: ["a\\e[31m"]}\n'],
    ['empty-plan', 'tasks: {}\n'],
    ['empty-plan', 'tasks:\n'],
    ['no-spec', 'tasks:\n  a: {owns: x.ts}\n'],
    ['bad-value', 'tasks: [a, b]\n'],
    ['bad-value', 'tasks:\n  a: {title: x, estimate: soon}\n'],
    ['bad-value', 'tasks:\n  a: {title: x, env: [A=b]}\n'],
    ['bad-value', 'tasks:\n  a: {title: x, review: {reviewer: off, threshold: 11}}\n'],
    ['bad-value', 'tasks:\n  a: {title: x, budget: 0}\n'],
    ['bad-agent', 'tasks:\n  a: {title: x, agent: clade}\n'],
    ['bad-agent', 'tasks:\n  a: {title: x, agent: {preset: claude, model: --dangerous}}\n'],
    ['bad-agent', 'tasks:\n  a: {title: x, agent: {preset: claude, command: [x]}}\n'],
    ['bad-command', 'tasks:\n  a: {title: x, test: "a && b"}\n'],
    ['bad-command', 'tasks:\n  a: {title: x, test: [npm run lint, npm test]}\n'],
    ['bad-command', 'tasks:\n  a: {title: x, test: [[npm, {a: b}]]}\n'],
    ['not-supported-yet', 'tasks:\n  a: {title: x, each: {files: "*"}}\n'],
    ['not-supported-yet', 'tasks:\n  a: {title: x, services: [db]}\n'],
    ['bad-value', 'tasks:\n  a: {title: x, runs_on: "${{ secrets.KEY }}"}\n'],
    ['bad-value', 'tasks:\n  a: {title: x, runs_on: []}\n'],
    ['bad-value', 'tasks:\n  a: {title: x, runs_on: {group: big}}\n'],
    ['bad-value', 'tasks:\n  a: {title: x, image: --privileged}\n'],
    ['not-supported-yet', 'tasks:\n  a: {title: x, target: other}\n'],
    ['not-supported-yet', 'tasks:\n  a: {title: x, profile: moderate}\n'],
    ['not-supported-yet', 'defaults: {services: [db]}\ntasks:\n  a: x\n'],
    ['yaml-syntax', 'tasks:\n  a: [x\n'],
    ['yaml-tag', 'tasks:\n  a: !!js/function x\n'],
    ['yaml-alias', 'tasks:\n  a: *nobody\n'],
    ['yaml-alias', 'tasks: &t\n  a: *t\n'],
    ['yaml-several-documents', 'tasks:\n  a: x\n---\ntasks:\n  b: y\n'],
    ['bad-character', 'tasks:\n  a: "x\\0y"\n'],
    ['bad-plan-id', 'plan: "***"\ntasks:\n  a: x\n'],
  ])('%s is an error of %j', (code, text) => {
    const reading = readPlan(text);
    expect(reading.problems.filter((problem) => problem.severity === 'error').map((problem) => problem.code)).toContain(
      code,
    );
    expect(reading.plan).toBeNull();
  });

  it('name the nearest right word', () => {
    expect(problemIn('tasks:\n  a: {title: x, tset: npm test}\n', 'unknown-key').nearest).toBe('test');
    expect(problemIn('tasks:\n  a: {title: x, agent: clade}\n', 'bad-agent').nearest).toBe('claude');
    expect(problemIn('tasks:\n  a: {title: x, resources: meduim}\n', 'bad-value').nearest).toBe('medium');
    expect(problemIn('tasks:\n  a: {title: x, owns: /src/**}\n', 'bad-glob').nearest).toBe('src/**');
  });

  it('show a cycle by its shortest path', () => {
    const text =
      'tasks:\n  a: {title: x, needs: [b]}\n  b: {title: x, needs: [c]}\n  c: {title: x, needs: [d, b]}\n  d: {title: x, needs: [a]}\n';
    expect(problemIn(text, 'cycle').message).toContain('b → c → b');
  });

  it('show both right spellings of an ambiguous list of commands', () => {
    const { message } = problemIn('tasks:\n  a: {title: x, test: [npm run lint, npm test]}\n', 'bad-command');
    expect(message).toContain('[[npm, run, lint], [npm, test]]');
    expect(message).toContain('[["npm run lint", "npm test"]]');
  });

  it('are counted, not listed, past the two hundredth', () => {
    const text = `tasks:\n${Array.from({ length: 500 }, (_, index) => `  t${index}: {title: x, needs: [nope]}`).join('\n')}`;
    const { problems } = readPlan(text);
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)).toMatchObject({ code: 'more-problems', severity: 'error' });
    expect(problems.at(-1)?.message).toContain('300 more errors');
  });
});

describe('warnings', () => {
  it.each([
    ['folder-without-glob', 'tasks:\n  a: {title: x, owns: src/auth}\n'],
    ['workflow-not-allowed', 'tasks:\n  a: {title: Create the CI/CD pipeline}\n'],
    ['not-supported-yet', 'tasks:\n  a: {title: x, attempts: 3}\n'],
    ['worktree-not-used', 'tasks:\n  a: {title: x, worktree: ../x}\n'],
  ])('%s does not make %j unusable', (code, text) => {
    const { plan, problems } = readPlan(text);
    expect(problems.map((problem) => [problem.severity, problem.code])).toEqual([['warning', code]]);
    expect(plan).not.toBeNull();
  });

  it('say nothing of CI where the task may change workflows', () => {
    expect(
      readPlan('tasks:\n  a: {title: Create the CI/CD pipeline, allow: .github/workflows/ci.yml}\n').problems,
    ).toEqual([]);
  });
});

describe('commands', () => {
  it.each([
    ['npm test', [['npm', 'test']]],
    ['[npm, test]', [['npm', 'test']]],
    [
      '[[npm, run, lint], [npm, test]]',
      [
        ['npm', 'run', 'lint'],
        ['npm', 'test'],
      ],
    ],
    ['[[npm, "a b"]]', [['npm', 'a b']]],
    ["[sh, -c, 'a && b']", [['sh', '-c', 'a && b']]],
    ['[npm]', [['npm']]],
    ['none', []],
  ])('test: %s', (text, commands) => {
    expect(readGood(`tasks:\n  a: {title: x, test: ${text}}\n`).tasks[0]?.settings.test).toEqual(commands);
  });
});

it('follows anchors and merges, nearer keys first', () => {
  const text =
    'tasks:\n  a: &base\n    title: A\n    owns: [a/**]\n    priority: 3\n  b:\n    <<: *base\n    owns: [b/**]\n';
  expect(readGood(text).tasks[1]).toMatchObject({ title: 'A', owns: ['b/**'], settings: { priority: 3 } });
});

it('keeps words that YAML 1.1 would turn into something else', () => {
  const plan = readGood('plan: x\ntasks:\n  "010":\n    title: 3.10\n  "no":\n    title: yes\n    needs: [010]\n');
  expect(plan.tasks.map((task) => [task.id, task.title, task.needs])).toEqual([
    ['010', '3.10', []],
    ['no', 'yes', ['010']],
  ]);
});

it('names a plan after itself, its title, its file, in this order', () => {
  const named = (text: string, fileName?: string): string | undefined =>
    readPlan(text, fileName === undefined ? {} : { fileName }).plan?.id;
  expect(named('plan: my-id\ntitle: T\ntasks: {a: x}', 'f.yml')).toBe('my-id');
  expect(named('plan: My Id!\ntasks: {a: x}', 'f.yml')).toBe('my-id');
  expect(named('title: Some title\ntasks: {a: x}', 'f.yml')).toBe('some-title');
  expect(named('tasks: {a: x}', 'dir/Some_File.yml')).toBe('some-file');
  expect(named('tasks: {a: x}')).toBe('plan');
});
