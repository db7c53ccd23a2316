/** The ref that shows the head of a pull request. */
import type { Oid, PullIssue, Repository } from '../state.ts';
import { repositoryOf, type World } from '../world.ts';

/** Shows the head as `refs/pull/N/head`, with its commits where they come from a fork. */
export async function bringHead(world: World, repository: Repository, issue: PullIssue, sha: Oid): Promise<void> {
  const { headRepositoryId, headRefName } = issue.pull;
  const name = `refs/pull/${issue.number}/head`;
  if (headRepositoryId !== null && headRepositoryId !== repository.id) {
    const fork = repositoryOf(world.state, headRepositoryId);
    await world.git.run(repository.gitDir, [
      '-c',
      'protocol.file.allow=always',
      'fetch',
      '--quiet',
      '--no-tags',
      fork.gitDir,
      `+refs/heads/${headRefName}:${name}`,
    ]);
    return;
  }
  await world.git.writeRefs(repository.gitDir, [{ name, oid: sha }]);
}
