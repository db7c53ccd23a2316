import { describe, expect, it } from 'vitest';

import type { BaseRules } from '../../../src/core/hosted/facts.ts';
import type { LandingSetting } from '../../../src/core/hosted/hosted-config.ts';
import { landingWay } from '../../../src/core/hosted/landing-way.ts';
import { FREE_RULES } from '../../support/hosted-builders.ts';

const APP_ID = 7;
const CI = { requiredChecks: [{ name: 'ci', appId: null }] };
const QUEUE = { requiredChecks: [{ name: 'espalier/gate', appId: APP_ID }], hasMergeQueue: true };
const STRICT = { ...CI, isStrict: true, requiresPull: true };

describe('the way to land', () => {
  it.each<[string, LandingSetting, Partial<BaseRules>, string]>([
    ['nothing forbids moving the base', 'auto', {}, 'fast-forward exact'],
    ['it is asked for and nothing forbids it', 'fast-forward', {}, 'fast-forward exact'],
    ['"up to date" is said and no check is required', 'auto', { isStrict: true }, 'fast-forward exact'],
    ['a pull request is required', 'auto', { requiresPull: true }, 'merge audited'],
    ['an approval is required', 'auto', { approvals: 1 }, 'merge audited'],
    ['another rule restricts the base', 'auto', { otherRules: ['required_signatures'] }, 'merge audited'],
    ['a check is required', 'auto', CI, 'merge audited, moves'],
    ['a check and an up-to-date branch are required', 'auto', STRICT, 'merge exact, moves'],
    ['squash is asked for', 'squash', STRICT, 'squash exact, moves'],
    ['squash is asked for on a free base', 'squash', {}, 'squash audited'],
    ['rebase is asked for, which makes other commits', 'rebase', STRICT, 'rebase audited, moves'],
    [
      'merge commits are not allowed',
      'auto',
      { ...STRICT, allowedMergeMethods: ['squash', 'rebase'] },
      'squash exact, moves',
    ],
    ['only rebase is allowed', 'auto', { ...STRICT, allowedMergeMethods: ['rebase'] }, 'rebase audited, moves'],
    ['history must be linear', 'auto', { ...STRICT, otherRules: ['required_linear_history'] }, 'squash exact, moves'],
    ['approvals survive an update', 'auto', { ...STRICT, approvals: 2 }, 'merge exact, moves'],
    [
      'approvals fall with an update that nobody demands',
      'auto',
      { ...CI, approvals: 1, dismissesStaleReviews: true },
      'merge audited',
    ],
    [
      'the last push must be approved, and no update is demanded',
      'auto',
      { ...CI, approvals: 1, requiresLastPushApproval: true },
      'merge audited',
    ],
    [
      'approvals would fall, but none is required',
      'auto',
      { ...STRICT, dismissesStaleReviews: true },
      'merge exact, moves',
    ],
    ["there is a merge queue that asks for this app's gate", 'auto', QUEUE, 'enqueue exact'],
    ['there is a merge queue and a method is asked for', 'squash', QUEUE, 'enqueue exact'],
    ['there is a merge queue that asks for other checks', 'auto', { ...CI, hasMergeQueue: true }, 'enqueue audited'],
    [
      'there is a merge queue that takes the gate from anybody',
      'auto',
      { requiredChecks: [{ name: 'espalier/gate', appId: null }], hasMergeQueue: true },
      'enqueue audited',
    ],
  ])('when %s', (_when, landing, rules, wanted) => {
    const plan = landingWay({ ...FREE_RULES, ...rules }, { landing }, APP_ID);
    expect('way' in plan ? `${plan.way} ${plan.strength}${plan.movesBranch ? ', moves' : ''}` : plan).toBe(wanted);
    expect('way' in plan && plan.because).toMatch(/\w/);
  });

  it.each<[string, LandingSetting, Partial<BaseRules>, RegExp, RegExp]>([
    [
      'fast-forward is asked for and a pull request required',
      'fast-forward',
      { requiresPull: true },
      /pull request/,
      /landing: auto/,
    ],
    ['fast-forward is asked for and a check required', 'fast-forward', CI, /'ci'/, /landing: auto/],
    [
      'fast-forward is asked for and a rule forbids it',
      'fast-forward',
      { otherRules: ['update'] },
      /'update'/,
      /landing: auto/,
    ],
    [
      'fast-forward is asked for on a merge queue',
      'fast-forward',
      { hasMergeQueue: true },
      /merge queue/,
      /landing: auto/,
    ],
    ['the asked-for method is not allowed', 'squash', { allowedMergeMethods: ['merge'] }, /squash/, /landing: merge/],
    [
      'merge commits are asked for and history must be linear',
      'merge',
      { otherRules: ['required_linear_history'] },
      /merge/,
      /landing: squash/,
    ],
    ['no method is allowed', 'auto', { requiresPull: true, allowedMergeMethods: [] }, /no way/, /allow/],
    [
      'updates are demanded and dismiss approvals',
      'auto',
      { ...STRICT, approvals: 1, dismissesStaleReviews: true },
      /dismisses/,
      /switch/,
    ],
    [
      'updates are demanded and need a new approval',
      'auto',
      { ...STRICT, approvals: 1, requiresLastPushApproval: true },
      /new approval/,
      /switch/,
    ],
  ])('there is none when %s', (_when, landing, rules, because, next) => {
    const plan = landingWay({ ...FREE_RULES, ...rules }, { landing }, APP_ID);
    expect('impossible' in plan ? plan.impossible : '').toMatch(because);
    expect('impossible' in plan ? plan.next : '').toMatch(next);
  });
});
