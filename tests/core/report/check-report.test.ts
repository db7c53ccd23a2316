import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { readPlan } from '../../../src/core/plan/read-plan.ts';
import { renderCheckJson } from '../../../src/core/report/check-json.ts';
import { renderCheckMermaid } from '../../../src/core/report/check-mermaid.ts';
import { renderCheck } from '../../../src/core/report/check-report.ts';
import { type CheckSummary, summarizePlan } from '../../../src/core/report/check-summary.ts';
import { rowText, rowWidth } from '../../../src/core/report/spans.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/plans/${name}`, import.meta.url), 'utf8');
}

function summarize(text: string, agents = 4): CheckSummary {
  return summarizePlan(readPlan(text), { agents });
}

function print(text: string, width = 90, isUtf8 = true): string {
  return renderCheck(summarize(text), { source: 'PLAN.md', width, isUtf8 }).map(rowText).join('\n');
}

const EIGHT = fixture('agent-parallel-execution-plan.md');

describe('the summary of the eight agents', () => {
  const { plan, warningCount, errorCount } = summarize(EIGHT);

  it('counts tasks, edges and waves', () => {
    expect([plan?.tasks.length, plan?.edgeCount, plan?.waves.map((wave) => wave.length)]).toEqual([8, 6, [5, 3]]);
    expect([errorCount, warningCount]).toEqual([0, 3]);
  });

  it('holds the hours against the stated total', () => {
    expect(plan?.hours).toMatchObject({
      sumMinutes: 230 * 60,
      itemisedMinutes: 230 * 60 + 5,
      unestimated: [],
      stated: { minutes: 174 * 60 },
    });
  });

  it('does the arithmetic of the schedule', () => {
    expect(plan?.criticalPath).toEqual({ ids: ['backend-agent', 'testing-agent'], minutes: 83 * 60 });
    expect(plan?.schedule).toMatchObject({ agents: 4, makespanMinutes: 83 * 60, lowerBoundMinutes: 83 * 60 });
    expect(plan?.schedule.speedUp).toBeCloseTo(230 / 83);
    const two = summarize(EIGHT, 2).plan?.schedule;
    expect(two?.lowerBoundMinutes).toBe(115 * 60);
    expect(two?.makespanMinutes).toBeGreaterThanOrEqual(115 * 60);
    expect(summarize(EIGHT, 1).plan?.schedule).toMatchObject({ makespanMinutes: 230 * 60, speedUp: 1 });
  });
});

describe('the text', () => {
  it('says what matters of the eight agents', () => {
    const text = print(EIGHT);
    for (const part of [
      '8 tasks, 6 edges, 2 waves',
      'read as headings',
      '230 h  (230 h 05 min item by item)',
      '174 h  (line 3; 56 h less than its tasks)',
      '83 h  backend-agent → testing-agent',
      '2.77 ×',
      'no schedule can be shorter',
      'the plan can be read, 3 warnings',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('puts the caret under the place', () => {
    const lines = print('tasks:\n  a: {title: x, needs: [nope]}\n').split('\n');
    const at = lines.findIndex((line) => line.includes('needs: [nope]'));
    expect(lines[at]?.indexOf('nope')).toBe(lines[at + 1]?.indexOf('^'));
    expect(lines.at(-1)).toBe('1 error: the plan cannot be run as it stands');
  });

  it('puts the caret under a place far to the right', () => {
    const lines = print(`tasks:\n  a: {title: ${'x'.repeat(300)}, needs: [nope], priority: 1}\n`, 60).split('\n');
    const at = lines.findIndex((line) => line.includes('[nope]'));
    expect(at).toBeGreaterThan(0);
    expect(lines[at]?.indexOf('nope')).toBe(lines[at + 1]?.indexOf('^'));
  });

  it.each([60, 80, 100])('fits %i columns', (width) => {
    for (const name of ['agent-parallel-execution-plan.md', 'task-table.md', 'single-task.md']) {
      const rows = renderCheck(summarize(fixture(name)), { source: name, width, isUtf8: true });
      expect(rows.filter((row) => rowWidth(row) > width).map(rowText)).toEqual([]);
    }
  });

  it('is ASCII where the terminal is', () => {
    expect(print('tasks:\n  a: x\n  b: {title: y, needs: [a]}\n', 80, false)).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('shows overlaps and locks by name', () => {
    const text = print(
      'tasks:\n  a: {title: x, owns: [src/**], locks: [db]}\n  b: {title: y, owns: [src/b/**]}\n  c: {title: z, locks: [db]}\n',
    );
    expect(text).toContain('a and b could run at once, and both own src/b/');
    expect(text).toContain('one after another: a, c');
    expect(text).toContain("1 task without 'owns' may change anything that is not protected");
  });

  it('never lets text of the plan act on the terminal', () => {
    const text = print(
      'plan: p\ntitle: "T \\e[31m \\u202e"\ntasks:\n  a: {title: "x \\e]0;y\\a", owns: ["a\\u202eb"], locks: ["l"]}\n',
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('\\u{1b}[31m');
  });

  it('says what no plan is', () => {
    expect(print('Just words.')).toContain('no plan was recognised');
  });

  it('does not list thousands of tasks', () => {
    const rows = renderCheck(
      summarize(`tasks:\n${Array.from({ length: 2000 }, (_, index) => `  t${index}: x`).join('\n')}`),
      { source: 'x', width: 80, isUtf8: true },
    );
    expect(rows.length).toBeLessThan(400);
    expect(rows.map(rowText).join('\n')).toContain('and 1940 more tasks (--json lists all)');
  });
});

describe('the diagram', () => {
  it('has a box per task, an arrow per need, and the critical path', () => {
    const { plan } = summarize(
      'tasks:\n  a: {title: First, estimate: 2h}\n  b: {title: Second, needs: a, estimate: 1h}\n  c: x\n',
    );
    expect(plan === null ? '' : renderCheckMermaid(plan)).toBe(
      [
        'flowchart LR',
        '  subgraph w0["wave 1"]',
        '    t0["a<br/>First<br/>2 h"]',
        '    t2["c<br/>x"]',
        '  end',
        '  subgraph w1["wave 2"]',
        '    t1["b<br/>Second<br/>1 h"]',
        '  end',
        '  t0 ==> t1',
        '  classDef critical stroke-width:3px',
        '  class t0,t1 critical',
        '',
      ].join('\n'),
    );
  });

  it('lets no title out of its box', () => {
    const { plan } = summarize('tasks:\n  a: {title: "x\\"] --> y; <script> `b` #1; \\n click"}\n');
    const text = plan === null ? '' : renderCheckMermaid(plan);
    expect(text.split('\n')).toHaveLength(7);
    expect(text).not.toMatch(/<script|`|"\] -->/);
  });
});

describe('the JSON', () => {
  it('is the summary with its version', () => {
    const summary = summarize(EIGHT);
    expect(JSON.parse(renderCheckJson(summary))).toEqual({ version: 1, ...JSON.parse(JSON.stringify(summary)) });
  });

  it('writes what cannot be shown as escapes, and stays JSON', () => {
    const summary = summarize('title: "a \\u202e \\u009b b"\ntasks: {a: x}\n');
    const text = renderCheckJson(summary);
    expect(text).not.toMatch(/[\u007f-\u009f\u202e]/);
    expect(JSON.parse(text)).toMatchObject({ plan: { title: 'a \u202e \u009b b' } });
  });
});
