/** Does `espalier doctor`. Needs no repository and leaves nothing behind. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { openDoctorBench } from '../../adapters/sandbox/doctor-bench.ts';
import { probeEngines } from '../../adapters/sandbox/open-sandbox.ts';
import { renderDoctorJson, renderDoctorTable } from '../../core/report/doctor-report.ts';
import type { ExitName } from '../../core/report/exit-codes.ts';
import { line, type SpanStyle } from '../../core/report/spans.ts';
import type { DoctorTable } from '../../core/sandbox/doctor-table.ts';
import { SANDBOX_ENGINES, type SandboxEngine } from '../../core/sandbox/property.ts';
import { runDoctor } from '../../engine/doctor.ts';
import type { Session } from './session.ts';

/** Options of `doctor`. */
export interface DoctorOptions {
  sandbox?: SandboxEngine[];
  image?: string;
  json?: true;
}

/** Tries out the engines and prints what held. */
export async function examineMachine(session: Session, options: DoctorOptions): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-doctor-'));
  try {
    const table = await examine(session, options, folder);
    if (options.json === true) session.input.stdout.write(`${renderDoctorJson(table)}\n`);
    else session.out.print(renderDoctorTable(table).map((text) => line(text, styleOf(text))));
    session.end(judgeTable(table));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function examine(session: Session, options: DoctorOptions, folder: string): Promise<DoctorTable> {
  const { env } = session.input;
  const engines = options.sandbox ?? SANDBOX_ENGINES.filter((engine) => engine !== 'none');
  const probed = await probeEngines(engines, {
    root: options.image === undefined ? { kind: 'host' } : { kind: 'image', image: options.image },
    toolPaths: [],
    stateDir: path.join(folder, 'sandbox'),
    env,
  });
  const { bench, close } = await openDoctorBench(path.join(folder, 'bench'), env);
  try {
    return await runDoctor({
      // What an engine is known to lack is waived, so that the rest of it can be examined.
      subjects: probed.map(({ probe, createSandbox }) => ({
        probe,
        sandbox: createSandbox === null ? null : createSandbox(probe.missing.map(({ property }) => property)),
      })),
      bench,
      onStep: (engine, profile) => {
        session.note(`trying to break ${engine}, profile ${profile}`);
      },
    });
  } finally {
    await close();
  }
}

/**
 * `findings` if something that should hold was broken, or if no engine holds all that `strict` demands; `unfit` if no
 * engine works at all.
 */
export function judgeTable(table: DoctorTable): ExitName {
  if (!table.engines.some((engine) => engine.works)) return 'unfit';
  if (table.rows.some((row) => row.verdict === 'broken')) return 'findings';
  return table.rows.some((row) => row.profile === 'strict' && row.verdict === 'enforced') ? 'ok' : 'findings';
}

function styleOf(text: string): SpanStyle {
  if (/BROKEN/.test(text)) return 'bad';
  return /\b(?:missing|refused|not tried)\b/.test(text) ? 'warn' : 'plain';
}
