import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addUsage, EMPTY_READING, UNKNOWN_USAGE, type AgentReading } from '../../../src/core/agents/agent-reading.ts';
import { CLAUDE_CODE } from '../../../src/core/agents/claude-code.ts';
import { CODEX } from '../../../src/core/agents/codex.ts';
import { readCommandText, readUsageFile } from '../../../src/core/agents/command-agent.ts';
import { NO_REST, splitLines } from '../../../src/core/agents/line-splitter.ts';

type Reader = (reading: AgentReading, line: string) => AgentReading;

function readAll(reader: Reader, events: unknown[]): AgentReading {
  return events.map((event) => JSON.stringify(event)).reduce(reader, EMPTY_READING);
}

const RESULT = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: 3,
  result: 'All done.',
  total_cost_usd: 0.25,
  usage: { input_tokens: 10, cache_creation_input_tokens: 5, cache_read_input_tokens: 100, output_tokens: 7 },
};

describe('the stream of Claude Code', () => {
  it('gives cost, tokens with the cached ones, turns and the last message', () => {
    const reading = readAll(CLAUDE_CODE.readLine, [
      { type: 'system', subtype: 'init' },
      {
        type: 'assistant',
        message: { content: [{ type: 'tool_use', name: 'Edit', input: { file_path: 'src/a.ts' } }] },
      },
      RESULT,
    ]);
    expect(reading).toEqual({
      usage: { costUsd: 0.25, inputTokens: 115, outputTokens: 7, turns: 3 },
      activity: 'Edit src/a.ts',
      error: null,
      finalText: 'All done.',
      hasEnded: true,
    });
  });

  it.each([
    ['is_error under the subtype success', { ...RESULT, is_error: true }, 'success: All done.'],
    [
      'an error subtype without is_error',
      { ...RESULT, subtype: 'error_max_turns', result: undefined },
      'error_max_turns: no message',
    ],
    ['a missing is_error', { ...RESULT, is_error: undefined }, 'success: All done.'],
    [
      'a budget that was reached',
      {
        ...RESULT,
        subtype: 'error_max_budget_usd',
        is_error: true,
        result: undefined,
        errors: ['Reached maximum budget'],
      },
      'error_max_budget_usd: Reached maximum budget',
    ],
  ])('calls %s an error', (_name, event, wanted) => {
    expect(readAll(CLAUDE_CODE.readLine, [event]).error).toBe(wanted);
  });

  it.each([
    ['no usage', { ...RESULT, usage: undefined, total_cost_usd: undefined, num_turns: undefined }],
    [
      'absurd numbers',
      { ...RESULT, usage: { input_tokens: -1, output_tokens: 'x' }, total_cost_usd: -3, num_turns: 1.5 },
    ],
  ])('leaves unknown what comes with %s', (_name, event) => {
    expect(readAll(CLAUDE_CODE.readLine, [event]).usage).toEqual(UNKNOWN_USAGE);
  });
});

describe('the stream of Codex', () => {
  it('gives tokens and no cost', () => {
    const reading = readAll(CODEX.readLine, [
      { type: 'thread.started', thread_id: 't' },
      { type: 'item.started', item: { type: 'command_execution', command: 'npm test' } },
      { type: 'item.completed', item: { type: 'agent_message', text: 'Finished.' } },
      { type: 'item.completed', item: { type: 'file_change', changes: [{ path: 'a.ts', kind: 'update' }] } },
      { type: 'turn.completed', usage: { input_tokens: 20, cached_input_tokens: 5, output_tokens: 4 } },
    ]);
    expect(reading).toEqual({
      usage: { costUsd: null, inputTokens: 20, outputTokens: 4, turns: 1 },
      activity: 'edit a.ts',
      error: null,
      finalText: 'Finished.',
      hasEnded: true,
    });
  });

  it('calls a failed turn an error, but not a reconnection that went well', () => {
    expect(readAll(CODEX.readLine, [{ type: 'turn.failed', error: { message: 'usage limit' } }]).error).toBe(
      'usage limit',
    );
    const reconnected = [
      { type: 'error', message: 'Reconnecting 1/5' },
      { type: 'turn.completed', usage: {} },
    ];
    expect(readAll(CODEX.readLine, reconnected).error).toBeNull();
    expect(readAll(CODEX.readLine, reconnected.slice(0, 1)).error).toBe('Reconnecting 1/5');
  });
});

describe.each([
  ['Claude Code', CLAUDE_CODE.readLine],
  ['Codex', CODEX.readLine],
  ['a command', readCommandText],
])('the reader of %s', (_name, reader) => {
  it('takes any line without failing', () => {
    const types = fc.constantFrom('assistant', 'result', 'turn.completed', 'turn.failed', 'error', 'item.completed');
    const event = fc.tuple(
      types,
      fc.dictionary(fc.constantFrom('item', 'message', 'usage', 'error', 'result', 'content'), fc.jsonValue()),
    );
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      event.map(([type, rest]) => JSON.stringify({ type, ...rest })),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
        const { usage } = lines.reduce(reader, EMPTY_READING);
        for (const value of Object.values(usage)) expect(value === null || value >= 0).toBe(true);
      }),
    );
  });
});

describe('readUsageFile', () => {
  it.each([
    ['{"costUsd": 0.5, "turns": 2}', { costUsd: 0.5, inputTokens: null, outputTokens: null, turns: 2 }],
    ['{"costUsd": -1}', UNKNOWN_USAGE],
    ['{"costUsd": "free"}', UNKNOWN_USAGE],
    ['{', UNKNOWN_USAGE],
    ['[]', UNKNOWN_USAGE],
    [null, UNKNOWN_USAGE],
  ])('reads %j', (text, wanted) => {
    expect(readUsageFile(text)).toEqual(wanted);
  });
});

describe('addUsage', () => {
  it('never reads the unknown as zero', () => {
    const known = { costUsd: 1, inputTokens: 2, outputTokens: 3, turns: 4 };
    expect(addUsage(known, known)).toEqual({ costUsd: 2, inputTokens: 4, outputTokens: 6, turns: 8 });
    expect(addUsage(known, { ...known, costUsd: null }).costUsd).toBeNull();
  });
});

describe('splitLines', () => {
  it('gives the same lines however the stream is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n') });
    fc.assert(
      fc.property(fc.array(text), (chunks) => {
        const lines: string[] = [];
        let rest = NO_REST;
        for (const chunk of chunks) {
          const split = splitLines(rest, chunk, 1000);
          lines.push(...split.lines);
          rest = split.rest;
        }
        expect([...lines, rest.partial]).toEqual(chunks.join('').split('\n'));
      }),
    );
  });

  it('drops a line that is too long as a whole, and keeps little of it meanwhile', () => {
    const first = splitLines(NO_REST, `ok\n${'x'.repeat(20)}`, 10);
    expect(first).toEqual({ lines: ['ok'], rest: { partial: '', isSkipping: true } });
    const second = splitLines(first.rest, 'xxx\nnext\n', 10);
    expect(second).toEqual({ lines: ['next'], rest: NO_REST });
  });
});
