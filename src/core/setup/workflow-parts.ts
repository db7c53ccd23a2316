/** Pieces that the texts of the workflows share. */
import { PINNED_ACTIONS, writeUses } from './pinned-actions.ts';
import type { SetupOptions } from './setup-options.ts';

/** Files of the workflows, by what they are; all in `.github/workflows/`. */
export const WORKFLOW_FILES = {
  dispatch: 'espalier-dispatch.yml',
  attempt: 'espalier-attempt.yml',
  reconcile: 'espalier.yml',
} as const;

/** Variable of the repository with the client id of its own App, and secret with that App's key. */
export const APP_CLIENT_ID = 'ESPALIER_CLIENT_ID';
export const APP_PRIVATE_KEY = 'ESPALIER_PRIVATE_KEY';
/** Variable that says `write` where the App may change workflow files. */
export const APP_WORKFLOWS = 'ESPALIER_WORKFLOWS';
/** Variable that says `remove` where the daily clean-up may remove, not only list. */
export const CLEANUP_SWITCH = 'ESPALIER_CLEANUP';
/** Secret with a key of the reviewer's own. */
export const REVIEWER_KEY = 'ESPALIER_REVIEWER_KEY';

/** An expression, as a workflow writes it. */
export function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** A text as a YAML scalar that is nothing but that text, whatever is in it. */
export function quoteYaml(text: string): string {
  if (/^[ -&(-~]*$/.test(text)) return `'${text}'`;
  // JSON is YAML; what JSON leaves as it is and YAML does not print is escaped too.
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (found) => String.raw`\u` + found.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

/** Lines, each indented by so many spaces; empty ones stay empty. */
export function indent(text: string, spaces: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));
}

/** The step that brings the Action's own code, where the workflows stand in the Action's repository; else nothing. */
export function renderOwnCheckout({ action, defaultBranch }: SetupOptions): string {
  if (action.kind === 'published') return '';
  return `- name: Bring the Action
  uses: ${writeUses(PINNED_ACTIONS.checkout)}
  with:
    ref: ${quoteYaml(defaultBranch)} # code that was merged, whatever the event is about
    persist-credentials: false
`;
}

/** One step that runs the Action. */
export interface ActionStep {
  id: string;
  name: string;
  /** Text behind `if:`. */
  condition?: string;
  inputs: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
}

/** Writes the step. Inputs and variables are given as they stand in YAML. */
export function renderActionStep({ action }: Pick<SetupOptions, 'action'>, step: ActionStep): string {
  const map = (name: string, entries: Readonly<Record<string, string>>): string[] => [
    `  ${name}:`,
    ...Object.entries(entries).map(([key, value]) => `    ${key}: ${value}`),
  ];
  return [
    `- name: ${step.name}`,
    `  id: ${step.id}`,
    ...(step.condition === undefined ? [] : [`  if: ${step.condition}`]),
    `  uses: ${action.kind === 'own' ? './' : writeUses(action)}`,
    ...map('with', step.inputs),
    ...(step.env === undefined ? [] : map('env', step.env)),
    '',
  ].join('\n');
}
