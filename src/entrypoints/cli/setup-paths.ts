/** Every file that a set-up of any variant may have. */
import { CONFIG_PATH } from '../../core/config/config.ts';
import { ISSUE_FORM_PATH, workflowPath } from '../../core/setup/render-setup.ts';

/** From the top of the repository, in the order in which they are shown. */
export const SETUP_PATHS: readonly string[] = [
  workflowPath('reconcile'),
  workflowPath('dispatch'),
  workflowPath('attempt'),
  ISSUE_FORM_PATH,
  CONFIG_PATH,
];
