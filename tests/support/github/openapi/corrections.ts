/** Where the official description is known to be wrong, and what holds instead. */
import { loadDescription, type ParameterObject, type SchemaObject } from './description.ts';

/**
 * A component as it is: lists of pull requests carry labels without a description as every other answer does, and
 * `pull-request` says so.
 */
export function correctComponent(name: string, schema: SchemaObject): SchemaObject {
  if (name !== 'pull-request-simple') return schema;
  const propertiesOf = (one: SchemaObject | undefined): Record<string, SchemaObject> =>
    (one?.['properties'] ?? {}) as Record<string, SchemaObject>;
  const { labels } = propertiesOf(loadDescription().components.schemas['pull-request']);
  return { ...schema, properties: { ...propertiesOf(schema), labels } };
}

/**
 * The answer of a route as it is. Installations are spelled out in one list, where an account is to be a person and
 * an enterprise in one; everywhere else they are the component.
 */
export function correctAnswer(route: string, schema: SchemaObject | undefined): SchemaObject | undefined {
  if (route !== 'GET /app/installations') return schema;
  return { type: 'array', items: { $ref: '#/components/schemas/installation' } };
}

/** A parameter as it is: `created` takes the date ranges of the search syntax, which are no dates. */
export function correctParameter(parameter: ParameterObject): ParameterObject {
  return parameter.name === 'created' ? { ...parameter, schema: { type: 'string' } } : parameter;
}
