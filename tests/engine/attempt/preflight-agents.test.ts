import { describe, expect, it } from 'vitest';

import type { TaskId } from '../../../src/core/brand.ts';
import type { ResolvedTask } from '../../../src/core/plan/plan.ts';
import { preflightAgents } from '../../../src/engine/attempt/preflight-agents.ts';
import type { Sandbox } from '../../../src/ports/sandbox.ts';
import { makeTask, script } from './attempt-room.ts';

const CLAUDE = { kind: 'preset' as const, name: 'claude', model: null };

function fakeSandbox(programs: string[], asked: string[] = []): Sandbox {
  return {
    engine: 'bubblewrap',
    waived: [],
    run: () => Promise.reject(new Error('not run here')),
    pathInside: ({ target }) => target,
    prepareWritable: () => Promise.resolve(),
    findProgram: (name) => {
      asked.push(name);
      return Promise.resolve(programs.includes(name) ? `/bin/${name}` : null);
    },
    reap: () => Promise.resolve(0),
  };
}

const USUAL = ['sh', 'git', 'grep', 'claude', 'node'];

async function findProblems(
  over: Partial<ResolvedTask>,
  programs = USUAL,
  env: Record<string, string> = {},
): Promise<string[]> {
  const problems = await preflightAgents([makeTask(over)], fakeSandbox(programs), env);
  return problems.map(({ severity, message, next }) => `${severity}: ${message} ${next}`);
}

describe('preflightAgents', () => {
  it('finds nothing where everything is there', async () => {
    expect(await findProblems({})).toEqual([]);
    const agent = { agent: CLAUDE, profile: 'development' as const, env: ['ANTHROPIC_API_KEY'] };
    expect(await findProblems(agent, USUAL, { ANTHROPIC_API_KEY: 'k' })).toEqual([]);
  });

  it.each([
    [
      'an agent that is missing',
      { agent: { kind: 'command' as const, command: ['my-agent'] } },
      USUAL,
      {},
      /error: The program 'my-agent' of the agent was not found inside/,
    ],
    [
      'a reviewer that is missing',
      {
        review: {
          reviewer: { kind: 'command' as const, command: ['/opt/judge'] },
          threshold: 1,
          iterations: 1,
          rubric: '',
        },
      },
      USUAL,
      {},
      /error: The program '\/opt\/judge' of the reviewer/,
    ],
    [
      'a misspelt preset',
      { agent: { ...CLAUDE, name: 'clade' } },
      USUAL,
      {},
      /error: There is no agent preset 'clade'. Did you mean 'claude'\?/,
    ],
    [
      'a model behind a network that is not there',
      { agent: CLAUDE, env: ['ANTHROPIC_API_KEY'] },
      USUAL,
      { ANTHROPIC_API_KEY: 'k' },
      /error: .*the profile 'strict' has none.*development/,
    ],
    [
      'a credential that is not set',
      { agent: CLAUDE, profile: 'development' as const },
      USUAL,
      {},
      /error: .*no credential.*Set ANTHROPIC_API_KEY/,
    ],
    [
      'a credential that is set but not handed in',
      { agent: CLAUDE, profile: 'development' as const },
      USUAL,
      { ANTHROPIC_API_KEY: 'k' },
      /error: .*ANTHROPIC_API_KEY is set: list it/,
    ],
    ['a test that is missing', { test: [['pytest']] }, USUAL, {}, /error: The program 'pytest' of the test command/],
    [
      'a test that the setup may install',
      { test: [['pytest']], setup: [['sh', 'install.sh']] },
      USUAL,
      {},
      /warning: The program 'pytest'/,
    ],
    ['a setup that is missing', { setup: [['npm', 'ci']] }, USUAL, {}, /error: The program 'npm' of the setup command/],
    ['a sandbox without git', {}, ['sh', 'grep'], {}, /error: The sandbox has no 'git'/],
    [
      'a variable that steers the loader',
      { env: ['LD_PRELOAD'] },
      USUAL,
      { LD_PRELOAD: 'x' },
      /error: The variable 'LD_PRELOAD' cannot be handed in/,
    ],
    ['a variable that is not set', { env: ['NOT_SET'] }, USUAL, {}, /warning: The variable 'NOT_SET'/],
    ['a port that has no usable name', { ports: ['PATH'] }, USUAL, {}, /error: 'PATH' cannot name a port/],
    [
      'a budget that the agent cannot hold',
      { budgetUsd: 1 },
      USUAL,
      {},
      /warning: .*does not stop by itself.*ESPALIER_USAGE_FILE/,
    ],
  ])('finds %s', async (_name, over, programs, env, wanted) => {
    const problems = await findProblems(over, programs, env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(wanted);
  });

  it('looks for no program that lies in the worktree', async () => {
    expect(await findProblems({ agent: { kind: 'command', command: ['./agent.sh'] }, test: [['tools/test']] })).toEqual(
      [],
    );
  });

  it('says once what many tasks have in common, and looks for each program once', async () => {
    const asked: string[] = [];
    const tasks = Array.from({ length: 50 }, (_, i) =>
      makeTask({ id: `t${i}` as TaskId, agent: script('x'), test: [['pytest']] }),
    );
    const problems = await preflightAgents(tasks, fakeSandbox(USUAL, asked), {});
    expect(problems).toHaveLength(1);
    expect(problems[0]?.tasks).toHaveLength(50);
    expect(asked.sort()).toEqual(['git', 'pytest', 'sh']);
  });
});
