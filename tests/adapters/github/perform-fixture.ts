/** A performer over the test GitHub, with a repository that has the workflow, a plan's issue and helpers to look. */
import { expect } from 'vitest';

import { openPerformer, type Performer } from '../../../src/adapters/github/perform.ts';
import { openRepositoryMemory, type RepositoryMemory } from '../../../src/adapters/github/repository-memory.ts';
import type { BranchName, CommitSha } from '../../../src/core/brand.ts';
import type { EffectOutcome, ForgeEffect } from '../../../src/core/hosted/effect.ts';
import { pushCommits } from '../../support/github/operations/commits.ts';
import { createIssue } from '../../support/github/operations/issues.ts';
import type { Issue, Permissions } from '../../support/github/state.ts';
import { openGitHubFixture, type GitHubFixture } from './github-fixture.ts';

/** Any text that has this one in it, in an expected object. */
export function containing(text: string): unknown {
  return expect.stringContaining(text);
}

/** Any number, in an expected object. */
export function aNumber(): unknown {
  return expect.any(Number);
}

export const WORKFLOW = 'espalier-dispatch.yml';

/** As much of the workflow as GitHub reads before it starts a run. */
export const WORKFLOW_TEXT = `name: Espalier
run-name: espalier \${{ inputs.plan }} \${{ inputs.nonce }}
on:
  workflow_dispatch:
    inputs:
      plan: { required: true }
      legs: { required: true }
      nonce: { required: true }
      ledger: { required: true }
`;

export interface PerformFixture extends GitHubFixture {
  readonly performer: Performer;
  readonly memory: RepositoryMemory;
  readonly issue: Issue;
  /** What came of one effect. */
  perform(effect: ForgeEffect): Promise<EffectOutcome | undefined>;
  /** What came of several, in their order. */
  performAll(effects: readonly ForgeEffect[]): Promise<(EffectOutcome | undefined)[]>;
  /** A person pushes one commit with these files; a new branch starts at `from` or at main. */
  push(branch: string, files: Record<string, string | null>, from?: string): Promise<CommitSha>;
  /** Tip of a branch as the bare repository has it. */
  tipOf(branch: string): Promise<CommitSha | null>;
  /** Requests since the last call. */
  newRequests(): string[];
}

/** Opens one. The performer remembers what an observation would have left it, unless `isNew`. */
export async function openPerformFixture(
  options: { permissions?: Permissions; graphqlMs?: number; isNew?: boolean } = {},
): Promise<PerformFixture> {
  const fixture = await openGitHubFixture(options);
  const { world, maintainer, repository, github, installation, app, bot, clock } = fixture;
  const push: PerformFixture['push'] = async (branch, files, from) => {
    const commits = [{ message: `Change ${branch}`, files }];
    return (await pushCommits(world, maintainer, repository, { branch, commits, from })) as CommitSha;
  };
  await push('main', { [`.github/workflows/${WORKFLOW}`]: WORKFLOW_TEXT, 'wall.txt': 'one\ntwo\nthree\n' });
  const issue = await createIssue(world, maintainer, repository, { title: 'Plan', body: '' });
  const memory = openRepositoryMemory({ id: repository.id, owner: 'acme', name: 'widgets' });
  if (options.isNew !== true) {
    memory.nodeId = repository.nodeId;
    memory.defaultBranch = 'main' as BranchName;
    memory.threadIds.set(issue.number, issue.nodeId);
  }
  const performer = openPerformer({
    client: github.clientOf(installation.id),
    clock,
    memory,
    readApp: () => Promise.resolve({ id: app.id, login: bot.account.login }),
  });
  const ledgerSha = await push('espalier-ledger/issue-1', { 'ledger.json': '{}' });
  let requestsSeen = 0;
  const performAll: PerformFixture['performAll'] = async (effects) => {
    const outcomes = await performer.perform(effects, ledgerSha);
    return effects.map(({ key }) => outcomes.get(key));
  };
  return {
    ...fixture,
    performer,
    memory,
    issue,
    push,
    performAll,
    perform: async (effect) => (await performAll([effect]))[0],
    tipOf: async (branch) =>
      ((await world.git.readRefs(repository.gitDir)).get(`refs/heads/${branch}`) as CommitSha | undefined) ?? null,
    newRequests() {
      const all = fixture.requests();
      const fresh = all.slice(requestsSeen);
      requestsSeen = all.length;
      return fresh;
    },
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}
