/**
 * Claude Code, headless. Flags: https://code.claude.com/docs/en/cli-reference; stream:
 * https://code.claude.com/docs/en/headless (`stream-json` wants `--verbose` with `--print`).
 */
import { cleanLine } from '../text/clean-text.ts';
import type { AgentPreset, CallSettings } from './agent-preset.ts';
import { asAmount, asCount, asRecord, asText, parseJsonLine, type AgentReading } from './agent-reading.ts';

const READ_ONLY_TOOLS = 'Read,Grep,Glob';

/** The preset `claude`. */
export const CLAUDE_CODE: AgentPreset = {
  name: 'claude',
  program: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',
  needsNetwork: true,
  credentials: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_AUTH_TOKEN'],
  settings: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_MODEL', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
  holdsBudget: true,
  buildArguments,
  buildEnvironment: (settings) => ({
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // Claude Code refuses to skip permissions as uid 0 unless told that it is in a sandbox; with the engine
    // `none` that would be a lie, so there it is not said.
    ...(settings.isSandboxed ? { IS_SANDBOX: '1' } : {}),
  }),
  readLine,
};

function buildArguments(settings: CallSettings): string[] {
  return [
    '--print',
    '--output-format',
    'stream-json',
    '--verbose',
    // MCP servers of the repository would run with whatever configuration the change brings.
    '--strict-mcp-config',
    ...permissionArguments(settings),
    ...(settings.budgetUsd === null ? [] : ['--max-budget-usd', settings.budgetUsd.toFixed(4)]),
    ...(settings.model === null ? [] : ['--model', settings.model]),
  ];
}

function permissionArguments({ role, isSandboxed, workspace }: CallSettings): string[] {
  if (role === 'review') {
    // `--setting-sources user` leaves out the settings and hooks that the reviewed change could bring along.
    return [
      '--setting-sources',
      'user',
      '--tools',
      READ_ONLY_TOOLS,
      '--allowedTools',
      READ_ONLY_TOOLS,
      '--add-dir',
      workspace,
    ];
  }
  // The sandbox around it is the boundary, and nobody is there to answer a permission prompt.
  return isSandboxed ? ['--dangerously-skip-permissions'] : ['--permission-mode', 'acceptEdits'];
}

function readLine(reading: AgentReading, line: string): AgentReading {
  const event = parseJsonLine(line);
  if (event === null) return reading;
  if (event['type'] === 'assistant') return readAssistant(reading, event);
  if (event['type'] === 'result') return readResult(reading, event);
  return reading;
}

function readAssistant(reading: AgentReading, event: Record<string, unknown>): AgentReading {
  const content = asRecord(event['message'])?.['content'];
  if (!Array.isArray(content)) return reading;
  let { activity, finalText } = reading;
  for (const part of content) {
    const block = asRecord(part);
    if (block?.['type'] === 'text') {
      finalText = asText(block['text']) ?? finalText;
      activity = cleanLine(finalText ?? '', 120) || activity;
    }
    if (block?.['type'] === 'tool_use') activity = describeToolUse(block) || activity;
  }
  return { ...reading, activity, finalText };
}

function describeToolUse(block: Record<string, unknown>): string {
  const input = asRecord(block['input']);
  const about = ['file_path', 'path', 'command', 'pattern', 'description', 'query']
    .map((key) => asText(input?.[key]))
    .find((text) => text !== null);
  return cleanLine(`${asText(block['name']) ?? 'tool'} ${about ?? ''}`, 120);
}

function readResult(reading: AgentReading, event: Record<string, unknown>): AgentReading {
  const usage = asRecord(event['usage']);
  const subtype = asText(event['subtype']) ?? 'no subtype';
  // `is_error` may be true under the subtype `success`, and false under an error subtype: either is an error.
  const isError = event['is_error'] !== false || subtype !== 'success';
  const text = asText(event['result']);
  return {
    usage: {
      costUsd: asAmount(event['total_cost_usd']),
      inputTokens: sumInputTokens(usage),
      outputTokens: asCount(usage?.['output_tokens']),
      turns: asCount(event['num_turns']),
    },
    activity: reading.activity,
    error: isError ? cleanLine(`${subtype}: ${text ?? readErrors(event['errors'])}`, 500) : null,
    finalText: text ?? reading.finalText,
    hasEnded: true,
  };
}

function readErrors(errors: unknown): string {
  return Array.isArray(errors) ? errors.filter((one) => typeof one === 'string').join('; ') : 'no message';
}

/** `input_tokens` leaves out what went through the prompt cache; that was read and paid for too. */
function sumInputTokens(usage: Record<string, unknown> | null): number | null {
  const fresh = asCount(usage?.['input_tokens']);
  if (fresh === null) return null;
  return asCount(
    fresh + (asCount(usage?.['cache_creation_input_tokens']) ?? 0) + (asCount(usage?.['cache_read_input_tokens']) ?? 0),
  );
}
