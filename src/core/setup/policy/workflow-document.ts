/** A workflow file as the policy reads it: jobs, steps, and every text in it with its place. Nothing is evaluated. */
import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';

/** A map whose values are of any kind. */
export type Fields = Readonly<Record<string, unknown>>;

/** One step. */
export interface WorkflowStep {
  /** Such as `jobs.work.steps[2]`. */
  place: string;
  fields: Fields;
  /** `with`, empty if there is none. */
  inputs: Fields;
  /** Before the `@` of `uses`; `null` for a step that runs a script. */
  action: string | null;
}

/** One job. */
export interface WorkflowJob {
  id: string;
  place: string;
  fields: Fields;
  /** Empty for a job that calls another workflow. */
  steps: readonly WorkflowStep[];
}

/** One text, or number or truth, of the file. */
export interface WorkflowValue {
  /** Names of the maps it is in; a number is a position in a list. */
  path: readonly (string | number)[];
  text: string;
  /** What stands behind it on its line. */
  comment: string;
}

/** A whole file. */
export interface WorkflowDocument {
  fields: Fields;
  jobs: readonly WorkflowJob[];
  values: readonly WorkflowValue[];
}

/** More than any workflow needs; a file that is longer is not looked at. */
const MAX_LENGTH = 256 * 1024;

/** Reads a file; `because` says why it is none. */
export function readWorkflowDocument(
  text: string,
): { ok: true; value: WorkflowDocument } | { ok: false; because: string } {
  if (text.length > MAX_LENGTH) return { ok: false, because: `it has ${text.length} characters` };
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) return { ok: false, because: error.message.split('\n')[0] ?? 'it is no YAML' };
  let hasAlias = false;
  const values: WorkflowValue[] = [];
  visit(document, {
    Alias: () => {
      hasAlias = true;
    },
    Scalar: (key, node, ancestors) => {
      if (key === 'key') return;
      values.push({
        path: pathOf([...ancestors, node]),
        text: wordAt({ value: node.value }, 'value'),
        comment: (node.comment ?? '').trim(),
      });
    },
  });
  // What an alias stands for would be judged where it is written, not where it takes effect.
  if (hasAlias) return { ok: false, because: 'it uses aliases of YAML, whose effect is not where they are written' };
  const root: unknown = document.toJS();
  if (!isFields(root) || !isFields(root['jobs']) || root['on'] === undefined)
    return { ok: false, because: `it has no map 'jobs', or no 'on'` };
  return { ok: true, value: { fields: root, jobs: readJobs(root['jobs']), values } };
}

/** True for a map. */
export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The map under a name, empty if there is none. */
export function fieldsAt(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : {};
}

/** A text, number or truth as text; empty for everything else. */
export function wordAt(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A path as people write it. */
export function placeOf(path: readonly (string | number)[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

/** What the Action is told to do in a step; `null` if the step does not use it. */
export function modeOf({ action, inputs }: WorkflowStep): string | null {
  const { mode } = inputs;
  return action !== null && typeof mode === 'string' && !/^(?:actions|docker)\//.test(action) ? mode : null;
}

function readJobs(jobs: Fields): WorkflowJob[] {
  return Object.entries(jobs).map(([id, value]) => {
    const fields = isFields(value) ? value : {};
    const place = `jobs.${id}`;
    const steps: readonly unknown[] = Array.isArray(fields['steps']) ? fields['steps'] : [];
    return { id, place, fields, steps: steps.map((step, at) => readStep(step, `${place}.steps[${at}]`)) };
  });
}

function readStep(step: unknown, place: string): WorkflowStep {
  const fields = isFields(step) ? step : {};
  const { uses } = fields;
  const action = typeof uses === 'string' ? (uses.split('@')[0] ?? '').toLowerCase() : null;
  return { place, fields, inputs: fieldsAt(fields, 'with'), action };
}

function pathOf(nodes: readonly unknown[]): (string | number)[] {
  return nodes.flatMap((node, at): (string | number)[] => {
    if (isPair(node)) return [isScalar(node.key) ? String(node.key.value) : ''];
    const parent = nodes[at - 1];
    return isSeq(parent) && (isMap(node) || isScalar(node) || isSeq(node) || isAlias(node))
      ? [parent.items.indexOf(node)]
      : [];
  });
}
