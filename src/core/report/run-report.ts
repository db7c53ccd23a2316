/**
 * The end of a run: what landed, what did not and why, what it cost in time and money, and the one command that
 * takes the result. Data first (also the JSON form), text from the data.
 */
import type { CommitSha } from '../brand.ts';
import type { TestResult } from '../ledger/evidence.ts';
import type { AttemptRecord, PlanLedger } from '../ledger/ledger.ts';
import type { PlanView, TaskState, TaskView } from '../reconcile/view.ts';
import { countOf, formatDuration, formatScore, formatUsd, shortSha } from './amounts.ts';
import { showCommand } from './shell-words.ts';
import { cutText, fitText, line, type Row, span, type SpanStyle } from './spans.ts';
import { type Glyphs, glyphsFor, STATE_STYLES } from './task-words.ts';
import { wrapText } from './wrap-text.ts';

/** What the ledger does not know of a run. */
export interface RunFacts {
  /** When this run began and ended, ms since the epoch. A resumed run counts from when it was resumed. */
  startedAt: number;
  endedAt: number;
  sandbox: { engine: string; reason: string; waived: readonly string[] };
  /** Branch that is checked out where the person stands; `null` when detached or bare. */
  headBranch: string | null;
  /** Tip of the base branch when the run ended; `null` if the branch is gone. */
  baseTip: CommitSha | null;
  /** True if the run was stopped before it was done. */
  isInterrupted: boolean;
}

/** One task in the report. */
interface ReportedTask {
  task: string;
  title: string;
  state: TaskState;
  attempts: number;
  score: number | null;
  landedSha: string | null;
  spentUsd: number | null;
  /** Why it did not land; `null` if it did. */
  because: string | null;
  /** The command that moves it or explains it; `null` if it landed. */
  next: string | null;
}

/** Everything that is known at the end of a run. */
export interface RunReport {
  kind: 'report';
  plan: string;
  title: string;
  revision: string;
  status: PlanView['status'] | 'interrupted';
  baseBranch: string;
  target: string;
  landed: ReportedTask[];
  notLanded: ReportedTask[];
  final: PlanView['final'];
  time: {
    elapsedMs: number;
    /** Time of all attempts and trials of this run, one after another. */
    sequentialMs: number;
    /** `sequentialMs / elapsedMs`; `null` when nothing ran. */
    speedUp: number | null;
  };
  tests: { runs: number; reused: number; ms: number };
  spentUsd: number | null;
  budgetUsd: number | null;
  sandbox: { engine: string; reason: string; waived: string[] };
  /** The base's tip at the end if it is not where the plan began; `null` if it did not move or is the target. */
  baseMovedTo: string | null;
  /** How to take what landed; `null` when there is nothing to take. */
  take: string | null;
}

const FINAL_STYLES: Readonly<Record<PlanView['final']['status'], SpanStyle>> = {
  none: 'dim',
  waiting: 'dim',
  running: 'busy',
  passed: 'good',
  failed: 'bad',
};

/** Cells before the value of a fact. */
const FACT_CELLS = 11;

/** States that only a person changes. */
const STOPPED_STATES: ReadonlySet<TaskState> = new Set(['failed', 'held', 'cancelled']);

/** Puts a report together. */
export function buildRunReport(view: PlanView, ledger: PlanLedger, facts: RunFacts): RunReport {
  const landed = view.tasks.filter((task) => task.state === 'landed').map((task) => reportTask(task, view));
  const notLanded = view.tasks
    .filter((task) => task.state !== 'landed')
    .map((task) => reportTask(task, view))
    // Of a run that was stopped, what would have gone on by itself needs no advice but to go on.
    .map((each) => (facts.isInterrupted && !STOPPED_STATES.has(each.state) ? { ...each, next: null } : each));
  const isOnBase = view.target === view.baseBranch;
  const baseMovedTo = !isOnBase && facts.baseTip !== null && facts.baseTip !== ledger.baseSha ? facts.baseTip : null;
  return {
    kind: 'report',
    plan: view.plan,
    title: view.title,
    revision: view.revision,
    status: facts.isInterrupted ? 'interrupted' : view.status,
    baseBranch: view.baseBranch,
    target: view.target,
    landed,
    notLanded,
    final: view.final,
    ...measureWork(ledger, facts),
    spentUsd: view.spentUsd,
    budgetUsd: view.budgetUsd,
    sandbox: { ...facts.sandbox, waived: [...facts.sandbox.waived] },
    baseMovedTo,
    take: landed.length === 0 || isOnBase ? null : takeCommand(view, facts, baseMovedTo !== null),
  };
}

/** The report as text. */
export function renderRunReport(report: RunReport, options: { isUtf8: boolean; width: number }): Row[] {
  const glyphs = glyphsFor(options.isUtf8);
  const rows: Row[] = [renderTitle(report, glyphs), []];
  rows.push(...renderLanded(report, glyphs, options.width), ...renderNotLanded(report, glyphs, options.width));
  rows.push(...renderFacts(report, options.width), ...renderTake(report));
  return rows;
}

function reportTask(task: TaskView, view: PlanView): ReportedTask {
  const isLanded = task.state === 'landed';
  return {
    task: task.id,
    title: task.title,
    state: task.state,
    attempts: task.attempt,
    score: task.score,
    landedSha: task.landedSha,
    spentUsd: task.spentUsd,
    because: isLanded ? null : becauseOf(task),
    next: isLanded ? null : (task.waiting?.next ?? showCommand(['espalier', 'why', task.id, '--plan', view.plan])),
  };
}

function becauseOf(task: TaskView): string {
  if (task.state === 'failed' && task.lastFailure !== null) return task.lastFailure;
  return task.waiting?.because ?? task.lastFailure ?? `it is ${task.state}`;
}

/** Time and tests of this run: what earlier runs of the same plan did is left out, so that times can be compared. */
function measureWork(ledger: PlanLedger, facts: RunFacts): Pick<RunReport, 'time' | 'tests'> {
  const attempts = Object.values(ledger.tasks)
    .flatMap((record) => record.attempts)
    .filter((attempt) => attempt.startedAt >= facts.startedAt);
  const tests = attempts.flatMap(testsOf);
  const final = ledger.final;
  if (final?.result != null && final.startedAt >= facts.startedAt) tests.push(final.result.test);
  const sequentialMs =
    attempts.reduce((sum, attempt) => sum + attemptMs(attempt), 0) +
    (final?.result != null && final.startedAt >= facts.startedAt ? final.result.test.durationMs : 0);
  const elapsedMs = Math.max(0, facts.endedAt - facts.startedAt);
  const runs = tests.filter((test) => !test.reused);
  return {
    time: { elapsedMs, sequentialMs, speedUp: sequentialMs > 0 && elapsedMs > 0 ? sequentialMs / elapsedMs : null },
    tests: {
      runs: runs.length,
      reused: tests.length - runs.length,
      ms: runs.reduce((sum, test) => sum + test.durationMs, 0),
    },
  };
}

function testsOf(attempt: AttemptRecord): TestResult[] {
  const trial = attempt.trial?.result?.test ?? null;
  return [...(attempt.evidence?.tests ?? []), ...(trial === null ? [] : [trial])];
}

function attemptMs(attempt: AttemptRecord): number {
  const evidence = attempt.evidence;
  const trial = attempt.trial;
  const trialMs = trial?.result == null ? 0 : Math.max(0, trial.result.endedAt - trial.startedAt);
  return (evidence === null ? 0 : Math.max(0, evidence.endedAt - evidence.startedAt)) + trialMs;
}

function takeCommand(view: PlanView, facts: RunFacts, hasBaseMoved: boolean): string {
  const merge = showCommand(['git', 'merge', view.target]);
  if (facts.headBranch === view.baseBranch) return merge;
  // A fast-forward of a branch that is not checked out needs no working tree.
  if (!hasBaseMoved) return showCommand(['git', 'fetch', '.', `${view.target}:${view.baseBranch}`]);
  return `${showCommand(['git', 'switch', view.baseBranch])} && ${merge}`;
}

function renderTitle(report: RunReport, glyphs: Glyphs): Row {
  const total = report.landed.length + report.notLanded.length;
  const words = `${report.landed.length} of ${countOf(total, 'task')} landed on ${report.target}`;
  const style = report.status === 'landed' ? 'good' : report.landed.length > 0 ? 'warn' : 'bad';
  return [
    span(report.plan, 'strong'),
    span(` ${glyphs.dash} `, 'dim'),
    span(words, style),
    span(report.status === 'interrupted' ? ' (stopped before it was done)' : '', 'warn'),
  ];
}

function renderLanded(report: RunReport, glyphs: Glyphs, width: number): Row[] {
  if (report.landed.length === 0) return [];
  const idCells = Math.max(...report.landed.map((each) => each.task.length));
  const rows = report.landed.map((each): Row => {
    const facts = [
      countOf(each.attempts, 'attempt').padEnd(10),
      (each.score === null ? 'no review' : `review ${formatScore(each.score)}`).padEnd(13),
      ...(each.spentUsd === null || each.spentUsd === 0 ? [] : [formatUsd(each.spentUsd)]),
    ].join('  ');
    const head = `${fitText(each.task, idCells, glyphs.cut)}  `;
    const sha = `${shortSha(each.landedSha ?? '')}  `;
    const room = Math.max(0, width - head.length - sha.length - facts.length - 8);
    return [
      span(`  ${glyphs.states.landed} `, 'good'),
      span(head, 'strong'),
      span(sha, 'dim'),
      span(facts),
      span(room >= 12 && each.title !== each.task ? `  ${cutText(each.title, room, glyphs.cut)}` : '', 'dim'),
    ];
  });
  return [line('Landed', 'strong'), ...rows, []];
}

function renderNotLanded(report: RunReport, glyphs: Glyphs, width: number): Row[] {
  if (report.notLanded.length === 0) return [];
  const rows = report.notLanded.flatMap((each): Row[] => {
    const style = STATE_STYLES[each.state];
    const because = (each.because ?? '').split(/\r?\n/).find((part) => part.trim() !== '') ?? '';
    return [
      [
        span(`  ${glyphs.states[each.state]} `, style),
        span(each.task, 'strong'),
        span(` ${each.state}`, style),
        span(each.attempts > 0 ? ` after ${countOf(each.attempts, 'attempt')}` : '', 'dim'),
      ],
      ...wrapText(span(because).text, Math.max(40, width - 6), glyphs.cut).map((text) => line(`      ${text}`)),
      ...(each.next === null ? [] : [[span('      next: ', 'dim'), span(each.next)]]),
    ];
  });
  return [line(report.status === 'interrupted' ? 'Not landed yet' : 'Did not land', 'strong'), ...rows, []];
}

function renderFacts(report: RunReport, width: number): Row[] {
  const { time, tests } = report;
  const sequential =
    time.speedUp === null
      ? ''
      : `; one after another ${formatDuration(time.sequentialMs)}, ${time.speedUp.toFixed(1)} times as fast`;
  const facts: [string, string][] = [
    ['time', `${formatDuration(time.elapsedMs)}${sequential}`],
    [
      'tests',
      `${countOf(tests.runs, 'run')}, ${formatDuration(tests.ms)}` +
        (tests.reused > 0 ? `; ${tests.reused} more needed no run (same tree, same commands)` : ''),
    ],
    ['spend', spendWord(report)],
    ['sandbox', sandboxWord(report)],
  ];
  const rows = facts.flatMap(([name, value]): Row[] => {
    const style = name === 'sandbox' && isWeak(report) ? 'warn' : 'plain';
    return wrapText(span(value).text, Math.max(40, width - FACT_CELLS), null).map((text, at) => [
      span(at === 0 ? `  ${fitText(name, 8, '')} ` : ' '.repeat(FACT_CELLS), 'dim'),
      span(text, style),
    ]);
  });
  if (report.final.status !== 'none') {
    const text = report.final.detail === '' ? report.final.status : `${report.final.status}: ${report.final.detail}`;
    rows.push([span('  final    ', 'dim'), span(text.split(/[\r\n]/, 1)[0] ?? '', FINAL_STYLES[report.final.status])]);
  }
  return [...rows, []];
}

function renderTake(report: RunReport): Row[] {
  const rows: Row[] = [];
  if (report.baseMovedTo !== null) {
    rows.push(
      line(
        `${report.baseBranch} moved to ${shortSha(report.baseMovedTo)} since the plan began: ` +
          'what landed was not tested together with that.',
        'warn',
      ),
    );
  }
  if (report.landed.length === 0) rows.push(line('Nothing landed, so there is nothing to take.'));
  else if (report.take === null) rows.push(line(`Nothing to do: it landed on ${report.target} itself.`, 'good'));
  else rows.push([span('Take it: '), span(report.take, 'strong')]);
  if (report.status === 'interrupted') rows.push(line('Go on: give the same espalier run command again.'));
  return rows;
}

function spendWord(report: RunReport): string {
  const cap = report.budgetUsd === null ? '' : ` of ${formatUsd(report.budgetUsd)}`;
  return report.spentUsd === null ? `unknown${cap} (an agent did not say)` : `${formatUsd(report.spentUsd)}${cap}`;
}

function sandboxWord(report: RunReport): string {
  const { engine, reason, waived } = report.sandbox;
  const list = engine === 'none' || waived.length === 0 ? '' : `; waived by name: ${waived.join(', ')}`;
  return `${engine}, ${reason}${list}`;
}

function isWeak(report: RunReport): boolean {
  return report.sandbox.engine === 'none' || report.sandbox.waived.length > 0;
}
