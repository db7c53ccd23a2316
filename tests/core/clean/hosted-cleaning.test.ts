import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BranchName, CommitSha, PlanId } from '../../../src/core/brand.ts';
import {
  chooseHostedCleaning,
  type HostedBranch,
  type HostedPlanFacts,
} from '../../../src/core/clean/hosted-cleaning.ts';
import { BUILT_IN_CLEANUP } from '../../../src/core/config/defaults.ts';
import { createForgeRecord } from '../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, PlanLedger } from '../../../src/core/ledger/ledger.ts';
import { createLedger } from '../../../src/core/ledger/transitions.ts';
import { renderHostedCleaning } from '../../../src/core/report/hosted/cleaning-report.ts';
import { aPlan, aTask, anAttempt, anEvidence, fakeCommit, taskId } from '../../support/builders.ts';
import { aDispatch, aLeg } from '../../support/hosted-builders.ts';

const DAY = 86_400_000;
const NOW = 1000 * DAY;
const PLAN = 'issue-7' as PlanId;
const APP = 7;
const MAIN = 'main' as BranchName;

type Status = AttemptRecord['status'];

/** A ledger whose task `a` had these attempts, each with a head of its own. */
function ledgerOf(...statuses: Status[]): PlanLedger {
  const task = aTask('a');
  const ledger = createLedger({
    plan: aPlan([task], { id: PLAN }),
    baseBranch: MAIN,
    baseSha: fakeCommit('base'),
    target: MAIN,
    nowMs: 0,
  });
  const attempts = statuses.map((status, at) => {
    const frame = anAttempt({ attempt: at + 1, generation: at + 3, status });
    return { ...frame, evidence: anEvidence(task, frame, { headSha: fakeCommit(`head ${at + 1}`) }) };
  });
  return { ...ledger, tasks: { [task.id]: { attempts, countFrom: 1, cancelled: null, notBefore: 0 } } };
}

function branch(name: string, sha: CommitSha = fakeCommit('x'), agedDays = 400): HostedBranch {
  return { branch: name as BranchName, sha, committedAtMs: NOW - agedDays * DAY };
}

const LEDGER = branch('espalier-ledger/issue-7', fakeCommit('ledger'));

/** What becomes of one branch, in words: `keep: …`, `remove: …` or `→ <archive>`. */
function fateOf(
  found: HostedBranch,
  plan: Partial<HostedPlanFacts> | null = {},
  others: readonly HostedBranch[] = [LEDGER],
): string {
  const plans =
    plan === null ? [] : [{ plan: PLAN, ledger: ledgerOf(), record: createForgeRecord(7), isOpen: true, ...plan }];
  const branches = [found, ...others.filter((other) => other.branch !== found.branch)];
  const { remove, keep } = chooseHostedCleaning({ appId: APP, branches, plans }, BUILT_IN_CLEANUP, NOW);
  expect(remove.length + keep.length).toBe(branches.length);
  const gone = remove.find((each) => each.branch === found.branch);
  if (gone === undefined) return `keep: ${keep.find((each) => each.branch === found.branch)?.because}`;
  return gone.to === null ? `remove: ${gone.because}` : `→ ${gone.to}`;
}

const attemptBranch = (attempt: number) => branch(`espalier/issue-7/a.${attempt}`, fakeCommit(`head ${attempt}`));

describe('the branch of an attempt', () => {
  it.each<[string, Status[], number, boolean, RegExp]>([
    ['that has landed goes', ['landed'], 1, true, /^remove: it has landed/],
    [
      'beside one that has landed is archived',
      ['failed', 'landed'],
      1,
      true,
      /^→ archive\/espalier\/issue-7\/a\.1\.3$/,
    ],
    ['that runs stays', ['running'], 1, true, /^keep: its attempt is not finished/],
    ['that waits to land stays', ['verified'], 1, true, /^keep: its attempt is not finished/],
    ['that failed stays while its task may go on from it', ['failed', 'running'], 1, true, /^keep: a later attempt/],
    ['that failed stays where the issue was closed before the end', ['failed'], 1, false, /^keep: a later attempt/],
    ['that waits to land stays where the issue was closed', ['verified'], 1, false, /^keep: its attempt/],
  ])('%s', (_what, statuses, attempt, isOpen, fate) => {
    expect(fateOf(attemptBranch(attempt), { ledger: ledgerOf(...statuses), isOpen })).toMatch(fate);
  });

  it('of a task that was cancelled is archived once the issue is closed', () => {
    const ledger = ledgerOf('cancelled');
    const record = ledger.tasks[taskId('a')]!;
    const cancelled = { ...ledger, tasks: { a: { ...record, cancelled: { at: 1, by: 'maintainer' } } } } as PlanLedger;
    expect(fateOf(attemptBranch(1), { ledger: cancelled, isOpen: false })).toMatch(/^→ archive/);
    expect(fateOf(attemptBranch(1), { ledger: cancelled })).toMatch(/^keep/);
  });

  it('that somebody has moved stays', () => {
    const moved = branch('espalier/issue-7/a.1', fakeCommit('by hand'));
    expect(fateOf(moved, { ledger: ledgerOf('landed') })).toMatch(/^keep: it is not where the ledger says/);
  });
});

describe('a branch', () => {
  it.each<[string, HostedBranch, Partial<HostedPlanFacts> | null, RegExp]>([
    ['of a task that has not landed stays', branch('espalier/issue-7/a'), {}, /^keep: its task has not landed/],
    [
      'of a landed task that somebody pushed to stays',
      branch('espalier/issue-7/a'),
      { ledger: ledgerOf('landed'), isOpen: false },
      /^keep: .*pushed to it since/,
    ],
    ['of no known plan stays', attemptBranch(1), null, /^keep: no ledger/],
    ['that its plan does not know stays', branch('espalier/issue-7/z.1'), {}, /^keep: its plan does not know it/],
    [
      'of a plan that was never accepted stays',
      attemptBranch(1),
      { ledger: null },
      /^keep: its plan was never accepted/,
    ],
    [
      'of a plan that another keeps stays',
      attemptBranch(1),
      { ledger: ledgerOf('landed'), record: { ...createForgeRecord(7), keeper: { appId: 8, login: 'other[bot]' } } },
      /^keep: its plan is kept by other\[bot\]/,
    ],
    ['of a queue stays', branch('espalier-queue/main'), {}, /^keep: it holds what landed/],
    [
      'of a trial under way stays',
      branch('espalier-staging/issue-7/trial.a.1'),
      { ledger: ledgerOf('verified') },
      /^keep/,
    ],
    [
      'of a trial that is over goes',
      branch('espalier-staging/issue-7/trial.a.1'),
      { ledger: ledgerOf('returned') },
      /^remove/,
    ],
    ['of a receipt that nobody waits for goes', branch('espalier-staging/issue-7/receipt/a.1.3'), {}, /^remove/],
    [
      'of a receipt that is waited for stays',
      branch('espalier-staging/issue-7/receipt/a.1.3'),
      { record: { ...createForgeRecord(7), dispatches: [aDispatch([aLeg(taskId('a'), { generation: 3 })])] } },
      /^keep: it is waited for/,
    ],
  ])('%s', (_what, found, plan, fate) => {
    expect(fateOf(found, plan)).toMatch(fate);
  });
});

describe('time', () => {
  const ended = { ledger: ledgerOf('landed'), isOpen: false };
  const restedFor = (days: number) => branch('espalier-ledger/issue-7', fakeCommit('ledger'), days);

  it('is what a ledger of a plan that has ended is archived by, and of no other', () => {
    expect(fateOf(restedFor(29), ended)).toContain('has rested 29 days of 30 days');
    expect(fateOf(restedFor(30), ended)).toBe(`→ archive/espalier/issue-7/ledger-${fakeCommit('ledger').slice(0, 12)}`);
    expect(fateOf(restedFor(300), { ...ended, isOpen: true })).toMatch(/^keep: its plan is open/);
    expect(fateOf(restedFor(300), { ledger: ledgerOf('failed'), isOpen: false })).toMatch(
      /^keep: .*1 task had not landed/,
    );
  });

  it('is what archived work is removed by: since it was made, and since its plan last moved', () => {
    const archive = (days: number) => branch('archive/espalier/issue-7/a.1.3', fakeCommit('head'), days);
    expect(fateOf(archive(300), ended, [restedFor(29)])).toMatch(/^keep/);
    expect(fateOf(archive(29), ended, [restedFor(300)])).toMatch(/^keep/);
    expect(fateOf(archive(300), ended, [restedFor(30)])).toMatch(/^remove/);
    expect(fateOf(archive(300), { ...ended, isOpen: true }, [restedFor(300)])).toMatch(/^keep: its plan is open/);
    const trail = branch('archive/espalier/issue-7/ledger-0123456789ab', fakeCommit('ledger'), 29);
    expect(fateOf(archive(300), null, [trail])).toMatch(/^keep/);
    expect(fateOf(archive(300), null, [{ ...trail, committedAtMs: 0 }])).toMatch(/^remove/);
  });

  it('removes no audit trail', () => {
    expect(fateOf(branch('archive/espalier/issue-7/ledger-0123456789ab'), null, [])).toMatch(
      /^keep: it is the audit trail/,
    );
  });
});

describe('a clean-up', () => {
  const STATUSES: readonly Status[] = [
    'running',
    'verified',
    'landed',
    'failed',
    'returned',
    'cancelled',
    'superseded',
  ];

  it('keeps a name for the head of every attempt that did not land, whatever the plan has come to', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...STATUSES), { maxLength: 5 }),
        fc.boolean(),
        fc.nat(60),
        (statuses, isOpen, days) => {
          const ledger = ledgerOf(...statuses);
          const branches = [
            ...statuses.map((_, at) => attemptBranch(at + 1)),
            { ...LEDGER, committedAtMs: NOW - days * DAY },
          ];
          const plans = [{ plan: PLAN, ledger, record: createForgeRecord(7), isOpen }];
          const { remove, keep } = chooseHostedCleaning({ appId: APP, branches, plans }, BUILT_IN_CLEANUP, NOW);
          expect(remove.length + keep.length).toBe(branches.length);
          for (const { branch: name, to } of remove.filter(({ to: archive }) => archive === null)) {
            const attempt = Number(name.split('.').at(-1));
            expect([to, statuses[attempt - 1]]).toEqual([null, 'landed']);
          }
        },
      ),
    );
  });

  it('is told with every branch, what was removed, what could not be, and what is kept and why', () => {
    const facts = {
      appId: APP,
      branches: [LEDGER, attemptBranch(1), attemptBranch(2), branch('espalier/issue-7/<b>')],
      plans: [{ plan: PLAN, ledger: ledgerOf('failed', 'landed'), record: createForgeRecord(7), isOpen: true }],
    };
    const cleaning = chooseHostedCleaning(facts, BUILT_IN_CLEANUP, NOW);
    const dry = renderHostedCleaning(cleaning, { isDryRun: true, failed: new Map() });
    expect(dry).toContain('## Branches that would be removed: 2');
    expect(dry).toContain('Nothing was changed');
    expect(dry).toContain('archive/espalier/issue-7/a.1.3');
    expect(dry).toContain('its plan is open');
    const failed = new Map([['espalier/issue-7/a.2', 'it is not where it was']]);
    const done = renderHostedCleaning(cleaning, { isDryRun: false, failed });
    expect(done).toContain('## Branches removed: 1');
    expect(done).toContain('### Could not be removed');
    expect(done).not.toContain('Nothing was changed');
  });
});
