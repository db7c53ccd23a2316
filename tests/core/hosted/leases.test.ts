import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import { openLeases } from '../../../src/core/hosted/leases.ts';
import { createForgeRecord, type ForgeRecord } from '../../../src/core/ledger/forge-record.ts';

const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;

function open(
  leases: ForgeRecord['leases'],
  nowMs: number,
  replica = 'replica-1',
  outcomes: [string, EffectOutcome][] = [],
) {
  const record = { ...createForgeRecord(7), leases };
  return { record, leases: openLeases(record, new Map(outcomes), { replica, leaseMs: LEASE_MS, nowMs }) };
}

describe('a lease', () => {
  it('is granted where nobody holds it, and is written with its holder and its end', () => {
    const { leases } = open({}, 1000);
    expect(leases.take('pull.a.1')).toEqual({ granted: true, isRepeat: false });
    expect(leases.finish()).toEqual({ 'pull.a.1': { holder: 'replica-1', until: 1000 + LEASE_MS } });
  });

  it.each(['replica-1', 'replica-2'])('that %s holds is granted to nobody while it lives', (holder) => {
    const { leases, record } = open({ x: { holder, until: 5000 } }, 4999);
    expect(leases.take('x').granted).toBe(false);
    expect(leases.nextLapseMs).toBe(5000);
    expect(leases.finish()).toBe(record.leases);
  });

  it.each(['refused', 'later'] as const)(
    'of another process is not touched by a late outcome (%s) of one that had it before',
    (kind) => {
      const outcome: EffectOutcome =
        kind === 'later' ? { kind, notBeforeMs: 2000, because: '' } : { kind, because: '' };
      const { leases, record } = open({ x: { holder: 'replica-2', until: 5000 } }, 1000, 'replica-1', [['x', outcome]]);
      expect(leases.finish()).toBe(record.leases);
      expect(leases.take('x').granted).toBe(false);
    },
  );

  it('that has lapsed is taken over, and said to be a repetition', () => {
    const { leases } = open({ x: { holder: 'replica-2', until: 5000 } }, 5000);
    expect(leases.take('x')).toEqual({ granted: true, isRepeat: true });
    expect(leases.finish()).toEqual({ x: { holder: 'replica-1', until: 5000 + LEASE_MS } });
  });

  it('is granted once in one decision, without a wait for that', () => {
    const { leases } = open({}, 0);
    leases.take('x');
    expect(leases.take('x').granted).toBe(false);
    expect(leases.nextLapseMs).toBeNull();
  });

  it.each<[EffectOutcome, boolean]>([
    [{ kind: 'refused', because: '' }, true],
    [{ kind: 'forbidden', permission: null, because: '' }, true],
    [{ kind: 'elsewhere', because: '' }, true],
    [{ kind: 'no-workflow', code: 'missing', because: '' }, true],
    [{ kind: 'done' }, false],
    [{ kind: 'comment-posted', nodeId: 'x' }, false],
    [{ kind: 'later', notBeforeMs: 9000, because: '' }, false],
  ])('of an effect that came to %j is free at once: %s', (outcome, isFree) => {
    const { leases } = open({ x: { holder: 'replica-1', until: 5000 } }, 1000, 'replica-1', [['x', outcome]]);
    expect(leases.take('x').granted).toBe(isFree);
  });

  it('of an effect that is put off lasts until it is due', () => {
    const later: EffectOutcome = { kind: 'later', notBeforeMs: 90_000, because: '' };
    const { leases } = open({ x: { holder: 'replica-1', until: 5000 } }, 6000, 'replica-1', [['x', later]]);
    expect(leases.take('x').granted).toBe(false);
    expect(leases.nextLapseMs).toBe(90_000);
  });

  it('that is given up is gone; one that nobody holds changes nothing', () => {
    const { leases, record } = open({ x: { holder: 'replica-1', until: 5000 } }, 0);
    leases.free('y');
    expect(leases.finish()).toBe(record.leases);
    leases.free('x');
    expect(leases.finish()).toEqual({});
  });

  it('that lapsed long ago and that nothing asks for is forgotten, but for nothing else nothing is written', () => {
    const old = { holder: 'replica-2', until: 0 };
    const { leases, record } = open({ asked: old, spent: old }, HOUR_MS);
    expect(leases.finish()).toBe(record.leases);
    expect(leases.take('asked')).toEqual({ granted: true, isRepeat: true });
    expect(Object.keys(leases.finish())).toEqual(['asked']);
  });
});

describe('leases of several processes', () => {
  it('are never live for two at once, whoever asks when and whose write is lost', () => {
    const step = fc.record({
      replica: fc.constantFrom('replica-1', 'replica-2', 'replica-3'),
      waitMs: fc.nat(50_000),
      isLost: fc.boolean(),
      key: fc.constantFrom('x', 'y'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let written: ForgeRecord['leases'] = {};
        let nowMs = 0;
        const grants = new Map<string, number>();
        for (const { replica, waitMs, isLost, key } of steps) {
          nowMs += waitMs;
          const { leases } = open(written, nowMs, replica);
          const { granted, isRepeat } = leases.take(key);
          if (!granted || isLost) continue;
          const last = grants.get(key);
          expect(last === undefined || nowMs - last >= LEASE_MS).toBe(true);
          expect(isRepeat).toBe(last !== undefined);
          grants.set(key, nowMs);
          written = leases.finish();
        }
      }),
    );
  });
});
