import { describe, expect, it } from 'vitest';

import type { CallSettings } from '../../../src/core/agents/agent-preset.ts';
import { describeAgent, planAgentCall } from '../../../src/core/agents/describe-agent.ts';

const EDIT: CallSettings = { role: 'edit', model: null, budgetUsd: null, isSandboxed: true, workspace: '/workspace' };
const CLAUDE = { kind: 'preset' as const, name: 'claude', model: null };
const CODEX = { kind: 'preset' as const, name: 'codex', model: null };

describe('describeAgent', () => {
  it('says what each preset needs', () => {
    expect(describeAgent(CLAUDE)).toMatchObject({
      kind: 'known',
      description: {
        program: 'claude',
        needsNetwork: true,
        needsOneOf: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_AUTH_TOKEN'],
        holdsBudget: true,
      },
    });
    expect(describeAgent(CODEX)).toMatchObject({
      kind: 'known',
      description: { program: 'codex', holdsBudget: false },
    });
    expect(describeAgent({ kind: 'command', command: ['./agent.sh', '-x'] })).toMatchObject({
      kind: 'known',
      description: { program: './agent.sh', needsNetwork: false, needsOneOf: [] },
    });
  });

  it.each([
    ['cluade', 'claude'],
    ['Codex', 'codex'],
    ['something-else', null],
    ['__proto__', null],
  ])('does not know %s', (name, nearest) => {
    expect(describeAgent({ kind: 'preset', name, model: null })).toEqual({ kind: 'unknown-preset', name, nearest });
  });
});

describe('planAgentCall', () => {
  it('calls Claude Code headlessly, with model and budget', () => {
    const call = planAgentCall({ ...CLAUDE, model: 'opus' }, { ...EDIT, model: 'opus', budgetUsd: 1.5 }, {});
    expect(call?.command).toEqual([
      'claude',
      '--print',
      '--output-format',
      'stream-json',
      '--verbose',
      '--strict-mcp-config',
      '--dangerously-skip-permissions',
      '--max-budget-usd',
      '1.5000',
      '--model',
      'opus',
    ]);
    expect(call?.env['IS_SANDBOX']).toBe('1');
  });

  it('calls Codex headlessly, with the prompt from standard input', () => {
    expect(planAgentCall(CODEX, { ...EDIT, model: 'm' }, {})?.command).toEqual([
      'codex',
      'exec',
      '--json',
      '--skip-git-repo-check',
      '--dangerously-bypass-approvals-and-sandbox',
      '--model',
      'm',
      '-',
    ]);
  });

  it.each([CLAUDE, CODEX])('keeps the own checks of $name on where there is no sandbox', (choice) => {
    const call = planAgentCall(choice, { ...EDIT, isSandboxed: false }, {});
    expect(call?.command.join(' ')).not.toContain('dangerously');
    expect(call?.env['IS_SANDBOX']).toBeUndefined();
  });

  it('lets a reviewing Claude Code read only, without the settings of what it reviews', () => {
    const command = planAgentCall(CLAUDE, { ...EDIT, role: 'review' }, {})?.command.join(' ') ?? '';
    expect(command).toContain('--tools Read,Grep,Glob');
    expect(command).toContain('--setting-sources user');
    expect(command).not.toContain('dangerously');
  });

  it('hands an editing agent everything that the task names, a reviewing preset only what is its own', () => {
    const handed = { ANTHROPIC_API_KEY: 'k', DATABASE_URL: 'd' };
    expect(planAgentCall(CLAUDE, EDIT, handed)?.env).toMatchObject(handed);
    const review = planAgentCall(CLAUDE, { ...EDIT, role: 'review' }, handed)?.env ?? {};
    expect(review['ANTHROPIC_API_KEY']).toBe('k');
    expect(review['DATABASE_URL']).toBeUndefined();
  });

  it('gives Codex its key under the name that it reads', () => {
    expect(planAgentCall(CODEX, EDIT, { OPENAI_API_KEY: 'k' })?.env['CODEX_API_KEY']).toBe('k');
    expect(planAgentCall(CODEX, EDIT, { OPENAI_API_KEY: 'k', CODEX_API_KEY: 'c' })?.env['CODEX_API_KEY']).toBe('c');
  });

  it('has no answer for a preset that does not exist', () => {
    expect(planAgentCall({ ...CLAUDE, name: 'nope' }, EDIT, {})).toBeNull();
  });
});
