import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { describeThisProcess, isHolderAlive, readHolderId } from '../../../src/adapters/local/processes.ts';

/** The id that a process would have; parts may be replaced. */
async function idWith(parts: Partial<Record<'host' | 'bootId' | 'pidNamespace' | 'pid' | 'startTime', string>>) {
  const me = await describeThisProcess();
  const { host, bootId, pidNamespace, pid, startTime } = { ...me, ...parts };
  return [host, bootId, pidNamespace, pid, startTime, '00000000'].join(':');
}

describe('the holder of a lease', () => {
  it('is this process, with an id that is read back and never the same twice', async () => {
    const [one, two] = [await describeThisProcess(), await describeThisProcess()];
    expect(readHolderId(one.id)).toEqual(one);
    expect(one.id).not.toBe(two.id);
    expect(one.id.length).toBeLessThanOrEqual(200);
    expect(await isHolderAlive(one.id)).toBe(true);
  });

  it('is dead as soon as it was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const id = await idWith({ pid: String(child.pid), startTime: '0' });
    expect(await isHolderAlive(id)).toBe(true);
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(await isHolderAlive(id)).toBe(false);
  });

  it.runIf(existsSync('/proc/self/stat')).each([
    { name: 'another process has its number by now', parts: { startTime: '1' }, alive: false },
    { name: 'the machine was started again since', parts: { bootId: 'ffffffff' }, alive: false },
    { name: 'it is on another machine', parts: { host: 'elsewhere' }, alive: null },
    { name: 'it is in another container', parts: { pidNamespace: '1' }, alive: null },
    { name: 'there is no such process', parts: { pid: '4194303' }, alive: false },
  ])('is $alive when $name', async ({ parts, alive }) => {
    expect(await isHolderAlive(await idWith(parts))).toBe(alive);
  });

  it.each(['', 'x', 'a:b:c:d:e:f', 'host:boot:ns:0:1:x', 'host:boot:ns:-1:1:x', 'h:b:n:99999999999:1:x'])(
    'is unknown for the id %j',
    async (id) => {
      expect(await isHolderAlive(id)).toBeNull();
    },
  );
});
