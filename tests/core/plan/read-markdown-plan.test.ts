import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Plan, PlanProblem } from '../../../src/core/plan/plan.ts';
import { readPlan } from '../../../src/core/plan/read-plan.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/plans/${name}`, import.meta.url), 'utf8');
}

function readGood(text: string): { plan: Plan; problems: PlanProblem[] } {
  const { plan, problems } = readPlan(text);
  if (plan === null) throw new Error(JSON.stringify(problems, null, 1));
  return { plan, problems };
}

function codes(text: string): string[] {
  return readPlan(text).problems.map((problem) => problem.code);
}

describe('the heading form', () => {
  const { plan, problems } = readGood(fixture('agent-parallel-execution-plan.md'));

  it('reads the eight tasks of the document with the ids of its dependencies.json', () => {
    expect(plan.form).toBe('headings');
    expect(plan.base).toBe('main');
    expect(
      plan.tasks.map(({ id, branch, needs, estimateMinutes, items }) => [
        id,
        branch,
        needs,
        (estimateMinutes ?? 0) / 60,
        items.length,
      ]),
    ).toEqual([
      ['security-agent', 'feature/security-hardening', [], 18, 6],
      ['backend-agent', 'feature/backend-architecture', [], 37, 4],
      ['frontend-agent', 'feature/frontend-improvements', [], 19, 5],
      ['rag-agent', 'feature/rag-completion', [], 34, 4],
      ['devops-agent', 'feature/devops-infrastructure', [], 40, 5],
      ['testing-agent', 'feature/testing-coverage', ['backend-agent', 'frontend-agent'], 46, 5],
      ['docs-agent', 'feature/documentation-updates', ['security-agent', 'backend-agent', 'rag-agent'], 14, 5],
      ['github-agent', 'feature/github-optimization', ['backend-agent'], 22, 4],
    ]);
  });

  it('flags the stated total, and the item that its task does not count', () => {
    expect(plan.statedTotal).toMatchObject({ minutes: 174 * 60, line: 3 });
    const total = problems.find((problem) => problem.code === 'total-differs');
    expect(total).toMatchObject({ severity: 'warning', line: 3 });
    expect(total?.message).toBe('the text states 174 h, its tasks add up to 230 h (230 h 05 min item by item)');
    expect(problems.find((problem) => problem.code === 'items-differ')).toMatchObject({ line: 140 });
    expect(problems.map((problem) => problem.code).sort()).toEqual([
      'items-differ',
      'total-differs',
      'workflow-not-allowed',
    ]);
  });

  it("takes the definition in its fence into the spec, without the steps that are not the agent's", () => {
    const spec = plan.tasks[0]?.spec ?? '';
    expect(spec).toContain('**Mission:** Fix all critical security vulnerabilities');
    expect(spec).toContain('Replace truncate/pad with PBKDF2');
    expect(spec).toContain('Zero security vulnerabilities');
    expect(spec).not.toMatch(/Auto-merge|Create PR|worktrees\/|feature\//);
  });

  const two = (fields: string, rest = ''): string =>
    `# P\n\n### Agent 1: First\n**Branch:** b1\n\n### Agent 2: Second\n**Branch:** b2\n${fields}\n${rest}`;

  it.each([
    ['**Dependencies:** None', []],
    ['**Dependencies:** None (it can run alone)', []],
    ['**Dependencies:** Needs Agent 1 (the base) for everything', ['first']],
    ['**Dependencies:**\n- Needs Agent 1 merged (to go on)', ['first']],
    ['**Depends on:** `first`', ['first']],
    ['**Needs:** Agent #1', ['first']],
  ])('reads %j as %j', (fields, needs) => {
    expect(readGood(two(fields)).plan.tasks[1]?.needs).toEqual(needs);
  });

  it('refuses dependencies that name no task, since an order would be lost', () => {
    expect(codes(two('**Dependencies:** Needs the answer from legal'))).toEqual(['unclear-needs']);
    expect(codes(two('**Dependencies:** Agent 7'))).toEqual(['unknown-task']);
  });

  it('reports where prose and the dependencies block differ, and keeps both', () => {
    const block = '\n## dependencies.json\n```json\n{"dependencies": {"first": ["second"]}}\n```\n';
    expect(codes(two('**Dependencies:** None', block))).toEqual(['needs-differ']);
    expect(readGood(two('**Dependencies:** None', block)).plan.tasks[0]?.needs).toEqual(['second']);
    expect(codes(two('**Dependencies:** Agent 1', block)).sort()).toEqual(['cycle', 'needs-differ', 'needs-differ']);
    const unknown = '\n```json\n{"dependencies": {"third": []}}\n```\n';
    expect(codes(two('', unknown))).toEqual(['unknown-task']);
  });

  it('reports a merge order that contradicts a need', () => {
    const block = '\n```json\n{"dependencies": {"second": ["first"]}, "merge_order": [["second"], ["first"]]}\n```\n';
    expect(codes(two('**Dependencies:** Agent 1', block))).toEqual(['order-differs']);
  });

  it('reads Owns, Allow, Locks and Test lines, braces and lists too', () => {
    const task = readGood(
      two('**Owns:** `src/{a,b}/**`, docs/x.md\n**Allow:**\n- `CODEOWNERS`\n\n**Locks:** db\n**Test:** `npm test`'),
    ).plan.tasks[1];
    expect(task).toMatchObject({
      owns: ['src/{a,b}/**', 'docs/x.md'],
      allow: ['CODEOWNERS'],
      locks: ['db'],
      settings: { test: [['npm', 'test']] },
    });
  });

  it('warns of a misspelt field and names the right one', () => {
    const { problems: found } = readGood(two('**Dependancies:** Agent 1'));
    expect(found).toMatchObject([{ code: 'unknown-field', severity: 'warning', nearest: '**Dependencies:**' }]);
  });

  it('refuses one number for two tasks, and targets that differ', () => {
    expect(codes('## Agent 1: A\n**Branch:** a\n\n## Agent 1: B\n**Branch:** b\n')).toEqual(['duplicate-task']);
    expect(
      codes('## Agent 1: A\n**PR Target:** main\n**Branch:** a\n\n## Agent 2: B\n**Branch:** b\n**PR Target:** dev\n'),
    ).toEqual(['several-targets']);
  });

  it('does not read what an HTML comment hides', () => {
    const { plan: read } = readGood(`${two('')}\n<!--\n\n### Agent 3: Hidden\n**Branch:** evil\n\n-->\n`);
    expect(read.tasks.map((task) => task.id)).toEqual(['first', 'second']);
  });

  it('reads fields in any deeper headings, and ends a task at the next heading of its depth', () => {
    const text =
      '### Agent 1: A\n**Branch:** a\n#### Tasks\n- [x] one (2h)\n- two (30 min)\n### Notes\n**Branch:** not-this\n';
    expect(readGood(text).plan.tasks).toMatchObject([
      {
        branch: 'a',
        estimateMinutes: 150,
        items: [
          { text: 'one', minutes: 120, done: true },
          { text: 'two', minutes: 30, done: false },
        ],
      },
    ]);
  });
});

describe('the table form', () => {
  it('reads the table with its ownership matrix', () => {
    const { plan, problems } = readGood(fixture('task-table.md'));
    expect(plan).toMatchObject({ form: 'table', title: 'Authentication System Redesign' });
    expect(
      plan.tasks.map(({ id, title, branch, needs, owns, locks }) => ({ id, title, branch, needs, owns, locks })),
    ).toEqual([
      {
        id: 'agent-oauth',
        title: 'OAuth 2.0 implementation',
        branch: 'feature/oauth-impl',
        needs: [],
        owns: ['src/auth/oauth/**', 'tests/auth/oauth/**', 'docs/auth/**'],
        locks: ['docs/auth/**'],
      },
      {
        id: 'agent-jwt',
        title: 'JWT-based authentication',
        branch: 'feature/jwt-impl',
        needs: [],
        owns: ['src/auth/jwt/**', 'tests/auth/jwt/**', 'docs/auth/**'],
        locks: ['docs/auth/**'],
      },
      {
        id: 'agent-saml',
        title: 'SAML SSO integration',
        branch: 'feature/saml-impl',
        needs: [],
        owns: ['src/auth/saml/**', 'docs/auth/**'],
        locks: ['docs/auth/**'],
      },
    ]);
    expect(problems.map((problem) => problem.code)).toEqual(['status-ignored', 'prose-blocker']);
  });

  it('reads the shorter table', () => {
    const { plan, problems } = readGood(fixture('task-table-short.md'));
    expect(plan.tasks.map((task) => [task.id, task.branch])).toEqual([
      ['agent-1', 'oauth-impl'],
      ['agent-2', 'jwt-impl'],
      ['agent-3', 'saml-impl'],
    ]);
    expect(problems.map((problem) => problem.code)).toEqual(['status-ignored']);
  });

  const table = (blocker: string, rest = ''): string =>
    `| ID | Agent | Branch | Task | Blocker |\n|---|---|---|---|---|\n| 1 | a | fa | Do a | None |\n| 2 | b | fb | Do b | ${blocker} |\n\n${rest}`;

  it.each(['a', '1', '#1', 'Task 1', 'Waiting for a', 'agent 1'])('takes the blocker %j as a need', (blocker) => {
    expect(readGood(table(blocker)).plan.tasks[1]?.needs).toEqual(['a']);
  });

  it('refuses an owner that no row has, since its task would own nothing', () => {
    const matrix = '| Path | Owner |\n|---|---|\n| `/src/**` | aa |\n';
    expect(readPlan(table('-', matrix)).problems).toMatchObject([
      { code: 'owns-nothing' },
      { code: 'owns-nothing' },
      { code: 'unknown-owner', severity: 'error', nearest: 'a' },
    ]);
  });

  it('runs several tasks of one agent one after another', () => {
    const text = '| ID | Agent | Branch | Task |\n|-|-|-|-|\n| 1 | a | x | Do |\n| 2 | a | y | Do more |\n';
    expect(readGood(text).plan.tasks.map((task) => [task.id, task.locks])).toEqual([
      ['a-1', ['a']],
      ['a-2', ['a']],
    ]);
  });
});

describe('the single form', () => {
  it.each([
    ['as it stands', (text: string) => text],
    ['pasted with more indentation', (text: string) => text.replace(/^(?=.)/gm, '      ')],
    ['without any', (text: string) => text.replace(/^ +/gm, '')],
  ])('reads the task %s', (_name, change) => {
    const { plan, problems } = readGood(change(fixture('single-task.md')));
    expect(plan).toMatchObject({ form: 'single', id: 'implement-feature-x', title: 'Implement Feature X' });
    expect(plan.tasks).toHaveLength(1);
    expect(plan.tasks[0]?.items.map((item) => item.text)).toEqual(['Criterion 1', 'Criterion 2']);
    expect(plan.tasks[0]?.spec).toContain('1. Requirement 1');
    expect(plan.tasks[0]?.spec).toContain('- No breaking changes');
    expect(problems.map((problem) => problem.code)).toEqual(['placeholder']);
  });

  it('keeps the attempts that it asks for', () => {
    const text =
      '## Task: T\n\n**Objective**: do\n\n**Attempts**: 3\n\n**Owns**: src/**\n\n**Acceptance Criteria**:\n- ok\n';
    const { plan } = readGood(text);
    expect(plan.tasks[0]?.variants).toHaveLength(3);
    expect(plan.tasks[0]?.owns).toEqual(['src/**']);
    expect(plan.tasks[0]?.spec).not.toContain('Attempts');
  });

  it('refuses a second task', () => {
    expect(codes('## Task: A\n**Objective:** x\n\n## Task: B\n**Objective:** y\n')).toContain('several-plans');
  });
});

describe('finding the form', () => {
  it('points to the fence that holds the plan', () => {
    const text = `# Document\n\nWords.\n\n\`\`\`markdown\n${fixture('task-table.md')}\`\`\`\n`;
    expect(readPlan(text).problems).toMatchObject([{ code: 'plan-in-fence', line: 5 }]);
  });

  it('says what it passes over, and reads another form on request', () => {
    const text = `${fixture('single-task.md')}\n\n\`\`\`espalier\ntasks: {a: x}\n\`\`\`\n`;
    expect(readPlan(text)).toMatchObject({
      form: 'yaml',
      plan: { tasks: [{ id: 'a' }] },
      problems: [{ code: 'several-forms' }],
    });
    expect(readPlan(text, { form: 'single' })).toMatchObject({ form: 'single', plan: { id: 'implement-feature-x' } });
    expect(readPlan(text, { form: 'table' }).problems).toMatchObject([{ code: 'no-plan' }]);
  });

  it('refuses two blocks', () => {
    expect(codes('```espalier\ntasks: {a: x}\n```\n\n```espalier\ntasks: {b: x}\n```\n')).toEqual(['several-plans']);
  });

  it.each(['Just words.', '# Title\n\n- a\n- b\n', '\n\n', '| a | b |\n|---|---|\n| 1 | 2 |\n'])(
    'finds no plan in %j',
    (text) => {
      const { plan, problems } = readPlan(text);
      expect(plan).toBeNull();
      expect(problems[0]?.severity).toBe('error');
    },
  );
});
