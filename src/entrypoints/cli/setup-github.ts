/** GitHub for `espalier init`: asked with the token of the environment, if there is one. */
import { GitHubError } from '../../adapters/github/github-error.ts';
import { openGitHubByToken } from '../../adapters/github/open-by-token.ts';
import {
  addLabel,
  addRuleset,
  allowPullsOfWorkflows,
  readSetupFacts,
  type RepositoryNames,
} from '../../adapters/github/setup-repository.ts';
import { missingLabels, type SetupFacts, type SetupNeed, writeLedgerRuleset } from '../../core/setup/setup-needs.ts';
import type { Clock } from '../../ports/clock.ts';
import { CliError } from './cli-error.ts';
import { quietLog, readBaseUrl } from './doctor-github.ts';
import type { Session } from './session.ts';
import { SYSTEM_CLOCK } from '../../adapters/clock/system-clock.ts';

/** A repository on GitHub, as `init` sees it. */
export interface SetupGitHub {
  /** Reads anew. */
  readFacts(): Promise<SetupFacts>;
  /** Adds the labels that are missing; answers their names. */
  addLabels(facts: SetupFacts): Promise<string[]>;
  /** Changes the settings that are needed, and guards the ledgers' branches for an app; answers what was changed. */
  applySettings(facts: SetupFacts, needs: readonly SetupNeed[], appId: number | null): Promise<string[]>;
}

/** Opens it; `null` without a token or without a repository, and nothing is asked then. */
export function openSetupGitHub(
  session: Session,
  names: RepositoryNames | null,
  settings: Pick<Parameters<typeof openGitHubByToken>[0], 'pace'> & { clock?: Clock } = {},
): SetupGitHub | null {
  const { env } = session.input;
  const token = [env['GITHUB_TOKEN'], env['GH_TOKEN']].find((value) => value !== undefined && value !== '');
  if (token === undefined || names === null) return null;
  const baseUrl = readBaseUrl(env['GITHUB_API_URL'] ?? '');
  const { client } = openGitHubByToken({ clock: SYSTEM_CLOCK, ...settings, token, log: quietLog(session), baseUrl });
  return {
    readFacts: () => tell(() => readSetupFacts(client, names)),
    addLabels: (facts) =>
      tell(async () => {
        const missing = missingLabels(facts);
        for (const label of missing) await addLabel(client, names, label);
        return missing.map(({ name }) => name);
      }),
    applySettings: (facts, needs, appId) =>
      tell(async () => {
        const done: string[] = [];
        const isOpen = (name: string): boolean =>
          needs.some((need) => need.name === name && (need.state === 'missing' || need.state === 'proposed'));
        if (isOpen('pull requests of workflows') && facts.workflowPermissions !== null) {
          await allowPullsOfWorkflows(client, names, facts.workflowPermissions.standard);
          done.push('workflows may open pull requests');
        }
        if (isOpen('rule for the ledgers') && appId !== null) {
          await addRuleset(client, names, writeLedgerRuleset(appId));
          done.push(`only the app ${appId} may write the ledgers' branches`);
        }
        return done;
      }),
  };
}

/** GitHub's refusals are for the person to act on, not defects. */
async function tell<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    throw new CliError('unfit', error.message, {
      next: 'give a token that may do it in GITHUB_TOKEN, or none: then only files are looked at',
      cause: error,
    });
  }
}
