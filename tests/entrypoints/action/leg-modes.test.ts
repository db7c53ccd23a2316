import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { TaskId } from '../../../src/core/brand.ts';
import { Evidence, FinalResult, TrialResult } from '../../../src/core/ledger/evidence.ts';
import type { Permissions } from '../../support/github/state.ts';
import { anEvidence, aTask } from '../../support/builders.ts';
import {
  fullLeg,
  type LegStage,
  listFiles,
  openLegStage,
  RECEIPT_REF,
  RUN_ID,
  script,
  type StepEnd,
} from './leg-stage.ts';

let stage: LegStage | null = null;

async function open(options: Parameters<typeof openLegStage>[0] = {}): Promise<LegStage> {
  stage = await openLegStage(options);
  return stage;
}

afterEach(async () => {
  await stage?.[Symbol.asyncDispose]();
  stage = null;
});

async function leftJson(step: StepEnd): Promise<unknown> {
  if (step.outputs['evidence'] === undefined) throw new Error(`The step left no evidence: ${step.log}`);
  return JSON.parse(await readFile(step.outputs['evidence'], 'utf8'));
}

async function receiptOf({ fixture, read }: LegStage): Promise<Record<string, unknown>> {
  const tip = fixture.repository.refs.get(RECEIPT_REF) ?? '';
  return JSON.parse((await read(tip, 'receipt.json')) ?? '{}') as Record<string, unknown>;
}

describe('a full leg', { timeout: 120_000 }, () => {
  it('is worked on, verified on another machine, and published as a receipt on its head', async () => {
    const opened = await open();
    const { run, carry, fixture, base, read, folder } = opened;
    const work = await run('work', { machine: 'worker' });
    expect(work).toMatchObject({ code: 0, outputs: { outcome: 'good' } });
    expect(work.outputs['evidence']).toBeUndefined();
    const verify = await run('verify', { inputs: carry(work, ['work', 'pack']) });
    expect(verify).toMatchObject({ code: 0, outputs: { outcome: 'done' } });
    const evidence = Evidence.parse(await leftJson(verify));
    expect(evidence).toMatchObject({ outcome: 'verified', baseSha: base, sandbox: { engine: 'bubblewrap' } });
    const publishing = { inputs: { ...carry(work, ['work', 'pack']), ...carry(verify, ['evidence']) } };
    const publish = await run('publish', publishing);
    expect(publish).toMatchObject({ code: 0, outputs: { outcome: 'published' } });
    expect(await receiptOf(opened)).toMatchObject({
      runId: RUN_ID,
      runAttempt: 1,
      work: 'attempt',
      headSha: evidence.headSha,
      evidence: verify.outputs['evidence-sha256'],
      pack: work.outputs['pack-sha256'],
    });
    expect(await read(evidence.headSha ?? '', 'src/a.txt')).toBe('two\n');
    expect(verify.summary).toContain('Verification of api: verified');
    // A step that is run again finds what it left.
    const tip = fixture.repository.refs.get(RECEIPT_REF);
    expect(await run('publish', publishing)).toMatchObject({ code: 0, outputs: { outcome: 'published' } });
    expect(fixture.repository.refs.get(RECEIPT_REF)).toBe(tip);
    // Nothing but what is handed on stays on the machine.
    const stayed = await listFiles(path.join(folder, 'worker', 'temp'));
    expect(stayed.map((file) => path.basename(file)).toSorted()).toEqual([
      'env',
      'espalier-api.1-pack',
      'espalier-api.1-work.json',
      'espalier-api.1-work.log',
      'output',
      'summary',
    ]);
  });

  it('whose tests fail leaves its work and the reason, which is published from work alone', async () => {
    const opened = await open({ task: { agent: script('echo three > src/a.txt') } });
    const { run, carry, read } = opened;
    const work = await run('work');
    expect(work).toMatchObject({ code: 0, outputs: { outcome: 'failed' } });
    const evidence = Evidence.parse(await leftJson(work));
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'tests-failed' } });
    const inputs = { ...carry(work, ['work', 'pack', 'evidence']), 'evidence-from': 'work' };
    expect(await run('publish', { inputs })).toMatchObject({ code: 0, outputs: { outcome: 'published' } });
    expect(await receiptOf(opened)).toMatchObject({ headSha: evidence.headSha });
    expect(await read(evidence.headSha ?? '', 'src/a.txt')).toBe('three\n');
  });

  it('whose agent fails and changes nothing is published without a head', async () => {
    const opened = await open({ task: { agent: script('echo no such model >&2; exit 3') } });
    const { run, carry } = opened;
    const work = await run('work');
    expect(work).toMatchObject({ code: 0, outputs: { outcome: 'failed' } });
    expect(work.outputs['pack']).toBeUndefined();
    expect(await leftJson(work)).toMatchObject({ headSha: null, failure: { cause: 'agent-failed' } });
    const inputs = { ...carry(work, ['evidence']), 'evidence-from': 'work' };
    expect(await run('publish', { inputs })).toMatchObject({ code: 0, outputs: { outcome: 'published' } });
    expect(await receiptOf(opened)).toMatchObject({ headSha: null, pack: null });
  });

  it('goes on from carried work whose history is brought as far as needed', async () => {
    const opened = await open({ task: { agent: script('test "$(cat carried.txt)" = mine && echo two > src/a.txt') } });
    const { run, carry, commit, base, writeLedger, read } = opened;
    const carrySha = await commit({ 'carried.txt': 'mine\n' }, [base]);
    await writeLedger({ attempt: { carrySha } });
    const work = await run('work');
    expect(work).toMatchObject({ code: 0, outputs: { outcome: 'good' } });
    const verify = await run('verify', { inputs: carry(work, ['work', 'pack']) });
    const evidence = Evidence.parse(await leftJson(verify));
    expect(evidence.outcome).toBe('verified');
    const publishing = { inputs: { ...carry(work, ['work', 'pack']), ...carry(verify, ['evidence']) } };
    expect(await run('publish', publishing)).toMatchObject({ outputs: { outcome: 'published' } });
    expect(await read(evidence.headSha ?? '', 'carried.txt')).toBe('mine\n');
  });

  it('with workflow files that its token may not push says so in a receipt, and names the next step', async () => {
    const agent = script('echo two > src/a.txt; mkdir -p .github/workflows; echo "on: push" > .github/workflows/x.yml');
    const opened = await open({ task: { agent, allow: ['.github/workflows/**'] } });
    const { run, carry, read, fixture } = opened;
    const work = await run('work');
    const verify = await run('verify', { inputs: carry(work, ['work', 'pack']) });
    expect(await leftJson(verify)).toMatchObject({ outcome: 'verified' });
    const publish = await run('publish', {
      inputs: { ...carry(work, ['work', 'pack']), ...carry(verify, ['evidence']) },
    });
    expect(publish).toMatchObject({ code: 1, outputs: { outcome: 'refused' } });
    const evidence = JSON.parse(
      (await read(fixture.repository.refs.get(RECEIPT_REF) ?? '', 'evidence.json')) ?? '{}',
    ) as Evidence;
    expect(evidence).toMatchObject({ outcome: 'failed', headSha: null, failure: { cause: 'publish-refused' } });
    expect(evidence.failure?.detail).toMatch(/Workflows: write.*ESPALIER_WORKFLOWS/);
  });

  it('that a cancelled job stops ends in time, and leaves nothing running', async () => {
    const marker = `sleep 86${process.pid}`;
    const { run } = await open({ task: { agent: script(`${marker} & wait`) } });
    let kill: (signal: NodeJS.Signals) => void = () => {};
    let stoppedAt = 0;
    const work = await run('work', {
      onStart: (given) => (kill = given),
      onLog: (log) => {
        if (stoppedAt > 0 || !/^agent$/m.test(log)) return;
        stoppedAt = Date.now();
        kill('SIGINT');
      },
    });
    expect(stoppedAt).toBeGreaterThan(0);
    // The runner waits 7.5 s before it kills; the rest is what a busy machine takes to notice the end.
    expect(Date.now() - stoppedAt).toBeLessThan(9_000);
    expect(work.outputs['outcome']).not.toBe('good');
    expect(await findProcesses(marker)).toEqual([]);
  });
});

describe('a published leg', { timeout: 120_000 }, () => {
  const WORKFLOW = [
    'on: {workflow_dispatch: {inputs: {plan: {type: string, required: false}}}}',
    'jobs: {one: {runs-on: ubuntu-latest, steps: [{run: "true"}]}}',
    '',
  ].join('\n');

  /** Publishes the failure of an agent, with a token of these rights. */
  async function publishAndNotify(opened: LegStage, permissions: Permissions): Promise<StepEnd> {
    const work = await opened.run('work');
    const inputs = { ...opened.carry(work, ['evidence']), 'evidence-from': 'work', notify: 'espalier.yml' };
    return opened.run('publish', { permissions, inputs });
  }

  it('starts the workflow that takes the plan further', async () => {
    const opened = await open({
      files: { '.github/workflows/espalier.yml': WORKFLOW },
      task: { agent: script('exit 1') },
    });
    const publish = await publishAndNotify(opened, { contents: 'write', actions: 'write' });
    expect(publish).toMatchObject({ code: 0, outputs: { outcome: 'published' } });
    const runs = [...opened.fixture.repository.runs.values()];
    expect(runs.map(({ path: file, event, inputs }) => ({ file, event, inputs }))).toEqual([
      { file: '.github/workflows/espalier.yml', event: 'workflow_dispatch', inputs: { plan: 'issue-7' } },
    ]);
  });

  it('stays published where that workflow cannot be started, and says that a sweep goes on', async () => {
    const opened = await open({
      files: { '.github/workflows/espalier.yml': WORKFLOW },
      task: { agent: script('exit 1') },
    });
    const publish = await publishAndNotify(opened, { contents: 'write' });
    expect(publish).toMatchObject({ code: 0, outputs: { outcome: 'published' } });
    expect(publish.log).toMatch(/::warning::The plan goes on with the next sweep/);
    expect(opened.fixture.repository.refs.has(RECEIPT_REF)).toBe(true);
  });
});

describe('a runner that lives longer than a job', { timeout: 120_000 }, () => {
  it('ends and removes what a job that was killed has left, before the next one begins', async () => {
    const marker = `sleep 87${process.pid}`;
    const { run, folder } = await open({ task: { agent: script(`${marker} & wait`) } });
    const job = { machine: 'own', env: { RUNNER_ENVIRONMENT: 'self-hosted' } };
    let kill: (signal: NodeJS.Signals) => void = () => {};
    let isKilled = false;
    await run('work', {
      ...job,
      onStart: (given) => (kill = given),
      onLog: (log) => {
        if (isKilled || !/^agent$/m.test(log)) return;
        isKilled = true;
        kill('SIGKILL');
      },
    });
    const room = path.join(folder, 'own', 'temp', 'espalier-room');
    expect((await listFiles(room)).length).toBeGreaterThan(0);
    expect(await run('verify', { ...job, runAttempt: 2 })).toMatchObject({ code: 0, outputs: { outcome: 'idle' } });
    expect(await findProcesses(marker)).toEqual([]);
    await expect(listFiles(room)).rejects.toThrow(/ENOENT/);
  });
});

/** Command lines of this machine's processes that hold a text. */
async function findProcesses(text: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.map((line) => line.replaceAll('\0', ' ').trim()).filter((line) => line.startsWith(text));
}

describe('a leg that is only verified', { timeout: 120_000 }, () => {
  it('judges a head that a person pushed against where it left the base', async () => {
    const opened = await open();
    const { run, carry, commit, base, writeLedger } = opened;
    const head = await commit({ 'src/a.txt': 'two, by hand\n' }, [base]);
    await writeLedger({ attempt: { givenSha: head }, legs: [fullLeg({ mode: 'verify', headSha: head })] });
    const verify = await run('verify');
    expect(verify).toMatchObject({ code: 0, outputs: { outcome: 'done' } });
    expect(await leftJson(verify)).toMatchObject({ outcome: 'verified', headSha: head, usage: { costUsd: 0 } });
    expect(await run('publish', { inputs: carry(verify, ['evidence']) })).toMatchObject({
      outputs: { outcome: 'published' },
    });
    expect(await receiptOf(opened)).toMatchObject({ mode: 'verify', headSha: head, pack: null });
  });

  it.each([
    { files: { 'src/b.txt': 'beside\n' }, status: 'passed' },
    { files: { 'test.sh': 'exit 1\n' }, status: 'failed' },
  ])('tests a merge that the forge made, and finds that it $status', async ({ files, status }) => {
    const opened = await open();
    const { run, carry, commit, base, writeLedger, ledger } = opened;
    const head = await commit({ 'src/a.txt': 'two\n' }, [base]);
    const onto = await commit(files, [base]);
    const merge = await commit({ 'src/a.txt': 'two\n' }, [onto, head]);
    const [attempt] = ledger.tasks['api' as TaskId]?.attempts ?? [];
    if (attempt === undefined) throw new Error('The stage has no attempt.');
    await writeLedger({
      attempt: {
        status: 'verified',
        evidence: anEvidence(ledger.plan.tasks[0] ?? aTask('api'), attempt, { headSha: head }),
        trial: { generation: 9, holder: 'app', startedAt: 0, ontoSha: onto, result: null },
      },
      legs: [fullLeg({ work: 'trial', generation: 9, mode: 'verify', headSha: merge })],
    });
    const verify = await run('verify');
    expect(TrialResult.parse(await leftJson(verify))).toMatchObject({
      outcome: 'tested',
      commitSha: merge,
      test: { status },
    });
    expect(await run('publish', { inputs: carry(verify, ['evidence']) })).toMatchObject({
      outputs: { outcome: 'published' },
    });
  });

  it('finds that a merge holds more than its two sides, and does not test it', async () => {
    const { run, commit, base, writeLedger, ledger } = await open();
    const head = await commit({ 'src/a.txt': 'two\n' }, [base]);
    const onto = await commit({ 'src/b.txt': 'beside\n' }, [base]);
    const evil = await commit({ 'src/a.txt': 'two\n', 'evil.txt': 'smuggled\n' }, [onto, head]);
    const [attempt] = ledger.tasks['api' as TaskId]?.attempts ?? [];
    if (attempt === undefined) throw new Error('The stage has no attempt.');
    await writeLedger({
      attempt: {
        status: 'verified',
        evidence: anEvidence(ledger.plan.tasks[0] ?? aTask('api'), attempt, { headSha: head }),
        trial: { generation: 9, holder: 'app', startedAt: 0, ontoSha: onto, result: null },
      },
      legs: [fullLeg({ work: 'trial', generation: 9, mode: 'verify', headSha: evil })],
    });
    const verify = await run('verify');
    expect(await leftJson(verify)).toMatchObject({ outcome: 'error', commitSha: null });
  });

  it('runs the tests on the landed whole', async () => {
    const opened = await open({ plan: { final: [['grep', '-q', 'landed', 'src/a.txt']] } });
    const { run, carry, commit, base, writeLedger } = opened;
    const whole = await commit({ 'src/a.txt': 'landed\n' }, [base]);
    const final = { generation: 11, holder: 'app', startedAt: 0, commitSha: whole, result: null };
    const leg = fullLeg({ work: 'final', task: 'final' as TaskId, generation: 11, mode: 'verify', headSha: whole });
    await writeLedger({ ledger: { final }, legs: [leg] });
    const verify = await run('verify');
    expect(FinalResult.parse(await leftJson(verify))).toMatchObject({ commitSha: whole, test: { status: 'passed' } });
    expect(await run('publish', { inputs: carry(verify, ['evidence']) })).toMatchObject({
      outputs: { outcome: 'published' },
    });
  });
});
