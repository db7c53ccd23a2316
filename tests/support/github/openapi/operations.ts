import { correctAnswer, correctParameter } from './corrections.ts';
import { dereference, loadDescription, type ParameterObject, type SchemaObject } from './description.ts';

/** A route as `METHOD /template`, in the spelling of the official description. */
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

/** One operation with everything that it refers to at hand. */
export interface Operation {
  readonly route: RouteName;
  readonly operationId: string;
  readonly parameters: readonly ParameterObject[];
  /** Undefined when the operation takes no JSON. */
  readonly body: { readonly schema: SchemaObject; readonly required: boolean } | undefined;
  /** By status; undefined for an answer without a described body. */
  readonly answers: ReadonlyMap<number, SchemaObject | undefined>;
  /** Matches the undecoded path; its named groups are the parameters. */
  readonly pattern: RegExp;
  /** How many parts of the template are literal: of two routes that match, the more literal one is meant. */
  readonly literalParts: number;
}

/** The operation of a route; throws when the official description has no such route. */
export function describeOperation(route: RouteName): Operation {
  const description = loadDescription();
  const [method = '', template = ''] = route.split(' ');
  const found = description.paths[template]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`The official description of GitHub has no route "${route}".`);
  const parameters = (found.parameters ?? []).map((one) => correctParameter(dereference(description, one)));
  const request = found.requestBody === undefined ? undefined : dereference(description, found.requestBody);
  const schema = request?.content?.['application/json']?.schema;
  const answers = Object.entries(found.responses).map(([status, answer]) => {
    const content = dereference(description, answer).content ?? {};
    const json = content['application/json'] ?? content['application/json; charset=utf-8'];
    return [Number(status), status === '200' ? correctAnswer(route, json?.schema) : json?.schema] as const;
  });
  return {
    route,
    operationId: found.operationId,
    parameters,
    body: schema === undefined ? undefined : { schema, required: request?.required ?? false },
    answers: new Map(answers),
    pattern: compileTemplate(template, parameters),
    literalParts: template.split('/').filter((part) => !part.includes('{')).length,
  };
}

function compileTemplate(template: string, parameters: readonly ParameterObject[]): RegExp {
  const source = template.split(/(\{[^}]+\})/u).map((part) => {
    if (!part.startsWith('{')) return part.replaceAll(/[.*+?^$()|[\]\\]/gu, '\\$&');
    const name = part.slice(1, -1);
    const multiple = parameters.some((parameter) => parameter.name === name && parameter['x-multi-segment'] === true);
    return `(?<${name}>${multiple ? '.+?' : '[^/]+'})`;
  });
  // A path at the end may be empty, and then goes with its slash: the root of a tree, all refs.
  const whole = source.join('').replace(/\/\((?<name>\?<\w+>)\.\+\?\)$/u, '(?:/($<name>.*))?');
  return new RegExp(`^${whole}$`, 'u');
}
