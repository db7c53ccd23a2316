/** The App as a process of its own with scripted parts: `node scripted-app.ts`, driven by its environment. */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startProcess } from '../../../src/entrypoints/app/start-process.ts';
import { ScriptedParts } from './scripted-parts.ts';

const parts = new ScriptedParts();
const reconcileMs = Number(process.env['SCRIPT_RECONCILE_MS'] ?? 0);

function say(message: string): void {
  process.stdout.write(`${JSON.stringify({ message })}\n`);
}

parts.outcome = async () => {
  say('reconcile begins');
  await pause(reconcileMs);
  say('reconcile ends');
  if (process.env['SCRIPT_DEFECT'] === 'yes') void Promise.reject(new Error(`a defect ghs_${'a1B2'.repeat(10)}`));
  return { wakeAtMs: null, again: false };
};

await startProcess(parts.open, path.resolve(import.meta.dirname, '../../..'));
