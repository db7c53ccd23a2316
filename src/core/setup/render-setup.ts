/** Every file that `espalier init` writes, as data. */
import { CONFIG_PATH } from '../config/config.ts';
import { renderAttempt } from './render-attempt.ts';
import { renderConfig } from './render-config.ts';
import { renderDispatch } from './render-dispatch.ts';
import { renderIssueForm } from './render-issue-form.ts';
import { renderReconcile } from './render-reconcile.ts';
import type { SetupOptions } from './setup-options.ts';
import { stampText } from './setup-stamp.ts';
import { WORKFLOW_FILES } from './workflow-parts.ts';

/** One file. */
export interface SetupFile {
  /** From the top of the repository. */
  path: string;
  /**
   * `kept`: Espalier's, brought to each version by `init`. `seed`: written once, then the repository's own.
   * `dropped`: not part of this variant; there should be none.
   */
  kind: 'kept' | 'seed' | 'dropped';
  /** The whole text with its stamp; of a dropped file empty. */
  text: string;
}

/** Where the form for plan issues stands. */
export const ISSUE_FORM_PATH = '.github/ISSUE_TEMPLATE/espalier-plan.yml';

/** Path of a workflow. */
export function workflowPath(which: keyof typeof WORKFLOW_FILES): string {
  return `.github/workflows/${WORKFLOW_FILES[which]}`;
}

/** The files of a set-up: workflows first, in the order in which they work. */
export function renderSetup(options: SetupOptions): SetupFile[] {
  const kept = (path: string, body: string): SetupFile => ({ path, kind: 'kept', text: stampText(options, body) });
  const reconcile = workflowPath('reconcile');
  return [
    options.variant === 'serverless'
      ? kept(reconcile, renderReconcile(options))
      : { path: reconcile, kind: 'dropped', text: '' },
    kept(workflowPath('dispatch'), renderDispatch(options)),
    kept(workflowPath('attempt'), renderAttempt(options)),
    kept(ISSUE_FORM_PATH, renderIssueForm()),
    { path: CONFIG_PATH, kind: 'seed', text: stampText(options, renderConfig(options)) },
  ];
}
