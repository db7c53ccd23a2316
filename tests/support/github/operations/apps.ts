import type { App, Installation, Permissions, Repository } from '../state.ts';
import type { Actor, World } from '../world.ts';

export interface NewApp {
  slug: string;
  name?: string;
  ownerLogin: string;
  permissions: Permissions;
  events: string[];
  hookUrl?: string | null;
  webhookSecret?: string;
  /** Made when absent; RSA keys take time, so tests share one. */
  keys?: { privateKeyPem: string; publicKeyPem: string };
  /** Wanted id, as for GitHub Actions (15368). */
  id?: number;
}

/** To be built. */
export async function registerApp(world: World, app: NewApp): Promise<App> {
  throw new Error(`not built: registerApp`);
}

/** To be built. */
export async function installApp(
  world: World,
  by: Actor,
  installation: { appId: number; accountLogin: string; repositories: 'all' | Repository[] },
): Promise<Installation> {
  throw new Error(`not built: installApp`);
}

/** To be built. */
export async function deleteInstallation(world: World, by: Actor, installation: Installation): Promise<void> {
  throw new Error(`not built: deleteInstallation`);
}

/** To be built. */
export async function suspendInstallation(world: World, by: Actor, installation: Installation): Promise<void> {
  throw new Error(`not built: suspendInstallation`);
}

/** To be built. */
export async function unsuspendInstallation(world: World, by: Actor, installation: Installation): Promise<void> {
  throw new Error(`not built: unsuspendInstallation`);
}

/** To be built. */
export async function acceptPermissions(
  world: World,
  by: Actor,
  installation: Installation,
  permissions: Permissions,
): Promise<void> {
  throw new Error(`not built: acceptPermissions`);
}

/** To be built. */
export async function addInstallationRepositories(
  world: World,
  by: Actor,
  installation: Installation,
  repositories: Repository[],
): Promise<void> {
  throw new Error(`not built: addInstallationRepositories`);
}

/** To be built. */
export async function removeInstallationRepositories(
  world: World,
  by: Actor,
  installation: Installation,
  repositories: Repository[],
): Promise<void> {
  throw new Error(`not built: removeInstallationRepositories`);
}
