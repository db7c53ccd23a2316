/**
 * The story of one plan on GitHub, told once and played under several conditions: the eight agents of
 * *agent-parallel-execution-plan*, with a failing review, a conflict, a push by a person and a task that is given up
 * and asked for again.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { readPlanFiles } from '../../src/core/ledger/files.ts';
import { readForgeFiles } from '../../src/core/ledger/forge-files.ts';
import type { ForgeRecord } from '../../src/core/ledger/forge-record.ts';
import type { PlanLedger } from '../../src/core/ledger/ledger.ts';
import type { AppWorld } from './github-app.ts';
import type { LegFacts, LegOutcome } from './github/actions-stand-in.ts';
import { readLedgerFiles } from './github/actions-stand-in.ts';
import type { Issue } from './github/state.ts';

/** Agents, tests and reviewer of the repository; the plan's text names none. */
export const REPOSITORY_CONFIG = `defaults:
  agent: "command: ./agent"
  test: "./test"
  review: "command: ./review"
  retries: 1
max_parallel: 8
`;

/** The seed as it stands, with the line that lets the one task that is about workflows change them. */
export function readPlanText(): string {
  const seed = readFileSync(
    path.resolve(import.meta.dirname, '../fixtures/plans/agent-parallel-execution-plan.md'),
    'utf8',
  );
  return seed.replace(
    '**Branch:** `feature/devops-infrastructure`',
    '**Branch:** `feature/devops-infrastructure`\n**Allow:** `.github/workflows/**`',
  );
}

export const TASKS = [
  'security-agent',
  'backend-agent',
  'frontend-agent',
  'rag-agent',
  'devops-agent',
  'testing-agent',
  'docs-agent',
  'github-agent',
] as const;

/** What each needs, as the plan says. */
export const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'testing-agent': ['backend-agent', 'frontend-agent'],
  'docs-agent': ['security-agent', 'backend-agent', 'rag-agent'],
  'github-agent': ['backend-agent'],
};

/** What the agents write and what is said of it: the same for every way that the story is played. */
export async function playLeg({ leg, attempt, conflicts, read }: LegFacts): Promise<LegOutcome> {
  const own = { [`${leg.task}.txt`]: `done by ${leg.task}\n` };
  if (leg.work !== 'attempt' || leg.mode === 'verify') return {};
  switch (leg.task) {
    case 'security-agent':
      // The first try is not good enough.
      return leg.attempt === 1
        ? { files: own, score: 6, findings: [{ severity: 'blocking', path: `${leg.task}.txt`, line: 1, message: 'no salt' }] }
        : { files: { ...own, 'salt.txt': 'salted\n' } };
    case 'frontend-agent':
    case 'rag-agent': {
      // Both change one line of one file, so that the second of them conflicts.
      const shared = await read('shared.txt');
      const isMended = conflicts.length > 0;
      const text = isMended ? 'frontend and rag\n' : `${leg.task}\n`;
      return { files: { ...own, 'shared.txt': shared === null ? text : text } };
    }
    case 'devops-agent':
      // Given up after its tries; a person asks for it again.
      return attempt !== null && attempt.attempt <= 2 ? { files: own, tests: 'failed' } : { files: own };
    default:
      return { files: own };
  }
}

/** The plan's ledger and record as they stand in the repository. */
export async function readLedger(
  { world, repository }: Pick<AppWorld, 'world' | 'repository'>,
  issue: Issue,
): Promise<{ ledger: PlanLedger; record: ForgeRecord } | null> {
  const tip = repository.refs.get(`refs/heads/espalier-ledger/issue-${issue.number}`);
  if (tip === undefined) return null;
  const files = await readLedgerFiles(world, repository, tip);
  const ledger = readPlanFiles(files);
  const record = readForgeFiles(files);
  if (!ledger.ok || !record.ok || record.value === null) return null;
  return { ledger: ledger.value, record: record.value };
}
