/** The answer to the document of `observe-query.ts`, checked. */
import { z } from 'zod';

import { Author, Commit, CommitName, nodesOf, Time, TreeName } from './answer-shapes.ts';
import { BranchProtectionRule, RefUpdateRule } from './base-rules.ts';
import { FileEntry } from './read-blob.ts';
import { BackwardPage, Comment } from './read-comments.ts';
import { Suites } from './read-held-runs.ts';
import { BasePulls, MergeQueue } from './read-merge-queue.ts';
import { Pull } from './read-pull.ts';

const Tip = z.object({ target: z.object({ oid: CommitName }).nullable() }).nullable();
const Labels = z.object({ nodes: nodesOf(z.object({ id: z.string(), name: z.string() })) }).nullable();

export const LabelEvent = z.object({
  __typename: z.enum(['LabeledEvent', 'UnlabeledEvent']),
  id: z.string(),
  createdAt: Time,
  actor: Author,
  label: z.object({ name: z.string() }),
});
export type LabelEvent = z.infer<typeof LabelEvent>;

export const CommentPage = z.object({ pageInfo: BackwardPage, nodes: nodesOf(Comment) });

const Issue = z.object({
  id: z.string(),
  number: z.number(),
  state: z.enum(['OPEN', 'CLOSED']),
  title: z.string(),
  body: z.string(),
  lastEditedAt: Time.nullable(),
  labels: Labels,
  labelEvents: z.object({ nodes: nodesOf(LabelEvent) }),
  comments: CommentPage,
});
export type Issue = z.infer<typeof Issue>;

/** The part that is asked once. What was asked of each task is under names of its own. */
export const ObservedRepository = z.looseObject({
  id: z.string(),
  databaseId: z.number().nullable(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  isArchived: z.boolean(),
  mergeCommitAllowed: z.boolean(),
  squashMergeAllowed: z.boolean(),
  rebaseMergeAllowed: z.boolean(),
  defaultBranchRef: z.object({ name: z.string() }).nullable(),
  ledger: Tip,
  queue: Tip.optional(),
  queues: z
    .object({ nodes: nodesOf(z.object({ name: z.string(), target: z.object({ oid: CommitName }).nullable() })) })
    .nullish(),
  labels: Labels,
  mergeQueue: MergeQueue.optional(),
  queueProbe: z.object({ id: z.string() }).nullish(),
  basePulls: BasePulls.optional(),
  issue: Issue.nullable(),
  base: z
    .looseObject({
      name: z.string(),
      target: z.object({ oid: CommitName, config: FileEntry.optional() }).nullable(),
      refUpdateRule: RefUpdateRule.nullable(),
      branchProtectionRule: BranchProtectionRule.nullable(),
    })
    .nullable(),
});
export type ObservedRepository = z.infer<typeof ObservedRepository>;

export const RunNode = z
  .object({
    id: z.string(),
    url: z.string(),
    event: z.string(),
    updatedAt: Time,
    file: z.object({ path: z.string() }).nullable(),
    checkSuite: z.object({ status: z.string(), conclusion: z.string().nullable() }),
  })
  .nullable();
export type RunNode = z.infer<typeof RunNode>;

/** The whole answer; under `runs0`, `runs1` … are the runs, a hundred each. */
export const ObserveAnswer = z.looseObject({
  rateLimit: z.object({ cost: z.number(), limit: z.number(), remaining: z.number(), resetAt: Time }).nullable(),
  repository: ObservedRepository.nullable(),
  statusComment: z
    .object({ id: z.string(), body: z.string(), lastEditedAt: Time.nullable() })
    .or(z.object({}).transform(() => null))
    .nullish(),
});
export type ObserveAnswer = z.infer<typeof ObserveAnswer>;

export const PartAnswer = z.object({
  repository: z.looseObject({ id: z.string(), base: z.looseObject({}).nullish() }).nullable(),
});

/** `t<n>`: the branch of a task, with its newest pull request where no number is known. */
export const TaskBranch = z
  .object({
    target: z.object({ oid: CommitName, checkSuites: Suites }).nullable(),
    associatedPullRequests: z.object({ nodes: nodesOf(Pull) }).optional(),
  })
  .nullable();
/** `p<n>`: the pull request of a task. */
export const TaskPull = Pull.nullish();
/** `r<n>`: a trial's branch. */
export const TrialBranch = z
  .object({
    target: z
      .object({
        oid: CommitName,
        tree: z.object({ oid: TreeName }),
        parents: z.object({ nodes: nodesOf(z.object({ oid: CommitName })) }),
      })
      .nullable(),
  })
  .nullable();
/** `c<n>`: a receipt's branch. */
export const ReceiptBranch = z
  .object({
    target: z
      .object({
        oid: CommitName,
        parents: z.object({ nodes: nodesOf(Commit) }),
        receipt: FileEntry,
        evidence: FileEntry,
      })
      .nullable(),
  })
  .nullable();
export type ReceiptBranch = z.infer<typeof ReceiptBranch>;
/** `l<n>`: whether the base contains the commit of a landing. */
export const LandingComparison = z.object({ status: z.string() }).nullish();
/** `m<n>`: the commit of a landing. */
export const LandingCommit = Commit.nullish();
