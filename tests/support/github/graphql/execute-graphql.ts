/**
 * One call of GitHub's GraphQL API: parse, validate, measure, execute against the state, and word every error as
 * GitHub does. What a client asks and this GitHub does not have fails with status 501 and by name.
 */

import { execute, getNamedType, getVariableValues, GraphQLError, isObjectType, Kind } from 'graphql';
import type { DocumentNode, GraphQLFieldResolver, GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';

import { actorOf } from '../auth.ts';
import { Refusal } from '../world.ts';
import type { World } from '../world.ts';
import { measureDocument } from './connection-cost.ts';
import type { PagingProblem } from './connection-cost.ts';
import { findOperation, readDocument } from './document-store.ts';
import { MissingResolver, QueryRefusal, shapeGraphqlError } from './graphql-errors.ts';
import type { AnsweredError } from './graphql-errors.ts';
import { loadOfficialSchema } from './official-schema.ts';
import { requireReading, requireReadingConnection } from './reading-rights.ts';
import type { GraphqlAccess, GraphqlContext } from './resolver-types.ts';
import { resolvers } from './resolvers.ts';
import { watchArguments } from './watched-arguments.ts';

/** The body of `POST /graphql`. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

/** What to answer. */
export interface GraphqlAnswer {
  /** 200, also with errors; 501 where this GitHub lacks what was asked or the document breaks the schema. */
  readonly status: 200 | 401 | 501;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly AnsweredError[];
    readonly message?: string;
  };
  /** Points that it costs. */
  readonly cost: number;
  /** Why the status is 501: what a test that ends must report. */
  readonly missing: readonly string[];
}

/** What a request will do and cost, before it does it. */
export interface DescribedRequest {
  readonly kind: 'query' | 'mutation';
  /** Name of the operation, or of its first field. */
  readonly name: string;
  /** Points of the hourly budget; a refused document costs 1. */
  readonly points: number;
}

/** Looks at a request, for faults by operation and for the budget; null where GitHub could not read it. */
export function describeRequest(request: GraphqlRequest): DescribedRequest | null {
  const prepared = prepareRequest(request);
  if (prepared.kind === 'refused') return null;
  const { operation, cost } = prepared;
  if (operation.operation === 'subscription') return null;
  const [first] = operation.selectionSet.selections;
  const fieldName = first?.kind === Kind.FIELD ? first.name.value : '';
  return { kind: operation.operation, name: operation.name?.value ?? fieldName, points: cost.points };
}

type PreparedRequest =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }
  | {
      readonly kind: 'ready';
      readonly document: DocumentNode;
      readonly operation: OperationDefinitionNode;
      readonly cost: ReturnType<typeof measureDocument>;
    };

function prepareRequest(request: GraphqlRequest): PreparedRequest {
  const read = readDocument(request.query);
  if (read.kind === 'invalid') return { kind: 'refused', errors: read.errors };
  const { document } = read;
  const operation = findOperation(document, request.operationName ?? undefined);
  if (operation === undefined) return { kind: 'refused', errors: [new GraphQLError('An operation name is required')] };
  const schema = loadOfficialSchema();
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
  if (coerced.errors !== undefined) return { kind: 'refused', errors: coerced.errors };
  const cost = measureDocument({ schema, document, operation, variables: coerced.variableValues });
  return { kind: 'ready', document, operation, cost };
}

/**
 * Executes one request with the rights of `access`. Its points are to be taken from the budget before
 * (see {@link describeRequest}).
 * @throws Error for a fault of a resolver itself; whatever a client can cause is in the answer.
 */
export async function executeGraphql(
  world: World,
  request: GraphqlRequest,
  access: GraphqlAccess,
): Promise<GraphqlAnswer> {
  const actor = actorOf(world, access.caller);
  if (actor === undefined) return { status: 401, body: { message: 'Requires authentication' }, cost: 0, missing: [] };
  const prepared = prepareRequest(request);
  if (prepared.kind === 'refused') return refuseDocument(prepared.errors);
  const { points, nodeCount, problems } = prepared.cost;
  if (problems.length > 0) return answerPagingProblems(problems);
  const context: GraphqlContext = { world, access, actor, cost: { points, nodeCount } };
  const result = await execute({
    schema: loadOfficialSchema(),
    document: prepared.document,
    operationName: request.operationName ?? null,
    variableValues: request.variables ?? {},
    contextValue: context,
    fieldResolver: resolveField,
    typeResolver: nameTypeOf,
  });
  const errors = result.errors ?? [];
  throwFaults(errors);
  const missing = errors.filter((error) => error.cause instanceof MissingResolver).map(({ message }) => message);
  return {
    status: missing.length === 0 ? 200 : 501,
    body: { data: result.data ?? null, ...(errors.length === 0 ? {} : { errors: errors.map(shapeGraphqlError) }) },
    cost: points,
    missing,
  };
}

/** A document that GitHub would not even run is a fault of the client, so it is reported like a missing field. */
function refuseDocument(errors: readonly GraphQLError[]): GraphqlAnswer {
  const shaped = errors.map(shapeGraphqlError);
  return {
    status: 501,
    body: { errors: shaped },
    cost: 1,
    missing: shaped.map(({ message }) => `The GraphQL document is refused by the official schema: ${message}`),
  };
}

function answerPagingProblems(problems: readonly PagingProblem[]): GraphqlAnswer {
  const errors = problems.map(({ refusal, path, node }) =>
    shapeGraphqlError(new GraphQLError(refusal.message, { nodes: node, path, cause: refusal })),
  );
  return { status: 200, body: { data: null, errors }, cost: 1, missing: [] };
}

const resolveField: GraphQLFieldResolver<unknown, GraphqlContext> = async (source, given, context, info) => {
  const { name } = info.parentType;
  const ofType = resolvers[name];
  if (ofType === undefined) return guardReading(context, readProperty(source, info));
  const resolve = ofType[info.fieldName];
  if (resolve === undefined) throw nameMissing(info);
  const returnType = getNamedType(info.returnType).name;
  if (returnType.endsWith('Connection'))
    requireReadingConnection(context, source, returnType.slice(0, -'Connection'.length));
  const watched = watchArguments(given as Readonly<Record<string, unknown>>, info);
  // The schema, not the compiler, guarantees that source and arguments are those of this field.
  const value = await resolve(source as never, watched.args as never, context);
  watched.requireAllRead();
  return guardReading(context, value);
};

function nameMissing(info: GraphQLResolveInfo): MissingResolver {
  const field = `${info.parentType.name}.${info.fieldName}`;
  return new MissingResolver(`The test GitHub has no resolver for ${field}: add one in tests/support/github/graphql.`);
}

/** Types without resolvers (connections, payloads, parameters of rules) are made with the properties of their fields. */
function readProperty(source: unknown, info: GraphQLResolveInfo): unknown {
  if (typeof source === 'object' && source !== null && Object.hasOwn(source, info.fieldName))
    return (source as Readonly<Record<string, unknown>>)[info.fieldName];
  throw nameMissing(info);
}

/** Checks the right to read each thing that a field shows; in a list, one that is refused leaves the others. */
function guardReading(context: GraphqlContext, value: unknown): unknown {
  if (!Array.isArray(value)) {
    requireReading(context, value);
    return value;
  }
  return value.map(async (item: unknown) => {
    const shown = await item;
    if (shown instanceof Error) throw shown;
    requireReading(context, shown);
    return shown;
  });
}

function nameTypeOf(value: unknown): string {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (typeof kind === 'string' && isObjectType(loadOfficialSchema().getType(kind))) return kind;
  throw new Error(`A resolver returned ${JSON.stringify(kind)} where the kind must name a type of the schema.`);
}

/** Errors that no client can cause are faults of the test GitHub and must not pass for answers. */
function throwFaults(errors: readonly GraphQLError[]): void {
  for (const error of errors) {
    const { cause } = error;
    if (cause === undefined) continue;
    const isAnswer = [Refusal, QueryRefusal, MissingResolver, GraphQLError].some((known) => cause instanceof known);
    if (!isAnswer)
      throw new Error(`The resolver of ${(error.path ?? []).join('.')} failed: ${error.message}`, { cause });
  }
}
