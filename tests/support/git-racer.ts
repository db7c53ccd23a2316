/**
 * Run as a process of its own: opens a repository and tries once to move a branch, then prints what became of it.
 * `node git-racer.ts REPOSITORY STATE_DIR BRANCH FROM TO`, FROM `-` for a branch that must not exist. Waits for a
 * line on standard input before it moves, so that many of them start at one moment.
 */
import { once } from 'node:events';

import { openGit } from '../../src/adapters/git/open-git.ts';
import type { BranchName, CommitSha } from '../../src/core/brand.ts';

const [repository = '', stateDir = '', branch = '', from = '', to = ''] = process.argv.slice(2);
const outcome = await openGit(repository, { stateDir, env: { ...process.env } });
if (outcome.kind === 'refused') throw new Error(outcome.because);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const moved = await outcome.git.moveBranches(
  [{ branch: branch as BranchName, from: from === '-' ? null : (from as CommitSha), to: to as CommitSha }],
  'race',
);
process.stdout.write(`${JSON.stringify(moved)}\n`);
process.stdin.destroy();
