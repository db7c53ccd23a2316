/** Apps and their installations. */
import { generateKeyPairSync } from 'node:crypto';

import { addAccount, addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type { App, Installation, Permissions, Repository } from '../state.ts';
import { nextSmallId, type Actor, type World, setFields } from '../world.ts';

/** An app to register. */
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
  /** Wanted id. */
  id?: number;
}

/** Permission without which GitHub does not let an app listen to an event; one of several where a list. */
const EVENT_PERMISSIONS: Record<string, readonly string[]> = {
  check_run: ['checks'],
  check_suite: ['checks'],
  create: ['contents'],
  delete: ['contents'],
  issue_comment: ['issues', 'pull_requests'],
  issues: ['issues'],
  merge_group: ['merge_queues'],
  pull_request: ['pull_requests'],
  pull_request_review: ['pull_requests'],
  push: ['contents'],
  repository: ['metadata'],
  status: ['statuses'],
  workflow_job: ['actions'],
  workflow_run: ['actions'],
};

/** Registers an app with its bot. Throws where it asks for an event that its permissions do not reach. */
export async function registerApp(world: World, app: NewApp): Promise<App> {
  for (const event of app.events)
    if (EVENT_PERMISSIONS[event]?.every((permission) => app.permissions[permission] === undefined))
      throw new Error(
        `An app cannot listen to ${event} without permission ${EVENT_PERMISSIONS[event].join(' or ')}: ask for it.`,
      );
  const id = app.id ?? nextSmallId(world.state);
  const registered: App = {
    id,
    nodeId: makeNodeId('App', id),
    slug: app.slug,
    name: app.name ?? app.slug,
    ownerLogin: app.ownerLogin,
    clientId: `Iv23li${app.slug}`,
    ...(app.keys ?? makeKeys()),
    webhookSecret: app.webhookSecret ?? `secret of ${app.slug}`,
    hookUrl: app.hookUrl ?? null,
    hookId: nextSmallId(world.state),
    permissions: { metadata: 'read', ...app.permissions },
    events: [...app.events],
    createdAt: world.clock.now(),
  };
  world.state.apps.set(id, registered);
  addNode(world.state, registered.nodeId, { kind: 'App', app: registered });
  addAccount(world, `${app.slug}[bot]`, 'Bot', { appId: id });
  return registered;
}

/** A pair of RSA keys in the formats that GitHub hands out. */
export function makeKeys(): { privateKeyPem: string; publicKeyPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKeyPem: privateKey, publicKeyPem: publicKey };
}

/** Installs an app on an account, with the permissions that it asks for now. */
export async function installApp(
  world: World,
  by: Actor,
  wanted: { appId: number; accountLogin: string; repositories: 'all' | Repository[] },
): Promise<Installation> {
  return world.atomically(async () => {
    const app = world.state.apps.get(wanted.appId);
    if (app === undefined) throw new Error(`The test GitHub has no app ${wanted.appId} to install.`);
    const now = world.clock.now();
    const id = nextSmallId(world.state);
    const installation: Installation = {
      id,
      nodeId: `INST_${id}`,
      appId: app.id,
      accountLogin: wanted.accountLogin,
      permissions: { ...app.permissions },
      events: [...app.events],
      repositorySelection: wanted.repositories === 'all' ? 'all' : 'selected',
      repositoryIds: new Set(wanted.repositories === 'all' ? [] : wanted.repositories.map((one) => one.id)),
      createdAt: now,
      updatedAt: now,
      suspendedAt: null,
      suspendedBy: null,
    };
    world.state.installations.set(id, installation);
    await world.emit({ event: 'installation', action: 'created', installation, by });
    return installation;
  });
}

/** Removes an installation: its tokens are worth nothing from now on. */
export async function deleteInstallation(world: World, by: Actor, installation: Installation): Promise<void> {
  await world.atomically(async () => {
    await world.emit({ event: 'installation', action: 'deleted', installation, by });
    world.state.installations.delete(installation.id);
  });
}

/** Suspends an installation: it hears nothing, and its tokens are refused, until it is unsuspended. */
export async function suspendInstallation(world: World, by: Actor, installation: Installation): Promise<void> {
  await world.atomically(async () => {
    const now = world.clock.now();
    setFields(installation, { suspendedAt: now, suspendedBy: by.account.login, updatedAt: now });
    await world.emit({ event: 'installation', action: 'suspend', installation, by });
  });
}

/** Ends a suspension. What happened meanwhile is not sent later. */
export async function unsuspendInstallation(world: World, by: Actor, installation: Installation): Promise<void> {
  await world.atomically(async () => {
    setFields(installation, { suspendedAt: null, suspendedBy: null, updatedAt: world.clock.now() });
    await world.emit({ event: 'installation', action: 'unsuspend', installation, by });
  });
}

/** An owner accepts what the app asks for by now: the installation gets these permissions, and the app's events. */
export async function acceptPermissions(
  world: World,
  by: Actor,
  installation: Installation,
  permissions: Permissions,
): Promise<void> {
  await world.atomically(async () => {
    const before = installation.permissions;
    const events = world.state.apps.get(installation.appId)?.events ?? [];
    setFields(installation, { permissions: { ...permissions }, events: [...events], updatedAt: world.clock.now() });
    await world.emit({ event: 'installation', action: 'new_permissions_accepted', installation, by, before });
  });
}

/** Opens further repositories to an installation on selected ones. */
export async function addInstallationRepositories(
  world: World,
  by: Actor,
  installation: Installation,
  repositories: Repository[],
): Promise<void> {
  await world.atomically(async () => {
    for (const repository of repositories) installation.repositoryIds.add(repository.id);
    await world.emit({ event: 'installation_repositories', action: 'added', installation, by, repositories });
  });
}

/** Takes repositories from an installation on selected ones. */
export async function removeInstallationRepositories(
  world: World,
  by: Actor,
  installation: Installation,
  repositories: Repository[],
): Promise<void> {
  await world.atomically(async () => {
    for (const repository of repositories) installation.repositoryIds.delete(repository.id);
    await world.emit({ event: 'installation_repositories', action: 'removed', installation, by, repositories });
  });
}
