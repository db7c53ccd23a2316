/** Run as a process of its own: `node git-reader.ts REPOSITORY STATE_DIR COMMIT` reads once and closes nothing. */
import { openGit } from '../../src/adapters/git/open-git.ts';
import type { CommitSha } from '../../src/core/brand.ts';

const [repository = '', stateDir = '', commit = ''] = process.argv.slice(2);
const outcome = await openGit(repository, { stateDir, env: { ...process.env } });
if (outcome.kind === 'refused') throw new Error(outcome.because);
process.stdout.write(await outcome.git.treeOf(commit as CommitSha));
