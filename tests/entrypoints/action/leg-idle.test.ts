import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { Evidence } from '../../../src/core/ledger/evidence.ts';
import {
  fullLeg,
  type LegStage,
  listFiles,
  NONCE,
  openLegStage,
  RUN_ID,
  script,
  type StepOptions,
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

const LEASE = { holder: 'app', until: 0 };

function dispatchOf(run: { id: number } | null) {
  const named = run === null ? null : { ...run, nodeId: 'WFR_1', url: 'https://forge.example/runs/1' };
  return { nonce: NONCE, legs: [fullLeg()], writtenAt: 0, lease: LEASE, run: named, begunAt: null };
}

describe('a run begins nothing', { timeout: 60_000 }, () => {
  const cases: [string, (stage: LegStage) => Promise<StepOptions>, RegExp][] = [
    [
      'if the ledger names another run',
      async ({ writeLedger }) => {
        await writeLedger({ record: { dispatches: [dispatchOf({ id: 12 })] } });
        return {};
      },
      /names run 12/,
    ],
    [
      'if the dispatch is gone',
      async ({ writeLedger }) => {
        await writeLedger({ record: { dispatches: [] } });
        return {};
      },
      /knows no dispatch/,
    ],
    [
      'if its leg is over',
      async ({ writeLedger }) => {
        await writeLedger({ legs: [fullLeg({ isOver: true })] });
        return {};
      },
      /is over/,
    ],
    [
      'if the attempt is not awaited any more',
      async ({ writeLedger }) => {
        await writeLedger({ attempt: { status: 'cancelled' } });
        return {};
      },
      /does not wait/,
    ],
    ['if a person has started it again', () => Promise.resolve({ runAttempt: 2 }), /started this run again/],
    [
      'if it is given a leg that was never dispatched',
      () => Promise.resolve({ inputs: { leg: legText({ attempt: 9 }) } }),
      /has no such leg/,
    ],
    [
      'if it is given the nonce of another plan',
      () => Promise.resolve({ inputs: { nonce: 'issue-8.3' } }),
      /of another plan/,
    ],
    [
      'if its plan has no ledger',
      () => Promise.resolve({ inputs: { plan: 'issue-8', nonce: 'issue-8.3' } }),
      /no ledger/,
    ],
  ];

  it.each(cases)('%s', async (_name, arrange, because) => {
    const opened = await open();
    const before = new Map(opened.fixture.repository.refs);
    const options = await arrange(opened);
    const ledger = opened.fixture.repository.refs.get('refs/heads/espalier-ledger/issue-7');
    for (const mode of ['work', 'verify', 'publish']) {
      const given = mode === 'publish' ? { evidence: 'x', 'evidence-sha256': 'a'.repeat(64) } : {};
      const step = await opened.run(mode, { ...options, inputs: { ...options.inputs, ...given } });
      expect(step).toMatchObject({ code: 0, outputs: { outcome: 'idle' } });
      expect(step.log).toMatch(because);
      expect(Object.keys(step.outputs)).toEqual(['outcome']);
    }
    const after = new Map(opened.fixture.repository.refs);
    expect(after.get('refs/heads/espalier-ledger/issue-7')).toBe(ledger);
    expect([...after.keys()]).toEqual([...before.keys()]);
  });

  it('before the ledger names it, and then begins', async () => {
    const opened = await open();
    await opened.writeLedger({ record: { dispatches: [dispatchOf(null)] } });
    let isNamed = false;
    const { server } = opened.fixture;
    const seen = server.requests.length;
    const step = opened.run('work');
    // It has asked twice, so that it is waiting.
    await expect
      .poll(() => server.requests.slice(seen).filter(({ target }) => target.includes('info/refs')).length, {
        timeout: 30_000,
      })
      .toBeGreaterThanOrEqual(2);
    isNamed = true;
    await opened.writeLedger({ record: { dispatches: [dispatchOf({ id: RUN_ID })] } });
    expect(await step).toMatchObject({ code: 0, outputs: { outcome: 'good' } });
    expect(isNamed).toBe(true);
  });

  it('if its inputs are wrong, and names them all', async () => {
    const { run } = await open();
    const step = await run('work', { inputs: { leg: '{"task":"../x"}', nonce: '$(touch x)', ledger: 'main' } });
    expect(step.code).toBe(1);
    expect(step.log).toMatch(/::error::.*'leg'.*'nonce'.*'ledger'/);
    expect(step.outputs).toEqual({});
  });
});

function legText(change: object): string {
  return JSON.stringify({
    task: 'api',
    attempt: 1,
    generation: 3,
    mode: 'full',
    head: null,
    runs_on: ['ubuntu-latest'],
    ...change,
  });
}

describe('what an agent is given of the job', { timeout: 60_000 }, () => {
  const KEY = 'model-key-0123456789';

  it('is what its task names, but nothing of the runner’s own, and no secret is in anything that is left', async () => {
    const looks = [
      'env | sort > src/env.txt',
      'cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n" >> src/env.txt',
      'ls -R / 2>/dev/null | grep -e _runner_file_commands -e espalier-left > src/files.txt',
      'echo "my key is $MODEL_KEY"; echo "::set-output name=outcome::forged"; echo two > src/a.txt',
    ].join('; ');
    const env = ['MODEL_KEY', 'GITHUB_TOKEN', 'INPUT_TOKEN', 'ACTIONS_RUNTIME_TOKEN', 'RUNNER_TEMP', 'github_path'];
    const { run, folder, carry, read } = await open({ task: { agent: script(looks), env } });
    const stranger = 'ghs_strangerstrangerstrangerstranger01';
    const step = await run('work', {
      machine: 'worker',
      env: { MODEL_KEY: KEY, GITHUB_TOKEN: stranger, ACTIONS_RUNTIME_TOKEN: stranger, github_path: stranger },
    });
    expect(step).toMatchObject({ code: 0, outputs: { outcome: 'good' } });
    const token = /^::add-mask::(ghs_1006\S+)$/m.exec(step.log)?.[1] ?? '';
    expect(token).toMatch(/^ghs_1006/);
    const verify = await run('verify', { inputs: carry(step, ['work', 'pack']) });
    await run('publish', { inputs: { ...carry(step, ['work', 'pack']), ...carry(verify, ['evidence']) } });
    const evidence = Evidence.parse(JSON.parse(await readFile(verify.outputs['evidence'] ?? '', 'utf8')));
    const seen = (await read(evidence.headSha ?? '', 'src/env.txt')) ?? '';
    expect(seen).toContain(`MODEL_KEY=${KEY}`);
    expect(seen).not.toContain(stranger);
    expect(seen).not.toContain(token);
    expect(seen).not.toMatch(/^(?:INPUT|RUNNER|ACTIONS|GITHUB)_/im);
    expect(await read(evidence.headSha ?? '', 'src/files.txt')).toBe('');
    const log = await readFile(step.outputs['log'] ?? '', 'utf8');
    expect(log).toContain('my key is');
    for (const file of await listFiles(path.join(folder, 'worker', 'temp', 'espalier-left'))) {
      if (file.endsWith('-pack')) continue;
      const text = await readFile(file, 'latin1');
      expect(text).not.toContain(KEY);
      expect(text).not.toContain(stranger);
    }
    expect(step.log).not.toMatch(new RegExp(`^(?!::add-mask::).*(?:${KEY}|${stranger})`, 'm'));
    expect(step.log).toContain(`::add-mask::${KEY}`);
    expect(step.summary).not.toContain(KEY);
    expect(step.outputs['outcome']).not.toBe('forged');
  });
});

describe('a secret of the task', { timeout: 60_000 }, () => {
  it.each([
    ['and ends', 'true', 'tree-refused'],
    ['and then fails', 'test "$ESPALIER_ITERATION" = 1', 'agent-failed'],
  ])('that the agent writes into the change %s leaves no pack that anybody could read', async (_name, end, cause) => {
    const key = 'plain-words-without-a-shape';
    const agent = script(`echo two > src/a.txt; echo "const key = '$SERVICE_TOKEN'" > src/config.js; ${end}`);
    const review = { reviewer: null, threshold: 10, iterations: 2, rubric: '' };
    const { run } = await open({ task: { agent, env: ['SERVICE_TOKEN'], review } });
    const step = await run('work', { env: { SERVICE_TOKEN: key } });
    expect(step).toMatchObject({ code: 0, outputs: { outcome: 'failed' } });
    const text = await readFile(step.outputs['evidence'] ?? '', 'utf8');
    expect(Evidence.parse(JSON.parse(text))).toMatchObject({ headSha: null, failure: { cause } });
    expect(text).toContain('secret that the task is handed');
    expect(text).not.toContain(key);
    expect(step.outputs['pack']).toBeUndefined();
  });
});

describe('a leg that cannot be confined', { timeout: 60_000 }, () => {
  it.each([
    ['has no sandbox by configuration', 'sandbox:\n  engine: none\n', /engine: none.*job's token/],
    ['has an image without its digest', 'sandbox:\n  image: node:24\n', /node:24.*imagetools/],
    ['has a configuration that cannot be read', 'sandbox: [\n', /cannot be used/],
  ])('fails with its reason and the next step, where it %s', async (_name, config, because) => {
    const { run, carry } = await open({ files: { '.github/espalier.yml': config } });
    const work = await run('work');
    expect(work).toMatchObject({ code: 0, outputs: { outcome: 'failed' } });
    const evidence = Evidence.parse(JSON.parse(await readFile(work.outputs['evidence'] ?? '', 'utf8')));
    expect(evidence).toMatchObject({ failure: { cause: 'sandbox-failed' }, usage: { costUsd: 0 }, headSha: null });
    expect(evidence.failure?.detail).toMatch(because);
    const inputs = { ...carry(work, ['evidence']), 'evidence-from': 'work' };
    expect(await run('publish', { inputs })).toMatchObject({ outputs: { outcome: 'published' } });
  });
});
