import { generateKeyPairSync } from 'node:crypto';

import nock from 'nock';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { openGitHub } from '../../../src/adapters/github/open-github.ts';
import type { Clock } from '../../../src/ports/clock.ts';

const NOW = Date.UTC(2026, 0, 1);
const PRIVATE_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();

let waited: number[];
const clock: Clock = {
  now: () => NOW,
  sleep: (ms) => {
    waited.push(ms);
    return Promise.resolve();
  },
};
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

beforeEach(() => {
  waited = [];
  nock.disableNetConnect();
});

afterEach(() => {
  const left = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  if (left.length > 0) throw new Error(`These requests were never made: ${left.join(', ')}`);
});

function claimsOf(header: string): unknown {
  return JSON.parse(Buffer.from(header.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

it("asks GitHub's public address as the app, by a token of the given clock and a version of the API that it names", async () => {
  const sent: Record<string, string> = {};
  const keep = (name: string) => (value: string | null) => {
    sent[name] = String(value);
    return true;
  };
  nock('https://api.github.com')
    .matchHeader('authorization', keep('authorization'))
    .matchHeader('x-github-api-version', keep('version'))
    .matchHeader('user-agent', keep('agent'))
    .get('/app')
    .reply(200, { id: 42, slug: 'espalier', name: 'Espalier' });
  nock('https://api.github.com').get('/app/installations').query(true).reply(200, []);
  const github = openGitHub({ appId: 42, privateKeyPem: PRIVATE_KEY, clock, log });
  const identity = await github.api.readIdentity(new AbortController().signal);
  expect(identity).toMatchObject({ appId: 42, slug: 'espalier' });
  const authorization = sent['authorization'] ?? '';
  expect(sent).toMatchObject({ version: '2022-11-28', agent: expect.stringMatching(/^espalier/) as string });
  expect(authorization).toMatch(/^bearer /i);
  const seconds = NOW / 1000;
  expect(claimsOf(authorization)).toEqual({ iss: 42, iat: seconds - 30, exp: seconds - 30 + 600 });
});

it('reads once more after a bad gateway, and says in the end what it was doing and no secret', async () => {
  nock('https://api.github.com').get('/app').times(4).reply(502, '<html>Bad Gateway</html>');
  const github = openGitHub({ appId: 42, privateKeyPem: PRIVATE_KEY, clock, log });
  const error = await github.api.readIdentity(new AbortController().signal).then(
    () => null,
    (cause: unknown) => cause as Error,
  );
  expect(error?.message).toContain('app');
  expect(error?.message).not.toMatch(/eyJ|PRIVATE KEY|bearer/i);
  expect(waited.length).toBeGreaterThanOrEqual(3);
});
