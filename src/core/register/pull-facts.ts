/** What the code takes for granted about pull requests, checks and the merge queue. */
import type { GithubFact } from './github-fact.ts';

/** See `github-fact.ts`. */
export const PULL_FACTS = [
  {
    id: 'pull-merged-by-push',
    claim: 'A pull request becomes merged when `updateRefs` moves its base to a commit that contains its head.',
    reliedOnBy: ['src/core/hosted/landing-way.ts', 'src/core/hosted/adopt-heads.ts'],
    otherwise:
      'After a landing by fast-forward the pull request stays open until somebody closes it. The landing itself counts: it is read from the base.',
    sources: 'Documented for a push of a person ("indirect merges"); not for a move by the API.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'pull-follows-forced-head',
    claim: 'A pull request stays open, and shows the new head, when its branch is moved by force.',
    reliedOnBy: ['src/core/hosted/publish-heads.ts'],
    otherwise: 'An attempt after the first would need a pull request of its own.',
    sources: 'Documented for a forced push; not for a move by the API.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'pull-of-branch',
    claim: '`Ref.associatedPullRequests` lists the pull requests that are from that branch.',
    reliedOnBy: ['src/adapters/github/observe-query.ts'],
    otherwise: 'After a crash between opening a pull request and noting it, it is not found; the second is refused.',
    sources: 'GraphQL reference: "A list of pull requests with this ref as the head ref". Not seen by an app.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'pull-mergeable-is-computed',
    claim: '`mergeable` is `UNKNOWN` at first, and being asked for makes GitHub compute it within a minute.',
    reliedOnBy: ['src/core/gate/rules/mergeable.ts'],
    otherwise: 'The gate waits, and says for what.',
    sources: 'REST reference: says so of its own field; that no webhook tells the result is nowhere said.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'merge-pins-head',
    claim: '`mergePullRequest` with an `expectedHeadOid` that is not the head is refused, and merges nothing.',
    reliedOnBy: ['src/adapters/github/perform-landing.ts', 'src/core/hosted/land-effects.ts'],
    otherwise: '**Promise 1 falls** where pull requests are merged: a push in the last moment could land untested.',
    sources: 'GraphQL reference: says so. Not seen by an app.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'check-run-by-graphql',
    claim:
      '`createCheckRun` by an app takes three buttons, an annotation and an external id; the rollup of the commit shows it with the id of the app.',
    reliedOnBy: ['src/adapters/github/perform-checks.ts', 'src/adapters/github/read-pull.ts'],
    otherwise: '`espalier/gate` is not shown, or is not told from the check of another app.',
    sources: 'GraphQL schema: has the fields. Examples are all of REST.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'check-run-is-updated',
    claim: '`updateCheckRun` turns a check run that is in progress into one that is completed.',
    reliedOnBy: ['src/adapters/github/perform-checks.ts'],
    otherwise: 'The gate stays yellow on GitHub; nothing else.',
    sources: 'GraphQL schema: has the fields. Not seen by an app.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'checks-are-all-shown',
    claim:
      "The rollup of a commit shows the checks of all apps, and commit statuses, to an app with the manifest's permissions.",
    reliedOnBy: ['src/adapters/github/observe.ts', 'src/core/gate/rules/checks.ts'],
    otherwise:
      'One that is not shown makes the whole read fail: no plan of that repository goes on until the permission is granted.',
    sources:
      'Reports (philips-software/pull-request-report-action#557, facebook/sapling#993) say that a status needs `statuses: read`.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'check-run-is-its-apps',
    claim: 'Nobody but the app that made a check run can change it, and no other app can make one under its id.',
    reliedOnBy: ['src/core/gate/rules/checks.ts'],
    otherwise: '**Promise 4 falls** for checks that are demanded of one app: others could forge them.',
    sources: 'REST reference: implied only.',
    doctor: null,
    smokeStep: 6,
  },
  {
    id: 'check-button-sender',
    claim:
      'A click on a button of a check run sends `check_run.requested_action` to the app, with whoever clicked as its sender.',
    reliedOnBy: ['src/core/intake/read-click.ts'],
    otherwise: 'Buttons do nothing. Each has a command that does the same.',
    sources:
      'REST reference: describes the event; who may click is not documented. Authority is asked for all the same.',
    doctor: null,
    smokeStep: 6,
  },
  {
    id: 'rules-are-shown',
    claim: '`GET …/rules/branches/{branch}` is answered to an app that has nothing but `metadata: read`.',
    reliedOnBy: ['src/adapters/github/base-rules.ts'],
    otherwise: 'Reading the plan fails for want of a permission, which is named in a comment.',
    sources: 'REST reference: names no permission in the copies that were read.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'old-protection-is-shown',
    claim:
      'A query for `refUpdateRule` and `branchProtectionRule` that an app may not see leaves the rest of the answer whole.',
    reliedOnBy: ['src/adapters/github/observe.ts', 'src/adapters/github/base-rules.ts'],
    otherwise: 'Reading a plan fails in every repository with a branch protection of the older kind.',
    sources:
      'Not documented. A report (fpicalausa/remove-stale-branches#76) says that `refUpdateRule` is empty for admins.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'queue-takes-app',
    claim:
      'An installation with `merge_queues`, `contents` and `pull_requests` (write) may put a pull request into a merge queue, pinned to its head.',
    reliedOnBy: ['src/adapters/github/perform-landing.ts', 'src/core/hosted/landing-way.ts'],
    otherwise: 'On a base with a merge queue nothing lands; the refusal stands in the status comment.',
    sources: 'One report (github/gh-stack#497) says that these three are enough.',
    doctor: 'write',
    smokeStep: 8,
  },
  {
    id: 'queue-entries-are-shown',
    claim: '`mergeQueue` shows an app each entry, with the commits that its group was built on and that it comes to.',
    reliedOnBy: ['src/adapters/github/read-pull.ts', 'src/core/hosted/queue-entries.ts'],
    otherwise: 'What the queue has made cannot be judged: nothing of a plan passes it.',
    sources: 'GraphQL schema: has the fields, which may be empty; when they are filled is not documented.',
    doctor: 'look',
    smokeStep: 8,
  },
  {
    id: 'queue-asks-by-merge-group',
    claim: 'A merge queue sends `merge_group` to the app, and takes the check run `espalier/gate` on its `head_sha`.',
    reliedOnBy: ['src/core/intake/read-hint.ts', 'src/core/hosted/answer-queue.ts'],
    otherwise: 'Pull requests wait in the queue until its own limit, and come back.',
    sources: 'Webhook reference: describes the event; the sequence is told for workflows only.',
    doctor: null,
    smokeStep: 8,
  },
] as const satisfies readonly GithubFact[];
