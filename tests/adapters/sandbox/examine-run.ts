/** A program for tests: examines one engine as whoever runs it, and prints the doctor's table as JSON. */
import { openDoctorBench } from '../../../src/adapters/sandbox/doctor-bench.ts';
import { probeEngines } from '../../../src/adapters/sandbox/open-sandbox.ts';
import { renderDoctorJson } from '../../../src/core/report/doctor-report.ts';
import type { SandboxEngine } from '../../../src/core/sandbox/property.ts';
import { runDoctor } from '../../../src/engine/doctor.ts';

const [engine, stateDir] = process.argv.slice(2) as [SandboxEngine, string];
const probed = await probeEngines([engine], { root: { kind: 'host' }, toolPaths: [], stateDir, env: process.env });
const { bench, close } = await openDoctorBench(stateDir, process.env);
const subjects = probed.map(({ probe, createSandbox }) => ({ probe, sandbox: createSandbox?.([]) ?? null }));
const table = await runDoctor({ subjects, bench, profiles: ['strict'] });
await close();
process.stdout.write(renderDoctorJson(table));
