/** The whole register; see `github-fact.ts`. */
import { APP_FACTS } from './app-facts.ts';
import { BRANCH_FACTS } from './branch-facts.ts';
import type { GithubFact } from './github-fact.ts';
import { JOB_FACTS } from './job-facts.ts';
import { PULL_FACTS } from './pull-facts.ts';
import { RUN_FACTS } from './run-facts.ts';
import { TALK_FACTS } from './talk-facts.ts';

const ENTRIES = [...BRANCH_FACTS, ...PULL_FACTS, ...RUN_FACTS, ...TALK_FACTS, ...APP_FACTS, ...JOB_FACTS] as const;

type Entry = (typeof ENTRIES)[number];

/** Id of a fact. */
export type FactId = Entry['id'];

/** Id of a fact that the doctor can try, however far it has to go for it. */
export type DoctorFactId = Exclude<Entry, { doctor: null }>['id'];

/** The facts by subject, in the order in which the register shows them. */
export const GITHUB_FACT_GROUPS: readonly { title: string; facts: readonly (GithubFact & { id: FactId })[] }[] = [
  { title: 'Branches and commits', facts: BRANCH_FACTS },
  { title: 'Pull requests, checks and the merge queue', facts: PULL_FACTS },
  { title: 'Runs and artifacts', facts: RUN_FACTS },
  { title: 'Issues, comments and people', facts: TALK_FACTS },
  { title: 'The app itself', facts: APP_FACTS },
  { title: 'Jobs without a server', facts: JOB_FACTS },
];

/** All facts. */
export const GITHUB_FACTS: readonly (GithubFact & { id: FactId })[] = ENTRIES;
