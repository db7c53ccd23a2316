import { describe, expect, it } from 'vitest';

import { findHindrances } from '../../../src/core/hosted/find-hindrances.ts';
import type { BaseRules } from '../../../src/core/hosted/facts.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import { makeQuery } from '../../../src/core/hosted/make-query.ts';
import { readIssuePlan } from '../../../src/core/hosted/pin-plan.ts';
import { taskId } from '../../support/builders.ts';
import { FREE_RULES, planText, someFacts } from '../../support/hosted-builders.ts';
import { startApp } from '../../support/hosted-replica.ts';

const ask = (state: Parameters<typeof makeQuery>[0]) => makeQuery(state, 7, { base: null, logins: [] });

describe('a query', () => {
  it('asks for the issue alone before a plan was started', () => {
    expect(ask(null)).toMatchObject({
      issue: 7,
      base: null,
      tasks: [],
      trials: [],
      runs: [],
      receipts: [],
      landings: [],
    });
  });

  it('asks for what has begun, and for nothing of the tasks that wait', () => {
    const { shared } = startApp();
    const query = ask(shared.state);
    expect(query.tasks.map(({ task, branch }) => [task, branch])).toEqual([['a', 'espalier/issue-7/a']]);
    expect(query.runs).toHaveLength(1);
    expect(query.receipts.map(({ branch, artifact }) => [branch, artifact])).toEqual([
      ['espalier-staging/issue-7/receipt/a.1.1', 'espalier-a.1-evidence.json'],
    ]);
    expect(query.base).toBe('main');
    expect([...query.knownSources]).toEqual(['IC_101']);
  });

  it('asks for nothing of what is over', () => {
    const { shared, app } = startApp();
    app.finish();
    expect(ask(shared.state)).toMatchObject({ tasks: [], trials: [], runs: [], receipts: [], landings: [] });
  });
});

describe('what a repository has that cannot work', () => {
  const find = (rules: Partial<BaseRules>, text = planText({ a: 'title: A' }), config: string | null = null) =>
    findHindrances(
      someFacts({ rules: { ...FREE_RULES, ...rules } }),
      HOSTED_DEFAULTS,
      readIssuePlan(7, text, config),
    ).map(({ because }) => because);

  it('is nothing where everything is allowed', () => {
    expect(find({})).toEqual([]);
  });

  it.each<[string, Partial<BaseRules>, string, string | null, RegExp]>([
    ['no way to merge', { requiresPull: true, allowedMergeMethods: [] }, 'title: A', null, /allow no way to merge/],
    ["a task's branch that is the base", {}, 'branch: main', null, /names the branch 'main'/],
    ["a task's branch for a shell", {}, 'branch: "x;id"', null, /characters that a shell/],
    [
      'approvals that an update dismisses',
      { approvals: 1, dismissesStaleReviews: true },
      'title: A',
      'github: {checks: [ci]}',
      /are dismissed on every push/,
    ],
    [
      'an approval of the last push',
      { approvals: 1, requiresLastPushApproval: true },
      'title: A',
      'github: {checks: [ci]}',
      /must be approved by somebody else/,
    ],
  ])('is %s', (_what, rules, fields, config, because) => {
    expect(find(rules, planText({ [taskId('a')]: fields }), config).join('\n')).toMatch(because);
  });

  it('is a base that is not there', () => {
    const facts = someFacts({ base: { branch: 'gone' as ReturnType<typeof someFacts>['base']['branch'], tip: null } });
    const found = findHindrances(facts, HOSTED_DEFAULTS, readIssuePlan(7, planText({ a: 'title: A' }), null));
    expect(found.map(({ because }) => because)).toEqual(["there is no branch 'gone' to land on"]);
  });
});

describe('what of a repository stops a plan that runs', () => {
  it.each<[string, (opened: ReturnType<typeof startApp>) => void, string]>([
    ['a base that is gone', ({ world }) => world.branches.delete('main'), 'repository-base'],
    ['a configuration that cannot be read', ({ world }) => (world.configText = 'github: ['), 'repository-config'],
    [
      'rules by which nothing can land',
      ({ world }) => (world.rules = { ...FREE_RULES, requiresPull: true, allowedMergeMethods: [] }),
      'repository-landing',
    ],
  ])('is %s: told once, and forgotten when it is gone', (_what, spoil, code) => {
    const opened = startApp();
    const { world, shared, app } = opened;
    const tip = world.tip();
    const { rules, configText } = world;
    spoil(opened);
    app.settle();
    app.settle();
    expect(shared.state.record.obstacle?.code).toBe(code);
    expect(world.ownComments().filter(({ body }) => body.startsWith('<!-- espalier:answer obstacle.'))).toHaveLength(1);
    if (tip !== null) world.branches.set('main', tip);
    Object.assign(world, { rules, configText });
    app.settle();
    expect(shared.state.record.obstacle).toBeNull();
    app.finish();
    expect(shared.plan.certificates).toHaveLength(2);
  });
});
