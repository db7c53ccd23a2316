/**
 * Errors as GitHub's GraphQL API words and shapes them: HTTP 200, `errors: [{type, path, locations, message}]`.
 */

import type { GraphQLError } from 'graphql';

import { Refusal } from '../world.ts';

/** Refusals that only GraphQL knows, for what a document asks. */
export type QueryRefusalType =
  | 'MISSING_PAGINATION_BOUNDARIES'
  | 'EXCESSIVE_PAGINATION'
  | 'INVALID_CURSOR_ARGUMENTS'
  | 'MAX_NODE_LIMIT_EXCEEDED';

/** A question that GitHub does not answer, whatever the state is. */
export class QueryRefusal extends Error {
  override readonly name = 'QueryRefusal';
  readonly type: QueryRefusalType;

  constructor(type: QueryRefusalType, message: string) {
    super(message);
    this.type = type;
  }
}

/** Thrown where the test GitHub lacks something; the executor records it so that the test cannot end well. */
export class MissingResolver extends Error {
  override readonly name = 'MissingResolver';
}

/** One entry of `errors` in an answer. */
export interface AnsweredError {
  readonly type?: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly message: string;
}

/** GitHub's words for a token that lacks a permission. */
export const notAccessible = 'Resource not accessible by integration';

/** REST lists what is wrong beside a general message; GraphQL says it in the message itself. */
function wordRefusal({ message, errors }: Refusal): string {
  if (errors.length === 0) return message;
  return errors.map((one) => capitalize(one.message ?? `${one.field} is ${one.code}`)).join(', ');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** GraphQL has one type for each of REST's statuses, so a conflict is unprocessable and an archive forbidden. */
function typeOfRefusal(cause: unknown): string | undefined {
  if (cause instanceof QueryRefusal) return cause.type;
  if (!(cause instanceof Refusal)) return undefined;
  if (cause.type === 'CONFLICT') return 'UNPROCESSABLE';
  return cause.type === 'ARCHIVED' ? 'FORBIDDEN' : cause.type;
}

/** An error of parsing, validation, coercion or execution, in the shape that a client receives. */
export function shapeGraphqlError(error: GraphQLError): AnsweredError {
  const cause = error.cause;
  const refusalType = typeOfRefusal(cause);
  return {
    ...(refusalType === undefined ? {} : { type: refusalType }),
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(refusalType === 'FORBIDDEN' ? { extensions: { saml_failure: false } } : {}),
    ...(error.locations === undefined
      ? {}
      : { locations: error.locations.map(({ line, column }) => ({ line, column })) }),
    message: cause instanceof Refusal ? wordRefusal(cause) : error.message,
  };
}
