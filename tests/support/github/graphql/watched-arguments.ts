/**
 * Arguments that note which of them a resolver reads, so that one which this GitHub does not know fails by name
 * instead of being passed over.
 */

import { getNullableType, isInputObjectType, print } from 'graphql';
import type { GraphQLResolveInfo, InputValueDefinitionNode } from 'graphql';

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

/** Wraps the arguments that a document gives, without the defaults of the schema. */
export function watchArguments(given: Readonly<Record<string, unknown>>, info: GraphQLResolveInfo): WatchedArguments {
  const mentioned = new Set(info.fieldNodes.flatMap((node) => (node.arguments ?? []).map(({ name }) => name.value)));
  const explicit = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => mentioned.has(name) && value !== undefined),
  );
  const watched: WatchedObject[] = [];
  const field = `${info.parentType.name}.${info.fieldName}`;
  const { input } = explicit;
  if (info.parentType.name === 'Mutation' && isRecord(input)) {
    const type = getNullableType(
      info.parentType.getFields()[info.fieldName]?.args.find(({ name }) => name === 'input')?.type,
    );
    if (!isInputObjectType(type)) throw new Error(`The official schema has no input of ${field}.`);
    const fields = type.getFields();
    const beyondDefaults = Object.fromEntries(
      Object.entries(input).filter(([name, value]) => !isDefault(fields[name]?.astNode, value)),
    );
    explicit['input'] = watch(`${field} (input)`, input, beyondDefaults, watched);
  }
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

/** Defaults of the inputs that are read here are single words or numbers. */
function isDefault(definition: InputValueDefinitionNode | null | undefined, value: unknown): boolean {
  return definition?.defaultValue !== undefined && print(definition.defaultValue) === String(value);
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
