import { describe, expect, it } from 'vitest';

import { type BubblewrapHost, buildBubblewrapInvocation } from '../../../src/core/sandbox/bubblewrap-args.ts';
import {
  buildContainerInvocation,
  type ContainerEngine,
  type ContainerHost,
  FLAVORS,
  renderMount,
} from '../../../src/core/sandbox/container-args.ts';
import type { SandboxPolicy } from '../../../src/core/sandbox/policy.ts';

const policy: SandboxPolicy = {
  name: 'task-1',
  profile: 'strict',
  network: 'none',
  limits: { memoryBytes: 1_000_000_000, cpus: 0.5, pids: 256, tmpBytes: 1_000_000 },
  command: ['node', '--test', '; rm -rf /'],
  workdir: '/workspace',
  mounts: [
    { source: '/srv/tree', target: '/workspace', access: 'read-write' },
    { source: '/srv/git', target: '/git/private', access: 'read-only' },
  ],
  env: [
    ['HOME', '/home/agent'],
    ['PATH', '/usr/bin'],
    ['TOKEN', 'hunter2'],
  ],
  mayExecuteInTmp: false,
  user: { uid: 65532, gid: 65532 },
  hasStdin: false,
};

const asUser: BubblewrapHost = {
  bwrap: '/usr/bin/bwrap',
  prlimit: '/usr/bin/prlimit',
  setpriv: null,
  system: [
    { kind: 'bind', source: '/usr', target: '/usr' },
    { kind: 'symlink', path: '/bin', leadsTo: 'usr/bin' },
  ],
  networkFiles: [{ kind: 'bind', source: '/run/resolved/resolv.conf', target: '/etc/resolv.conf' }],
  toolPaths: ['/opt/node'],
  limitsProcessesByRlimit: true,
  canSizeTmpfs: true,
};
const asRoot: BubblewrapHost = { ...asUser, setpriv: '/usr/bin/setpriv', limitsProcessesByRlimit: false };
const files = { tmpDir: '/srv/state/tmpfs', hasSeccomp: true };

/** True if `part` stands in `whole` in one piece. */
function holds(whole: readonly string[], part: readonly string[]): boolean {
  return whole.some((_word, at) => part.every((word, offset) => whole[at + offset] === word));
}

describe('buildBubblewrapInvocation', () => {
  const user = buildBubblewrapInvocation(policy, asUser, files);
  const root = buildBubblewrapInvocation(policy, asRoot, files);

  it.each([
    ['--unshare-pid'],
    ['--unshare-ipc'],
    ['--unshare-uts'],
    ['--unshare-net'],
    ['--die-with-parent'],
    ['--new-session'],
    ['--clearenv'],
    ['--cap-drop', 'ALL'],
    ['--remount-ro', '/'],
    ['--remount-ro', '/dev'],
    ['--ro-bind', '/usr', '/usr'],
    ['--symlink', 'usr/bin', '/bin'],
    ['--ro-bind', '/opt/node', '/opt/node'],
    ['--bind', '/srv/tree', '/workspace'],
    ['--ro-bind', '/srv/git', '/git/private'],
    ['--bind', '/srv/state/tmpfs/tmp', '/tmp'],
    ['--chdir', '/workspace'],
    ['--seccomp', '4'],
    ['--setenv', 'TOKEN', 'hunter2'],
    ['--perms', '0755', '--dir', '/git'],
  ])('always has %s %s', (...words) => {
    const part = words.filter((word) => typeof word === 'string');
    expect(holds(user.options, part)).toBe(true);
    expect(holds(root.options, part)).toBe(true);
  });

  it('makes a user namespace for an ordinary user and none for root', () => {
    expect(holds(user.options, ['--unshare-user', '--uid', '65532', '--gid', '65532'])).toBe(true);
    expect(root.options).not.toContain('--unshare-user');
  });

  it('lets setpriv become the user for good when root starts it', () => {
    expect(root.argv.slice(4, 11)).toEqual([
      '/usr/bin/setpriv',
      '--reuid=65532',
      '--regid=65532',
      '--clear-groups',
      '--bounding-set=-all',
      '--inh-caps=-all',
      '--no-new-privs',
    ]);
    expect(user.argv).not.toContain('--reuid=65532');
  });

  it('limits processes by rlimit only where that counts the run alone', () => {
    expect(user.argv).toContain('--nproc=256:256');
    expect(root.argv.some((word) => word.startsWith('--nproc'))).toBe(false);
  });

  it('hands the command over word by word, at the end', () => {
    expect(user.argv.slice(-4)).toEqual(['--', 'node', '--test', '; rm -rf /']);
  });

  it('puts no value of a variable and no host path into the command line', () => {
    expect(user.argv.join(' ')).not.toMatch(/hunter2|\/srv\//);
  });

  it('shares the network and shows its files only when it is open', () => {
    const open = buildBubblewrapInvocation({ ...policy, profile: 'development', network: 'open' }, asUser, files);
    expect(open.options).not.toContain('--unshare-net');
    expect(open.options).toContain('/etc/resolv.conf');
    expect(user.options).not.toContain('/run/resolved/resolv.conf');
  });

  it('makes its own tmpfs where none was prepared', () => {
    const { options } = buildBubblewrapInvocation(policy, asUser, { tmpDir: null, hasSeccomp: false });
    expect(holds(options, ['--size', '1000000', '--tmpfs', '/tmp'])).toBe(true);
    expect(options).not.toContain('--seccomp');
  });
});

function containerHost(engine: ContainerEngine): ContainerHost {
  return {
    flavor: FLAVORS[engine],
    image: 'localhost/base:1',
    seccompFile: '/srv/state/seccomp.json',
    system: [{ kind: 'bind', source: '/usr', target: '/usr' }],
    networkFiles: [],
    toolPaths: ['/opt/node'],
    imageVariables: ['IMAGE_SECRET', 'PATH'],
    machineArguments: ['--init'],
    openFiles: 1024,
    userProcesses: 4096,
    canOwnTmpfs: engine === 'docker',
  };
}

describe.each(['docker', 'podman'] as const)('buildContainerInvocation for %s', (engine) => {
  const { create, start, clientEnv } = buildContainerInvocation(policy, containerHost(engine));

  it.each([
    ['--read-only'],
    ['--cap-drop', 'ALL'],
    ['--security-opt', 'no-new-privileges'],
    ['--init'],
    ['--network', 'none'],
    ['--security-opt', 'seccomp=/srv/state/seccomp.json'],
    ['--user', '65532:65532'],
    ['--pids-limit', '256'],
    ['--memory', '1000000000'],
    ['--memory-swap', '1000000000'],
    ['--cpus', '0.5'],
    ['--ipc', 'private'],
    ['--cgroupns', 'private'],
    ['--log-driver', 'none'],
    ['--ulimit', 'core=0:0'],
    ['--name', 'espalier-task-1'],
    ['--label', 'espalier.sandbox=task-1'],
    ['--mount', 'type=bind,source=/srv/tree,target=/workspace'],
    ['--mount', 'type=bind,source=/srv/git,target=/git/private,readonly'],
    ['--mount', 'type=bind,source=/usr,target=/usr,readonly'],
    ['--workdir', '/workspace'],
  ])('always has %s %s', (...words) => {
    expect(
      holds(
        create,
        words.filter((word) => typeof word === 'string'),
      ),
    ).toBe(true);
  });

  it('mounts /tmp without programs, setuid and devices', () => {
    const tmpfs = create.find((word) => word.startsWith('/tmp:'));
    expect(tmpfs?.slice(5).split(',')).toEqual(expect.arrayContaining(['noexec', 'nosuid', 'nodev', 'size=1000000']));
  });

  it('lets programs run in /tmp under development only', () => {
    const development = buildContainerInvocation({ ...policy, mayExecuteInTmp: true }, containerHost(engine));
    expect(development.create.find((word) => word.startsWith('/tmp:'))).toContain(',exec,');
  });

  it('hands the command over word by word, after the image', () => {
    expect(create.slice(-5)).toEqual(['--entrypoint', 'node', 'localhost/base:1', '--test', '; rm -rf /']);
  });

  it('keeps values of variables out of the command line, except those that would steer the client', () => {
    expect(create.join(' ')).not.toContain('hunter2');
    expect(clientEnv).toEqual({ TOKEN: 'hunter2' });
    expect(holds(create, ['--env', 'PATH=/usr/bin'])).toBe(true);
  });

  it.each([
    'DOCKER_HOST',
    'GODEBUG',
    'HTTPS_PROXY',
    'no_proxy',
    'SSL_CERT_FILE',
    'CONTAINERS_CONF',
    'XDG_CONFIG_HOME',
    'CONTAINER_HOST',
  ])('does not let %s reach the client', (name) => {
    const invocation = buildContainerInvocation({ ...policy, env: [[name, 'x']] }, containerHost(engine));
    expect(invocation.clientEnv).toEqual({});
    expect(holds(invocation.create, ['--env', `${name}=x`])).toBe(true);
  });

  it('starts attached, with standard input only if there is any', () => {
    expect(start).toEqual(expect.arrayContaining(['start', '--attach', 'espalier-task-1']));
    expect(start).not.toContain('--interactive');
    const withInput = buildContainerInvocation({ ...policy, hasStdin: true }, containerHost(engine));
    expect(withInput.start).toContain('--interactive');
    expect(withInput.create).toContain('--interactive');
  });
});

describe('what differs between the container engines', () => {
  it('is that docker removes variables of the image by name, and podman all at once', () => {
    const docker = buildContainerInvocation(policy, containerHost('docker')).create;
    const podman = buildContainerInvocation(policy, containerHost('podman')).create;
    expect(holds(docker, ['--env', 'IMAGE_SECRET'])).toBe(true);
    expect(podman).toContain('--unsetenv-all');
    expect(podman).toContain('--http-proxy=false');
  });
});

describe('renderMount', () => {
  it.each([
    { name: 'a plain path', source: '/a', wanted: 'type=bind,source=/a,target=/b' },
    { name: 'a comma', source: '/a,readonly', wanted: 'type=bind,"source=/a,readonly",target=/b' },
    { name: 'a quote', source: '/a"b', wanted: 'type=bind,"source=/a""b",target=/b' },
    { name: 'a space', source: '/a b', wanted: 'type=bind,"source=/a b",target=/b' },
  ])('quotes $name as CSV', ({ source, wanted }) => {
    expect(renderMount(source, '/b', false)).toBe(wanted);
  });
});
