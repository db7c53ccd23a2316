/**
 * The official GraphQL schema, built once per process when a document first asks for it.
 * Parsing and building it take about 0.1 s, so nothing is cached on disk.
 */

import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

import { buildASTSchema, isScalarType, parse } from 'graphql';
import type { GraphQLSchema } from 'graphql';

let builtSchema: GraphQLSchema | undefined;

interface ScalarRule {
  /** Checks a value that a client sent; throws with GitHub's wording of what is wrong. */
  readonly readInput: (value: unknown) => unknown;
  /** Turns a value of the state into what is sent. */
  readonly writeOutput: (value: unknown) => string;
}

function requireText(name: string, pattern: RegExp) {
  return (value: unknown): string => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new TypeError(`${JSON.stringify(value)} is not a valid ${name}`);
  };
}

/** @throws when a resolver hands over something that no scalar can show. */
function writeText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString().replace(/\.\d{3}Z$/, 'Z');
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new TypeError(`A scalar of the schema cannot be made from ${typeof value}.`);
}

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;

const scalarRules: Readonly<Record<string, ScalarRule>> = {
  Base64String: {
    readInput: requireText('Base64String', /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
    writeOutput: writeText,
  },
  BigInt: {
    readInput: (value) => requireText('BigInt', /^-?\d+$/)(typeof value === 'number' ? String(value) : value),
    writeOutput: writeText,
  },
  DateTime: { readInput: requireText('DateTime', instant), writeOutput: writeText },
  GitObjectID: { readInput: requireText('GitObjectID', /^[0-9a-f]{40}$/), writeOutput: writeText },
  GitRefname: {
    readInput: requireText('GitRefname', /^refs\/[^\s~^:?*[\\]+\/[^\s~^:?*[\\]+$/),
    writeOutput: writeText,
  },
  GitTimestamp: { readInput: requireText('GitTimestamp', instant), writeOutput: writeText },
  PreciseDateTime: { readInput: requireText('PreciseDateTime', instant), writeOutput: writeText },
  URI: { readInput: requireText('URI', /^[a-z][a-z0-9+.-]*:\/\/\S+$/i), writeOutput: writeText },
  HTML: { readInput: requireText('HTML', /[^]*/), writeOutput: writeText },
};

/** The schema that GitHub publishes, with its scalars checked in both directions. */
export function loadOfficialSchema(): GraphQLSchema {
  builtSchema ??= buildOfficialSchema();
  return builtSchema;
}

function buildOfficialSchema(): GraphQLSchema {
  const packageFile = findPackageJSON('@octokit/graphql-schema', import.meta.url);
  if (packageFile === undefined) throw new Error('The package @octokit/graphql-schema is missing: run `npm ci`.');
  const text = readFileSync(join(dirname(packageFile), 'schema.graphql'), 'utf8');
  const schema = buildASTSchema(parse(text, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
  for (const [name, rule] of Object.entries(scalarRules)) {
    const scalar = schema.getType(name);
    if (!isScalarType(scalar)) throw new Error(`The official schema has no scalar ${name}.`);
    scalar.coerceInputValue = rule.readInput;
    scalar.coerceOutputValue = rule.writeOutput;
  }
  return schema;
}
