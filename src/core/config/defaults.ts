/** Every default in one place. What is not here (agent, tests, reviewer) must be said by somebody. */
import type { ReviewSettings, TaskSettings } from '../plan/plan.ts';

/** What a setting is when neither command line, task, plan nor configuration says it. */
export const BUILT_IN_SETTINGS = {
  profile: 'strict',
  resources: 'medium',
  setup: [],
  test: [],
  testPaths: [],
  approvals: 0,
  timeoutMs: 30 * 60_000,
  retries: 2,
  env: [],
  copy: [],
  ports: [],
  budgetUsd: null,
  priority: 0,
} as const satisfies Partial<TaskSettings>;

/** The parts of a review that have a default; who reviews has none. */
export const BUILT_IN_REVIEW = { threshold: 10, iterations: 5, rubric: '' } as const satisfies Partial<ReviewSettings>;

/** Limits of one change, see `gate/tree-rules.ts`. */
export const BUILT_IN_LIMITS = {
  maxFileBytes: 5 * 1024 * 1024,
  maxChangedFiles: 2000,
  maxChangeBytes: 50 * 1024 * 1024,
} as const;

/** The runner of a task that nobody said one for. */
export const BUILT_IN_RUNS_ON: readonly string[] = ['ubuntu-latest'];

/**
 * Runners that plans of every repository may ask for: the standard Linux machines of GitHub. Its
 * `ubuntu-slim` is itself a container and has no engine to start another in.
 */
export const BUILT_IN_RUNNERS: readonly (readonly string[])[] = [
  ['ubuntu-latest'],
  ['ubuntu-26.04'],
  ['ubuntu-24.04'],
  ['ubuntu-22.04'],
  ['ubuntu-26.04-arm'],
  ['ubuntu-24.04-arm'],
  ['ubuntu-22.04-arm'],
];

/** How long is kept what a plan on GitHub has left, in milliseconds since it last moved. */
export const BUILT_IN_CLEANUP = { archivesAfterMs: 30 * 86_400_000, ledgersAfterMs: 30 * 86_400_000 } as const;

/** Ports that attempts get numbers from, first and last: under the ephemeral range of Linux (32768). */
export const BUILT_IN_PORTS = { first: 20_000, last: 29_999 } as const;
