import type {
  Repository,
  Oid,
  CheckRun,
  CommitStatus,
  CheckSuite,
  StatusState,
  CheckStatus,
  CheckConclusion,
  CheckAnnotation,
  CheckAction,
} from '../state.ts';
import type { Actor, World } from '../world.ts';

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

export interface NewCheckRun extends CheckRunChange {
  name: string;
  headSha: Oid;
}

/** To be built. */
export async function createCheckRun(
  world: World,
  by: Actor,
  repository: Repository,
  checkRun: NewCheckRun,
): Promise<CheckRun> {
  throw new Error(`not built: createCheckRun`);
}

/** To be built. */
export async function updateCheckRun(
  world: World,
  by: Actor,
  checkRun: CheckRun,
  change: CheckRunChange,
): Promise<void> {
  throw new Error(`not built: updateCheckRun`);
}

/** To be built. */
export async function rerequestCheck(world: World, by: Actor, checkRun: CheckRun): Promise<void> {
  throw new Error(`not built: rerequestCheck`);
}

/** To be built. */
export async function rerequestSuite(world: World, by: Actor, suite: CheckSuite): Promise<void> {
  throw new Error(`not built: rerequestSuite`);
}

/** To be built. */
export async function clickCheckButton(world: World, by: Actor, checkRun: CheckRun, identifier: string): Promise<void> {
  throw new Error(`not built: clickCheckButton`);
}

/** To be built. */
export async function createStatus(
  world: World,
  by: Actor,
  repository: Repository,
  status: {
    sha: Oid;
    context: string;
    state: StatusState;
    description?: string | undefined;
    targetUrl?: string | undefined;
  },
): Promise<CommitStatus> {
  throw new Error(`not built: createStatus`);
}

/** To be built. */
export function latestCheckRuns(repository: Repository, sha: Oid): CheckRun[] {
  throw new Error(`not built: latestCheckRuns`);
}

/** To be built. */
export function latestStatuses(repository: Repository, sha: Oid): CommitStatus[] {
  throw new Error(`not built: latestStatuses`);
}
