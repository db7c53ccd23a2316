import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

import { correctComponent } from './corrections.ts';
import { loadDescription, type ParameterObject, type SchemaObject } from './description.ts';
import type { Operation } from './operations.ts';
import { componentId, componentName, convertSchema } from './schema-conversion.ts';
import { findUndeclared } from './undeclared.ts';

/** A request or an answer that does not keep to the official description, one line for each way. */
export type Problems = readonly string[];

/** What one request says, decoded. */
export interface RequestParts {
  /** Parameters of the path, percent-decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Undefined when no body was sent. */
  readonly body: unknown;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
addFormats.default(ajv);
// Addresses of bots have brackets (`1+espalier[bot]@users.noreply.github.com`), which GitHub sends all the same.
ajv.addFormat('email', true);

const convertedComponents = new Map<string, SchemaObject>();
const compiled = new WeakMap<SchemaObject, { readonly schema: SchemaObject; readonly validate: ValidateFunction }>();

/** Where a request departs from the description, also by a parameter or field that the operation does not have. */
export function checkRequest(operation: Operation, request: RequestParts): Problems {
  const byName = new Map(operation.parameters.map((parameter) => [`${parameter.in}:${parameter.name}`, parameter]));
  const problems: string[] = [];
  for (const [name, text] of Object.entries(request.path))
    problems.push(...checkParameter(byName.get(`path:${name}`), name, text));
  for (const [name, text] of request.query)
    if (byName.has(`query:${name}`)) problems.push(...checkParameter(byName.get(`query:${name}`), name, text));
    else problems.push(`query ${name}: the operation has no such parameter`);
  for (const parameter of operation.parameters)
    if (parameter.in === 'query' && parameter.required === true && !request.query.has(parameter.name))
      problems.push(`query ${parameter.name}: required and missing`);
  return [...problems, ...checkRequestBody(operation, request.body)];
}

/** Where an answer departs from the description: its status, its body, or a field that GitHub does not send. */
export function checkAnswer(operation: Operation, status: number, body: unknown): Problems {
  if (!operation.answers.has(status)) {
    if (COMMON_STATUSES.has(status)) return [];
    return [`status ${status}: described are ${[...operation.answers.keys()].join(', ')}`];
  }
  const schema = operation.answers.get(status);
  if (schema === undefined) return body === undefined || status >= 300 ? [] : ['body: described is none'];
  return checkValue(schema, body, 'body');
}

/**
 * Statuses that any route may answer without its description saying so: bad credentials, no permission, nothing
 * there, rate limits, invalid fields, failures of the server.
 */
const COMMON_STATUSES = new Set([400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504]);

function checkParameter(parameter: ParameterObject | undefined, name: string, text: string): Problems {
  if (parameter === undefined) return [`path ${name}: the operation has no such parameter`];
  return checkValue(parameter.schema, readParameter(parameter.schema, text), `${parameter.in} ${name}`);
}

function readParameter(schema: SchemaObject, text: string): unknown {
  const type = schema['type'];
  if (type === 'integer' || type === 'number') return /^-?\d+$/u.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  const alternatives = (schema['oneOf'] ?? schema['anyOf']) as SchemaObject[] | undefined;
  if (alternatives?.some((one) => one['type'] === 'integer') === true && /^\d+$/u.test(text)) return Number(text);
  return text;
}

function checkRequestBody(operation: Operation, body: unknown): Problems {
  if (operation.body === undefined) return isEmpty(body) ? [] : ['body: the operation takes none'];
  if (body === undefined) return operation.body.required ? ['body: required and missing'] : [];
  return checkValue(operation.body.schema, body, 'body');
}

function isEmpty(body: unknown): boolean {
  return body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0);
}

function checkValue(source: SchemaObject, value: unknown, what: string): Problems {
  const { schema, validate } = compile(source);
  if (!validate(value))
    return (validate.errors ?? []).map((error) => `${what}${error.instancePath}: ${error.message ?? error.keyword}`);
  return findUndeclared(schema, value, resolveComponent).map((pointer) => `${what}${pointer}: not in the description`);
}

function compile(source: SchemaObject): { readonly schema: SchemaObject; readonly validate: ValidateFunction } {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const schema = convertSchema(source);
  addReferences(schema);
  const made = { schema, validate: ajv.compile(schema) };
  compiled.set(source, made);
  return made;
}

function resolveComponent(id: string): SchemaObject {
  const found = convertedComponents.get(id);
  if (found === undefined) throw new Error(`The schema ${id} was used before it was added to the validator.`);
  return found;
}

/** Adds every component that a schema refers to, and that those refer to, once a process. */
function addReferences(schema: unknown): void {
  if (Array.isArray(schema)) for (const part of schema) addReferences(part);
  else if (typeof schema === 'object' && schema !== null)
    for (const [keyword, value] of Object.entries(schema)) {
      const name = keyword === '$ref' && typeof value === 'string' ? componentName(value) : undefined;
      if (name === undefined) addReferences(value);
      else addComponent(name);
    }
}

function addComponent(name: string): void {
  const id = componentId(name);
  if (convertedComponents.has(id)) return;
  const source = loadDescription().components.schemas[name];
  if (source === undefined) throw new Error(`The official description of GitHub has no schema "${name}".`);
  const converted = convertSchema(correctComponent(name, source));
  convertedComponents.set(id, converted);
  addReferences(converted);
  ajv.addSchema(converted, id);
}
