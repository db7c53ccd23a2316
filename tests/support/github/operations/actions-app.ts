/** GitHub Actions as an app: what its tokens may be given, and what it may not do with them. */
import { ACTIONS_APP_ID } from '../registry.ts';
import type { Installation, Permissions, Repository } from '../state.ts';
import { nextSmallId, Refusal, type Actor, type World } from '../world.ts';

/**
 * The most that a `GITHUB_TOKEN` can hold: the keys of `permissions:` that are permissions of REST. There is none for
 * workflow files, administration, secrets or merge queues.
 */
const ACTIONS_PERMISSIONS: Permissions = {
  actions: 'write',
  attestations: 'write',
  checks: 'write',
  contents: 'write',
  deployments: 'write',
  discussions: 'write',
  issues: 'write',
  metadata: 'read',
  packages: 'write',
  pages: 'write',
  pull_requests: 'write',
  security_events: 'write',
  statuses: 'write',
};

/** The installation of GitHub Actions on the owner of a repository, which nobody has to make. */
export function actionsInstallation(world: World, repository: Repository): Installation {
  const { state } = world;
  for (const one of state.installations.values())
    if (one.appId === ACTIONS_APP_ID && one.accountLogin === repository.owner) return one;
  const id = nextSmallId(state);
  const now = world.clock.now();
  const installation: Installation = {
    id,
    nodeId: `INST_${id}`,
    appId: ACTIONS_APP_ID,
    accountLogin: repository.owner,
    permissions: { ...ACTIONS_PERMISSIONS },
    events: [],
    repositorySelection: 'all',
    repositoryIds: new Set(),
    createdAt: now,
    updatedAt: now,
    suspendedAt: null,
    suspendedBy: null,
  };
  state.installations.set(id, installation);
  return installation;
}

/** Whether something was done with a `GITHUB_TOKEN`, or in the name of a run that one started. */
export function isByActions(by: Actor): boolean {
  return by.appId === ACTIONS_APP_ID || by.account.appId === ACTIONS_APP_ID;
}

/** Opening and approving pull requests is a switch of the repository's own, off unless somebody sets it. */
export function refusePullByActions(by: Actor, repository: Repository): void {
  if (isByActions(by) && !repository.settings.actionsMayOpenPulls)
    throw new Refusal(403, 'FORBIDDEN', 'GitHub Actions is not permitted to create or approve pull requests.');
}
