/**
 * One read of everything that a plan's next decision needs: one GraphQL request, and beside it REST only for what
 * GraphQL does not have (rules of the base every few minutes, artifacts of a run that left a receipt, permissions of
 * whoever said something new that may be a command).
 */
import type { BranchName, CommitSha, PlanId, TaskId } from '../../core/brand.ts';
import type { BaseRules, FactsQuery, ForgeFacts, PullFact } from '../../core/hosted/facts.ts';
import { hasJobToken } from '../../core/hosted/job-token.ts';
import { asksForGate } from '../../core/hosted/own-gate-check.ts';
import { readBranchName } from '../../core/ids.ts';
import { branchFor } from '../../core/ref-names.ts';
import { quoteText } from '../../core/report/escape-text.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HostedObservation } from '../../ports/hosted-forge.ts';
import { combineRules, type ListedRule, type ListedRules } from './base-rules.ts';
import type { GitHubClient } from './github-client.ts';
import { GitHubError } from './github-error.ts';
import { ObserveAnswer, PartAnswer, type ObservedRepository } from './observe-answer.ts';
import { readFurtherPages, type WholePull } from './observe-pages.ts';
import { splitQuery, writeObserveQuery, writePartQuery, type QueryContext } from './observe-query.ts';
import type { GraphqlFailure } from './read-answer.ts';
import { readBlobBytes } from './read-blob.ts';
import { readIssueFact, readRuns, readStatusComment } from './read-issue.ts';
import { toBasePull, toQueueEntries } from './read-merge-queue.ts';
import { joinParts, judgeLandings, readPart, type PartReading } from './read-part.ts';
import { readPermissions } from './read-permissions.ts';
import { toPullFact } from './read-pull.ts';
import { readReceipts } from './read-receipts.ts';
import type { RepositoryMemory } from './repository-memory.ts';

/** What observing works with. */
export interface ObserveParts {
  client: GitHubClient;
  clock: Pick<Clock, 'now'>;
  memory: RepositoryMemory;
  rules: ListedRules;
  /** Who this app is: asked of GitHub once. */
  readApp(): Promise<ForgeFacts['app']>;
}

const WHAT = 'Reading a plan from GitHub';
const MAX_CONFIG_BYTES = 1024 * 1024;
/** GraphQL takes longer than it may where there is very much; then the parts are asked for one by one. */
const REPEATS_BEFORE_SPLIT = 1;

/** Reads the facts of a plan, and where its ledgers stand. Throws {@link GitHubError}. */
export async function observePlan(parts: ObserveParts, query: FactsQuery, plan: PlanId): Promise<HostedObservation> {
  const { client, clock, memory } = parts;
  const readAtMs = clock.now();
  const app = await parts.readApp();
  const guess = query.base ?? memory.defaultBranch;
  const guessed = guess === null ? [] : await listRules(parts, guess);
  const isJobToken = hasJobToken(app);
  const context = guessContext(parts, guessed, { guess, base: query.base, plan, appId: app.id, isJobToken });
  const { answer, repository, reading } = await readAnswer(parts, query, context);
  const defaultBranch = checkBranch(repository.defaultBranchRef?.name);
  memory.defaultBranch = defaultBranch;
  const base = query.base ?? defaultBranch;
  const listed = base === guess ? guessed : await listRules(parts, base);
  const rules = readRules(repository, listed, isJobToken);
  memory.lastBase = { base, hasMergeQueue: rules.hasMergeQueue, asksForGate: asksForGate(rules, app.id) };
  // What stands in a queue was not asked for: without it nothing can be said of what waits there.
  if (rules.hasMergeQueue && rules.isQueueHidden !== true && !context.hasMergeQueue)
    return observePlan(parts, query, plan);
  const known = { knownSources: query.knownSources, nowMs: readAtMs };
  const pages = await readFurtherPages(repository.issue, [...reading.pulls.values()], { client, ...known });
  rememberNodes(memory, repository, pages.pulls);
  const pulls = readPulls(reading, pages.pulls, app.login);
  const issue = readIssueFact(repository.issue, pages.comments, app.login);
  const facts: ForgeFacts = {
    readAtMs,
    repository: { ...memory.address, nodeId: repository.id, isArchived: repository.isArchived, defaultBranch },
    app,
    base: { branch: base, tip: repository.base?.target?.oid ?? null },
    rules,
    configText: await readConfig(parts, repository),
    issue,
    ...readQueue(repository, context, app),
    pulls,
    branches: reading.branches,
    ...(isJobToken ? { heldRuns: reading.heldRuns } : {}),
    trialBranches: reading.trialBranches,
    runs: readRuns(answer, query.runs),
    receipts: await readReceipts(reading.receipts, query.receipts, parts),
    landed: judgeLandings(reading.landings, pulls),
    statusComment: readStatusComment(answer),
    permissions: await readPermissions({ issue, pulls, query, app }, parts),
    quota: client.quota(),
  };
  return { facts, version: { plan: repository.ledger?.target?.oid ?? null, queue: findQueueTip(repository, base) } };
}

/** What the document has to be written for, as far as it is known before the base was read. */
function guessContext(
  { memory }: ObserveParts,
  guessed: readonly ListedRule[],
  { guess, ...asked }: Pick<QueryContext, 'base' | 'plan' | 'appId' | 'isJobToken'> & { guess: BranchName | null },
): QueryContext {
  const { owner, name } = memory.address;
  const rules = combineRules(guessed, NO_CONTEXT);
  const remembered = memory.lastBase?.base === guess ? memory.lastBase : null;
  return {
    owner,
    name,
    ...asked,
    hasMergeQueue: !asked.isJobToken && (remembered?.hasMergeQueue === true || rules.hasMergeQueue),
    asksForGate: remembered?.asksForGate === true || asksForGate(rules, asked.appId),
  };
}

function readQueue(
  { mergeQueue, basePulls }: ObservedRepository,
  { hasMergeQueue }: QueryContext,
  app: ForgeFacts['app'],
): Pick<ForgeFacts, 'mergeQueue' | 'basePulls'> {
  return {
    ...(hasMergeQueue ? { mergeQueue: toQueueEntries(mergeQueue ?? null, app) } : {}),
    ...(basePulls === undefined ? {} : { basePulls: basePulls.nodes.map((pull) => toBasePull(pull, app)) }),
  };
}

interface Answered {
  answer: ObserveAnswer;
  repository: ObservedRepository;
  reading: PartReading;
}

/** The whole in one request; in parts if GitHub could not answer that. */
async function readAnswer(parts: ObserveParts, query: FactsQuery, context: QueryContext): Promise<Answered> {
  const split = splitQuery(query);
  try {
    return await readFirst(parts, query, query, context);
  } catch (error) {
    const isTooMuch = error instanceof GitHubError && error.ending.kind === 'later' && !error.ending.isLimit;
    if (!isTooMuch || split.length === 1) throw error;
  }
  const [first, ...rest] = split;
  const begun = await readFirst(parts, query, first ?? query, context);
  const readings = [begun.reading];
  for (const part of rest) {
    const { data, errors } = await parts.client.graphql({
      kind: 'query',
      ...writePartQuery(part, context),
      what: WHAT,
      answer: PartAnswer,
    });
    refuseHoles(parts.client, errors);
    if (data.repository?.id !== begun.repository.id) throw goneError('it changed while it was read');
    readings.push(readPart(part, data.repository, data.repository.base ?? null));
  }
  return { ...begun, reading: joinParts(readings) };
}

async function readFirst(
  { client, memory }: ObserveParts,
  query: FactsQuery,
  part: Parameters<typeof readPart>[0],
  context: QueryContext,
): Promise<Answered> {
  const { data: answer, errors } = await client.graphql({
    kind: 'query',
    ...writeObserveQuery(query, part, context),
    what: WHAT,
    answer: ObserveAnswer,
    maxRepeats: REPEATS_BEFORE_SPLIT,
  });
  refuseHoles(client, errors);
  const repository = takeRepository(memory, answer.repository);
  return { answer, repository, reading: readPart(part, repository, repository.base) };
}

/** Rules of the older kind are shown to few; without them it goes on. */
const DISPENSABLE: ReadonlySet<string | number> = new Set(['refUpdateRule', 'branchProtectionRule', 'queueProbe']);

/** What is not found is no hole: it is not there. Anything else that is missing must not pass for absent. */
function refuseHoles(client: GitHubClient, errors: readonly GraphqlFailure[]): void {
  const hole = errors.find(
    ({ failure, path }) => failure.type !== 'NOT_FOUND' && !path.some((name) => DISPENSABLE.has(name)),
  );
  if (hole !== undefined) throw client.errorOf(WHAT, hole.failure);
}

/** The repository if it is still the same one; its names of now go into the memory. */
function takeRepository(memory: RepositoryMemory, found: ObservedRepository | null): ObservedRepository {
  if (found === null) throw goneError('it is not there for this installation: deleted, or taken out of its reach');
  const { id } = memory.address;
  if (found.databaseId !== id) throw goneError(`another repository stands under its name (${found.databaseId})`);
  Object.assign(memory, { nodeId: found.id, address: { id, owner: found.owner.login, name: found.name } });
  return found;
}

function goneError(because: string): GitHubError {
  return new GitHubError('Reading a repository', { ending: { kind: 'gone' }, because });
}

function checkBranch(name: string | undefined): BranchName {
  const refuse = (because: string) => new GitHubError(WHAT, { ending: { kind: 'refused' }, because });
  if (name === undefined) throw refuse('the repository has no branch yet: it needs a first commit');
  const checked = readBranchName(name);
  if (checked.ok) return checked.value;
  throw refuse(`the default branch ${quoteText(name)} cannot be used, since ${checked.because}`);
}

/** No rules for a branch that is not there, and none where GitHub's plan of the account has none. */
async function listRules({ rules, memory }: ObserveParts, base: BranchName): Promise<readonly ListedRule[]> {
  try {
    return await rules.get(memory.address, base);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.ending.kind === 'gone' || /upgrade to github/i.test(error.because)) return [];
    throw error;
  }
}

function readRules(repository: ObservedRepository, listed: readonly ListedRule[], isJobToken: boolean): BaseRules {
  const { mergeCommitAllowed, squashMergeAllowed, rebaseMergeAllowed, base } = repository;
  const rules = combineRules(listed, {
    methods: [
      ...(mergeCommitAllowed ? (['merge'] as const) : []),
      ...(squashMergeAllowed ? (['squash'] as const) : []),
      ...(rebaseMergeAllowed ? (['rebase'] as const) : []),
    ],
    update: base?.refUpdateRule ?? null,
    protection: base?.branchProtectionRule ?? null,
  });
  // Either of the two is asked for, as it is known by then whether there is a queue.
  const hasMergeQueue = rules.hasMergeQueue || (repository.mergeQueue ?? repository.queueProbe ?? null) !== null;
  return { ...rules, hasMergeQueue, ...(hasMergeQueue && isJobToken ? { isQueueHidden: true } : {}) };
}

/** Nothing is known beside the list. */
const NO_CONTEXT = { methods: [], update: null, protection: null };

async function readConfig({ client, memory }: ObserveParts, { base }: ObservedRepository): Promise<string | null> {
  const blob = base?.target?.config ?? null;
  if (blob === null) return null;
  const { owner, name } = memory.address;
  const bytes = await readBlobBytes(blob, MAX_CONFIG_BYTES, { client, owner, name });
  if (bytes !== null) return new TextDecoder().decode(bytes);
  throw new GitHubError('Reading the configuration', {
    ending: { kind: 'refused' },
    because: `the file has ${blob.byteSize} bytes, and at most ${MAX_CONFIG_BYTES} are read`,
  });
}

function readPulls(reading: PartReading, wholes: readonly WholePull[], ownLogin: string): Map<TaskId, PullFact> {
  const tasks = [...reading.pulls.keys()];
  return new Map(
    wholes.flatMap((whole, index) => {
      const task = tasks[index];
      return task === undefined ? [] : [[task, toPullFact(whole.pull, whole, ownLogin)] as const];
    }),
  );
}

function findQueueTip(repository: ObservedRepository, base: BranchName): CommitSha | null {
  if (repository.queue !== undefined) return repository.queue?.target?.oid ?? null;
  // GitHub may name a ref without the prefix that it was asked for by; a queue's own part has no slash.
  const lastPart = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  const wanted = lastPart(branchFor({ kind: 'queue', base }));
  return repository.queues?.nodes.find(({ name }) => lastPart(name) === wanted)?.target?.oid ?? null;
}

/** Node ids that effects need later; they are looked up where they are not remembered. */
function rememberNodes(memory: RepositoryMemory, repository: ObservedRepository, pulls: readonly WholePull[]): void {
  const { issue, labels } = repository;
  if (issue !== null) memory.threadIds.set(issue.number, issue.id);
  for (const { pull } of pulls) memory.threadIds.set(pull.number, pull.id);
  const lists = [labels, issue?.labels ?? null, ...pulls.map(({ pull }) => pull.labels)];
  for (const list of lists) for (const { id, name } of list?.nodes ?? []) memory.labelIds.set(name.toLowerCase(), id);
}
