import { execFileSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { encodeTar, listBaseImageMembers } from '../../../src/core/sandbox/base-image.ts';
import { readCgroupLayout, readOomKills, settingsV1, settingsV2 } from '../../../src/core/sandbox/cgroup-layout.ts';
import { renderEtcFiles } from '../../../src/core/sandbox/etc-files.ts';
import { buildProbeProgram, readProbeResults } from '../../../src/core/sandbox/probe-program.ts';
import { buildSearchPath, findToolFolders, isToolFolder } from '../../../src/core/sandbox/tool-paths.ts';

describe('readCgroupLayout', () => {
  it('finds version 2 groups from its own up to the mount', () => {
    const layout = readCgroupLayout(
      '0::/user.slice/user-1000.slice/session-2.scope\n',
      '30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n',
    );
    expect(layout.v2).toEqual([
      '/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope',
      '/sys/fs/cgroup/user.slice/user-1000.slice',
      '/sys/fs/cgroup/user.slice',
      '/sys/fs/cgroup',
    ]);
  });

  it('finds version 1 controllers, also two in one mount', () => {
    const layout = readCgroupLayout(
      '5:cpu,cpuacct:/a\n4:memory:/a b\n3:pids:/\n0::/\n',
      [
        '31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
        '32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
        '33 30 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
      ].join('\n'),
    );
    expect(layout).toEqual({
      v1: { cpu: '/sys/fs/cgroup/cpu,cpuacct/a', memory: '/sys/fs/cgroup/memory/a b', pids: '/sys/fs/cgroup/pids' },
      v2: [],
    });
  });

  it('sees the path of a container through the mount that shows only its part', () => {
    const layout = readCgroupLayout(
      '4:memory:/docker/abc/job\n',
      '32 30 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n',
    );
    expect(layout.v1.memory).toBe('/sys/fs/cgroup/memory/job');
  });

  it('reads nothing out of nothing', () => {
    expect(readCgroupLayout('', 'broken line\n - x')).toEqual({ v1: {}, v2: [] });
  });
});

describe('settings of control groups', () => {
  const limits = { memoryBytes: 1000, cpus: 0.5, pids: 9, tmpBytes: 1 };

  it('leave no swap on top of the memory', () => {
    expect(settingsV1('memory', limits).map(({ file, value }) => [file, value])).toEqual([
      ['memory.limit_in_bytes', '1000'],
      ['memory.memsw.limit_in_bytes', '1000'],
    ]);
    expect(settingsV2(limits)).toContainEqual({ file: 'memory.swap.max', value: '0', optional: true });
  });

  it('say half a processor as a quota', () => {
    expect(settingsV1('cpu', limits).at(-1)).toMatchObject({ file: 'cpu.cfs_quota_us', value: '50000' });
    expect(settingsV2(limits)).toContainEqual({ file: 'cpu.max', value: '50000 100000', optional: false });
  });

  it('count kills for memory in both versions', () => {
    expect(readOomKills('oom_kill_disable 0\nunder_oom 0\noom_kill 2\n')).toBe(2);
    expect(readOomKills('low 0\nhigh 0\noom 1\noom_kill 3\n')).toBe(3);
    expect(readOomKills('')).toBe(0);
  });
});

describe('findToolFolders', () => {
  const home = '/home/me';

  it.each([
    { name: 'a program of the system', path: '/usr/bin/git', realPath: '/usr/bin/git', wanted: [] },
    {
      name: 'a version manager',
      path: '/home/me/.nvm/v24/bin/node',
      realPath: '/home/me/.nvm/v24/bin/node',
      wanted: ['/home/me/.nvm/v24'],
    },
    { name: 'a tool in /opt', path: '/opt/node/bin/node', realPath: '/opt/node/bin/node', wanted: ['/opt/node'] },
    {
      name: 'a program right in the home folder',
      path: '/home/me/bin/x',
      realPath: '/home/me/bin/x',
      wanted: ['/home/me/bin'],
    },
    {
      name: 'a link in ~/.local/bin',
      path: '/home/me/.local/bin/x',
      realPath: '/home/me/.local/share/x/v1/x',
      wanted: ['/home/me/.local/bin', '/home/me/.local/share/x/v1'],
    },
    {
      name: 'a global npm package',
      path: '/home/me/.npm/bin/agent',
      realPath: '/home/me/.npm/lib/node_modules/agent/cli.js',
      wanted: ['/home/me/.npm'],
    },
  ])('takes for $name no more than it needs', ({ path, realPath, wanted }) => {
    expect(findToolFolders({ path, realPath }, home)).toEqual(wanted);
  });

  it.each(['/', '/home', '/home/me', '/home/me/.local', '/home/me/.config', '/opt', '/tmp', 'relative', '/a/../b'])(
    'never takes %s',
    (folder) => {
      expect(isToolFolder(folder, home)).toBe(false);
    },
  );

  it('puts the tools first in the search path', () => {
    expect(buildSearchPath(['/opt/node'], ['/opt/node/bin', '/elsewhere'], '/usr/bin:/bin')).toBe(
      '/opt/node/bin:/usr/bin:/bin',
    );
  });
});

describe('the base image', () => {
  it('is an archive that tar reads, with the links of a merged /usr', () => {
    const members = listBaseImageMembers([
      { kind: 'symlink', path: '/bin', leadsTo: 'usr/bin' },
      { kind: 'symlink', path: '/sbin', leadsTo: 'usr/sbin' },
      { kind: 'bind', source: '/usr', target: '/usr' },
    ]);
    const listing = execFileSync('tar', ['--list', '--verbose', '--file', '-'], {
      input: encodeTar(members),
    }).toString();
    expect(listing).toContain('bin -> usr/bin');
    expect(listing).toMatch(/drwxrwxrwt .* tmp\//);
    expect(listing).toMatch(/drwxr-xr-x .* sbin\//);
  });
});

describe('renderEtcFiles', () => {
  it('knows the run’s user and none of the host’s', () => {
    const { passwd, group } = renderEtcFiles({ uid: 1234, gid: 99 });
    expect(passwd).toContain('agent:x:1234:99:agent:/home/agent:/bin/sh\n');
    expect(passwd?.split('\n').filter(Boolean)).toHaveLength(3);
    expect(group).toContain('agent:x:99:\n');
  });
});

describe('the probe program', () => {
  it('loads the right numbers into the registers of a 64-bit ARM', () => {
    const program = buildProbeProgram([{ name: 'geteuid', args: [0x1_0001] }], new Uint8Array(), 'arm64');
    const word = (at: number): number => new DataView(program.buffer).getUint32(120 + 4 * at, true);
    // sub sp, sp, #16; movz x8, #175; then x0 = 0x10001 in two halves; svc comes after 7 registers of 4 words.
    expect([word(0), word(1), word(5), word(6), word(29), word(30)].map((value) => value.toString(16))).toEqual([
      'd10043ff',
      'd28015e8',
      'd2800020',
      'f2a00020',
      'd4000001',
      'f90003e0',
    ]);
  });

  it('reads answers in order, and none from an output that was cut', () => {
    const calls = [
      { name: 'a', args: [] },
      { name: 'b', args: [] },
    ];
    const output = new Uint8Array(16);
    new DataView(output.buffer).setBigInt64(8, -38n, true);
    expect(readProbeResults(output, calls)).toEqual([
      { name: 'a', answer: 0 },
      { name: 'b', answer: -38 },
    ]);
    expect(readProbeResults(output.subarray(0, 15), calls)).toBeNull();
  });
});
