import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { TaskId } from '../../../src/core/brand.ts';
import type { TaskState } from '../../../src/core/reconcile/view.ts';
import { type LiveProgress, progressShare, renderBar, renderRows } from '../../../src/core/report/plan-rows.ts';
import { rowText, rowWidth, textWidth } from '../../../src/core/report/spans.ts';
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../../src/core/report/task-words.ts';
import { makeTask, makeView, makeWaiting, NOW, sha } from './views.ts';

const STATES: TaskState[] = [
  'waiting',
  'running',
  'queued',
  'trying',
  'landing',
  'landed',
  'held',
  'failed',
  'cancelled',
];

const OPTIONS = { width: 100, height: 40, isUtf8: true, now: NOW + 83_000, startedAt: NOW, hint: null };

const GARDEN = makeView(
  [
    makeTask('security-agent', { state: 'landed', attempt: 1, score: 10, landedSha: sha('1') }),
    makeTask('backend-agent', { state: 'running', attempt: 2, generation: 7 }),
    makeTask('frontend-agent', { state: 'trying', attempt: 1, generation: 3, score: 9.5 }),
    makeTask('docs-agent', {
      state: 'failed',
      attempt: 1,
      attemptsAllowed: 1,
      lastFailure: "tree-refused: 'src/store.mjs' is not among its owned paths\nmore",
      waiting: makeWaiting('person', 'tree-refused', { next: 'espalier retry docs-agent --plan garden' }),
    }),
    makeTask('testing-agent', {
      waiting: makeWaiting('task', 'waits', { on: ['backend-agent', 'frontend-agent'] as never }),
    }),
  ],
  { spentUsd: 0.42, budgetUsd: 5 },
);

const PROGRESS = new Map<string, LiveProgress>([
  [
    'backend-agent.2.7',
    { stage: 'review', iteration: 2, score: 8, activity: 'reading the change', costUsd: 0.1, updatedAt: NOW },
  ],
  [
    'frontend-agent.1.9',
    { stage: 'trial', iteration: 1, score: null, activity: 'tests', costUsd: null, updatedAt: NOW },
  ],
]);

describe('renderRows', () => {
  it('shows each task with its state, progress, review, attempt, spend and what happens now', () => {
    const text = renderRows(GARDEN, PROGRESS, OPTIONS).map((row) => rowText(row).trimEnd());
    expect(text).toMatchInlineSnapshot(`
      [
        "TASK           STATE        PROGRESS   REVIEW  TRY   SPENT NOW",
        "security-agent ✔ landed     ██████████  10/10  1/3   $0.00",
        "backend-agent  ● review     █████░░░░░   8/10  2/3   $0.10 iteration 2: reading the change",
        "frontend-agent ◐ trying     █████████░ 9.5/10  1/3   $0.00 tests",
        "docs-agent     ✘ failed                     –    1   $0.00 tree-refused: 'src/store.mjs' is not amo…",
        "testing-agent  ○ waiting    ░░░░░░░░░░      –    –       – for backend-agent, frontend-agent",
        "",
        "1 running · 1 trying · 1 landed · 1 failed · 1 waiting · 1:23 · $0.52 of $5.00",
      ]
    `);
  });

  it('uses nothing but ASCII where the terminal is not UTF-8', () => {
    const text = renderRows(GARDEN, PROGRESS, { ...OPTIONS, isUtf8: false })
      .map(rowText)
      .join('\n');
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text).toContain('######');
  });

  it('leaves the spend column out when nothing is known to cost anything', () => {
    const rows = renderRows(makeView([makeTask('a', { state: 'running', attempt: 1 })]), new Map(), OPTIONS);
    expect(rows.map(rowText).join('\n')).not.toContain('SPENT');
  });

  it('shows an unknown spend as unknown, never as zero', () => {
    const view = makeView([makeTask('a', { state: 'landed', attempt: 1, spentUsd: null })], {
      budgetUsd: 5,
      spentUsd: null,
    });
    const text = renderRows(view, new Map(), OPTIONS).map(rowText).join('\n');
    expect(text).toMatch(/a {4,}✔ landed.* \? /);
    expect(text).toContain('unknown of $5.00');
  });

  it('says by whom a plan is paused and why a target is frozen', () => {
    const view = makeView([makeTask('a')], {
      paused: { at: NOW, by: 'Kim' },
      frozen: { at: NOW, because: 'the tree is not the tested one' },
    });
    const text = renderRows(view, new Map(), OPTIONS).map(rowText).join('\n');
    expect(text).toContain('paused by Kim: espalier resume garden');
    expect(text).toContain('espalier/garden/landed is frozen: the tree is not the tested one');
  });

  it('keeps what moves and what failed when there is no room for every task, in the order of the plan', () => {
    const tasks = Array.from({ length: 50 }, (_, index) => makeTask(`t${index}`, { state: 'landed', attempt: 1 }));
    tasks[30] = makeTask('t30', { state: 'running', attempt: 1 });
    tasks[20] = makeTask('t20', { state: 'failed', attempt: 1 });
    const text = renderRows(makeView(tasks), new Map(), { ...OPTIONS, height: 8 }).map(rowText);
    expect(text.length).toBeLessThanOrEqual(8);
    const shown = text.filter((row) => /^t\d/.test(row)).map((row) => row.split(' ')[0]);
    expect(shown).toContain('t20');
    expect(shown.indexOf('t20')).toBeLessThan(shown.indexOf('t30'));
    expect(text.join('\n')).toContain(`and ${50 - shown.length} more tasks`);
  });

  it('never sends a control character of a title, an activity or a name to the terminal', () => {
    const view = makeView([
      makeTask('a', { state: 'running', attempt: 1, generation: 1, lastFailure: '\u001b[2J' }),
      makeTask('b', { waiting: makeWaiting('lock', 'held by \u001b]0;x\u0007 \u202e') }),
    ]);
    const progress = new Map([
      [
        'a.1.1',
        { stage: 'agent', iteration: 1, score: null, activity: '\u001b[31mred\r', costUsd: null, updatedAt: 0 },
      ],
    ]);
    const text = renderRows(view, progress, OPTIONS).map(rowText).join('');
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it('keeps to a height that has room for one task alone', () => {
    const tasks = ['a', 'b', 'c'].map((id) => makeTask(id, { state: 'waiting', id: id as TaskId }));
    const rows = renderRows(makeView(tasks, { budgetUsd: 3 }), new Map(), { ...OPTIONS, width: 20, height: 5 });
    expect(rows).toHaveLength(5);
  });

  it('never makes a row wider than the terminal, whatever is in it', () => {
    const task = fc.record({
      id: fc.stringMatching(/^[a-z0-9]{1,64}$/),
      state: fc.constantFrom(...STATES),
      attempt: fc.nat(99),
      generation: fc.constant(1),
      score: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
      spentUsd: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
      lastFailure: fc.option(fc.string({ unit: 'binary' })),
    });
    fc.assert(
      fc.property(
        fc.array(task, { maxLength: 12 }),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 5, max: 30 }),
        fc.boolean(),
        fc.string({ unit: 'binary' }),
        (tasks, width, height, isUtf8, activity) => {
          const view = makeView(
            tasks.map((each) => makeTask(each.id, { ...each, id: each.id as TaskId })),
            { budgetUsd: 3 },
          );
          const progress = new Map(
            tasks.map((each) => [
              `${each.id}.${each.attempt}.1`,
              { stage: 'agent', iteration: 1, score: 3, activity, costUsd: 1, updatedAt: 0 },
            ]),
          );
          const rows = renderRows(view, progress, { ...OPTIONS, width, height, isUtf8 });
          for (const row of rows) expect(rowWidth(row)).toBeLessThanOrEqual(width);
          expect(rows.length).toBeLessThanOrEqual(Math.max(height, 4));
        },
      ),
    );
  });
});

describe('progressShare', () => {
  it('grows with the stages and never reaches the end before the landing', () => {
    const stages = ['worktree', 'setup', 'agent', 'intake', 'tests', 'review', 'verify', 'publish'];
    const shares = [
      ...stages.map((stage) => progressShare('running', stage)),
      progressShare('queued', null),
      progressShare('trying', null),
      progressShare('landed', null),
    ];
    expect(shares).toEqual([...new Set(shares)].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(shares.at(-2)).toBeLessThan(1);
    expect(shares.at(-1)).toBe(1);
  });

  it.each<TaskState>(['held', 'failed', 'cancelled'])('is unknown for a task that is %s', (state) => {
    expect(progressShare(state, null)).toBeNull();
  });
});

describe('renderBar', () => {
  it.each([
    { share: 0, wanted: '..........' },
    { share: 0.5, wanted: '#####.....' },
    { share: 0.999, wanted: '#########.' },
    { share: 1, wanted: '##########' },
    { share: 2, wanted: '##########' },
    { share: -1, wanted: '..........' },
  ])('draws $share as $wanted', ({ share, wanted }) => {
    expect(renderBar(share, 10, ASCII_GLYPHS)).toBe(wanted);
  });
});

it('has a glyph of one cell for every state and rule in both sets', () => {
  for (const glyphs of [ASCII_GLYPHS, UNICODE_GLYPHS]) {
    const all = [...Object.values(glyphs.states), ...Object.values(glyphs.rules), glyphs.barFull, glyphs.cut];
    for (const glyph of all) expect(textWidth(glyph)).toBe(1);
    expect(new Set(Object.values(glyphs.states)).size).toBe(STATES.length);
  }
});
