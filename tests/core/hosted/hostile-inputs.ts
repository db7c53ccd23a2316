/** What a row of the tables of hostile inputs is, and how its end is told. */
import type { BranchName, CommitSha, TaskId, TreeSha } from '../../../src/core/brand.ts';
import type { IssueFact } from '../../../src/core/hosted/facts.ts';
import type { ReceiptClaims } from '../../support/hosted-builders.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import { branchFor } from '../../../src/core/ref-names.ts';
import { aReceipt, planText } from '../../support/hosted-builders.ts';
import { type LegStory, makeResult, type openApp } from '../../support/hosted-replica.ts';
import { fakeCommit, fakeTree } from '../../support/builders.ts';

export type Opened = ReturnType<typeof openApp>;

/** One thing that somebody may try. */
export interface HostileInput {
  /** What is tried, and where. */
  tries: string;
  /** What it gets. */
  gets: string;
  /** How the plan ends, as {@link endOf} tells it, or the beginning of that. */
  ends: string;
  issue?: Partial<IssueFact>;
  /** No decision may take longer, in milliseconds, also where other tests keep the machine busy; else 8 seconds. */
  maxDecisionMs?: number;
  /** What happens; by default `maintainer` starts the plan and every run does its work. */
  play?: (opened: Opened) => void;
  /** What has to be so at the end, beside what has to be so for every row. */
  check?: (opened: Opened) => boolean;
}

/** A plan of one task, and of a task with these fields. */
export const ONE = { body: planText({ a: 'title: Do a' }) };

export function withTask(fields: string, frame = ''): { body: string } {
  return { body: planText({ a: fields }, frame) };
}

/** A text as a YAML string. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** `maintainer` starts the plan, and every run does its work. */
export function run({ world, app }: Opened): void {
  world.say('/espalier run');
  app.finish();
}

/** The same up to where the one task's change waits for an approval, with its pull request open. */
export function runUntilApproval({ world, app }: Opened): void {
  world.rules = { ...world.rules, approvals: 1 };
  world.say('/espalier run');
  app.finish();
}

/** The plan is started, and its first run is under way. */
export function start({ world, app }: Opened): void {
  world.say('/espalier run');
  app.settle();
}

/** What a receipt of the first leg is made to say otherwise. */
export interface Forgery {
  story?: LegStory;
  claims?: ReceiptClaims;
  head?: { sha: CommitSha; tree: TreeSha };
  receipt?: string;
  evidence?: string;
  artifacts?: Map<string, string> | null;
  /** Attempts at the task; more of them only say the same. */
  runAttempt?: number;
}

/** Starts the plan, and leaves a forged receipt of the first leg before its run ends as a success. */
export function leaveForged(opened: Opened, forge: (opened: Opened) => Forgery = () => ({})): void {
  start(opened);
  const { world, shared, app } = opened;
  const [dispatch] = shared.state.record.dispatches;
  const [leg] = dispatch?.legs ?? [];
  if (dispatch === undefined || leg === undefined || dispatch.run === null) throw new Error('Nothing was dispatched.');
  const forged = forge(opened);
  const { head, result } = makeResult(world, shared.plan, leg, forged.story ?? {});
  const claims = { plan: shared.plan.plan.id, nonce: dispatch.nonce, runId: dispatch.run.id, ...forged.claims };
  const receipt = aReceipt(leg, result, { head: forged.head ?? head, claims });
  const { task, attempt, generation } = leg;
  const branch = branchFor({ kind: 'receipt', plan: shared.plan.plan.id, task, attempt, generation });
  world.receipts.set(branch, {
    ...receipt,
    ...(forged.receipt === undefined ? {} : { receipt: forged.receipt }),
    ...(forged.evidence === undefined ? {} : { evidence: forged.evidence }),
    ...(forged.artifacts === undefined ? {} : { artifacts: forged.artifacts }),
  });
  world.branches.set(branch, receipt.commitSha);
  if (head !== null) world.commit(head.sha, head.tree, [shared.plan.baseSha]);
  world.endRun(dispatch.run.id, 'success');
  app.settle();
  world.nowMs += 31_000;
  app.settle();
}

/** How a plan ended, in few words: of the first task that has not landed, its state and why. */
export function endOf({ world, shared }: Opened): string {
  const { ledger, queue } = shared.state;
  if (ledger === null) return 'not started';
  const left = viewPlan(ledger, queue, world.nowMs).tasks.find(({ state }) => state !== 'landed');
  if (left === undefined) return 'landed';
  const attempts = ledger.tasks[left.id]?.attempts ?? [];
  const failure = attempts.findLast(({ status }) => status === 'failed' || status === 'returned');
  const because = failure?.returnedBecause ?? failure?.evidence?.failure?.detail ?? left.waiting?.because ?? '';
  return `${left.state}: ${failure?.evidence?.failure?.cause ?? ''} ${because}`.replace(/\s+/g, ' ').trim();
}

/** A branch of the repository that is nobody's business here, and where it has to stay. */
export const FOREIGN: readonly [BranchName, CommitSha][] = (
  [
    'release',
    'espalier/issue-8/a',
    'espalier-ledger/issue-7',
    'espalier-ledger/issue-8',
    'espalier-queue/main',
  ] as BranchName[]
).map((branch) => [branch, fakeCommit(`of ${branch}`)]);

export const [OTHER, OTHER_TREE, A] = [fakeCommit('other'), fakeTree('other'), 'a' as TaskId];
