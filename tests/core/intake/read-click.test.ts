import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readClick } from '../../../src/core/intake/read-click.ts';

const SHA = 'a1'.repeat(20);

function clickPayload(extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    action: 'requested_action',
    requested_action: { identifier: 'retry' },
    check_run: { app: { id: 42 }, head_sha: SHA, external_id: 'issue-5/auth/2/0123456789abcdef' },
    installation: { id: 10 },
    repository: { id: 1, full_name: 'octo/repo' },
    sender: { id: 7, login: 'stranger', type: 'User' },
    ...extra,
  };
}

describe('a click on a button', () => {
  it('is told with the plan that the check run belongs to, and who clicked', () => {
    expect(readClick('check_run', clickPayload(), 'delivery-1', { appId: 42 })).toEqual({
      target: { installationId: 10, owner: 'octo', repo: 'repo', repositoryId: 1, issue: 5 },
      click: {
        source: 'delivery-1',
        identifier: 'retry',
        headSha: SHA,
        actor: { login: 'stranger', kind: 'user', id: 7 },
      },
    });
  });

  it('by something of an unknown kind is told as such', () => {
    const reading = readClick('check_run', clickPayload({ sender: { login: 'x', type: '__proto__' } }), 'd', {
      appId: 42,
    });
    expect(reading?.click.actor).toEqual({ login: 'x', kind: 'unknown', id: null });
  });

  it.each<[string, Record<string, unknown>]>([
    ['another action', { action: 'rerequested' }],
    ['another app’s check', { check_run: { app: { id: 43 }, head_sha: SHA, external_id: 'issue-5/auth/2/0' } }],
    ['no plan', { check_run: { app: { id: 42 }, head_sha: SHA, external_id: 'auth/2/0' } }],
    ['no head', { check_run: { app: { id: 42 }, external_id: 'issue-5/auth/2/0' } }],
    ['a strange identifier', { requested_action: { identifier: 'retry; rm' } }],
    ['nobody', { sender: {} }],
    ['no repository', { repository: null }],
    ['no installation', { installation: null }],
  ])('is none with %s', (_case, extra) => {
    expect(readClick('check_run', clickPayload(extra), 'delivery-1', { appId: 42 })).toBeNull();
  });

  it('is none in another event, and never an error', () => {
    expect(readClick('check_suite', clickPayload(), 'delivery-1', { appId: 42 })).toBeNull();
    fc.assert(
      fc.property(fc.anything(), (payload) => {
        expect(readClick('check_run', payload, 'd', { appId: 42 })).toBeNull();
      }),
    );
  });
});
