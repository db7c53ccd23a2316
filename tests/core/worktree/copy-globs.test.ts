import { describe, expect, it } from 'vitest';

import { readCopyGlob } from '../../../src/core/worktree/copy-globs.ts';

describe('readCopyGlob', () => {
  it.each([
    ['.env', { glob: '.env', start: '.env', isLiteral: true }],
    ['./config/local/', { glob: 'config/local', start: 'config/local', isLiteral: true }],
    ['config/*.json', { glob: 'config/*.json', start: 'config', isLiteral: false }],
    ['**/.env', { glob: '**/.env', start: '', isLiteral: false }],
  ])('reads %s', (glob, copy) => {
    expect(readCopyGlob(glob)).toEqual({ copy });
  });

  it.each(['', '/', '/etc/passwd', '../x', 'a/../../b', 'a//b', 'a/./b', '.git/config', 'sub/.GIT/config', 'a\0b'])(
    'refuses %j',
    (glob) => {
      expect(readCopyGlob(glob)).toHaveProperty('because');
    },
  );
});
