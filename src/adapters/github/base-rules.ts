/** What the rules of a base ask for: from the list of rules that apply to it, and from a protection of the older kind. */
import { z } from 'zod';

import type { BaseRules } from '../../core/hosted/facts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GitHubClient } from './github-client.ts';
import { PAGE_SIZE, readPages } from './read-pages.ts';

const Method = z.enum(['merge', 'squash', 'rebase']);
type Method = z.infer<typeof Method>;

const CheckRule = z.object({
  required_status_checks: z.array(z.object({ context: z.string(), integration_id: z.number().nullish() })),
  strict_required_status_checks_policy: z.boolean().optional(),
});
const PullRule = z.object({
  required_approving_review_count: z.number().optional(),
  dismiss_stale_reviews_on_push: z.boolean().optional(),
  require_last_push_approval: z.boolean().optional(),
  require_code_owner_review: z.boolean().optional(),
  allowed_merge_methods: z.array(z.string()).optional(),
});
const ListedRule = z.object({ type: z.string(), parameters: z.unknown().optional() });
export type ListedRule = z.infer<typeof ListedRule>;

/** A protection of the older kind, as GraphQL shows it to an app that may write: without apps and strictness. */
export const RefUpdateRule = z.object({
  requiredApprovingReviewCount: z.number().nullable(),
  requiredStatusCheckContexts: z.array(z.string().nullable()).nullable(),
  requiresCodeOwnerReviews: z.boolean(),
  requiresLinearHistory: z.boolean(),
  requiresSignatures: z.boolean(),
  viewerCanPush: z.boolean(),
});

/** The same as GraphQL shows it to few. */
export const BranchProtectionRule = z.object({
  requiresStrictStatusChecks: z.boolean(),
  requiresApprovingReviews: z.boolean(),
  dismissesStaleReviews: z.boolean(),
  requireLastPushApproval: z.boolean(),
  requiredStatusChecks: z
    .array(z.object({ context: z.string(), app: z.object({ databaseId: z.number().nullable() }).nullable() }))
    .nullable(),
});

/** What GraphQL says beside the list of rules. */
export interface RuleContext {
  methods: readonly Method[];
  update: z.infer<typeof RefUpdateRule> | null;
  protection: z.infer<typeof BranchProtectionRule> | null;
}

/** Rules that stand in no way of a compare-and-swap to a descendant: of creation, deletion and forced moves. */
const HARMLESS = new Set(['creation', 'deletion', 'non_fast_forward']);
/** Rules with a field of their own. */
const READ = new Map<string, z.ZodType>([
  ['required_status_checks', CheckRule],
  ['pull_request', PullRule],
  ['merge_queue', z.unknown()],
]);

/** Puts together what several rules say: each may only ask for more. */
export function combineRules(listed: readonly ListedRule[], { methods, update, protection }: RuleContext): BaseRules {
  const checkRules = parametersOf(listed, 'required_status_checks', CheckRule);
  const pullRules = parametersOf(listed, 'pull_request', PullRule);
  const isPullListed = listed.some(({ type }) => type === 'pull_request');
  const needsOwners =
    pullRules.some((rule) => rule.require_code_owner_review === true) || update?.requiresCodeOwnerReviews === true;
  const approvals = Math.max(
    0,
    ...pullRules.map((rule) => rule.required_approving_review_count ?? 0),
    update?.requiredApprovingReviewCount ?? 0,
    // An owner's approval is one, where no number is asked for.
    needsOwners ? 1 : 0,
  );
  return {
    requiredChecks: combineChecks(checkRules, update, protection),
    isStrict:
      checkRules.some((rule) => rule.strict_required_status_checks_policy === true) ||
      protection?.requiresStrictStatusChecks === true,
    approvals,
    dismissesStaleReviews:
      pullRules.some((rule) => rule.dismiss_stale_reviews_on_push === true) ||
      protection?.dismissesStaleReviews === true,
    requiresLastPushApproval:
      pullRules.some((rule) => rule.require_last_push_approval === true) ||
      protection?.requireLastPushApproval === true,
    requiresPull: isPullListed || protection?.requiresApprovingReviews === true || approvals > 0,
    hasMergeQueue: listed.some(({ type }) => type === 'merge_queue'),
    allowedMergeMethods: methods.filter((method) =>
      pullRules.every((rule) => rule.allowed_merge_methods?.includes(method) ?? true),
    ),
    otherRules: [...new Set([...listOthers(listed), ...listOlder(update)])],
  };
}

/** Rules without a field of their own, and those that have one but say something that is not understood. */
function listOthers(listed: readonly ListedRule[]): string[] {
  return listed
    .filter(({ type, parameters }) => {
      const schema = READ.get(type);
      return schema === undefined ? !HARMLESS.has(type) : !schema.safeParse(parameters).success;
    })
    .map(({ type }) => type);
}

function listOlder(update: RuleContext['update']): string[] {
  if (update === null) return [];
  return [
    ...(update.viewerCanPush ? [] : ['restricted pushes']),
    ...(update.requiresSignatures ? ['required_signatures'] : []),
    ...(update.requiresLinearHistory ? ['required_linear_history'] : []),
  ];
}

function parametersOf<T>(listed: readonly ListedRule[], type: string, schema: z.ZodType<T>): T[] {
  return listed
    .filter((rule) => rule.type === type)
    .flatMap(({ parameters }) => {
      const parsed = schema.safeParse(parameters);
      return parsed.success ? [parsed.data] : [];
    });
}

/** One entry for each name and app; a name that some rule wants of one app is not also wanted of any. */
function combineChecks(
  rules: readonly z.infer<typeof CheckRule>[],
  update: RuleContext['update'],
  protection: RuleContext['protection'],
): BaseRules['requiredChecks'] {
  const wanted = [
    ...rules.flatMap((rule) =>
      rule.required_status_checks.map(({ context, integration_id: id }) => ({ name: context, appId: id ?? null })),
    ),
    ...(protection?.requiredStatusChecks ?? []).map(({ context, app }) => ({
      name: context,
      appId: app?.databaseId ?? null,
    })),
    ...(update?.requiredStatusCheckContexts ?? []).flatMap((name) => (name === null ? [] : [{ name, appId: null }])),
  ];
  const unique = new Map(wanted.map((check) => [JSON.stringify([check.name, check.appId]), check]));
  const ofApps = new Set(wanted.filter(({ appId }) => appId !== null).map(({ name }) => name));
  return [...unique.values()].filter(({ name, appId }) => appId !== null || !ofApps.has(name));
}

/** The list of rules of each base, read again when it is some minutes old. */
export interface ListedRules {
  get(address: { owner: string; name: string }, base: string): Promise<readonly ListedRule[]>;
  /** Makes the next look ask again: GitHub has refused what these rules seemed to allow. */
  forget(base: string): void;
}

const KEPT_MS = 5 * 60_000;

/** Opens the rules of one repository's bases. */
export function openListedRules(client: GitHubClient, clock: Pick<Clock, 'now'>): ListedRules {
  const kept = new Map<string, { rules: readonly ListedRule[]; readAtMs: number }>();
  return {
    async get({ owner, name }, base) {
      const known = kept.get(base);
      if (known !== undefined && clock.now() - known.readAtMs < KEPT_MS) return known.rules;
      const readAtMs = clock.now();
      const rules = await readPages(
        (next) =>
          client.restPage({
            route: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
            parameters: { owner, repo: name, branch: base, per_page: PAGE_SIZE, ...next },
            what: 'Reading the rules of the base branch',
            answer: z.array(ListedRule),
          }),
        (page) => page,
      );
      kept.set(base, { rules, readAtMs });
      return rules;
    },
    forget: (base) => void kept.delete(base),
  };
}
