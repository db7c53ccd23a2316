/** GitHub as a job without a server has it: by the token of its step, for the repository of its workflow. */
import { type GitHubByToken, openGitHubByToken, type TokenIdentity } from '../../adapters/github/open-by-token.ts';
import { GitHubError } from '../../adapters/github/github-error.ts';
import { HOSTED_DEFAULTS, type HostedConfig } from '../../core/hosted/hosted-config.ts';
import { hasJobToken } from '../../core/hosted/job-token.ts';
import type { RepositoryIdentity } from '../../core/intake/hint.ts';
import { ActionError } from './action-error.ts';
import { chooseFetch } from './choose-fetch.ts';
import type { ActionSession } from './session.ts';

/** What the modes that need no machine of their own work with. */
export interface ServerlessGitHub {
  github: GitHubByToken;
  self: TokenIdentity;
  repository: RepositoryIdentity;
  config: HostedConfig;
}

type Session = Pick<ActionSession<'route' | 'reconcile' | 'cleanup'>, 'inputs' | 'runner' | 'clock' | 'log' | 'env'>;

/** Opens GitHub, and asks who the token speaks for. Throws {@link ActionError} with GitHub's words and the next step. */
export async function openServerless(session: Session): Promise<ServerlessGitHub> {
  const { inputs, runner, clock, log } = session;
  const way = await chooseFetch(session);
  const github = openGitHubByToken({ token: inputs.token, clock, log, baseUrl: runner.apiUrl, ...way });
  return toActionError(async () => {
    const self = await github.readSelf();
    const repository = await github.readRepository(runner.repository);
    const isJobs = hasJobToken({ id: self.appId, login: self.login });
    return { github, self, repository, config: { ...HOSTED_DEFAULTS, hasJobToken: isJobs, isServerless: true } };
  });
}

/** Does `work`; what GitHub refuses is for a person to act on, and no defect. */
export async function toActionError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitHubError) throw new ActionError(error.message, { cause: error });
    throw error;
  }
}
