/** What every engine must do with a run, whatever it enforces; and what every real sandbox must do beyond that. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { EngineFixture } from '../../support/engines.ts';
import { uniqueRunName } from '../../support/engines.ts';

const MIB = 1024 ** 2;

/** Command lines of all processes of the host that hold `token`. */
function findProcesses(token: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
        return command.includes(token) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
}

/** A number of seconds that no other sleep on the machine has: it names the processes of one test. */
let sleeps = 0;
function uniqueSleep(): string {
  sleeps += 1;
  return `${70_000 + (process.pid % 10_000)}.${Date.now() % 100_000}${sleeps}`;
}

/** Tests of runs that hold for every engine, `none` included. */
export function describeRuns(fixture: () => EngineFixture): void {
  describe('a run', () => {
    it('hands back exit code and both streams apart', async () => {
      const outcome = await fixture().run(['sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect(outcome).toMatchObject({ status: 'exited', exitCode: 7, stdout: 'out\n', stderr: 'err\n', detail: '' });
    });

    it('reads its standard input to the end, and has an empty one otherwise', async () => {
      const text = 'x'.repeat(200_000);
      expect((await fixture().run(['wc', '-c'], { stdin: text })).stdout.trim()).toBe('200000');
      expect((await fixture().run(['wc', '-c'])).stdout.trim()).toBe('0');
    });

    it('does not mind a program that leaves its input unread', async () => {
      const outcome = await fixture().run(['true'], { stdin: 'y'.repeat(1_000_000) });
      expect(outcome).toMatchObject({ status: 'exited', exitCode: 0 });
    });

    it.each([1, 125, 126, 127, 255])('hands back the command’s own exit code %i', async (code) => {
      expect(await fixture().run(['sh', '-c', `exit ${code}`])).toMatchObject({ status: 'exited', exitCode: code });
    });

    it('answers 127 for a program that is not there', async () => {
      expect(await fixture().run(['no-such-program'])).toMatchObject({ status: 'exited', exitCode: 127 });
    });

    it('takes arguments as they are, without a shell', async () => {
      const words = ['$(id)', '; id', 'a b', '"', "'", '--', '-x', 'ä\n'];
      const { stdout } = await fixture().run(['printf', '%s|', ...words]);
      expect(stdout).toBe(words.map((word) => `${word}|`).join(''));
    });

    it('has the environment that it was given, with values as they are', async () => {
      const env = { PLAIN: '1', LINES: 'a\nb=c\n#d', QUOTED: ` "x" 'y' $HOME ` };
      const { stdout } = await fixture().run(['env', '-0'], { env });
      const entries = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      expect(stdout.split('\0')).toEqual(expect.arrayContaining(entries));
    });

    it('writes into the worktree, and the host sees it', async () => {
      expect(await fixture().run(['sh', '-c', 'echo made > file'])).toMatchObject({ exitCode: 0 });
      expect(readFileSync(join(fixture().worktree, 'file'), 'utf8')).toBe('made\n');
    });

    it('runs beside others', async () => {
      const outcomes = await Promise.all([1, 2, 3, 4].map((n) => fixture().run(['sh', '-c', `sleep 0.2; exit ${n}`])));
      expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([1, 2, 3, 4]);
    });
  });

  describe('a run that floods', () => {
    it('is ended at the limit, and a gigabyte goes nowhere', async () => {
      const before = process.memoryUsage().rss;
      const outcome = await fixture().run(['head', '-c', '1G', '/dev/zero'], { outputLimitBytes: MIB });
      expect(outcome).toMatchObject({ status: 'flooded', exitCode: null, outputBytes: MIB });
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
    });

    it('counts both streams together', async () => {
      const outcome = await fixture().run(
        ['sh', '-c', 'head -c 600000 /dev/zero; head -c 600000 /dev/zero >&2; sleep 60'],
        {
          outputLimitBytes: 1_000_000,
        },
      );
      expect(outcome).toMatchObject({ status: 'flooded', outputBytes: 1_000_000 });
    });

    it('waits while its output is being taken', async () => {
      let inFlight = 0;
      let most = 0;
      let taken = 0;
      const outcome = await fixture().run(['head', '-c', '3000000', '/dev/zero'], {
        onStdout: async (chunk) => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          await new Promise((resolve) => setImmediate(resolve));
          taken += chunk.length;
          inFlight -= 1;
        },
      });
      expect({ status: outcome.status, most, taken }).toEqual({ status: 'exited', most: 1, taken: 3_000_000 });
    });

    it('is ended when its output cannot be taken, and says why', async () => {
      const token = uniqueSleep();
      const outcome = await fixture().run(['sh', '-c', `echo x; sleep ${token}`], {
        onStdout: () => {
          throw new Error('ENOSPC: no space left on device');
        },
      });
      expect(outcome).toMatchObject({ status: 'engine-error', exitCode: null });
      expect(outcome.detail).toContain('no space left');
      expect(findProcesses(token)).toEqual([]);
    });
  });

  describe('a run that does not end', () => {
    it('is asked to end at its time limit, and may say goodbye', async () => {
      const outcome = await fixture().run(['sh', '-c', 'trap "echo bye; exit 0" TERM; while :; do sleep 0.05; done'], {
        timeoutMs: 700,
      });
      expect(outcome).toMatchObject({ status: 'timed-out', exitCode: null, stdout: 'bye\n' });
    });

    it('is killed when it ignores that', async () => {
      const token = uniqueSleep();
      const outcome = await fixture().run(['sh', '-c', `trap "" TERM; sleep ${token}; sleep ${token}`], {
        timeoutMs: 700,
      });
      expect(outcome.status).toBe('timed-out');
      expect(outcome.detail).toContain('still running after 0.7 s');
      expect(findProcesses(token)).toEqual([]);
    });

    it('is ended when it is cancelled', async () => {
      const token = uniqueSleep();
      const cancel = new AbortController();
      const outcome = await fixture().run(['sh', '-c', `echo up; exec sleep ${token}`], {
        signal: cancel.signal,
        onStdout: () => cancel.abort(),
      });
      expect(outcome).toMatchObject({ status: 'cancelled', exitCode: null });
      expect(findProcesses(token)).toEqual([]);
    });

    it('is not begun when it was cancelled before', async () => {
      const outcome = await fixture().run(['sh', '-c', 'echo > begun'], { signal: AbortSignal.abort() });
      expect(outcome.status).toBe('cancelled');
      expect(readdirSync(fixture().worktree)).not.toContain('begun');
    });
  });

  describe('what a run leaves', () => {
    it('is dead when the run ends: daemons in sessions of their own, twice forked, deaf to signals', async () => {
      const token = uniqueSleep();
      const daemon = `trap "" TERM HUP INT; sleep ${token}`;
      const script = `(setsid sh -c '${daemon}' >/dev/null 2>&1 </dev/null &); (setsid sh -c '(${daemon})&' &); sleep 0.1; exit 3`;
      expect(await fixture().run(['sh', '-c', script])).toMatchObject({ status: 'exited', exitCode: 3 });
      expect(findProcesses(token)).toEqual([]);
    });

    it('cannot hold the run open through its output', async () => {
      const token = uniqueSleep();
      const outcome = await fixture().run(['sh', '-c', `(setsid sleep ${token} &) ; exit 0`]);
      expect(outcome).toMatchObject({ status: 'exited', exitCode: 0 });
      expect(outcome.durationMs).toBeLessThan(10_000);
      expect(findProcesses(token)).toEqual([]);
    });

    it('is reaped after its process was killed', async () => {
      const { sandbox, stateDir, worktree, env } = fixture();
      const token = uniqueSleep();
      const prefix = uniqueRunName('orphan');
      const orphan = spawn(process.execPath, [join(import.meta.dirname, 'orphan-run.ts')], {
        env: { ...env, ESPALIER_ORPHAN: JSON.stringify({ engine: sandbox.engine, stateDir, worktree, prefix, token }) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(orphan.stdout, 'data');
      expect(findProcesses(token)).not.toEqual([]);
      orphan.kill('SIGKILL');
      await once(orphan, 'exit');
      await sandbox.reap(prefix);
      expect(findProcesses(token)).toEqual([]);
      expect(await sandbox.reap(prefix)).toBe(0);
    });
  });

  describe('a run that cannot be', () => {
    it.each([
      { name: 'a hostile name', overrides: { name: '../../x' } },
      { name: 'an open network under strict', overrides: { network: 'open' as const } },
      { name: 'an empty command', overrides: { command: [] } },
    ])('is refused with a reason: $name', async ({ overrides }) => {
      const outcome = await fixture().run(['true'], overrides);
      expect(outcome).toMatchObject({ status: 'engine-error', exitCode: null });
      expect(outcome.detail).toContain('refused');
    });
  });

  describe('findProgram', () => {
    it('finds what a run finds, and nothing else', async () => {
      const { sandbox, run } = fixture();
      const found = await sandbox.findProgram('sh', 'strict');
      expect(found).toMatch(/^\/.*\/sh$/);
      expect((await run([found ?? '', '-c', 'exit 5'])).exitCode).toBe(5);
      expect(await sandbox.findProgram('no-such-program', 'strict')).toBeNull();
      expect(await sandbox.findProgram('cd', 'strict')).toBeNull();
      expect(await sandbox.findProgram('sh; id', 'strict')).toBeNull();
    });

    it('finds the node of the tools', async () => {
      const found = await fixture().sandbox.findProgram('node', 'strict');
      const { stdout } = await fixture().run([found ?? 'node', '--version']);
      expect(stdout.trim()).toBe(process.version);
    });
  });
}

/** Tests that only a real sandbox passes. The doctor's properties are not repeated here. */
export function describeConfinement(fixture: () => EngineFixture): void {
  describe('memory and processes', () => {
    it('ends a run that takes too much memory, and says so', async (context) => {
      context.skip(fixture().sandbox.waived.includes('memory-limit'), 'this user cannot limit memory here');
      const program = 'const all = []; for (;;) all.push(Buffer.alloc(64 * 1024 ** 2, 1));';
      const outcome = await fixture().run(['sh', '-c', 'node -e "$1"; exit 9', 'sh', program]);
      expect(outcome).toMatchObject({ status: 'out-of-memory', exitCode: null });
      expect(outcome.detail).toContain('1024 MiB');
    });

    it('outlives a fork bomb', async () => {
      const token = uniqueSleep();
      const bomb = `bomb() { bomb | bomb & }; bomb; sleep ${token}`;
      const outcome = await fixture().run(['sh', '-c', bomb, token], { timeoutMs: 1500 });
      expect(['timed-out', 'flooded', 'exited']).toContain(outcome.status);
      expect(findProcesses(token)).toEqual([]);
      expect(await fixture().run(['true'])).toMatchObject({ status: 'exited', exitCode: 0 });
    });
  });

  describe('mounts', () => {
    it('cannot be written where they are read-only, also when nested in one that can', async () => {
      const { worktree, stateDir, sandbox, run } = fixture();
      const outside = join(stateDir, 'outside');
      mkdirSync(outside, { recursive: true });
      writeFileSync(join(outside, 'pointer'), 'gitdir: /private\n');
      writeFileSync(join(worktree, '.git'), 'gitdir: /agent\n');
      await sandbox.prepareWritable([worktree]);
      const outcome = await run(
        ['sh', '-c', 'cat .git; echo x > .git; echo x > /git/y; rm -f .git; mv .git a; cat .git'],
        {
          mounts: [
            { source: join(outside, 'pointer'), target: '/workspace/.git', access: 'read-only' },
            { source: outside, target: '/git', access: 'read-only' },
            { source: worktree, target: '/workspace', access: 'read-write' },
          ],
        },
      );
      expect(outcome.stdout).toBe('gitdir: /private\ngitdir: /private\n');
      expect(readdirSync(outside)).toEqual(['pointer']);
      expect(readFileSync(join(worktree, '.git'), 'utf8')).toBe('gitdir: /agent\n');
    });

    it('come from folders with commas, spaces and quotes in their names', async () => {
      const { stateDir, sandbox, run } = fixture();
      const source = join(stateDir, `a,readonly "b" c=d`);
      mkdirSync(source, { recursive: true });
      await sandbox.prepareWritable([source]);
      const mounts = [{ source, target: '/odd,place', access: 'read-write' as const }];
      expect(await run(['sh', '-c', 'echo 1 > made'], { mounts, workdir: '/odd,place' })).toMatchObject({
        exitCode: 0,
      });
      expect(readdirSync(source)).toEqual(['made']);
    });

    it('must exist', async () => {
      const mounts = [{ source: '/no/such/folder', target: '/x', access: 'read-only' as const }];
      const outcome = await fixture().run(['true'], { mounts, workdir: '/' });
      expect(outcome.status).toBe('engine-error');
      expect(outcome.detail).toContain('/no/such/folder');
    });

    it('never take the root, the kernel or a home folder', async () => {
      for (const source of ['/', '/proc', '/etc', process.env['HOME'] ?? '/root']) {
        const mounts = [{ source, target: '/x', access: 'read-only' as const }];
        const outcome = await fixture().run(['ls', '/x'], { mounts, workdir: '/' });
        expect(outcome).toMatchObject({ status: 'engine-error', stdout: '' });
      }
    });
  });

  describe('ordinary tools', () => {
    it('work under strict: node with threads and children', async () => {
      const program = `
        const { Worker } = require('node:worker_threads');
        const { execFileSync } = require('node:child_process');
        const worker = new Worker('require("node:worker_threads").parentPort.postMessage(6 * 7)', { eval: true });
        worker.on('message', (answer) => {
          require('node:fs').writeFileSync('from-node', String(answer));
          console.log(answer, execFileSync('sh', ['-c', 'echo child']).toString().trim(), require('node:os').userInfo().username);
        });`;
      expect(await fixture().run(['node', '-e', program])).toMatchObject({
        exitCode: 0,
        stdout: '42 child agent\n',
        stderr: '',
      });
    });

    it('work under strict: git makes a repository and a commit', async () => {
      const script =
        'git init -q r && cd r && echo 1 > f && git add f && git -c user.name=a -c user.email=a@example.com commit -q -m m && git log --format=%s';
      expect(await fixture().run(['sh', '-c', script])).toMatchObject({ exitCode: 0, stdout: 'm\n' });
    });

    it('find a private home folder and /tmp that are theirs alone', async () => {
      const script =
        'echo 1 > "$HOME/h" && echo 1 > /tmp/t && echo 1 > /dev/shm/s && ls "$HOME" /tmp /dev/shm | grep -c .';
      const first = await fixture().run(['sh', '-c', script]);
      expect(first).toMatchObject({ exitCode: 0, stderr: '' });
      expect((await fixture().run(['sh', '-c', 'ls "$HOME" /tmp /dev/shm'])).stdout).not.toMatch(/^[hts]$/m);
    });
  });

  describe('descriptors and network', () => {
    it('are only the three standard ones', async () => {
      const { stdout } = await fixture().run(['sh', '-c', 'ls "/proc/$$/fd"; :']);
      // The shell may keep one of its own above 9.
      expect(stdout.split('\n').filter((fd) => fd !== '' && Number(fd) < 10)).toEqual(['0', '1', '2']);
    });

    it('cannot reach a listener on the host under strict', async () => {
      const server = createServer((socket) => socket.end('reached'));
      server.listen(0, '0.0.0.0');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const program = `require('node:net').connect(${port}, '127.0.0.1').on('error', (e) => console.log(e.code)).pipe(process.stdout)`;
      const { stdout } = await fixture().run(['node', '-e', program]);
      server.close();
      expect(stdout).toBe('ECONNREFUSED\n');
    });

    it('has programs in /tmp under development and not under strict', async () => {
      const script = 'cp /bin/true /tmp/program && /tmp/program';
      expect((await fixture().run(['sh', '-c', script])).exitCode).toBe(126);
      expect((await fixture().run(['sh', '-c', script], { profile: 'development' })).exitCode).toBe(0);
    });
  });
}
