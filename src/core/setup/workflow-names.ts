/** Names of a repository's own workflows, as the event `workflow_run` knows them. */
import { parseDocument } from 'yaml';

import { WORKFLOW_FILES } from './workflow-parts.ts';

/** One file of `.github/workflows`. */
export interface WorkflowText {
  /** Name of the file, without its folder. */
  file: string;
  text: string;
}

/** Longer names are none that anybody gave; GitHub cuts them. */
const MAX_NAME_LENGTH = 200;
const OWN_FILES: readonly string[] = Object.values(WORKFLOW_FILES);

/**
 * The workflows whose end is news, sorted: those that run for a push, a pull request or the merge queue, since their
 * checks may be demanded. Files that are no workflow, and Espalier's own, are left out.
 */
export function listCiNames(files: readonly WorkflowText[]): string[] {
  const names = files.flatMap(({ file, text }) => {
    if (OWN_FILES.includes(file) || !/\.ya?ml$/.test(file)) return [];
    const document = parseDocument(text, { logLevel: 'silent' });
    if (document.errors.length > 0) return [];
    const root: unknown = document.toJS({ maxAliasCount: 100 });
    if (root === null || typeof root !== 'object' || !('on' in root) || !startsForChanges(root.on)) return [];
    // Without a name of its own a workflow goes by its path.
    const name = 'name' in root && typeof root.name === 'string' ? root.name : `.github/workflows/${file}`;
    return name.trim() === '' || name.length > MAX_NAME_LENGTH ? [] : [name];
  });
  return [...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1));
}

const CHANGE_EVENTS: readonly string[] = ['push', 'pull_request', 'pull_request_target', 'merge_group'];

function startsForChanges(on: unknown): boolean {
  if (typeof on === 'string') return CHANGE_EVENTS.includes(on);
  if (Array.isArray(on)) return on.some((event) => typeof event === 'string' && CHANGE_EVENTS.includes(event));
  return on !== null && typeof on === 'object' && Object.keys(on).some((event) => CHANGE_EVENTS.includes(event));
}
