import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LABELS } from '../../../../src/core/commands/labels.ts';
import type { TreeSha } from '../../../../src/core/brand.ts';
import type { PlanLedger } from '../../../../src/core/ledger/ledger.ts';
import { diffLines } from '../../../../src/core/report/hosted/diff-lines.ts';
import { renderFinalReport } from '../../../../src/core/report/hosted/final-report.ts';
import { fitDocument, fitLines, fitTable, whole } from '../../../../src/core/report/hosted/fit-document.ts';
import { byteLength } from '../../../../src/core/report/hosted/markdown.ts';
import { KEPT_LABELS, planLabels, pullLabels } from '../../../../src/core/report/hosted/plan-labels.ts';
import { aPlan, aTask, fakeTree, taskId } from '../../../support/builders.ts';
import { doneScene, midwayScene, MINUTE, sceneOf, START, taskOf, viewOf } from './scenes.ts';

describe('renderFinalReport', () => {
  it('shows what landed, what it took, and against which estimate', () => {
    const text = renderFinalReport(doneScene(), START + 150 * MINUTE);
    for (const each of [
      '## The plan is done: 8 of 8 tasks landed',
      '| `frontend-agent`<br>Frontend Improvements | #15 | 2 | 10/10 | 1 h 21 min | 2.50 USD |',
      '- **Estimate:** 83 h on 5 agents, 230 h in all',
      '8 certificates: 8 exact',
    ])
      expect(text).toContain(each);
    expect(text).not.toContain('What was not done');
  });

  it('names first what was not done, with the command that helps', () => {
    const text = renderFinalReport(midwayScene(), START + 150 * MINUTE);
    expect(text).toContain('## The plan has ended: 2 of 8 tasks landed');
    expect(text).toContain('- `rag-agent` failed after 3 attempts.');
    expect(text).toContain(
      '- `docs-agent` is held. It needs `rag-agent`, which did not land. Comment `/espalier retry rag-agent`.',
    );
    expect(text.indexOf('What was not done')).toBeLessThan(text.indexOf('What landed'));
  });

  it('shows the end of the output of failed final tests', () => {
    const scene = doneScene();
    const test = {
      stage: 'final',
      tree: fakeTree('x'),
      suite: 'a',
      status: 'failed',
      exitCode: 1,
      durationMs: 1,
      reused: false,
    };
    const ledger = {
      ...scene.ledger,
      plan: { ...scene.ledger.plan, final: [['npm', 'test']] },
      final: {
        generation: 1,
        holder: 'app',
        startedAt: START,
        commitSha: 'c',
        result: { test: { ...test, tail: 'it broke' } },
      },
    } as unknown as PlanLedger;
    const text = renderFinalReport({ ...scene, ledger, view: viewOf({ ...scene, ledger }, scene.nowMs) }, START);
    expect(text).toContain('8 of 8 tasks landed, but the final tests failed');
    expect(text).toContain('```text\nit broke\n```');
  });

  it('cries out where a tree that landed is not the tested one', () => {
    const scene = doneScene();
    const certificates = scene.ledger.certificates.map((each, index) =>
      index === 0 ? { ...each, landedTree: 'f'.repeat(40) as TreeSha, strength: 'audited' as const } : each,
    );
    const text = renderFinalReport({ ...scene, ledger: { ...scene.ledger, certificates } }, START);
    expect(text).toContain('**`ffffffffffff` is not the tested `');
    expect(text).toContain('7 exact');
  });

  it('fits hundreds of tasks', () => {
    const tasks = Array.from({ length: 400 }, (_each, index) => aTask(`t${index}`, { title: '漢'.repeat(80) }));
    const scene = sceneOf(aPlan(tasks), (story) => {
      for (const task of tasks) story.lands(task.id, [0, 10]);
    });
    const text = renderFinalReport(scene, START);
    expect(byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(text).toMatch(/and \d+ more, for which there is no room|Some parts are left out/);
    expect(text).toContain('### Totals');
  });
});

describe('planLabels and pullLabels', () => {
  it('wear the state, and call for a person where one must act', () => {
    const scene = midwayScene();
    expect(planLabels(scene)).toEqual(['espalier', 'espalier:running', 'espalier:needs-attention']);
    expect(pullLabels(scene, taskOf(scene, 'frontend-agent'))).toEqual(['espalier', 'espalier:queued']);
    expect(pullLabels(scene, taskOf(scene, 'rag-agent'))).toEqual(['espalier', 'espalier:needs-attention']);
    expect(pullLabels(scene, taskOf(scene, 'backend-agent'))).toEqual(['espalier', 'espalier:landed']);
    expect(planLabels(doneScene())).toEqual(['espalier', 'espalier:landed']);
  });

  it('show a pause as the label that asks for it', () => {
    const scene = midwayScene();
    const ledger = { ...scene.ledger, paused: { at: START, by: 'maintainer' } };
    const paused = { ...scene, ledger, view: viewOf({ ...scene, ledger }, scene.nowMs) };
    expect(planLabels(paused)).toContain('espalier:pause');
    expect(pullLabels(paused, taskOf(paused, 'frontend-agent'))).toContain('espalier:needs-attention');
  });

  it('show a plan whose every task was cancelled as cancelled', () => {
    const scene = sceneOf(aPlan([aTask('a')]), (story) => {
      const none = { attempts: [], countFrom: 1, notBefore: 0 };
      story.ledger = { ...story.ledger, tasks: { [taskId('a')]: { ...none, cancelled: { at: 1, by: 'x' } } } };
    });
    expect(planLabels(scene)).toContain('espalier:cancelled');
  });

  it('keep in step what shows a state, and take no request of a person away', () => {
    const requests = LABELS.filter((label) => label.role === 'request').map((label) => label.name);
    expect(requests.filter((name) => KEPT_LABELS.has(name))).toEqual(['espalier:pause']);
    expect(LABELS.filter((label) => label.role === 'state').every((label) => KEPT_LABELS.has(label.name))).toBe(true);
  });
});

describe('diffLines', () => {
  it.each([
    ['a\nb\nc', 'a\nx\nc', ' a\n-b\n+x\n c'],
    ['a', 'a\nb', ' a\n+b'],
    ['a\nb', 'b', '-a\n b'],
    ['1\n2\n3\n4\n5\nx', '1\n2\n3\n4\n5\ny', ' 4\n 5\n-x\n+y'],
    ['same\r\nlines', 'same\nother', ' same\n-lines\n+other'],
  ])('of %j and %j is %j', (before, after, wanted) => {
    expect(diffLines(before, after).replace(/^…\n/, '')).toBe(wanted);
  });

  it('loses and invents no line', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(`${before}\n1\n2\n3`, `${after}\n1\n2\n3`).split('\n');
        const shown = (signs: string): string[] =>
          lines.filter((line) => signs.includes(line[0] ?? '?')).map((line) => line.slice(1));
        expect(shown('-').length - shown('+').length).toBe(before.split('\n').length - after.split('\n').length);
        for (const line of shown('-')) expect(before.split('\n')).toContain(line);
        for (const line of shown('+')) expect(after.split('\n')).toContain(line);
      }),
    );
  });

  it('shows long texts without comparing every pair of lines', () => {
    const lines = (mark: string): string =>
      Array.from({ length: 5000 }, (_each, index) => `${mark}${index}`).join('\n');
    expect(diffLines(lines('a'), lines('b')).split('\n')).toHaveLength(10_000);
  });
});

describe('fitDocument', () => {
  it('gives room to what matters most, keeps the order, and says what is left out', () => {
    const text = fitDocument([whole(2, 'c'.repeat(100)), whole(1, 'a'.repeat(100)), whole(0, 'b'.repeat(20))], 230);
    expect(text.split('\n\n')).toEqual([
      'a'.repeat(100),
      'b'.repeat(20),
      expect.stringMatching(/^Some parts are left out/),
    ]);
  });

  it('is never longer than it may be', () => {
    const sections = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.string({ unit: 'binary', maxLength: 200 })));
    fc.assert(
      fc.property(sections, fc.integer({ min: 100, max: 800 }), (parts, most) => {
        const text = fitDocument(
          parts.map(([rank, each]) => whole(rank, each)),
          most,
        );
        expect(byteLength(text)).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe('fitLines and fitTable', () => {
  it('show whole lines and count the rest', () => {
    const lines = ['one', 'two', 'three', 'four'];
    expect(fitLines(lines, 100, String)).toBe('one\ntwo\nthree\nfour');
    expect(fitLines(lines, 12, (left) => `+${left}`)).toBe('one\ntwo\n+2');
  });

  it('keep the head of a table, and make no table without rows', () => {
    const rows = [
      '| a | b |',
      '| --- | --- |',
      ...Array.from({ length: 9 }, (_each, index) => `| ${index} | ${'x'.repeat(20)} |`),
    ];
    expect(fitTable(rows, 150)?.split('\n')).toEqual([
      ...rows.slice(0, 4),
      '| and 7 more, for which there is no room | |',
    ]);
    expect(fitTable(rows, 60)).toBeNull();
  });
});
