/** Rulesets, and the merge queue that one of their rules asks for. */

import { rulesFor } from '../operations/rules.ts';
import { queueEntryOf } from '../operations/merge-queue.ts';
import type { BranchRule, MergeQueueEntry, Repository, Ruleset } from '../state.ts';
import { pullOf } from '../world.ts';
import { findActor } from './account-resolvers.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { showCommit } from './git-objects.ts';
import { showPull } from './pull-resolvers.ts';
import { dateTime } from './resolver-types.ts';
import type { NodeSource, RefSource, Resolvers, TypeResolvers } from './resolver-types.ts';

type RulesetSource = NodeSource<'RepositoryRuleset'>;
type EntrySource = NodeSource<'MergeQueueEntry'>;

interface RuleSource {
  readonly repository: Repository;
  readonly ruleset: Ruleset;
  readonly rule: BranchRule;
  /** Place of the rule in its ruleset. */
  readonly index: number;
}

/** The queue of one base branch, where a rule asks for one. */
export interface QueueSource {
  readonly kind: 'MergeQueue';
  readonly repository: Repository;
  readonly branch: string;
}

/** The queue of a branch; null where no active rule asks for one. */
export function findMergeQueue(repository: Repository, branch: string): QueueSource | null {
  const hasQueue = rulesFor(repository, branch).some(({ rule }) => rule.type === 'merge_queue');
  return hasQueue ? { kind: 'MergeQueue', repository, branch } : null;
}

/** `required_status_checks` of REST is `requiredStatusChecks` of GraphQL. */
function toCamelCase(name: string): string {
  return name.replaceAll(/_(?<letter>[a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function camelCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCaseKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [toCamelCase(key), camelCaseKeys(one)]));
}

const parameterTypes: Readonly<Partial<Record<BranchRule['type'], string>>> = {
  required_status_checks: 'RequiredStatusChecksParameters',
  pull_request: 'PullRequestParameters',
  merge_queue: 'MergeQueueParameters',
  update: 'UpdateParameters',
};

/** Parameters with those that REST may leave out; null for rules that have none. */
function readParameters(rule: BranchRule): object | null {
  if (rule.type === 'required_status_checks') {
    const checks = rule.parameters.required_status_checks.map((check) => ({ integration_id: null, ...check }));
    return { do_not_enforce_on_create: false, ...rule.parameters, required_status_checks: checks };
  }
  if (rule.type === 'pull_request') return { allowed_merge_methods: null, ...rule.parameters };
  return 'parameters' in rule ? (rule.parameters ?? null) : null;
}

function showParameters({ rule }: RuleSource): Record<string, unknown> | null {
  const kind = parameterTypes[rule.type];
  const parameters = readParameters(rule);
  if (kind === undefined || parameters === null) return null;
  return { kind, ...(camelCaseKeys(parameters) as Record<string, unknown>) };
}

/** Rules that hold on a ref, as fields of it. Branch protections of the older kind are not known here. */
export const refRuleFields: TypeResolvers<RefSource> = {
  rules: ({ repository, name }, page: PageArguments) => {
    const isBranch = name.startsWith('refs/heads/');
    const rules = isBranch ? rulesFor(repository, name.slice('refs/heads/'.length)) : [];
    return pageThrough(
      rules.map(({ ruleset, rule }): RuleSource => ({ repository, ruleset, rule, index: ruleset.rules.indexOf(rule) })),
      page,
    );
  },
  branchProtectionRule: () => null,
  refUpdateRule: () => null,
};

function listRules({ repository, ruleset }: RulesetSource): RuleSource[] {
  return ruleset.rules.map((rule, index) => ({ repository, ruleset, rule, index }));
}

const rulesetFields: TypeResolvers<RulesetSource> = {
  id: ({ ruleset }) => ruleset.nodeId,
  databaseId: ({ ruleset }) => ruleset.id,
  name: ({ ruleset }) => ruleset.name,
  enforcement: ({ ruleset }) => ruleset.enforcement.toUpperCase(),
  target: () => 'BRANCH',
  source: ({ repository }) => ({ kind: 'Repository', repository }),
  conditions: ({ ruleset }) => ({ refName: { include: ruleset.include, exclude: ruleset.exclude } }),
  rules: (source, { type, ...page }: PageArguments & { readonly type?: string | null }) =>
    pageThrough(
      listRules(source).filter(({ rule }) => type == null || rule.type.toUpperCase() === type),
      page,
    ),
};

const entryFields: TypeResolvers<EntrySource> = {
  id: ({ entry }) => entry.nodeId,
  state: ({ entry }) => entry.state,
  position: (source) => positionOf(source),
  jump: ({ entry }) => entry.isJump,
  solo: () => false,
  enqueuedAt: ({ entry }) => dateTime(entry.enqueuedAt),
  enqueuer: ({ entry }, _args, context) => findActor(context, entry.enqueuer),
  baseCommit: ({ repository, entry }) => showCommit(repository, entry.group?.baseSha ?? null),
  headCommit: ({ repository, entry }) => showCommit(repository, entry.group?.headSha ?? null),
  estimatedTimeToMerge: () => null,
  mergeQueue: ({ repository, entry }) => findMergeQueue(repository, entry.branch),
  pullRequest: ({ repository, entry }) => showPull(repository, pullOf(repository, entry.pullNumber)),
};

/** Counted from 1; 0 for an entry that has just left the queue. */
function positionOf({ repository, entry }: EntrySource): number {
  return queueEntryOf(repository, pullOf(repository, entry.pullNumber))?.position ?? 0;
}

function showEntry(repository: Repository, entry: MergeQueueEntry): EntrySource {
  return { kind: 'MergeQueueEntry', repository, entry };
}

const queueFields: TypeResolvers<QueueSource> = {
  id: ({ repository, branch }) => `MQ_kw${Buffer.from(`${repository.id} ${branch}`).toString('base64url')}`,
  repository: ({ repository }) => ({ kind: 'Repository', repository }),
  url: ({ repository, branch }, _args, { world }) =>
    `${world.urls.web}/${repository.owner}/${repository.name}/queue/${branch}`,
  entries: ({ repository, branch }, page: PageArguments) =>
    pageThrough(
      (repository.mergeQueues.get(branch) ?? []).map((entry) => showEntry(repository, entry)),
      page,
    ),
  configuration: ({ repository, branch }) => {
    const found = rulesFor(repository, branch).find(({ rule }) => rule.type === 'merge_queue');
    return found?.rule.type === 'merge_queue' ? found.rule.parameters : null;
  },
};

type QueueParameters = Extract<BranchRule, { type: 'merge_queue' }>['parameters'];

const configurationFields: TypeResolvers<QueueParameters> = {
  checkResponseTimeout: (parameters) => parameters.check_response_timeout_minutes,
  maximumEntriesToBuild: (parameters) => parameters.max_entries_to_build,
  maximumEntriesToMerge: (parameters) => parameters.max_entries_to_merge,
  minimumEntriesToMerge: (parameters) => parameters.min_entries_to_merge,
  minimumEntriesToMergeWaitTime: (parameters) => parameters.min_entries_to_merge_wait_minutes,
  mergeMethod: (parameters) => parameters.merge_method,
  mergingStrategy: (parameters) => parameters.grouping_strategy,
};

export const ruleResolvers: Resolvers = {
  RepositoryRuleset: rulesetFields,
  RepositoryRule: {
    id: ({ ruleset, index }: RuleSource) => `RRU_kw${Buffer.from(`${ruleset.id} ${index}`).toString('base64url')}`,
    type: ({ rule }: RuleSource) => rule.type.toUpperCase(),
    parameters: (source: RuleSource) => showParameters(source),
    repositoryRuleset: ({ repository, ruleset }: RuleSource) => ({ kind: 'RepositoryRuleset', repository, ruleset }),
  },
  MergeQueue: queueFields,
  MergeQueueEntry: entryFields,
  MergeQueueConfiguration: configurationFields,
};
