/** What the code takes for granted about jobs that work with their own `GITHUB_TOKEN`, where no server listens. */
import type { GithubFact } from './github-fact.ts';

/** See `github-fact.ts`. */
export const JOB_FACTS = [
  {
    id: 'job-token-is-actions',
    claim:
      'For the token of a job, `viewer` is `github-actions[bot]`; for that of an installation it is the bot of its app. `GET /apps/{slug}` gives the id of either.',
    reliedOnBy: ['src/adapters/github/open-by-token.ts'],
    otherwise: 'Every job ends with “Reading whose token it is failed”; nothing is done.',
    sources: 'Seen in logs of public workflows; not documented.',
    doctor: null,
    smokeStep: 10,
  },
  {
    id: 'job-dispatch-is-its-own',
    claim:
      'A dispatch with the token of a job starts a run whose `actor` is `github-actions[bot]`, and answers its id.',
    reliedOnBy: ['src/adapters/github/perform-dispatch.ts'],
    otherwise: 'No run is taken for one of ours: the plan says that GitHub started another one, and nothing is done.',
    sources: 'Documented: that it starts a run, unlike other events of that token. Of its actor nothing is said.',
    doctor: null,
    smokeStep: 10,
  },
  {
    id: 'held-run-shows-as-suite',
    claim:
      'A run that waits for a person’s approval, since the token of a job opened the pull request, has a check suite with the conclusion `ACTION_REQUIRED` and no check run.',
    reliedOnBy: ['src/adapters/github/read-held-runs.ts'],
    otherwise: 'The status comment does not name the run that has to be approved; the task waits for its checks.',
    sources:
      'Changelog and “GITHUB_TOKEN” in the documentation of 2026: that such runs are made. How they are shown is not documented.',
    doctor: null,
    smokeStep: 10,
  },
  {
    id: 'job-pull-refusal-words',
    claim:
      'Where the setting is off, the token of a job is refused a pull request with the words “not permitted to create or approve pull requests”.',
    reliedOnBy: ['src/adapters/github/perform-outcomes.ts'],
    otherwise: 'The plan shows GitHub’s own words instead of the place of the setting.',
    sources: 'Seen in many reports; not documented.',
    doctor: null,
    smokeStep: 10,
  },
  {
    id: 'job-run-end-starts-jobs',
    claim:
      'The end of a run that the token of a job has dispatched starts the workflows that wait for it by `workflow_run`.',
    reliedOnBy: ['src/core/setup/render-reconcile.ts'],
    otherwise: 'A run that died is noticed by the schedule only. One that ended well says “look again” by itself.',
    sources: 'Not documented; `workflow_run` is not among the events that are said to start nothing.',
    doctor: null,
    smokeStep: 10,
  },
] as const satisfies readonly GithubFact[];
