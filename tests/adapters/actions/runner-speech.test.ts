import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeTemporaryFolder } from '../../support/git-fixture.ts';
import type { Saying } from './speak.ts';

const run = promisify(execFile);
const PROGRAM = path.join(import.meta.dirname, 'speak.ts');

describe('what a step says', { timeout: 30_000 }, () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    for (const name of ['output', 'summary']) await writeFile(path.join(folder.path, name), '');
  });
  afterEach(async () => {
    await folder[Symbol.asyncDispose]();
  });

  async function speak(sayings: Saying[]): Promise<{ lines: string[]; output: string; summary: string }> {
    const [output, summary] = [path.join(folder.path, 'output'), path.join(folder.path, 'summary')];
    const env = { PATH: process.env['PATH'], GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
    const script = path.join(folder.path, 'sayings.json');
    await writeFile(script, JSON.stringify(sayings));
    const { stdout } = await run(process.execPath, [PROGRAM, script], { env });
    return {
      lines: stdout.split('\n').filter((line) => line !== ''),
      output: await readFile(output, 'utf8'),
      summary: await readFile(summary, 'utf8'),
    };
  }

  it('is never a command of the runner, whoever wrote it', async () => {
    const { lines } = await speak([
      ['say', '::set-env name=PATH::/evil'],
      ['say', '  ::add-path::/evil'],
      ['say', 'a\n::stop-commands::x\r\n::error::y'],
      ['say', 'before ##[set-env name=PATH]/evil'],
      ['log', 'info', '::group::x', { text: '\n::warning::z' }],
    ]);
    for (const line of lines) expect(line).not.toMatch(/^\s*::|##\[/);
    expect(lines).toHaveLength(5);
  });

  it('keeps an annotation on one line, and shows ten of a kind at most', async () => {
    const { lines } = await speak([
      ['annotate', 'error', 'first\n::set-output name=outcome::good'],
      ...Array.from({ length: 12 }, (_, at): Saying => ['log', 'warn', `warning ${at}`, {}]),
    ]);
    expect(lines[0]).toMatch(/^::error::first.*set-output/);
    expect(lines.filter((line) => line.startsWith('::warning::'))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('warning: warning 1'))).toHaveLength(2);
  });

  it('has no secret in it from when it is told of one, of several lines too', async () => {
    const key = '-----BEGIN KEY-----\nMIIEvery-long-line-of-key\nanother-line-of-it\n-----END KEY-----';
    const { lines, summary } = await speak([
      ['hide', ['token-0123456789', key, 'short', '']],
      ['say', 'the token-0123456789 and MIIEvery-long-line-of-key'],
      ['annotate', 'warning', 'again token-0123456789'],
      ['summarize', `in the summary: token-0123456789 ${key}`],
      ['log', 'error', 'failed', { cause: 'with token-0123456789' }],
    ]);
    expect(lines).toContain('::add-mask::token-0123456789');
    expect(lines).toContain('::add-mask::MIIEvery-long-line-of-key');
    expect(lines).not.toContain('::add-mask::short');
    expect(lines).not.toContain('::add-mask::');
    const said = lines.filter((line) => !line.startsWith('::add-mask::')).join('\n') + summary;
    expect(said).not.toMatch(/token-0123456789|MIIEvery|another-line/);
  });

  it('sets outputs whose value cannot end them early', async () => {
    const { output } = await speak([['setOutput', 'outcome', 'good\nghadelimiter\nevil=1']]);
    const [, delimiter = ''] = /^outcome<<(ghadelimiter_[0-9a-f-]+)$/m.exec(output) ?? [];
    expect(output).toBe(`outcome<<${delimiter}\ngood\nghadelimiter\nevil=1\n${delimiter}\n`);
  });

  it('cuts a summary that the runner would refuse, and says so', async () => {
    const line = `${'é'.repeat(500)}\n`;
    const { summary } = await speak([
      ['summarize', line.repeat(30)],
      ...Array.from({ length: 40 }, (): Saying => ['summarize', line.repeat(30)]),
    ]);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(Buffer.byteLength(summary)).toBeGreaterThan(1024 * 1024 - 4096);
    expect(summary).toMatch(/did not fit into the 1 MiB/);
    expect(summary).not.toContain('\ufffd');
  });

  it('folds a group in the log', async () => {
    const { lines } = await speak([['group', 'Work\n::x::', 'inside']]);
    expect(lines).toEqual(['::group::Work\\n::x::', 'inside', '::endgroup::']);
  });
});
