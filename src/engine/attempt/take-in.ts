/**
 * Takes in what an agent left in its worktree. Git runs over the agent's files only inside of a fresh sandbox, with a
 * git directory that the host made after the agent ended; the host sees a stream of objects and checks each.
 */
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { TIDY_PROGRAM } from '../../core/worktree/tidy-program.ts';
import type { SandboxExit, SandboxMount } from '../../ports/sandbox.ts';
import { openChunkChannel } from './chunk-channel.ts';
import { insideObjects, mountObjects, privateHome, WORKSPACE } from './checkout.ts';
import { openExchangeFolders } from './exchange-folders.ts';
import { classifyExit, diskFull, makeFailure, saysDiskFull, type Failure } from './failure.ts';
import { openDecoder } from './output-tail.ts';
import { logLine, type WorkRoom } from './work-room.ts';

/** The worktree as it was made: what is needed to tell what changed since. */
export interface WorktreeSource {
  path: string;
  commit: CommitSha;
  /** Tree that the files were made from; its tracked files stay tracked even where they are ignored. */
  tree: TreeSha;
  exclude: readonly string[];
}

export type TakenIn = { kind: 'taken'; tree: TreeSha } | { kind: 'failed'; failure: Failure };

const GIT_INSIDE = '/espalier/git';
const TIMEOUT_MS = 120_000;
const MAX_ERROR_TEXT = 8 * 1024;
// Far above what the rules let pass: work that breaks a limit is still kept on its branch, and refused by name.
const MIN_INTAKE_BYTES = 256 * 1024 * 1024;
const EMPTY_TREES: readonly string[] = [
  '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
];

/** Takes in the files of a worktree as a tree. Goes on when the attempt was stopped, since its work is to be kept. */
export async function takeInWorktree(room: WorkRoom, source: WorktreeSource): Promise<TakenIn> {
  const { git } = room.deps;
  const validity = await git.validateWorktree(source.path);
  if (!validity.isValid) return lost(`Its ${validity.because}. The agent removed or replaced it.`);
  const channel = openChunkChannel();
  const maxBytes = Math.max(MIN_INTAKE_BYTES, room.deps.policy.maxChangeBytes * 2);
  const taking = git.takeIn({ stdout: channel, maxBytes, timeoutMs: TIMEOUT_MS }).finally(() => channel.close());
  // Whoever fails first, the other must not be left unhandled.
  taking.catch(() => undefined);
  try {
    const { exit, errors } = await runOverFiles(room, source, {
      title: 'intake',
      program: git.intakeProgram,
      index: source.tree,
      access: 'read-only',
      onStdout: (chunk) => channel.push(chunk),
      maxOutputBytes: maxBytes + MAX_ERROR_TEXT,
    });
    channel.end();
    const failure = explainExit(room, exit, errors);
    const outcome = await taking;
    if (failure !== null) return { kind: 'failed', failure };
    if (outcome.kind !== 'taken') return { kind: 'failed', failure: refused(outcome.because) };
    if (EMPTY_TREES.includes(outcome.tree) && !EMPTY_TREES.includes(source.tree))
      return lost('The agent removed every file of it.');
    return { kind: 'taken', tree: outcome.tree };
  } finally {
    channel.end();
    channel.close();
  }
}

/** Puts a worktree back to `tree`, so that the agent's next round begins with its own files only. */
export async function tidyWorktree(room: WorkRoom, source: WorktreeSource, tree: TreeSha): Promise<Failure | null> {
  const { exit, errors } = await runOverFiles(room, source, {
    title: 'tidy',
    program: TIDY_PROGRAM,
    index: tree,
    access: 'read-write',
    onStdout: () => {},
    maxOutputBytes: 1024 * 1024,
  });
  return explainExit(room, exit, errors);
}

interface FileRun {
  title: string;
  program: string;
  index: TreeSha;
  access: SandboxMount['access'];
  onStdout: (chunk: Uint8Array) => void | Promise<void>;
  maxOutputBytes: number;
}

async function runOverFiles(
  room: WorkRoom,
  source: WorktreeSource,
  order: FileRun,
): Promise<{ exit: SandboxExit; errors: string }> {
  const { git, sandbox, files } = room.deps;
  const gitDir: SandboxMount = { source: `${room.dir}/${order.title}.git`, target: GIT_INSIDE, access: 'read-write' };
  const worktree: SandboxMount = { source: source.path, target: WORKSPACE, access: order.access };
  await files.remove(gitDir.source);
  const [folders] = await Promise.all([
    openExchangeFolders(room, order.title, { 'program.sh': order.program }),
    git.createPrivateGitDir({
      path: gitDir.source,
      head: source.commit,
      tree: order.index,
      worktreeInside: sandbox.pathInside(worktree),
      ...insideObjects(room),
      exclude: source.exclude,
    }),
  ]);
  await sandbox.prepareWritable([gitDir.source]);
  const decode = openDecoder();
  let errors = '';
  const exit = await sandbox.run({
    name: room.nextRunName(),
    profile: room.settings.profile,
    resources: room.settings.resources,
    network: 'none',
    command: ['sh', folders.inputInside('program.sh'), source.commit],
    workdir: '/',
    mounts: [worktree, gitDir, ...mountObjects(room), ...folders.mounts],
    env: {
      ...git.sandboxEnv,
      ...privateHome(room),
      GIT_DIR: sandbox.pathInside(gitDir),
      GIT_WORK_TREE: sandbox.pathInside(worktree),
    },
    stdin: null,
    timeoutMs: TIMEOUT_MS,
    outputLimitBytes: order.maxOutputBytes,
    onStdout: order.onStdout,
    onStderr: (chunk) => {
      if (errors.length < MAX_ERROR_TEXT) errors = (errors + decode(chunk)).slice(0, MAX_ERROR_TEXT);
    },
  });
  logLine(
    room,
    `${order.title}: ${exit.status} ${exit.exitCode ?? ''} after ${exit.durationMs} ms ${errors}`.trimEnd(),
  );
  await Promise.all([files.remove(gitDir.source), folders.remove()]);
  return { exit, errors };
}

function explainExit(room: WorkRoom, exit: SandboxExit, errors: string): Failure | null {
  if (exit.status === 'engine-error' || exit.status === 'cancelled') return classifyExit(exit, 'the intake');
  if (exit.status !== 'exited')
    return refused(`The changed files could not be collected: ${exit.status}, ${exit.detail}`);
  if (exit.exitCode === 126 || exit.exitCode === 127)
    return makeFailure(
      'sandbox-failed',
      `The sandbox has no working 'sh' and 'git' (${errors.trim() || 'not found'}), which taking in needs. Add them to its root file system.`,
    );
  const because = room.deps.git.explainIntakeExit(exit.exitCode ?? -1, errors);
  if (because === null) return null;
  return saysDiskFull(because) ? diskFull('while the change was taken in') : refused(because);
}

function refused(because: string): Failure {
  return makeFailure('intake-refused', `What the agent left could not be taken in: ${because}`);
}

function lost(because: string): TakenIn {
  const detail = `The worktree is lost. ${because}`;
  return {
    kind: 'failed',
    failure: makeFailure('worktree-lost', detail, {
      feedback: `${detail} Edit the files in the worktree; never remove the worktree itself or all of its files.`,
    }),
  };
}
