/** Runs the intake program over a worktree as a sandbox would (but on the host), and makes packs by hand. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { CommitSha, TreeSha } from '../../src/core/brand.ts';
import type { Git, TakeInOutcome } from '../../src/ports/git.ts';
import type { RepositoryFixture } from './git-fixture.ts';

/** A worktree of a fixture's repository. */
export interface FixtureWorktree {
  path: string;
  commit: CommitSha;
  tree: TreeSha;
}

/** Makes a worktree of HEAD below the state folder. */
export async function makeWorktree(
  repository: RepositoryFixture,
  git: Git,
  name = 'task.1.1',
): Promise<FixtureWorktree> {
  const worktree = {
    path: path.join(repository.stateDir, 'trees', 'plan', name),
    commit: await repository.sha(),
    tree: await repository.tree(),
  };
  await git.createWorktree(worktree);
  return worktree;
}

/** What taking in a worktree gave. */
export interface IntakeResult {
  outcome: TakeInOutcome;
  exitCode: number;
  stderr: string;
}

/** The whole way in: a fresh private git directory, the program, and `takeIn` of what it writes. */
export async function takeInWorktree(
  repository: RepositoryFixture,
  git: Git,
  worktree: FixtureWorktree,
  options: {
    maxBytes?: number;
    env?: Record<string, string>;
    exclude?: string[];
    /** A command line that the program is run through, such as one that gives up rights. */
    through?: string[];
  } = {},
): Promise<IntakeResult> {
  const gitDir = path.join(repository.root, `intake-${randomBytes(4).toString('hex')}`);
  await git.createPrivateGitDir({
    path: gitDir,
    head: worktree.commit,
    tree: worktree.tree,
    worktreeInside: worktree.path,
    objectsInside: git.objectsDir,
    worktree: worktree.path,
    exclude: options.exclude ?? [],
  });
  const program = path.join(repository.root, 'intake.sh');
  await writeFile(program, git.intakeProgram);
  const [command = 'sh', ...args]: string[] = [...(options.through ?? []), 'sh', program, worktree.tree];
  const child = spawn(command, args, {
    cwd: '/',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: repository.home,
      ...git.sandboxEnv,
      GIT_DIR: gitDir,
      GIT_WORK_TREE: worktree.path,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const exit = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 128)));
  const outcome = await git.takeIn({ stdout: child.stdout, maxBytes: options.maxBytes ?? 64 * 1024 * 1024 });
  child.stdout.destroy();
  return { outcome, exitCode: await exit, stderr };
}

/** Runs git in the fixture with bytes on standard input; answers bytes. */
export async function gitBytes(
  repository: RepositoryFixture,
  args: readonly string[],
  input: Uint8Array,
): Promise<Buffer> {
  const child = spawn('git', args, { cwd: repository.path, env: repository.env, stdio: ['pipe', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr}`);
  return Buffer.concat(chunks);
}

/** Writes any object, sound or not, and returns its name. */
export async function writeRawObject(
  repository: RepositoryFixture,
  type: 'blob' | 'tree' | 'commit',
  content: Uint8Array,
): Promise<string> {
  const name = await gitBytes(repository, ['hash-object', '--literally', '-w', '-t', type, '--stdin'], content);
  return name.toString('latin1').trim();
}

/** Bytes of a tree object with these entries, in this order, unchecked. */
export function rawTree(entries: readonly { mode: string; name: string | Uint8Array; id: string }[]): Buffer {
  return Buffer.concat(
    entries.flatMap(({ mode, name, id }) => [
      Buffer.from(`${mode} `),
      Buffer.from(name as string),
      Buffer.from([0]),
      Buffer.from(id, 'hex'),
    ]),
  );
}

/** A stream as the intake program writes it: this tree's name, then a pack of exactly these objects. */
export async function packedStream(
  repository: RepositoryFixture,
  tree: string,
  ids: readonly string[],
): Promise<Buffer> {
  const pack = await gitBytes(repository, ['pack-objects', '--stdout', '-q'], Buffer.from(`${ids.join('\n')}\n`));
  return Buffer.concat([Buffer.from(`${tree}\n`), pack]);
}

/** Bytes as a stream of small pieces. */
export async function* inPieces(bytes: Uint8Array, size = 1000): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
