import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

import { defineConfig } from 'vitest/config';

import { TestOrder } from './support/test-order.ts';

if (Number(process.versions.node.split('.', 1)[0]) < 24)
  throw new Error(
    `The tests run with the Node of the development dependencies, not with ${process.version}: use \`npm test\`.`,
  );

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/bench/**'],
    execArgv: ['--import', resolve(import.meta.dirname, 'support/import-json.ts')],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A worker goes on from file to file: GitHub's official descriptions alone take seconds to read and compile.
    isolate: false,
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
