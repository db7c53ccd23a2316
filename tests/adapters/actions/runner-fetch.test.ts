import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

const MODULE = path.resolve(import.meta.dirname, '../../../src/adapters/actions/runner-fetch.ts');
/** A host that nobody resolves: only the proxy knows the way. */
const API = 'http://forge.invalid:8080';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Fetches in a process of its own, since the proxy is that of the process's environment. */
async function fetchThere(env: Record<string, string>): Promise<string> {
  const program = `
    const { runnerFetch } = await import(${JSON.stringify(MODULE)});
    const answer = await runnerFetch(${JSON.stringify(`${API}/rate_limit`)}).then((got) => got.text(), () => 'not reached');
    process.stdout.write(answer);
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { PATH: process.env['PATH'] ?? '', GITHUB_API_URL: API, ...env },
  });
  return stdout;
}

describe('requests of a runner behind a proxy', () => {
  it('go through it, unless no_proxy names the forge', async () => {
    const forge = createServer((request, response) => response.end(`the forge, asked for ${request.url ?? ''}`));
    const proxy = createServer();
    try {
      const forgePort = await listen(forge);
      const asked: string[] = [];
      proxy.on('connect', (request, socket) => {
        asked.push(request.url ?? '');
        const there = connect(forgePort, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          there.pipe(socket).pipe(there);
        });
        there.on('error', () => socket.destroy());
        socket.on('error', () => there.destroy());
      });
      const http_proxy = `http://127.0.0.1:${await listen(proxy)}`;
      expect(await fetchThere({ http_proxy })).toBe('the forge, asked for /rate_limit');
      expect(asked).toEqual(['forge.invalid:8080']);
      expect(await fetchThere({ http_proxy, no_proxy: 'forge.invalid' })).toBe('not reached');
      expect(asked).toHaveLength(1);
    } finally {
      for (const server of [forge, proxy]) {
        server.closeAllConnections();
        server.close();
      }
    }
  });
});
