/** Starts a workflow of a repository with a job's token. */
import { z } from 'zod';

import { openGitHubByToken, type TokenOptions } from './open-by-token.ts';

/** Dispatches `workflow` (a file name) on a branch; its inputs are texts. Throws a `GitHubError` if GitHub would not. */
export async function startWorkflow(
  options: TokenOptions & {
    repository: { owner: string; name: string };
    workflow: string;
    ref: string;
    inputs: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { repository, workflow, ref, inputs } = options;
  await openGitHubByToken(options).client.rest({
    route: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    parameters: { owner: repository.owner, repo: repository.name, workflow_id: workflow, ref, inputs },
    what: `Starting the workflow '${workflow}'`,
    answer: z.unknown(),
  });
}
