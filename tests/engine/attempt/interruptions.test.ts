import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { openEvidenceFiles } from '../../../src/adapters/local/evidence-files.ts';
import { runAttempt } from '../../../src/engine/run-attempt.ts';
import type { AttemptProgress } from '../../../src/ports/evidence-store.ts';
import type { Sandbox } from '../../../src/ports/sandbox.ts';
import {
  attemptOrder,
  fileAt,
  findWorkingEngines,
  makeTask,
  openAttemptRoom,
  scorer,
  script,
  watch,
  type AttemptRoom,
} from './attempt-room.ts';

const ENGINE = (await findWorkingEngines()).at(-1) ?? 'none';
let room: AttemptRoom;

afterEach(async () => {
  await room.close();
});

describe('an attempt that is stopped', () => {
  it.each(['worktree', 'setup', 'agent', 'intake', 'tests', 'review', 'verify', 'publish'] as const)(
    'at the stage %s says who stopped it, keeps its work and leaves nothing',
    async (stage) => {
      room = await openAttemptRoom(ENGINE);
      const stop = new AbortController();
      const onProgress = (progress: AttemptProgress): void => {
        if (progress.stage === stage && !stop.signal.aborted) stop.abort(new Error('a person asked for it'));
      };
      if (stage === 'worktree') stop.abort(new Error('a person asked for it'));
      const task = makeTask({
        setup: [['true']],
        agent: script('echo changed >> src/a.txt'),
        review: { reviewer: scorer(10), threshold: 10, iterations: 1, rubric: '' },
      });
      const order = attemptOrder(room, task);
      const evidence = await runAttempt(room.deps, order, { signal: stop.signal, onProgress });
      // Once it is verified there is nothing left to stop.
      expect(evidence.outcome).toBe(stage === 'publish' ? 'verified' : 'cancelled');
      expect(evidence.failure?.detail ?? 'none').toBe(stage === 'publish' ? 'none' : 'Stopped: a person asked for it.');
      const hasWork = !['worktree', 'setup', 'agent'].includes(stage);
      expect(evidence.headSha !== null).toBe(hasWork);
      expect(!hasWork || room.git('rev-parse', order.attemptBranch) === evidence.headSha).toBe(true);
      expect(readdirSync(join(room.stateDir, 'trees', 'plan'))).toEqual([]);
      expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
    },
  );

  it('while the agent works keeps what it has done so far', async () => {
    room = await openAttemptRoom(ENGINE);
    const stop = new AbortController();
    const onProgress = (progress: AttemptProgress): void => {
      if (progress.activity === 'half done') stop.abort(new Error('enough'));
    };
    const task = makeTask({
      agent: script('echo half >> src/a.txt; echo "half done"; sleep 0.2; echo "half done"; sleep 100'),
    });
    const order = attemptOrder(room, task);
    const evidence = await runAttempt(room.deps, order, { signal: stop.signal, onProgress });
    expect(evidence).toMatchObject({
      outcome: 'cancelled',
      failure: { cause: 'cancelled', detail: 'Stopped: enough.' },
    });
    expect(fileAt(room, order.attemptBranch, 'src/a.txt')).toBe('a\nhalf');
  });
});

/** Makes the worktree of a run that was killed while its agent worked: by running it with a store that never lets go. */
async function leaveWorktreeBehind(change: string): Promise<string> {
  const order = attemptOrder(room, makeTask({ agent: script(change), ports: ['A_PORT'] }));
  const path = room.deps.evidence.worktreePath({ ...order, task: order.task.id });
  // A kill takes the process away before it can tidy up.
  const removeWorktree = (): Promise<void> => Promise.resolve();
  const git = new Proxy(room.deps.git, {
    get: (target, name) => (name === 'removeWorktree' ? removeWorktree : (Reflect.get(target, name) as unknown)),
  });
  const stop = new AbortController();
  await runAttempt({ ...room.deps, git }, order, {
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress.stage === 'tests') stop.abort();
    },
  });
  expect(existsSync(path)).toBe(true);
  return path;
}

describe('what an earlier run of the attempt left', () => {
  it('goes to an archive branch before the next one begins', async () => {
    room = await openAttemptRoom(ENGINE);
    const path = await leaveWorktreeBehind('echo precious > src/precious.txt');
    const order = attemptOrder(room, makeTask(), { generation: 2 });
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({ outcome: 'verified', generation: 2, paths: ['src/a.txt'] });
    expect(existsSync(path)).toBe(false);
    expect(fileAt(room, 'archive/espalier/plan/one.1.1', 'src/precious.txt')).toBe('precious');
    expect(room.git('ls-tree', '-r', '--name-only', 'archive/espalier/plan/one.1.1')).not.toContain('.ports.env');
    expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('is just removed where the agent had changed nothing', async () => {
    room = await openAttemptRoom(ENGINE);
    const path = await leaveWorktreeBehind('echo x > src/x; echo y > src/y');
    execFileSync('rm', [join(path, 'src/x'), join(path, 'src/y')]);
    await runAttempt(room.deps, attemptOrder(room, makeTask()), watch());
    expect(existsSync(path)).toBe(false);
    expect(room.git('branch', '--list', 'archive/*')).toBe('');
  });

  it('is moved aside where it cannot be taken in', async () => {
    room = await openAttemptRoom(ENGINE);
    const path = await leaveWorktreeBehind('echo x > src/x');
    const record = join(room.stateDir, 'plans/plan/attempts/one.1.1/private/worktree.json');
    writeFileSync(record, readFileSync(record, 'utf8').replace('one.1.1', 'one.9.9'));
    const evidence = await runAttempt(room.deps, attemptOrder(room, makeTask(), { generation: 2 }), watch());
    expect(evidence.outcome).toBe('verified');
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(`${path}.kept-1/src/x`, 'utf8')).toBe('x\n');
    expect(room.warnings.join()).toContain('moved aside');
  });

  it('runs on no longer', async () => {
    room = await openAttemptRoom(ENGINE);
    await leaveWorktreeBehind('echo x > src/x');
    let reaped = '';
    const { sandbox: real } = room.deps;
    const sandbox: Sandbox = {
      engine: real.engine,
      waived: real.waived,
      run: (run) => real.run(run),
      pathInside: (mount) => real.pathInside(mount),
      prepareWritable: (paths) => real.prepareWritable(paths),
      findProgram: (name, profile) => real.findProgram(name, profile),
      reap: (prefix) => {
        reaped = prefix;
        return real.reap(prefix);
      },
    };
    const abandoned = join(room.stateDir, 'plans/plan/attempts/one.1.1/private/room');
    mkdirSync(abandoned);
    await runAttempt({ ...room.deps, sandbox }, attemptOrder(room, makeTask(), { generation: 2 }), watch());
    expect(existsSync(abandoned)).toBe(false);
    expect(reaped).toMatch(/^espalier-[0-9a-f]{8}-plan\.one\.1\.$/);
  });
});

describe('an attempt that goes on from an earlier one', () => {
  /** An earlier head that conflicts with the base as it is now. */
  function makeConflict(): { carrySha: never; baseSha: never } {
    room.git('checkout', '-q', '-b', 'earlier', room.base);
    const carrySha = room.commit({ 'src/a.txt': 'theirs\n', 'src/extra.txt': 'earlier work\n' }) as never;
    room.git('checkout', '-q', 'main');
    const baseSha = room.commit({ 'src/a.txt': 'ours\n' }) as never;
    return { carrySha, baseSha };
  }

  it('has its work in the worktree, and solves the conflicts that are marked', async () => {
    room = await openAttemptRoom(ENGINE);
    const { carrySha, baseSha } = makeConflict();
    const agent = script(
      'grep -q "^<<<<<<<" src/a.txt && grep -q "src/a.txt" "$ESPALIER_PROMPT_FILE" && printf "ours\\ntheirs\\nchanged\\n" > src/a.txt',
    );
    const order = attemptOrder(room, makeTask({ agent }), { carrySha, baseSha, feedback: 'It conflicted.' });
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({ outcome: 'verified', paths: ['src/a.txt', 'src/extra.txt'] });
    expect(room.git('log', '-1', '--format=%P', order.attemptBranch)).toBe(baseSha);
    expect(fileAt(room, order.attemptBranch, 'src/a.txt')).toBe('ours\ntheirs\nchanged');
  });

  it('is sent back, and refused, while markers are left', async () => {
    room = await openAttemptRoom(ENGINE);
    const { carrySha, baseSha } = makeConflict();
    const agent = script(
      'echo changed >> src/a.txt; test "$ESPALIER_ITERATION" = 1 || grep -q "conflict markers" "$ESPALIER_PROMPT_FILE"',
    );
    const task = makeTask({ agent, review: { reviewer: null, threshold: 10, iterations: 2, rubric: '' } });
    const evidence = await runAttempt(room.deps, attemptOrder(room, task, { carrySha, baseSha }), watch());
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'tree-refused' }, iterations: 2 });
    expect(evidence.violations).toEqual([
      { rule: 'contents', path: 'src/a.txt', because: 'it still holds conflict markers' },
    ]);
  });

  it('may leave earlier work as it is, if that is good now', async () => {
    room = await openAttemptRoom('none');
    room.git('checkout', '-q', '-b', 'earlier', room.base);
    const carrySha = room.commit({ 'src/a.txt': 'a\nchanged\n' });
    room.git('checkout', '-q', 'main');
    const baseSha = room.commit({ 'README.md': 'new\n' });
    const order = attemptOrder(room, makeTask({ agent: script('true') }), { carrySha, baseSha });
    expect(await runAttempt(room.deps, order, watch())).toMatchObject({ outcome: 'verified', paths: ['src/a.txt'] });
  });
});

const canMount = process.getuid?.() === 0;

describe('a full disk', () => {
  it.runIf(canMount)('ends the attempt as transient, and leaves nothing running or half made', async () => {
    room = await openAttemptRoom('none');
    const small = join(room.dir, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]);
    try {
      const base = openEvidenceFiles({ stateDir: room.stateDir });
      const inSmall = { ...base, worktreePath: (): string => join(small, 'tree') };
      const agent = script('head -c 100000000 /dev/zero > src/big');
      const evidence = await runAttempt(
        { ...room.deps, evidence: inSmall },
        attemptOrder(room, makeTask({ agent })),
        watch(),
      );
      expect(evidence.outcome).toBe('failed');
      // The agent's own write fails; its disk is the small one, that of the private folder is not.
      expect(['agent-failed', 'disk-full']).toContain(evidence.failure?.cause);
      writeFileSync(join(small, 'ballast'), Buffer.alloc(statSync(small).blksize));
      execFileSync('sh', ['-c', `cat /dev/zero > ${join(small, 'ballast')} 2>/dev/null || true`]);
      const order = attemptOrder(room, makeTask(), { generation: 2 });
      const full = await runAttempt({ ...room.deps, evidence: inSmall }, order, watch());
      expect(full).toMatchObject({ outcome: 'failed', failure: { cause: 'disk-full', isTransient: true } });
      expect(full.failure?.detail).toContain('espalier clean');
      expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
    } finally {
      execFileSync('umount', ['-l', small]);
    }
  });

  it('is an outcome also where the evidence cannot be written', async () => {
    room = await openAttemptRoom('none');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const { evidence: base } = room.deps;
    let logs = 0;
    const evidence: typeof base = {
      ...base,
      writeEvidence: () => Promise.reject(full),
      attemptDir: () => Promise.reject(full),
      openLog: (key) => {
        logs += 1;
        return base.openLog(key);
      },
    };
    const result = await runAttempt({ ...room.deps, evidence }, attemptOrder(room, makeTask()), watch());
    expect(result).toMatchObject({ outcome: 'failed', failure: { cause: 'disk-full', isTransient: true } });
    expect(room.warnings.join()).toContain('Evidence could not be written');
    // Nobody would close one.
    expect(logs).toBe(0);
  });
});

describe('an engine that breaks', () => {
  it('is transient, and says what the engine said', async () => {
    room = await openAttemptRoom('none');
    const sandbox = {
      ...room.deps.sandbox,
      engine: 'docker' as const,
      waived: [],
      pathInside: (mount: { source: string }) => mount.source,
      prepareWritable: () => Promise.resolve(),
      reap: () => Promise.resolve(0),
      findProgram: () => Promise.resolve(null),
      run: () =>
        Promise.resolve({
          status: 'engine-error' as const,
          exitCode: null,
          detail: 'the daemon is gone',
          durationMs: 1,
        }),
    };
    const evidence = await runAttempt({ ...room.deps, sandbox }, attemptOrder(room, makeTask()), watch());
    expect(evidence).toMatchObject({
      failure: {
        cause: 'sandbox-failed',
        isTransient: true,
        detail: expect.stringContaining('the daemon is gone') as string,
      },
    });
  });
});
