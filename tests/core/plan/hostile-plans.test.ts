import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MAX_PLAN_LENGTH, readPlan } from '../../../src/core/plan/read-plan.ts';
import { renderCheck } from '../../../src/core/report/check-report.ts';
import { summarizePlan } from '../../../src/core/report/check-summary.ts';
import { chooseDepth, sampleRows } from '../../support/depth.ts';

const SIZE = 64 * 1024;
// One second on an idle machine; the tests run beside others, and what they guard against takes tens of seconds.
const LIMIT_MS = 6000;

const PREFIXES: Readonly<Record<string, string>> = {
  nothing: '',
  'a heading task': '## Agent 1: X\n**Branch:** b\n**Tasks:**\n- x ',
  'its dependencies': '## Agent 1: X\n**Branch:** b\n**Dependencies:** ',
  'a YAML plan': 'plan: x\ntasks:\n  a: ',
  'a fence': '```espalier\ntasks: ',
};

// oxfmt-ignore
const PIECES = [
  '[', '{', '(', '>', '> ', '- ', '1. ', '* ', '*', '_', '**', '`', '~', 'a\n=\n', 'a\n-\n', '> a\nb\n', '|', '|a\n', '<', '<!--', '&a ', '*a ',
  '\\', '\n', '\t', ' ', '\r', 'a: ', '? ', '```\n', '```espalier\n', '# x\n', '**Tasks:**\n', '(a) ', '- [ ] a (1h)\n', 'Agent 1, ', '(after ',
  '[a](b) ', '[a]: b\n', '- - - - x\n', '- > x\n', '- x\n  - y\n    - z\n', '|a|b|\n|-|-|\n|c|d|\n\n', '## Agent 1: X\n**Branch:** b\n', 'a\n', "'", '"',
];

describe.each(Object.entries(PREFIXES).map(([name, prefix], at) => ({ name, prefix, at })))(
  '64 KB (a quarter of it where something stands before) after $name',
  ({ name, prefix, at }) => {
    const size = name === 'nothing' ? SIZE : SIZE / 4;
    it('of any nasty piece are read or refused in time', () => {
      const slow: string[] = [];
      for (const piece of sampleRows(PIECES, Object.keys(PREFIXES).length, at)) {
        const started = performance.now();
        const reading = readPlan(prefix + piece.repeat(Math.ceil(size / piece.length)));
        const tookMs = performance.now() - started;
        if (tookMs > LIMIT_MS) slow.push(`${JSON.stringify(piece)}: ${Math.round(tookMs)} ms`);
        expect(reading.plan !== null || reading.problems.some((problem) => problem.severity === 'error')).toBe(true);
      }
      expect(slow).toEqual([]);
    }, 120_000);
  },
);

it.each([
  ['10 MB', 'x'.repeat(10_000_000), 'too-large'],
  ['a text just too long', 'x'.repeat(MAX_PLAN_LENGTH + 1), 'too-large'],
  ['64 KB of quotes', '>'.repeat(SIZE), 'markdown-too-deep'],
  ['nested lists on many lines', '- - - - x\n'.repeat(2000), 'markdown-too-deep'],
  [
    'a list that runs away to the right',
    Array.from({ length: 300 }, (_, index) => `${' '.repeat(index * 2)}- a`).join('\n'),
    'markdown-too-deep',
  ],
  ['too many lines', 'x\n'.repeat(5000), 'markdown-too-large'],
  ['too many fenced lines', `\`\`\`\n${'x\n'.repeat(100_000)}`, 'markdown-too-large'],
  ['a wide table', `${'|a'.repeat(300)}|\n`, 'markdown-too-large'],
  ['deep YAML in brackets', `tasks: ${'['.repeat(5000)}`, 'yaml-too-deep'],
  [
    'deep YAML by indentation',
    `tasks:\n${Array.from({ length: 200 }, (_, index) => `${' '.repeat(index + 1)}a:`).join('\n')}`,
    'yaml-too-deep',
  ],
  ['a great many brackets', `tasks: ${'['.repeat(70_000)}`, 'yaml-too-large'],
  [
    'a YAML bomb',
    `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from(
      { length: 25 },
      (_, index) =>
        `b${index}: &b${index} [${Array(10)
          .fill(index === 0 ? '*a' : `*b${index - 1}`)
          .join(',')}]`,
    ).join('\n')}\ntasks: {a: x}`,
    'yaml-too-large',
  ],
  ['a NUL', 'tasks:\n  a: x\0y\n', 'not-text'],
  ['half of a surrogate pair', 'tasks:\n  a: \ud800\n', 'not-text'],
  [
    'too many tasks',
    `tasks:\n${Array.from({ length: 10_001 }, (_, index) => `  t${index}: x`).join('\n')}`,
    'too-many-tasks',
  ],
  ['a glob that explodes', 'tasks:\n  a: {title: x, owns: "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"}', 'bad-glob'],
])('%s is refused with a clear error', (_name, text, code) => {
  const started = performance.now();
  const { plan, problems } = readPlan(text);
  expect(performance.now() - started).toBeLessThan(LIMIT_MS);
  expect(plan).toBeNull();
  expect(problems.map((problem) => problem.code)).toContain(code);
});

it('exempts only lines that surely are in a fence', () => {
  const nested = '- - - - x\n'.repeat(2000);
  for (const text of [
    `<!--\n\`\`\`\n-->\n${nested}`,
    `<div>\n\`\`\`\n\n${nested}`,
    `- \`\`\`\n\n${nested}`,
    `~~~\n~~~\n${nested}`,
  ]) {
    expect(readPlan(text).problems[0]?.code).toBe('markdown-too-deep');
  }
});

it('names the place of a character that is no text', () => {
  expect(readPlan('tasks:\n  a: xy\0z\n').problems[0]).toMatchObject({ line: 2, column: 8 });
  expect(readPlan('tasks:\n  a: 💥\ud800\n').problems[0]).toMatchObject({ line: 2, column: 8 });
});

describe('10,000 tasks', () => {
  const many = (body: (index: number) => string): string =>
    `plan: x\ntasks:\n${Array.from({ length: 10_000 }, (_, index) => `  t${index}: {title: x, ${body(index)}}`).join('\n')}\n`;

  const rows: readonly (readonly [string, string, string | null])[] = [
    ['in a chain', many((index) => `needs: [${index === 0 ? '' : `t${index - 1}`}]`), null],
    ['in a ring', many((index) => `needs: [t${(index + 1) % 10_000}]`), 'cycle'],
    ['in a knot', many((index) => `needs: [t${(index + 1) % 10_000}, t${(index * 7 + 3) % 10_000}]`), 'cycle'],
    ['that all own one folder', many(() => 'owns: [src/**]'), null],
    ['that own folders of their own', many((index) => `owns: [src/p${index}/**]`), null],
    ['with globs that are hard to compare', many((index) => `owns: ['**/a${index}*b*c/**/*d*']`), null],
    ['that need what is not there', many((index) => `needs: [u${index}]`), 'unknown-task'],
  ];

  it.each(sampleRows(rows, 2))('%s are read and checked in time', (_name, text, code) => {
    const started = performance.now();
    const reading = readPlan(text);
    const summary = summarizePlan(reading, { agents: 8 });
    renderCheck(summary, { source: 'plan.yml', width: 90, isUtf8: true });
    expect(performance.now() - started).toBeLessThan(LIMIT_MS);
    expect(reading.plan === null).toBe(code !== null);
    expect(reading.problems.find((problem) => problem.severity === 'error')?.code ?? null).toBe(code);
  });
});

describe('any text', () => {
  const words = fc.constantFrom(
    '## Agent 1: X\n',
    '### Task 2: Y\n',
    '## Task: Z\n',
    '**Branch:** a\n',
    '**Tasks:**\n',
    '- [ ] a (1h)\n',
    '**Dependencies:** ',
    'Agent 1',
    '**Total:** 3 hours\n',
    '| ID | Agent | Branch | Task | Blocker |\n|-|-|-|-|-|\n',
    '| 1 | a | b | c | d |\n',
    '| Path | Owner |\n|-|-|\n',
    '| /x/** | a |\n',
    '```espalier\n',
    '```\n',
    '```json\n',
    'plan: x\n',
    'tasks:\n',
    '  a:\n',
    '    title: x\n',
    '    needs: [a, b]\n',
    '  __proto__: {}\n',
    '{"dependencies": {"a": ["b"]}}\n',
    '&a ',
    '*a',
    '<<: *a\n',
    ': ',
    '- ',
    '> ',
    '\n',
    '\t',
    '"',
    "'",
    '**Objective:** x\n',
    '**Acceptance Criteria:**\n',
    '**Owns:** /a, ../b, {c,d}\n',
    '\u202e',
    'â\u0085³',
    '💥',
    '<!-- ',
    ' -->\n',
  );
  const text = fc.array(
    fc.oneof({ weight: 8, arbitrary: words }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) }),
    { maxLength: 40 },
  );

  it('is read without a throw: a plan, or an error that says why not', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(undefined, 'x.yml', 'x.md'), (parts, fileName) => {
        const reading = readPlan(parts.join(''), fileName === undefined ? {} : { fileName });
        const hasErrors = reading.problems.some((problem) => problem.severity === 'error');
        expect(reading.plan === null).toBe(hasErrors);
        for (const problem of reading.problems) {
          expect(problem.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
          expect(problem.excerpt ?? '').not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
        }
        renderCheck(summarizePlan(reading, { agents: 3 }), { source: 'x', width: 80, isUtf8: true });
      }),
      { numRuns: chooseDepth(200, 600) },
    );
  });
});
