/** A GitHub with one repository, a few people and an app that is installed, for tests of the test GitHub itself. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { openTestGitHub, type TestGitHub, type TestGitHubOptions } from '../support/github/open-test-github.ts';
import { addOrganization, addPerson } from '../support/github/operations/accounts.ts';
import { installApp, makeKeys, registerApp } from '../support/github/operations/apps.ts';
import { createRepository, setRole, type NewRepository } from '../support/github/operations/repositories.ts';
import type { App, Installation, Repository } from '../support/github/state.ts';
import { appActor, personActor, type Actor } from '../support/github/world.ts';

/** One webhook as it came in. */
interface ReceivedWebhook {
  event: string;
  action: string | null;
  guid: string;
  headers: Record<string, string>;
  body: string;
  payload: Record<string, unknown>;
}

/** The GitHub, and what is in it. */
export interface SmallGitHub extends AsyncDisposable {
  github: TestGitHub;
  clock: { now(): number; advance(byMs: number): void };
  repository: Repository;
  app: App;
  installation: Installation;
  /** Owner of the organization, maintainer of the repository. */
  maintainer: Actor;
  /** Somebody without any right. */
  stranger: Actor;
  bot: Actor;
  /** Everything that the app was sent, in order. */
  received: ReceivedWebhook[];
  /** What the app answers from now on. */
  answer: { status: number };
  /** Sends what is due, and names what came as `event.action`, since the last call. */
  takeNews(): Promise<string[]>;
}

const ALL_EVENTS = [
  'check_run',
  'check_suite',
  'create',
  'delete',
  'issue_comment',
  'issues',
  'merge_group',
  'pull_request',
  'pull_request_review',
  'push',
  'repository',
  'status',
  'workflow_job',
  'workflow_run',
];

/** All that the app may ever ask for. */
const ALL_PERMISSIONS = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  merge_queues: 'write',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'read',
} as const;

const keys = makeKeys();

/** Opens it; what its making told the app is taken already. */
export async function openSmallGitHub(
  options: Omit<TestGitHubOptions, 'clock'> & { repository?: Partial<NewRepository>; events?: string[] } = {},
): Promise<SmallGitHub> {
  let now = Date.UTC(2026, 0, 1);
  const clock = {
    now: () => now,
    advance: (byMs: number): void => {
      now += byMs;
    },
  };
  const received: ReceivedWebhook[] = [];
  const answer = { status: 200 };
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(readWebhook(request.headers as Record<string, string>, Buffer.concat(chunks).toString()));
      response.statusCode = answer.status;
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  const github = await openTestGitHub({ ...options, clock });
  const { world } = github;
  await addOrganization(world, 'orchard');
  for (const login of ['maintainer', 'writer', 'stranger']) await addPerson(world, login);
  const maintainer = personActor(world, 'maintainer');
  const app = await registerApp(world, {
    slug: 'espalier',
    ownerLogin: 'orchard',
    permissions: ALL_PERMISSIONS,
    events: options.events ?? ALL_EVENTS,
    hookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    keys,
  });
  const repository = await createRepository(world, maintainer, {
    owner: 'orchard',
    name: 'tree',
    ...options.repository,
  });
  await setRole(world, repository, 'maintainer', 'admin');
  await setRole(world, repository, 'writer', 'write');
  const installation = await installApp(world, maintainer, {
    appId: app.id,
    accountLogin: 'orchard',
    repositories: 'all',
  });
  const takeNews = async (): Promise<string[]> => {
    await github.settle();
    return received.splice(0).map(({ event, action }) => (action === null ? event : `${event}.${action}`));
  };
  await takeNews();
  return {
    github,
    clock,
    repository,
    app,
    installation,
    maintainer,
    stranger: personActor(world, 'stranger'),
    bot: appActor(world, app.id),
    received,
    answer,
    takeNews,
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]();
      receiver.closeAllConnections();
      await new Promise((resolve) => void receiver.close(resolve));
    },
  };
}

function readWebhook(headers: Record<string, string>, body: string): ReceivedWebhook {
  const payload = JSON.parse(body) as Record<string, unknown>;
  return {
    event: headers['x-github-event'] ?? '',
    action: typeof payload['action'] === 'string' ? payload['action'] : null,
    guid: headers['x-github-delivery'] ?? '',
    headers,
    body,
    payload,
  };
}
