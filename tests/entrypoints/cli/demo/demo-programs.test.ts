import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DEMO_AGENT, DEMO_REVIEWER } from '../../../../src/entrypoints/cli/demo/demo-programs.ts';
import { DEMO_FILES } from '../../../../src/entrypoints/cli/demo/demo-repository.ts';
import { DEMO_SCRIPT } from '../../../../src/entrypoints/cli/demo/demo-script.ts';
import { DEMO_TASK_IDS } from '../../../../src/entrypoints/cli/demo/demo-plan.ts';

let folder = '';
let work = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-demo-test-'));
  work = join(folder, 'work');
  writeFiles(folder, {
    'agent.mjs': DEMO_AGENT,
    'reviewer.mjs': DEMO_REVIEWER,
    'script.json': JSON.stringify({ pauseMs: 1, rounds: DEMO_SCRIPT }),
  });
  writeFiles(work, DEMO_FILES);
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'test');
  git('config', 'user.email', 'test@localhost');
  git('add', '--all');
  git('commit', '-q', '-m', 'begin');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: work, encoding: 'utf8' });
}

function run(program: string, prompt: string): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(folder, program)], { cwd: work }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout });
    });
    child.stdin?.end(prompt);
  });
}

async function workOn(task: string, round: number): Promise<void> {
  const feedback = round > 1 ? `\n## What must change now (round ${round} of 5)\n\nfindings\n` : '';
  const done = await run('agent.mjs', `# Task ${task}: title\n${feedback}`);
  expect(done.code).toBe(0);
}

async function review(): Promise<{
  score: number;
  findings: { severity: string; path: string; line: number | null }[];
}> {
  git('add', '--all');
  const inputs = join(folder, 'inputs');
  mkdirSync(inputs, { recursive: true });
  writeFileSync(join(inputs, 'change.diff'), git('diff', '--cached', 'HEAD'));
  const done = await run('reviewer.mjs', `Review one change.\n\n- ${inputs}/change.diff is the change; x\n`);
  expect(done.code).toBe(0);
  return JSON.parse(done.stdout) as Awaited<ReturnType<typeof review>>;
}

function runTests(): void {
  execFileSync(process.execPath, ['--test'], { cwd: work, encoding: 'utf8' });
}

describe('the scripted agent and reviewer', () => {
  it('let the security task fail its review twice, each time for another reason, and then pass', async () => {
    await workOn('security-agent', 1);
    const first = await review();
    expect(first.score).toBe(4);
    const lines = readFileSync(join(work, 'src/tokens.mjs'), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('signature ===')) + 1;
    expect(first.findings).toContainEqual(
      expect.objectContaining({ severity: 'blocking', path: 'src/tokens.mjs', line }),
    );
    await workOn('security-agent', 2);
    expect((await review()).score).toBe(8);
    await workOn('security-agent', 3);
    expect(await review()).toEqual({ score: 10, findings: [] });
    runTests();
  });

  it.each(['backend-agent', 'frontend-agent', 'rag-agent', 'devops-agent', 'docs-agent'])(
    'satisfy the reviewer and the tests with the work of %s',
    async (task) => {
      await workOn(task, 1);
      expect(await review()).toEqual({ score: 10, findings: [] });
      runTests();
    },
  );

  it('bring all tasks together to a library whose tests pass', async () => {
    for (const task of DEMO_TASK_IDS)
      for (let round = 1; round <= DEMO_SCRIPT[task]!.length; round += 1) await workOn(task, round);
    runTests();
    expect(readFileSync(join(work, 'src/index.mjs'), 'utf8')).toContain("export { createNotes } from './notes.mjs';");
  });

  it('solve a conflict by keeping both sides', async () => {
    git('switch', '-q', '-c', 'other');
    await workOn('rag-agent', 1);
    git('add', '--all');
    git('commit', '-q', '-m', 'rag');
    git('switch', '-q', 'main');
    await workOn('devops-agent', 1);
    git('add', '--all');
    git('commit', '-q', '-m', 'devops');
    expect(() => git('merge', '-q', 'other')).toThrow('git merge');
    const prompt =
      '# Task rag-agent: x\n\n## Conflicts to solve first\n\nThese:\n\n- `CHANGELOG.md`\n\n## What went wrong\n';
    expect((await run('agent.mjs', prompt)).code).toBe(0);
    const text = readFileSync(join(work, 'CHANGELOG.md'), 'utf8');
    expect(text).not.toMatch(/[<=>]{7}/);
    expect(text.match(/^- .*$/gm)).toEqual([
      '- Back-ups, one note per line.',
      '- Search over all notes.',
      '- The store.',
    ]);
  });

  it('refuse a prompt that they cannot read', async () => {
    expect((await run('agent.mjs', '# Task unknown: x')).code).toBe(2);
    expect((await run('reviewer.mjs', 'hello')).code).toBe(2);
  });

  it('find a conflict marker that was left', async () => {
    writeFileSync(join(work, 'README.md'), '<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n');
    expect((await review()).score).toBe(0);
  });
});
