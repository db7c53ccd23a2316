import { describe, expect, it } from 'vitest';

import { BUILT_IN_PROTECTED } from '../../../src/core/config/protected-paths.ts';
import { findTreeViolations } from '../../../src/core/gate/tree-rules.ts';
import { compileMatcher, compileProtected } from '../../../src/engine/attempt/judge-tree.ts';
import { aTask } from '../../support/builders.ts';

const REVIEWED = aTask('a', {
  review: {
    reviewer: { kind: 'command', command: ['sh', './tools/Review.sh', '--fast'] },
    threshold: 10,
    iterations: 1,
    rubric: '',
  },
});

describe('protected paths', () => {
  const isProtected = compileProtected([...BUILT_IN_PROTECTED, 'Infra/**', 'deploy/*.[Yy]ml'], REVIEWED);

  it.each([
    ['CLAUDE.md', true],
    ['claude.md', true],
    ['docs/Agents.MD', true],
    ['.GITHUB/workflows/x.yml', true],
    ['.github/WORKFLOWS/X.YML', true],
    ['.github/wor\u212Aflows/x.yml', true],
    ['.github/workﬂows/x.yml', true],
    ['codeowners', true],
    ['Docs/CodeOwners', true],
    ['.Claude/settings.json', true],
    ['.GitModules', true],
    ['infra/main.tf', true],
    ['INFRA/MAIN.TF', true],
    ['DEPLOY/prod.YML', true],
    ['tools/Review.sh', true],
    ['TOOLS/review.SH', true],
    ['src/claude.md.txt', false],
    ['github/workflows/x.yml', false],
    ['infrastructure/main.tf', false],
    ['tools/review.sh.bak', false],
  ])('hold %s: %s', (path, expected) => {
    expect(isProtected(path)).toBe(expected);
  });

  it.each([
    { allow: ['CLAUDE.md'], path: 'CLAUDE.md', refused: false },
    { allow: ['CLAUDE.md'], path: 'claude.md', refused: true },
    { allow: ['.github/workflows/**'], path: '.github/workflows/x.yml', refused: false },
    { allow: ['.github/workflows/**'], path: '.GITHUB/workflows/x.yml', refused: true },
  ])('are opened by allow $allow exactly: $path refused is $refused', ({ allow, path, refused }) => {
    const violations = findTreeViolations({
      changes: [{ path, status: 'added', oldMode: '000000', newMode: '100644', newSize: 1 }],
      basePaths: [],
      linkTargets: new Map(),
      secrets: new Map(),
      unsolvedConflicts: [],
      isOwned: () => true,
      isProtected,
      isAllowed: compileMatcher(allow),
      owns: [],
      limits: { maxFileBytes: 10, maxChangedFiles: 10, maxChangeBytes: 10 },
    });
    expect(violations.map(({ rule }) => rule)).toEqual(refused ? ['protected-paths'] : []);
  });
});
