/** What the code takes for granted about workflow runs and their artifacts. */
import type { GithubFact } from './github-fact.ts';

/** See `github-fact.ts`. */
export const RUN_FACTS = [
  {
    id: 'dispatch-names-run',
    claim: 'A dispatch with `return_run_details` answers the id of the run, which REST shows at once with its node id.',
    reliedOnBy: ['src/adapters/github/perform-dispatch.ts'],
    otherwise: 'The run is looked for by its name, which takes a little longer.',
    sources: 'REST reference and changelog of 2026-02-19: the id. That the run can be read at once is not documented.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'run-name-is-title',
    claim: 'The `run-name` of a workflow, with an input in it, is the `display_title` of the run from the beginning.',
    reliedOnBy: ['src/adapters/github/perform-dispatch.ts', 'src/core/intake/read-hint.ts'],
    otherwise: 'After a crash a run is not found by its nonce and is dispatched again; only one of the two is named.',
    sources: 'REST reference: names both; that they are the same is not documented.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'run-is-listed-soon',
    claim: "A dispatched run is in the list of the workflow's runs, filtered by event and time, within a minute.",
    reliedOnBy: ['src/adapters/github/perform-dispatch.ts'],
    otherwise: 'The same as above: a second run that is never named, and ends itself.',
    sources: 'Not documented.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'run-is-known-as-own',
    claim:
      'A run that the app dispatched has its bot `<slug>[bot]` as `actor`, the default branch as `head_branch`, and the file as `path`.',
    reliedOnBy: ['src/adapters/github/perform-dispatch.ts'],
    otherwise: 'Every run is taken for somebody else’s, and nothing is ever done.',
    sources: 'REST reference: has the fields; nothing is said of dispatches by apps.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'run-by-node-id',
    claim: '`nodes` of GraphQL finds workflow runs by node id, with event, file, and the state of their check suite.',
    reliedOnBy: ['src/adapters/github/observe-query.ts', 'src/adapters/github/read-issue.ts'],
    otherwise: 'No run is ever seen to begin or end: all are given up after half an hour.',
    sources: 'GraphQL schema: has the fields. Not seen by an app.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'dispatch-of-nothing',
    claim: 'A dispatch of a workflow file that is not on the default branch is answered by 404.',
    reliedOnBy: ['src/adapters/github/perform-dispatch.ts'],
    otherwise: 'The comment about it says something less helpful.',
    sources: 'Not documented.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'dispatch-refusal-words',
    claim:
      'A dispatch is refused with 422 and words about "Unexpected inputs", a "disabled workflow", or a missing "workflow_dispatch" trigger.',
    reliedOnBy: ['src/adapters/github/perform-dispatch.ts'],
    otherwise: 'The comment about it has GitHub’s words in it, but not the remedy.',
    sources: 'Reports (benc-uk/workflow-dispatch#72, convictional/trigger-workflow-and-wait#4); not documented.',
    doctor: 'write',
    smokeStep: 5,
  },
  {
    id: 'rerun-keeps-id',
    claim: 'A run that is started again by hand keeps its id, and counts `run_attempt` up.',
    reliedOnBy: ['src/core/hosted/read-receipt.ts'],
    otherwise:
      '**Promise 4 is weaker**: what a second attempt left could count. It is bound to the first by its digest.',
    sources: 'REST reference: implied.',
    doctor: null,
    smokeStep: 7,
  },
  {
    id: 'artifact-has-digest',
    claim: "The list of a run's artifacts gives the SHA-256 of each, as `sha256:` and 64 hex digits.",
    reliedOnBy: ['src/adapters/github/read-receipts.ts'],
    otherwise: 'No evidence is ever believed: it is waited for until the leg is given up.',
    sources: 'REST reference: has the field, which may be empty.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'artifact-digest-is-of-file',
    claim: 'The digest of an artifact that was uploaded as one file, without an archive, is that of the file itself.',
    reliedOnBy: ['src/core/hosted/read-receipt.ts'],
    otherwise: 'No evidence is ever believed, since its digest is that of a zip file.',
    sources: '`actions/upload-artifact` 7: has `archive: false`; what is digested then is not documented.',
    doctor: 'look',
    smokeStep: null,
  },
] as const satisfies readonly GithubFact[];
