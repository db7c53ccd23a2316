/**
 * `npm run check`: every static check, a few at a time. All of them run, whatever fails; what failed is printed whole,
 * and the last lines say which command mends it.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

/** One check: an npm script, and what a person does when it fails. */
interface Check {
  script: string;
  remedy: string;
}

const CHECKS: readonly Check[] = [
  { script: 'check:types', remedy: 'correct the types' },
  { script: 'check:lint', remedy: '`npm run fix` mends some of it' },
  { script: 'check:format', remedy: '`npm run fix`' },
  { script: 'check:imports', remedy: 'see the rules in .dependency-cruiser.mjs' },
  { script: 'check:dead-code', remedy: 'remove what nothing uses' },
  { script: 'check:docs', remedy: '`npm run docs`, and commit README.md' },
  { script: 'build:check', remedy: '`npm run build`, and commit dist/' },
];

const root = resolve(import.meta.dirname, '../..');

async function runCheck(check: Check): Promise<{ check: Check; passed: boolean; output: string; seconds: string }> {
  const startedAt = performance.now();
  const child = spawn('npm', ['run', '--silent', check.script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const passed = await new Promise<boolean>((settle, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      settle(code === 0);
    });
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  return { check, passed, output: Buffer.concat(chunks).toString('utf8').trim(), seconds };
}

const waiting = [...CHECKS];
const failed: Check[] = [];

async function work(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const { passed, output, seconds } = await runCheck(check);
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${check.script} (${seconds} s)`);
    if (!passed) {
      failed.push(check);
      if (output !== '') console.log(`\n${output}\n`);
    }
  }
}

await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, work));

if (failed.length > 0) {
  console.error(`\n${failed.length} of ${CHECKS.length} checks failed:`);
  for (const { script, remedy } of failed) console.error(`  npm run ${script}   ${remedy}`);
  process.exitCode = 1;
}
