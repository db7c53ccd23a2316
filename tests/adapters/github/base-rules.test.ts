import { describe, expect, test } from 'vitest';

import { combineRules, type ListedRule, type RuleContext } from '../../../src/adapters/github/base-rules.ts';
import type { BaseRules } from '../../../src/core/hosted/facts.ts';

const NOTHING: BaseRules = {
  requiredChecks: [],
  isStrict: false,
  approvals: 0,
  dismissesStaleReviews: false,
  requiresLastPushApproval: false,
  requiresPull: false,
  hasMergeQueue: false,
  allowedMergeMethods: ['merge', 'squash', 'rebase'],
  otherRules: [],
};

const UPDATE: NonNullable<RuleContext['update']> = {
  requiredApprovingReviewCount: 0,
  requiredStatusCheckContexts: [],
  requiresCodeOwnerReviews: false,
  requiresLinearHistory: false,
  requiresSignatures: false,
  viewerCanPush: true,
};

function checks(contexts: { context: string; integration_id?: number }[], isStrict = false): ListedRule {
  return {
    type: 'required_status_checks',
    parameters: { required_status_checks: contexts, strict_required_status_checks_policy: isStrict },
  };
}

function pulls(parameters: Record<string, unknown>): ListedRule {
  return { type: 'pull_request', parameters };
}

describe('the rules of a base', () => {
  const rows: {
    name: string;
    listed: ListedRule[];
    context?: Partial<RuleContext>;
    rules: Partial<BaseRules>;
  }[] = [
    { name: 'ask for nothing where there are none', listed: [], rules: {} },
    {
      name: 'that only forbid to create, delete or force stand in the way of nothing',
      listed: [{ type: 'creation' }, { type: 'deletion' }, { type: 'non_fast_forward' }],
      rules: {},
    },
    {
      name: 'that this program does not know are named',
      listed: [{ type: 'update' }, { type: 'required_signatures' }, { type: 'code_scanning' }, { type: 'update' }],
      rules: { otherRules: ['update', 'required_signatures', 'code_scanning'] },
    },
    {
      name: 'of several rulesets add up: every check, the strictest policy',
      listed: [
        checks([{ context: 'test', integration_id: 7 }, { context: 'lint' }]),
        checks([{ context: 'test' }, { context: 'test', integration_id: 8 }], true),
      ],
      rules: {
        requiredChecks: [
          { name: 'test', appId: 7 },
          { name: 'lint', appId: null },
          { name: 'test', appId: 8 },
        ],
        isStrict: true,
      },
    },
    {
      name: 'of several rulesets add up: most approvals, fewest ways to merge',
      listed: [
        pulls({ required_approving_review_count: 1, allowed_merge_methods: ['merge', 'squash'] }),
        pulls({
          required_approving_review_count: 2,
          dismiss_stale_reviews_on_push: true,
          require_last_push_approval: true,
          allowed_merge_methods: ['squash', 'rebase'],
        }),
      ],
      rules: {
        approvals: 2,
        dismissesStaleReviews: true,
        requiresLastPushApproval: true,
        requiresPull: true,
        allowedMergeMethods: ['squash'],
      },
    },
    {
      name: 'ask for a pull request also where they ask for no approval',
      listed: [pulls({ required_approving_review_count: 0 })],
      rules: { requiresPull: true },
    },
    {
      name: "that ask for an owner's review ask for an approval",
      listed: [pulls({ required_approving_review_count: 0, require_code_owner_review: true })],
      rules: { requiresPull: true, approvals: 1 },
    },
    { name: 'know a merge queue', listed: [{ type: 'merge_queue', parameters: {} }], rules: { hasMergeQueue: true } },
    {
      name: 'allow only what the repository allows',
      listed: [],
      context: { methods: ['squash'] },
      rules: { allowedMergeMethods: ['squash'] },
    },
    {
      name: 'of the older kind count as shown to an app: checks of any app, approvals, who may push',
      listed: [checks([{ context: 'test', integration_id: 7 }])],
      context: {
        update: {
          ...UPDATE,
          requiredApprovingReviewCount: 1,
          requiredStatusCheckContexts: ['test', 'build', null],
          requiresLinearHistory: true,
          requiresSignatures: true,
          viewerCanPush: false,
        },
      },
      rules: {
        requiredChecks: [
          { name: 'test', appId: 7 },
          { name: 'build', appId: null },
        ],
        approvals: 1,
        requiresPull: true,
        otherRules: ['restricted pushes', 'required_signatures', 'required_linear_history'],
      },
    },
    {
      name: 'of the older kind count in full where they are shown in full',
      listed: [],
      context: {
        update: { ...UPDATE, requiredStatusCheckContexts: ['test'] },
        protection: {
          requiresStrictStatusChecks: true,
          requiresApprovingReviews: true,
          dismissesStaleReviews: true,
          requireLastPushApproval: true,
          requiredStatusChecks: [{ context: 'test', app: { databaseId: 7 } }],
        },
      },
      rules: {
        requiredChecks: [{ name: 'test', appId: 7 }],
        isStrict: true,
        requiresPull: true,
        dismissesStaleReviews: true,
        requiresLastPushApproval: true,
      },
    },
    {
      name: 'that say something that is not understood stand in the way',
      listed: [
        { type: 'pull_request', parameters: { required_approving_review_count: 'many' } },
        { type: 'required_status_checks' },
      ],
      rules: { requiresPull: true, otherRules: ['pull_request', 'required_status_checks'] },
    },
  ];
  test.each(rows)('$name', ({ listed, context, rules }) => {
    const known = { methods: NOTHING.allowedMergeMethods, update: UPDATE, protection: null, ...context };
    expect(combineRules(listed, known)).toEqual({ ...NOTHING, ...rules });
  });
});
