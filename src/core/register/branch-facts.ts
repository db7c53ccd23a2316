/** What the code takes for granted about branches and commits. */
import type { GithubFact } from './github-fact.ts';

const SCHEMA = "GraphQL reference, 'Git'";

/** See `github-fact.ts`. */
export const BRANCH_FACTS = [
  {
    id: 'refs-create-if-absent',
    claim: '`updateRefs` with a `beforeOid` of zeros creates a branch, and is refused if there is one of that name.',
    reliedOnBy: ['src/adapters/github/perform-branches.ts', 'src/core/hosted/publish-heads.ts'],
    otherwise: 'Two replicas could both think that they had made a branch; the ledger still decides who goes on.',
    sources: `${SCHEMA}: says so. Not seen on an installation.`,
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'refs-compare-and-swap',
    claim: '`updateRefs` is refused if a branch is not at its `beforeOid`, also when it is forced.',
    reliedOnBy: ['src/adapters/github/perform-branches.ts', 'src/core/hosted/landing-way.ts'],
    otherwise:
      "**Promise 1 falls**: a landing by fast-forward could overwrite somebody's push. The landing has to be set to `merge` in the configuration.",
    sources: `${SCHEMA}: says so. Not seen on an installation.`,
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'refs-delete',
    claim: '`updateRefs` with an `afterOid` of zeros deletes a branch, and only from its `beforeOid`.',
    reliedOnBy: ['src/adapters/github/perform-branches.ts', 'src/core/hosted/clean-up.ts'],
    otherwise: 'Receipts and branches of landed tasks are left behind; nothing else.',
    sources: `${SCHEMA}: says so. Not seen on an installation.`,
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'refs-atomic',
    claim: '`updateRefs` does all of its updates or none.',
    reliedOnBy: ['src/core/hosted/publish-heads.ts'],
    otherwise:
      'An attempt could keep its receipt while its branch has moved, or the other way round; the next look at the plan mends it.',
    sources: `${SCHEMA}: says so. Not seen on an installation.`,
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'refs-fast-forward-only',
    claim: '`updateRefs` without `force` is refused unless the new commit descends from the old one.',
    reliedOnBy: ['src/adapters/github/perform-branches.ts'],
    otherwise: 'The compare-and-swap alone still guards every move.',
    sources: `${SCHEMA}: implied by the argument's name only.`,
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'ref-exists-words',
    claim: '`POST …/git/refs` for a branch that there is already is refused by 422 with "Reference already exists".',
    reliedOnBy: ['src/adapters/github/write-ledgers.ts'],
    otherwise: 'Of two replicas that begin a ledger at once, one logs an error before it looks again.',
    sources: 'Error messages in reports; not documented.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'mutations-in-order',
    claim:
      'The mutations of one document are done in order; one that is refused does not keep the next from being done, and its error names it.',
    reliedOnBy: ['src/adapters/github/perform-document.ts'],
    otherwise: 'What was not done is done at the next look, one reconcile later.',
    sources: 'The GraphQL specification asks for the order; the rest is not documented.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'commit-compare-and-swap',
    claim:
      '`createCommitOnBranch` is refused if the branch is not at `expectedHeadOid`, and the refusal can be told from others.',
    reliedOnBy: ['src/adapters/github/write-ledgers.ts', 'src/engine/reconcile-hosted.ts'],
    otherwise: '**Promise 6 falls**: two replicas could overwrite what the other wrote into the ledger. Run one only.',
    sources: 'GraphQL reference: says so; the words and the type of the error are not documented.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'commit-large-files',
    claim: '`createCommitOnBranch` takes files of some megabytes in one request.',
    reliedOnBy: ['src/adapters/github/write-ledgers.ts'],
    otherwise: 'The ledger of a very large plan cannot be written; the plan stops and says so.',
    sources: 'No limit is documented. A report of 2025 (grafana/github-api-commit-action#66) saw 40 MB refused.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'root-commit',
    claim: '`POST …/git/commits` with an empty list of parents makes a commit without a parent.',
    reliedOnBy: ['src/adapters/github/write-ledgers.ts'],
    otherwise: 'No ledger can be begun: the first command is answered by nothing, and the log says why.',
    sources: 'REST reference, "Create a commit": says that the list may be empty or left out. Not seen by an app.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'merge-by-name-of-commit',
    claim:
      "`mergeBranch` merges a commit that is named by its SHA: first parent the base's tip, second that commit, and the tree is the one that git makes of the two.",
    reliedOnBy: ['src/adapters/github/perform-branches.ts', 'src/core/hosted/step-trial.ts'],
    otherwise:
      'Trials are refused (nothing lands), or their tree is another one than was verified and is tested once more than needed.',
    sources: 'GraphQL reference: names the arguments; says nothing of the order of parents.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'merge-conflict-words',
    claim:
      '`mergeBranch` refuses a conflict with a message that has the words "merge conflict" in it, and moves nothing.',
    reliedOnBy: ['src/adapters/github/perform-branches.ts'],
    otherwise:
      'A conflict is taken for a refusal: the task fails with GitHub’s own words instead of being tried again.',
    sources: 'Not documented. REST answers 409 "Merge conflict" to the like.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'base-contains-commit',
    claim: '`Ref.compare` says `BEHIND` or `IDENTICAL` for a commit that the branch contains, and for no other.',
    reliedOnBy: ['src/adapters/github/observe-query.ts', 'src/adapters/github/read-part.ts'],
    otherwise: 'A landing that was made is not seen, and would be made again; the compare-and-swap refuses that.',
    sources: 'GraphQL reference: names the states without defining which side is which.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'reads-follow-writes',
    claim: 'A read of a branch by GraphQL shows a move that was answered before.',
    reliedOnBy: ['src/engine/reconcile-hosted.ts'],
    otherwise: 'A reconcile decides on the older state; its compare-and-swap is refused, and it looks again.',
    sources: 'Not documented.',
    doctor: 'scratch',
    smokeStep: null,
  },
  {
    id: 'archived-words',
    claim: 'A write to an archived repository is refused with words that say that it "was archived so is read-only".',
    reliedOnBy: ['src/adapters/github/retry-rules.ts'],
    otherwise: 'The refusal is taken for a missing permission, and the comment about that names the wrong remedy.',
    sources: 'Seen in reports; not documented.',
    doctor: 'look',
    smokeStep: 9,
  },
  {
    id: 'api-moves-start-ci',
    claim:
      "A branch that the app's token makes by `updateRefs` starts the repository's own workflows, as a person's push does.",
    reliedOnBy: ['src/core/hosted/publish-heads.ts', 'src/core/hosted/landing-way.ts'],
    otherwise: 'Required checks never run on the heads that Espalier publishes, and the gate waits for them.',
    sources: 'Documented for pushes with an installation token; not for moves by the API.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'merges-carry-workflows',
    claim:
      'An app without the permission `workflows` may merge a commit that is older than the last change of a workflow file onto a branch that has the change.',
    reliedOnBy: ['src/adapters/github/perform-branches.ts', 'src/adapters/github/perform-landing.ts'],
    otherwise:
      'After a change of a workflow file on the base, tasks that were begun before it cannot be tried; their trial ends with GitHub’s refusal. Grant `workflows: write`, or retry the tasks.',
    sources:
      'Reports (chdsbd/kodiak#853, mergify) tell of refusals when a branch is updated or merged; nothing is said of `mergeBranch`.',
    doctor: 'write',
    smokeStep: null,
  },
] as const satisfies readonly GithubFact[];
