import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { EXIT_CODE_TABLE } from '../../../src/core/report/exit-codes.ts';
import { buildProgram } from '../../../src/entrypoints/cli/program.ts';
import { openSession } from '../../../src/entrypoints/cli/session.ts';
import { ESPALIER_VERSION } from '../../../src/entrypoints/cli/version.ts';
import { PROJECT_ROOT, runCli } from './run-cli.ts';

const COMMANDS = [
  'check',
  'run',
  'status',
  'why',
  'retry',
  'cancel',
  'pause',
  'resume',
  'certificate',
  'logs',
  'doctor',
  'clean',
  'init',
  'uninstall',
  'demo',
];

async function cli(...args: string[]): ReturnType<typeof runCli> {
  return runCli(args, { cwd: PROJECT_ROOT });
}

describe('the program', () => {
  it('has exactly the commands that are documented', async () => {
    const session = openSession({
      argv: [],
      env: {},
      cwd: '/',
      stdin: process.stdin,
      stdout: { write: () => true },
      stderr: { write: () => true },
      selfCommand: ['espalier'],
      onInterrupt: () => () => {},
      exitNow: () => {},
    });
    expect(buildProgram(session).commands.map((command) => command.name())).toEqual(COMMANDS);
  });

  it.each(COMMANDS)('explains %s with its arguments, options and examples, on standard output', async (command) => {
    const { code, stdout, stderr } = await cli(command, '--help');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`Usage: espalier ${command}`);
    expect(stdout).toContain('Examples:');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  it('lists every exit code in its own help', async () => {
    const { stdout } = await cli('--help');
    for (const { code } of EXIT_CODE_TABLE) expect(stdout).toMatch(new RegExp(`^  ${code} .*`, 'm'));
    expect(stdout).toContain(EXIT_CODE_TABLE[0].meaning);
  });

  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await cli('--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(ESPALIER_VERSION).toBe(version);
  });

  it.each([
    { args: [], says: 'Usage: espalier' },
    { args: ['chekc', 'PLAN.md'], says: 'Did you mean check?' },
    { args: ['run', '--sandbx', 'none', 'PLAN.md'], says: 'Did you mean --sandbox?' },
    { args: ['run', '--sandbox', 'bubblewrp', 'PLAN.md'], says: 'Did you mean bubblewrap?' },
    { args: ['run', '--waive', 'memory-limit,secomp', 'PLAN.md'], says: 'Did you mean seccomp?' },
    { args: ['run', '--max-parallel', '0', 'PLAN.md'], says: 'a whole number from 1 to 256' },
    { args: ['run', '--timeout', 'soon', 'PLAN.md'], says: "written as '30m'" },
    { args: ['run', '--budget', '-3', 'PLAN.md'], says: 'US dollars' },
    { args: ['run'], says: "missing required argument 'plan'" },
    { args: ['clean', '--older-than', '3 moons'], says: 'such as 14d' },
    { args: ['cancel'], says: 'either the ids of tasks or --all' },
    { args: ['cancel', 'a', '--all'], says: 'either the ids of tasks or --all' },
    { args: ['why', '../x'], says: 'is not a task' },
    { args: ['check', '--json', '--mermaid', 'README.md'], says: 'two forms of the same answer' },
    { args: ['run', '--no-review', '--reviewer', 'claude', 'PLAN.md'], says: 'contradict each other' },
    { args: ['run', '--agent', 'cluade', 'PLAN.md'], says: "did you mean 'claude'?" },
    { args: ['run', '--test', 'a | b', 'PLAN.md'], says: 'would need a shell' },
  ])('refuses $args with exit code 2 and says what is meant', async ({ args, says }) => {
    const { code, stdout, stderr } = await cli(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('espalier check', () => {
  const PLAN = 'plan: garden\ntasks:\n  a: {spec: dig}\n  b: {spec: sow, needs: [a]}\n';

  async function check(text: string, ...options: string[]): ReturnType<typeof runCli> {
    return runCli(['check', '-', ...options], { cwd: PROJECT_ROOT, stdin: text });
  }

  it('reads a plan from standard input and prints it on standard output', async () => {
    const { code, stdout, stderr } = await check(PLAN);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 tasks, 1 edge');
  });

  it('prints JSON and Mermaid for scripts', async () => {
    const json = JSON.parse((await check(PLAN, '--json')).stdout) as { plan: { tasks: { id: string }[] } };
    expect(json.plan.tasks.map((task) => task.id)).toEqual(['a', 'b']);
    const mermaid = await check(PLAN, '--mermaid');
    expect(mermaid.code).toBe(0);
    expect(mermaid.stdout).toMatch(/^(?:flowchart|graph) /m);
  });

  it('names every problem with its place and the nearest right name, and ends with 2', async () => {
    const { code, stdout } = await check('plan: p\ntasks:\n  alpha: {spec: x}\n  b: {spec: y, needs: [alpa]}\n');
    expect(code).toBe(2);
    expect(stdout).toContain('standard input:4');
    expect(stdout).toContain("did you mean 'alpha'?");
  });

  it.each([
    { said: 'no-such-plan.md', because: 'there is no such file' },
    { said: 'src', because: 'is a folder' },
  ])('says of $said that $because', async ({ said, because }) => {
    const { code, stderr } = await cli('check', said);
    expect(code).toBe(2);
    expect(stderr).toContain(because);
    expect(stderr).toContain('next: ');
  });

  it('does not choke on bytes that are no text', async () => {
    const { code } = await runCli(['check', '-'], { cwd: PROJECT_ROOT, stdin: '\u0000\u0001\u001b[2J' });
    expect(code).toBe(2);
  });
});
