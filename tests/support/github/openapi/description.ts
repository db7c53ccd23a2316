import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A JSON Schema of OpenAPI 3.0, as plain data. */
export type SchemaObject = { readonly [keyword: string]: unknown };

/** One parameter of an operation. */
export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema: SchemaObject;
  /** Whether the parameter may hold slashes, as refs and paths of files do. */
  readonly 'x-multi-segment'?: boolean;
}

interface ContentObject {
  readonly content?: { readonly [mediaType: string]: { readonly schema?: SchemaObject } };
  readonly required?: boolean;
}

interface Reference {
  readonly $ref: string;
}

/** One operation of the description, as it stands there. */
interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly (ParameterObject | Reference)[];
  readonly requestBody?: ContentObject | Reference;
  readonly responses: { readonly [status: string]: ContentObject | Reference };
}

/** The part of the official description that this folder reads. */
export interface Description {
  readonly paths: { readonly [template: string]: { readonly [method: string]: OperationObject } };
  readonly components: {
    readonly schemas: { readonly [name: string]: SchemaObject };
    readonly parameters: { readonly [name: string]: ParameterObject };
    readonly responses: { readonly [name: string]: ContentObject };
    readonly requestBodies?: { readonly [name: string]: ContentObject };
  };
}

let loaded: Description | undefined;

/**
 * The official OpenAPI description of github.com, read once a process.
 *
 * The 13 MB are read and parsed in about a tenth of a second; a cache of extracted operations would cost more to keep
 * right than it would save.
 */
export function loadDescription(): Description {
  loaded ??= JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'),
  ) as Description;
  return loaded;
}

/** What a `$ref` into the description's components points to; any other value as it is. */
export function dereference<T extends object>(description: Description, value: T | Reference): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T;
  const pointer = value.$ref;
  let found: unknown = description;
  for (const part of pointer.replace('#/', '').split('/')) found = (found as Record<string, unknown>)[part];
  if (found === undefined || found === null)
    throw new Error(`The OpenAPI description refers to ${pointer}, which it does not hold.`);
  return found as T;
}
