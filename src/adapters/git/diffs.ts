/** Differences between trees, from the store: no external diff, no text conversion, no attributes of any tree. */
import type { TreeSha } from '../../core/brand.ts';
import type { TreeChange } from '../../ports/git.ts';
import type { GitContext } from './git-context.ts';
import { failureOf, GitFailure } from './git-failure.ts';
import { decodePath, splitNul } from './path-bytes.ts';

const PLAIN = ['--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none'];

/** Every path that differs, in git's order. */
export async function diffTrees(context: GitContext, from: TreeSha, to: TreeSha): Promise<TreeChange[]> {
  const output = await context.runInStore('comparing two trees', {
    args: ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', ...PLAIN, from, to],
  });
  const records = splitNul(output);
  const changes: Promise<TreeChange>[] = [];
  for (let at = 0; at + 1 < records.length; at += 2)
    changes.push(readChange(context, records[at] as Buffer, records[at + 1] as Buffer));
  return Promise.all(changes);
}

async function readChange(context: GitContext, header: Buffer, path: Buffer): Promise<TreeChange> {
  // `:100644 100755 <old> <new> M`
  const [oldMode = '', newMode = '', , newBlob = '', letter = ''] = header.toString('latin1').slice(1).split(' ');
  const hasBlob = newMode !== '000000' && newMode !== '160000';
  const info = hasBlob ? await context.objects.reader.info(newBlob) : null;
  if (hasBlob && info === null) throw new GitFailure(`Object ${newBlob} is missing. Run 'git fsck' in the repository.`);
  return {
    path: decodePath(path),
    status: statusOf(letter),
    oldMode,
    newMode,
    newBlob,
    newSize: info?.size ?? 0,
  };
}

function statusOf(letter: string): TreeChange['status'] {
  switch (letter) {
    case 'A':
      return 'added';
    case 'D':
      return 'deleted';
    case 'T':
      return 'type-changed';
    default:
      return 'modified';
  }
}

/** Unified diff as text, cut at `maxBytes` with a last line that says so. */
export async function diffText(context: GitContext, from: TreeSha, to: TreeSha, maxBytes: number): Promise<string> {
  const exit = await context.tryInStore({
    args: ['diff-tree', '-r', '-p', '--no-color', '--full-index', ...PLAIN, from, to],
    maxBytes,
  });
  if (exit.cutOff !== 'bytes' && exit.exitCode !== 0) throw failureOf('comparing two trees', exit);
  const text = exit.stdout.toString('utf8');
  if (exit.cutOff !== 'bytes') return text;
  return `${text.slice(0, text.lastIndexOf('\n') + 1)}[diff cut here: it has more than ${maxBytes} bytes]\n`;
}

/** Lines added and removed over all files; binary files count 0. */
export async function countLines(
  context: GitContext,
  from: TreeSha,
  to: TreeSha,
): Promise<{ insertions: number; deletions: number }> {
  const output = await context.runInStore('counting changed lines', {
    args: ['diff-tree', '-r', '-z', '--numstat', ...PLAIN, from, to],
  });
  let insertions = 0;
  let deletions = 0;
  for (const record of splitNul(output)) {
    const [added = '', removed = ''] = record.toString('latin1').split('\t', 2);
    insertions += Number(added) || 0;
    deletions += Number(removed) || 0;
  }
  return { insertions, deletions };
}
