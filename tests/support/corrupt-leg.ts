/**
 * A machine that somebody else has taken over: it does the work of a leg honestly, and then leaves something else.
 *
 *     node tests/support/corrupt-leg.ts KIND TASK SHARED COMMAND…
 *
 * TASK is the honest leg beside it, which is run with the kind `watched`, or `late` to let another one be first; SHARED
 * is a folder where the two meet.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { writeZip } from './actions-runner/actions/zip.ts';
import { readPairs } from './actions-runner/environment-files.ts';
import { type Corruption, UPLOADED, WATCHED } from './corruptions.ts';
import { rawTree } from './git-intake.ts';

/** Above what is read of a work record. */
const OVERSIZED_BYTES = 33 * 1024 * 1024;
const LOOK_AGAIN_MS = 200;
const PATIENCE_MS = 240_000;

type Outputs = Record<string, string>;

const [kind = '', honest = '', shared = '', program = '', ...args] = process.argv.slice(2);
const { status } = spawnSync(program, args, { stdio: 'inherit' });
const outputFile = process.env['GITHUB_OUTPUT'] ?? '';
const outputs = readPairs(readFileSync(outputFile, 'utf8')).pairs;
if (kind === 'watched') writeFileSync(path.join(shared, WATCHED), JSON.stringify(outputs));
else if (kind === 'late') await waitFor(path.join(shared, UPLOADED));
else {
  const changed = { ...outputs, ...(await corruptions()[kind as Corruption](outputs)) };
  // The last word of a name counts, and an empty one is as none.
  const lines = Object.entries(changed).map(([name, value]) => `${name}<<end-of-output\n${value}\nend-of-output\n`);
  writeFileSync(outputFile, lines.join(''));
}
process.exitCode = status ?? 1;

function corruptions(): Record<Corruption, (left: Outputs) => Outputs | Promise<Outputs>> {
  return {
    'forged-result': (left) => {
      const file = (left['work'] ?? '').replace(/work\.json$/u, 'evidence.json');
      return { outcome: 'failed', evidence: file, 'evidence-sha256': write(file, forgeEvidence(recordOf(left))) };
    },
    'forged-record': (left) => {
      const { tests, ...record } = recordOf(left);
      const verified = tests.map((test) => ({ ...test, stage: 'verify' }));
      return { 'work-sha256': write(left['work'] ?? '', { ...record, tests: verified }) };
    },
    oversized: (left) => {
      const file = left['work'] ?? '';
      truncateSync(file, OVERSIZED_BYTES);
      return { 'work-sha256': digestOf(readFileSync(file)) };
    },
    'other-name': async (left) => {
      await waitFor(path.join(shared, UPLOADED));
      return takeName(left);
    },
    squatter: takeName,
    traversal: (left) => {
      const file = left['pack'] ?? '';
      const names = ['../../../../evil.sh', '/etc/cron.d/evil', '../espalier-room/repository.git/hooks/post-checkout'];
      const bytes = writeZip(names.map((name) => ({ name, bytes: Buffer.from('#!/bin/sh\n') })));
      writeFileSync(file, bytes);
      return { 'pack-sha256': digestOf(bytes) };
    },
    'evil-trees': (left) => {
      const file = left['pack'] ?? '';
      const { tree, stream } = packEvilTree();
      writeFileSync(file, stream);
      const { head, ...record } = recordOf(left);
      return {
        'pack-sha256': digestOf(stream),
        'work-sha256': write(left['work'] ?? '', { ...record, head: { ...head, treeSha: tree } }),
      };
    },
    'other-digests': async () => {
      const file = path.join(shared, WATCHED);
      await waitFor(file);
      const theirs = JSON.parse(readFileSync(file, 'utf8')) as Outputs;
      return { 'pack-sha256': theirs['pack-sha256'] ?? '', 'work-sha256': theirs['work-sha256'] ?? '' };
    },
  };
}

/** The pack under the name that the honest leg's has. */
function takeName(left: Outputs): Outputs {
  const own = left['pack'] ?? '';
  const file = path.join(path.dirname(own), `espalier-${honest}.1-pack`);
  writeFileSync(file, readFileSync(own));
  return { pack: file };
}

interface LeftRecord extends Record<string, unknown> {
  tests: Record<string, unknown>[];
  head: { commitSha: string; treeSha: string };
}

function recordOf(left: Outputs): LeftRecord {
  return JSON.parse(readFileSync(left['work'] ?? '', 'utf8')) as LeftRecord;
}

/** Evidence that says what only a verification may say. */
function forgeEvidence({ head, tests, timings: _timings, ...record }: LeftRecord): object {
  return {
    ...record,
    baseTreeSha: head.treeSha,
    headSha: head.commitSha,
    treeSha: head.treeSha,
    outcome: 'verified',
    failure: null,
    tests: tests.map((test) => ({ ...test, stage: 'verify' })),
    reviews: [],
    baseTests: 'not-needed',
    violations: [],
    changes: { files: 1, insertions: 1, deletions: 0 },
    paths: [],
    timings: {},
  };
}

/** A pack as the intake program writes it, of a tree that would write into `.git` and above its folder. */
function packEvilTree(): { tree: string; stream: Buffer } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'esp-evil-'));
  try {
    const git = (words: readonly string[], input: string | Uint8Array = ''): Buffer =>
      execFileSync('git', ['-C', folder, ...words], { input });
    const write = (type: string, bytes: string | Uint8Array): string =>
      git(['hash-object', '--literally', '-w', '-t', type, '--stdin'], bytes).toString().trim();
    git(['init', '-q']);
    const blob = write('blob', '#!/bin/sh\n');
    const hooks = write('tree', rawTree([{ mode: '100755', name: 'post-checkout', id: blob }]));
    const evil = write('tree', rawTree([{ mode: '40000', name: 'hooks', id: hooks }]));
    const tree = write(
      'tree',
      rawTree([
        { mode: '40000', name: '..', id: evil },
        { mode: '40000', name: '.git', id: evil },
        { mode: '120000', name: '.git', id: blob },
      ]),
    );
    const pack = git(['pack-objects', '--stdout', '-q'], `${[blob, hooks, evil, tree].join('\n')}\n`);
    return { tree, stream: Buffer.concat([Buffer.from(`${tree}\n`), pack]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a value as JSON; answers its digest. */
function write(file: string, value: object): string {
  const text = `${JSON.stringify(value)}\n`;
  writeFileSync(file, text);
  return digestOf(text);
}

function digestOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function waitFor(file: string): Promise<void> {
  for (let waitedMs = 0; !existsSync(file); waitedMs += LOOK_AGAIN_MS) {
    if (waitedMs > PATIENCE_MS) throw new Error(`${file} did not come.`);
    await setTimeout(LOOK_AGAIN_MS);
  }
}
