import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDoctorBench } from '../../../src/adapters/sandbox/doctor-bench.ts';
import type { DoctorTable } from '../../../src/core/sandbox/doctor-table.ts';
import { runDoctor } from '../../../src/engine/doctor.ts';
import { describeEngine, type EngineFixture } from '../../support/engines.ts';

/** Cells that are not as a whole engine should have them, in words. */
function findFaults(table: DoctorTable): string[] {
  return table.rows.flatMap(({ profile, cells }) =>
    cells
      .filter(({ status }) => status !== 'held' && status !== 'not-demanded')
      // On a machine that is busy with other tests the loops may not even reach their limit.
      .filter(({ property, evidence }) => !(property === 'cpu-limit' && evidence.includes('too busy')))
      .map(({ property, status, evidence }) => `${profile}: ${property} ${status}: ${evidence}`),
  );
}

async function examine(fixture: EngineFixture, profiles: readonly ('strict' | 'development')[]): Promise<DoctorTable> {
  const { bench, close } = await openDoctorBench(fixture.stateDir, fixture.env);
  const { engine, waived } = fixture.sandbox;
  const missing = waived.map((property) => ({ property, because: 'waived for these tests' }));
  const probe = { engine, works: true, because: '', missing, nextStep: '' };
  try {
    return await runDoctor({ subjects: [{ probe, sandbox: fixture.sandbox }], bench, profiles });
  } finally {
    await close();
  }
}

describe.each(['docker', 'bubblewrap'] as const)('what the doctor finds', (engine) => {
  describeEngine(engine, 'examination', (fixture) => {
    it('is that every property of the strict profile holds', { timeout: 90_000 }, async () => {
      const table = await examine(fixture(), ['strict']);
      expect(table.rows).toHaveLength(1);
      expect(findFaults(table)).toEqual(fixture().sandbox.waived.map((property) => waivedFault(property)));
    });
  });
});

function waivedFault(property: string): string {
  return `strict: ${property} not-enforced: waived for these tests`;
}

describeEngine('bubblewrap', 'examination of the development profile', (fixture) => {
  it('finds open what the profile leaves open, and the rest held', { timeout: 90_000 }, async () => {
    const table = await examine(fixture(), ['development']);
    expect(findFaults(table).filter((fault) => !fault.includes('waived for these tests'))).toEqual([]);
    const open = table.rows[0]?.cells.filter(({ status }) => status === 'not-demanded').map(({ property }) => property);
    expect(open).toEqual(['no-network', 'tmp-noexec']);
  });
});

describeEngine('bubblewrap', 'examination by an ordinary user', () => {
  it.runIf(process.getuid?.() === 0)(
    'finds all but the limits that such a user cannot make',
    { timeout: 60_000 },
    () => {
      const stateDir = mkdtempSync(join(realpathSync(tmpdir()), 'esp-user-'));
      chmodSync(stateDir, 0o777);
      const examined = spawnSync(
        'setpriv',
        [
          ...['--reuid=54321', '--regid=54321', '--clear-groups', process.execPath],
          ...[join(import.meta.dirname, 'examine-run.ts'), 'bubblewrap', join(stateDir, 'state')],
        ],
        { env: { PATH: process.env['PATH'], HOME: stateDir }, encoding: 'utf8' },
      );
      rmSync(stateDir, { recursive: true, force: true });
      expect(examined.stderr).toBe('');
      const table = JSON.parse(examined.stdout) as DoctorTable;
      const [found] = table.engines;
      // Where users may make no namespaces there is nothing to examine, and the table says how to change that.
      expect(found?.works === true ? table.rows.length : found?.nextStep.includes('sysctl') && 1).toBe(1);
      const faults = findFaults(table).filter((fault) => !/strict: (?:memory|cpu)-limit not-enforced/.test(fault));
      expect(faults).toEqual([]);
    },
  );
});
