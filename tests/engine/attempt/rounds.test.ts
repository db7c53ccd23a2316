import { afterEach, describe, expect, it } from 'vitest';

import type { TaskId } from '../../../src/core/brand.ts';
import { changeDigest, reviewerName, rubricDigest, suiteDigest } from '../../../src/core/gate/bindings.ts';
import type { ResolvedTask } from '../../../src/core/plan/plan.ts';
import { runAttempt } from '../../../src/engine/run-attempt.ts';
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

const ENGINES = await findWorkingEngines();
/** One engine is enough where it makes no difference which. */
const ENGINE = ENGINES.at(-1) ?? 'none';
let room: AttemptRoom;

afterEach(async () => {
  await room.close();
});

function review(over: Partial<ResolvedTask['review']>): ResolvedTask['review'] {
  return { reviewer: scorer(10), threshold: 10, iterations: 5, rubric: '', ...over };
}

describe.each(ENGINES)('an attempt under %s', (engine) => {
  it('is verified, with bound evidence, a branch and nothing left over', async () => {
    room = await openAttemptRoom(engine);
    const task = makeTask({ review: review({}), ports: ['BACKEND_PORT'] });
    const order = attemptOrder(room, task);
    const control = watch();
    const evidence = await runAttempt(room.deps, order, control);
    expect(evidence).toMatchObject({
      outcome: 'verified',
      failure: null,
      baseSha: room.base,
      baseTreeSha: room.git('rev-parse', `${room.base}^{tree}`),
      baseTests: 'not-asked',
      violations: [],
      changes: { files: 1, insertions: 1, deletions: 0 },
      paths: ['src/a.txt'],
      iterations: 1,
      sandbox: { engine, profile: 'strict' },
    });
    const tree = room.git('rev-parse', `${order.attemptBranch}^{tree}`);
    expect(evidence.treeSha).toBe(tree);
    expect(evidence.tests.map((test) => [test.stage, test.status, test.tree, test.suite, test.reused])).toEqual([
      ['work', 'passed', tree, suiteDigest(task), false],
      ['verify', 'passed', tree, suiteDigest(task), false],
    ]);
    const change = changeDigest(evidence.baseTreeSha, evidence.treeSha ?? evidence.baseTreeSha);
    expect(evidence.reviews.map((one) => [one.stage, one.score, one.change, one.rubric, one.reviewer])).toEqual(
      ['work', 'verify'].map((stage) => [stage, 10, change, rubricDigest(task), reviewerName(scorer(10))]),
    );
    for (const branch of [order.attemptBranch, order.taskBranch])
      expect(room.git('rev-parse', branch)).toBe(evidence.headSha);
    expect(room.git('log', '-1', '--format=%P %s', order.attemptBranch)).toBe(`${room.base} Change a`);
    expect(fileAt(room, order.attemptBranch, 'src/a.txt')).toBe('a\nchanged');
    expect(await room.deps.evidence.readEvidence({ ...order, task: order.task.id })).toEqual(evidence);
    expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(room.git('status', '--porcelain')).toBe('');
    expect(control.told.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['setup', 'agent', 'intake', 'tests', 'review', 'verify', 'publish']),
    );
    expect(room.warnings).toEqual([]);
  });

  it('gives the agent its ports and copied configuration, and keeps both out of the change', async () => {
    room = await openAttemptRoom(engine, { '.gitignore': '.env\n' });
    const { writeFileSync, mkdirSync } = await import('node:fs');
    writeFileSync(`${room.repository}/.env`, `ROOT=${room.repository}/data\nBACKEND_PORT=1\n`);
    mkdirSync(`${room.repository}/local`);
    writeFileSync(`${room.repository}/local/mcp.json`, `{"dir": "${room.repository}"}`);
    const agent = script(
      'cat .env .ports.env local/mcp.json > src/seen.txt; echo "port=$BACKEND_PORT home=$HOME" >> src/seen.txt; pwd >> src/seen.txt; echo changed >> src/a.txt; git status --porcelain >> src/seen.txt',
    );
    const order = attemptOrder(
      room,
      makeTask({ agent, copy: ['.env', 'local'], ports: ['BACKEND_PORT', 'FRONTEND_PORT'] }),
    );
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({ outcome: 'verified', paths: ['src/a.txt', 'src/seen.txt'] });
    const seen = fileAt(room, order.attemptBranch, 'src/seen.txt').split('\n');
    const inside =
      engine === 'none' ? room.deps.evidence.worktreePath({ ...order, task: order.task.id }) : '/workspace';
    const port = /^BACKEND_PORT=(2\d{4})$/.exec(seen[2] ?? '')?.[1];
    expect(port).toBeDefined();
    expect(seen).toEqual([
      `ROOT=${inside}/data`,
      'BACKEND_PORT=1',
      `BACKEND_PORT=${port}`,
      expect.stringMatching(/^FRONTEND_PORT=2\d{4}$/),
      `BACKEND_PORT=${port}`,
      expect.stringMatching(/^FRONTEND_PORT=2\d{4}$/),
      `{"dir": "${inside}"}port=${port} home=${engine === 'none' ? `${room.stateDir}/plans/plan/attempts/one.1.1/private/room/home` : '/home/agent'}`,
      inside,
      ' M src/a.txt',
      '?? src/seen.txt',
    ]);
  });
});

describe('the rounds of an attempt', () => {
  const engine = ENGINE;

  it('hands findings back until the review passes', async () => {
    room = await openAttemptRoom(engine);
    const reviewer = script(
      'if [ "$ESPALIER_ITERATION" -lt 3 ]; then echo "{\\"score\\": 6, \\"findings\\": [{\\"severity\\": \\"warning\\", \\"path\\": \\"src/a.txt\\", \\"line\\": 1, \\"message\\": \\"say it in round $ESPALIER_ITERATION\\"}]}"; ' +
        'else echo \'{"score": 10, "findings": []}\' > "$ESPALIER_REVIEW_FILE"; fi',
    );
    // What it was told goes into the file, so that the test sees it.
    const agent = script(
      'grep -o "say it in round ." | tail -n 1 >> src/a.txt; echo "changed $ESPALIER_ITERATION" >> src/a.txt',
    );
    const order = attemptOrder(room, makeTask({ agent, review: review({ reviewer }) }));
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({ outcome: 'verified', iterations: 3 });
    expect(evidence.reviews.map(({ stage, score }) => [stage, score])).toEqual([
      ['work', 6],
      ['work', 6],
      ['work', 10],
      ['verify', 10],
    ]);
    expect(fileAt(room, order.attemptBranch, 'src/a.txt')).toBe(
      ['a', 'changed 1', 'say it in round 1', 'changed 2', 'say it in round 2', 'changed 3'].join('\n'),
    );
    // One commit on the base, however many rounds it took.
    expect(room.git('rev-list', '--count', `${room.base}..${order.attemptBranch}`)).toBe('1');
  });

  it('hands back tests that fail, and takes nothing of what they write into the change', async () => {
    room = await openAttemptRoom(engine, { '.gitignore': 'installed/\n' });
    const task = makeTask({
      owns: ['src/**'],
      setup: [['sh', '-c', 'mkdir installed && echo yes > installed/tool']],
      agent: script('echo "round $ESPALIER_ITERATION" >> src/a.txt; test -f installed/tool'),
      test: [
        [
          'sh',
          '-c',
          'echo leftover > junk.txt; echo broken > src/b.txt; mkdir -p out/deep; echo x > out/deep/y; grep -q "round 2" src/a.txt',
        ],
      ],
      review: review({ reviewer: null, iterations: 2 }),
    });
    const order = attemptOrder(room, task);
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({ outcome: 'verified', iterations: 2, paths: ['src/a.txt'] });
    expect(evidence.tests.map(({ stage, status }) => [stage, status])).toEqual([
      ['work', 'failed'],
      ['work', 'passed'],
      ['verify', 'passed'],
    ]);
  });

  it('runs no tests twice on a tree that did not change, and asks no second opinion on it', async () => {
    room = await openAttemptRoom(engine);
    const reviewer = scorer(4, [{ severity: 'warning', path: null, line: null, message: 'meh' }]);
    const agent = script('test "$ESPALIER_ITERATION" = 1 && echo changed >> src/a.txt; true');
    const evidence = await runAttempt(
      room.deps,
      attemptOrder(room, makeTask({ agent, review: review({ reviewer, iterations: 3 }) })),
      watch(),
    );
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'review-failed' }, iterations: 3 });
    expect(evidence.failure?.feedback).toContain('meh');
    expect(evidence.tests).toHaveLength(1);
    expect(evidence.reviews).toHaveLength(1);
  });

  it('lets the agent commit, branch and configure as it likes, and takes only files', async () => {
    room = await openAttemptRoom(engine);
    const agent = script(
      'git config user.name x && git config user.email x@y && git checkout -q -b mine && echo changed >> src/a.txt && git commit -q -am "mine" && echo more >> src/a.txt && git log --oneline | wc -l',
    );
    const order = attemptOrder(room, makeTask({ agent }));
    expect(await runAttempt(room.deps, order, watch())).toMatchObject({ outcome: 'verified' });
    expect(fileAt(room, order.attemptBranch, 'src/a.txt')).toBe('a\nchanged\nmore');
    expect(room.git('branch', '--list', 'mine')).toBe('');
    expect(room.git('config', 'user.name')).toBe('Tester');
  });

  it('hands in the variables that the task names and no others, and keeps their values out of what is kept', async () => {
    room = await openAttemptRoom(engine);
    room.deps.hostEnv = { GIVEN: 'value-of-given-1234', HIDDEN: 'value-of-hidden' };
    const agent = script('echo "given=$GIVEN hidden=$HIDDEN"; echo changed >> src/a.txt; exit 3');
    const order = attemptOrder(room, makeTask({ agent, env: ['GIVEN', 'UNSET'] }));
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence.failure?.feedback).toContain('given=[redacted] hidden=\n');
    expect(JSON.stringify(evidence)).not.toContain('value-of-given');
  });
});

describe('the money of an attempt', () => {
  it('adds up what agent and reviewer report, and hands the rest of the cap to the next round', async () => {
    room = await openAttemptRoom('none');
    const agent = script(
      'echo "$ESPALIER_BUDGET_USD changed" >> src/a.txt; echo \'{"costUsd": 0.25, "turns": 2}\' > "$ESPALIER_USAGE_FILE"',
    );
    const reviewer = script(
      'echo \'{"costUsd": 0.05}\' > "$ESPALIER_USAGE_FILE"; test "$ESPALIER_ITERATION" = 2 && s=10 || s=1; echo "{\\"score\\": $s, \\"findings\\": []}"',
    );
    const order = attemptOrder(room, makeTask({ agent, review: review({ reviewer }) }), { reservedUsd: 1 });
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence.usage).toMatchObject({ turns: null });
    expect(evidence.usage.costUsd).toBeCloseTo(0.65);
    expect(fileAt(room, order.attemptBranch, 'src/a.txt')).toBe('a\n1.0000 changed\n0.7000 changed');
  });

  it('starts no further round when the cap is used up or spending is unknown', async () => {
    room = await openAttemptRoom('none');
    const order = attemptOrder(room, makeTask({ review: review({ reviewer: scorer(1) }) }), { reservedUsd: 1 });
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'agent-failed' }, usage: { costUsd: null } });
    expect(evidence.failure?.detail).toContain('budget');
    expect(evidence.reviews).toHaveLength(1);
  });
});

describe("the task's branch", () => {
  it('is left alone where a person holds it; the work is on the branch of the attempt', async () => {
    room = await openAttemptRoom('none');
    room.git('branch', 'feature', 'main');
    const order = attemptOrder(room, makeTask({ id: 'two' as TaskId }), { taskBranch: 'feature' as never });
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence.outcome).toBe('verified');
    expect(room.git('rev-parse', 'feature')).toBe(room.base);
    expect(room.git('rev-parse', order.attemptBranch)).toBe(evidence.headSha);
    expect(room.warnings.join()).toContain("branch 'feature' exists already");
  });
});
