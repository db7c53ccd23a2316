/** Check runs, their suites, and commit statuses. */
import { ACTIONS_APP_ID, addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type {
  CheckAction,
  CheckAnnotation,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  CheckSuite,
  CommitStatus,
  Oid,
  Repository,
  StatusState,
} from '../state.ts';
import {
  appOf,
  nextLargeId,
  Refusal,
  repositoryOf,
  unprocessable,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';

/** What an app says of a check run; what is absent stays as it is. */
export interface CheckRunChange {
  name?: string | undefined;
  externalId?: string | undefined;
  detailsUrl?: string | null | undefined;
  status?: CheckStatus | undefined;
  conclusion?: CheckConclusion | undefined;
  startedAt?: number | undefined;
  completedAt?: number | undefined;
  title?: string | undefined;
  summary?: string | undefined;
  text?: string | undefined;
  /** Added to those that are there. */
  annotations?: CheckAnnotation[] | undefined;
  /** Replace those that are there. */
  actions?: CheckAction[] | undefined;
}

/** A check run to make; queued unless it says otherwise. */
export interface NewCheckRun extends CheckRunChange {
  name: string;
  headSha: Oid;
}

/** Makes a check run of the app that asks, in its suite on that commit. People cannot. */
export async function createCheckRun(
  world: World,
  by: Actor,
  repository: Repository,
  wanted: NewCheckRun,
): Promise<CheckRun> {
  return world.atomically(async () => {
    refuseWriteToArchived(repository);
    const { appId } = by;
    if (appId === null)
      throw new Refusal(403, 'FORBIDDEN', 'You must authenticate via a GitHub App to access this endpoint.');
    if ((await world.git.readCommit(repository.gitDir, wanted.headSha)) === null)
      throw unprocessable(`No commit found for SHA: ${wanted.headSha}`);
    const suite =
      [...repository.checkSuites.values()].find(
        (one) => one.appId === appId && one.headSha === wanted.headSha && one.workflowRunId === null,
      ) ??
      addCheckSuite(world, repository, {
        appId,
        headSha: wanted.headSha,
        headBranch: findBranchAt(repository, wanted.headSha),
      });
    return addCheckRun(world, by, suite, wanted);
  });
}

/** Makes a check run in a suite, as GitHub Actions does for each job. */
export async function addCheckRun(
  world: World,
  by: Actor,
  suite: CheckSuite,
  wanted: CheckRunChange & { name: string },
): Promise<CheckRun> {
  const repository = repositoryOf(world.state, suite.repositoryId);
  refuseBadChange(wanted);
  const id = nextLargeId(world.state);
  const checkRun: CheckRun = {
    id,
    nodeId: makeNodeId('CheckRun', id),
    repositoryId: repository.id,
    suiteId: suite.id,
    appId: suite.appId,
    name: wanted.name,
    headSha: suite.headSha,
    externalId: '',
    detailsUrl: `${world.urls.web}/apps/${appOf(world.state, suite.appId).slug}`,
    status: 'queued',
    conclusion: null,
    startedAt: world.clock.now(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  applyChange(world, checkRun, wanted);
  repository.checkRuns.set(id, checkRun);
  addNode(world.state, checkRun.nodeId, { kind: 'CheckRun', repository, checkRun });
  await world.emit({ event: 'check_run', action: 'created', repository, by, checkRun });
  await followCheckRun(world, by, checkRun, false);
  return checkRun;
}

/** Changes a check run; only its own app may. */
export async function updateCheckRun(
  world: World,
  by: Actor,
  checkRun: CheckRun,
  change: CheckRunChange,
): Promise<void> {
  await world.atomically(async () => {
    refuseWriteToArchived(repositoryOf(world.state, checkRun.repositoryId));
    if (by.appId !== checkRun.appId)
      throw new Refusal(
        403,
        'FORBIDDEN',
        `Invalid app_id \`${by.appId}\` - check run can only be modified by the GitHub App that created it.`,
      );
    refuseBadChange(change);
    const wasCompleted = checkRun.status === 'completed';
    applyChange(world, checkRun, change);
    await followCheckRun(world, by, checkRun, wasCompleted);
  });
}

function applyChange(world: World, checkRun: CheckRun, change: CheckRunChange): void {
  const { status, conclusion, completedAt, annotations, ...plain } = change;
  for (const [name, value] of Object.entries(plain)) if (value !== undefined) setFields(checkRun, { [name]: value });
  checkRun.annotations.push(...(annotations ?? []));
  if (conclusion !== undefined || completedAt !== undefined)
    setFields(checkRun, {
      status: 'completed',
      conclusion: conclusion ?? checkRun.conclusion,
      completedAt: completedAt ?? world.clock.now(),
    });
  else if (status !== undefined && status !== 'completed')
    setFields(checkRun, { status, conclusion: null, completedAt: null });
}

/** Limits that the description of the API does not state as a schema. */
function refuseBadChange(change: CheckRunChange): void {
  if (change.status === 'completed' && change.conclusion === undefined)
    throw unprocessable('Validation Failed', [{ resource: 'CheckRun', field: 'conclusion', code: 'missing_field' }]);
  const texts = { summary: change.summary, text: change.text };
  for (const [field, text] of Object.entries(texts))
    if (text !== undefined && Buffer.byteLength(text) > 65_535)
      throw unprocessable(`Only 65535 characters are allowed; ${text.length} were supplied.`, [
        { resource: 'CheckRun', field: `output.${field}`, code: 'invalid' },
      ]);
  if ((change.annotations?.length ?? 0) > 50)
    throw unprocessable('No subschema in "anyOf" matched: annotations may have 50 items at most.');
}

async function followCheckRun(world: World, by: Actor, checkRun: CheckRun, wasCompleted: boolean): Promise<void> {
  const repository = repositoryOf(world.state, checkRun.repositoryId);
  if (checkRun.status === 'completed' && !wasCompleted)
    await world.emit({ event: 'check_run', action: 'completed', repository, by, checkRun });
  const suite = repository.checkSuites.get(checkRun.suiteId);
  // A workflow run says itself when it is done; the end of a job is not the end of its run.
  if (suite !== undefined && suite.workflowRunId === null) await summarizeSuite(world, by, suite);
  await world.followers.checksChanged(world, repository, checkRun.headSha);
}

const WORST_FIRST: readonly CheckConclusion[] = [
  'startup_failure',
  'failure',
  'timed_out',
  'cancelled',
  'action_required',
  'stale',
  'success',
  'neutral',
  'skipped',
];

async function summarizeSuite(world: World, by: Actor, suite: CheckSuite): Promise<void> {
  const repository = repositoryOf(world.state, suite.repositoryId);
  const runs = [...repository.checkRuns.values()].filter((run) => run.suiteId === suite.id);
  const isDone = runs.every((run) => run.status === 'completed');
  const isStarted = runs.some((run) => run.status !== 'queued');
  const status = isDone ? 'completed' : isStarted ? 'in_progress' : 'queued';
  const conclusion = isDone ? (WORST_FIRST.find((one) => runs.some((run) => run.conclusion === one)) ?? null) : null;
  await setSuite(world, by, suite, { status, conclusion });
}

/** Sets where a suite stands, and tells when it is completed (or completed otherwise than before). */
export async function setSuite(
  world: World,
  by: Actor,
  suite: CheckSuite,
  { status, conclusion }: { status: CheckStatus; conclusion: CheckConclusion | null },
): Promise<void> {
  const isNews = status === 'completed' && (suite.status !== 'completed' || suite.conclusion !== conclusion);
  setFields(suite, { status, conclusion, updatedAt: world.clock.now() });
  const repository = repositoryOf(world.state, suite.repositoryId);
  if (isNews) await world.emit({ event: 'check_suite', action: 'completed', repository, by, suite });
}

/** Adds an empty suite, and tells nobody. */
export function addCheckSuite(
  world: World,
  repository: Repository,
  wanted: { appId: number; headSha: Oid; headBranch: string | null; workflowRunId?: number },
): CheckSuite {
  const id = nextLargeId(world.state);
  const now = world.clock.now();
  const suite: CheckSuite = {
    id,
    nodeId: makeNodeId('CheckSuite', id),
    repositoryId: repository.id,
    workflowRunId: null,
    ...wanted,
    status: 'queued',
    conclusion: null,
    createdAt: now,
    updatedAt: now,
  };
  repository.checkSuites.set(id, suite);
  addNode(world.state, suite.nodeId, { kind: 'CheckSuite', repository, suite });
  return suite;
}

/** A branch that stands on a commit, as suites show it. */
function findBranchAt(repository: Repository, sha: Oid): string | null {
  for (const [name, oid] of repository.refs)
    if (oid === sha && name.startsWith('refs/heads/')) return name.slice('refs/heads/'.length);
  return null;
}

/** A person clicks "Re-run" on a check run: its app hears of it, and its suite waits again. */
export async function rerequestCheck(world: World, by: Actor, checkRun: CheckRun): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, checkRun.repositoryId);
    const suite = repository.checkSuites.get(checkRun.suiteId);
    if (suite !== undefined) await setSuite(world, by, suite, { status: 'queued', conclusion: null });
    await world.emit({ event: 'check_run', action: 'rerequested', repository, by, checkRun });
  });
}

/** A person clicks "Re-run all checks" of an app. */
export async function rerequestSuite(world: World, by: Actor, suite: CheckSuite): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, suite.repositoryId);
    await setSuite(world, by, suite, { status: 'queued', conclusion: null });
    await world.emit({ event: 'check_suite', action: 'rerequested', repository, by, suite });
  });
}

/** A person clicks a button of a check run; buttons show once it is completed. */
export async function clickCheckButton(world: World, by: Actor, checkRun: CheckRun, identifier: string): Promise<void> {
  await world.atomically(async () => {
    if (checkRun.status !== 'completed')
      throw new Error(`Check run ${checkRun.name} is ${checkRun.status}: its buttons show once it is completed.`);
    if (!checkRun.actions.some((one) => one.identifier === identifier))
      throw new Error(
        `Check run ${checkRun.name} has no button ${identifier}; it has: ${checkRun.actions.map((one) => one.identifier).join(', ')}.`,
      );
    const repository = repositoryOf(world.state, checkRun.repositoryId);
    await world.emit({ event: 'check_run', action: 'requested_action', repository, by, checkRun, identifier });
  });
}

/** Adds a commit status; the newest of a context is the one that counts. */
export async function createStatus(
  world: World,
  by: Actor,
  repository: Repository,
  wanted: {
    sha: Oid;
    context: string;
    state: StatusState;
    description?: string | undefined;
    targetUrl?: string | undefined;
  },
): Promise<CommitStatus> {
  return world.atomically(async () => {
    refuseWriteToArchived(repository);
    if ((await world.git.readCommit(repository.gitDir, wanted.sha)) === null)
      throw unprocessable(`No commit found for SHA: ${wanted.sha}`);
    const id = nextLargeId(world.state);
    const status: CommitStatus = {
      id,
      nodeId: makeNodeId('StatusContext', id),
      repositoryId: repository.id,
      sha: wanted.sha,
      context: wanted.context,
      state: wanted.state,
      description: wanted.description ?? null,
      targetUrl: wanted.targetUrl ?? null,
      creator: by.account.login,
      createdAt: world.clock.now(),
    };
    repository.statuses.push(status);
    addNode(world.state, status.nodeId, { kind: 'StatusContext', repository, status });
    await world.emit({ event: 'status', repository, by, status });
    await world.followers.checksChanged(world, repository, wanted.sha);
    return status;
  });
}

/** The newest check run of each name and app on a commit (of GitHub Actions: of each name and workflow). */
export function latestCheckRuns(repository: Repository, sha: Oid): CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of repository.checkRuns.values()) {
    if (run.headSha !== sha) continue;
    latest.set(`${run.appId} ${run.appId === ACTIONS_APP_ID ? workflowOf(repository, run) : ''} ${run.name}`, run);
  }
  return [...latest.values()];
}

function workflowOf(repository: Repository, checkRun: CheckRun): number | null {
  const runId = repository.checkSuites.get(checkRun.suiteId)?.workflowRunId;
  return (runId == null ? undefined : repository.runs.get(runId)?.workflowId) ?? null;
}

/** The newest status of each context on a commit. */
export function latestStatuses(repository: Repository, sha: Oid): CommitStatus[] {
  const latest = new Map<string, CommitStatus>();
  for (const status of repository.statuses) if (status.sha === sha) latest.set(status.context, status);
  return [...latest.values()];
}
