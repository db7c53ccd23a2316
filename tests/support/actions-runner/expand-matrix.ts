/** The legs of a matrix, in GitHub's order, with `include` and `exclude`. */

import { textOf } from './expressions.ts';

/** One leg: values by name. */
export type MatrixLeg = Readonly<Record<string, unknown>>;

/** A strategy as evaluated. */
export interface Strategy {
  legs: readonly MatrixLeg[];
  failFast: boolean;
  maxParallel: number;
}

/** Jobs that one matrix may make. */
const LEG_LIMIT = 256;

/** The strategy of a job without one: a single leg without values. */
const SINGLE: Strategy = { legs: [{}], failFast: true, maxParallel: LEG_LIMIT };

/** Reads a strategy whose expressions are filled in; why not, where GitHub would refuse it. */
export function expandStrategy(value: unknown): { ok: true; strategy: Strategy } | { ok: false; because: string } {
  if (value === null || value === undefined) return { ok: true, strategy: SINGLE };
  const { matrix, 'fail-fast': failFast, 'max-parallel': maxParallel } = value as Record<string, unknown>;
  const legs = matrix === undefined || matrix === null ? [{}] : expandMatrix(matrix as Record<string, unknown>);
  if (legs.length === 0) return { ok: false, because: 'Matrix must define at least one vector' };
  if (legs.length > LEG_LIMIT)
    return {
      ok: false,
      because: `The matrix makes ${legs.length} jobs; ${LEG_LIMIT} is the most that a run may have.`,
    };
  return {
    ok: true,
    strategy: { legs, failFast: failFast !== false, maxParallel: Number(maxParallel ?? LEG_LIMIT) },
  };
}

function expandMatrix({ include = [], exclude = [], ...vectors }: Record<string, unknown>): MatrixLeg[] {
  let legs: Record<string, unknown>[] = Object.keys(vectors).length === 0 ? [] : [{}];
  for (const [name, values] of Object.entries(vectors))
    legs = legs.flatMap((leg) => (values as unknown[]).map((one) => ({ ...leg, [name]: one })));
  const kept = legs.filter((leg) => !(exclude as MatrixLeg[]).some((one) => fits(leg, one, Object.keys(one))));
  const added: Record<string, unknown>[] = [];
  const extended = kept.map((leg) => ({ ...leg }));
  for (const one of include as MatrixLeg[]) {
    const own = Object.keys(one).filter((name) => name in vectors);
    // An entry goes to every leg whose own values it does not change; one that fits none is a leg by itself.
    const fitting = extended.filter((_, at) => fits(kept[at] ?? {}, one, own));
    for (const leg of fitting) Object.assign(leg, one);
    if (fitting.length === 0) added.push({ ...one });
  }
  return [...extended, ...added];
}

function fits(leg: MatrixLeg, pattern: MatrixLeg, names: readonly string[]): boolean {
  return names.every((name) => JSON.stringify(leg[name]) === JSON.stringify(pattern[name]));
}

/** What GitHub appends to the name of a job of a matrix: the scalar values of the leg, at any depth. */
export function nameLeg(leg: MatrixLeg): string {
  const scalars = (value: unknown): string[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(scalars) : [textOf(value)];
  const values = scalars(leg).filter((text) => text !== '');
  return values.length === 0 ? '' : ` (${values.join(', ')})`;
}
