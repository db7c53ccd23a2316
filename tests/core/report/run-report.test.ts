import { describe, expect, it } from 'vitest';

import type { BranchName } from '../../../src/core/brand.ts';
import { buildRunReport, renderRunReport, type RunFacts } from '../../../src/core/report/run-report.ts';
import { rowText } from '../../../src/core/report/spans.ts';
import { makeAttempt, makeEvidence, makeLedger, makeTask, makeTest, makeView, makeWaiting, NOW, sha } from './views.ts';

const FACTS: RunFacts = {
  startedAt: NOW,
  endedAt: NOW + 20_000,
  sandbox: { engine: 'bubblewrap', reason: 'the strongest that works here', waived: ['memory-limit'] },
  headBranch: 'main',
  baseTip: sha('0'),
  isInterrupted: false,
};

const VIEW = makeView(
  [
    makeTask('backend', {
      title: 'Service layer',
      state: 'landed',
      attempt: 2,
      score: 10,
      landedSha: sha('7'),
      spentUsd: 0.3,
    }),
    makeTask('docs', {
      state: 'failed',
      attempt: 1,
      lastFailure: 'tree-refused: src/store.mjs is not owned',
      waiting: makeWaiting('person', 'x', { next: 'espalier retry docs --plan garden' }),
    }),
    makeTask('site', { state: 'held', waiting: makeWaiting('task', 'docs did not land') }),
  ],
  { status: 'stuck', spentUsd: 0.3, final: { status: 'waiting', detail: '1 task has not landed' } },
);

const LEDGER = makeLedger({
  backend: [
    makeAttempt({
      status: 'returned',
      evidence: makeEvidence('backend', { tests: [makeTest(), makeTest({ reused: true })] }),
    }),
    makeAttempt({
      attempt: 2,
      evidence: makeEvidence('backend', { attempt: 2, startedAt: NOW + 10_000, endedAt: NOW + 25_000 }),
      trial: {
        generation: 3,
        holder: 'here',
        startedAt: NOW + 25_000,
        ontoSha: sha('0'),
        result: {
          version: 1,
          plan: VIEW.plan,
          task: VIEW.tasks[0]!.id,
          attempt: 2,
          generation: 3,
          headSha: sha('1'),
          ontoSha: sha('0'),
          outcome: 'tested',
          commitSha: sha('7'),
          treeSha: null,
          test: makeTest({ stage: 'trial', durationMs: 3000 }),
          conflicts: [],
          feedback: '',
          endedAt: NOW + 30_000,
        },
      },
    }),
  ],
  docs: [makeAttempt({ status: 'failed', startedAt: NOW - 500_000, evidence: makeEvidence('docs') })],
});

describe('buildRunReport', () => {
  const report = buildRunReport(VIEW, LEDGER, FACTS);

  it('sorts the tasks by whether they landed, with a reason and a next step for each that did not', () => {
    expect(report.landed.map((each) => each.task)).toEqual(['backend']);
    expect(report.notLanded.map(({ task, because, next }) => ({ task, because, next }))).toEqual([
      {
        task: 'docs',
        because: 'tree-refused: src/store.mjs is not owned',
        next: 'espalier retry docs --plan garden',
      },
      { task: 'site', because: 'docs did not land', next: 'espalier why site --plan garden' },
    ]);
  });

  it('compares its time with that of all its attempts and trials one after another, without those of earlier runs', () => {
    expect(report.time).toEqual({ elapsedMs: 20_000, sequentialMs: 30_000, speedUp: 1.5 });
  });

  it('counts test runs apart from results that were used again', () => {
    expect(report.tests).toEqual({ runs: 3, reused: 1, ms: 5000 });
  });

  it.each([
    { name: 'the base is checked out', facts: {}, wanted: 'git merge espalier/garden/landed' },
    {
      name: 'another branch is checked out',
      facts: { headBranch: 'topic' },
      wanted: 'git fetch . espalier/garden/landed:main',
    },
    {
      name: 'the base moved and is not checked out',
      facts: { headBranch: null, baseTip: sha('9') },
      wanted: 'git switch main && git merge espalier/garden/landed',
    },
  ])('names the one command that takes the result when $name', ({ facts, wanted }) => {
    expect(buildRunReport(VIEW, LEDGER, { ...FACTS, ...facts }).take).toBe(wanted);
  });

  it('quotes a branch name that a shell would act on', () => {
    const view = { ...VIEW, baseBranch: 'a;reboot' as BranchName };
    expect(buildRunReport(view, LEDGER, FACTS).take).toBe("git fetch . 'espalier/garden/landed:a;reboot'");
  });

  it('has nothing to take when nothing landed, or when it landed on the base itself', () => {
    const nothing = makeView([makeTask('docs', { state: 'failed' })]);
    expect(buildRunReport(nothing, LEDGER, FACTS).take).toBeNull();
    expect(buildRunReport({ ...VIEW, target: VIEW.baseBranch }, LEDGER, FACTS).take).toBeNull();
  });

  it('notices a base that moved, unless the plan itself moves it', () => {
    const moved = { ...FACTS, baseTip: sha('9') };
    expect(buildRunReport(VIEW, LEDGER, FACTS).baseMovedTo).toBeNull();
    expect(buildRunReport(VIEW, LEDGER, moved).baseMovedTo).toBe(sha('9'));
    expect(buildRunReport({ ...VIEW, target: VIEW.baseBranch }, LEDGER, moved).baseMovedTo).toBeNull();
  });
});

describe('renderRunReport', () => {
  function render(view: typeof VIEW, facts: RunFacts): string[] {
    return renderRunReport(buildRunReport(view, LEDGER, facts), { isUtf8: true, width: 100 }).map((row) =>
      rowText(row).trimEnd(),
    );
  }

  it('tells what landed, what did not, what it took, and how to take it', () => {
    expect(render(VIEW, { ...FACTS, baseTip: sha('9') })).toMatchInlineSnapshot(`
      [
        "garden – 1 of 3 tasks landed on espalier/garden/landed",
        "",
        "Landed",
        "  ✔ backend  777777777777  2 attempts  review 10/10   $0.30  Service layer",
        "",
        "Did not land",
        "  ✘ docs failed after 1 attempt",
        "      tree-refused: src/store.mjs is not owned",
        "      next: espalier retry docs --plan garden",
        "  ‖ site held",
        "      docs did not land",
        "      next: espalier why site --plan garden",
        "",
        "  time     20 s; one after another 30 s, 1.5 times as fast",
        "  tests    3 runs, 5.0 s; 1 more needed no run (same tree, same commands)",
        "  spend    $0.30",
        "  sandbox  bubblewrap, the strongest that works here; waived by name: memory-limit",
        "  final    waiting: 1 task has not landed",
        "",
        "main moved to 999999999999 since the plan began: what landed was not tested together with that.",
        "Take it: git merge espalier/garden/landed",
      ]
    `);
  });

  it('says that nothing has to be done after landing on the base', () => {
    expect(render({ ...VIEW, target: VIEW.baseBranch }, FACTS).join('\n')).toContain(
      'Nothing to do: it landed on main itself.',
    );
  });

  it('says how to go on after an interruption', () => {
    const text = render(VIEW, { ...FACTS, isInterrupted: true }).join('\n');
    expect(text).toContain('stopped before it was done');
    expect(text).toContain('the same espalier run command again');
  });
});
