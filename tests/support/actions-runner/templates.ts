/** Parts of a parsed workflow file, with their expressions filled in. */
import { isBasicExpression, isBoolean, isMapping, isNumber, isSequence, isString } from '@actions/workflow-parser';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';

import { evaluateExpression, textOf, type Contexts } from './expressions.ts';

export type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';

/** A mapping of a workflow file by key, with values that are not evaluated yet. */
export type Fields = ReadonlyMap<string, TemplateToken>;

/** The entries of a mapping; none for anything else. */
export function fieldsOf(token: TemplateToken | undefined): Fields {
  if (token === undefined || !isMapping(token)) return new Map();
  return new Map([...token].map(({ key, value }) => [key.toString(), value]));
}

/** The value of a part, its expressions evaluated at any depth; `null` for one that is absent. */
export function fillToken(token: TemplateToken | undefined, contexts: Contexts): unknown {
  if (token === undefined) return null;
  if (isBasicExpression(token)) return evaluateExpression(token.expression, contexts);
  if (isString(token) || isNumber(token) || isBoolean(token)) return token.value;
  if (isSequence(token)) return [...token].map((item) => fillToken(item, contexts));
  if (!isMapping(token)) return null;
  return Object.fromEntries([...token].map(({ key, value }) => [key.toString(), fillToken(value, contexts)]));
}

/** As {@link fillToken}, of a mapping whose values are texts (`env`, `with`, `outputs`). */
export function fillTexts(token: TemplateToken | undefined, contexts: Contexts): Record<string, string> {
  return Object.fromEntries([...fieldsOf(token)].map(([key, value]) => [key, textOf(fillToken(value, contexts))]));
}

/** As {@link fillToken}, as text. */
export function fillScalar(token: TemplateToken | undefined, contexts: Contexts): string {
  return textOf(fillToken(token, contexts));
}

/** A part as it is written, where it is a plain word; undefined for anything else. */
export function wordOf(token: TemplateToken | undefined): string | undefined {
  return token !== undefined && (isString(token) || isNumber(token) || isBoolean(token)) ? token.toString() : undefined;
}
