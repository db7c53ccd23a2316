/** The official schemas of webhook payloads: only those of events that are sent are read, each once. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

import type { SchemaObject } from '../openapi/description.ts';
import { componentId, componentName, convertSchema } from '../openapi/schema-conversion.ts';
import { findUndeclared } from '../openapi/undeclared.ts';

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
addFormats.default(ajv);
// The addresses of GitHub's own bots (`1+espalier[bot]@users.noreply.github.com`) are none in the eyes of the format.
ajv.addFormat('email', true);

const components = new Map<string, SchemaObject>();
const validators = new Map<string, ValidateFunction>();

/** Name of the schema of an event, such as `webhook-issues-opened` or `webhook-push`. */
export function payloadSchemaName(event: string, action: string | null): string {
  return ['webhook', event, ...(action === null ? [] : [action])].join('-').replaceAll('_', '-');
}

/** Where a payload departs from its schema, one line for each way. */
export function checkPayload(schemaName: string, payload: unknown): string[] {
  const validate = validators.get(schemaName) ?? compile(schemaName);
  if (validate(payload)) return [];
  return (validate.errors ?? [])
    .filter(({ instancePath, keyword }) => keyword !== 'enum' || !APP_EVENT.test(instancePath))
    .map((error) => `${error.instancePath}: ${error.message ?? error.keyword}`);
}

/** An app may listen to events that are younger than the list of them in the schema of what it wrote. */
const APP_EVENT = /\/performed_via_github_app\/events\/\d+$/;

/**
 * A copy without the fields that the schema does not declare: payloads are made of what REST shows, and webhooks leave
 * out some of it.
 */
export function keepDeclared<Payload extends Record<string, unknown>>(schemaName: string, payload: Payload): Payload {
  addComponent(schemaName);
  const kept = structuredClone(payload);
  for (const pointer of findUndeclared(resolveComponent(componentId(schemaName)), kept, resolveComponent)) {
    const path = pointer.split('/').slice(1);
    const last = path.pop() ?? '';
    let parent: unknown = kept;
    for (const part of path) parent = (parent as Record<string, unknown>)[part];
    Reflect.deleteProperty(parent as object, last);
  }
  return kept;
}

function compile(schemaName: string): ValidateFunction {
  addComponent(schemaName);
  const validate = ajv.compile({ $ref: componentId(schemaName) });
  validators.set(schemaName, validate);
  return validate;
}

function resolveComponent(id: string): SchemaObject {
  const found = components.get(id);
  if (found === undefined) throw new Error(`The schema ${id} was used before it was added to the validator.`);
  return found;
}

function addComponent(name: string): void {
  const id = componentId(name);
  if (components.has(id)) return;
  const source = loadSchemas()[name];
  if (source === undefined) throw new Error(`The official description of webhooks has no schema "${name}".`);
  const converted = convertSchema(source);
  components.set(id, converted);
  addReferences(converted);
  ajv.addSchema(converted, id);
}

function addReferences(schema: unknown): void {
  if (Array.isArray(schema)) for (const part of schema) addReferences(part);
  else if (typeof schema === 'object' && schema !== null)
    for (const [keyword, value] of Object.entries(schema)) {
      const name = keyword === '$ref' && typeof value === 'string' ? componentName(value) : undefined;
      if (name === undefined) addReferences(value);
      else addComponent(name);
    }
}

let loaded: Record<string, SchemaObject> | undefined;

function loadSchemas(): Record<string, SchemaObject> {
  if (loaded !== undefined) return loaded;
  const file = createRequire(import.meta.url).resolve('@octokit/openapi-webhooks/generated/api.github.com.json');
  const { components: found } = JSON.parse(readFileSync(file, 'utf8')) as {
    components: { schemas: Record<string, SchemaObject> };
  };
  loaded = found.schemas;
  return loaded;
}
