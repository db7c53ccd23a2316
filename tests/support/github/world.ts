/**
 * What every operation works on: the state with its clock, its git and its outlet for events, and the small looks at
 * it that REST, GraphQL and tests share.
 */
import type { GitStorage } from './git-storage.ts';
import type {
  Account,
  Actor,
  App,
  GitHubState,
  Installation,
  Issue,
  Oid,
  PullIssue,
  RefMove,
  Repository,
  Role,
  WorkflowRun,
} from './state.ts';
import type { WorldEvent } from './webhooks/events.ts';

export type { Actor } from './state.ts';

/** The running GitHub. */
export interface World {
  state: GitHubState;
  clock: { now(): number };
  /** A seeded stream of numbers in [0, 1). */
  random(): number;
  git: GitStorage;
  /** Origins of the running servers, without a slash at the end; set when they listen. */
  urls: { web: string; api: string };
  settings: {
    /** How long after the first read mergeability stays unknown. */
    mergeabilityDelayMs: number;
    /** How long an event takes to its receiver. */
    deliveryDelayMs: number;
  };
  /**
   * Runs one change of the state to its end before the next one begins; a change inside a change runs at once.
   * Every operation does this itself.
   */
  atomically<T>(change: () => Promise<T>): Promise<T>;
  /** What follows from a change in rooms above the one that makes it; see `create-world.ts`. */
  followers: {
    /** A ref has moved: in git, in the state, and not yet in pull requests and queues. */
    refMoved(world: World, by: Actor, repository: Repository, move: RefMove): Promise<void>;
    /** Somebody has cancelled a run that is not done. */
    runCancelled(world: World, run: WorkflowRun): Promise<void>;
    /** Checks or statuses of a commit have changed. */
    checksChanged(world: World, repository: Repository, sha: Oid): Promise<void>;
  };
  /** Makes the payload now, from the state as it is, and puts it on its way to every app that listens. */
  emit(event: WorldEvent): Promise<void>;
}

/** In GitHub's words: the `type` of a GraphQL error. */
export type RefusalType = 'NOT_FOUND' | 'FORBIDDEN' | 'UNPROCESSABLE' | 'STALE_DATA' | 'CONFLICT' | 'ARCHIVED';

/** GitHub says no. REST answers `status` and `message`, GraphQL an error of `type` and `message`. */
export class Refusal extends Error {
  readonly status: number;
  readonly type: RefusalType;
  /** Entries of `errors` in a 422 of REST. */
  readonly errors: { resource: string; field: string; code: string; message?: string }[];

  constructor(
    status: 403 | 404 | 405 | 409 | 410 | 422,
    type: RefusalType,
    message: string,
    errors: { resource: string; field: string; code: string; message?: string }[] = [],
  ) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.type = type;
    this.errors = errors;
  }
}

/** GitHub's 404: also for what the asker may not see. */
export function notFound(message = 'Not Found'): Refusal {
  return new Refusal(404, 'NOT_FOUND', message);
}

/** GitHub's 422. */
export function unprocessable(
  message: string,
  errors: { resource: string; field: string; code: string; message?: string }[] = [],
): Refusal {
  return new Refusal(422, 'UNPROCESSABLE', message, errors);
}

/** The account of a login; throws for one that nobody made. */
export function accountOf(state: GitHubState, login: string): Account {
  const account = state.accounts.get(login.toLowerCase());
  if (account === undefined) throw new Error(`The test GitHub has no account ${login}: add it first.`);
  return account;
}

/** A person, as the actor of an operation. */
export function personActor(world: World, login: string): Actor {
  return { account: accountOf(world.state, login), appId: null };
}

/** An app's bot, as the actor of an operation. */
export function appActor(world: World, appId: number): Actor {
  const app = appOf(world.state, appId);
  return { account: accountOf(world.state, `${app.slug}[bot]`), appId };
}

/** The app of an id; throws for one that nobody registered. */
export function appOf(state: GitHubState, appId: number): App {
  const app = state.apps.get(appId);
  if (app === undefined) throw new Error(`The test GitHub has no app ${appId}: register it first.`);
  return app;
}

/** A repository by owner and name in any case, also by a former name (`isMoved`: REST answers 301 for those). */
export function findRepository(
  state: GitHubState,
  owner: string,
  name: string,
): { repository: Repository; isMoved: boolean } | null {
  const key = `${owner}/${name}`.toLowerCase();
  for (const repository of state.repositories.values())
    if (`${repository.owner}/${repository.name}`.toLowerCase() === key) return { repository, isMoved: false };
  const formerId = state.formerNames.get(key);
  const repository = formerId === undefined ? undefined : state.repositories.get(formerId);
  return repository === undefined ? null : { repository, isMoved: true };
}

/** The repository of an id that the state itself holds. */
export function repositoryOf(state: GitHubState, repositoryId: number): Repository {
  const repository = state.repositories.get(repositoryId);
  if (repository === undefined) throw new Error(`The test GitHub has no repository ${repositoryId}.`);
  return repository;
}

/** The installation of an app that reaches a repository, whether suspended or not. */
export function installationOn(state: GitHubState, appId: number, repository: Repository): Installation | null {
  for (const installation of state.installations.values()) {
    if (installation.appId !== appId) continue;
    if (reachesRepository(installation, repository)) return installation;
  }
  return null;
}

/** Whether a repository is open to an installation. */
export function reachesRepository(installation: Installation, repository: Repository): boolean {
  if (installation.accountLogin.toLowerCase() !== repository.owner.toLowerCase()) return false;
  return installation.repositorySelection === 'all' || installation.repositoryIds.has(repository.id);
}

/** Whether an issue is a pull request. */
export function isPull(issue: Issue): issue is PullIssue {
  return issue.pull !== null;
}

/** An issue or pull request by number; a {@link Refusal} where there is none. */
export function issueOf(repository: Repository, number: number): Issue {
  const issue = repository.issues.get(number);
  if (issue === undefined) throw notFound();
  return issue;
}

/** A pull request by number; a {@link Refusal} where there is none. */
export function pullOf(repository: Repository, number: number): PullIssue {
  const issue = issueOf(repository, number);
  if (!isPull(issue)) throw notFound();
  return issue;
}

/** Every write to an archived repository is refused. */
export function refuseWriteToArchived(repository: Repository): void {
  if (repository.isArchived) throw new Refusal(403, 'ARCHIVED', 'Repository was archived so is read-only.');
}

/** What a login may do in a repository. */
export function roleOf(repository: Repository, login: string): Role {
  if (repository.owner.toLowerCase() === login.toLowerCase()) return 'admin';
  return repository.collaborators.get(login.toLowerCase()) ?? (repository.isPrivate ? 'none' : 'read');
}

/** Sets some fields of a thing in the state at once; the compiler checks them, as it does not for `Object.assign`. */
export function setFields<Thing extends object>(thing: Thing, fields: Partial<Thing>): void {
  Object.assign(thing, fields);
}

/** Next id for accounts, apps, repositories, installations and rulesets. */
export function nextSmallId(state: GitHubState): number {
  return ++state.lastSmallId;
}

/** Next id for everything else: above 2^32, where GraphQL's `databaseId: Int` has no value. */
export function nextLargeId(state: GitHubState): number {
  return ++state.lastLargeId;
}
