/**
 * Descriptors that this process was started with and that would go on into every child. Node closes the low ones to
 * its children at start, but not one that stands alone above 15: a folder that a shell left open would be a way out of
 * a sandbox.
 */
import { closeSync, readdirSync, readFileSync } from 'node:fs';

const CLOSE_ON_EXEC = 0o2000000;
// Up to here node has marked what it inherited.
const LAST_MARKED = 15;

/**
 * Closes them and returns their numbers. Whatever node or a library opens itself is marked close-on-exec and stays.
 * Synchronous, so that no number can come to mean another file between the look and the close.
 */
export function closeInheritedDescriptors(): number[] {
  const closed: number[] = [];
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor <= LAST_MARKED || !isPassedOn(descriptor)) continue;
    closeSync(descriptor);
    closed.push(descriptor);
  }
  return closed;
}

function isPassedOn(descriptor: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false;
  }
}
