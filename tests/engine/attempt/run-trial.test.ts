import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { CommitSha } from '../../../src/core/brand.ts';
import { finalSuiteDigest, suiteDigest } from '../../../src/core/gate/bindings.ts';
import type { TestResult } from '../../../src/core/ledger/evidence.ts';
import { runFinal } from '../../../src/engine/run-final.ts';
import { runTrial } from '../../../src/engine/run-trial.ts';
import {
  findWorkingEngines,
  makeTask,
  openAttemptRoom,
  PLAN,
  trialOrder,
  watch,
  type AttemptRoom,
} from './attempt-room.ts';

const ENGINE = (await findWorkingEngines()).at(-1) ?? 'none';
let room: AttemptRoom;

afterEach(async () => {
  await room.close();
});

/** A head that changes src/a.txt, and a tip that has gone on meanwhile. */
function branchOut(
  ours: Record<string, string>,
  theirs: Record<string, string>,
): { headSha: CommitSha; ontoSha: CommitSha } {
  room.git('checkout', '-q', '-b', 'head', room.base);
  const headSha = room.commit(theirs);
  room.git('checkout', '-q', 'main');
  return { headSha, ontoSha: room.commit(ours) };
}

function expectTidy(): void {
  expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(readdirSync(join(room.stateDir, 'trees', 'plan'))).toEqual([]);
}

describe(`a trial on the tip under ${ENGINE}`, () => {
  it('makes the merge commit and tests exactly its tree', async () => {
    room = await openAttemptRoom(ENGINE);
    const { headSha, ontoSha } = branchOut({ 'src/b.txt': 'new b\n' }, { 'src/a.txt': 'a\nchanged\n' });
    const task = makeTask({
      test: [['sh', '-c', 'grep -q changed src/a.txt && grep -q new src/b.txt']],
      setup: [['true']],
    });
    const order = trialOrder(task, { headSha, ontoSha });
    const result = await runTrial(room.deps, order, watch());
    expect(result).toMatchObject({
      outcome: 'tested',
      headSha,
      ontoSha,
      conflicts: [],
      feedback: '',
      test: { stage: 'trial', status: 'passed', reused: false, suite: suiteDigest(task) },
    });
    expect(room.git('rev-parse', order.trialBranch)).toBe(result.commitSha);
    expect(room.git('rev-parse', `${result.commitSha}^{tree}`)).toBe(result.treeSha);
    expect(result.test?.tree).toBe(result.treeSha);
    expect(room.git('log', '-1', '--format=%P', result.commitSha ?? '')).toBe(`${ontoSha} ${headSha}`);
    expect(room.git('log', '-1', '--format=%B', result.commitSha ?? '')).toBe(
      'Merge one: Change a\n\nEspalier-Plan: plan\nEspalier-Task: one\nEspalier-Attempt: 1.2',
    );
    expect(await room.deps.evidence.readTrial({ plan: PLAN, task: task.id, attempt: 1, generation: 2 })).toEqual(
      result,
    );
    expectTidy();
  });

  it('gives back tests that are red on the merged tree, with their log', async () => {
    room = await openAttemptRoom(ENGINE);
    const { headSha, ontoSha } = branchOut({ 'src/b.txt': 'breaks\n' }, { 'src/a.txt': 'a\nchanged\n' });
    const task = makeTask({ test: [['sh', '-c', 'cat src/b.txt; ! grep -q breaks src/b.txt']] });
    const result = await runTrial(room.deps, trialOrder(task, { headSha, ontoSha }), watch());
    expect(result).toMatchObject({ outcome: 'tested', test: { status: 'failed', exitCode: 1, tail: 'breaks' } });
    expect(result.feedback).toContain('Merged with what has landed since, the tests do not pass.');
    expect(result.feedback).toContain('breaks');
    expectTidy();
  });

  it('gives back a setup that does not work on the merged tree', async () => {
    room = await openAttemptRoom(ENGINE);
    const refs = branchOut({ 'src/b.txt': 'x\n' }, { 'src/a.txt': 'a\nchanged\n' });
    const result = await runTrial(
      room.deps,
      trialOrder(makeTask({ setup: [['sh', '-c', 'echo no; exit 5']] }), refs),
      watch(),
    );
    expect(result).toMatchObject({ outcome: 'tested', test: { status: 'failed' } });
    expect(result.feedback).toContain('exit code 5');
  });

  it('gives back a conflict with its hunks', async () => {
    room = await openAttemptRoom(ENGINE);
    const refs = branchOut({ 'src/a.txt': 'ours\n' }, { 'src/a.txt': 'theirs\n' });
    const result = await runTrial(room.deps, trialOrder(makeTask(), refs), watch());
    expect(result).toMatchObject({
      outcome: 'conflict',
      commitSha: null,
      treeSha: null,
      test: null,
      conflicts: [{ path: 'src/a.txt' }],
    });
    for (const part of ['<<<<<<<', 'ours', 'theirs', '>>>>>>>', 'src/a.txt']) expect(result.feedback).toContain(part);
  });

  it('is an error where the engine or the branch does not work, not a verdict on the change', async () => {
    room = await openAttemptRoom('none');
    const refs = branchOut({ 'src/b.txt': 'x\n' }, { 'src/a.txt': 'a\nchanged\n' });
    const forge = {
      ...room.deps.forge,
      publishHead: () => Promise.resolve({ kind: 'refused' as const, because: 'it moves' }),
    };
    expect(await runTrial({ ...room.deps, forge }, trialOrder(makeTask(), refs), watch())).toMatchObject({
      outcome: 'error',
      test: null,
    });
    const stop = new AbortController();
    stop.abort();
    expect(await runTrial(room.deps, trialOrder(makeTask(), refs), watch(stop.signal))).toMatchObject({
      outcome: 'error',
      test: null,
    });
    expectTidy();
  });
});

describe('a known result', () => {
  const known = (over: Partial<TestResult>): TestResult => ({
    stage: 'verify',
    tree: room.git('rev-parse', 'head^{tree}') as never,
    suite: suiteDigest(makeTask()),
    status: 'passed',
    exitCode: null,
    durationMs: 5,
    tail: 'known',
    reused: false,
    ...over,
  });

  it.each([
    ['stands in for a run on the same tree under the same suite', {}, true],
    ["of the agent's own worktree does not", { stage: 'work' as const }, false],
    ['of another suite does not', { suite: 'f'.repeat(64) as never }, false],
    ['that did not pass does not', { status: 'failed' as const }, false],
    ['of another tree does not', { tree: 'f'.repeat(40) as never }, false],
  ])('%s', async (_name, over, reused) => {
    room = await openAttemptRoom('none');
    room.git('checkout', '-q', '-b', 'head');
    const headSha = room.commit({ 'src/a.txt': 'a\nchanged\n' });
    const order = trialOrder(makeTask(), { headSha, ontoSha: room.base, knownTests: [known(over)] });
    const result = await runTrial(room.deps, order, watch());
    expect(result.test).toMatchObject({ stage: 'trial', status: 'passed', reused });
    // Also where the tip could simply be moved forward.
    expect(room.git('log', '-1', '--format=%P', result.commitSha ?? '')).toBe(`${room.base} ${headSha}`);
  });
});

describe(`the final tests under ${ENGINE}`, () => {
  const order = (commands: string[][]) => ({
    plan: PLAN,
    generation: 9,
    commitSha: room.base,
    commands,
    settings: {
      profile: 'strict' as const,
      resources: 'small' as const,
      timeoutMs: 10_000,
      setup: [['sh', '-c', 'echo set > set']],
      copy: ['.env'],
      ports: ['P'],
    },
  });

  it.each([
    [
      'passed',
      [
        ['test', '-f', 'set'],
        ['grep', '-q', 'P=2', '.ports.env'],
      ],
      null,
    ],
    ['failed', [['true'], ['sh', '-c', 'exit 7']], 7],
  ] as const)('end as %s', async (status, commands, exitCode) => {
    room = await openAttemptRoom(ENGINE);
    const wanted = commands.map((command) => [...command]);
    const result = await runFinal(room.deps, order(wanted), watch());
    expect(result).toMatchObject({
      commitSha: room.base,
      test: {
        stage: 'final',
        status,
        exitCode,
        suite: finalSuiteDigest(wanted),
        tree: room.git('rev-parse', `${room.base}^{tree}`),
      },
    });
    expect(await room.deps.evidence.readFinal(PLAN, 9)).toEqual(result);
    expectTidy();
  });

  it('find the copied configuration, moved to where they run', async () => {
    room = await openAttemptRoom(ENGINE, { '.gitignore': '.env\n' });
    writeFileSync(join(room.repository, '.env'), `KEY=copied\nDATA=${room.repository}/data\n`);
    const commands = [
      ['grep', '-qx', 'KEY=copied', '.env'],
      ['sh', '-c', 'grep -qx "DATA=$PWD/data" .env'],
    ];
    const result = await runFinal(room.deps, order(commands), watch());
    expect(result.test).toMatchObject({ status: 'passed', exitCode: null });
    expectTidy();
  });

  it('are an error, not a pass, where they could not be run', async () => {
    room = await openAttemptRoom('none');
    const result = await runFinal(room.deps, { ...order([['true']]), commitSha: 'f'.repeat(40) as CommitSha }, watch());
    expect(result.test.status).toBe('error');
    expect(result.test.tail).not.toBe('');
  });
});
