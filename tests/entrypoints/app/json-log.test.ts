import { describe, expect, it } from 'vitest';

import { openJsonLog } from '../../../src/entrypoints/app/json-log.ts';
import type { Log } from '../../../src/ports/log.ts';
import { PRIVATE_KEY, SECRET } from './running-app.ts';

function openLog(level: 'debug' | 'info' | 'warn' | 'error' = 'info'): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = openJsonLog({
    level,
    replica: 'r1',
    now: () => 0,
    write: (line) => lines.push(line),
  });
  log.hide([PRIVATE_KEY, SECRET]);
  return { log, lines };
}

function lineOf(fields: Record<string, unknown>): Record<string, unknown> {
  const { log, lines } = openLog();
  log.info('It happened.', fields);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

describe('a line of the log', () => {
  it('is one JSON object with the time, the level, the process and the message first', () => {
    expect(Object.entries(lineOf({ count: 3 }))).toEqual([
      ['at', '1970-01-01T00:00:00.000Z'],
      ['level', 'info'],
      ['replica', 'r1'],
      ['message', 'It happened.'],
      ['count', 3],
    ]);
  });

  it('is written from its level upwards', () => {
    const { log, lines } = openLog('warn');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level);
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['warn', 'error']);
  });

  it.each([
    ['the webhook secret', SECRET],
    ['the private key', PRIVATE_KEY],
    ['a part of the private key', PRIVATE_KEY.split('\n')[3]!],
    ['a token of an installation', `ghs_${'a1B2'.repeat(10)}`],
    ['a header', 'Authorization: Bearer abcdefghijklmnop'],
  ])('never has %s', (_case, secret) => {
    const error = new Error(`request failed with ${secret}`, { cause: new Error(secret) });
    const text = JSON.stringify(lineOf({ text: `x ${secret} y`, deep: { list: [secret] }, error }));
    expect(text).not.toContain(secret.slice(-12));
    for (const line of secret.split('\n').filter((one) => one.length > 20 && !one.startsWith('---')))
      expect(text).not.toContain(line);
    expect(text).toContain('redacted');
  });

  it('shows what a stranger wrote without its tricks', () => {
    const { text } = lineOf({ text: 'a\u202eb\u001b[31mc\nd\u0000' });
    expect(text).toBe('a\\u{202e}b\\u{1b}[31mc\\nd\\u{0}');
  });

  it('has bounds', () => {
    const line = lineOf({ text: 'x'.repeat(1_000_000), list: Array.from({ length: 10_000 }, (_, at) => at) });
    expect((line['text'] as string).length).toBeLessThanOrEqual(2_000);
    expect((line['list'] as unknown[]).length).toBeLessThanOrEqual(30);
    const deep: Record<string, unknown> = {};
    deep['self'] = deep;
    expect(JSON.stringify(lineOf({ deep })).length).toBeLessThan(300);
  });

  it('cannot be made to pass for another', () => {
    expect(lineOf({ level: 'error', at: 'never', replica: 'r2', message: 'Not this.' })).toMatchObject({
      level: 'info',
      replica: 'r1',
      message: 'It happened.',
      _level: 'error',
    });
  });

  it('tells of an error what describes it, and not the request that hangs on it', () => {
    const error = Object.assign(new Error('Not Found', { cause: new Error('socket closed') }), {
      status: 404,
      code: 'E_X',
      request: { headers: { authorization: 'secret' } },
      event: { payload: 'megabytes' },
    });
    expect(lineOf({ error })['error']).toEqual({
      name: 'Error',
      text: 'Not Found',
      status: 404,
      code: 'E_X',
      causes: [{ name: 'Error', text: 'socket closed' }],
    });
    const many = new AggregateError([error, error, error, error, 'text'], 'several');
    expect((lineOf({ error: many })['error'] as { causes: unknown[] }).causes).toHaveLength(3);
  });

  it('has the place in the code only at the level for it', () => {
    const { log, lines } = openLog('debug');
    log.error('Failed.', { error: new Error('x') });
    expect((JSON.parse(lines[0]!) as { error: { stack: string } }).error.stack).toContain('json-log.test.ts');
    expect(lineOf({ error: new Error('x') })['error']).not.toHaveProperty('stack');
  });

  it('takes values of any kind', () => {
    const fields = { a: undefined, b: null, c: 12n, d: () => 1, e: Symbol('x'), f: true };
    expect(lineOf(fields)).toMatchObject({ b: null, c: '12', d: 'function', e: 'symbol', f: true });
  });
});
