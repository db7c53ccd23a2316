/**
 * The demo's agent and reviewer: two small programs that are written into the demo's folder as they stand here, so
 * that they can be read and run there. Neither calls a model; both work only with what a real one would get.
 */

/** Edits the worktree as `script.json` next to it says for the task and round that the prompt names. */
export const DEMO_AGENT = String.raw`// A scripted agent: reads the prompt on standard input and edits the current directory.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const script = JSON.parse(readFileSync(join(import.meta.dirname, 'script.json'), 'utf8'));
const prompt = readFileSync(0, 'utf8');
const task = /^# Task ([a-z0-9-]+)/.exec(prompt)?.[1];
const rounds = script.rounds[task];
if (!rounds) {
  console.error('the prompt names no task of the script');
  process.exit(2);
}

// Conflicts first: both sides are kept, the base's before the task's own.
const conflicts = /## Conflicts to solve first\n([\s\S]*?)(?:\n## |$)/.exec(prompt)?.[1] ?? '';
for (const [, path] of conflicts.matchAll(/^- ${'`'}(.+)${'`'}$/gm)) {
  console.log('solving the conflict in ' + path);
  await pause(script.pauseMs);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/^<{7}.*\n|^\|{7}[\s\S]*?(?=^={7}$)|^={7}\n|^>{7}.*\n/gm, ''));
}

const round = Number(/\(round (\d+) of \d+\)/.exec(prompt)?.[1] ?? 1);
const { says, writes = {}, inserts = [] } = rounds[Math.min(round, rounds.length) - 1];
for (const line of says) {
  console.log(line);
  await pause(script.pauseMs);
}
for (const [path, text] of Object.entries(writes)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
for (const { path, after, text } of inserts) {
  const old = readFileSync(path, 'utf8');
  if (!old.includes(text.trim())) writeFileSync(path, old.replace(after + '\n', after + '\n' + text + '\n'));
}
console.log('done');
// No model was called. This is how a command says what it used.
if (process.env.ESPALIER_USAGE_FILE) writeFileSync(process.env.ESPALIER_USAGE_FILE, JSON.stringify({ costUsd: 0, turns: 1 }));
`;

/** Scores a change by rules that can be checked, and answers as the rubric asks. */
export const DEMO_REVIEWER = String.raw`// A scripted reviewer: reads the change and prints one JSON object with a score and findings.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const script = JSON.parse(readFileSync(new URL('script.json', import.meta.url), 'utf8'));
const prompt = readFileSync(0, 'utf8');
const inputs = /^- (\/.*)\/change\.diff /m.exec(prompt)?.[1];
if (!inputs) {
  console.error('the prompt does not say where the change is');
  process.exit(2);
}
await pause(script.pauseMs);
const findings = [];
let score = 10;
function find(points, severity, path, line, message) {
  score -= points;
  findings.push({ severity, path, line, message });
}

const files = readFileSync(inputs + '/change.diff', 'utf8').split(/^diff --git /m).slice(1);
const paths = files.map((file) => /^\+\+\+ b\/(.*)$/m.exec(file)?.[1] ?? null);
const tests = files.filter((_, index) => /\.test\.mjs$/.test(paths[index] ?? ''));
for (const [index, file] of files.entries()) {
  const path = paths[index];
  if (path === null) continue;
  let line = 0;
  for (const text of file.split('\n')) {
    const start = /^@@ -\S+ \+(\d+)/.exec(text)?.[1];
    if (start) line = Number(start) - 1;
    else if (!text.startsWith('-')) line += 1;
    if (!text.startsWith('+') || text.startsWith('+++')) continue;
    if (/^\+(<{7}|={7}|>{7})/.test(text)) find(10, 'blocking', path, line, 'a conflict marker was left');
    if (/signature\s*===|===\s*sign\(/.test(text))
      find(4, 'blocking', path, line, 'compare signatures in constant time (timingSafeEqual)');
    if (/console\.log/.test(text)) find(1, 'warning', path, line, 'output was left in a library');
  }
  const name = /^(?:src|scripts)\/([a-z]+)\.mjs$/.exec(path)?.[1];
  const isNew = /^new file mode/m.test(file);
  if (name && isNew && !tests.some((test) => test.includes('/' + name + '.mjs')))
    find(2, 'warning', path, null, 'no test covers this new module');
}
if (process.env.ESPALIER_USAGE_FILE) writeFileSync(process.env.ESPALIER_USAGE_FILE, JSON.stringify({ costUsd: 0, turns: 1 }));
console.log(JSON.stringify({ score: Math.max(0, score), findings }));
`;
