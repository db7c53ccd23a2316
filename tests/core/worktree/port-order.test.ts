import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { appendPorts, findPortNameProblem, orderPorts, renderPortsEnv } from '../../../src/core/worktree/port-order.ts';

const range = fc
  .tuple(fc.integer({ min: 1024, max: 60_000 }), fc.integer({ min: 0, max: 300 }))
  .map(([first, size]) => ({ first, last: first + size }));

describe('orderPorts', () => {
  it('gives every port of the range once', () => {
    fc.assert(
      fc.property(fc.string(), range, (seed, { first, last }) => {
        const ports = [...orderPorts(seed, { first, last })];
        expect([...ports].sort((a, b) => a - b)).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
      }),
    );
  });

  it('asks in the same order for the same attempt, elsewhere for others', () => {
    const wide = { first: 20_000, last: 29_999 };
    const first = (seed: string): number => [...orderPorts(seed, wide)][0] ?? 0;
    expect(first('p/auth/1')).toBe(first('p/auth/1'));
    expect(new Set(Array.from({ length: 50 }, (_, i) => first(`p/auth/${i}`))).size).toBeGreaterThan(45);
  });

  it('gives nothing for an empty range', () => {
    expect([...orderPorts('x', { first: 2, last: 1 })]).toEqual([]);
  });
});

describe('findPortNameProblem', () => {
  it.each(['BACKEND_PORT', 'port', '_P1'])('accepts %s', (name) => {
    expect(findPortNameProblem(name)).toBeNull();
  });

  it.each([
    '',
    '1A',
    'A B',
    'A=B',
    'A\nB',
    'PATH',
    'home',
    'LD_PRELOAD',
    'GIT_DIR',
    'NODE_OPTIONS',
    'ESPALIER_TASK',
    'A'.repeat(65),
  ])('refuses %j', (name) => {
    expect(findPortNameProblem(name)).not.toBeNull();
  });
});

describe('the files with ports', () => {
  it('have one line for each', () => {
    expect(renderPortsEnv({ A: 1, B: 2 })).toBe('A=1\nB=2\n');
  });

  it('win over what .env had', () => {
    expect(appendPorts('A=9', { A: 1 })).toBe('A=9\nA=1\n');
    expect(appendPorts('', { A: 1 })).toBe('A=1\n');
  });
});
