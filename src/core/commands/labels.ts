/** The labels that Espalier reads and sets. Only three of them ask for something; the others show where a thing stands. */
import type { Command } from './command.ts';

/** One label. Names are compared as GitHub does, without regard to case. */
export interface LabelSpec {
  name: LabelName;
  /** Six hex digits without `#`. */
  color: string;
  /** At most 100 characters, as GitHub takes it. */
  description: string;
  /** `request`: set by people, read by Espalier. `state`: set by Espalier, and never read. */
  role: 'request' | 'state';
  on: 'plan' | 'pull' | 'both';
}

/** Names of all labels that Espalier keeps. */
export type LabelName =
  | 'espalier'
  | 'espalier:run'
  | 'espalier:pause'
  | 'espalier:waiting'
  | 'espalier:running'
  | 'espalier:queued'
  | 'espalier:landed'
  | 'espalier:cancelled'
  | 'espalier:needs-attention';

/** Every label, those that ask for something first. */
export const LABELS: readonly LabelSpec[] = [
  {
    name: 'espalier',
    color: '2f6f4f',
    description: 'On an issue: this is a plan, check it. On a pull request: made by Espalier.',
    role: 'request',
    on: 'both',
  },
  {
    name: 'espalier:run',
    color: '1f883d',
    description: 'Accept the plan as it stands and run it; the same as the command run.',
    role: 'request',
    on: 'plan',
  },
  {
    name: 'espalier:pause',
    color: 'bf8700',
    description: 'The plan is paused while this is on; the same as the commands pause and resume.',
    role: 'request',
    on: 'plan',
  },
  {
    name: 'espalier:waiting',
    color: 'd0d7de',
    description: 'Waits for another task, a lock or a free place.',
    role: 'state',
    on: 'both',
  },
  {
    name: 'espalier:running',
    color: '0969da',
    description: 'An agent, a test or a review is at work.',
    role: 'state',
    on: 'both',
  },
  {
    name: 'espalier:queued',
    color: '8250df',
    description: 'The gate is open; the change waits for its turn to land.',
    role: 'state',
    on: 'pull',
  },
  {
    name: 'espalier:landed',
    color: '116329',
    description: 'Landed on the base branch with a certificate; on a plan: all of it.',
    role: 'state',
    on: 'both',
  },
  {
    name: 'espalier:cancelled',
    color: '6e7781',
    description: 'Stopped by a person; the command retry starts it again.',
    role: 'state',
    on: 'both',
  },
  {
    name: 'espalier:needs-attention',
    color: 'cf222e',
    description: 'Nothing goes on here until a person acts; the status comment says who and how.',
    role: 'state',
    on: 'both',
  },
];

/** What a change of labels asks for. Whoever made the change must have the authority that the command needs. */
export interface LabelRequest {
  label: LabelName;
  change: 'added' | 'removed';
  command: Extract<Command, { kind: 'check' | 'run' | 'pause' | 'resume' }>;
}

/** The part of a plan's state that labels can change. */
export interface LabelledState {
  /** The plan has been read and answered before. */
  isKnown: boolean;
  /** The plan was accepted and is not over. */
  isRunning: boolean;
  isPaused: boolean;
}

/**
 * What the labels of a plan's issue ask for, in the order in which it is to be done. `before` are the labels as they
 * were when Espalier last read or set them (none at first), `now` as they are: a lost event loses nothing, and a label
 * that Espalier set itself asks for nothing. What already is so is not asked for. Taking `espalier:run` away stops
 * nothing: `espalier:pause` and the command `cancel` do.
 */
export function requestsFromLabels(facts: {
  before: readonly string[];
  now: readonly string[];
  state: LabelledState;
}): LabelRequest[] {
  const { state } = facts;
  const before = foldNames(facts.before);
  const now = foldNames(facts.now);
  const isAdded = (label: LabelName): boolean => now.has(label) && !before.has(label);
  const requests: LabelRequest[] = [];
  const isRunAsked = isAdded('espalier:run') && !state.isRunning;
  // A run checks the plan too.
  if (isAdded('espalier') && !state.isKnown && !isRunAsked) {
    requests.push({ label: 'espalier', change: 'added', command: { kind: 'check' } });
  }
  if (isRunAsked) requests.push({ label: 'espalier:run', change: 'added', command: { kind: 'run', tasks: [] } });
  if (isAdded('espalier:pause') && !state.isPaused) {
    requests.push({ label: 'espalier:pause', change: 'added', command: { kind: 'pause' } });
  }
  if (before.has('espalier:pause') && !now.has('espalier:pause') && state.isPaused) {
    requests.push({ label: 'espalier:pause', change: 'removed', command: { kind: 'resume' } });
  }
  return requests;
}

/** Lower case of ASCII alone: a look-alike stays another name. */
function foldNames(names: readonly string[]): Set<string> {
  return new Set(names.map((name) => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())));
}
