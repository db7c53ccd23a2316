/** Whether a workflow listens to an event: its types and filters. */
import type { EventsConfig } from '@actions/workflow-parser/model/workflow-template';

import { passesFilter } from './patterns.ts';
import type { TriggerFacts } from './trigger-facts.ts';

/** Activity that counts where a file names none; every activity for all other events. */
const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  // Other activity of suites is not for workflows.
  check_suite: ['completed'],
};

interface Filters {
  types?: string[];
  branches?: string[];
  'branches-ignore'?: string[];
  tags?: string[];
  'tags-ignore'?: string[];
  paths?: string[];
  'paths-ignore'?: string[];
  workflows?: string[];
}

/** Answers without a look at `paths:`, which need the changed files; see {@link passesPaths}. */
export function listensTo(events: EventsConfig, facts: TriggerFacts): boolean {
  const filters = events[facts.event] as Filters | undefined;
  if (filters === undefined) return false;
  const types = filters.types ?? DEFAULT_TYPES[facts.event];
  if (types !== undefined && facts.action !== null && !types.includes(facts.action)) return false;
  if (filters.workflows !== undefined && !passesFilter(filters.workflows, facts.workflowName ?? '')) return false;
  return passesNames(filters, facts);
}

/** A push of a branch passes a file with filters for tags alone only if that has some for branches, and vice versa. */
function passesNames(filters: Filters, { event, branch, tag }: TriggerFacts): boolean {
  const isFiltered = (kind: 'branches' | 'tags'): boolean =>
    filters[kind] !== undefined || filters[`${kind}-ignore`] !== undefined;
  const passes = (kind: 'branches' | 'tags', name: string): boolean => {
    if (!isFiltered(kind)) return event !== 'push' || !isFiltered(kind === 'branches' ? 'tags' : 'branches');
    const { [kind]: wanted, [`${kind}-ignore` as const]: ignored } = filters;
    return wanted === undefined ? !passesFilter(ignored ?? [], name) : passesFilter(wanted, name);
  };
  if (tag !== null) return passes('tags', tag);
  return branch === null || passes('branches', branch);
}

/** Whether some changed file is one that the workflow wants. */
export function passesPaths(events: EventsConfig, facts: TriggerFacts, changed: readonly string[]): boolean {
  const { paths, 'paths-ignore': ignored } = (events[facts.event] ?? {}) as Filters;
  if (paths !== undefined) return changed.some((file) => passesFilter(paths, file));
  return ignored === undefined || changed.some((file) => !passesFilter(ignored, file));
}
