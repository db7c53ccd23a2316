/**
 * What a document costs before it runs, by GitHub's published rule: every connection is assumed to be filled to its
 * `first` or `last`; the requests for all connections, divided by 100 and rounded, are the points (at least 1); the
 * nodes of all connections together may be 500,000.
 * Source: "Rate limits and query limits for the GraphQL API" in GitHub's documentation.
 */

import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
} from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  getVariableValues,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';

import { QueryRefusal } from './graphql-errors.ts';

type VariableValues = NonNullable<ReturnType<typeof getVariableValues>['variableValues']>;

/** The most nodes that one call may ask for. */
const nodeLimit = 500_000;
const pageLimit = 100;

/** Points and nodes of one call. */
export interface DocumentCost {
  readonly points: number;
  readonly nodeCount: number;
}

/** A connection that breaks the paging rules, with its path in the answer. */
export interface PagingProblem {
  readonly refusal: QueryRefusal;
  readonly path: readonly string[];
  readonly node: FieldNode;
}

/** A call whose costs are to be measured. */
export interface MeasuredCall {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: VariableValues;
}

interface Tally {
  readonly call: MeasuredCall;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  requests: number;
  nodes: number;
  readonly problems: PagingProblem[];
}

interface Place {
  readonly type: GraphQLCompositeType;
  readonly path: readonly string[];
  /** How many objects of `type` there may be. */
  readonly parents: number;
}

/** Measures a call; `problems` is empty exactly when GitHub would run it. */
export function measureDocument(call: MeasuredCall): DocumentCost & { readonly problems: readonly PagingProblem[] } {
  const fragments = new Map(
    call.document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const tally: Tally = { call, fragments, requests: 0, nodes: 0, problems: [] };
  const rootType = call.schema.getRootType(call.operation.operation);
  if (rootType == null) throw new Error(`The official schema has no ${call.operation.operation} type.`);
  tallySelections(tally, [call.operation.selectionSet], { type: rootType, path: [], parents: 1 });
  if (tally.nodes > nodeLimit) tally.problems.push(describeTooManyNodes(tally));
  return {
    points: Math.max(1, Math.round(tally.requests / 100)),
    nodeCount: tally.nodes,
    problems: tally.problems,
  };
}

function describeTooManyNodes(tally: Tally): PagingProblem {
  const asked = tally.nodes.toLocaleString('en-US');
  const allowed = nodeLimit.toLocaleString('en-US');
  const [firstField] = tally.call.operation.selectionSet.selections.filter((one) => one.kind === Kind.FIELD);
  if (firstField === undefined) throw new Error('A call that asks for nodes has a field.');
  const message = `This query requests up to ${asked} possible nodes which exceeds the maximum limit of ${allowed}.`;
  return { refusal: new QueryRefusal('MAX_NODE_LIMIT_EXCEEDED', message), path: [], node: firstField };
}

/** Fields of one type under one response key are one field to the executor, so they are counted once. */
interface MergedField {
  readonly type: GraphQLCompositeType;
  readonly nodes: FieldNode[];
}

function tallySelections(tally: Tally, sets: readonly SelectionSetNode[], place: Place): void {
  const merged = new Map<string, MergedField>();
  for (const set of sets) collectFields(tally, set, place.type, merged);
  for (const field of merged.values()) tallyField(tally, field, place);
}

function collectFields(
  tally: Tally,
  set: SelectionSetNode,
  type: GraphQLCompositeType,
  merged: Map<string, MergedField>,
): void {
  for (const selection of set.selections) {
    const skipped = getDirectiveValues(GraphQLSkipDirective, selection, tally.call.variables)?.['if'] === true;
    const included = getDirectiveValues(GraphQLIncludeDirective, selection, tally.call.variables)?.['if'] !== false;
    if (skipped || !included) continue;
    if (selection.kind === Kind.FIELD) {
      const key = `${type.name} ${selection.alias?.value ?? selection.name.value}`;
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { type, nodes: [selection] });
      else known.nodes.push(selection);
      continue;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : tally.fragments.get(selection.name.value);
    if (fragment === undefined) continue;
    const conditionName = fragment.typeCondition?.name.value;
    const condition = conditionName === undefined ? type : tally.call.schema.getType(conditionName);
    if (isCompositeType(condition)) collectFields(tally, fragment.selectionSet, condition, merged);
  }
}

function tallyField(tally: Tally, field: MergedField, place: Place): void {
  const [node] = field.nodes;
  if (node === undefined || !(isObjectType(field.type) || isInterfaceType(field.type))) return;
  const definition = field.type.getFields()[node.name.value];
  const childType = definition === undefined ? undefined : getNamedType(definition.type);
  if (definition === undefined || !isCompositeType(childType)) return;
  const path = [...place.path, node.alias?.value ?? node.name.value];
  const childSets = field.nodes.flatMap((one) => one.selectionSet ?? []);
  const values = getArgumentValues(definition, node, tally.call.variables);
  if (field.type.name === 'Query' && node.name.value === 'nodes' && Array.isArray(values['ids'])) {
    tallySelections(tally, childSets, { type: childType, path, parents: place.parents * values['ids'].length });
    return;
  }
  if (!isConnection(definition, childType)) {
    tallySelections(tally, childSets, { type: childType, path, parents: place.parents });
    return;
  }
  const pageSize = readPageSize({ tally, node, path, values, childSets });
  tally.requests += place.parents;
  tally.nodes += place.parents * pageSize;
  tallySelections(tally, childSets, { type: childType, path, parents: place.parents * pageSize });
}

function isConnection(definition: GraphQLField<unknown, unknown>, childType: GraphQLCompositeType): boolean {
  return childType.name.endsWith('Connection') && definition.args.some((argument) => argument.name === 'first');
}

interface AskedPage {
  readonly tally: Tally;
  readonly node: FieldNode;
  readonly path: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly childSets: readonly SelectionSetNode[];
}

/** How many nodes a connection is asked for; a broken bound is noted and counts as an empty page. */
function readPageSize({ tally, node, path, values, childSets }: AskedPage): number {
  const name = node.name.value;
  for (const side of ['first', 'last'] as const) {
    const asked = values[side];
    if (typeof asked !== 'number') continue;
    if (asked >= 1 && asked <= pageLimit) return asked;
    const message =
      asked > pageLimit
        ? `Requesting ${asked} records on the \`${name}\` connection exceeds the \`${side}\` limit of ${pageLimit} records.`
        : `\`${side}\` on the \`${name}\` connection cannot be less than 1.`;
    tally.problems.push({ refusal: new QueryRefusal('EXCESSIVE_PAGINATION', message), path, node });
    return 0;
  }
  const readsNodes = childSets.some((set) =>
    set.selections.some((one) => one.kind !== Kind.FIELD || ['nodes', 'edges'].includes(one.name.value)),
  );
  // A bare `totalCount` needs no page.
  if (!readsNodes) return 0;
  const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
  tally.problems.push({ refusal: new QueryRefusal('MISSING_PAGINATION_BOUNDARIES', message), path, node });
  return 0;
}
