import { describe, expect, it } from 'vitest';

import { findTreeViolations, type ChangedPath, type TreeFacts } from '../../../src/core/gate/tree-rules.ts';

function added(path: string, over: Partial<ChangedPath> = {}): ChangedPath {
  return { path, status: 'added', oldMode: '000000', newMode: '100644', newSize: 10, ...over };
}

function deleted(path: string): ChangedPath {
  return { path, status: 'deleted', oldMode: '100644', newMode: '000000', newSize: 0 };
}

function facts(over: Partial<TreeFacts> = {}): TreeFacts {
  return {
    changes: [],
    basePaths: [],
    linkTargets: new Map(),
    secrets: new Map(),
    unsolvedConflicts: [],
    isOwned: (path) => path.startsWith('src/'),
    isProtected: (path) => path.startsWith('.github/'),
    isAllowed: () => false,
    owns: ['src/**'],
    limits: { maxFileBytes: 1000, maxChangedFiles: 5, maxChangeBytes: 3000 },
    ...over,
  };
}

describe('findTreeViolations', () => {
  it('finds nothing against plain files in owned paths', () => {
    expect(findTreeViolations(facts({ changes: [added('src/a.ts'), deleted('src/b.ts')] }))).toEqual([]);
  });

  it.each([
    {
      name: 'a file outside the owned paths',
      over: { changes: [added('docs/a.md')] },
      rule: 'ownership',
      path: 'docs/a.md',
    },
    {
      name: 'a deletion outside the owned paths',
      over: { changes: [deleted('docs/a.md')] },
      rule: 'ownership',
      path: 'docs/a.md',
    },
    {
      name: 'a protected path, owned or not',
      over: { changes: [added('.github/workflows/ci.yml')], isOwned: (): boolean => true },
      rule: 'protected-paths',
      path: '.github/workflows/ci.yml',
    },
    {
      name: 'a protected path that is deleted',
      over: { changes: [deleted('.github/CODEOWNERS')], isOwned: (): boolean => true },
      rule: 'protected-paths',
      path: '.github/CODEOWNERS',
    },
    {
      name: 'a nested repository',
      over: { changes: [added('src/n', { newMode: '160000' })] },
      rule: 'contents',
      path: 'src/n',
    },
    {
      name: 'a submodule that moves',
      over: { changes: [{ ...added('src/n', { newMode: '160000' }), status: 'modified' as const, oldMode: '160000' }] },
      rule: 'contents',
      path: 'src/n',
    },
    {
      name: '.gitmodules',
      over: { changes: [added('.gitmodules')], owns: [], isOwned: (): boolean => true },
      rule: 'contents',
      path: '.gitmodules',
    },
    {
      name: 'a link that leaves',
      over: { changes: [added('src/l', { newMode: '120000' })], linkTargets: new Map([['src/l', '../../etc/passwd']]) },
      rule: 'contents',
      path: 'src/l',
    },
    {
      name: 'a link whose target is unknown',
      over: { changes: [added('src/l', { newMode: '120000' })] },
      rule: 'contents',
      path: 'src/l',
    },
    {
      name: 'a file that is too big',
      over: { changes: [added('src/big', { newSize: 1001 })] },
      rule: 'contents',
      path: 'src/big',
    },
    {
      name: 'too many files',
      over: { changes: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => added(`src/${name}`)) },
      rule: 'contents',
      path: '.',
    },
    {
      name: 'a change that is too big in all',
      over: { changes: ['a', 'b', 'c', 'd'].map((name) => added(`src/${name}`, { newSize: 900 })) },
      rule: 'contents',
      path: '.',
    },
    { name: 'a name with a newline', over: { changes: [added('src/a\nb')] }, rule: 'contents', path: 'src/a\\u{a}b' },
    {
      name: 'a name that reads backwards',
      over: { changes: [added('src/a\u202eb')] },
      rule: 'contents',
      path: 'src/a\\u{202e}b',
    },
    {
      name: 'a name that is not UTF-8',
      over: { changes: [added('src/a\udcff')] },
      rule: 'contents',
      path: 'src/a\\u{dcff}',
    },
    {
      name: 'a part that reads as .git',
      over: { changes: [added('src/.GIT/config')] },
      rule: 'contents',
      path: 'src/.GIT/config',
    },
    {
      name: 'the short name of .git',
      over: { changes: [added('src/git~1/config')] },
      rule: 'contents',
      path: 'src/git~1/config',
    },
    {
      name: 'a name that differs in case only from one of the base',
      over: { changes: [added('src/Readme')], basePaths: ['src/README'] },
      rule: 'contents',
      path: 'src/Readme',
    },
    {
      name: 'a folder that differs in case only',
      over: { changes: [added('src/Lib/a')], basePaths: ['src/lib/b'] },
      rule: 'contents',
      path: 'src/Lib/a',
    },
    {
      name: 'two new names that differ in case only',
      over: { changes: [added('src/x'), added('src/X')] },
      rule: 'contents',
      path: 'src/X',
    },
    {
      name: 'a secret, by its shape alone',
      over: { changes: [added('src/a')], secrets: new Map([['src/a', ['GitHub token']]]) },
      rule: 'contents',
      path: 'src/a',
    },
    { name: 'a conflict that was not solved', over: { unsolvedConflicts: ['src/a'] }, rule: 'contents', path: 'src/a' },
  ])('refuses $name', ({ over, rule, path }) => {
    expect(findTreeViolations(facts(over))).toMatchObject([{ rule, path }]);
  });

  it('lets allow open a protected path, also outside the owned ones', () => {
    const changes = [added('.github/workflows/ci.yml')];
    expect(findTreeViolations(facts({ changes, isAllowed: (path) => path.startsWith('.github/') }))).toEqual([]);
  });

  it('lets a task without owned paths change anything that is not protected', () => {
    expect(findTreeViolations(facts({ changes: [added('docs/a.md')], owns: [], isOwned: () => false }))).toEqual([]);
  });

  it('accepts a rename that changes case only', () => {
    const changes = [deleted('src/README'), added('src/Readme')];
    expect(findTreeViolations(facts({ changes, basePaths: ['src/README'] }))).toEqual([]);
  });

  it('accepts a link that stays inside', () => {
    const changes = [added('src/l', { newMode: '120000' })];
    expect(findTreeViolations(facts({ changes, linkTargets: new Map([['src/l', '../lib/a']]) }))).toEqual([]);
  });

  it('says so many things at most', () => {
    const changes = Array.from({ length: 1000 }, (_, i) => added(`docs/${i}`));
    expect(findTreeViolations(facts({ changes }))).toHaveLength(200);
  });
});
