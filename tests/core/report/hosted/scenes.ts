/** Plans at a moment of their life, for the tests of what a forge shows of them. Views are made by the code that decides. */
import { readFileSync } from 'node:fs';

import type { BranchName, TaskId } from '../../../../src/core/brand.ts';
import { type IssuePlan, readIssuePlan } from '../../../../src/core/hosted/pin-plan.ts';
import type { Evidence, Finding, ReviewResult } from '../../../../src/core/ledger/evidence.ts';
import { createForgeRecord, type DispatchRecord, type ForgeRecord } from '../../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, Certificate, PlanLedger, QueueLedger } from '../../../../src/core/ledger/ledger.ts';
import { comparePlans, createLedger, createQueueLedger } from '../../../../src/core/ledger/transitions.ts';
import type { ResolvedPlan, ResolvedTask } from '../../../../src/core/plan/plan.ts';
import { taskDigest } from '../../../../src/core/plan/resolve-plan.ts';
import { viewPlan } from '../../../../src/core/reconcile/view-plan.ts';
import type { PlanView, TaskView } from '../../../../src/core/reconcile/view.ts';
import type { AnswerFacts } from '../../../../src/core/report/hosted/answers.ts';
import type { PlanScene } from '../../../../src/core/report/hosted/scene.ts';
import { aTestResult, anAttempt, anEvidence, aTrial, fakeCommit, fakeTree } from '../../../support/builders.ts';

export const START = Date.UTC(2026, 0, 31, 9, 0, 0);
export const MINUTE = 60_000;
const ISSUE = 12;
const MAIN = 'main' as BranchName;

const CONFIG = [
  'defaults:',
  '  agent: claude',
  '  test: npm test',
  '  test_paths: [tests/**]',
  '  retries: 2',
  '  review:',
  '    reviewer: codex',
].join('\n');

/** The plan of eight agents as an issue's text. */
export function seedPlan(edit: (body: string) => string = (body) => body): IssuePlan {
  const path = new URL('../../../fixtures/plans/agent-parallel-execution-plan.md', import.meta.url);
  return readIssuePlan(ISSUE, edit(readFileSync(path, 'utf8')), CONFIG);
}

/** The plan that a text was read as; throws if it is none. */
export function resolvedOf(issuePlan: IssuePlan): ResolvedPlan {
  if (issuePlan.plan === null) throw new Error(JSON.stringify(issuePlan.problems));
  return issuePlan.plan;
}

/** One scene; `tell` writes the history into ledger and record. */
export function sceneOf(
  plan: ResolvedPlan,
  tell: (story: Story) => void,
  options: { nowMs?: number; maxParallel?: number } = {},
): PlanScene {
  const nowMs = options.nowMs ?? START + 120 * MINUTE;
  const ledger = createLedger({ plan, baseBranch: MAIN, baseSha: fakeCommit('base'), target: MAIN, nowMs: START });
  const record: ForgeRecord = {
    ...createForgeRecord(ISSUE),
    statusComment: 'IC_status',
    accepted: { revision: plan.revision, source: plan.revision, by: 'maintainer', at: START },
  };
  const story = createStory(ledger, createQueueLedger(MAIN), record);
  tell(story);
  return {
    ledger: story.ledger,
    queue: story.queue,
    record: story.record,
    view: viewOf(story, nowMs),
    runs: story.runs,
    maxParallel: options.maxParallel ?? 5,
    nowMs,
  };
}

/** The view of a scene's parts; every pull request stands at the head that was verified, and nobody has reviewed it. */
export function viewOf(
  { ledger, queue, record }: Pick<PlanScene, 'ledger' | 'queue' | 'record'>,
  nowMs: number,
): PlanView {
  const pulls = new Map(
    ledger.plan.tasks.map(({ id }) => {
      const headSha = ledger.tasks[id]?.attempts.at(-1)?.evidence?.headSha ?? null;
      const none = { checks: [], approvedBy: [], requiredApprovals: 0, changesRequestedBy: [] };
      return [id, record.pulls[id] === undefined || headSha === null ? null : { headSha, ...none }] as const;
    }),
  );
  return viewPlan(ledger, queue, nowMs, pulls);
}

/** What can have happened to a task. Times are minutes after the plan was accepted. */
export interface Story {
  ledger: PlanLedger;
  queue: QueueLedger;
  record: ForgeRecord;
  runs: Map<string, NonNullable<ReturnType<PlanScene['runs']['get']>>>;
  starts(id: string, startMinute: number, state?: 'dispatched' | 'waiting' | 'running'): void;
  verifies(id: string, minutes: [start: number, end: number], change?: Partial<Evidence>): void;
  fails(id: string, minutes: [start: number, end: number], change?: Partial<Evidence>): void;
  lands(id: string, minutes: [start: number, end: number], change?: Partial<Evidence>): void;
}

function createStory(ledger: PlanLedger, queue: QueueLedger, record: ForgeRecord): Story {
  const task = (id: string): ResolvedTask => {
    const found = story.ledger.plan.tasks.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no task '${id}'`);
    return found;
  };
  const push = (id: string, attempt: Partial<AttemptRecord>): AttemptRecord => {
    const known = story.ledger.tasks[id as TaskId]?.attempts ?? [];
    const next = anAttempt({
      attempt: known.length + 1,
      generation: Object.keys(story.ledger.tasks).length * 10 + known.length + 1,
      holder: 'app',
      taskDigest: taskDigest(task(id)),
      ...attempt,
    });
    const own = { attempts: [...known, next], countFrom: 1, cancelled: null, notBefore: 0 };
    story.ledger = { ...story.ledger, tasks: { ...story.ledger.tasks, [id]: own } };
    return next;
  };
  const openPull = (id: string): void => {
    const number = story.record.pulls[id as TaskId]?.number ?? 13 + Object.keys(story.record.pulls).length;
    const pull = { number, nodeId: `PR_${number}`, headSha: fakeCommit(`pull ${id}`), isDone: false };
    story.record = { ...story.record, pulls: { ...story.record.pulls, [id]: pull } };
  };
  const ended = (
    id: string,
    [start, end]: [number, number],
    status: AttemptRecord['status'],
    change: Partial<Evidence>,
  ): AttemptRecord => {
    const frame = push(id, { status, startedAt: START + start * MINUTE });
    const base = anEvidence(task(id), frame);
    const evidence = anEvidence(task(id), frame, {
      plan: story.ledger.plan.id,
      startedAt: START + start * MINUTE,
      endedAt: START + end * MINUTE,
      changes: { files: 3, insertions: 120, deletions: 14 },
      paths: [`src/${id}.ts`, `src/${id}/index.ts`, `tests/${id}.test.ts`],
      usage: { costUsd: 1.25, inputTokens: null, outputTokens: null, turns: null },
      sandbox: { engine: 'docker', profile: 'strict', waived: [] },
      iterations: 2,
      baseTests: 'not-needed',
      ...change,
      // A review of the verification follows those of the loop, where it came to one.
      reviews: [...(change.reviews ?? []), ...(status === 'failed' ? [] : base.reviews)],
    });
    const full = { ...frame, evidence };
    const own = story.ledger.tasks[id as TaskId];
    if (own === undefined) throw new Error(`no record of '${id}'`);
    const attempts = [...own.attempts.slice(0, -1), full];
    story.ledger = { ...story.ledger, tasks: { ...story.ledger.tasks, [id]: { ...own, attempts } } };
    return full;
  };
  const story: Story = {
    ledger,
    queue,
    record,
    runs: new Map(),
    starts(id, startMinute, state = 'running') {
      const { attempt, generation } = push(id, { status: 'running', startedAt: START + startMinute * MINUTE });
      const nonce = `${story.ledger.plan.id}.${generation}`;
      const runId = 90_000_000_000 + generation;
      const url = `https://github.com/octo-org/garden/actions/runs/${runId}`;
      const dispatch: DispatchRecord = {
        nonce,
        legs: [
          { work: 'attempt', task: id as TaskId, attempt, generation, mode: 'full', headSha: null, isOver: false },
        ],
        writtenAt: START + startMinute * MINUTE,
        lease: { holder: 'replica-1', until: START },
        run: state === 'dispatched' ? null : { id: runId, nodeId: `WR_${runId}`, url },
        begunAt: state === 'running' ? START + (startMinute + 1) * MINUTE : null,
      };
      story.record = { ...story.record, dispatches: [...story.record.dispatches, dispatch] };
      if (state !== 'dispatched')
        story.runs.set(nonce, {
          id: runId,
          nodeId: 'WR',
          url,
          status: state,
          conclusion: null,
          isGenuine: true,
          updatedAtMs: START,
        });
    },
    verifies(id, minutes, change = {}) {
      ended(id, minutes, 'verified', change);
      openPull(id);
    },
    fails(id, minutes, change = {}) {
      ended(id, minutes, 'failed', { outcome: 'failed', headSha: null, treeSha: null, ...change });
    },
    lands(id, minutes, change = {}) {
      const attempt = ended(id, minutes, 'landed', change);
      openPull(id);
      const onto = story.queue.landings.at(-1)?.commitSha ?? story.ledger.baseSha;
      const trial = { generation: 900, holder: 'app', startedAt: START, ontoSha: onto, result: null };
      const result = aTrial(task(id), { ...attempt, trial });
      const commitSha = result.commitSha ?? fakeCommit('none');
      const treeSha = result.treeSha ?? attempt.evidence!.treeSha!;
      const at = START + minutes[1] * MINUTE;
      const landing = {
        generation: 901,
        holder: 'app',
        startedAt: at,
        fromSha: onto,
        commitSha,
        treeSha,
        refusal: null,
        notBefore: 0,
      };
      const own = story.ledger.tasks[id as TaskId]!;
      const attempts = [...own.attempts.slice(0, -1), { ...attempt, trial: { ...trial, result }, landing }];
      story.queue = {
        ...story.queue,
        landings: [...story.queue.landings, { plan: story.ledger.plan.id, task: id as TaskId, commitSha, treeSha, at }],
      };
      story.ledger = {
        ...story.ledger,
        tasks: { ...story.ledger.tasks, [id]: { ...own, attempts } },
        certificates: [...story.ledger.certificates, certify(story.ledger, task(id), { ...attempt, landing })],
      };
    },
  };
  return story;
}

function certify(ledger: PlanLedger, task: ResolvedTask, attempt: AttemptRecord): Certificate {
  const { landing, evidence } = attempt;
  if (landing === null || evidence === null) throw new Error('nothing landed');
  return {
    version: 1,
    plan: ledger.plan.id,
    revision: ledger.plan.revision,
    task: task.id,
    taskDigest: attempt.taskDigest,
    attempt: attempt.attempt,
    target: ledger.target,
    fromSha: landing.fromSha,
    headSha: evidence.headSha!,
    landedSha: landing.commitSha,
    testedTree: landing.treeSha,
    landedTree: landing.treeSha,
    strength: 'exact',
    needs: [],
    tests: evidence.tests.map(({ stage, tree, suite, status }) => ({ stage, tree, suite, status })),
    review: { score: 10, threshold: 10, change: attempt.taskDigest, rubric: attempt.taskDigest, reviewer: 'codex' },
    rules: [],
    sandbox: { engine: 'docker', profile: 'strict', waived: [] },
    evidence: attempt.taskDigest,
    landedAt: landing.startedAt,
  };
}

/** A review of the agent's loop or of the verification. */
export function aReview(score: number | null, findings: Finding[], change: Partial<ReviewResult> = {}): ReviewResult {
  return {
    stage: 'work',
    iteration: 1,
    status: score === null ? 'error' : 'scored',
    score,
    findings,
    change: 'a'.repeat(64) as ReviewResult['change'],
    rubric: 'b'.repeat(64) as ReviewResult['rubric'],
    reviewer: 'codex',
    durationMs: 40_000,
    detail: '',
    ...change,
  };
}

/** The view of one task. */
export function taskOf(scene: PlanScene, id: string): TaskView {
  const task = scene.view.tasks.find((each) => each.id === id);
  if (task === undefined) throw new Error(`no task '${id}'`);
  return task;
}

const RAG_FINDINGS: Finding[] = [
  { severity: 'blocking', path: 'src/rag-agent.ts', line: 41, message: '`query()` drops the last document of a page.' },
  { severity: 'warning', path: 'src/rag-agent/index.ts', line: 7, message: 'The cache is never emptied.' },
  { severity: 'note', path: null, line: null, message: 'Say in the docs how collections are named.' },
];

/** The plan of eight agents, two hours in: two have landed, one is queued, two run, one has failed, two wait. */
export function midwayScene(nowMs?: number): PlanScene {
  const plan = resolvedOf(seedPlan());
  const rag = plan.tasks.find((task) => task.id === 'rag-agent')!;
  const failing = aTestResult(rag, fakeTree('rag'), {
    status: 'failed',
    exitCode: 1,
    tail: 'FAIL tests/rag.test.ts\n  expected 3 documents, found 2\n',
  });
  return sceneOf(
    { ...plan, budgetUsd: 40 },
    (story) => {
      story.lands('security-agent', [1, 41]);
      story.lands('backend-agent', [1, 70]);
      story.fails('frontend-agent', [1, 30], {
        failure: { cause: 'review-failed', detail: 'scored 8/10, wanted 10/10', feedback: '', isTransient: false },
        reviews: [aReview(8, RAG_FINDINGS.slice(1))],
      });
      story.verifies('frontend-agent', [35, 95], { reviews: [aReview(8, RAG_FINDINGS.slice(1))] });
      const ragFailure = {
        failure: {
          cause: 'tests-failed' as const,
          detail: '1 of 212 tests failed on the head: tests/rag.test.ts',
          feedback: '',
          isTransient: false,
        },
        headSha: fakeCommit('rag'),
        treeSha: fakeTree('rag'),
        tests: [failing],
        reviews: [aReview(7, RAG_FINDINGS), aReview(9, RAG_FINDINGS.slice(1), { iteration: 2 })],
      };
      story.fails('rag-agent', [1, 20], ragFailure);
      story.fails('rag-agent', [21, 50], ragFailure);
      story.fails('rag-agent', [51, 80], ragFailure);
      story.starts('devops-agent', 41);
      story.starts('github-agent', 71, 'waiting');
    },
    { nowMs: nowMs ?? START + 120 * MINUTE },
  );
}

/** The same plan when all of it has landed. */
export function doneScene(): PlanScene {
  const plan = resolvedOf(seedPlan());
  return sceneOf(plan, (story) => {
    plan.tasks.forEach((task, index) => {
      if (task.id === 'frontend-agent')
        story.fails(task.id, [1, 25], {
          failure: { cause: 'review-failed', detail: 'scored 8/10, wanted 10/10', feedback: '', isTransient: false },
        });
      story.lands(task.id, [30 + index * 4, 60 + index * 11]);
    });
  });
}

/** The plan after somebody has edited its issue: one task's text and another's needs. */
export function editedScene(): { scene: PlanScene; issuePlan: IssuePlan } {
  const issuePlan = seedPlan((body) =>
    body
      .replace('- [ ] Add database indexes (1h)', '- [ ] Add database indexes and foreign keys (2h)')
      .replace('- Needs Agent 2 (async service layer)', '- Needs Agent 1 and Agent 2 (async service layer)'),
  );
  const scene = midwayScene();
  const before = resolvedOf(seedPlan());
  const after = resolvedOf(issuePlan);
  const record: ForgeRecord = {
    ...scene.record,
    proposed: {
      source: issuePlan.source,
      revision: after.revision,
      ...comparePlans(before, after),
      seenAt: START,
    },
  };
  return { scene: { ...scene, record, ledger: { ...scene.ledger, plan: before } }, issuePlan };
}

/** Facts of an answer on the plan's issue. */
export function answerFacts(issuePlan: IssuePlan, scene: PlanScene | null): AnswerFacts {
  return { issue: ISSUE, place: 'plan', scene, issuePlan, maxParallel: 5, hindrances: [] };
}
