import { describe, expect, it } from 'vitest';

import { renderDoctorJson, renderDoctorTable } from '../../src/core/report/doctor-report.ts';
import type { DoctorStatus, DoctorTable } from '../../src/core/sandbox/doctor-table.ts';
import { PROPERTIES, type PropertyName } from '../../src/core/sandbox/property.ts';
import { runDoctor } from '../../src/engine/doctor.ts';
import { buildSyscallProbe } from '../../src/engine/doctor-syscalls.ts';
import type { DoctorBench } from '../../src/ports/doctor-bench.ts';
import type { Sandbox, SandboxExit, SandboxRun } from '../../src/ports/sandbox.ts';

/** What a sandbox of the test's own answers to the doctor's runs; every part can be made to leak. */
interface Behaviour {
  status: Record<string, string>;
  uid: string;
  written: string;
  secret: string;
  sockets: string;
  executed: string;
  env: string;
  initEnv: string;
  mounts: string;
  interfaces: string;
  namespaces: string;
  owner: number;
  answers: Record<string, number>;
  memory: Partial<SandboxExit>;
  forks: string;
  burnt: string;
  heartbeats: [number, number];
}

const TIGHT: Behaviour = {
  status: {
    CapInh: '0000',
    CapPrm: '0000',
    CapEff: '0000',
    CapBnd: '0000',
    CapAmb: '0000',
    NoNewPrivs: '1',
    Seccomp: '2',
  },
  uid: '65532',
  written: '',
  secret: '',
  sockets: '',
  executed: '',
  env: 'DOCTOR_GIVEN=given\nPATH=/bin\nHOME=/home/agent',
  initEnv: 'ESPALIER_SANDBOX_RUN=x\0',
  mounts: [
    '1 0 0:1 / / ro - overlay overlay rw',
    '2 1 0:2 / /tmp rw,nosuid,nodev,noexec - tmpfs tmpfs rw',
    '3 1 0:3 / /dev/shm rw,nosuid,nodev - tmpfs tmpfs rw',
    '4 1 0:4 / /home/agent rw,nosuid,nodev - tmpfs tmpfs rw',
    '5 1 8:1 /w /workspace rw - ext4 /dev/sda rw',
    '6 1 8:1 /usr /usr ro - ext4 /dev/sda rw',
  ].join('\n'),
  interfaces: 'Inter-| Receive\n face |bytes\n    lo: 0 0',
  namespaces: 'pid:[2]\nipc:[2]\nnet:[2]',
  owner: 65532,
  answers: {},
  memory: { status: 'out-of-memory', exitCode: null },
  forks: 'sh: Cannot fork',
  burnt: '100.0 101.5\n0m0.00s 0m0.00s\n0m0.70s 0m0.05s',
  heartbeats: [5, 5],
};

const REFUSED: Record<string, number> = { geteuid: 65532, clone3: -38, io_uring_setup: -38, close_range: 0 };

function makeBench(behaviour: Behaviour): DoctorBench {
  const beats = [...behaviour.heartbeats];
  return {
    machine: { memoryBytes: 64 * 1024 ** 3, cpus: 16 },
    isRoot: true,
    architecture: 'x64',
    worktree: '/host/worktree',
    programs: '/host/programs',
    secretPath: '/host/secret',
    secret: 'the-secret',
    port: 4242,
    hostAddress: '192.0.2.7',
    abstractName: 'abstract',
    engineSockets: [],
    hostPid: 999,
    namespaces: { pid: 'pid:[1]', ipc: 'ipc:[1]', net: 'net:[1]' },
    writeProgram: async () => {},
    clearWorktree: async () => {},
    sizeOf: async () => beats.shift() ?? null,
    ownerOf: async () => behaviour.owner,
    sleep: async () => {},
  };
}

function look(behaviour: Behaviour): string {
  const sections = {
    status: Object.entries(behaviour.status)
      .map(([name, value]) => `${name}:\t${value}`)
      .join('\n'),
    mounts: behaviour.mounts,
    env: behaviour.env,
    'init-env': behaviour.initEnv,
    interfaces: behaviour.interfaces,
    user: behaviour.uid,
    namespaces: behaviour.namespaces,
    processes: '1\n2',
    signalled: '',
    written: behaviour.written,
    secret: behaviour.secret,
    sockets: behaviour.sockets,
    executed: behaviour.executed,
    copied: '/tmp',
    end: '',
  };
  return Object.entries(sections)
    .map(([name, text]) => `\n@@${name}\n${text}\n`)
    .join('');
}

function answerCalls(behaviour: Behaviour, bench: DoctorBench): Uint8Array {
  const { calls } = buildSyscallProbe(bench);
  const bytes = new Uint8Array(calls.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [at, { name }] of calls.entries()) {
    // The last socket is the one of AF_VSOCK.
    const standard = name === 'socket' ? (at === calls.length - 1 ? -97 : 3) : name === 'connect' ? -111 : -1;
    view.setBigInt64(at * 8, BigInt(behaviour.answers[name] ?? REFUSED[name] ?? standard), true);
  }
  return bytes;
}

function makeSandbox(behaviour: Behaviour, bench: DoctorBench): Sandbox {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  return {
    engine: 'docker',
    waived: [],
    pathInside: ({ target }) => target,
    prepareWritable: async () => {},
    findProgram: async () => null,
    reap: async () => 0,
    run: async (run: SandboxRun) => {
      const exit: SandboxExit = { status: 'exited', exitCode: 0, detail: '', durationMs: 1 };
      const [program = '', , script = ''] = run.command;
      if (program.endsWith('/memory')) return { ...exit, ...behaviour.memory };
      if (program.endsWith('/syscalls')) await run.onStdout?.(answerCalls(behaviour, bench));
      else if (script.startsWith('secret=')) await run.onStdout?.(text(look(behaviour)));
      else if (script.includes('reached')) await run.onStdout?.(text(behaviour.forks));
      else if (script.includes('times')) await run.onStdout?.(text(behaviour.burnt));
      return exit;
    },
  };
}

async function examine(changes: Partial<Behaviour>, missing: PropertyName[] = []): Promise<DoctorTable> {
  const behaviour = { ...TIGHT, ...changes };
  const bench = makeBench(behaviour);
  const probe = {
    engine: 'docker' as const,
    works: true,
    because: 'scripted',
    missing: missing.map((property) => ({ property, because: 'not on this machine' })),
    nextStep: '',
  };
  return runDoctor({ subjects: [{ probe, sandbox: makeSandbox(behaviour, bench) }], bench, profiles: ['strict'] });
}

function statusOf(table: DoctorTable, property: PropertyName): DoctorStatus | undefined {
  return table.rows[0]?.cells.find((cell) => cell.property === property)?.status;
}

describe('runDoctor', () => {
  it('finds every property held in a sandbox that is tight', async () => {
    const table = await examine({});
    expect(table.rows[0]?.cells.filter(({ status }) => status !== 'held')).toEqual([]);
    expect(table.rows[0]).toMatchObject({ verdict: 'enforced', unmet: [] });
  });

  it.each<{ property: PropertyName; name: string; changes: Partial<Behaviour> }>([
    { property: 'read-only-root', name: 'a write to /usr', changes: { written: '/usr' } },
    {
      property: 'capabilities-dropped',
      name: 'a capability left in the bounding set',
      changes: { status: { ...TIGHT.status, CapBnd: '0400' } },
    },
    { property: 'capabilities-dropped', name: 'a change to user 0', changes: { answers: { setresuid: 0 } } },
    {
      property: 'capabilities-dropped',
      name: 'a mount that fails for another reason',
      changes: { answers: { mount: -14 } },
    },
    { property: 'no-new-privileges', name: 'a setuid program that works', changes: { answers: { geteuid: 0 } } },
    {
      property: 'no-new-privileges',
      name: 'the flag missing',
      changes: { status: { ...TIGHT.status, NoNewPrivs: '0' } },
    },
    { property: 'seccomp', name: 'no filter', changes: { status: { ...TIGHT.status, Seccomp: '0' } } },
    { property: 'seccomp', name: 'a call that the kernel answered', changes: { answers: { add_key: -14 } } },
    { property: 'seccomp', name: 'a new user namespace', changes: { answers: { unshare: 0 } } },
    { property: 'seccomp', name: 'a clone into a user namespace', changes: { answers: { clone: 77 } } },
    { property: 'non-root-user', name: 'root inside', changes: { uid: '0' } },
    { property: 'non-root-user', name: 'root on the host', changes: { owner: 0 } },
    { property: 'pid-namespace', name: 'the host’s processes', changes: { namespaces: 'pid:[1]\nipc:[2]\nnet:[2]' } },
    {
      property: 'ipc-namespace',
      name: 'the host’s shared memory',
      changes: { namespaces: 'pid:[2]\nipc:[1]\nnet:[2]' },
    },
    { property: 'no-network', name: 'a connection to the host', changes: { answers: { connect: 0 } } },
    { property: 'no-network', name: 'an interface', changes: { interfaces: 'lo: 0\neth0: 0' } },
    { property: 'memory-limit', name: 'memory over the limit', changes: { memory: { status: 'exited', exitCode: 0 } } },
    { property: 'pids-limit', name: 'forks over the limit', changes: { forks: 'reached 288' } },
    {
      property: 'cpu-limit',
      name: 'two processors for half a one',
      changes: { burnt: '100 101.5\n0m0s 0m0s\n0m3.00s 0m0.00s' },
    },
    { property: 'tmp-noexec', name: 'a program in /tmp', changes: { executed: '/tmp' } },
    {
      property: 'tmp-nosuid-nodev',
      name: 'a /tmp without nosuid',
      changes: { mounts: TIGHT.mounts.replace('/tmp rw,nosuid', '/tmp rw') },
    },
    { property: 'only-worktree-mounted', name: 'the host’s secret', changes: { secret: 'the-secret' } },
    {
      property: 'only-worktree-mounted',
      name: 'a second writable mount',
      changes: { mounts: `${TIGHT.mounts}\n7 1 8:1 /x /x rw - ext4 /dev/sda rw` },
    },
    { property: 'no-engine-socket', name: 'a docker socket', changes: { sockets: '/var/run/docker.sock' } },
    {
      property: 'empty-environment',
      name: 'a variable of the host',
      changes: { env: `${TIGHT.env}\nAWS_SECRET_ACCESS_KEY=x` },
    },
    {
      property: 'empty-environment',
      name: 'a variable of the host in the first process',
      changes: { initEnv: 'SSH_AUTH_SOCK=/x\0' },
    },
    { property: 'processes-end-with-run', name: 'a daemon that lives on', changes: { heartbeats: [5, 9] } },
  ])('finds $property broken by $name', async ({ property, changes }) => {
    const table = await examine(changes);
    expect(statusOf(table, property)).toBe('broken');
    expect(table.rows[0]).toMatchObject({ verdict: 'broken' });
    expect(table.rows[0]?.unmet).toContain(property);
  });

  it('does not try what is known to be missing, and calls the profile refused', async () => {
    const table = await examine({ memory: { status: 'exited', exitCode: 0 } }, ['memory-limit']);
    expect(statusOf(table, 'memory-limit')).toBe('not-enforced');
    expect(table.rows[0]).toMatchObject({ verdict: 'refused', unmet: ['memory-limit'] });
  });

  it('never takes silence for a property that held', async () => {
    const bench = makeBench({ ...TIGHT, heartbeats: [0, 0] });
    const silent = {
      ...makeSandbox(TIGHT, bench),
      run: async () => ({ status: 'engine-error' as const, exitCode: null, detail: 'gone', durationMs: 0 }),
    };
    const probe = { engine: 'docker' as const, works: true, because: '', missing: [], nextStep: '' };
    const table = await runDoctor({ subjects: [{ probe, sandbox: silent }], bench, profiles: ['strict'] });
    expect(new Set(table.rows[0]?.cells.map(({ status }) => status))).toEqual(new Set(['not-tried']));
    expect(table.rows[0]?.verdict).toBe('refused');
  });

  it('has no rows for an engine that does not work, and says why', async () => {
    const bench = makeBench(TIGHT);
    const probe = {
      engine: 'podman' as const,
      works: false,
      because: 'podman is not installed',
      missing: [],
      nextStep: 'install it',
    };
    const table = await runDoctor({ subjects: [{ probe, sandbox: null }], bench });
    expect(table).toEqual({
      engines: [{ engine: 'podman', works: false, because: 'podman is not installed', nextStep: 'install it' }],
      rows: [],
    });
  });
});

describe('the report', () => {
  it('shows every property, what is missing, and how strict is refused', async () => {
    const lines = renderDoctorTable(await examine({}, ['memory-limit']));
    const text = lines.join('\n');
    for (const property of PROPERTIES) expect(text).toContain(property);
    expect(text).toMatch(/memory-limit +missing/);
    expect(text).toContain('docker strict: refused here, unless with --waive memory-limit');
  });

  it('shouts about what is broken', async () => {
    const text = renderDoctorTable(await examine({ written: '/usr' })).join('\n');
    expect(text).toMatch(/read-only-root +BROKEN/);
    expect(text).toContain('do not run untrusted code');
  });

  it('is the same table as JSON', async () => {
    const table = await examine({});
    expect(JSON.parse(renderDoctorJson(table))).toEqual({ version: 1, ...table });
  });
});
