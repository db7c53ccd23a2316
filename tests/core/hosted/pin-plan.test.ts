import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { digestText } from '../../../src/core/digest.ts';
import { dispatchableTasks, proposePlan, readIssuePlan } from '../../../src/core/hosted/pin-plan.ts';
import { createForgeRecord, type ForgeRecord, type ProposedPlan } from '../../../src/core/ledger/forge-record.ts';
import { aLedger, aPlan, aTask, taskId } from '../../support/builders.ts';
import { chooseDepth } from '../../support/depth.ts';
import { planText } from '../../support/hosted-builders.ts';

const ISSUE = 7;
const NOW = 5000;
const FIELDS = { a: 'title: Do a', b: 'title: Do b, needs: [a]' };
const TEXT = planText(FIELDS);
const ACCEPTED = readIssuePlan(ISSUE, TEXT, null);

function ledgerOf(text = TEXT) {
  const { plan } = readIssuePlan(ISSUE, text, null);
  if (plan === null) throw new Error('The text of this test is a plan.');
  return aLedger(plan);
}

function recordOf(overrides: Partial<ForgeRecord> = {}): ForgeRecord {
  const { plan, source } = ACCEPTED;
  const accepted = { revision: plan?.revision ?? source, source, by: 'maintainer', at: 0 };
  return { ...createForgeRecord(ISSUE), accepted, ...overrides };
}

function propose(text: string, overrides: Partial<ForgeRecord> = {}): ProposedPlan | null {
  return proposePlan(ledgerOf(), recordOf(overrides), readIssuePlan(ISSUE, text, null), NOW);
}

describe('the plan of an issue', () => {
  it('has the id of the issue, whatever its text says', () => {
    for (const id of ['garden', '../x', 'issue-8'])
      expect(readIssuePlan(ISSUE, TEXT.replace('garden', id), null).plan?.id ?? 'issue-7').toBe('issue-7');
  });

  it('is the same for the line endings of a browser', () => {
    const browser = readIssuePlan(ISSUE, TEXT.replaceAll('\n', '\r\n'), null);
    expect(browser.source).toBe(ACCEPTED.source);
    expect(browser.plan?.revision).toBe(ACCEPTED.plan?.revision);
  });

  it('is read once for the same text, and another one for another text, configuration or issue', () => {
    expect(readIssuePlan(ISSUE, TEXT, null)).toBe(readIssuePlan(ISSUE, TEXT, null));
    expect(readIssuePlan(ISSUE, TEXT, 'max_parallel: 2')).not.toBe(readIssuePlan(ISSUE, TEXT, null));
    expect(readIssuePlan(8, TEXT, null).plan?.id).toBe('issue-8');
  });

  it('is none where the configuration cannot be read, and asks for a check that nobody can give then', () => {
    const reading = readIssuePlan(ISSUE, TEXT, 'github: [');
    expect(reading).toMatchObject({ plan: null, isConfigRead: false });
    expect(reading.configProblems.length).toBeGreaterThan(0);
    expect(reading.config.github.checks).toEqual([{ name: 'what .github/espalier.yml asks for', appId: -1 }]);
    expect(readIssuePlan(ISSUE, TEXT, '').isConfigRead).toBe(true);
  });

  it('never throws, and answers in bounded time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 100 }), (body, config) => {
        const { source } = readIssuePlan(ISSUE, `\`\`\`espalier\n${body}\n\`\`\``, config);
        expect(source).toHaveLength(64);
      }),
      { numRuns: chooseDepth(60, 200) },
    );
  });
});

describe('an edited text', () => {
  it.each([
    ['it is the accepted one', TEXT],
    ['it says the same in other words', `# Other words\n\n${TEXT}`],
  ])('is no proposal if %s', (_what, text) => {
    expect(propose(text)).toBeNull();
  });

  it.each<[string, string, Partial<ProposedPlan>]>([
    [
      'names the tasks that it changes',
      planText({ ...FIELDS, a: 'title: Do a, owns: [x]' }),
      { changed: [taskId('a')], added: [], removed: [], isFrameChanged: false },
    ],
    [
      'names the tasks that it adds and removes',
      planText({ a: FIELDS.a, c: 'title: C' }),
      { changed: [], added: [taskId('c')], removed: [taskId('b')] },
    ],
    [
      'names the tasks of which it changes the title, which reviewers are told',
      planText({ a: 'title: Do it all', b: 'title: B, needs: [a], owns: [x]' }),
      { changed: [taskId('b')], retitled: [taskId('a')], isFrameChanged: false },
    ],
    ['tells a change around the tasks', planText(FIELDS, 'base: other'), { changed: [], isFrameChanged: true }],
    ['that is no plan has no revision', 'nothing', { revision: null, changed: [], added: [], removed: [] }],
  ])('%s', (_what, text, wanted) => {
    expect(propose(text)).toMatchObject({ ...wanted, seenAt: NOW });
  });

  it('tells nothing of a title that no reviewer is told', () => {
    const off = planText(FIELDS).replace('review: "command: ./review"', 'review: off');
    const text = off.replace('Do a', 'Do it all');
    const proposed = proposePlan(ledgerOf(off), recordOf(), readIssuePlan(ISSUE, text, null), NOW);
    expect(proposed).toMatchObject({ changed: [], added: [], removed: [] });
    expect(proposed).not.toHaveProperty('retitled');
  });

  it('is the same proposal as long as the text is the same, and none before the plan was accepted', () => {
    const text = planText({ ...FIELDS, a: 'owns: [x]' });
    const proposed = propose(text);
    expect(propose(text, { proposed })).toBe(proposed);
    expect(propose(TEXT, { proposed })).toBeNull();
    expect(propose(text, { accepted: null })).toBeNull();
  });
});

describe('tasks that may be dispatched', () => {
  const plan = aPlan(['a', 'b', 'c'].map((id) => aTask(id)));
  const proposal: ProposedPlan = {
    source: digestText('x'),
    revision: digestText('y'),
    changed: [],
    added: [],
    removed: [],
    isFrameChanged: false,
    seenAt: 0,
  };
  it.each<[string, Partial<ForgeRecord>, string[] | null]>([
    ['are all', {}, null],
    ['are those that were asked for', { only: [taskId('b')] }, ['b']],
    ['are not those that a proposal changes', { proposed: { ...proposal, changed: [taskId('a')] } }, ['b', 'c']],
    ['are not those that a proposal removes', { proposed: { ...proposal, removed: [taskId('c')] } }, ['a', 'b']],
    ['are all of them where a proposal only adds some', { proposed: proposal }, ['a', 'b', 'c']],
    ['are none where the text is no plan any more', { proposed: { ...proposal, revision: null } }, []],
    [
      'are those that were asked for and are not changed',
      { only: [taskId('a'), taskId('b')], proposed: { ...proposal, changed: [taskId('a')] } },
      ['b'],
    ],
  ])('%s', (_what, record, wanted) => {
    const tasks = dispatchableTasks(aLedger(plan), { ...createForgeRecord(ISSUE), ...record });
    expect(tasks === null ? null : [...tasks]).toEqual(wanted);
  });
});
