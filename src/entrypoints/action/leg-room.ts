/**
 * What the three jobs of a leg work in: a private folder below the runner's temporary one, with a repository of its own.
 * It has the same path in each job of a runner, so that the marks of what a killed job left are known to the next.
 */
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';

import { openGit } from '../../adapters/git/open-git.ts';
import { createBareRepository, openRemote } from '../../adapters/git/open-remote.ts';
import { openWorkFiles } from '../../adapters/workspace/work-files.ts';
import type { Git } from '../../ports/git.ts';
import type { Remote } from '../../ports/remote.ts';
import type { WorkFiles } from '../../ports/work-files.ts';
import { ActionError } from './action-error.ts';
import type { ActionSession } from './session.ts';

/** Modes of a leg. */
export type LegMode = 'work' | 'verify' | 'publish';

/** See the head of this file. Ends with `await using`: everything but what the job leaves is removed then. */
export interface LegRoom extends AsyncDisposable {
  git: Git;
  remote: Remote;
  files: WorkFiles;
  /** For evidence, logs, worktrees and what engines keep. Absolute. */
  stateDir: string;
  /** For copies of what other jobs left, once their digest was seen to be right. Absolute. */
  takenDir: string;
  /** For what this job leaves to the next; stays. Absolute. */
  leftDir: string;
}

/** Folder below the runner's temporary one, and the repository in it. */
const ROOM = 'espalier-room';
const LEFT = 'espalier-left';
const REPOSITORY = 'repository.git';

/** Makes the room. What an earlier job of this runner left in its place is ended and removed first. */
export async function openLegRoom(session: ActionSession<LegMode>): Promise<LegRoom> {
  const { env, runner, inputs, signal } = session;
  const files = openWorkFiles();
  const tempDir = await realpath(runner.tempDir);
  const roomDir = path.join(tempDir, ROOM);
  const gitDir = path.join(roomDir, REPOSITORY);
  await clearRoom(session, { files, roomDir, objectsDir: path.join(gitDir, 'objects') });
  const [stateDir, takenDir, leftDir] = [
    path.join(roomDir, 'state'),
    path.join(roomDir, 'taken'),
    path.join(tempDir, LEFT),
  ];
  for (const folder of [roomDir, stateDir, takenDir, leftDir]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await createBareRepository(gitDir, env);
  const opened = await openGit(gitDir, { env, stateDir });
  if (opened.kind === 'refused') throw new ActionError(opened.because, { next: opened.nextStep });
  const { owner, name } = runner.repository;
  const url = `${runner.serverUrl}/${owner}/${name}.git`;
  return {
    git: opened.git,
    remote: openRemote({ gitDir, url, token: inputs.token, env, signal }),
    files,
    stateDir,
    takenDir,
    leftDir,
    [Symbol.asyncDispose]: async () => {
      await opened.git[Symbol.asyncDispose]();
      await files.remove(roomDir).catch((error: unknown) => {
        session.log.warn('The private folder of this job could not be removed', { cause: String(error) });
      });
    },
  };
}

/** On a machine that lives longer than a job, what a killed job left may still run. */
async function clearRoom(
  { env, log, runner }: ActionSession<LegMode>,
  { files, roomDir, objectsDir }: { files: WorkFiles; roomDir: string; objectsDir: string },
): Promise<void> {
  if (!runner.isHosted) {
    const { reapLeftRuns } = await import('./reap-left-runs.ts');
    await reapLeftRuns({ env, log, objectsDir, stateDir: path.join(roomDir, 'state') });
  }
  await files.remove(roomDir);
}
