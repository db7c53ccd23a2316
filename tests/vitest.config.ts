import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

import { defineConfig } from 'vitest/config';

import { TestOrder } from './support/test-order.ts';

if (Number(process.versions.node.split('.', 1)[0]) < 24)
  throw new Error(
    `The tests run with the Node of the development dependencies, not with ${process.version}: use \`npm test\`.`,
  );

/** Tests of pure functions, and those that read and compile GitHub's official descriptions, which takes seconds. */
const SHARED = [
  'tests/core/**/*.test.ts',
  'tests/{actions-runner,adapters/github,adapters/metrics,adapters/terminal,github-fixture,support}/**/*.test.ts',
  'tests/entrypoints/{action,app}/**/*.test.ts',
  'tests/entrypoints/cli/{doctor-github,init}.test.ts',
  'tests/e2e/{action,app}-*.test.ts',
];

const EXCLUDED = ['tests/bench/**'];

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    projects: [
      // A process costs the more to start the more memory its parent has: what starts many has a small one for each file.
      {
        extends: true,
        test: { name: 'alone', include: ['tests/**/*.test.ts'], exclude: [...EXCLUDED, ...SHARED], isolate: true },
      },
      // One worker goes on from file to file, with what it has loaded.
      { extends: true, test: { name: 'shared', include: SHARED, exclude: EXCLUDED, isolate: false } },
    ],
    execArgv: ['--import', resolve(import.meta.dirname, 'support/import-json.ts')],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Half of the time goes by in waiting for processes and containers; many more only make the tests' limits tight.
    maxWorkers: availableParallelism() + 1,
    env: {
      // The person's own git settings (signing, hooks, default branch) have no say in what a test sees.
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      LC_ALL: 'C',
      TZ: 'UTC',
    },
    sequence: { shuffle: { files: false, tests: false }, sequencer: TestOrder },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
