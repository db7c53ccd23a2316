/** Reading a payload that may be anything: nothing here throws, and what is not as expected is not there. */
import type { RepositoryIdentity } from './hint.ts';

/** What is found at a path of names, `undefined` where there is nothing. Inherited names are nothing. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  let here = value;
  for (const name of names) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[name];
  }
  return here;
}

/** The id or number at a path: a list of one, or empty. */
export function idAt(value: unknown, ...names: readonly string[]): number[] {
  const id = at(value, ...names);
  return Number.isSafeInteger(id) && (id as number) > 0 ? [id as number] : [];
}

/** The list at a path, or an empty one. */
export function listAt(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const list = at(value, ...names);
  return Array.isArray(list) ? list : [];
}

/** The text at a path, or `''`. */
export function textAt(value: unknown, ...names: readonly string[]): string {
  const text = at(value, ...names);
  return typeof text === 'string' ? text : '';
}

/**
 * A repository of a payload, `null` if it is none or has a name that GitHub does not give. The lists of
 * installations tell the owner in `full_name` only.
 */
export function readRepository(value: unknown): RepositoryIdentity | null {
  const [id] = idAt(value, 'id');
  const match = /^([A-Za-z0-9_-]{1,100})\/([A-Za-z0-9._-]{1,100})$/.exec(textAt(value, 'full_name'));
  const [, owner, name] = match ?? [];
  if (id === undefined || owner === undefined || name === undefined || name === '.' || name === '..') return null;
  return { id, owner, name };
}
