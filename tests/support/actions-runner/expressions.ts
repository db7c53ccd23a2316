/** Expressions of workflow files, evaluated by GitHub's own engine on plain values. */
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

/** The contexts of an expression by name (`github`, `inputs`, …), as plain JSON. */
export type Contexts = Readonly<Record<string, unknown>>;

/** What the four functions of status say; they are known only where they are given. */
export interface StatusFunctions {
  success(): boolean;
  failure(): boolean;
  cancelled(): boolean;
}

/** Everywhere that an expression may look; a name that has no value is empty. */
const CONTEXT_NAMES = [
  ...['env', 'github', 'inputs', 'job', 'jobs', 'matrix', 'needs', 'runner', 'secrets', 'steps', 'strategy', 'vars'],
] as const;

/** Evaluates what stands between `${{` and `}}`. Throws where it cannot be read, or names what is not there. */
export function evaluateExpression(expression: string, contexts: Contexts, status?: StatusFunctions): unknown {
  const functions = status === undefined ? [] : describeStatus(status);
  const { tokens } = new Lexer(expression).lex();
  for (const token of tokens) if (typeof token.value === 'string') token.value = unescapeQuotes(token.value);
  const tree = new Parser(
    tokens,
    [...CONTEXT_NAMES],
    functions.map(({ name, minArgs, maxArgs }) => ({ name, minArgs, maxArgs })),
  ).parse();
  const known = new data.Dictionary(...CONTEXT_NAMES.map((key) => ({ key, value: toData(contexts[key]) })));
  return fromData(new Evaluator(tree, known, new Map(functions.map((one) => [one.name, one]))).evaluate());
}

/** Whether a condition holds, by the rules of expressions: `''`, `0`, `null` and `false` do not. */
export function holds(condition: string, contexts: Contexts, status: StatusFunctions): boolean {
  const value = evaluateExpression(condition, contexts, status);
  return value !== null && value !== false && value !== 0 && value !== '' && !Number.isNaN(value);
}

/** A text with its `${{ … }}` filled in. */
export function fillText(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(?<expression>(?:'[^']*'|[^'])*?)\}\}/gu, (_, expression: string) =>
    textOf(evaluateExpression(expression.trim(), contexts)),
  );
}

/** A value as GitHub puts it into a text. */
export function textOf(value: unknown): string {
  return toData(value).coerceString();
}

/** The lexer takes the doubling from the first quote of a text, and leaves it to all others. */
function unescapeQuotes(text: string): string {
  return text.replaceAll("''", "'");
}

function describeStatus(status: StatusFunctions): { name: string; minArgs: number; maxArgs: number; call: Call }[] {
  const answers: Record<string, () => boolean> = { ...status, always: () => true };
  return ['success', 'failure', 'cancelled', 'always'].map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(answers[name]?.() === true),
  }));
}

type Call = (...args: data.ExpressionData[]) => data.ExpressionData;

function toData(value: unknown): data.ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  const pairs = Object.entries(value).map(([key, one]) => ({ key, value: toData(one) }));
  return new data.Dictionary(...pairs);
}

function fromData(value: data.ExpressionData): unknown {
  return JSON.parse(JSON.stringify(value, data.replacer)) as unknown;
}
