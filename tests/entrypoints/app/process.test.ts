import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { CREDENTIALS, deliveryHeaders } from './running-app.ts';

interface AppProcess extends Disposable {
  child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves with the first line, past or future, whose message is this one. */
  line(message: string): Promise<Record<string, unknown>>;
  lines: Record<string, unknown>[];
  errors(): string;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
}

function startApp(env: Record<string, string | undefined> = {}, args: readonly string[] = []): AppProcess {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'scripted-app.ts'), ...args], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      ESPALIER_ENV_FILE: '/nonexistent/.env',
      ...CREDENTIALS,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Record<string, unknown>[] = [];
  const waiting: { message: string; resolve: (line: Record<string, unknown>) => void }[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { message: text };
    lines.push(line);
    for (const one of waiting) if (one.message === line['message']) one.resolve(line);
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string | null);
  return {
    child,
    lines,
    errors: () => errors,
    ended,
    line: (message) => {
      const found = lines.find((line) => line['message'] === message);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve, reject) => {
        waiting.push({ message, resolve });
        void ended.then(() => reject(new Error(`It ended without '${message}': ${errors}`)));
      });
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

async function deliverIssue(app: AppProcess): Promise<number> {
  await app.line('Serving.');
  const { address } = await app.line('Listening.');
  const body = JSON.stringify({
    action: 'opened',
    installation: { id: 10 },
    repository: { id: 1, full_name: 'octo/repo' },
    issue: { number: 5 },
  });
  const headers = deliveryHeaders('issues', body);
  return (await fetch(`${String(address)}/api/github/webhooks`, { method: 'POST', headers, body })).status;
}

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at %s, after the work that runs', async (signal) => {
    using app = startApp({ SCRIPT_RECONCILE_MS: '300' });
    expect(await deliverIssue(app)).toBe(200);
    await app.line('reconcile begins');
    app.child.kill(signal);
    expect(await app.ended).toBe(0);
    expect(app.lines.map((line) => line['message'])).toEqual(
      expect.arrayContaining(['reconcile ends', 'Stopped.'] as unknown[]),
    );
  });

  it('does at its end what a webhook has asked for already', async () => {
    using app = startApp();
    expect(await deliverIssue(app)).toBe(200);
    app.child.kill('SIGTERM');
    expect(await app.ended).toBe(0);
    expect(app.lines.map((line) => line['message'])).toContain('reconcile ends');
  });

  it('ends with 0 within its bound even if work does not listen', async () => {
    using app = startApp({ SCRIPT_RECONCILE_MS: '600000', ESPALIER_DRAIN: '1s' });
    await deliverIssue(app);
    await app.line('reconcile begins');
    app.child.kill('SIGTERM');
    expect(await app.ended).toBe(0);
    expect(
      app.lines.find((line) => line['message'] === 'Work was left behind; the next sweep finds it again.'),
    ).toMatchObject({ left: 1 });
  });

  it('ends at once at a second signal', async () => {
    using app = startApp({ SCRIPT_RECONCILE_MS: '600000', ESPALIER_DRAIN: '1h' });
    await deliverIssue(app);
    await app.line('reconcile begins');
    const { address } = await app.line('Listening.');
    app.child.kill('SIGTERM');
    // The first signal has been heard when nobody is let in any more.
    while (
      await fetch(`${String(address)}/healthz`).then(
        () => true,
        () => false,
      )
    );
    app.child.kill('SIGINT');
    expect(await app.ended).toBe(130);
  });

  it('does not start with the secret that everybody knows, and says all that is wrong', async () => {
    using app = startApp({ WEBHOOK_SECRET: 'development', PORT: 'x' });
    expect(await app.ended).toBe(2);
    expect(app.errors()).toContain("  WEBHOOK_SECRET: 'development' is publicly known");
    expect(app.errors()).toContain('  PORT: it must be a whole number.');
    expect(app.lines).toEqual([]);
  });

  it('says so when its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    const { port } = other.address() as AddressInfo;
    try {
      using app = startApp({ PORT: String(port) });
      expect(await app.ended).toBe(3);
      expect(app.errors()).toBe(
        `Cannot listen on 127.0.0.1:${port}: another process listens there. Set HOST and PORT.\n`,
      );
    } finally {
      other.close();
    }
  });

  it('ends when something in it is broken, and says what, but no secret', async () => {
    using app = startApp({ SCRIPT_DEFECT: 'yes' });
    await deliverIssue(app);
    expect(await app.ended).toBe(70);
    expect(app.errors()).toContain('A defect in Espalier: Error: a defect [redacted GitHub token]');
  });

  it('tells its settings at --help', async () => {
    using app = startApp({ WEBHOOK_SECRET: undefined }, ['--help']);
    expect(await app.ended).toBe(0);
    expect(app.lines.map((line) => line['message'])).toContain('  WEBHOOK_SECRET');
  });
});
