import { expect, test } from 'vitest';

import { addComment } from '../support/github/operations/comments.ts';
import { renameAccount } from '../support/github/operations/accounts.ts';
import { createIssue } from '../support/github/operations/issues.ts';
import { createRepository, renameRepository, transferRepository } from '../support/github/operations/repositories.ts';
import { findRepository, installationOn, roleOf } from '../support/github/world.ts';
import { openSmallGitHub } from './open-small-github.ts';

test('an account that is renamed keeps what it owns, wrote and may do', async () => {
  await using small = await openSmallGitHub();
  const { github, maintainer, repository, app } = small;
  const { world } = github;
  const issue = await createIssue(world, maintainer, repository, { title: 'A plan' });
  const comment = await addComment(world, maintainer, issue, '/espalier run');
  await renameAccount(world, 'maintainer', 'gardener');
  await renameAccount(world, 'orchard', 'grove');
  expect([issue.author, comment.author, repository.owner]).toEqual(['gardener', 'gardener', 'grove']);
  expect([roleOf(repository, 'gardener'), roleOf(repository, 'maintainer')]).toEqual(['admin', 'read']);
  expect(installationOn(world.state, app.id, repository)).toBe(small.installation);
  expect(findRepository(world.state, 'Orchard', 'tree')).toEqual({ repository, isMoved: true });
});

test('a repository is found under its former names, until another one takes the name', async () => {
  await using small = await openSmallGitHub();
  const { github, maintainer, repository, app } = small;
  const { world } = github;
  await renameRepository(world, maintainer, repository, 'bush');
  await transferRepository(world, maintainer, repository, 'maintainer');
  expect(findRepository(world.state, 'orchard', 'tree')).toEqual({ repository, isMoved: true });
  expect(findRepository(world.state, 'orchard', 'bush')).toEqual({ repository, isMoved: true });
  expect(findRepository(world.state, 'maintainer', 'bush')).toEqual({ repository, isMoved: false });
  expect(installationOn(world.state, app.id, repository)).toBeNull();
  const other = await createRepository(world, maintainer, { owner: 'orchard', name: 'tree' });
  expect(findRepository(world.state, 'orchard', 'tree')).toEqual({ repository: other, isMoved: false });
});
