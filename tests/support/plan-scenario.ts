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
import { isPull } from './github/world.ts';

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
const NEEDS: Readonly<Record<string, readonly string[]>> = {
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
        ? {
            files: own,
            score: 6,
            findings: [{ severity: 'blocking', path: `${leg.task}.txt`, line: 1, message: 'no salt' }],
          }
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

/**
 * What must be true when the story has ended, however it was disturbed: all landed once, in order, as tested trees;
 * one status comment, one report; nothing left open.
 */
export async function findFlaws(app: AppWorld, issue: Issue): Promise<string[]> {
  const { world, repository } = app;
  const found = await readLedger(app, issue);
  if (found === null) return ['there is no ledger'];
  const { ledger, record } = found;
  const flaws: string[] = [];
  const order = ledger.certificates.map((certificate) => String(certificate.task));
  for (const task of TASKS) {
    const times = order.filter((one) => one === task).length;
    if (times !== 1) flaws.push(`${task} has ${times} certificates`);
    for (const need of NEEDS[task] ?? [])
      if (order.indexOf(need) > order.indexOf(task)) flaws.push(`${task} landed before ${need}`);
  }
  let before = ledger.baseSha as string;
  for (const certificate of ledger.certificates) {
    const commit = await world.git.readCommit(repository.gitDir, certificate.landedSha);
    if (commit?.tree !== certificate.testedTree) flaws.push(`${certificate.task} landed as a tree that was not tested`);
    if (commit?.parents[0] !== before) flaws.push(`${certificate.task} did not land on what landed before it`);
    before = certificate.landedSha;
  }
  if (repository.refs.get(`refs/heads/${repository.defaultBranch}`) !== before)
    flaws.push('the base is not where the last certificate says');
  const pulls = [...repository.issues.values()].filter(isPull);
  if (pulls.length !== TASKS.length) flaws.push(`${pulls.length} pull requests were opened`);
  for (const pull of pulls) {
    if (!pull.pull.isMerged) flaws.push(`#${pull.number} is not merged`);
    app.read(pull);
  }
  flaws.push(...findTalkFlaws(app, issue));
  if (issue.state !== 'closed') flaws.push('the issue is still open');
  if (record.answers.length > 0) flaws.push('answers are left');
  if (record.dispatches.length > 0) flaws.push('dispatches are left');
  return flaws;
}

/** One status comment, one report, no answer twice. */
function findTalkFlaws(app: AppWorld, issue: Issue): string[] {
  const flaws: string[] = [];
  const comments = app.read(issue).map((comment) => comment.body);
  for (const [what, marker] of [
    ['status comments', '<!-- espalier:status '],
    ['reports', '<!-- espalier:answer report.'],
  ] as const) {
    const count = comments.filter((body) => body.startsWith(marker)).length;
    if (count !== 1) flaws.push(`${count} ${what}`);
  }
  const answers = comments.flatMap((body) => /^<!-- espalier:answer (\S+) -->/.exec(body)?.[1] ?? []);
  for (const key of new Set(answers))
    if (answers.filter((one) => one === key).length > 1) flaws.push(`answer ${key} was posted more than once`);
  return flaws;
}
