/**
 * Tries the register's facts on a real installation, one after another, and takes away again what it made for that.
 * See `src/core/register/github-fact.ts`.
 */
import type { ProbedFact, ProbeReport } from '../../core/report/github-probes.ts';
import type { GithubFact } from '../../core/register/github-fact.ts';
import { GITHUB_FACTS, type DoctorFactId, type FactId } from '../../core/register/github-facts.ts';
import { JOB_LIMITS } from '../../core/register/job-limits.ts';
import type { GitHubClient } from './github-client.ts';
import { GitHubError } from './github-error.ts';
import { PROBES } from './probes/all-probes.ts';
import { openVisit, type OpenedVisit, type UnfitVisit, type VisitOptions } from './probes/open-visit.ts';
import { skip, type Finding, type ProbeBench } from './probes/probe-bench.ts';
import { nameVisit, Scratch } from './probes/scratch.ts';

/** What a visit is made with. */
export interface ProbeOptions extends VisitOptions {
  /** File name of the workflow that is dispatched. */
  workflow: string;
  /** Whether it may open an issue and pull requests, and dispatch the workflow. */
  canWrite: boolean;
  /** Letters and digits that no other visit of this minute has. */
  random: string;
  /** Aborted: the visit ends, and clears up. */
  signal: AbortSignal;
  onStep(this: void, fact: FactId): void;
}

/** What came of a visit. `interrupted`: it was broken off; `left` is what could not be taken away. */
export type ProbeOutcome =
  | { kind: 'report'; report: ProbeReport }
  | { kind: 'interrupted'; left: readonly string[] }
  | UnfitVisit;

/** Makes a visit. Throws {@link GitHubError} if GitHub cannot be asked or does not take the credentials. */
export async function probeGitHub(options: ProbeOptions): Promise<ProbeOutcome> {
  const visit = await openVisit(options);
  if (visit.kind === 'unfit') return visit;
  const bench = openBench(visit, options);
  try {
    const facts = await tryFacts(bench, options);
    const left = await bench.scratch.cleanUp();
    if (options.signal.aborted) return { kind: 'interrupted', left };
    const { repository, actor, permissions } = visit;
    const limits = options.credential.kind === 'token' ? JOB_LIMITS : [];
    const report = { repository: `${repository.owner}/${repository.name}`, actor, permissions, facts, limits, left };
    return { kind: 'report', report };
  } catch (error) {
    const left = await bench.scratch.cleanUp();
    if (options.signal.aborted) return { kind: 'interrupted', left };
    throw error;
  }
}

async function tryFacts(bench: ProbeBench, { signal, canWrite, onStep }: ProbeOptions): Promise<ProbedFact[]> {
  const facts: ProbedFact[] = [];
  await sweep(bench);
  for (const fact of GITHUB_FACTS) {
    if (signal.aborted) break;
    onStep(fact.id);
    facts.push({ id: fact.id, ...(await tryFact(fact, bench, canWrite)) });
  }
  return facts;
}

function openBench(visit: OpenedVisit, options: ProbeOptions): ProbeBench {
  const { clock, signal, workflow, random } = options;
  const { client, app, repository } = visit;
  const { owner, name } = repository;
  const nowMs = clock.now();
  return {
    client: bindSignal(client, signal),
    app,
    repository,
    workflow,
    scratch: new Scratch({ client, owner, name, visit: nameVisit(nowMs, random), nowMs }),
    lasting: { client, repository },
    clock,
    signal,
    download: (artifactId, maxBytes) => visit.download(artifactId, maxBytes),
  };
}

function bindSignal(client: GitHubClient, signal: AbortSignal): GitHubClient {
  return {
    ...client,
    rest: (call) => client.rest({ signal, ...call }),
    restPage: (call) => client.restPage({ signal, ...call }),
    graphql: (call) => client.graphql({ signal, ...call }),
  };
}

/** What killed visits left. Where it may not be removed, the permissions that are missing say why. */
async function sweep({ scratch, repository }: ProbeBench): Promise<void> {
  if (repository.isArchived) return;
  try {
    await scratch.sweep();
  } catch (error) {
    if (!(error instanceof GitHubError) || error.isTransient) throw error;
  }
}

async function tryFact(fact: GithubFact & { id: FactId }, bench: ProbeBench, canWrite: boolean): Promise<Finding> {
  const because = explainSkip(fact, bench, canWrite);
  if (because !== null) return skip(because);
  try {
    return await PROBES[fact.id as DoctorFactId](bench);
  } catch (error) {
    if (error instanceof GitHubError) return findingOf(error);
    throw error;
  }
}

function explainSkip({ doctor, smokeStep }: GithubFact, { repository }: ProbeBench, canWrite: boolean): string | null {
  if (doctor === null) return `no program can try it; step ${smokeStep ?? 0} of the smoke test does`;
  if (doctor === 'write' && !canWrite) return 'it needs --write';
  if (doctor !== 'look' && repository.isArchived) return 'the repository is archived';
  return null;
}

function findingOf({ ending, because }: GitHubError): Finding {
  switch (ending.kind) {
    case 'forbidden':
      return skip(`the permission ${ending.permission ?? 'for it'} is missing (${because})`);
    case 'later':
    case 'unauthorized':
      return skip(`GitHub could not answer (${because})`);
    case 'elsewhere':
    case 'gone':
    case 'refused':
      return { status: 'differs', expected: 'no refusal', found: `refused: ${because}` };
  }
}
