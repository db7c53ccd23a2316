import { describe, expect, it } from 'vitest';

import {
  findSecretShapes,
  findShapeAround,
  redactSecrets,
  replaceSecretShapes,
} from '../../../src/core/text/secrets.ts';

const LETTERS = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fG3hJ6kL9nP2rS5tV8wX1';

// Put together here, so that no scanner takes this file for a leak.
const SECRETS: [string, string][] = [
  ['private key', ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' ')],
  ['private key', ['-----BEGIN', 'PRIVATE KEY-----'].join(' ')],
  ['private key', ['-----BEGIN PGP', 'PRIVATE KEY BLOCK-----'].join(' ')],
  ['GitHub token', `ghp_${LETTERS.slice(0, 36)}`],
  ['GitHub token', `github_pat_${LETTERS.slice(0, 40)}`],
  ['GitLab token', `glpat-${LETTERS.slice(0, 20)}`],
  ['Anthropic key', `sk-ant-api03-${LETTERS.slice(0, 40)}`],
  ['OpenAI key', `sk-proj-${LETTERS.slice(0, 44)}`],
  ['AWS access key', ['AKIA', 'QRSTUVWX23456789'].join('')],
  ['Google API key', `AIza${LETTERS.slice(0, 35)}`],
  ['Slack token', `xoxb-${LETTERS.slice(0, 24)}`],
  ['Stripe key', `sk_live_${LETTERS.slice(0, 24)}`],
  ['npm token', `npm_${LETTERS.slice(0, 36)}`],
  ['Hugging Face token', `hf_${LETTERS.slice(0, 34)}`],
  ['signed web token', `eyJ${LETTERS.slice(0, 20)}.eyJ${LETTERS.slice(0, 20)}.${LETTERS.slice(0, 30)}`],
  ['URL with a password', `postgres://app:${LETTERS.slice(0, 12)}@db.internal/x`],
];

describe('findSecretShapes', () => {
  it.each(SECRETS)('finds a %s', (name, secret) => {
    expect(findSecretShapes(`before ${secret} after`)).toContain(name);
  });

  it.each([
    'sk-fading-circle-with-a-rather-long-class-name-in-some-style',
    'task-0123456789-0123456789-0123456789-0123456789-0123456789',
    'postgres://user:password@localhost/db',
    'https://example.com/path:with@sign',
    `ghp_${'x'.repeat(36)}`,
    'AKIAIOSFODNN7EXAMPLE',
    '-----BEGIN PUBLIC KEY-----',
    'git@github.com:owner/name.git',
  ])('leaves %s alone', (text) => {
    expect(findSecretShapes(text)).toEqual([]);
  });

  it('is done with a megabyte of near misses at once', () => {
    const text = 'eyJaaaaaaaaaaaaaaaaaaaa.eyJ-a://a:'.repeat(30_000);
    const before = performance.now();
    findSecretShapes(text);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

describe('replaceSecretShapes', () => {
  it.each([
    ['GET https://me:pa55word@host.example/x', 'GET https://me:#@host.example/x'],
    ['redis://:p@ss', 'redis://:#@ss'],
    ['Authorization: Bearer abc.def-123456', 'Authorization: Bearer #'],
    ['authorization : basic YWJjOmRlZg==', 'authorization : basic #'],
    [`key sk-${LETTERS.slice(0, 24)}`, 'key #'],
    ['nothing: here', 'nothing: here'],
  ])('turns %j into %j, keeping what leads to the secret', (text, wanted) => {
    expect(replaceSecretShapes(text, () => '#')).toBe(wanted);
  });

  it.each(SECRETS.filter(([name]) => name !== 'private key'))(
    'finds a %s where one would cut through it',
    (_n, secret) => {
      expect(findShapeAround(`before ${secret} after`, 9 + secret.length / 2)).toBe(7);
      expect(findShapeAround(`before ${secret} after`, 7)).toBeNull();
    },
  );

  it('accuses nobody of what only a log should not hold', () => {
    expect(findSecretShapes('Authorization: Bearer abc.def-123456 sk-abcdefghijklmnopqrstuvwx')).toEqual([]);
  });
});

describe('redactSecrets', () => {
  it.each(SECRETS)('takes out a %s', (_name, secret) => {
    expect(redactSecrets(`a ${secret} b`)).not.toContain(secret);
  });

  it('takes out the values that were handed in, but no short words', () => {
    expect(redactSecrets('the key is abcdefgh12 and on', ['abcdefgh12', 'on'])).toBe('the key is [redacted] and on');
  });

  it('takes out the body of a private key with its header', () => {
    const key = [
      ['-----BEGIN', 'PRIVATE KEY-----'].join(' '),
      LETTERS,
      LETTERS,
      ['-----END', 'PRIVATE KEY-----'].join(' '),
    ];
    expect(redactSecrets(`x\n${key.join('\n')}\ny`)).toBe('x\n[redacted private key]\ny');
    expect(redactSecrets(`x\n${key.slice(0, 3).join('\n')}`)).toBe('x\n[redacted private key]');
  });
});
