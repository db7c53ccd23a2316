/** Refs written as the files that git keeps them in, where that is all there is to it. */
import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ZERO_OID, type Oid } from './state.ts';

/** Names that `git check-ref-format` takes without a second look. */
const PLAIN_NAME = /^refs\/(?:heads|pull)(?:\/(?!\.)[\w.-]+(?<!\.|\.lock))+$/;

/** Whether {@link writeLooseRefs} does what `git update-ref` would do with these names. */
export function areLoose(gitDir: string, refs: readonly { name: string }[]): boolean {
  return (
    !existsSync(path.join(gitDir, 'packed-refs')) &&
    refs.every(({ name }) => PLAIN_NAME.test(name) && !name.includes('..'))
  );
}

/**
 * Moves refs; the zero oid deletes. That the objects exist is the caller's to know. Throws where a name stands in the
 * way of another as file and folder.
 */
export function writeLooseRefs(gitDir: string, refs: readonly { name: string; oid: Oid }[]): void {
  // What goes makes room for what comes, as within one transaction of git's.
  for (const { name, oid } of refs) if (oid === ZERO_OID) removeRef(gitDir, name);
  for (const { name, oid } of refs) {
    if (oid === ZERO_OID) continue;
    const file = path.join(gitDir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const temporary = path.join(gitDir, `tmp_ref_${process.hrtime.bigint()}`);
    writeFileSync(temporary, `${oid}\n`);
    renameSync(temporary, file);
  }
}

function removeRef(gitDir: string, name: string): void {
  const file = path.join(gitDir, name);
  rmSync(file, { force: true });
  const kept = [path.join(gitDir, 'refs', 'heads'), path.join(gitDir, 'refs', 'pull'), path.join(gitDir, 'refs')];
  // Empty folders would stand in the way of a ref of their name.
  for (let folder = path.dirname(file); !kept.includes(folder); folder = path.dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}
