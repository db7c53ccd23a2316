import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openPortLeases } from '../../../src/adapters/workspace/port-leases.ts';

const RANGE = { first: 20_000, last: 20_019 };
let folder = '';

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'espalier-ports-')), 'leases');
});

afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true });
});

function open(): ReturnType<typeof openPortLeases> {
  return openPortLeases({ folder, isFree: async () => true });
}

describe('port leases', () => {
  it('give the same attempt the same ports again', async () => {
    const first = await open().lease({ seed: 'p/a/1', names: ['A', 'B'], range: RANGE });
    await first?.release();
    const second = await open().lease({ seed: 'p/a/1', names: ['A', 'B'], range: RANGE });
    expect(second?.ports).toEqual(first?.ports);
    expect(Object.keys(first?.ports ?? {})).toEqual(['A', 'B']);
  });

  it('never give a port to two that hold it, whatever is leased and released in whichever order', async () => {
    const step = fc.record({ who: fc.integer({ min: 0, max: 4 }), count: fc.integer({ min: 0, max: 6 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        // Several openers stand for several processes of one user.
        const live = new Map<number, { ports: Readonly<Record<string, number>>; release: () => Promise<void> }>();
        for (const { who, count } of steps) {
          await live.get(who)?.release();
          live.delete(who);
          const names = Array.from({ length: count }, (_, i) => `P${i}`);
          const lease = await open().lease({ seed: `p/t/${who}`, names, range: RANGE });
          if (lease !== null) live.set(who, lease);
          const held = [...live.values()].flatMap((one) => Object.values(one.ports));
          expect(new Set(held).size).toBe(held.length);
          // Nothing is answered only where there is not enough left.
          expect(lease !== null || held.length + count > 20).toBe(true);
        }
        await Promise.all([...live.values()].map((one) => one.release()));
        expect(await readdir(folder).catch(() => [])).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('collide in nothing when many ask at once', async () => {
    const leases = await Promise.all(
      Array.from({ length: 10 }, (_, i) => open().lease({ seed: `p/t/${i}`, names: ['A', 'B'], range: RANGE })),
    );
    const ports = leases.flatMap((lease) => Object.values(lease?.ports ?? {}));
    expect(new Set(ports).size).toBe(20);
  });

  it('answer nothing when the range has not enough, and hold none of it', async () => {
    expect(
      await open().lease({ seed: 'x', names: Array.from({ length: 21 }, (_, i) => `P${i}`), range: RANGE }),
    ).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('take over what a process that is gone has left', async () => {
    const range = { first: 20_000, last: 20_000 };
    const child = spawn('true');
    await once(child, 'exit');
    const mine = await open().lease({ seed: 'x', names: ['A'], range });
    expect(await open().lease({ seed: 'y', names: ['A'], range })).toBeNull();
    await mine?.release();
    await writeFile(join(folder, '20000'), `${child.pid} 12345`);
    expect((await open().lease({ seed: 'y', names: ['A'], range }))?.ports).toEqual({ A: 20_000 });
  });

  it('leave out a port that somebody listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const lease = await openPortLeases({ folder }).lease({
      seed: 'x',
      names: ['A'],
      range: { first: port, last: port },
    });
    server.close();
    expect(lease).toBeNull();
  });
});
