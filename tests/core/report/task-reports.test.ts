import { describe, expect, it } from 'vitest';

import type { BranchName, PlanId, TaskId, TreeSha } from '../../../src/core/brand.ts';
import type { Certificate } from '../../../src/core/ledger/ledger.ts';
import { renderCertificates } from '../../../src/core/report/certificate-report.ts';
import { renderEvent } from '../../../src/core/report/event-line.ts';
import { EXIT_CODE_TABLE, exitCodeOf } from '../../../src/core/report/exit-codes.ts';
import { rowText, type Row } from '../../../src/core/report/spans.ts';
import { planWord, renderPlanList, renderStatus, statusJson } from '../../../src/core/report/status-report.ts';
import { renderWhy, whoActs } from '../../../src/core/report/why-report.ts';
import { digest, makeGate, makeTask, makeView, makeWaiting, NOW, sha } from './views.ts';

function textOf(rows: readonly Row[]): string[] {
  return rows.map((row) => rowText(row).trimEnd());
}

describe('renderWhy', () => {
  it('shows the whole gate with what was found and wanted, who must act and the next command', () => {
    const task = makeTask('docs', {
      title: 'Write the guide',
      state: 'failed',
      attempt: 1,
      attemptsAllowed: 1,
      score: 10,
      headSha: sha('3'),
      lastFailure: 'tree-refused: src/store.mjs is not owned\nsecond line',
      gate: makeGate(),
      waiting: makeWaiting('person', 'tree-refused', { next: 'espalier retry docs --plan garden' }),
    });
    expect(textOf(renderWhy(makeView([task]), task, { isUtf8: true, width: 80 }))).toMatchInlineSnapshot(`
      [
        "✘ docs has failed  – Write the guide",
        "  plan      garden",
        "  branch    espalier/garden/docs.1",
        "  attempt   1 of at most 1",
        "  head      333333333333",
        "  review    10/10",
        "  spent     $0.00",
        "",
        "Because: tree-refused",
        "  who acts  you",
        "  next      espalier retry docs --plan garden",
        "",
        "Last failure",
        "  tree-refused: src/store.mjs is not owned",
        "  second line",
        "",
        "Gate of attempt 1: closed",
        "  ✔ tests      passed    all required tests passed",
        "  ✘ ownership  failed    it changed a path that it does not own",
        "                         found src/store.mjs; wanted docs/**",
      ]
    `);
  });

  it('breaks long lines at the width, and cuts nothing', () => {
    const path = `src/${'deep/'.repeat(20)}file.ts`;
    const task = makeTask('docs', { state: 'failed', attempt: 1, lastFailure: `${'word '.repeat(30)}${path}` });
    const lines = textOf(renderWhy(makeView([task]), task, { isUtf8: true, width: 60 }));
    expect(lines.filter((line) => line.length > 60)).toEqual([`  ${path}`]);
  });

  it('names no branch of an attempt that left nothing', () => {
    const task = makeTask('docs', { state: 'failed', attempt: 1, headSha: null });
    expect(textOf(renderWhy(makeView([task]), task, { isUtf8: true, width: 80 })).join('\n')).not.toContain('branch');
  });

  it('names the tasks that are waited on with their states, and until when', () => {
    const api = makeTask('api', { state: 'running', attempt: 1 });
    const site = makeTask('site', {
      waiting: makeWaiting('task', 'waits for api to land', { on: [api.id], untilMs: NOW }),
    });
    const text = textOf(renderWhy(makeView([api, site]), site, { isUtf8: true, width: 80 })).join('\n');
    expect(text).toContain('waits on  api (running)');
    expect(text).toContain('until     2026-01-31 12:34:56Z');
    expect(text).toContain('Gate: no attempt yet');
  });

  it.each([
    { waiting: null, wanted: 'nobody: it is done' },
    { waiting: makeWaiting('person', 'x'), wanted: 'you' },
    { waiting: makeWaiting('pause', 'x', { next: 'espalier resume garden' }), wanted: 'you' },
    { waiting: makeWaiting('slot', 'x'), wanted: 'Espalier, while a run works on garden' },
  ])('says who acts: $wanted', ({ waiting, wanted }) => {
    const task = makeTask('a', { waiting });
    expect(whoActs(makeView([task]), task)).toBe(wanted);
  });
});

describe('renderStatus', () => {
  const view = makeView([makeTask('a', { state: 'landed', attempt: 1 }), makeTask('b')]);

  it('says when a plan could go on but no process works on it', () => {
    const idle = { view, progress: new Map(), holders: [] };
    const text = textOf(renderStatus(idle, { width: 80, isUtf8: false, now: NOW })).join('\n');
    expect(planWord(idle)).toBe('unattended');
    expect(text).toContain('no run works on it');
    expect(text).toContain('base main, lands on espalier/garden/landed');
  });

  it('names the process that works on it', () => {
    const busy = { view, progress: new Map(), holders: ['process 7 on host'] };
    expect(planWord(busy)).toBe('working');
    expect(textOf(renderStatus(busy, { width: 80, isUtf8: false, now: NOW })).join('\n')).toContain(
      'process 7 on host',
    );
  });

  it('lists plans with how many tasks are in which state', () => {
    const text = textOf(renderPlanList([{ view, progress: new Map(), holders: [] }]));
    expect(text[1]).toBe('garden  unattended     1 landed of 2                      espalier/garden/landed');
    expect(textOf(renderPlanList([]))[0]).toContain('espalier run PLAN.md');
  });

  it('gives scripts the view as it is', () => {
    const json = JSON.parse(JSON.stringify(statusJson({ view, progress: new Map(), holders: ['x'] }))) as typeof view;
    expect(json.tasks.map((task) => task.state)).toEqual(['landed', 'waiting']);
  });
});

describe('renderCertificates', () => {
  const certificate: Certificate = {
    version: 1,
    plan: 'garden' as PlanId,
    revision: digest('a'),
    task: 'docs' as TaskId,
    taskDigest: digest('b'),
    attempt: 2,
    target: 'espalier/garden/landed' as BranchName,
    fromSha: sha('1'),
    headSha: sha('2'),
    landedSha: sha('3'),
    testedTree: sha('4') as unknown as TreeSha,
    landedTree: sha('4') as unknown as TreeSha,
    strength: 'exact',
    needs: [{ task: 'api' as TaskId, landedSha: sha('1') }],
    tests: [{ stage: 'trial', tree: sha('4') as unknown as TreeSha, suite: digest('5'), status: 'passed' }],
    review: { score: 10, threshold: 10, change: digest('6'), rubric: digest('7'), reviewer: 'demo-reviewer' },
    rules: [{ rule: 'tests', status: 'passed', because: 'they passed' }],
    sandbox: { engine: 'none', profile: 'strict', waived: ['seccomp'] },
    evidence: digest('8'),
    landedAt: NOW,
  };

  it('tells which commit landed on what, which evidence let it, and in which sandbox', () => {
    expect(textOf(renderCertificates([certificate], { isUtf8: true }))).toMatchInlineSnapshot(`
      [
        "Certificate of docs",
        "  landed    3333333333333333333333333333333333333333 on espalier/garden/landed, 2026-01-31 12:34:56Z",
        "  stood on  1111111111111111111111111111111111111111",
        "  head      2222222222222222222222222222222222222222 (attempt 2)",
        "  tree      4444444444444444444444444444444444444444, the tested one",
        "  strength  exact: only a tested tree could become the tip",
        "  plan      garden, revision aaaaaaaaaaaa, task bbbbbbbbbbbb",
        "  needs     api (111111111111)",
        "  review    10/10 (wanted 10) by demo-reviewer, change 666666666666",
        "  sandbox   none, profile strict, waived: seccomp",
        "  evidence  8888888888888888888888888888888888888888888888888888888888888888",
        "  tests",
        "    trial      passed    tree 444444444444, suite 555555555555",
        "  rules",
        "    ✔ tests            they passed",
      ]
    `);
  });

  it('cries out when the landed tree is not the tested one', () => {
    const wrong = { ...certificate, landedTree: sha('9') as unknown as TreeSha };
    expect(textOf(renderCertificates([wrong], { isUtf8: true })).join('\n')).toContain('IS NOT the tested');
  });
});

describe('renderEvent', () => {
  it('is one line with time, kind, task and the first line of the detail', () => {
    const event = { at: NOW, kind: 'attempt-failed', task: 'docs', detail: 'tests-failed\nmore \u001b[2J' };
    expect(rowText(renderEvent(event, { offsetMinutes: 60 }))).toBe('13:34:56 attempt failed    docs: tests-failed');
  });
});

describe('the exit codes', () => {
  it('are distinct, in order, and found by name', () => {
    const codes = EXIT_CODE_TABLE.map((entry) => entry.code);
    expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
    for (const entry of EXIT_CODE_TABLE) expect(exitCodeOf(entry.name)).toBe(entry.code);
  });
});
