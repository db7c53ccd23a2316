import { once } from 'node:events';
import { request } from 'node:http';

import { describe, expect, it } from 'vitest';

import { HttpFront, type Routes, sendText } from '../../../src/entrypoints/app/http-front.ts';
import { ManualClock } from './manual-clock.ts';

async function openFront(
  routes: (front: HttpFront) => Record<string, ReturnType<Routes['get']>>,
  maxHeldBytes?: number,
) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  let errors = 0;
  const front = new HttpFront({
    clock,
    log: { debug: () => {}, info: note, warn: note, error: note },
    onError: () => (errors += 1),
    ...(maxHeldBytes === undefined ? {} : { maxHeldBytes }),
  });
  front.setRoutes(
    new Map(
      Object.entries(routes(front)).flatMap(([path, methods]) => (methods === undefined ? [] : [[path, methods]])),
    ),
  );
  const url = await front.listen('127.0.0.1', 0);
  return { clock, front, url, lines, errors: () => errors };
}

describe('the server', () => {
  it('answers a handler that throws with a 500 that says nothing', async () => {
    const { front, url, lines, errors } = await openFront(() => ({
      '/': {
        GET: () => {
          throw new Error('the database of secrets');
        },
      },
    }));
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([500, 'Something went wrong.\n']);
    expect(lines).toEqual(['A request could not be answered.']);
    expect(errors()).toBe(1);
    await front.close(0);
  });

  it('gives the query apart from the path, and takes any of it', async () => {
    const { front, url } = await openFront(() => ({ '/a': { GET: (_in, out, query) => sendText(out, 200, query) } }));
    expect(await (await fetch(`${url}/a?x=%ff&y=?z`)).text()).toBe('x=%ff&y=\n');
    expect((await fetch(`${url}/a/`)).status).toBe(404);
    expect((await fetch(`${url}//a`)).status).toBe(404);
    await front.close(0);
  });

  it('refuses what is too much for it together, and has room again afterwards', async () => {
    const { front, url } = await openFront(
      (front) => ({
        '/': {
          POST: async (incoming, response) => {
            const body = await front.readBody(incoming, response);
            if (body !== null) sendText(response, 200, String(body.length));
          },
        },
      }),
      100_000,
    );
    const held = request(url, { method: 'POST' });
    const answered = once(held, 'response') as Promise<[{ statusCode?: number; resume(): void }]>;
    held.write('x'.repeat(60_000));
    const send = (): Promise<number> =>
      fetch(url, { method: 'POST', body: 'x'.repeat(60_000) }).then(
        ({ status }) => status,
        // The connection may end before everything was sent.
        () => 503,
      );
    while ((await send()) !== 503);
    held.end();
    const [response] = await answered;
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(await send()).toBe(200);
    await front.close(0);
  });

  it('finishes what it has begun to answer before it is closed', async () => {
    let answer = (): void => {};
    const begun = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let go = (): void => {};
    const { front, url } = await openFront(() => ({
      '/': {
        GET: async (_incoming, response) => {
          answer();
          await new Promise<void>((resolve) => {
            go = resolve;
          });
          sendText(response, 200, 'done');
        },
      },
    }));
    const waiting = fetch(url);
    await begun;
    const closed = front.close(5_000);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    go();
    expect((await waiting).status).toBe(200);
    await closed;
    // Well under the time for which an idle connection is kept.
  }, 10_000);

  it('cuts off at its bound what does not end', async () => {
    let answer = (): void => {};
    const begun = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { clock, front, url } = await openFront(() => ({
      '/': {
        GET: () => {
          answer();
          return new Promise<void>(() => {});
        },
      },
    }));
    const waiting = fetch(url).catch(() => 'cut off');
    await begun;
    const closed = front.close(5_000);
    await clock.advance(5_000);
    await closed;
    expect(await waiting).toBe('cut off');
  });
});
