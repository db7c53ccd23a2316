/** What the probes of GitHub work with, and the few things that all of them do. */
import { z } from 'zod';

import type { CommitSha } from '../../../core/brand.ts';
import type { ProbedFact } from '../../../core/report/github-probes.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { GitHubClient, RestCall } from '../github-client.ts';
import { GitHubError } from '../github-error.ts';
import type { Scratch } from './scratch.ts';

/** The repository that is visited. */
export interface VisitedRepository {
  owner: string;
  name: string;
  nodeId: string;
  isArchived: boolean;
  defaultBranch: string;
  /** Tip of the default branch. */
  tip: CommitSha;
  /** A method by which its pull requests may be merged. */
  mergeMethod: 'MERGE' | 'SQUASH' | 'REBASE';
}

/** The app whose credentials were given. */
export interface VisitingApp {
  id: number;
  slug: string;
  /** Asks as the app itself. */
  client: GitHubClient;
  /** Asks as the installation, with a token that may read metadata and nothing else. */
  bare: GitHubClient;
}

/** Who asks, and about what. */
export interface Visit {
  /** Asks as the installation, or with the token that was given. */
  client: GitHubClient;
  repository: VisitedRepository;
}

/** See the head of this file. */
export interface ProbeBench extends Visit {
  /** `null` where a token was given, and no app. */
  app: VisitingApp | null;
  /** File name of the workflow that is dispatched. */
  workflow: string;
  scratch: Scratch;
  /** For what has to be undone: asks also after the visit was broken off. */
  lasting: Visit;
  clock: Clock;
  signal: AbortSignal;
  /** Bytes of an artifact, at most `maxBytes`; `null` if it is larger or gone. */
  download(artifactId: number, maxBytes: number): Promise<Uint8Array | null>;
}

/** What came of one probe. */
export type Finding = Omit<ProbedFact, 'id'>;
export type Probe = (bench: ProbeBench) => Promise<Finding>;

/** The finding of something that was tried: `expected` and `found` are phrases without a full stop. */
export function judge(isAsExpected: boolean, expected: string, found: string): Finding {
  return { status: isAsExpected ? 'ok' : 'differs', expected, found };
}

/** The finding of something that was not tried. */
export function skip(because: string): Finding {
  return { status: 'not-probed', expected: '', found: because };
}

/** Calls, and gives the refusal instead of throwing it; `null` if there was none. Outages are thrown. */
export async function refusalOf(call: () => Promise<unknown>): Promise<GitHubError | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (error instanceof GitHubError && !error.isTransient) return error;
    throw error;
  }
}

/** How a refusal is spoken of. */
export function wordsOf(refusal: GitHubError | null): string {
  return refusal === null ? 'it was not refused' : `refused: ${refusal.because}`;
}

/** A mutation whose payload must be there. Throws {@link GitHubError} for a refusal. */
export async function mutate<T>(
  { client }: Visit,
  document: string,
  input: Readonly<Record<string, unknown>>,
  answer: z.ZodType<T>,
): Promise<T> {
  const { data } = await client.graphql({
    kind: 'mutation',
    document,
    variables: { input },
    what: 'Trying what GitHub does',
    answer,
  });
  return data;
}

/** A query about the repository; `fields` go into `repository { … }`. Throws {@link GitHubError} if there is no answer. */
export async function query<T>({ client, repository }: Visit, fields: string, answer: z.ZodType<T>): Promise<T> {
  const { data } = await client.graphql({
    kind: 'query',
    document: `query Probe($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields} } }`,
    variables: { owner: repository.owner, name: repository.name },
    what: 'Reading what GitHub did',
    answer: z.object({ repository: answer }),
  });
  return data.repository;
}

/** A request about the repository. Throws {@link GitHubError}. */
export async function rest<T>(
  { client, repository }: Visit,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
  answer: z.ZodType<T>,
  more: Pick<RestCall<T>, 'maxRepeats'> = {},
): Promise<T> {
  return client.rest({
    route: route.replace('/…', '/repos/{owner}/{repo}'),
    parameters: { owner: repository.owner, repo: repository.name, ...parameters },
    what: 'Trying what GitHub does',
    answer,
    ...more,
  });
}

const POLL_MS = 3_000;
/** As long as the register's facts say "within a minute". */
const PATIENCE_MS = 60_000;

/** Asks until there is something, at most a minute long; `null` if there is nothing until then. */
export async function waitFor<T>({ clock, signal }: ProbeBench, look: () => Promise<T | null>): Promise<T | null> {
  const untilMs = clock.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== null || clock.now() >= untilMs) return found;
    await clock.sleep(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

/** Makes a thing once for each visit, at the first call. */
export function oncePerVisit<T>(make: (bench: ProbeBench) => Promise<T>): (bench: ProbeBench) => Promise<T> {
  const made = new WeakMap<ProbeBench, Promise<T>>();
  return (bench) => {
    const known = made.get(bench) ?? make(bench);
    made.set(bench, known);
    return known;
  };
}
