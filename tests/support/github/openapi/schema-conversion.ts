import type { SchemaObject } from './description.ts';

const COMPONENT_PREFIX = '#/components/schemas/';

/** The id under which a component of the description is known to the validator. */
export function componentId(name: string): string {
  return `github:/${name}`;
}

/** The component that an id of `componentId` names, or undefined for any other reference. */
export function componentName(id: string): string | undefined {
  return id.startsWith('github:/') ? id.slice('github:/'.length) : undefined;
}

const ANNOTATIONS = new Set([
  'description',
  'title',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'externalDocs',
  'default',
]);

/**
 * An OpenAPI 3.0 schema as JSON Schema: `nullable` becomes a type, annotations go, references become ids.
 *
 * `oneOf` is read as `anyOf`: the description uses it for "one of these", also where two alternatives both hold.
 */
export function convertSchema(schema: unknown): SchemaObject {
  if (typeof schema !== 'object' || schema === null) return {};
  const { nullable, ...source } = schema as SchemaObject;
  const converted: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(source))
    if (!ANNOTATIONS.has(keyword) && !keyword.startsWith('x-')) convertKeyword(converted, keyword, value);
  return nullable === true ? allowNull(converted) : converted;
}

function convertKeyword(converted: Record<string, unknown>, keyword: string, value: unknown): void {
  if (keyword === '$ref' && typeof value === 'string')
    converted['$ref'] = value.startsWith(COMPONENT_PREFIX) ? componentId(value.slice(COMPONENT_PREFIX.length)) : value;
  else if (keyword === 'properties')
    converted['properties'] = Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([name, property]) => [name, convertSchema(property)]),
    );
  else if (keyword === 'oneOf' || keyword === 'anyOf') {
    const alternatives = (value as unknown[]).map((alternative) => convertSchema(alternative));
    converted['anyOf'] = [...((converted['anyOf'] as SchemaObject[] | undefined) ?? []), ...alternatives];
  } else if (keyword === 'allOf') converted['allOf'] = (value as unknown[]).map((part) => convertSchema(part));
  else if (
    keyword === 'items' ||
    keyword === 'not' ||
    (keyword === 'additionalProperties' && typeof value === 'object')
  )
    converted[keyword] = convertSchema(value);
  else converted[keyword] = value;
}

function allowNull(schema: Record<string, unknown>): SchemaObject {
  if (typeof schema['type'] !== 'string') return { anyOf: [{ type: 'null' }, schema] };
  const values = schema['enum'];
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...(values as unknown[]), null] } : {}),
  };
}
