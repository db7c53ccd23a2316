import { describe, expect, it } from 'vitest';

import { LABELS } from '../../../src/core/commands/labels.ts';
import {
  listNeeds,
  missingLabels,
  type SetupFacts,
  type SetupNeed,
  writeLedgerRuleset,
} from '../../../src/core/setup/setup-needs.ts';
import type { SetupOptions } from '../../../src/core/setup/setup-options.ts';
import { PLAIN_SETUP } from './rendered.ts';

const GOOD: SetupFacts = {
  owner: 'acme',
  name: 'widgets',
  defaultBranch: 'main',
  isOrganization: false,
  labels: LABELS.map(({ name }) => name),
  actions: { isEnabled: true, allowed: 'all' },
  workflowPermissions: { standard: 'read', mayOpenPulls: true },
  ledgerRules: ['creation', 'update', 'deletion'],
  queueRules: ['update'],
  workflows: ['espalier', 'espalier-dispatch', 'espalier-attempt'].map((name) => ({
    path: `.github/workflows/${name}.yml`,
    isActive: true,
  })),
  secretNames: ['ANTHROPIC_API_KEY'],
  variableNames: [],
};

function needsOf(change: Partial<SetupFacts>, options: Partial<SetupOptions> = {}): SetupNeed[] {
  return listNeeds({ ...GOOD, ...change }, { ...PLAIN_SETUP, ...options });
}

function open(needs: readonly SetupNeed[], state: SetupNeed['state']): string[] {
  return needs.filter((need) => need.state === state).map(({ name }) => name);
}

describe('a repository that has all', () => {
  it('lacks nothing; an App of its own is proposed', () => {
    expect(open(needsOf({}), 'missing')).toEqual([]);
    expect(open(needsOf({}), 'proposed')).toEqual(['App of your own']);
  });
});

describe('what is missing', () => {
  it.each<[string, Partial<SetupFacts>, Partial<SetupOptions>, string[]]>([
    ['Actions', { actions: { isEnabled: false, allowed: 'all' } }, {}, ['Actions']],
    ['actions of others', { actions: { isEnabled: true, allowed: 'local_only' } }, {}, ['Actions']],
    [
      'a workflow on the default branch',
      { workflows: GOOD.workflows!.slice(1) },
      {},
      ['workflows on the default branch'],
    ],
    ['nothing that the App does without', { workflows: GOOD.workflows!.slice(1) }, { variant: 'app' }, []],
    [
      'a workflow that is switched off',
      { workflows: GOOD.workflows!.map((each) => ({ ...each, isActive: false })) },
      {},
      ['workflows on the default branch'],
    ],
    ['a label', { labels: GOOD.labels.slice(1) }, {}, ['labels']],
    ['the key', { secretNames: [] }, {}, ['secret ANTHROPIC_API_KEY']],
    ['a key of another name', {}, { keyName: 'MY_KEY' }, ['secret MY_KEY']],
    ['no key, for a program of its own', { secretNames: [] }, { agent: 'command' }, []],
    [
      'the right to open pull requests',
      { workflowPermissions: { standard: 'read', mayOpenPulls: false } },
      {},
      ['pull requests of workflows'],
    ],
    [
      'no such right with an App',
      { workflowPermissions: { standard: 'read', mayOpenPulls: false } },
      { variant: 'app' },
      [],
    ],
    ['the key of the App', { variableNames: ['ESPALIER_CLIENT_ID'] }, {}, ['secret ESPALIER_PRIVATE_KEY']],
  ])('is %s', (_what, facts, options, missing) => {
    expect(open(needsOf(facts, options), 'missing')).toEqual(missing);
  });

  it('comes with commands that hold the names of the repository', () => {
    const [need] = needsOf({ labels: GOOD.labels.slice(1) }).filter(({ name }) => name === 'labels');
    expect(need?.steps).toEqual([
      expect.arrayContaining(['gh', 'label', 'create', 'espalier', '--repo', 'acme/widgets']),
    ]);
  });

  it('is unknown, and not missing, where the token may not look', () => {
    const needs = needsOf({
      ...{ actions: null, workflowPermissions: null, secretNames: null, variableNames: null },
      workflows: null,
    });
    expect(open(needs, 'missing')).toEqual([]);
    expect(open(needs, 'unknown')).toHaveLength(6);
  });
});

describe('what is proposed', () => {
  it('is a rule for the ledgers where one of both kinds of branches has none', () => {
    for (const facts of [{ ledgerRules: [] }, { queueRules: ['creation'] }])
      expect(open(needsOf(facts), 'proposed')).toContain('rule for the ledgers');
  });

  it('says that GitHub lets Actions alone pass no rule of a repository', () => {
    const because = (facts: Partial<SetupFacts>): string =>
      needsOf({ ledgerRules: [], ...facts }).find(({ name }) => name === 'rule for the ledgers')?.because ?? '';
    expect(because({})).toContain('takes an App of your own');
    expect(because({ isOrganization: true })).toContain('ruleset of the organization');
  });

  it('is that workflows which say nothing only read', () => {
    expect(open(needsOf({ workflowPermissions: { standard: 'write', mayOpenPulls: true } }), 'proposed')).toContain(
      'tokens of workflows',
    );
  });
});

it('compares labels as GitHub does', () => {
  expect(missingLabels({ labels: LABELS.map(({ name }) => name.toUpperCase()) })).toEqual([]);
});

it('lets nobody but one app write the ledgers and the queues', () => {
  expect(writeLedgerRuleset(7)).toMatchObject({
    enforcement: 'active',
    bypass_actors: [{ actor_id: 7, actor_type: 'Integration', bypass_mode: 'always' }],
    conditions: { ref_name: { include: ['refs/heads/espalier-ledger/**', 'refs/heads/espalier-queue/**'] } },
  });
});
