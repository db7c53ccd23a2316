/**
 * Arguments that note which of them a resolver reads, so that one which this GitHub does not know fails by name
 * instead of being passed over.
 */

import { getNullableType, isInputObjectType, isListType, print } from 'graphql';
import type { GraphQLInputType, GraphQLResolveInfo, InputValueDefinitionNode } from 'graphql';

import { MissingResolver } from './graphql-errors.ts';

interface WatchedObject {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly readKeys: ReadonlySet<string>;
}

/** Arguments for a resolver, and the check to make when it has answered. */
export interface WatchedArguments {
  readonly args: Readonly<Record<string, unknown>>;
  /** @throws MissingResolver for an argument or input field that was given and not read. */
  requireAllRead(): void;
}

/** Wraps the arguments that a document gives, without the defaults of the schema; an input is watched all the way in. */
export function watchArguments(given: Readonly<Record<string, unknown>>, info: GraphQLResolveInfo): WatchedArguments {
  const mentioned = new Set(info.fieldNodes.flatMap((node) => (node.arguments ?? []).map(({ name }) => name.value)));
  const watched: WatchedObject[] = [];
  const field = `${info.parentType.name}.${info.fieldName}`;
  const definitions = info.parentType.getFields()[info.fieldName]?.args ?? [];
  const explicit: Record<string, unknown> = {};
  for (const { name, type } of definitions)
    if (mentioned.has(name) && given[name] !== undefined)
      explicit[name] = watchValue(`${field}(${name})`, type, given[name], watched);
  const args = watch(field, explicit, explicit, watched);
  return {
    args,
    requireAllRead() {
      for (const { name, values, readKeys } of watched) {
        const unread = Object.keys(values).filter((key) => values[key] !== null && !readKeys.has(key));
        if (unread.length > 0)
          throw new MissingResolver(`The test GitHub does not know the argument ${unread.join(', ')} of ${name}.`);
      }
    },
  };
}

/** Watches the objects of an input in whatever lists they are; the schema's own defaults need not be read. */
function watchValue(name: string, type: GraphQLInputType, value: unknown, watched: WatchedObject[]): unknown {
  const known = getNullableType(type);
  if (isListType(known) && Array.isArray(value))
    return value.map((item: unknown) => watchValue(name, known.ofType, item, watched));
  if (!isInputObjectType(known) || !isRecord(value)) return value;
  const fields = known.getFields();
  const wrapped: Record<string, unknown> = {};
  const beyondDefaults: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    const definition = fields[key];
    wrapped[key] = definition === undefined ? one : watchValue(`${name}.${key}`, definition.type, one, watched);
    if (!isDefault(definition?.astNode, one)) beyondDefaults[key] = one;
  }
  return watch(name, wrapped, beyondDefaults, watched);
}

/** Defaults of the inputs that are read here are words, numbers or the empty list. */
function isDefault(definition: InputValueDefinitionNode | null | undefined, value: unknown): boolean {
  if (definition?.defaultValue === undefined) return false;
  const text = print(definition.defaultValue);
  if (Array.isArray(value)) return value.length === 0 && text === '[]';
  return (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') && `${value}` === text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function watch(
  name: string,
  target: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
  watched: WatchedObject[],
): Readonly<Record<string, unknown>> {
  const readKeys = new Set<string>();
  watched.push({ name, values, readKeys });
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === 'string') readKeys.add(key);
      return Reflect.get(object, key) as unknown;
    },
  });
}
