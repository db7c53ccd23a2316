import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isNormalAbsolutePath } from '../../../src/core/sandbox/inside-path.ts';
import { type PolicyContext, readPolicy, type RunRequest } from '../../../src/core/sandbox/policy.ts';
import { PROFILE_RULES } from '../../../src/core/sandbox/profile.ts';
import { PROPERTIES } from '../../../src/core/sandbox/property.ts';
import { limitResources, RESOURCE_LIMITS } from '../../../src/core/sandbox/resources.ts';

const GIB = 1024 ** 3;

const context: PolicyContext = {
  machine: { memoryBytes: 64 * GIB, cpus: 16 },
  engineSockets: ['/srv/engines/docker.sock'],
  homeDir: '/home/someone',
  user: { uid: 1000, gid: 1000 },
  toolPaths: ['/opt/tools/node'],
  defaultPath: '/usr/bin:/bin',
};

function request(overrides: Partial<RunRequest> = {}): RunRequest {
  return {
    name: 'task-1',
    profile: 'strict',
    resources: 'small',
    network: 'none',
    command: ['true'],
    workdir: '/workspace',
    mounts: [{ source: '/srv/tree', target: '/workspace', access: 'read-write' }],
    env: {},
    stdin: null,
    timeoutMs: 1000,
    outputLimitBytes: 1000,
    ...overrides,
  };
}

function reasons(overrides: Partial<RunRequest>): string {
  const reading = readPolicy(request(overrides), context);
  return reading.ok ? '' : reading.because.join('; ');
}

function mount(source: string, target: string): RunRequest['mounts'] {
  return [{ source, target, access: 'read-only' }];
}

describe('readPolicy', () => {
  it('accepts a plain run and gives it the least environment', () => {
    const reading = readPolicy(request({ env: { B: '2', A: '1' } }), context);
    expect(reading.ok && reading.policy.env).toEqual([
      ['A', '1'],
      ['B', '2'],
      ['HOME', '/home/agent'],
      ['LANG', 'C.UTF-8'],
      ['PATH', '/usr/bin:/bin'],
      ['TMPDIR', '/tmp'],
    ]);
  });

  it('lets the given environment say its own PATH and HOME', () => {
    const reading = readPolicy(request({ env: { PATH: '/x', HOME: '/workspace' } }), context);
    expect(reading.ok && Object.fromEntries(reading.policy.env)).toMatchObject({ PATH: '/x', HOME: '/workspace' });
  });

  it('puts outer mounts before those nested in them', () => {
    const mounts = [...mount('/srv/git', '/workspace/.git'), ...mount('/srv/tree', '/workspace')];
    const reading = readPolicy(request({ mounts }), context);
    expect(reading.ok && reading.policy.mounts.map(({ target }) => target)).toEqual(['/workspace', '/workspace/.git']);
  });

  it.each([
    {
      name: 'an open network under strict',
      overrides: { network: 'open' as const },
      wanted: "profile 'strict' has no network",
    },
    { name: 'an empty name', overrides: { name: '' }, wanted: 'the name ""' },
    { name: 'a name that climbs', overrides: { name: '../x' }, wanted: 'the name "../x"' },
    { name: 'a name that looks like an option', overrides: { name: '--rm' }, wanted: 'the name "--rm"' },
    { name: 'a name that is too long', overrides: { name: 'a'.repeat(121) }, wanted: 'at most 120' },
    { name: 'an empty command', overrides: { command: [] }, wanted: 'the command is empty' },
    { name: 'a program that looks like an option', overrides: { command: ['-x'] }, wanted: "begins with '-'" },
    { name: 'a NUL in an argument', overrides: { command: ['echo', 'a\0b'] }, wanted: 'NUL' },
    { name: 'a relative working directory', overrides: { workdir: 'here' }, wanted: 'working directory "here"' },
    { name: 'a timeout of nothing', overrides: { timeoutMs: 0 }, wanted: 'timeoutMs' },
    {
      name: 'an output limit that is no number',
      overrides: { outputLimitBytes: Number.NaN },
      wanted: 'outputLimitBytes',
    },
    { name: 'a relative target', overrides: { mounts: mount('/srv/tree', 'work') }, wanted: 'not an absolute path' },
    {
      name: 'a target that climbs',
      overrides: { mounts: mount('/srv/tree', '/srv/../etc') },
      wanted: 'not an absolute',
    },
    { name: 'a target under /proc', overrides: { mounts: mount('/srv/tree', '/proc/sys') }, wanted: "lies in '/proc'" },
    { name: 'a target that is /usr', overrides: { mounts: mount('/srv/tree', '/usr') }, wanted: "lies in '/usr'" },
    { name: 'a target in /etc', overrides: { mounts: mount('/srv/tree', '/etc/passwd') }, wanted: "lies in '/etc'" },
    { name: 'a target that is the root', overrides: { mounts: mount('/srv/tree', '/') }, wanted: 'would cover' },
    {
      name: 'a target over the private tmpfs',
      overrides: { mounts: mount('/srv/tree', '/tmp') },
      wanted: 'would cover',
    },
    { name: 'a target over a tool', overrides: { mounts: mount('/srv/tree', '/opt/tools') }, wanted: 'tool folder' },
    { name: 'the root as a source', overrides: { mounts: mount('/', '/workspace') }, wanted: 'whole system folder' },
    {
      name: 'the kernel as a source',
      overrides: { mounts: mount('/proc/1/root', '/workspace') },
      wanted: "lies in '/proc'",
    },
    {
      name: 'the run folder as a source',
      overrides: { mounts: mount('/var/run', '/workspace') },
      wanted: "lies in '/var/run'",
    },
    {
      name: 'an engine socket',
      overrides: { mounts: mount('/srv/engines/docker.sock', '/s') },
      wanted: 'engine socket',
    },
    {
      name: 'the folder of an engine socket',
      overrides: { mounts: mount('/srv/engines', '/s') },
      wanted: 'engine socket',
    },
    { name: 'the home folder', overrides: { mounts: mount('/home/someone', '/workspace') }, wanted: 'home folder' },
    {
      name: 'a source with a new line',
      overrides: { mounts: mount('/srv/a\nb', '/workspace') },
      wanted: 'normal form',
    },
    { name: 'a variable that is none', overrides: { env: { 'A-B': '1' } }, wanted: 'variable name "A-B"' },
    {
      name: 'a variable that loads a library',
      overrides: { env: { LD_PRELOAD: '/x.so' } },
      wanted: 'steers the loader',
    },
    { name: 'a NUL in a value', overrides: { env: { A: 'x\0y' } }, wanted: 'NUL' },
  ])('refuses $name', ({ overrides, wanted }) => {
    expect(reasons(overrides)).toContain(wanted);
  });

  it('names every reason at once', () => {
    expect(reasons({ name: '', command: [], env: { LD_AUDIT: 'x' } }).split('; ')).toHaveLength(4);
  });

  it('refuses the same target twice', () => {
    expect(reasons({ mounts: [...mount('/srv/a', '/w'), ...mount('/srv/b', '/w')] })).toContain('given twice');
  });

  it('refuses a user or group that is root', () => {
    for (const user of [
      { uid: 0, gid: 5 },
      { uid: 5, gid: 0 },
    ])
      expect(readPolicy(request(), { ...context, user }).ok).toBe(false);
  });

  it('never shows the value of a variable in a reason', () => {
    expect(reasons({ env: { LD_PRELOAD: 'hunter2', OK: 'hunter2\0' } })).not.toContain('hunter2');
  });

  it('lets through no target outside of normal absolute form, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('/', '.', 'a', ' ', '\n', '..', '//') }), (target) => {
        const reading = readPolicy(request({ mounts: mount('/srv/tree', target) }), context);
        expect(reading.ok && !isNormalAbsolutePath(target)).toBe(false);
      }),
    );
  });
});

describe('profiles', () => {
  it('demand every property under strict', () => {
    expect(PROFILE_RULES.strict.required).toEqual(PROPERTIES);
  });

  it('leave only the network and programs in /tmp open under development', () => {
    const open = PROPERTIES.filter((property) => !PROFILE_RULES.development.required.includes(property));
    expect(open).toEqual(['no-network', 'tmp-noexec']);
  });
});

describe('limitResources', () => {
  it('gives the sizes as they are where the machine has enough', () => {
    expect(limitResources('xlarge', { memoryBytes: 64 * GIB, cpus: 16 })).toEqual(RESOURCE_LIMITS.xlarge);
  });

  it('never gives more processors or memory than a small machine has', () => {
    const limits = limitResources('xlarge', { memoryBytes: 4 * GIB, cpus: 2 });
    expect(limits.cpus).toBe(2);
    expect(limits.memoryBytes).toBe(Math.floor(4 * GIB * 0.8));
    expect(limits.tmpBytes).toBeLessThanOrEqual(limits.memoryBytes / 4);
  });

  it('lets every size start a test runner with a pool per core', () => {
    for (const size of ['small', 'medium', 'large', 'xlarge'] as const)
      expect(RESOURCE_LIMITS[size].pids).toBeGreaterThanOrEqual(256);
  });
});
