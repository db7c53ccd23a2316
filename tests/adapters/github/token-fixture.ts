/** GitHub by a token instead of an app's private key: that of a job, or one that an app has made. */
import { type GitHubByToken, openGitHubByToken } from '../../../src/adapters/github/open-by-token.ts';
import { actionsInstallation } from '../../support/github/operations/actions-app.ts';
import { ACTIONS_APP_ID } from '../../support/github/registry.ts';
import type { Permissions } from '../../support/github/state.ts';
import { appActor, type Actor } from '../../support/github/world.ts';
import type { GitHubFixture } from './github-fixture.ts';

/** What the job that reconciles gives its token. */
export const JOB_PERMISSIONS: Permissions = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  statuses: 'read',
};

/** A token as a job gets it. */
export function mintJobToken({ hub, world, repository }: GitHubFixture, permissions = JOB_PERMISSIONS): string {
  const installation = actionsInstallation(world, repository);
  return hub.server.tokens.mint(installation, { permissions, repositoryIds: new Set([repository.id]) }).token;
}

/** GitHub as whoever holds `token` has it. */
export function openByToken({ hub, clock, logged }: GitHubFixture, token: string): GitHubByToken {
  const note = (message: string, fields?: Record<string, unknown>) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  return openGitHubByToken({
    token,
    clock,
    log: { debug: note, info: note, warn: note, error: note },
    baseUrl: hub.server.url,
    pace: { maxAtOnce: 10, writeGapMs: 0 },
  });
}

/** The bot of GitHub Actions. */
export function jobActor({ world }: GitHubFixture): Actor {
  return appActor(world, ACTIONS_APP_ID);
}
