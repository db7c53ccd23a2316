/**
 * The whole state of the test GitHub as plain data: Maps, Sets, arrays and bytes, no functions, so that
 * `structuredClone(state)` is an earlier GitHub to read stale answers from. Refs are kept here as well as in the bare
 * repositories, and the two move together; objects (commits, trees, blobs) are in git alone, for they never change.
 *
 * Times are milliseconds since 1970 by the injected clock. Logins keep their case; Maps by login use lower case.
 * A login of a bot is the one of REST (`espalier[bot]`); GraphQL shows it without the ending.
 */

/** 40 hexadecimal digits. */
export type Oid = string;

/** The oid that means "no such ref" in updates of refs. */
export const ZERO_OID: Oid = '0'.repeat(40);

/** What a person may do in a repository (`role_name` of REST); `none` where nobody said. */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

/** What an account is; `type` of REST. */
export type AccountKind = 'User' | 'Organization' | 'Bot';

/** A person, an organization or the bot of an app. */
export interface Account {
  id: number;
  nodeId: string;
  login: string;
  kind: AccountKind;
  name: string | null;
  /** The app that a bot speaks for. */
  appId: number | null;
  createdAt: number;
}

/** Who does something: a person, or an app through its bot. */
export interface Actor {
  account: Account;
  /** App whose token is used; `null` for a person in the browser. */
  appId: number | null;
}

/** A ref that moved; {@link ZERO_OID} before it was made and after it was deleted. */
export interface RefMove {
  /** Full name. */
  name: string;
  before: Oid;
  after: Oid;
}

/** Permission name of REST (`pull_requests`) to level. */
export type Permissions = Record<string, 'read' | 'write' | 'admin'>;

/** A registered GitHub App, with both of its keys. */
export interface App {
  id: number;
  nodeId: string;
  slug: string;
  name: string;
  ownerLogin: string;
  clientId: string;
  privateKeyPem: string;
  publicKeyPem: string;
  webhookSecret: string;
  /** Where its events go; `null` sends nothing. */
  hookUrl: string | null;
  hookId: number;
  permissions: Permissions;
  events: string[];
  createdAt: number;
}

/** An app on an account. */
export interface Installation {
  id: number;
  nodeId: string;
  appId: number;
  accountLogin: string;
  permissions: Permissions;
  events: string[];
  repositorySelection: 'all' | 'selected';
  /** Used when only selected repositories are open to it. */
  repositoryIds: Set<number>;
  createdAt: number;
  updatedAt: number;
  suspendedAt: number | null;
  suspendedBy: string | null;
}

/** How a pull request becomes commits of its base. */
export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** Switches that a maintainer sets. */
export interface RepositorySettings {
  allowMergeCommit: boolean;
  allowSquashMerge: boolean;
  allowRebaseMerge: boolean;
  allowAutoMerge: boolean;
  deleteBranchOnMerge: boolean;
  /** Settings > Actions > Disable. */
  actionsEnabled: boolean;
  /** What `GITHUB_TOKEN` may where a workflow does not say: contents and packages to read, or everything to write. */
  workflowPermissions: 'read' | 'write';
  /** "Allow GitHub Actions to create and approve pull requests". */
  actionsMayOpenPulls: boolean;
}

/** A label of a repository. */
export interface Label {
  id: number;
  nodeId: string;
  name: string;
  color: string;
  description: string | null;
}

/** All the reactions that there are. */
export type ReactionContent = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes';

/** One reaction of one account. */
export interface Reaction {
  id: number;
  nodeId: string;
  content: ReactionContent;
  author: string;
  createdAt: number;
}

/** A label was put on an issue or pull request, or taken off. */
export interface LabelEvent {
  id: number;
  nodeId: string;
  action: 'labeled' | 'unlabeled';
  /** Name of the label, in its own case. */
  label: string;
  actor: string;
  createdAt: number;
}

/** An issue; a pull request is an issue with `pull`. */
export interface Issue {
  /** Database id of the issue (a pull request's own is `pull.id`). */
  id: number;
  nodeId: string;
  repositoryId: number;
  number: number;
  title: string;
  body: string | null;
  author: string;
  /** App through which it was written. */
  appId: number | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'duplicate' | 'reopened' | null;
  /** Names, in the case of the label. */
  labels: string[];
  /** Oldest first. */
  labelEvents: LabelEvent[];
  reactions: Reaction[];
  createdAt: number;
  updatedAt: number;
  lastEditedAt: number | null;
  closedAt: number | null;
  closedBy: string | null;
  pull: Pull | null;
}

/** What GitHub has found out about merging one head into one base. Nothing is known until somebody asks. */
interface Mergeability {
  headSha: Oid;
  baseSha: Oid;
  /** When the computation that a read started is done. */
  knownAt: number;
  /** Real result of the merge, with the test merge commit where it is clean. */
  isClean: boolean;
  mergeCommitSha: Oid | null;
}

/** What a pull request has beyond an issue. */
export interface Pull {
  id: number;
  nodeId: string;
  isDraft: boolean;
  headRefName: string;
  headSha: Oid;
  /** `null` when the fork is gone. */
  headRepositoryId: number | null;
  headOwner: string;
  baseRefName: string;
  /** Tip of the base when the pull request was opened, pushed to or retargeted: it lags behind the branch. */
  baseSha: Oid;
  isMerged: boolean;
  mergedAt: number | null;
  mergedBy: string | null;
  mergeCommitSha: Oid | null;
  mergeability: Mergeability | null;
  autoMerge: { enabledBy: string; method: MergeMethod } | null;
  /** Each time that it left a merge queue, oldest first. */
  queueRemovals: QueueRemoval[];
}

/** A pull request left the merge queue; a merge is one of the reasons. */
export interface QueueRemoval {
  id: number;
  nodeId: string;
  /** In the words of the timeline, which are not those of the webhook. */
  reason: string;
  actor: string;
  createdAt: number;
}

/** An issue that is a pull request. */
export type PullIssue = Issue & { pull: Pull };

/** A comment of an issue or a pull request. */
export interface Comment {
  id: number;
  nodeId: string;
  repositoryId: number;
  issueNumber: number;
  author: string;
  body: string;
  appId: number | null;
  reactions: Reaction[];
  createdAt: number;
  updatedAt: number;
  lastEditedAt: number | null;
  /** Whether a test has read it; comments of the app under test must be. */
  isRead: boolean;
}

type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';

/** A review of a pull request. */
export interface Review {
  id: number;
  nodeId: string;
  repositoryId: number;
  pullNumber: number;
  author: string;
  body: string;
  state: ReviewState;
  commitSha: Oid;
  appId: number | null;
  submittedAt: number;
}

/** Where a check run, a suite, a job or a workflow run stands. */
export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending';
/** How one of them ended. */
export type CheckConclusion =
  | 'action_required'
  | 'cancelled'
  | 'failure'
  | 'neutral'
  | 'skipped'
  | 'stale'
  | 'startup_failure'
  | 'success'
  | 'timed_out';

/** All check runs of one app on one commit; of GitHub Actions: of one workflow run. */
export interface CheckSuite {
  id: number;
  nodeId: string;
  repositoryId: number;
  appId: number;
  headSha: Oid;
  headBranch: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  workflowRunId: number | null;
  createdAt: number;
  updatedAt: number;
}

/** A remark at some lines of a file. */
export interface CheckAnnotation {
  path: string;
  startLine: number;
  endLine: number;
  startColumn: number | null;
  endColumn: number | null;
  level: 'notice' | 'warning' | 'failure';
  message: string;
  title: string | null;
  rawDetails: string | null;
}

/** A button of a check run. */
export interface CheckAction {
  label: string;
  description: string;
  identifier: string;
}

/** One check of one app on one commit. */
export interface CheckRun {
  id: number;
  nodeId: string;
  repositoryId: number;
  suiteId: number;
  appId: number;
  name: string;
  headSha: Oid;
  externalId: string;
  detailsUrl: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  startedAt: number;
  completedAt: number | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: CheckAnnotation[];
  actions: CheckAction[];
}

/** State of a commit status. */
export type StatusState = 'error' | 'failure' | 'pending' | 'success';

/** A status of the older kind; the newest of a context counts. */
export interface CommitStatus {
  id: number;
  nodeId: string;
  repositoryId: number;
  sha: Oid;
  context: string;
  state: StatusState;
  description: string | null;
  targetUrl: string | null;
  creator: string;
  createdAt: number;
}

/** A rule with the parameters of REST (`GET /repos/{owner}/{repo}/rules/branches/{branch}`). */
export type BranchRule =
  | { type: 'creation' | 'deletion' | 'non_fast_forward' | 'required_linear_history' | 'required_signatures' }
  | { type: 'update'; parameters?: { update_allows_fetch_and_merge: boolean } }
  | {
      type: 'required_status_checks';
      parameters: {
        required_status_checks: { context: string; integration_id?: number }[];
        strict_required_status_checks_policy: boolean;
        do_not_enforce_on_create?: boolean;
      };
    }
  | {
      type: 'pull_request';
      parameters: {
        allowed_merge_methods?: MergeMethod[];
        dismiss_stale_reviews_on_push: boolean;
        require_code_owner_review: boolean;
        require_last_push_approval: boolean;
        required_approving_review_count: number;
        required_review_thread_resolution: boolean;
      };
    }
  | {
      type: 'merge_queue';
      parameters: {
        check_response_timeout_minutes: number;
        grouping_strategy: 'ALLGREEN' | 'HEADGREEN';
        max_entries_to_build: number;
        max_entries_to_merge: number;
        merge_method: 'MERGE' | 'SQUASH' | 'REBASE';
        min_entries_to_merge: number;
        min_entries_to_merge_wait_minutes: number;
      };
    };

/** Rules for some refs, and who is free of them. */
export interface Ruleset {
  id: number;
  nodeId: string;
  name: string;
  enforcement: 'active' | 'disabled' | 'evaluate';
  /** Full ref names with `*` for anything, `~DEFAULT_BRANCH` or `~ALL`. */
  include: string[];
  exclude: string[];
  bypassActors: {
    actorType: 'Integration' | 'RepositoryRole' | 'User';
    actorId: number;
    mode: 'always' | 'pull_request';
  }[];
  rules: BranchRule[];
}

type QueueEntryState = 'QUEUED' | 'AWAITING_CHECKS' | 'MERGEABLE' | 'UNMERGEABLE' | 'LOCKED';

/** A pull request in a merge queue. */
export interface MergeQueueEntry {
  id: number;
  nodeId: string;
  repositoryId: number;
  pullNumber: number;
  branch: string;
  state: QueueEntryState;
  enqueuer: string;
  enqueuedAt: number;
  /** Head of the pull request when it was put in. */
  pullHeadSha: Oid;
  isJump: boolean;
  /** Set once the group is built: the commit that would become the base, and the ref that shows it. */
  group: { baseSha: Oid; headSha: Oid; headRef: string; builtAt: number } | null;
}

/** A workflow file of the default branch. */
export interface Workflow {
  id: number;
  nodeId: string;
  repositoryId: number;
  name: string;
  path: string;
  state: 'active' | 'disabled_manually' | 'deleted';
  createdAt: number;
  updatedAt: number;
}

/** One run of a workflow; a re-run is the same run with the next attempt. */
export interface WorkflowRun {
  id: number;
  nodeId: string;
  repositoryId: number;
  workflowId: number;
  runNumber: number;
  runAttempt: number;
  /** Name of the workflow. */
  name: string;
  /** What `run-name` made of the inputs. */
  displayTitle: string;
  path: string;
  event: string;
  headBranch: string | null;
  headSha: Oid;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  checkSuiteId: number;
  actor: string;
  triggeringActor: string;
  inputs: Record<string, string>;
  createdAt: number;
  updatedAt: number;
  runStartedAt: number;
}

/** One job of one attempt of a run. */
export interface Job {
  id: number;
  nodeId: string;
  repositoryId: number;
  runId: number;
  runAttempt: number;
  checkRunId: number;
  name: string;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  labels: string[];
  createdAt: number;
  startedAt: number;
  completedAt: number | null;
  steps: {
    name: string;
    number: number;
    status: CheckStatus;
    conclusion: CheckConclusion | null;
    startedAt: number;
    completedAt: number | null;
  }[];
}

/** An artifact of a run. */
export interface Artifact {
  id: number;
  nodeId: string;
  repositoryId: number;
  runId: number;
  name: string;
  /** What a download gives: a zip, or the one file of an artifact that is none. */
  bytes: Uint8Array;
  contentType: string;
  /** `sha256:` and the digest of `bytes`. */
  digest: string;
  isExpired: boolean;
  createdAt: number;
  expiresAt: number;
}

/** A repository with everything in it. */
export interface Repository {
  id: number;
  nodeId: string;
  owner: string;
  name: string;
  description: string | null;
  isPrivate: boolean;
  isArchived: boolean;
  isFork: boolean;
  defaultBranch: string;
  /** Bare repository on disk. */
  gitDir: string;
  createdAt: number;
  updatedAt: number;
  pushedAt: number;
  settings: RepositorySettings;
  /** By login in lower case; the owner is an admin without an entry. */
  collaborators: Map<string, Role>;
  /** Full ref name to commit. Internal refs (`refs/pull/…`) are in git alone. */
  refs: Map<string, Oid>;
  /** Last number given to an issue or a pull request. */
  lastNumber: number;
  issues: Map<number, Issue>;
  /** By name in lower case. */
  labels: Map<string, Label>;
  comments: Map<number, Comment>;
  reviews: Map<number, Review>;
  checkSuites: Map<number, CheckSuite>;
  checkRuns: Map<number, CheckRun>;
  statuses: CommitStatus[];
  rulesets: Map<number, Ruleset>;
  /** Entries in order, by name of the base branch. */
  mergeQueues: Map<string, MergeQueueEntry[]>;
  workflows: Map<number, Workflow>;
  runs: Map<number, WorkflowRun>;
  jobs: Map<number, Job>;
  artifacts: Map<number, Artifact>;
}

/** One attempt to deliver one event; redeliveries are entries of their own with the same GUID. */
export interface Delivery {
  id: number;
  guid: string;
  appId: number;
  event: string;
  action: string | null;
  installationId: number | null;
  repositoryId: number | null;
  /** Exact bytes of the request, as text. */
  body: string;
  isRedelivery: boolean;
  createdAt: number;
  /** When it is to be sent; `null` for one that a fault lost. */
  dueAt: number | null;
  /** When it was sent; `null` while it waits. */
  deliveredAt: number | null;
  durationMs: number;
  /** HTTP status of the receiver; 0 where none answered. */
  statusCode: number;
  /** `OK`, or what went wrong, in GitHub's words. */
  status: string;
}

/** What a node id stands for. Git objects and refs are named by their id itself: see `node-ids.ts`. */
export type Node =
  | { kind: 'User' | 'Organization' | 'Bot'; account: Account }
  | { kind: 'App'; app: App }
  | { kind: 'Repository'; repository: Repository }
  | { kind: 'Issue'; repository: Repository; issue: Issue }
  | { kind: 'PullRequest'; repository: Repository; issue: PullIssue }
  | { kind: 'IssueComment'; repository: Repository; comment: Comment }
  | { kind: 'Label'; repository: Repository; label: Label }
  | { kind: 'PullRequestReview'; repository: Repository; review: Review }
  | { kind: 'CheckSuite'; repository: Repository; suite: CheckSuite }
  | { kind: 'CheckRun'; repository: Repository; checkRun: CheckRun }
  | { kind: 'StatusContext'; repository: Repository; status: CommitStatus }
  | { kind: 'RepositoryRuleset'; repository: Repository; ruleset: Ruleset }
  | { kind: 'MergeQueueEntry'; repository: Repository; entry: MergeQueueEntry }
  | { kind: 'Workflow'; repository: Repository; workflow: Workflow }
  | { kind: 'WorkflowRun'; repository: Repository; run: WorkflowRun }
  | { kind: 'Reaction'; reaction: Reaction };

/** Everything. */
export interface GitHubState {
  apps: Map<number, App>;
  /** By login in lower case. */
  accounts: Map<string, Account>;
  installations: Map<number, Installation>;
  repositories: Map<number, Repository>;
  /** Former `owner/name` in lower case to the repository that redirects serve. */
  formerNames: Map<string, number>;
  /** Oldest first. */
  deliveries: Delivery[];
  /** By node id. */
  nodes: Map<string, Node>;
  /** Last ids given. Small: accounts, apps, repositories, installations, labels. Large: everything else, above 2^32. */
  lastSmallId: number;
  lastLargeId: number;
}
