/** The doctor's table for a person (lines of text) and for a script (JSON). */
import type { DoctorCell, DoctorRow, DoctorStatus, DoctorTable } from '../sandbox/doctor-table.ts';
import { PROPERTIES } from '../sandbox/property.ts';

const WORDS: Readonly<Record<DoctorStatus, string>> = {
  held: 'held',
  broken: 'BROKEN',
  'not-enforced': 'missing',
  'not-tried': 'not tried',
  'not-demanded': 'open',
};

/** The table as JSON with two spaces of indentation, and a version for scripts to look at. */
export function renderDoctorJson(table: DoctorTable): string {
  return JSON.stringify({ version: 1, ...table }, null, 2);
}

/** The table as lines: what was found of each engine, properties against engines, then the evidence of each cell. */
export function renderDoctorTable(table: DoctorTable): string[] {
  return [
    ...renderEngines(table),
    '',
    ...renderGrid(table.rows),
    ...renderVerdicts(table.rows),
    '',
    ...renderEvidence(table.rows),
  ];
}

function renderEngines(table: DoctorTable): string[] {
  return table.engines.map(({ engine, works, because, nextStep }) => {
    const step = nextStep === '' ? '' : `. Next: ${nextStep}`;
    return `${engine.padEnd(11)} ${works ? 'works' : 'does not work'}: ${because}${step}`;
  });
}

function heading({ engine, profile }: DoctorRow): string {
  return `${engine} ${profile}`;
}

function renderGrid(rows: readonly DoctorRow[]): string[] {
  if (rows.length === 0) return [];
  const first = Math.max(...PROPERTIES.map((property) => property.length));
  const widths = rows.map((row) => Math.max(heading(row).length, 9));
  const line = (name: string, cells: readonly string[]): string =>
    [name.padEnd(first), ...cells.map((text, at) => text.padEnd(widths[at] ?? 0))].join('  ').trimEnd();
  return [
    line('', rows.map(heading)),
    ...PROPERTIES.map((property) =>
      line(
        property,
        rows.map((row) => WORDS[findCell(row, property)?.status ?? 'not-tried']),
      ),
    ),
    '',
  ];
}

function findCell(row: DoctorRow, property: string): DoctorCell | undefined {
  return row.cells.find((cell) => cell.property === property);
}

function renderVerdicts(rows: readonly DoctorRow[]): string[] {
  return rows.map((row) => {
    const names = row.unmet.join(',');
    switch (row.verdict) {
      case 'enforced':
        return `${heading(row)}: everything that the profile demands held`;
      case 'broken':
        return `${heading(row)}: BROKEN, do not run untrusted code on it (${names})`;
      case 'refused':
        return row.engine === 'none'
          ? `${heading(row)}: no sandbox, used only when it is asked for by name`
          : `${heading(row)}: refused here, unless with --waive ${names}`;
    }
  });
}

function renderEvidence(rows: readonly DoctorRow[]): string[] {
  return rows.flatMap((row) => [
    heading(row),
    ...row.cells.map(({ property, status, evidence }) => `  ${WORDS[status].padEnd(9)} ${property}: ${evidence}`),
    '',
  ]);
}
