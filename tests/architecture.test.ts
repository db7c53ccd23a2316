import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** One file that breaks one rule; `also` are files that it needs to break it with. */
interface Seed {
  rule: string;
  file: string;
  text: string;
  also?: Record<string, string>;
}

const SEEDS: Seed[] = [
  {
    rule: 'core-is-pure',
    file: 'src/core/reads-files.ts',
    text: `import { readFileSync } from 'node:fs';\nexport const a = readFileSync;`,
  },
  {
    rule: 'core-is-pure',
    file: 'src/core/plan/names-a-port.ts',
    text: `import type { Clock } from '../../ports/clock.ts';\nexport type A = Clock;`,
  },
  { rule: 'core-is-pure', file: 'src/core/runs.ts', text: `export const a = await import('execa');` },
  {
    rule: 'ports-know-the-core',
    file: 'src/ports/knows-its-adapter.ts',
    text: `import type { A } from '../adapters/local/fine.ts';\nexport type B = A;`,
  },
  {
    rule: 'engine-knows-ports',
    file: 'src/engine/knows-an-adapter.ts',
    text: `import type { A } from '../adapters/local/fine.ts';\nexport type B = A;`,
  },
  { rule: 'engine-knows-ports', file: 'src/engine/touches-disk.ts', text: `export { join } from 'node:path';` },
  {
    rule: 'adapters-stand-alone',
    file: 'src/adapters/git/knows-another.ts',
    text: `import type { A } from '../local/fine.ts';\nexport type B = A;`,
  },
  {
    rule: 'adapters-stand-alone',
    file: 'src/adapters/git/knows-the-engine.ts',
    text: `import { a } from '../../engine/fine.ts';\nexport const b = a;`,
  },
  {
    rule: 'entrypoints-stand-alone',
    file: 'src/entrypoints/app.ts',
    text: `import { a } from './cli/fine.ts';\nexport const b = a;`,
  },
  {
    rule: 'src-ships',
    file: 'src/entrypoints/cli/borrows-a-test.ts',
    text: `import { a } from '../../../tests/support/fine.ts';\nexport const b = a;`,
  },
  {
    rule: 'src-needs-dependencies',
    file: 'src/entrypoints/cli/needs-a-tool.ts',
    text: `import { build } from 'esbuild';\nexport const a = build;`,
  },
  {
    rule: 'home-of-simple-git',
    file: 'src/adapters/local/uses-git.ts',
    text: `export { simpleGit } from 'simple-git';`,
  },
  {
    rule: 'home-of-execa',
    file: 'src/entrypoints/cli/runs.ts',
    text: `import type { Options } from 'execa';\nexport type A = Options;`,
  },
  {
    rule: 'home-of-child_process',
    file: 'src/entrypoints/cli/spawns.ts',
    text: `export { spawn } from 'node:child_process';`,
  },
  { rule: 'home-of-commander', file: 'src/adapters/local/parses.ts', text: `export { Command } from 'commander';` },
  {
    rule: 'home-of-log-update',
    file: 'src/adapters/local/draws.ts',
    text: `export { default as draw } from 'log-update';`,
  },
  { rule: 'home-of-probot', file: 'src/adapters/github/serves.ts', text: `export { Probot } from 'probot';` },
  {
    rule: 'home-of-@actions',
    file: 'src/adapters/github/speaks.ts',
    text: `export { setOutput } from '@actions/core';`,
  },
  { rule: 'home-of-@octokit', file: 'src/entrypoints/app/asks.ts', text: `export { Octokit } from '@octokit/rest';` },
  {
    rule: 'home-of-universal-github-app-jwt',
    file: 'src/entrypoints/app/signs.ts',
    text: `export { default as sign } from 'universal-github-app-jwt';`,
  },
  {
    rule: 'home-of-prom-client',
    file: 'src/adapters/github/counts.ts',
    text: `export { Counter } from 'prom-client';`,
  },
  {
    rule: 'no-cycle',
    file: 'src/core/left.ts',
    text: `import { right } from './right.ts';\nexport const left = (): unknown => right;`,
    also: { 'src/core/right.ts': `import { left } from './left.ts';\nexport const right = (): unknown => left;` },
  },
  { rule: 'every-import-resolves', file: 'src/core/misspelt.ts', text: `export { a } from './fyne.ts';` },
];

/** Files that keep every rule; a rule that flags one of them is too wide. */
const CLEAN: Record<string, string> = {
  'src/core/fine.ts': `import { z } from 'zod';\nexport const a = z.string();`,
  'src/ports/clock.ts': `export interface Clock { now(): number }`,
  'src/engine/fine.ts': `import type { Clock } from '../ports/clock.ts';\nexport const a = (clock: Clock) => clock.now();`,
  'src/adapters/git/fine.ts': `import { simpleGit } from 'simple-git';\nexport const a = simpleGit;`,
  'src/adapters/local/fine.ts': `import type { Clock } from '../../ports/clock.ts';\nexport type A = Clock;`,
  'src/entrypoints/cli/fine.ts': `import { a as b } from '../../engine/fine.ts';\nexport const a = b;`,
  'src/adapters/actions/fine.ts': `export { setOutput } from '@actions/core';`,
  'src/entrypoints/cli.ts': `import { Command } from 'commander';\nimport { a } from './cli/fine.ts';\nexport const c = [a, Command];`,
  'tests/support/fine.ts': `import { a as b } from '../../src/core/fine.ts';\nexport const a = b;`,
};

interface Violation {
  rule: string;
  from: string;
  to: string;
}

/** Runs the project's own rules over `src` and `tests` in `dir`, which dependency-cruiser wants to be the current directory. */
async function findViolations(dir: string): Promise<{ violations: Violation[]; modules: number }> {
  const { forbidden, options } = await extractDepcruiseConfig(join(root, '.dependency-cruiser.mjs'));
  const home = process.cwd();
  process.chdir(dir);
  try {
    const { output } = await cruise(
      ['src', 'tests'],
      { ...options, ruleSet: { forbidden: forbidden ?? [] }, validate: true },
      undefined,
      { tsConfig: extractTsConfig('tsconfig.json') },
    );
    const { summary } = output as ICruiseResult;
    return {
      violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
      modules: summary.totalCruised,
    };
  } finally {
    process.chdir(home);
  }
}

function writeFiles(dir: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), `${text}\n`);
  }
}

describe('the direction of imports', () => {
  let seeded = '';
  let found: Violation[] = [];

  beforeAll(async () => {
    seeded = mkdtempSync(join(tmpdir(), 'espalier-architecture-'));
    symlinkSync(join(root, 'node_modules'), join(seeded, 'node_modules'));
    for (const file of ['package.json', 'tsconfig.json']) copyFileSync(join(root, file), join(seeded, file));
    writeFiles(seeded, CLEAN);
    for (const seed of SEEDS) writeFiles(seeded, { [seed.file]: seed.text, ...seed.also });
    found = (await findViolations(seeded)).violations;
  });

  afterAll(() => {
    rmSync(seeded, { recursive: true, force: true });
  });

  it('is kept by every file of the project', async () => {
    const { violations, modules } = await findViolations(root);
    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThan(globSync('src/**/*.ts', { cwd: root }).length);
  });

  it.each(SEEDS)('$rule finds $file', ({ rule, file }) => {
    expect(found.filter((violation) => violation.from === file).map((violation) => violation.rule)).toContain(rule);
  });

  it('has a seeded violation for every rule', async () => {
    const { forbidden } = await extractDepcruiseConfig(join(root, '.dependency-cruiser.mjs'));
    expect(new Set(SEEDS.map(({ rule }) => rule))).toEqual(new Set(forbidden?.map(({ name }) => name)));
  });

  it.each(Object.keys(CLEAN))('does not flag %s', (file) => {
    expect(found.filter(({ from }) => from === file)).toEqual([]);
  });
});

describe('the purity of the core', () => {
  const IMPURE: Record<string, string> = {
    'no-restricted-globals': `export const a = (): unknown => process;`,
    'no-nodejs-modules': `export { join } from 'node:path';`,
    'no-restricted-properties': `export const a = (): number => Date.now();`,
    'no-explicit-any': `export const a = (b: any): string => String(b);`,
    'no-floating-promises': `async function a(): Promise<void> {}\nexport function b(): void {\n  a();\n}`,
    'switch-exhaustiveness-check': `export function a(b: 'c' | 'd'): void {\n  switch (b) {\n    case 'c':\n      break;\n  }\n}`,
  };

  it('is guarded by the linter, which finds each seeded offence', () => {
    const dir = mkdtempSync(join(tmpdir(), 'espalier-lint-'));
    try {
      for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
        copyFileSync(join(root, file), join(dir, file));
      symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
      for (const [rule, text] of Object.entries(IMPURE)) writeFiles(dir, { [`src/core/${rule}.ts`]: text });
      const { stdout, status } = spawnSync(
        process.execPath,
        [join(root, 'node_modules/oxlint/bin/oxlint'), '-f', 'unix', 'src'],
        {
          cwd: dir,
          encoding: 'utf8',
        },
      );
      for (const rule of Object.keys(IMPURE)) expect(stdout).toMatch(new RegExp(`${rule}[.]ts:.*${rule}`));
      expect(status).not.toBe(0);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('has no reading of the clock through the constructor of Date', () => {
    const files = globSync('src/core/**/*.ts', { cwd: root });
    expect(files.length).toBeGreaterThan(0);
    expect(
      files.filter((file) => /new Date\(\s*\)|\bDate\(\s*\)/.test(readFileSync(join(root, file), 'utf8'))),
    ).toEqual([]);
  });
});

describe('the top level of the repository', () => {
  it('holds only what has its place there', () => {
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter(Boolean);
    const top = new Set(tracked.map((path) => path.split('/')[0] ?? ''));
    const allowed =
      /^(package\.json|package-lock\.json|tsconfig\.json|src|action\.yml|app\.yml|dist|tests|README\.md|LICENSE|\..+)$/;
    expect([...top].filter((name) => !allowed.test(name))).toEqual([]);
  });
});
