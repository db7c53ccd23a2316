import { describe, expect, it } from 'vitest';

import type { BranchName, TaskId } from '../../../src/core/brand.ts';
import { type CleaningFacts, type FoundFolder, planCleaning } from '../../../src/core/clean/plan-cleaning.ts';
import { nameOf, renderCleaning } from '../../../src/core/report/clean-report.ts';
import { rowText } from '../../../src/core/report/spans.ts';
import { aPlan, aTask } from '../../support/builders.ts';
import { makeAttempt, makeEvidence, makeLedger, NOW, sha } from '../report/views.ts';

const DAY = 86_400_000;
const OPTIONS = { now: NOW + DAY, olderThanMs: DAY / 2 };

function branchOf(name: string): BranchName {
  return name as BranchName;
}

function folder(task: string, attempt: number, generation: number, changedAt = NOW): FoundFolder {
  return {
    key: { task: task as TaskId, attempt, generation },
    path: `/state/${task}.${attempt}.${generation}`,
    changedAt,
  };
}

const LEDGER = {
  ...makeLedger({
    done: [makeAttempt({ status: 'landed', evidence: makeEvidence('done') })],
    failed: [
      makeAttempt({
        status: 'failed',
        evidence: makeEvidence('failed', {
          headSha: null,
          failure: { cause: 'agent-timed-out', detail: '', feedback: '', isTransient: false },
        }),
      }),
    ],
    idle: [
      makeAttempt({
        status: 'failed',
        evidence: makeEvidence('idle', {
          headSha: null,
          failure: { cause: 'no-change', detail: '', feedback: '', isTransient: false },
        }),
      }),
    ],
    queued: [makeAttempt({ status: 'verified', evidence: makeEvidence('queued', { headSha: sha('5') }) })],
    cut: [makeAttempt({ status: 'running' })],
  }),
  plan: { ...aPlan(['done', 'failed', 'idle', 'queued', 'cut'].map((id) => aTask(id))), id: 'garden' },
} as CleaningFacts['ledger'];

const NOTHING: CleaningFacts = {
  ledger: LEDGER,
  isHeld: false,
  branches: [],
  worktrees: [],
  checkouts: [],
  aside: [],
  runs: [],
  folders: [],
};

function decide(overrides: Partial<CleaningFacts>, options = OPTIONS): { remove: string[]; keep: string[] } {
  const facts = { ...NOTHING, ...overrides };
  const cleaning = planCleaning(facts, options);
  const say = (items: typeof cleaning.keep): string[] => items.map((item) => `${nameOf(item)}: ${item.because}`);
  return { remove: say(cleaning.remove), keep: say(cleaning.keep) };
}

describe('planCleaning', () => {
  it('takes branches whose commits are in a branch that stays', () => {
    const branches = [
      { branch: branchOf('espalier/garden/done'), sha: sha('1'), containedIn: branchOf('main') },
      { branch: branchOf('espalier-staging/garden/trial.done.1'), sha: sha('2'), containedIn: null },
    ];
    expect(decide({ branches })).toEqual({
      remove: [
        "espalier/garden/done: its commits are in 'main'",
        'espalier-staging/garden/trial.done.1: a merge that was only tried; both of its sides are kept',
      ],
      keep: [],
    });
  });

  it.each([
    {
      name: 'commits that are nowhere else',
      branch: 'espalier/garden/failed.1',
      containedIn: null,
      says: 'nowhere else',
    },
    { name: 'the landing branch', branch: 'espalier/garden/landed', containedIn: 'main', says: 'the plan lands on it' },
    {
      name: 'a task in the queue',
      branch: 'espalier/garden/queued',
      containedIn: 'main',
      says: 'queued is not finished',
    },
    {
      name: 'a trial of a task in the queue',
      branch: 'espalier-staging/garden/trial.queued.1',
      containedIn: null,
      says: 'queued is not finished',
    },
    {
      name: 'an interrupted attempt',
      branch: 'espalier/garden/cut.1',
      containedIn: 'main',
      says: 'cut is not finished',
    },
  ])('keeps the branch of $name', ({ branch, containedIn, says }) => {
    const found = {
      branch: branchOf(branch),
      sha: sha('3'),
      containedIn: containedIn === null ? null : branchOf(containedIn),
    };
    const { remove, keep } = decide({ branches: [found] });
    expect(remove).toEqual([]);
    expect(keep[0]).toContain(says);
  });

  it('takes worktrees whose work was taken in under a name, and those without work', () => {
    const worktrees = [folder('done', 1, 1), folder('idle', 1, 1), folder('queued', 1, 1)];
    const branches = [{ branch: branchOf('espalier/garden/queued.1'), sha: sha('5'), containedIn: null }];
    expect(decide({ worktrees, branches }).remove).toEqual([
      '/state/done.1.1: its work was taken in as 111111111111',
      '/state/idle.1.1: the agent changed nothing',
      '/state/queued.1.1: its work was taken in as 555555555555',
    ]);
  });

  it('keeps worktrees with work that was never taken in, or that no branch names', () => {
    const worktrees = [folder('failed', 1, 1), folder('cut', 1, 1), folder('done', 1, 9), folder('queued', 1, 1)];
    const { remove, keep } = decide({ worktrees });
    expect(remove).toEqual([]);
    expect(keep[0]).toBe(
      '/state/failed.1.1: what an agent left there was never taken in (git worktree remove --force /state/failed.1.1)',
    );
    expect(keep[1]).toContain('interrupted');
    expect(keep).toHaveLength(4);
  });

  it('ends what was left running, and takes checkouts in which only tests ran', () => {
    const runs = [
      { name: 'espalier-x-garden.done.1.1.1', place: 'processes' },
      { name: 'espalier-x-garden.cut.1.1.1', place: 'docker' },
    ];
    expect(decide({ runs, checkouts: ['/state/done.1.1-verify'] })).toEqual({
      remove: [
        'espalier-x-garden.done.1.1.1: it was left running by a process that was killed',
        'espalier-x-garden.cut.1.1.1 (docker): it was left running by a process that was killed',
        '/state/done.1.1-verify: only tests ran there, on what is in a commit',
      ],
      keep: [],
    });
  });

  it('keeps what was moved aside, what it did not make, and a worktree that the evidence names', () => {
    const path = '/state/late.1.1';
    const failure = { cause: 'intake-refused' as const, detail: `Kept in ${path}.`, feedback: '', isTransient: false };
    const evidence = makeEvidence('done', { headSha: sha('1'), failure });
    const ledger = {
      ...LEDGER,
      tasks: { ...LEDGER.tasks, ...makeLedger({ late: [makeAttempt({ status: 'failed', evidence })] }).tasks },
    } as CleaningFacts['ledger'];
    const branches = [{ branch: branchOf('espalier/garden/late.1'), sha: sha('1'), containedIn: null }];
    const facts = {
      ledger,
      branches,
      worktrees: [folder('late', 1, 1)],
      aside: ['/state/a.1.1.kept-1', '/state/notes'],
    };
    const { remove, keep } = decide(facts);
    expect(remove).toEqual([]);
    expect(keep.slice(1)).toEqual([
      '/state/late.1.1: Kept in /state/late.1.1. (git worktree remove --force /state/late.1.1)',
      '/state/a.1.1.kept-1: an interrupted run left it and it could not be taken in (rm -rf /state/a.1.1.kept-1)',
      '/state/notes: it is nothing that Espalier made (rm -rf /state/notes)',
    ]);
  });

  it('takes logs past their age, but none of an attempt that is not finished', () => {
    const folders = [
      folder('done', 1, 1),
      folder('done', 1, 2, NOW + DAY),
      folder('queued', 1, 1),
      folder('cut', 1, 1),
    ];
    const { remove, keep } = decide({ folders });
    expect(remove).toEqual(['/state/done.1.1: it is past its age; the evidence is in the ledger']);
    expect(keep.map((each) => each.split(': ')[1])).toEqual([
      'it is younger than --older-than',
      'its attempt is not finished',
      'its attempt is not finished',
    ]);
  });

  it('touches nothing of a plan that a run works on', () => {
    const facts = {
      isHeld: true,
      branches: [{ branch: branchOf('espalier/garden/done'), sha: sha('1'), containedIn: branchOf('main') }],
      worktrees: [folder('done', 1, 1)],
      folders: [folder('done', 1, 1)],
      checkouts: ['/state/done.1.1-trial'],
      aside: ['/state/done.1.1.kept-1'],
      runs: [{ name: 'espalier-x-garden.done.1.1.1', place: 'processes' }],
    };
    expect(decide(facts).remove).toEqual([]);
    expect(decide(facts).keep).toHaveLength(6);
  });
});

describe('renderCleaning', () => {
  it('says what went, what could not, and what is kept', () => {
    const { remove, keep } = planCleaning(
      {
        ...NOTHING,
        branches: [{ branch: branchOf('espalier/garden/done'), sha: sha('1'), containedIn: branchOf('main') }],
        worktrees: [folder('done', 1, 1), folder('failed', 1, 1)],
      },
      OPTIONS,
    );
    const outcomes = remove.map((item, index) => ({ item, failure: index === 1 ? 'the disk is read-only' : null }));
    expect(renderCleaning(outcomes, keep, { isDryRun: false }).map(rowText)).toEqual([
      "removed branch espalier/garden/done: its commits are in 'main'",
      'could not remove worktree /state/done.1.1: the disk is read-only',
      'keeps worktree /state/failed.1.1: what an agent left there was never taken in (git worktree remove --force /state/failed.1.1)',
      '',
      '1 item removed, 1 kept, 1 could not be removed',
    ]);
    expect(renderCleaning([], [], { isDryRun: true }).map(rowText)).toEqual(['Nothing to clean.']);
  });
});
