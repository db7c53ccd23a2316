/** Everything that the test GitHub can tell an app, in terms of the state; `payloads.ts` puts it into JSON. */
import type {
  Actor,
  CheckRun,
  CheckSuite,
  Comment,
  CommitStatus,
  Installation,
  Issue,
  Job,
  Label,
  MergeQueueEntry,
  Oid,
  Permissions,
  PullIssue,
  Repository,
  Review,
  WorkflowRun,
} from '../state.ts';

type Changes = Record<string, unknown>;
type InRepository = { repository: Repository; by: Actor };

type IssuesEvent = InRepository & {
  event: 'issues';
  action: 'opened' | 'edited' | 'closed' | 'reopened' | 'labeled' | 'unlabeled';
  issue: Issue;
  label?: Label;
  changes?: Changes;
};

type IssueCommentEvent = InRepository & {
  event: 'issue_comment';
  action: 'created' | 'edited' | 'deleted';
  issue: Issue;
  comment: Comment;
  changes?: Changes;
};

/** Why a pull request left the merge queue, in GitHub's words. */
export type DequeueReason =
  | 'MANUAL'
  | 'MERGE'
  | 'MERGE_CONFLICT'
  | 'CI_FAILURE'
  | 'CI_TIMEOUT'
  | 'ALREADY_MERGED'
  | 'QUEUE_CLEARED'
  | 'ROLL_BACK'
  | 'BRANCH_PROTECTIONS'
  | 'GIT_TREE_INVALID'
  | 'INVALID_MERGE_COMMIT'
  | 'UNKNOWN_REMOVAL_REASON';

/** Something happened to a pull request; comments and reviews have events of their own. */
export type PullRequestEvent = InRepository & {
  event: 'pull_request';
  action:
    | 'opened'
    | 'edited'
    | 'synchronize'
    | 'closed'
    | 'reopened'
    | 'labeled'
    | 'unlabeled'
    | 'enqueued'
    | 'dequeued'
    | 'converted_to_draft'
    | 'ready_for_review';
  issue: PullIssue;
  label?: Label;
  changes?: Changes;
  /** Of `synchronize`: the head before and after. */
  before?: Oid;
  after?: Oid;
  /** Of `dequeued`. */
  reason?: DequeueReason;
};

type PullRequestReviewEvent = InRepository & {
  event: 'pull_request_review';
  action: 'submitted' | 'dismissed';
  issue: PullIssue;
  review: Review;
};

/** `rerequested` and `requested_action` go to the app that made the check run, and to no other. */
type CheckRunEvent = InRepository & {
  event: 'check_run';
  action: 'created' | 'completed' | 'rerequested' | 'requested_action';
  checkRun: CheckRun;
  /** Of `requested_action`: which button. */
  identifier?: string;
};

type CheckSuiteEvent = InRepository & {
  event: 'check_suite';
  action: 'completed' | 'requested' | 'rerequested';
  suite: CheckSuite;
};

type WorkflowRunEvent = InRepository & {
  event: 'workflow_run';
  action: 'requested' | 'in_progress' | 'completed';
  run: WorkflowRun;
};

type WorkflowJobEvent = InRepository & {
  event: 'workflow_job';
  action: 'queued' | 'in_progress' | 'completed';
  job: Job;
};

type MergeGroupEvent = InRepository & {
  event: 'merge_group';
  action: 'checks_requested' | 'destroyed';
  entry: MergeQueueEntry;
  reason?: 'merged' | 'invalidated' | 'dequeued';
};

/** A branch or tag moved, was made or was deleted. */
export type PushEvent = InRepository & { event: 'push'; ref: string; before: Oid; after: Oid; isForced: boolean };

type RefEvent = InRepository & { event: 'create' | 'delete'; refType: 'branch' | 'tag'; name: string };

/** A commit got a status. */
export type StatusEvent = InRepository & { event: 'status'; status: CommitStatus };

type RepositoryEvent = InRepository & {
  event: 'repository';
  action: 'created' | 'renamed' | 'transferred' | 'archived' | 'unarchived' | 'edited' | 'deleted';
  changes?: Changes;
};

/** Something happened to an installation; sent to its app, subscribed or not. */
export type InstallationEvent = { by: Actor; installation: Installation } & (
  | { event: 'installation'; action: 'created' | 'deleted' | 'suspend' | 'unsuspend' }
  | { event: 'installation'; action: 'new_permissions_accepted'; before: Permissions }
  | { event: 'installation_repositories'; action: 'added' | 'removed'; repositories: Repository[] }
);

/** Any event. */
export type WorldEvent =
  | IssuesEvent
  | IssueCommentEvent
  | PullRequestEvent
  | PullRequestReviewEvent
  | CheckRunEvent
  | CheckSuiteEvent
  | WorkflowRunEvent
  | WorkflowJobEvent
  | MergeGroupEvent
  | PushEvent
  | RefEvent
  | StatusEvent
  | RepositoryEvent
  | InstallationEvent;
