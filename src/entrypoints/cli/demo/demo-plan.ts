/** The demo's plan, in the shape of eight agents: five that need nothing, and three that need some of those. */

/** Settings of the demo that depend on the machine. */
export interface DemoPlanOptions {
  /** Absolute path of the Node binary. */
  node: string;
  /** Runs all test files in one process, which is five times as fast; Node knows the flag since version 24. */
  hasTestIsolation: boolean;
  /** Absolute paths of the two programs. */
  agent: string;
  reviewer: string;
}

/** Ids in the order of the plan. */
export const DEMO_TASK_IDS = [
  'security-agent',
  'backend-agent',
  'frontend-agent',
  'rag-agent',
  'devops-agent',
  'testing-agent',
  'docs-agent',
  'github-agent',
] as const;

/** Id of the demo's plan. */
const DEMO_PLAN_ID = 'eight-agents';

/** The plan's text, canonical YAML. */
export function renderDemoPlan(options: DemoPlanOptions): string {
  const words = (...parts: string[]): string => JSON.stringify(parts);
  return `# Eight tasks, done by scripted agents. Read it with: espalier check plan.yml
plan: ${DEMO_PLAN_ID}
title: Eight agents on a library for notes
base: main
defaults:
  agent: { command: ${words(options.node, options.agent)} }
  test:
    - ${words(options.node, '--test', ...(options.hasTestIsolation ? ['--test-isolation=none'] : []))}
  test_paths: ['tests/**']
  review:
    reviewer: { command: ${words(options.node, options.reviewer)} }
    threshold: 10
    iterations: 5
  timeout: 2m
  retries: 2
tasks:
  security-agent:
    title: Sign who may read
    spec: |
      Add src/tokens.mjs: tokens that are signed with a key, and cannot be forged. Cover it with tests.
    owns: [src/tokens.mjs, tests/tokens.test.mjs]
    estimate: 18h
  backend-agent:
    title: A service layer for notes
    spec: |
      Add src/notes.mjs on top of the store, export it from src/index.mjs, and cover it with tests.
    owns: [src/notes.mjs, src/index.mjs, tests/notes.test.mjs]
    locks: [exports]
    estimate: 37h
  frontend-agent:
    title: A page of notes
    spec: |
      Add src/page.mjs, which renders notes as HTML and escapes them, and export it from src/index.mjs.
    owns: [src/page.mjs, src/index.mjs, tests/page.test.mjs]
    locks: [exports]
    estimate: 19h
  rag-agent:
    title: Search over notes
    spec: |
      Add src/search.mjs, which finds notes by words, with tests. Say so under Unreleased in CHANGELOG.md.
    owns: [src/search.mjs, tests/search.test.mjs, CHANGELOG.md]
    estimate: 34h
  devops-agent:
    title: Back-ups
    spec: |
      Add scripts/backup.mjs, which writes and reads back-ups, with tests. Say so under Unreleased in CHANGELOG.md.
    owns: ['scripts/**', tests/backup.test.mjs, CHANGELOG.md]
    estimate: 40h
  testing-agent:
    title: A test from note to page
    spec: |
      Add tests/flow.test.mjs, which writes notes through the service layer and finds them on the page.
    needs: [backend-agent, frontend-agent]
    owns: [tests/flow.test.mjs]
    estimate: 46h
  docs-agent:
    title: The guide
    spec: |
      Write docs/guide.md about notes, search and tokens. Change nothing else.
    needs: [security-agent, backend-agent, rag-agent]
    owns: ['docs/**']
    review: { iterations: 1 }
    retries: 0
    estimate: 14h
  github-agent:
    title: Import issues as notes
    spec: |
      Add src/issues.mjs, which writes a note for each open issue, with tests.
    needs: [backend-agent]
    owns: [src/issues.mjs, tests/issues.test.mjs]
    estimate: 22h
`;
}
