/**
 * Takes in what came out of a sandbox. The pack is indexed and checked in a quarantine folder beside the user's
 * objects, and moves among them only when the tree that it claims is whole and sane. No git porcelain and no
 * working tree take part, so nothing in it can be run.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import type { TreeSha } from '../../core/brand.ts';
import type { TakeInOutcome } from '../../ports/git.ts';
import { type GitContext, quoteAlternate } from './git-context.ts';
import { GitFailure, quoteForPerson, saysDiskFull } from './git-failure.ts';
import { splitIntakeStream } from './intake-stream.ts';
import { type GitExit, type GitRun, runGit } from './run-git.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
/** Most entries of a tree, folders counted, every time that they are reached: stops trees that hold themselves often. */
const MAX_ENTRIES = 2_000_000;
/** PATH_MAX on Linux, without its NUL: a longer path could not be checked out. */
const MAX_PATH_BYTES = 4095;
/** Most that one object may take in memory while it is checked; large plain files are streamed and not counted. */
const MAX_OBJECT_MEMORY = '256m';

const PACK_INDEX_MAGIC = 0xff744f63;
/** Names begin after the magic, the version and 256 counts, the last of which is that of all. */
const PACK_INDEX_NAMES = 8 + 256 * 4;

interface Intake {
  context: GitContext;
  quarantine: string;
  deadline: number;
  env: Record<string, string>;
}

/** See `Git.takeIn`. */
export async function takeIn(
  context: GitContext,
  options: { stdout: AsyncIterable<Uint8Array>; maxBytes: number; timeoutMs?: number },
): Promise<TakeInOutcome> {
  const stream = await splitIntakeStream(options.stdout);
  if (stream.kind === 'cut-short') return { kind: 'cut-short', because: 'it ended before naming a tree' };
  if (stream.kind === 'malformed') return refused('it does not begin with the name of a tree');
  if (stream.tree.length !== context.objects.idBytes * 2) return refused('its tree is named by another kind of hash');
  const quarantine = await makeQuarantine(context);
  try {
    const intake: Intake = {
      context,
      quarantine,
      deadline: Date.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      env: context.storeEnv({
        GIT_OBJECT_DIRECTORY: quarantine,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: quoteAlternate(context.objectsDir),
        GIT_ALLOC_LIMIT: MAX_OBJECT_MEMORY,
      }),
    };
    return (
      (await indexPack(intake, stream.pack, options.maxBytes)) ??
      (await checkTree(intake, stream.tree)) ??
      (await keepPack(intake, stream.tree as TreeSha))
    );
  } finally {
    await rm(quarantine, { recursive: true, force: true });
  }
}

function refused(because: string): TakeInOutcome {
  return { kind: 'refused', because };
}

/** `git prune` removes what is left under this prefix by a process that died. */
async function makeQuarantine(context: GitContext): Promise<string> {
  try {
    const folder = await mkdtemp(path.join(context.objectsDir, 'tmp_objdir-espalier-'));
    await mkdir(path.join(folder, 'pack'));
    return folder;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new GitFailure(
      `Objects cannot be written to '${context.objectsDir}' (${code ?? 'unknown error'}). ` +
        'Make room there, or make the folder writable for you.',
      { cause: error, code },
    );
  }
}

/** Indexes the pack in quarantine with every check of git's switched on; `null` if it passed. */
async function indexPack(
  intake: Intake,
  pack: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<TakeInOutcome | null> {
  const counted = countBytes(pack, maxBytes);
  const exit = await runChecked(intake, {
    // `badFilemode` is only a hint to git, but no mode besides git's own five is ever made honestly.
    args: ['index-pack', '--strict=badFilemode=error', '--stdin', `--max-input-size=${maxBytes}`],
    input: counted.chunks,
  });
  if (counted.isOver()) return refused(`it has more than ${maxBytes} bytes`);
  if (exit.exitCode === 0) return null;
  if (exit.cutOff === 'time') return refused('checking its objects took too long');
  if (saysDiskFull(exit.stderr)) throw diskFull();
  if (/early EOF|fetch-pack: unexpected disconnect/.test(exit.stderr))
    return { kind: 'cut-short', because: 'it ended in the middle of the pack' };
  return refused(`its objects are not sound: ${quoteForPerson(exit.stderr, 300) || 'git gave no reason'}`);
}

/** Every object of the tree must be there, every path be possible, and nothing else be in the pack. */
async function checkTree(intake: Intake, tree: string): Promise<TakeInOutcome | null> {
  const [reached, shape] = await Promise.all([listReached(intake, tree), checkShape(intake, tree)]);
  if (typeof reached === 'string') return refused(reached);
  if (shape !== null) return refused(shape);
  for (const id of await listPacked(intake))
    if (!reached.has(id)) return refused(`object ${id} is no part of its tree`);
  return null;
}

/** Names of all objects of the tree, or why it is not whole. */
async function listReached(intake: Intake, tree: string): Promise<Set<string> | string> {
  const exit = await runChecked(intake, { args: ['rev-list', '--objects', '--no-object-names', `${tree}^{tree}`] });
  if (exit.cutOff === 'time') return 'checking its tree took too long';
  if (exit.exitCode !== 0)
    return `tree ${tree} is not whole: ${quoteForPerson(exit.stderr, 300) || 'git gave no reason'}`;
  return new Set(exit.stdout.toString('latin1').split('\n'));
}

/** Streams the listing, so that a tree which reaches the same folder a billion times is stopped early. */
async function checkShape(intake: Intake, tree: string): Promise<string | null> {
  let entries = 0;
  let pathBytes = 0;
  let longest = 0;
  const exit = await runChecked(intake, {
    args: ['ls-tree', '-r', '-t', '-z', '--name-only', '--full-tree', tree],
    onStdout: (chunk) => {
      for (const byte of chunk) {
        if (byte !== 0) {
          pathBytes += 1;
          continue;
        }
        entries += 1;
        longest = Math.max(longest, pathBytes);
        pathBytes = 0;
      }
      longest = Math.max(longest, pathBytes);
      return entries <= MAX_ENTRIES && longest <= MAX_PATH_BYTES;
    },
  });
  if (longest > MAX_PATH_BYTES) return `it has a path of over ${MAX_PATH_BYTES} bytes`;
  if (entries > MAX_ENTRIES) return `it has more than ${MAX_ENTRIES} paths`;
  if (exit.cutOff === 'time') return 'listing its paths took too long';
  // Git's own recursion ends by a signal on trees that are deeper than its stack.
  if (exit.exitCode !== 0) return `its paths cannot be listed: ${quoteForPerson(exit.stderr, 300) || 'too deep'}`;
  return null;
}

/** Names of the objects in the pack, from its index: see gitformat-pack(5), version 2. */
async function listPacked(intake: Intake): Promise<string[]> {
  const folder = path.join(intake.quarantine, 'pack');
  const name = (await readdir(folder)).find((candidate) => candidate.endsWith('.idx'));
  if (name === undefined) return [];
  const index = await readFile(path.join(folder, name));
  if (index.readUInt32BE(0) !== PACK_INDEX_MAGIC || index.readUInt32BE(4) !== 2)
    throw new GitFailure(
      'The index that git wrote for a pack is of an unknown version. Use a released version of git.',
    );
  const { idBytes } = intake.context.objects;
  const count = index.readUInt32BE(PACK_INDEX_NAMES - 4);
  return Array.from({ length: count }, (_, at) => {
    const start = PACK_INDEX_NAMES + at * idBytes;
    return index.toString('hex', start, start + idBytes);
  });
}

/** Moves the pack among the user's objects: its index last, since that is what makes the others seen. */
async function keepPack(intake: Intake, tree: TreeSha): Promise<TakeInOutcome> {
  const from = path.join(intake.quarantine, 'pack');
  const to = path.join(intake.context.objectsDir, 'pack');
  const names = await readdir(from);
  if ((await listPacked(intake)).length === 0) return { kind: 'taken', tree };
  await mkdir(to, { recursive: true });
  const mode = (await stat(to)).mode & 0o444;
  for (const ending of ['.pack', '.rev', '.idx']) {
    for (const name of names.filter((candidate) => candidate.endsWith(ending))) {
      await chmod(path.join(from, name), mode | 0o400);
      await rename(path.join(from, name), path.join(to, name));
    }
  }
  return { kind: 'taken', tree };
}

async function runChecked(intake: Intake, run: Pick<GitRun, 'args' | 'input' | 'onStdout'>): Promise<GitExit> {
  return runGit({
    ...run,
    env: intake.env,
    cwd: intake.context.storeDir,
    timeoutMs: Math.max(1, intake.deadline - Date.now()),
  });
}

function countBytes(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): { chunks: AsyncIterable<Uint8Array>; isOver: () => boolean } {
  let seen = 0;
  async function* pass(): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      seen += chunk.length;
      if (seen > maxBytes) return;
      yield chunk;
    }
  }
  return { chunks: pass(), isOver: () => seen > maxBytes };
}

function diskFull(): GitFailure {
  return new GitFailure('The disk is full (No space left on device) while changes were taken in. Free some space.', {
    code: 'ENOSPC',
  });
}
