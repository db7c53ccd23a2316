import type { SchemaObject } from './description.ts';

/**
 * The places in `value` that `schema` does not declare, as JSON pointers.
 *
 * The description leaves objects open, so a validator says nothing about a misspelt field of a request, nor about a
 * field of an answer that GitHub never sends. Where a schema names properties and does not say that others may
 * follow, this takes the names as all that there are.
 */
export function findUndeclared(
  schema: SchemaObject,
  value: unknown,
  resolve: (id: string) => SchemaObject,
  pointer = '',
): string[] {
  return findIn([schema], value, resolve, pointer);
}

function findIn(
  schemas: readonly SchemaObject[],
  value: unknown,
  resolve: (id: string) => SchemaObject,
  pointer: string,
): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const flat = schemas.flatMap((schema) => flatten(schema, resolve));
  if (Array.isArray(value)) {
    const items = flat.flatMap((schema) => (schema['items'] === undefined ? [] : [schema['items'] as SchemaObject]));
    return items.length === 0 ? [] : value.flatMap((item, at) => findIn(items, item, resolve, `${pointer}/${at}`));
  }
  const objects = flat.filter((schema) => mayBeObject(schema));
  if (objects.length === 0 || objects.some((schema) => isOpen(schema))) return [];
  return Object.entries(value).flatMap(([name, property]) => {
    const declared = objects.flatMap((schema) => {
      const found = (schema['properties'] as Record<string, SchemaObject> | undefined)?.[name];
      return found === undefined ? [] : [found];
    });
    return declared.length === 0 ? [`${pointer}/${name}`] : findIn(declared, property, resolve, `${pointer}/${name}`);
  });
}

/** The schema and all that it is made of, references followed. */
function flatten(schema: SchemaObject, resolve: (id: string) => SchemaObject): SchemaObject[] {
  const parts = [...((schema['anyOf'] as SchemaObject[]) ?? []), ...((schema['allOf'] as SchemaObject[]) ?? [])];
  const target = typeof schema['$ref'] === 'string' ? [resolve(schema['$ref'])] : [];
  const own = parts.length + target.length > 0 && schema['properties'] === undefined ? [] : [schema];
  return [...own, ...[...parts, ...target].flatMap((part) => flatten(part, resolve))];
}

function mayBeObject(schema: SchemaObject): boolean {
  const type = schema['type'];
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
}

function isOpen(schema: SchemaObject): boolean {
  const additional = schema['additionalProperties'];
  return (additional !== undefined && additional !== false) || schema['properties'] === undefined;
}
