import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openSandbox, type OpenSandboxOptions } from '../../../src/adapters/sandbox/open-sandbox.ts';
import { describeEngine, mustHaveEngines } from '../../support/engines.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'esp-open-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function open(overrides: Partial<OpenSandboxOptions>): ReturnType<typeof openSandbox> {
  return openSandbox({
    asked: 'auto',
    profiles: ['strict'],
    waive: [],
    root: { kind: 'host' },
    toolPaths: [],
    stateDir: join(folder, 'state'),
    env: { PATH: process.env['PATH'], HOME: folder },
    ...overrides,
  });
}

describe('openSandbox', () => {
  it('refuses with the command that installs an engine that is not there', async () => {
    // Neither the caller's folders nor the system's have it under this name.
    const opened = await open({
      asked: 'docker',
      env: { PATH: '/nowhere', HOME: folder, DOCKER_HOST: `unix://${folder}/no.sock` },
    });
    expect(opened).toMatchObject({ kind: 'refused' });
    expect(opened.kind === 'refused' && `${opened.because} ${opened.nextStep}`).toMatch(/docker/);
  });

  it('does not hang on a docker socket that accepts and never answers', async () => {
    const silent: Server = createServer(() => {});
    silent.listen(join(folder, 'd.sock'));
    await once(silent, 'listening');
    const startedAt = performance.now();
    const opened = await open({
      asked: 'docker',
      env: { PATH: process.env['PATH'], HOME: folder, DOCKER_HOST: `unix://${folder}/d.sock` },
    });
    silent.close();
    expect(opened.kind).toBe('refused');
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('never opens none unless it is asked for by name', async () => {
    const opened = await open({ asked: 'none' });
    expect(opened).toMatchObject({ kind: 'opened', choice: { engine: 'none' } });
    const auto = await open({ asked: 'auto', waive: [] });
    expect(auto.kind === 'opened' && auto.sandbox.engine).not.toBe('none');
  });

  it('refuses an image for bubblewrap', async () => {
    expect(await open({ asked: 'bubblewrap', root: { kind: 'image', image: 'debian:12' } })).toMatchObject({
      kind: 'refused',
      because: 'bubblewrap: bubblewrap cannot use an image',
    });
  });

  it('refuses a tool folder that holds the home folder', async () => {
    await expect(open({ asked: 'none', toolPaths: [folder] })).rejects.toThrow('too wide');
  });

  it('refuses a state folder that is not absolute', async () => {
    await expect(open({ asked: 'none', stateDir: 'here' })).rejects.toThrow("Folder 'here' must be an absolute path");
  });
});

const BUSYBOX = '/bin/busybox';
const busybox = spawnSync(BUSYBOX, ['true'], { stdio: 'ignore' }).status === 0;
if (!busybox && !mustHaveEngines())
  process.stderr.write(
    '\nSKIPPED: root folders: /bin/busybox is missing. Install it: sudo apt-get install -y busybox-static\n',
  );

/** A root file system with a shell, and what bubblewrap passes through with its libraries. */
function makeRoot(): string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'esp-root-'));
  for (const name of ['bin', 'usr/bin', 'etc', 'tmp', 'proc', 'sys', 'dev'])
    mkdirSync(join(root, name), { recursive: true });
  for (const program of ['/usr/bin/setpriv', '/usr/bin/prlimit']) {
    const libraries = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? [];
    for (const file of [program, ...libraries.filter((path) => !path.endsWith(':'))]) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      copyFileSync(file, join(root, file));
    }
  }
  copyFileSync(BUSYBOX, join(root, 'bin/busybox'));
  for (const name of ['sh', 'cat', 'ls', 'env']) symlinkSync('busybox', join(root, 'bin', name));
  return root;
}

describe.runIf(busybox || mustHaveEngines())('a root folder', () => {
  const root = busybox ? makeRoot() : '';
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  describe.each(['docker', 'bubblewrap'] as const)('under %s', (engine) => {
    describeEngine(
      engine,
      'runs',
      (fixture) => {
        it('is all of the system that a run sees', async () => {
          const { stdout } = await fixture().run(['sh', '-c', 'ls /bin; [ -e /usr/bin/git ] || echo no git']);
          expect(stdout).toBe('busybox\ncat\nenv\nls\nsh\nno git\n');
        });
      },
      { root: { kind: 'folder', path: root } },
    );
  });
});

describeEngine('docker', 'images', (fixture) => {
  it('that are not there are refused with the command that fetches them', async () => {
    const opened = await open({
      asked: 'docker',
      root: { kind: 'image', image: 'espalier/none:1' },
      env: fixture().env,
    });
    expect(opened).toMatchObject({ kind: 'refused', nextStep: 'docker pull espalier/none:1' });
  });
});

describe('descriptors that this process inherited', () => {
  it('do not go on into a run', () => {
    // The shell leaves a folder open above the descriptors that node looks after.
    const script = 'exec 200</; exec "$0" "$@"';
    const program = `
      import { openSandbox } from ${JSON.stringify(join(import.meta.dirname, '../../../src/adapters/sandbox/open-sandbox.ts'))};
      const opened = await openSandbox({ asked: 'none', profiles: ['strict'], waive: [], root: { kind: 'host' },
        toolPaths: [], stateDir: ${JSON.stringify(join(folder, 'state'))}, env: process.env });
      await opened.sandbox.run({ name: 'descriptors', profile: 'strict', resources: 'small', network: 'none',
        command: ['ls', '/proc/self/fd'], workdir: '/', mounts: [], env: {}, stdin: null, timeoutMs: 10000,
        outputLimitBytes: 10000, onStdout: (chunk) => void process.stdout.write(chunk) });`;
    const ran = spawnSync('bash', ['-c', script, process.execPath, '--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    expect(ran.stdout.split('\n')).toContain('1');
    expect(ran.stdout.split('\n')).not.toContain('200');
  });
});
