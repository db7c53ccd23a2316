import { createSign, generateKeyPairSync } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import { createTokenStore, TOKEN_LIFETIME_MS } from './auth.ts';
import { createPermissionRecorder, permissionsOfRoute } from './permissions.ts';
import { createRateLimits } from './rate-limit.ts';
import type { App, Installation } from './state.ts';
import type { World } from './world.ts';

const NOW = Date.parse('2026-11-01T12:00:00Z');
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const app = { id: 5, clientId: 'Iv1.five', publicKeyPem: keys.publicKey } as App;
const installation = {
  id: 6,
  appId: 5,
  accountLogin: 'acme',
  permissions: { contents: 'write', issues: 'write' },
  repositorySelection: 'all',
  suspendedAt: null,
} as unknown as Installation;

let clock: { at: number; now(): number };
let world: World;

beforeAll(() => {
  clock = { at: NOW, now: () => clock.at };
  world = {
    clock,
    random: () => 0.5,
    state: { apps: new Map([[5, app]]), installations: new Map([[6, installation]]), accounts: new Map() },
  } as unknown as World;
});

function signJwt(claims: object, privateKey = keys.privateKey): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
}

describe('a JWT', () => {
  const seconds = NOW / 1000;

  test.each([
    ['the id of the app', '5'],
    ['its client id', 'Iv1.five'],
  ])('is taken when it is issued by %s', (_what, iss) => {
    const jwt = signJwt({ iss, iat: seconds - 30, exp: seconds + 570 });
    expect(createTokenStore(world).authenticate(`bearer ${jwt}`)).toEqual({ caller: { kind: 'app', app } });
  });

  test.each([
    ['that has ended', { iss: '5', iat: seconds - 700, exp: seconds - 100 }, /Expiration time/u],
    ['that lives too long', { iss: '5', iat: seconds, exp: seconds + 3600 }, /too far in the future/u],
    ['from the future', { iss: '5', iat: seconds + 300, exp: seconds + 500 }, /Issued at/u],
    ['of another app', { iss: '99', iat: seconds, exp: seconds + 500 }, /Integration not found/u],
  ])('%s is refused', (_what, claims, message) => {
    const answer = createTokenStore(world).authenticate(`bearer ${signJwt(claims)}`);
    expect(answer).toEqual({ status: 401, message: expect.stringMatching(message) as string });
  });

  test('signed with another key is refused', () => {
    const other = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const jwt = signJwt({ iss: '5', iat: seconds, exp: seconds + 500 }, other.privateKey);
    expect(createTokenStore(world).authenticate(`bearer ${jwt}`)).toHaveProperty('status', 401);
  });
});

describe('an installation token', () => {
  test('is good for one hour of the injected clock, in a header or as a password', () => {
    const store = createTokenStore(world);
    const { token } = store.mint(installation);
    const password = Buffer.from(`x-access-token:${token}`).toString('base64');
    expect(store.authenticate(`token ${token}`)).toHaveProperty('caller.installation.id', 6);
    expect(store.authenticate(`basic ${password}`)).toHaveProperty('caller.installation.id', 6);
    clock.at = NOW + TOKEN_LIFETIME_MS;
    expect(store.authenticate(`token ${token}`)).toEqual({ status: 401, message: 'Bad credentials' });
    clock.at = NOW;
  });

  test('narrowed to a permission has no other', () => {
    const store = createTokenStore(world);
    const minted = store.mint(installation, { permissions: { issues: 'read' } });
    const authentication = store.authenticate(`token ${minted.token}`);
    const caller = 'caller' in authentication ? authentication.caller : undefined;
    const recorder = createPermissionRecorder();
    expect(recorder.allows(caller!, [{ issues: 'read' }])).toBe(true);
    expect(recorder.allows(caller!, [{ contents: 'read' }])).toBe(false);
    expect(recorder.findUnused(5, { issues: 'write', contents: 'write' })).toEqual([
      'issues: write, needed only read',
      'contents',
    ]);
  });
});

describe('an installation that lost a permission', () => {
  test('takes it from the tokens that it has already', () => {
    const store = createTokenStore(world);
    const { token } = store.mint(installation);
    const state = {
      ...world.state,
      installations: new Map([[6, { ...installation, permissions: { issues: 'write' } }]]),
    };
    Object.assign(world, { state });
    expect(store.authenticate(`token ${token}`)).toHaveProperty('caller.token.permissions', {
      metadata: 'read',
      issues: 'write',
    });
  });
});

describe('the table of permissions', () => {
  test.each([
    ['PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', [{ contents: 'write' }]],
    ['POST /repos/{owner}/{repo}/issues/{issue_number}/comments', [{ issues: 'write' }, { pull_requests: 'write' }]],
    ['GET /repos/{owner}/{repo}/actions/permissions', [{ administration: 'read' }]],
    ['GET /app', []],
  ] as const)('knows %s', (route, alternatives) => {
    expect(permissionsOfRoute(route)).toEqual(alternatives);
  });

  test('refuses to guess for a route that it does not know', () => {
    expect(() => permissionsOfRoute('GET /nowhere')).toThrow('No table says which permission');
  });
});

describe('a quota', () => {
  test('is spent, refuses what does not fit, and fills again when its hour is over', () => {
    const limits = createRateLimits(clock);
    const caller = { kind: 'app', app } as const;
    limits.setLimit('core', 2);
    expect([limits.spend(caller, 'core', 1), limits.spend(caller, 'core', 1), limits.spend(caller, 'core', 1)]).toEqual(
      [true, true, false],
    );
    expect(limits.read(caller, 'graphql')).toMatchObject({ used: 0, remaining: 5000 });
    clock.at = limits.read(caller, 'core').resetAt;
    expect(limits.read(caller, 'core')).toMatchObject({ used: 0, remaining: 2 });
    expect(limits.totalSpent('core')).toBe(2);
    clock.at = NOW;
  });
});
