/** The token that every job of Actions has, `GITHUB_TOKEN`: how whoever works with it is told from an app with its own. */
import type { ForgeFacts } from './facts.ts';

/** Bot of GitHub's own app for Actions. Its app has another id on each GitHub Enterprise Server. */
const ACTIONS_LOGIN = 'github-actions[bot]';

/** True for whoever has nothing but the token of a job, which no workflow can give these permissions: see the register. */
export function hasJobToken({ login }: ForgeFacts['app']): boolean {
  return login === ACTIONS_LOGIN;
}

/** Stands in place of a permission where a setting of the repository keeps the token of a job from opening pull requests. */
export const MAY_OPEN_PULLS = 'setting: create and approve pull requests';
