/**
 * Parses and validates each document once per process: clients send the same few texts over and over.
 */

import { getOperationAST, parse, validate, GraphQLError } from 'graphql';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';

import { loadOfficialSchema } from './official-schema.ts';

/** A document that agrees with the official schema, or everything that is wrong with it. */
export type ReadDocument =
  | { readonly kind: 'valid'; readonly document: DocumentNode }
  | { readonly kind: 'invalid'; readonly errors: readonly GraphQLError[] };

// Bounds memory where a client writes values into the text instead of into variables.
const keptDocuments = 500;
const readDocuments = new Map<string, ReadDocument>();

/** Checks `text` against the official schema; never throws for what a client wrote. */
export function readDocument(text: string): ReadDocument {
  const known = readDocuments.get(text);
  if (known !== undefined) return known;
  const result = checkDocument(text);
  if (readDocuments.size >= keptDocuments) readDocuments.clear();
  readDocuments.set(text, result);
  return result;
}

function checkDocument(text: string): ReadDocument {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return { kind: 'invalid', errors: [error] };
    throw error;
  }
  const errors = validate(loadOfficialSchema(), document);
  return errors.length === 0 ? { kind: 'valid', document } : { kind: 'invalid', errors };
}

/** The operation that a request means, or undefined when its name fits none or it names none of several. */
export function findOperation(document: DocumentNode, operationName?: string): OperationDefinitionNode | undefined {
  return getOperationAST(document, operationName) ?? undefined;
}
