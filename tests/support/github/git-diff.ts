/** What git says of the difference between two trees. */
import type { ChangedFile } from './git-types.ts';
import type { Oid } from './state.ts';

/** Files that differ between two commits or trees, with renames and patches. `run` calls git with arguments. */
export async function diffByGit(run: (args: string[]) => Promise<Buffer>, from: Oid, to: Oid): Promise<ChangedFile[]> {
  const common = ['diff-tree', '-r', '-z', '-M', '--no-commit-id'];
  const raw = splitZero(await run([...common, '--raw', '--no-abbrev', from, to]));
  const numbers = splitZero(await run([...common, '--numstat', from, to]));
  const files = readRawDiff(raw);
  const counts = readNumstat(numbers);
  for (const file of files) {
    Object.assign(file, counts.get(file.path));
    const paths = file.previousPath === null ? [file.path] : [file.previousPath, file.path];
    const patch = await run(['diff-tree', '-p', '-M', '--no-commit-id', from, to, '--', ...paths]);
    const start = patch.indexOf('\n@@ ');
    file.patch = start < 0 ? '' : patch.subarray(start + 1).toString();
  }
  return files;
}

function splitZero(output: Buffer): string[] {
  return output.toString().split('\0').slice(0, -1);
}

const STATUSES: Record<string, ChangedFile['status']> = { A: 'added', D: 'removed', R: 'renamed' };

function readRawDiff(parts: string[]): ChangedFile[] {
  const files: ChangedFile[] = [];
  for (let at = 0; at < parts.length; at++) {
    const [, , before = '', after = '', letters = ''] = (parts[at] ?? '').split(' ');
    const status = STATUSES[letters[0] ?? ''] ?? 'modified';
    const previousPath = status === 'renamed' ? (parts[++at] ?? '') : null;
    const oid = status === 'removed' ? before : after;
    files.push({ path: parts[++at] ?? '', previousPath, status, additions: 0, deletions: 0, oid, patch: '' });
  }
  return files;
}

function readNumstat(parts: string[]): Map<string, { additions: number; deletions: number }> {
  const counts = new Map<string, { additions: number; deletions: number }>();
  for (let at = 0; at < parts.length; at++) {
    const [added, deleted, name] = (parts[at] ?? '').split('\t');
    // A rename leaves the name empty, and gives the old and the new one as parts of their own.
    const isRename = name === '';
    if (isRename) at += 2;
    // Binary files have `-` for a number.
    counts.set(isRename ? (parts[at] ?? '') : (name ?? ''), {
      additions: Number(added) || 0,
      deletions: Number(deleted) || 0,
    });
  }
  return counts;
}
