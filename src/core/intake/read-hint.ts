/**
 * Reads where to look again out of a webhook's payload. The payload is believed for nothing else: whoever acts on a
 * hint reads the state anew, so a forged, doubled, late or reordered event costs a look and changes nothing.
 * Payloads: https://docs.github.com/webhooks/webhook-events-and-payloads
 */
import { issueOf } from '../hosted/state.ts';
import { isObjectName } from '../ids.ts';
import { type Hint, MAX_PLAN_HINTS, type PlanHint } from './hint.ts';
import { at, idAt, listAt, readRepository, textAt } from './payload.ts';

/** Who we are, so that the echo of our own writes is not work. `botUserId` is `null` until it is known. */
export interface OwnIdentity {
  appId: number;
  botUserId: number | null;
  /** Stands where an event names no installation, as those that a workflow is started by do; without it they lead nowhere. */
  installationId?: number;
}

/** Why an event leads nowhere; a closed set, used as a label. */
export type IgnoredBecause = 'irrelevant' | 'own-echo' | 'no-installation' | 'no-repository';

/** What an event says. `sweep`: an installation came or changed as a whole, so look at everything soon. */
export type HintReading =
  | { kind: 'hints'; hints: Hint[] }
  | { kind: 'sweep' }
  | { kind: 'ignored'; because: IgnoredBecause };

type Read = (payload: unknown) => 'all' | PlanHint[];

/** Every event of a repository that can concern a plan. The rest is none of our business. */
const READERS: Readonly<Record<string, Read>> = {
  issues: readIssue,
  issue_comment: readIssue,
  pull_request: readPull,
  pull_request_review: readPull,
  pull_request_review_thread: readPull,
  check_run: (payload) => readCheck(payload, at(payload, 'check_run'), at(payload, 'check_run', 'check_suite')),
  check_suite: (payload) => readCheck(payload, at(payload, 'check_suite'), at(payload, 'check_suite')),
  status: (payload) => shaHint(at(payload, 'sha')),
  workflow_run: readWorkflowRun,
  workflow_job: (payload) => idAt(payload, 'workflow_job', 'run_id').map((run) => ({ run })),
  merge_group: (payload) => [
    ...baseHint(stripHeads(at(payload, 'merge_group', 'base_ref'))),
    ...shaHint(at(payload, 'merge_group', 'head_sha')),
  ],
  push: readPush,
  // Renamed, transferred, archived …
  repository: () => 'all',
};

/** The events that the App must subscribe to. Those about installations come by themselves. */
export const HINT_EVENTS: readonly string[] = Object.keys(READERS);

/** Lists of the repositories that an event about an installation brings. */
const INSTALLATION_LISTS: ReadonlyMap<string, string> = new Map([
  ['installation', 'repositories'],
  ['installation_repositories', 'repositories_added'],
]);

/** More repositories than this in one event are left to a sweep, which takes its time. */
const MAX_REPOSITORIES = 50;

/** Actions after which an installation gives us nothing to look at. */
const GONE: ReadonlySet<unknown> = new Set(['deleted', 'suspend', 'removed']);

/**
 * Where `payload`, the body of an event named `eventName`, says to look again. Never throws, whatever `payload` is.
 *
 * Echoes of what we did ourselves are dropped, but only where the event can be nothing else: the events of runs and
 * of others' checks carry us as their sender too, because we dispatched the run or pushed the commit, and a base
 * that we moved is news to the other plans on it.
 */
export function readHint(eventName: string, payload: unknown, self: OwnIdentity): HintReading {
  const list = INSTALLATION_LISTS.get(eventName);
  if (list !== undefined) return readInstallation(payload, list);
  const read = Object.hasOwn(READERS, eventName) ? READERS[eventName] : undefined;
  if (read === undefined) return { kind: 'ignored', because: 'irrelevant' };
  const [installationId = self.installationId] = idAt(payload, 'installation', 'id');
  if (installationId === undefined) return { kind: 'ignored', because: 'no-installation' };
  // GitHub opens a suite for us with every push, those to our ledgers among them; the push itself is told too.
  if (eventName === 'check_suite' && at(payload, 'action') === 'requested')
    return { kind: 'ignored', because: 'irrelevant' };
  const repository = readRepository(at(payload, 'repository'));
  if (repository === null) return { kind: 'ignored', because: 'no-repository' };
  if (isOwnEcho(eventName, payload, self)) return { kind: 'ignored', because: 'own-echo' };
  const plans = nameDirectly(read(payload));
  if (plans === 'all' || plans.length > MAX_PLAN_HINTS)
    return { kind: 'hints', hints: [{ repository, installationId, plans: 'all' }] };
  if (plans.length === 0) return { kind: 'ignored', because: 'irrelevant' };
  return { kind: 'hints', hints: [{ repository, installationId, plans }] };
}

function isOwnEcho(eventName: string, payload: unknown, self: OwnIdentity): boolean {
  const action = at(payload, 'action');
  // A click on a button of our check has the same app but a person's wish in it.
  if (eventName === 'check_run' && (action === 'created' || action === 'completed'))
    return at(payload, 'check_run', 'app', 'id') === self.appId;
  if (self.botUserId === null || at(payload, 'sender', 'id') !== self.botUserId) return false;
  switch (eventName) {
    case 'issues':
    case 'issue_comment':
    case 'pull_request_review':
      return true;
    case 'pull_request':
      // Leaving the merge queue is GitHub's doing, whoever is named for it.
      return action !== 'dequeued';
    case 'push':
      return OWN_BRANCH.test(textAt(payload, 'ref')) || isOwnClearing(payload);
    default:
      return false;
  }
}

/** Branches that only we move. Receipts come from runs, so of the staging branches only their removal is ours. */
const OWN_BRANCH = /^refs\/heads\/(?:espalier|espalier-ledger|espalier-queue|archive\/espalier)\//;

function isOwnClearing(payload: unknown): boolean {
  return at(payload, 'deleted') === true && textAt(payload, 'ref').startsWith('refs/heads/espalier-staging/');
}

/** If the plan's issue is known at once, nothing needs to be looked up. */
function nameDirectly(plans: 'all' | PlanHint[]): 'all' | PlanHint[] {
  if (plans === 'all') return plans;
  const issues = new Set(plans.flatMap((plan) => ('issue' in plan ? [plan.issue] : [])));
  return issues.size === 0 ? plans : [...issues].map((issue) => ({ issue }));
}

function readInstallation(payload: unknown, list: string): HintReading {
  const [installationId] = idAt(payload, 'installation', 'id');
  if (installationId === undefined) return { kind: 'ignored', because: 'no-installation' };
  if (GONE.has(at(payload, 'action'))) return { kind: 'ignored', because: 'irrelevant' };
  const hints = listAt(payload, list).flatMap((listed): Hint[] => {
    const repository = readRepository(listed);
    return repository === null ? [] : [{ repository, installationId, plans: 'all' }];
  });
  const isLookWorthy = hints.length > 0 && hints.length <= MAX_REPOSITORIES;
  return isLookWorthy ? { kind: 'hints', hints } : { kind: 'sweep' };
}

function readIssue(payload: unknown): PlanHint[] {
  const [number] = idAt(payload, 'issue', 'number');
  if (number === undefined) return [];
  return at(payload, 'issue', 'pull_request') == null ? [{ issue: number }] : [{ pull: number }];
}

function readPull(payload: unknown): PlanHint[] {
  const pulls = idAt(payload, 'pull_request', 'number').map((pull) => ({ pull }));
  // The branch of a fork is not a branch of ours, even if it has the same name.
  const isOurs = at(payload, 'pull_request', 'head', 'repo', 'id') === at(payload, 'repository', 'id');
  return isOurs ? [...pulls, ...branchHint(at(payload, 'pull_request', 'head', 'ref'))] : pulls;
}

function readCheck(payload: unknown, check: unknown, suite: unknown): PlanHint[] {
  // A fork's check names the pull requests that it has elsewhere too.
  const ours = listAt(check, 'pull_requests').filter(
    (pull) => at(pull, 'base', 'repo', 'id') === at(payload, 'repository', 'id'),
  );
  return [
    ...shaHint(at(check, 'head_sha')),
    ...branchHint(at(suite, 'head_branch')),
    ...ours.flatMap((pull) => idAt(pull, 'number').map((number) => ({ pull: number }))),
  ];
}

function readWorkflowRun(payload: unknown): PlanHint[] {
  const run = at(payload, 'workflow_run');
  const ids = idAt(run, 'id').map((id) => ({ run: id }));
  // The head of a dispatched run is the default branch's and says nothing; its name has the nonce.
  if (at(run, 'event') !== 'workflow_dispatch') {
    // The branch of a fork is not a branch of ours, even if it has the same name.
    const isOurs = at(run, 'head_repository', 'id') === at(payload, 'repository', 'id');
    const branch = isOurs ? branchHint(at(run, 'head_branch')) : [];
    return [...ids, ...shaHint(at(run, 'head_sha')), ...branch];
  }
  const name = textAt(run, 'display_title');
  const issue = issueOf(/^espalier (\S+) /.exec(name)?.[1] ?? '');
  if (issue !== null) return [{ issue }];
  return isPrintable(name) ? [...ids, { runName: name }] : ids;
}

function readPush(payload: unknown): PlanHint[] {
  const name = stripHeads(at(payload, 'ref'));
  return [...branchHint(name), ...baseHint(name)];
}

// Plans have only branches of printable ASCII (see readBranchName), so any other concerns none of them.
function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(text);
}

function isBranch(name: unknown): name is string {
  return typeof name === 'string' && isPrintable(name) && !name.includes(' ');
}

function branchHint(name: unknown): PlanHint[] {
  if (!isBranch(name)) return [];
  const issue = issueOf(/^espalier(?:-ledger|-staging)?\/([^/]+)/.exec(name)?.[1] ?? '');
  return issue === null ? [{ branch: name }] : [{ issue }];
}

function baseHint(name: unknown): PlanHint[] {
  return isBranch(name) ? [{ base: name }] : [];
}

function shaHint(value: unknown): PlanHint[] {
  return typeof value === 'string' && isObjectName(value) ? [{ sha: value }] : [];
}

/** The branch of a full ref name, `null` for a tag or anything else. */
function stripHeads(ref: unknown): string | null {
  const prefix = 'refs/heads/';
  return typeof ref === 'string' && ref.startsWith(prefix) ? ref.slice(prefix.length) : null;
}
