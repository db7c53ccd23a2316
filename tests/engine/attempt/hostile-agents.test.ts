import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

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
/** The strongest engine that works: what an agent may do at worst is tried where it is held back. */
const ENGINE = ENGINES.at(-1) ?? 'none';
let room: AttemptRoom;

afterEach(async () => {
  await room.close();
});

/** Nothing of an attempt is left but its record: no worktree, no private folder, no port, no process. */
function expectTidy(): void {
  expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(readdirSync(join(room.stateDir, 'trees', 'plan'))).toEqual([]);
  const attempts = join(room.stateDir, 'plans', 'plan', 'attempts');
  for (const name of readdirSync(attempts)) expect(existsSync(join(attempts, name, 'private', 'room'))).toBe(false);
  expect(room.git('status', '--porcelain')).toBe('');
}

function processesWith(word: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readCommandLine(pid))
    .filter((line) => line.startsWith(word));
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

interface Misdeed {
  name: string;
  task: Partial<ResolvedTask>;
  cause: string;
  detail?: RegExp;
  /** What src/a.txt is on the attempt's branch; absent where nothing could be kept. */
  kept?: string;
}

const MISDEEDS: Misdeed[] = [
  {
    name: 'hangs',
    task: { agent: script('echo half >> src/a.txt; sleep 100'), timeoutMs: 600 },
    cause: 'agent-timed-out',
    kept: 'a\nhalf',
  },
  {
    name: 'hangs and ignores that it is asked to stop',
    task: { agent: script('trap "" TERM INT HUP; while :; do sleep 1; done'), timeoutMs: 600 },
    cause: 'agent-timed-out',
  },
  {
    name: 'floods its output',
    task: { agent: script('echo half >> src/a.txt; yes') },
    cause: 'agent-flooded',
    kept: 'a\nhalf',
  },
  { name: 'floods its output with one line', task: { agent: script('cat /dev/zero') }, cause: 'agent-flooded' },
  {
    name: 'fails',
    task: { agent: script('echo half >> src/a.txt; echo why >&2; exit 3') },
    cause: 'agent-failed',
    detail: /exit code 3/,
    kept: 'a\nhalf',
  },
  {
    name: 'is not there',
    task: { agent: { kind: 'command', command: ['no-such-agent'] } },
    cause: 'agent-failed',
    detail: /not found|127/,
  },
  { name: 'changes nothing', task: { agent: script('true') }, cause: 'no-change' },
  {
    name: 'changes nothing, twice',
    task: { agent: script('true'), review: { reviewer: scorer(10), threshold: 10, iterations: 5, rubric: '' } },
    cause: 'no-change',
  },
  { name: 'changes only what git ignores', task: { agent: script('echo x > src/x.o') }, cause: 'no-change' },
  {
    name: 'removes its worktree',
    task: { agent: script('here=$PWD; cd /; rm -rf "$here" "$here"/* "$here"/.[!.]*; true') },
    cause: 'worktree-lost',
  },
  {
    name: 'leaves its owned paths',
    task: { agent: script('echo changed >> src/a.txt; echo x > docs.md') },
    cause: 'tree-refused',
    detail: /docs\.md/,
    kept: 'a\nchanged',
  },
  {
    name: 'breaks the tests',
    task: { test: [['grep', '-q', 'never', 'src/a.txt']] },
    cause: 'tests-failed',
    detail: /exit code 1/,
    kept: 'a\nchanged',
  },
  {
    name: 'meets tests that hang',
    task: { test: [['sleep', '100']], timeoutMs: 800 },
    cause: 'tests-failed',
    detail: /timed-out/,
  },
  {
    name: 'meets a setup that fails',
    task: { setup: [['sh', '-c', 'echo broken; exit 4']] },
    cause: 'setup-failed',
    detail: /exit code 4/,
  },
  {
    name: 'weakens a test',
    task: {
      agent: script('echo changed >> src/a.txt; echo "exit 0" > src/test.sh'),
      test: [['sh', 'src/test.sh']],
      testPaths: ['src/*.sh'],
    },
    cause: 'base-tests-failed',
    kept: 'a\nchanged',
  },
  {
    name: 'rewrites its reviewer',
    task: {
      agent: script('echo changed >> src/a.txt; echo "echo {}" > src/review.sh'),
      review: {
        reviewer: { kind: 'command', command: ['sh', './src/review.sh'] },
        threshold: 10,
        iterations: 1,
        rubric: '',
      },
    },
    cause: 'tree-refused',
    detail: /src\/review\.sh/,
  },
];

describe(`an agent that misbehaves under ${ENGINE}`, () => {
  it.each(MISDEEDS)(
    'and $name ends as $cause, with the cause named and nothing left over',
    async ({ task, cause, detail, kept }) => {
      room = await openAttemptRoom(ENGINE, {
        'src/test.sh': 'test -f src/never\n',
        'src/review.sh': 'exit 1\n',
        '.gitignore': '*.o\n',
      });
      const order = attemptOrder(room, makeTask(task));
      const from = performance.now();
      const evidence = await runAttempt(room.deps, order, watch());
      expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause, isTransient: false } });
      expect(evidence.failure?.detail).toMatch(detail ?? /./);
      expect(evidence.failure?.feedback).not.toBe('');
      // What hangs would hang for minutes; the tests run beside others.
      expect(performance.now() - from).toBeLessThan(45_000);
      expect(await room.deps.evidence.readEvidence({ ...order, task: order.task.id })).toEqual(evidence);
      expectTidy();
      const tip = room.git('for-each-ref', '--format=%(objectname)', `refs/heads/${order.attemptBranch}`);
      expect(tip).toBe(evidence.headSha ?? '');
      expect(kept === undefined || fileAt(room, order.attemptBranch, 'src/a.txt') === kept).toBe(true);
    },
  );

  it('and breaks every rule about trees at once is told of each, and keeps its work', async () => {
    room = await openAttemptRoom(ENGINE);
    const agent = script(
      [
        'echo changed >> src/a.txt; echo x > docs.md; mkdir -p .github; echo x > .github/x',
        'ln -s /etc/passwd src/absolute; ln -s ../../out src/outside; ln -s ../.git src/git',
        'echo "token = gh""p_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fG3hJ6" > src/secret.txt',
        'head -c 2000000 /dev/zero > src/big; echo x > "$(printf "src/new\\nline")"; echo x > src/A.txt',
      ].join('\n'),
    );
    const order = attemptOrder(room, makeTask({ agent }));
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'tree-refused' }, tests: [] });
    expect(evidence.violations.map(({ rule, path }) => `${rule} ${path}`).sort()).toEqual([
      'contents src/A.txt',
      'contents src/absolute',
      'contents src/big',
      'contents src/git',
      'contents src/new\\u{a}line',
      'contents src/outside',
      'contents src/secret.txt',
      'ownership .github/x',
      'ownership docs.md',
      'protected-paths .github/x',
    ]);
    expect(JSON.stringify(evidence)).not.toContain('p_aB3dE6gH9jK2');
    expect(evidence.failure?.feedback).toContain('docs.md: it is outside the owned paths (src/**)');
    expect(room.git('rev-parse', order.attemptBranch)).toBe(evidence.headSha);
  });

  it('and leaves a daemon behind has it ended with the run', async () => {
    room = await openAttemptRoom(ENGINE);
    const agent = script(
      'echo changed >> src/a.txt; (setsid sleep 98765 >/dev/null 2>&1 &) ; (setsid env -i sleep 98765 >/dev/null 2>&1 &); sleep 0.1',
    );
    const evidence = await runAttempt(room.deps, attemptOrder(room, makeTask({ agent })), watch());
    expect(evidence.outcome).toBe('verified');
    expect(processesWith('sleep 98765')).toEqual([]);
  });

  it('and plants repositories, hooks, filters and monitors runs none of them outside of its sandbox', async () => {
    room = await openAttemptRoom(ENGINE);
    const marker = join(room.dir, 'marker');
    const hit = `touch ${marker}`;
    const agent = script(
      [
        `git config core.fsmonitor '${hit}'`,
        `git config core.hooksPath hooks; mkdir -p hooks; for h in post-checkout post-index-change reference-transaction pre-commit; do printf '#!/bin/sh\\n${hit}\\n' > hooks/$h; chmod +x hooks/$h; done`,
        `git config filter.x.clean '${hit}; cat'; git config filter.x.smudge '${hit}; cat'; git config diff.external '${hit}'; git config merge.x.driver '${hit}'`,
        `echo '* filter=x merge=x' > .gitattributes`,
        `mkdir -p src/nested && cd src/nested && git init -q . && git config core.fsmonitor '${hit}' && git config user.name x && git config user.email x@y && git commit -q --allow-empty -m x; cd ../..`,
        'echo changed >> src/a.txt',
      ].join('\n'),
    );
    const evidence = await runAttempt(room.deps, attemptOrder(room, makeTask({ agent, owns: [] })), watch());
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'tree-refused' } });
    expect(evidence.violations.map(({ path }) => path)).toContain('src/nested');
    expect(ENGINE === 'none' || !existsSync(marker)).toBe(true);
    expectTidy();
  });

  it.skipIf(ENGINE === 'none')('and forks without end is stopped by its limits', async () => {
    room = await openAttemptRoom(ENGINE);
    const agent = script('bomb() { bomb | bomb & }; bomb; sleep 2; wait');
    const evidence = await runAttempt(room.deps, attemptOrder(room, makeTask({ agent, timeoutMs: 3000 })), watch());
    expect(['agent-resources', 'agent-timed-out', 'agent-failed', 'agent-flooded', 'no-change']).toContain(
      evidence.failure?.cause,
    );
    expectTidy();
  });

  it('and cannot be taken in keeps its worktree, and says where', async () => {
    room = await openAttemptRoom(ENGINE);
    const agent = script(
      'echo changed >> src/a.txt; mkfifo src/pipe; mkdir src/locked; echo x > src/locked/y; chmod 000 src/locked',
    );
    const order = attemptOrder(room, makeTask({ agent }));
    const evidence = await runAttempt(room.deps, order, watch());
    const isRootUnconfined = ENGINE === 'none' && process.getuid?.() === 0;
    expect(evidence.failure?.cause ?? 'verified').toBe(isRootUnconfined ? 'verified' : 'intake-refused');
    const path = room.deps.evidence.worktreePath({ ...order, task: order.task.id });
    expect(isRootUnconfined || (evidence.failure?.detail.includes(path) === true && existsSync(path))).toBe(true);
  });
});

describe('a reviewer that misbehaves', () => {
  it.each([
    ['answers nothing', script('true'), /no JSON object/],
    ['answers 11', scorer(11), /does not fit/],
    ['answers "10/10"', script('echo "10/10"'), /no JSON object/],
    ['fails after a good score', script('echo \'{"score": 10, "findings": []}\'; exit 1'), /exit code 1/],
  ])('and %s gives no score, is asked once more, and never passes', async (_name, reviewer, detail) => {
    room = await openAttemptRoom('none');
    const evidence = await runAttempt(
      room.deps,
      attemptOrder(room, makeTask({ review: { reviewer, threshold: 0, iterations: 3, rubric: '' } })),
      watch(),
    );
    expect(evidence).toMatchObject({
      outcome: 'failed',
      iterations: 1,
      failure: { cause: 'review-failed', detail: expect.stringMatching(detail) as string },
    });
    expect(evidence.reviews.map(({ status, score }) => [status, score])).toEqual([
      ['error', null],
      ['error', null],
    ]);
  });

  it('and hangs is stopped, and not asked again', async () => {
    room = await openAttemptRoom('none');
    const task = makeTask({
      review: { reviewer: script('sleep 100'), threshold: 0, iterations: 1, rubric: '' },
      timeoutMs: 700,
    });
    const evidence = await runAttempt(room.deps, attemptOrder(room, task), watch());
    expect(evidence).toMatchObject({
      failure: { cause: 'review-failed' },
      reviews: [{ status: 'timed-out', score: null }],
    });
  });

  it('and gives 10 with a blocking finding does not pass', async () => {
    room = await openAttemptRoom('none');
    const reviewer = scorer(10, [{ severity: 'blocking', path: 'src/a.txt', line: 2, message: 'wrong' }]);
    const evidence = await runAttempt(
      room.deps,
      attemptOrder(room, makeTask({ review: { reviewer, threshold: 10, iterations: 1, rubric: '' } })),
      watch(),
    );
    expect(evidence).toMatchObject({ outcome: 'failed', failure: { cause: 'review-failed' } });
    expect(evidence.failure?.feedback).toContain('[blocking] src/a.txt:2: wrong');
  });

  it('and passes in the rounds but not in the verification is not believed', async () => {
    room = await openAttemptRoom('none');
    const reviewer = script(
      'test "$ESPALIER_STAGE" = work && s=10 || s=3; echo "{\\"score\\": $s, \\"findings\\": []}"',
    );
    const evidence = await runAttempt(
      room.deps,
      attemptOrder(room, makeTask({ review: { reviewer, threshold: 10, iterations: 1, rubric: '' } })),
      watch(),
    );
    expect(evidence).toMatchObject({
      outcome: 'failed',
      failure: { cause: 'review-failed', detail: expect.stringContaining('independent') as string },
    });
  });

  it.skipIf(ENGINE === 'none')('and tries to edit the change cannot', async () => {
    room = await openAttemptRoom(ENGINE);
    const reviewer = script(
      'echo x >> src/a.txt && exit 1; cat "$ESPALIER_INPUT_DIR/change.diff" >&2; echo \'{"score": 10, "findings": []}\'',
    );
    const evidence = await runAttempt(
      room.deps,
      attemptOrder(room, makeTask({ review: { reviewer, threshold: 10, iterations: 1, rubric: '' } })),
      watch(),
    );
    expect(evidence.outcome).toBe('verified');
  });
});

describe('tests that pass only in the worktree of the agent', () => {
  it('are found by the fresh checkout', async () => {
    room = await openAttemptRoom('none', { '.gitignore': 'secret-helper\n' });
    const task = makeTask({
      agent: script('echo changed >> src/a.txt; touch secret-helper'),
      test: [['test', '-f', 'secret-helper']],
    });
    const evidence = await runAttempt(room.deps, attemptOrder(room, task), watch());
    expect(evidence).toMatchObject({
      outcome: 'failed',
      failure: { cause: 'tests-failed', detail: expect.stringContaining('fresh checkout') as string },
    });
    expect(evidence.tests.map(({ stage, status }) => [stage, status])).toEqual([
      ['work', 'passed'],
      ['verify', 'failed'],
    ]);
  });
});

describe("the base's tests", () => {
  it.each([
    [
      'are not needed where the change leaves them alone',
      'echo changed >> src/a.txt; echo true > src/new.sh',
      [],
      'not-needed',
    ],
    [
      'are waived where the task may change them',
      'echo changed >> src/a.txt; echo true > src/test.sh',
      ['src/test.sh'],
      'waived',
    ],
    [
      'run where the change touches them',
      'echo changed >> src/a.txt; echo "grep -q changed src/a.txt && true" > src/test.sh',
      [],
      'run',
    ],
  ])('%s', async (_name, text, allow, wanted) => {
    room = await openAttemptRoom('none', { 'src/test.sh': 'grep -q changed src/a.txt\n' });
    const task = makeTask({ agent: script(text), allow, test: [['sh', 'src/test.sh']], testPaths: ['src/*.sh'] });
    const evidence = await runAttempt(room.deps, attemptOrder(room, task), watch());
    expect(evidence).toMatchObject({ outcome: 'verified', baseTests: wanted });
    expect(evidence.tests.some(({ stage }) => stage === 'base-tests')).toBe(wanted === 'run');
  });
});
