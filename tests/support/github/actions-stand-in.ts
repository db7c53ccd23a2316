/**
 * Stands in for the workflow that attempts run in. It keeps the contract of a dispatched run to the letter: it begins
 * work only when the ledger names its run, commits real trees, leaves receipts and artifacts, and ends itself when
 * another run was named. What the agents write and what tests and reviewers say is scripted.
 */
import { createHash } from 'node:crypto';

import type { CommitSha, TreeSha } from '../../../src/core/brand.ts';
import { BUILT_IN_RUNS_ON } from '../../../src/core/config/defaults.ts';
import {
  changeDigest,
  finalSuiteDigest,
  reviewerName,
  rubricDigest,
  suiteDigest,
} from '../../../src/core/gate/bindings.ts';
import type { Evidence, Finding, FinalResult, TestResult, TrialResult } from '../../../src/core/ledger/evidence.ts';
import { readPlanFiles } from '../../../src/core/ledger/files.ts';
import { readForgeFiles } from '../../../src/core/ledger/forge-files.ts';
import { findLeg, readLegInput } from '../../../src/core/ledger/leg-input.ts';
import type { DispatchLeg, DispatchRecord } from '../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, PlanLedger } from '../../../src/core/ledger/ledger.ts';
import type { ResolvedTask } from '../../../src/core/plan/plan.ts';
import { branchFor } from '../../../src/core/ref-names.ts';
import { awaitedTrial } from '../../../src/core/schedule/progress.ts';
import { ACTIONS_APP_ID } from './create-world.ts';
import { signatureOf } from './operations/commits.ts';
import { createRef } from './operations/refs.ts';
import { cancelRun, completeRun, setRunStatus, uploadArtifact } from './operations/runs.ts';
import type { Oid, Repository, WorkflowRun } from './state.ts';
import { appActor, type World } from './world.ts';

/** How one leg goes. */
export interface LegOutcome {
  /** What the agent leaves, by path; `null` removes. Of no meaning for `verify` legs. */
  files?: Record<string, string | null>;
  /** `passed` unless said. */
  tests?: TestResult['status'];
  /** 10 unless said. */
  score?: number;
  findings?: Finding[];
  /** `dies`: the run fails and this leg leaves nothing. `hangs`: it never ends by itself. */
  fate?: 'ends' | 'dies' | 'hangs';
  costUsd?: number;
  /** Changes the receipt's files before they are left, as a forger would. */
  tamper?: (texts: { receipt: string; evidence: string }) => { receipt: string; evidence: string };
}

/** What a script may look at. */
export interface LegFacts {
  leg: DispatchLeg;
  task: ResolvedTask | null;
  attempt: AttemptRecord | null;
  /** Paths in which carried work and the base conflict. */
  conflicts: readonly string[];
  /** Text of a file of the tree that is worked on or verified; `null` if absent. */
  read(path: string): Promise<string | null>;
}

export type LegScript = (facts: LegFacts) => LegOutcome | Promise<LegOutcome>;

/** Work that a leg was seen to do, for counting. */
export interface LegLog {
  runId: number;
  leg: DispatchLeg;
  /** Whether a reviewer was asked. */
  isReviewed: boolean;
}

interface Room {
  world: World;
  repository: Repository;
  run: WorkflowRun;
  ledger: PlanLedger;
  dispatch: DispatchRecord;
  leg: DispatchLeg;
}

const WORKFLOW_PATH = '.github/workflows/espalier-dispatch.yml';

/** The stand-in for one repository. */
export class ActionsStandIn {
  /** Every leg that was worked on, in order. */
  readonly done: LegLog[] = [];
  private readonly begun = new Map<number, Set<string>>();
  private readonly world: World;
  private readonly repository: Repository;
  private readonly script: LegScript;

  constructor(world: World, repository: Repository, script: LegScript) {
    this.world = world;
    this.repository = repository;
    this.script = script;
  }

  /** Takes every live run one step further. False if nothing moved. */
  async step(): Promise<boolean> {
    let hasMoved = false;
    for (const run of this.repository.runs.values()) {
      if (run.path !== WORKFLOW_PATH || run.status === 'completed') continue;
      hasMoved = (await this.stepRun(run)) || hasMoved;
    }
    return hasMoved;
  }

  /** Takes one live run one step further. False if it did not move. */
  async stepRun(run: WorkflowRun): Promise<boolean> {
    const { world } = this;
    if (run.status === 'queued') {
      await setRunStatus(world, run, 'in_progress');
      return true;
    }
    const found = await this.findDispatch(run);
    if (found === 'not-yet') return false;
    if (found === 'not-mine' || run.runAttempt > 1) {
      await completeRun(world, run, 'success');
      return true;
    }
    checkLegInputs(run, found.dispatch);
    const begun = this.begun.get(run.id) ?? new Set<string>();
    this.begun.set(run.id, begun);
    const leg = found.dispatch.legs.find((one) => !begun.has(nameOf(one)));
    if (leg === undefined) {
      const isHanging = [...begun].some((name) => name.startsWith('hanging '));
      if (isHanging) return false;
      const hasDied = [...begun].some((name) => name.startsWith('dead '));
      await completeRun(world, run, hasDied ? 'failure' : 'success');
      return true;
    }
    begun.add(nameOf(leg));
    const fate = await this.workOn({ world, repository: this.repository, run, leg, ...found });
    if (fate !== 'ends') begun.add(`${fate === 'dies' ? 'dead' : 'hanging'} ${nameOf(leg)}`);
    return true;
  }

  /** The dispatch that names this run; `not-mine` if it names another or is gone. */
  private async findDispatch(
    run: WorkflowRun,
  ): Promise<'not-yet' | 'not-mine' | { ledger: PlanLedger; dispatch: DispatchRecord }> {
    const plan = run.inputs['plan'] ?? '';
    const tip = this.repository.refs.get(`refs/heads/espalier-ledger/${plan}`);
    if (tip === undefined) return 'not-mine';
    const files = await readLedgerFiles(this.world, this.repository, tip);
    const ledger = readPlanFiles(files);
    const record = readForgeFiles(files);
    if (!ledger.ok) throw new Error(`The ledger of ${plan} cannot be read by the workflow: ${ledger.because}`);
    if (!record.ok) throw new Error(`The record of ${plan} cannot be read by the workflow: ${record.because}`);
    if (record.value === null) throw new Error(`The ledger of ${plan} has no record.`);
    const dispatch = record.value.dispatches.find((one) => one.nonce === run.inputs['nonce']);
    if (dispatch === undefined) return 'not-mine';
    if (dispatch.run === null) return 'not-yet';
    return dispatch.run.id === run.id ? { ledger: ledger.value, dispatch } : 'not-mine';
  }

  private async workOn(room: Room): Promise<'ends' | 'dies' | 'hangs'> {
    const { leg, ledger, run } = room;
    const task = ledger.plan.tasks.find((one) => one.id === leg.task) ?? null;
    const attempt = ledger.tasks[leg.task]?.attempts.find((one) => one.attempt === leg.attempt) ?? null;
    const start = await startOf(room, attempt);
    const outcome = await this.script({
      leg,
      task,
      attempt,
      conflicts: start.conflicts,
      read: (path) => readText(room, start.tree, path),
    });
    const isReviewed = leg.work === 'attempt';
    this.done.push({ runId: run.id, leg, isReviewed });
    if (outcome.fate === 'dies' || outcome.fate === 'hangs') return outcome.fate;
    const made = await makeResult(room, { task, attempt, start, outcome });
    await leaveReceipt(room, made, outcome);
    return 'ends';
  }

  /** A person cancels the run in the browser. */
  async cancelByHand(run: WorkflowRun, login: string): Promise<void> {
    const account = this.world.state.accounts.get(login);
    if (account === undefined) throw new Error(`There is no account ${login}.`);
    await cancelRun(this.world, { account, appId: null }, run);
  }
}

/** Every leg of the input must be one that the ledger names, and on the runner that it names. */
function checkLegInputs(run: WorkflowRun, { nonce, legs }: DispatchRecord): void {
  for (const input of JSON.parse(run.inputs['legs'] ?? '') as unknown[]) {
    const read = readLegInput(JSON.stringify(input));
    if (!read.ok) throw new Error(`A leg of ${nonce} cannot be read by the workflow: ${read.because}`);
    const leg = findLeg(legs, read.value);
    const runsOn = leg?.runsOn ?? BUILT_IN_RUNS_ON;
    if (leg === null || runsOn.join() !== read.value.runs_on.join())
      throw new Error(`The ledger names no leg ${JSON.stringify(input)} of ${nonce}.`);
  }
}

function nameOf(leg: DispatchLeg): string {
  return `${leg.work} ${leg.task}.${leg.attempt}.${leg.generation}`;
}

export async function readLedgerFiles(world: World, repository: Repository, tip: Oid): Promise<Record<string, string>> {
  const commit = await world.git.readCommit(repository.gitDir, tip);
  const files: Record<string, string> = {};
  const visit = async (tree: Oid, folder: string): Promise<void> => {
    for (const entry of (await world.git.readTree(repository.gitDir, tree)) ?? []) {
      const path = `${folder}${entry.name}`;
      if (entry.type === 'tree') await visit(entry.oid, `${path}/`);
      else files[path] = (await world.git.readBlob(repository.gitDir, entry.oid))?.toString('utf8') ?? '';
    }
  };
  if (commit !== null) await visit(commit.tree, '');
  return files;
}

interface Start {
  tree: Oid;
  /** Tree that the change is compared with. */
  baseTree: Oid;
  parents: Oid[];
  conflicts: readonly string[];
}

async function startOf(room: Room, attempt: AttemptRecord | null): Promise<Start> {
  const { git } = room.world;
  const dir = room.repository.gitDir;
  const given = room.leg.headSha;
  if (given !== null) {
    const base = (await git.mergeBase(dir, attempt?.baseSha ?? given, given)) ?? given;
    return {
      tree: (await git.readCommit(dir, given))?.tree ?? '',
      baseTree: (await git.readCommit(dir, base))?.tree ?? '',
      parents: [given],
      conflicts: [],
    };
  }
  if (attempt === null) throw new Error(`The ledger has no attempt for ${nameOf(room.leg)}.`);
  const baseTree = (await git.readCommit(dir, attempt.baseSha))?.tree ?? '';
  if (attempt.carrySha === null) return { tree: baseTree, baseTree, parents: [attempt.baseSha], conflicts: [] };
  const merged = await git.mergeTrees(dir, attempt.baseSha, attempt.carrySha);
  return { tree: merged.tree, baseTree, parents: [attempt.baseSha, attempt.carrySha], conflicts: merged.conflicts };
}

async function readText({ world, repository }: Room, tree: Oid, path: string): Promise<string | null> {
  const entry = await world.git.findPath(repository.gitDir, tree, path);
  if (entry?.type !== 'blob') return null;
  return (await world.git.readBlob(repository.gitDir, entry.oid))?.toString('utf8') ?? null;
}

interface Made {
  head: CommitSha | null;
  result: Evidence | TrialResult | FinalResult;
}

interface LegWork {
  task: ResolvedTask | null;
  attempt: AttemptRecord | null;
  start: Start;
  outcome: LegOutcome;
}

async function makeResult(room: Room, work: LegWork): Promise<Made> {
  const { leg, ledger, world } = room;
  const { task, attempt, start, outcome } = work;
  const endedAt = world.clock.now();
  if (leg.work === 'final') {
    const test = {
      ...testOf(room, work, start.tree),
      stage: 'final' as const,
      suite: finalSuiteDigest(ledger.plan.final),
    };
    const commitSha = leg.headSha as CommitSha;
    return {
      head: commitSha,
      result: { version: 1, plan: ledger.plan.id, generation: leg.generation, commitSha, test, endedAt },
    };
  }
  if (task === null || attempt === null) throw new Error(`The plan has no task for ${nameOf(leg)}.`);
  if (leg.work === 'trial') {
    const test = { ...testOf(room, work, start.tree), stage: 'trial' as const };
    const result: TrialResult = {
      version: 1,
      plan: ledger.plan.id,
      task: leg.task,
      attempt: leg.attempt,
      generation: leg.generation,
      headSha: attempt.evidence?.headSha as CommitSha,
      ontoSha: awaitedTrial(attempt, leg.generation)?.ontoSha as CommitSha,
      outcome: 'tested',
      commitSha: leg.headSha,
      treeSha: start.tree as TreeSha,
      test,
      conflicts: [],
      feedback: test.status === 'passed' ? '' : test.tail,
      endedAt,
    };
    return { head: leg.headSha, result };
  }
  const head = leg.headSha ?? (await commitWork(room, start, outcome));
  const tree = (await world.git.readCommit(room.repository.gitDir, head))?.tree as TreeSha;
  return { head, result: await evidenceOf(room, { task, attempt, start, outcome, head, tree }) };
}

async function commitWork(room: Room, start: Start, outcome: LegOutcome): Promise<CommitSha> {
  const { world, repository, leg } = room;
  const changes = new Map<string, { mode: string; oid: Oid } | null>();
  for (const [path, text] of Object.entries(outcome.files ?? {})) {
    const oid = text === null ? null : await world.git.writeBlob(repository.gitDir, Buffer.from(text));
    changes.set(path, oid === null ? null : { mode: '100644', oid });
  }
  const tree = await world.git.changeTree(repository.gitDir, start.tree, changes);
  const signature = signatureOf(world, appActor(world, ACTIONS_APP_ID).account);
  const commit = { tree, parents: start.parents, message: `${leg.task}\n`, author: signature, committer: signature };
  return (await world.git.writeCommit(repository.gitDir, commit)) as CommitSha;
}

function testOf(room: Room, { task, outcome }: LegWork, tree: Oid): TestResult {
  const status = outcome.tests ?? 'passed';
  return {
    stage: 'verify',
    tree: tree as TreeSha,
    suite: suiteDigest(task ?? room.ledger.plan.tasks[0]!),
    status,
    exitCode: status === 'passed' ? null : 1,
    durationMs: 1000,
    tail: status === 'passed' ? '' : 'expected 1, found 2',
    reused: false,
  };
}

async function evidenceOf(
  room: Room,
  work: LegWork & { task: ResolvedTask; attempt: AttemptRecord; head: CommitSha; tree: TreeSha },
): Promise<Evidence> {
  const { world, repository, ledger, leg } = room;
  const { task, attempt, start, outcome, head, tree } = work;
  const test = testOf(room, work, tree);
  const score = outcome.score ?? 10;
  const { reviewer } = task.review;
  const baseTreeSha = start.baseTree as TreeSha;
  const review = {
    stage: 'verify' as const,
    iteration: 1,
    status: 'scored' as const,
    score,
    findings: outcome.findings ?? [],
    change: changeDigest(baseTreeSha, tree),
    rubric: rubricDigest(task),
    reviewer: reviewer === null ? 'nobody' : reviewerName(reviewer),
    durationMs: 500,
    detail: '',
  };
  const cause = failureOf(test, score, task);
  const changed = await world.git.listChangedPaths(repository.gitDir, { from: start.baseTree, to: tree });
  const paths = changed.map((file) => file.path).toSorted();
  return {
    version: 1,
    plan: ledger.plan.id,
    task: leg.task,
    attempt: leg.attempt,
    generation: leg.generation,
    taskDigest: attempt.taskDigest,
    baseSha: attempt.baseSha,
    baseTreeSha,
    headSha: head,
    treeSha: tree,
    outcome: cause === null ? 'verified' : 'failed',
    failure:
      cause === null
        ? null
        : { cause, detail: `as scripted: ${cause}`, feedback: `please mend: ${cause}`, isTransient: false },
    tests: [test],
    reviews: reviewer === null || test.status !== 'passed' ? [] : [review],
    baseTests: 'not-asked',
    violations: [],
    changes: { files: paths.length, insertions: paths.length, deletions: 0 },
    paths: paths.slice(0, 200),
    usage: { costUsd: outcome.costUsd ?? 0.25, inputTokens: 1000, outputTokens: 100, turns: 3 },
    iterations: 1,
    sandbox: { engine: 'docker', profile: task.profile, waived: [] },
    startedAt: world.clock.now(),
    endedAt: world.clock.now(),
    timings: {},
  };
}

function failureOf(test: TestResult, score: number, task: ResolvedTask): 'tests-failed' | 'review-failed' | null {
  if (test.status !== 'passed') return 'tests-failed';
  return task.review.reviewer !== null && score < task.review.threshold ? 'review-failed' : null;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The publish job: artifacts first, then the receipt, which is what makes them count. */
async function leaveReceipt(room: Room, made: Made, outcome: LegOutcome): Promise<void> {
  const { world, repository, run, leg, ledger, dispatch } = room;
  const plan = ledger.plan.id;
  const honest = `${JSON.stringify(made.result)}\n`;
  const pack = Buffer.from(`pack of ${made.head ?? 'nothing'}`);
  const receipt = {
    version: 1,
    plan,
    nonce: dispatch.nonce,
    runId: run.id,
    runAttempt: run.runAttempt,
    work: leg.work,
    task: leg.task,
    attempt: leg.attempt,
    generation: leg.generation,
    mode: leg.mode,
    headSha: made.head,
    evidence: sha256(honest),
    pack: made.head === null ? null : createHash('sha256').update(pack).digest('hex'),
  };
  const texts = { receipt: `${JSON.stringify(receipt)}\n`, evidence: honest };
  const left = outcome.tamper?.(texts) ?? texts;
  const name = `espalier-${leg.task}.${leg.attempt}`;
  const artifacts = [...repository.artifacts.values()].filter((artifact) => artifact.runId === run.id);
  const isTaken = (artifact: string): boolean => artifacts.some((one) => one.name === artifact);
  if (!isTaken(`${name}-evidence.json`))
    await uploadArtifact(world, run, { name: `${name}-evidence.json`, bytes: Buffer.from(honest) });
  if (made.head !== null && !isTaken(`${name}-pack`))
    await uploadArtifact(world, run, { name: `${name}-pack`, bytes: pack });
  const changes = new Map<string, { mode: string; oid: Oid } | null>();
  for (const [path, text] of [
    ['receipt.json', left.receipt],
    ['evidence.json', left.evidence],
  ] as const)
    changes.set(path, { mode: '100644', oid: await world.git.writeBlob(repository.gitDir, Buffer.from(text)) });
  const tree = await world.git.changeTree(repository.gitDir, null, changes);
  const actor = appActor(world, ACTIONS_APP_ID);
  const signature = signatureOf(world, actor.account);
  const parents = made.head === null ? [] : [made.head];
  const message = `Receipt of ${name}\n`;
  const commit = await world.git.writeCommit(repository.gitDir, {
    tree,
    parents,
    message,
    author: signature,
    committer: signature,
  });
  const branch = branchFor({ kind: 'receipt', plan, task: leg.task, attempt: leg.attempt, generation: leg.generation });
  await createRef(world, actor, repository, { name: `refs/heads/${branch}`, oid: commit });
}
