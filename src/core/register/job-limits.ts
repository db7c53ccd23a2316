/** What nothing but the token of a job cannot do, and what that means for a plan: for whoever chooses to go without an app. */

/** One limit. Sentences for a person. */
export interface JobLimit {
  limit: string;
  /** What follows, and what helps. */
  sequel: string;
}

/** The limits of `GITHUB_TOKEN`. With the token of an app of the repository's own none of them holds. */
export const JOB_LIMITS: readonly JobLimit[] = [
  {
    limit: "The repository's own workflows do not start on its pull requests before a person approves them.",
    sequel:
      "A task whose gate waits for their checks waits for that click; the status comment links each run, and 'Approve workflows to run' is on its page.",
  },
  {
    limit: 'It opens pull requests only where a setting allows it.',
    sequel:
      "Tick 'Allow GitHub Actions to create and approve pull requests' under Settings, Actions, General; without it the plan stops and says so.",
  },
  {
    limit: 'It can push no change of a workflow file.',
    sequel: 'A task that changes one ends with that reason, and a person merges its change.',
  },
  {
    limit: 'No workflow starts for what it pushes to the base.',
    sequel: 'What runs after a landing (deployments, for one) is started by hand; the status comment says so.',
  },
  {
    limit: 'It can neither see nor use a merge queue.',
    sequel: 'On a base that has one nothing can land, which is said before anything is started.',
  },
  {
    limit: 'Its check runs are those of GitHub Actions.',
    sequel:
      "Every workflow of the repository can make a check of the name 'espalier/gate', so that a rule which asks for it proves less; and clicks on its buttons arrive nowhere, so that it has none.",
  },
];
