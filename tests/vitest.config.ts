import { resolve } from 'node:path';

import { defineConfig } from 'vitest/config';

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
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Tests of sandboxes and of git start processes; more workers than cores only makes their time limits tight.
    maxWorkers: '100%',
    env: {
      // The person's own git settings (signing, hooks, default branch) have no say in what a test sees.
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      LC_ALL: 'C',
      TZ: 'UTC',
    },
    sequence: { shuffle: { files: false, tests: false } },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
