/** The permissions that `app.yml` asks for, in words for a person who lacks one. A test keeps the two the same. */

/** One permission of an installation. */
export interface AppPermission {
  name: string;
  level: 'read' | 'write';
  /** What the app needs it for. */
  reason: string;
}

/** In the order of `app.yml`. */
export const APP_PERMISSIONS: readonly AppPermission[] = [
  {
    name: 'metadata',
    level: 'read',
    reason: 'find repositories, read who has which permission in them; GitHub demands it of every App',
  },
  {
    name: 'issues',
    level: 'write',
    reason: 'read the plan issue and its commands, keep the status comment, the answers, reactions and labels',
  },
  {
    name: 'pull_requests',
    level: 'write',
    reason: 'open, label, update, comment and close one pull request per task; read its reviews',
  },
  {
    name: 'contents',
    level: 'write',
    reason: "move the branches of tasks and the ledgers by compare-and-swap, read the plan's files, merge",
  },
  {
    name: 'actions',
    level: 'write',
    reason: 'dispatch the workflow that runs the agents, read its runs and artifacts, cancel a run',
  },
  {
    name: 'checks',
    level: 'write',
    reason: 'write the check run espalier/gate with the reasons, read the checks that a gate demands',
  },
  {
    name: 'statuses',
    level: 'read',
    reason: 'read commit statuses, which stand among the checks of a commit and which a gate may demand',
  },
  {
    name: 'merge_queues',
    level: 'write',
    reason: 'answer the merge queue of a repository that has one, and put pull requests into it',
  },
];
