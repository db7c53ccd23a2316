/** How a task's state, a gate and a rule are shown: a glyph, a word and a meaning. One table for every view. */
import type { GateVerdict, RuleStatus } from '../gate/verdict.ts';
import type { TaskState } from '../reconcile/view.ts';
import type { SpanStyle } from './spans.ts';

/** Characters for a terminal that shows UTF-8, or plain ASCII where it does not. */
export interface Glyphs {
  states: Readonly<Record<TaskState, string>>;
  rules: Readonly<Record<RuleStatus, string>>;
  barFull: string;
  barEmpty: string;
  /** One cell; ends a text that was cut. */
  cut: string;
  dash: string;
  separator: string;
}

/** Glyphs that every monospaced font of today draws in one cell. */
export const UNICODE_GLYPHS: Glyphs = {
  states: {
    waiting: '○',
    running: '●',
    queued: '◌',
    trying: '◐',
    landing: '▲',
    landed: '✔',
    held: '‖',
    failed: '✘',
    cancelled: '−',
  },
  rules: { passed: '✔', waived: '~', 'not-asked': '·', pending: '○', failed: '✘' },
  barFull: '█',
  barEmpty: '░',
  cut: '…',
  dash: '–',
  separator: '·',
};

/** The same in ASCII. */
export const ASCII_GLYPHS: Glyphs = {
  states: {
    waiting: '.',
    running: '*',
    queued: 'o',
    trying: '%',
    landing: '^',
    landed: '+',
    held: '=',
    failed: 'x',
    cancelled: '-',
  },
  rules: { passed: '+', waived: '~', 'not-asked': '.', pending: '?', failed: 'x' },
  barFull: '#',
  barEmpty: '.',
  cut: '>',
  dash: '-',
  separator: '|',
};

/** What each state means at a glance. */
export const STATE_STYLES: Readonly<Record<TaskState, SpanStyle>> = {
  waiting: 'dim',
  running: 'busy',
  queued: 'busy',
  trying: 'busy',
  landing: 'busy',
  landed: 'good',
  held: 'warn',
  failed: 'bad',
  cancelled: 'warn',
};

/** What each rule's status means at a glance. */
export const RULE_STYLES: Readonly<Record<RuleStatus, SpanStyle>> = {
  passed: 'good',
  waived: 'warn',
  'not-asked': 'dim',
  pending: 'busy',
  failed: 'bad',
};

/** What a gate's verdict means at a glance. */
export const GATE_STYLES: Readonly<Record<GateVerdict['status'], SpanStyle>> = {
  open: 'good',
  pending: 'busy',
  closed: 'bad',
};

/** Glyphs for a terminal. */
export function glyphsFor(isUtf8: boolean): Glyphs {
  return isUtf8 ? UNICODE_GLYPHS : ASCII_GLYPHS;
}
