/** Why a task is where it is: the whole gate with its reasons, what is waited for, who must act, and how. */
import type { GateVerdict } from '../gate/verdict.ts';
import type { PlanView, TaskState, TaskView } from '../reconcile/view.ts';
import { branchFor } from '../ref-names.ts';
import { formatScore, formatTimestamp, formatUsd, shortSha } from './amounts.ts';
import { fitText, line, paragraph, type Row, span } from './spans.ts';
import { GATE_STYLES, type Glyphs, glyphsFor, RULE_STYLES, STATE_STYLES } from './task-words.ts';
import { wrapText } from './wrap-text.ts';

const STATE_PHRASES: Readonly<Record<TaskState, string>> = {
  waiting: 'is waiting',
  running: 'is running',
  queued: 'is queued to land',
  trying: 'is being tested on the tip',
  landing: 'is landing',
  landed: 'has landed',
  held: 'is held',
  failed: 'has failed',
  cancelled: 'was cancelled',
};

/** The explanation of one task. */
export function renderWhy(view: PlanView, task: TaskView, options: { isUtf8: boolean; width: number }): Row[] {
  const glyphs = glyphsFor(options.isUtf8);
  const wrap: Wrap = (text, cells) => wrapText(span(text).text, Math.max(30, options.width - cells), null);
  const rows: Row[] = [
    [
      span(`${glyphs.states[task.state]} `, STATE_STYLES[task.state]),
      span(task.id, 'strong'),
      span(` ${STATE_PHRASES[task.state]}`, STATE_STYLES[task.state]),
      span(task.title === '' || task.title === task.id ? '' : `  ${glyphs.dash} ${task.title}`, 'dim'),
    ],
    ...renderFacts(view, task),
    ...renderWaiting(view, task, wrap),
  ];
  if (task.lastFailure !== null) {
    rows.push([], line('Last failure', 'strong'));
    const text = task.lastFailure
      .split(/\r?\n/)
      .flatMap((each) => wrap(each, 2))
      .join('\n');
    rows.push(...paragraph(text, { indent: '  ', style: 'plain', maxLines: 30 }));
  }
  rows.push([], ...renderGate(task.gate, task.attempt, { glyphs, wrap }));
  return rows;
}

/** Breaks a text so that it fits beside `cells` cells; nothing of it is cut. */
type Wrap = (text: string, cells: number) => string[];

/** A gate as a list of rules, each with its reason. */
function renderGate(
  gate: GateVerdict | null,
  attempt: number,
  { glyphs, wrap }: { glyphs: Glyphs; wrap: Wrap },
): Row[] {
  if (gate === null) {
    return [
      [
        span('Gate', 'strong'),
        span(attempt === 0 ? ': no attempt yet' : `: attempt ${attempt} has no evidence yet`, 'dim'),
      ],
    ];
  }
  const nameCells = Math.max(...gate.rules.map((rule) => rule.rule.length));
  return [
    [span('Gate', 'strong'), span(` of attempt ${attempt}: `), span(gate.status, GATE_STYLES[gate.status])],
    ...gate.rules.flatMap((rule): Row[] => {
      const style = RULE_STYLES[rule.status];
      const indent = ' '.repeat(nameCells + 16);
      const [first = '', ...more] = wrap(rule.because, indent.length);
      const head = [
        span(`  ${glyphs.rules[rule.status]} `, style),
        span(`${fitText(rule.rule, nameCells, glyphs.cut)}  `, 'strong'),
        span(fitText(rule.status, 9, glyphs.cut), style),
        span(` ${first}`),
      ];
      const rest = more.map((text) => line(`${indent}${text}`));
      if (rule.status !== 'failed' && rule.status !== 'pending') return [head, ...rest];
      const detail = wrap(`found ${rule.found}; wanted ${rule.wanted}`, indent.length);
      return [head, ...rest, ...detail.map((text) => line(`${indent}${text}`, 'dim'))];
    }),
  ];
}

function renderFacts(view: PlanView, task: TaskView): Row[] {
  const facts: [string, string][] = [['plan', view.plan]];
  const branch = branchOf(view, task);
  if (branch !== null) facts.push(['branch', branch]);
  if (task.attempt > 0) facts.push(['attempt', `${task.attempt} of at most ${task.attemptsAllowed}`]);
  if (task.headSha !== null) facts.push(['head', shortSha(task.headSha)]);
  if (task.landedSha !== null) facts.push(['landed as', `${shortSha(task.landedSha)} on ${view.target}`]);
  if (task.score !== null) facts.push(['review', formatScore(task.score)]);
  if (task.attempt > 0) facts.push(['spent', formatUsd(task.spentUsd)]);
  if (task.endedAt !== null) facts.push(['ended', formatTimestamp(task.endedAt)]);
  return facts.map(([name, value]) => [span(`  ${fitText(name, 10, '')}`, 'dim'), span(value)]);
}

/** The branch where the work of the last attempt is; `null` while there is none. */
function branchOf({ plan }: PlanView, { id, attempt, branch, headSha, state }: TaskView): string | null {
  if (headSha === null) return null;
  // Only a verified attempt moves the task's own branch.
  const isVerified = state !== 'failed' && state !== 'cancelled' && state !== 'running';
  return isVerified ? branch : branchFor({ kind: 'attempt', plan, task: id, attempt });
}

function renderWaiting(view: PlanView, task: TaskView, wrap: Wrap): Row[] {
  const waiting = task.waiting;
  if (waiting === null) return [];
  const rows: Row[] = [[]];
  // Of a task that failed, the last failure follows in full.
  if (waiting.because !== task.lastFailure) {
    const [first = '', ...more] = wrap(waiting.because, 9);
    rows.push([span('Because', 'strong'), span(`: ${first}`)], ...more.map((text) => line(`         ${text}`)));
  }
  if (waiting.on.length > 0) {
    const states = waiting.on.map((id) => `${id} (${view.tasks.find((each) => each.id === id)?.state ?? 'unknown'})`);
    rows.push([span('  waits on  ', 'dim'), span(states.join(', '))]);
  }
  if (waiting.untilMs !== null) rows.push([span('  until     ', 'dim'), span(formatTimestamp(waiting.untilMs))]);
  rows.push([span('  who acts  ', 'dim'), span(whoActs(view, task))]);
  if (waiting.next !== null) rows.push([span('  next      ', 'dim'), span(waiting.next, 'strong')]);
  return rows;
}

/** Who moves this task on, in words. */
export function whoActs(view: PlanView, task: TaskView): string {
  const waiting = task.waiting;
  if (waiting === null) return 'nobody: it is done';
  if (waiting.kind === 'person' || waiting.next !== null) return 'you';
  if (waiting.kind === 'pause' || waiting.kind === 'freeze' || view.paused !== null) return 'you';
  return `Espalier, while a run works on ${view.plan}`;
}
