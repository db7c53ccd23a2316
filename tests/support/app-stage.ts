/**
 * Where the App is tried: a test GitHub with one repository, two people and the App installed, and the stand-in for the
 * workflow's runs. Nobody serves the App yet.
 */
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';

import { PRIVATE_KEY } from '../entrypoints/app/running-app.ts';
import { ActionsStandIn, type LegScript } from './github/actions-stand-in.ts';
import { openTestGitHub, type TestGitHub } from './github/open-test-github.ts';
import { addPerson } from './github/operations/accounts.ts';
import { installApp, registerApp } from './github/operations/apps.ts';
import { createRepository, setRole } from './github/operations/repositories.ts';
import type { App, Installation, Permissions, Repository } from './github/state.ts';
import { type Actor, personActor, type World } from './github/world.ts';

const WEBHOOK_SECRET = 'a-secret-of-the-tests-0123456789';
const HOME = path.resolve(import.meta.dirname, '../..');

/** What a stage is made of. */
export interface StageOptions {
  clock: { now(): number };
  seed?: number;
  /** Files of the repository's first commit, beside the workflow. */
  files?: Record<string, string>;
  script: LegScript;
  settings?: Partial<World['settings']>;
}

/** See the file's comment. Its owner closes `github`. */
export interface AppStage {
  github: TestGitHub;
  world: World;
  app: App;
  installation: Installation;
  repository: Repository;
  standIn: ActionsStandIn;
  /** Owns the repository. */
  maintainer: Actor;
  /** May read. */
  stranger: Actor;
}

/** The workflow file that the App looks for; the stand-in does what its runs would. */
const WORKFLOW = `name: espalier attempt
run-name: espalier \${{ inputs.plan }} \${{ inputs.nonce }}
on:
  workflow_dispatch:
    inputs:
      plan: { type: string, required: true }
      legs: { type: string, required: true }
      nonce: { type: string, required: true }
      ledger: { type: string, required: true }
jobs:
  plan: { runs-on: ubuntu-24.04, steps: [{ run: 'true' }] }
`;

/** Opens it all. Nothing has been said yet. */
export async function openAppStage(options: StageOptions): Promise<AppStage> {
  const github = await openTestGitHub({
    clock: options.clock,
    seed: options.seed ?? 1,
    settings: { deliveryDelayMs: 100, mergeabilityDelayMs: 500, ...options.settings },
  });
  const { world } = github;
  await addPerson(world, 'maintainer');
  await addPerson(world, 'stranger');
  const maintainer = personActor(world, 'maintainer');
  const repository = await createRepository(world, maintainer, {
    owner: 'maintainer',
    name: 'garden',
    files: { 'README.md': '# garden\n', '.github/workflows/espalier-dispatch.yml': WORKFLOW, ...options.files },
  });
  await setRole(world, repository, 'stranger', 'read');
  const { app, installation } = await installEspalier(world, maintainer);
  return {
    github,
    world,
    app,
    installation,
    repository,
    standIn: new ActionsStandIn(world, repository, options.script),
    maintainer,
    stranger: personActor(world, 'stranger'),
  };
}

/** Registers the App as its manifest says, and installs it on everything that the maintainer owns. */
export async function installEspalier(
  world: World,
  maintainer: Actor,
): Promise<{ app: App; installation: Installation }> {
  const manifest = parse(await readFile(path.join(HOME, 'app.yml'), 'utf8')) as {
    default_permissions: Permissions;
    default_events: string[];
  };
  const app = await registerApp(world, {
    slug: 'espalier',
    ownerLogin: 'maintainer',
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    webhookSecret: WEBHOOK_SECRET,
    keys: { privateKeyPem: PRIVATE_KEY, publicKeyPem: publicKeyOf(PRIVATE_KEY) },
  });
  const installation = await installApp(world, maintainer, {
    appId: app.id,
    accountLogin: 'maintainer',
    repositories: 'all',
  });
  return { app, installation };
}

function publicKeyOf(privateKeyPem: string): string {
  return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
}
