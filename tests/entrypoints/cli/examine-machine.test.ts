import { describe, expect, it } from 'vitest';

import { type DoctorTable, judgeRow } from '../../../src/core/sandbox/doctor-table.ts';
import { PROPERTIES, type SandboxEngine } from '../../../src/core/sandbox/property.ts';
import { judgeTable } from '../../../src/entrypoints/cli/examine-machine.ts';
import { PROJECT_ROOT, runCli } from './run-cli.ts';

function tableOf(rows: { engine: SandboxEngine; status: 'held' | 'broken' | 'not-enforced' }[]): DoctorTable {
  return {
    engines: rows.map(({ engine }) => ({ engine, works: true, because: '', nextStep: '' })),
    rows: rows.map(({ engine, status }) =>
      judgeRow(
        engine,
        'strict',
        PROPERTIES.map((property) => ({
          property,
          status: property === 'memory-limit' ? status : 'held',
          evidence: '',
        })),
      ),
    ),
  };
}

describe('the exit code of the doctor', () => {
  it.each([
    { name: 'no engine works', table: { engines: [], rows: [] }, wanted: 'unfit' },
    { name: 'one holds everything', table: tableOf([{ engine: 'docker', status: 'held' }]), wanted: 'ok' },
    {
      name: 'one is weak, another holds everything',
      table: tableOf([
        { engine: 'docker', status: 'held' },
        { engine: 'bubblewrap', status: 'not-enforced' },
      ]),
      wanted: 'ok',
    },
    { name: 'all are weak', table: tableOf([{ engine: 'bubblewrap', status: 'not-enforced' }]), wanted: 'findings' },
    {
      name: 'one is broken, another holds everything',
      table: tableOf([
        { engine: 'docker', status: 'held' },
        { engine: 'bubblewrap', status: 'broken' },
      ]),
      wanted: 'findings',
    },
  ])('is $wanted when $name', ({ table, wanted }) => {
    expect(judgeTable(table)).toBe(wanted);
  });
});

it('examines the engine that is named and prints the table as JSON', async () => {
  const { PATH = '', HOME = '' } = process.env;
  const run = { cwd: PROJECT_ROOT, env: { PATH, HOME } };
  const { code, stdout } = await runCli(['doctor', '--sandbox', 'none', '--json'], run);
  const table = JSON.parse(stdout) as DoctorTable;
  expect(table.engines.map((engine) => engine.engine)).toEqual(['none']);
  expect(table.rows.find((row) => row.profile === 'strict')?.verdict).toBe('refused');
  expect(code).toBe(1);
});
