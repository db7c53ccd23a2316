/**
 * Codex, headless. Flags and events: https://developers.openai.com/codex/noninteractive. It reports tokens and no
 * money, so its cost stays unknown.
 */
import { cleanLine } from '../text/clean-text.ts';
import type { AgentPreset, CallSettings } from './agent-preset.ts';
import { asCount, asRecord, asText, parseJsonLine, type AgentReading } from './agent-reading.ts';

/** The preset `codex`. */
export const CODEX: AgentPreset = {
  name: 'codex',
  program: 'codex',
  install: 'npm install -g @openai/codex',
  needsNetwork: true,
  credentials: ['CODEX_API_KEY', 'OPENAI_API_KEY', 'CODEX_ACCESS_TOKEN'],
  settings: ['OPENAI_BASE_URL', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
  holdsBudget: false,
  buildArguments,
  buildEnvironment: (_settings, handed) => {
    // `codex exec` takes a key from the environment under this name only.
    const key = handed['CODEX_API_KEY'] ?? handed['OPENAI_API_KEY'];
    return key === undefined ? {} : { CODEX_API_KEY: key };
  },
  readLine,
};

function buildArguments({ role, model, isSandboxed }: CallSettings): string[] {
  return [
    'exec',
    '--json',
    '--skip-git-repo-check',
    ...sandboxArguments(role, isSandboxed),
    // Instructions that the reviewed change brings along are not the reviewer's.
    ...(role === 'review' ? ['-c', 'project_doc_max_bytes=0'] : []),
    ...(model === null ? [] : ['--model', model]),
    '-',
  ];
}

/** Codex's own sandbox cannot start inside another one (no nested user namespaces), so there the outer one is it. */
function sandboxArguments(role: CallSettings['role'], isSandboxed: boolean): string[] {
  if (isSandboxed) return ['--dangerously-bypass-approvals-and-sandbox'];
  return ['--sandbox', role === 'review' ? 'read-only' : 'workspace-write'];
}

function readLine(reading: AgentReading, line: string): AgentReading {
  const event = parseJsonLine(line);
  switch (event?.['type']) {
    case 'item.started':
    case 'item.updated':
    case 'item.completed':
      return readItem(reading, asRecord(event['item']));
    case 'turn.completed':
      return readTurn(reading, asRecord(event['usage']));
    case 'turn.failed':
      return { ...reading, hasEnded: true, error: readMessage(asRecord(event['error']) ?? event) };
    case 'error':
      // Also sent while it reconnects: a turn that completes afterwards takes it back.
      return { ...reading, error: readMessage(event) };
    default:
      return reading;
  }
}

function readTurn(reading: AgentReading, usage: Record<string, unknown> | null): AgentReading {
  return {
    ...reading,
    // Token counts are totals of the session so far, not of the turn.
    usage: {
      costUsd: null,
      inputTokens: asCount(usage?.['input_tokens']),
      outputTokens: asCount(usage?.['output_tokens']),
      turns: (reading.usage.turns ?? 0) + 1,
    },
    error: null,
    hasEnded: true,
  };
}

function readItem(reading: AgentReading, item: Record<string, unknown> | null): AgentReading {
  switch (item?.['type']) {
    case 'agent_message': {
      const text = asText(item['text']);
      return text === null
        ? reading
        : { ...reading, finalText: text, activity: cleanLine(text, 120) || reading.activity };
    }
    case 'command_execution':
      return { ...reading, activity: cleanLine(`run ${asText(item['command']) ?? ''}`, 120) };
    case 'file_change': {
      const changes: unknown[] = Array.isArray(item['changes']) ? item['changes'] : [];
      const paths = changes.flatMap((change) => asText(asRecord(change)?.['path']) ?? []);
      return { ...reading, activity: cleanLine(`edit ${paths.join(', ')}`, 120) };
    }
    case 'web_search':
      return { ...reading, activity: cleanLine(`search ${asText(item['query']) ?? ''}`, 120) };
    default:
      return reading;
  }
}

function readMessage(event: Record<string, unknown>): string {
  return cleanLine(asText(event['message']) ?? 'no message', 500);
}
