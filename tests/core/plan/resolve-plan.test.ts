import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readConfig } from '../../../src/core/config/config.ts';
import { suiteDigest } from '../../../src/core/gate/bindings.ts';
import { ResolvedPlan, type Plan, type SaidSettings } from '../../../src/core/plan/plan.ts';
import { readPlan } from '../../../src/core/plan/read-plan.ts';
import { resolvePlan, taskDigest } from '../../../src/core/plan/resolve-plan.ts';

function read(text: string): Plan {
  const { plan, problems } = readPlan(text);
  if (plan === null) throw new Error(JSON.stringify(problems));
  return plan;
}

const ENOUGH: SaidSettings = {
  agent: { kind: 'preset', name: 'claude', model: null },
  test: [['npm', 'test']],
  review: { reviewer: null },
};

function resolved(text: string, config: SaidSettings = ENOUGH, overrides: SaidSettings = {}): ResolvedPlan {
  const { plan, problems } = resolvePlan(read(text), config, overrides);
  if (plan === null) throw new Error(JSON.stringify(problems));
  return plan;
}

describe('precedence', () => {
  const text = 'defaults: {retries: 3, timeout: 3m}\ntasks:\n  a: {title: x, retries: 4}\n  b: x\n';

  it('is command line, task, plan, configuration, built-in', () => {
    const config: SaidSettings = { ...ENOUGH, retries: 5, timeoutMs: 5, resources: 'large' };
    const [a, b] = resolved(text, config).tasks;
    expect(a).toMatchObject({ retries: 4, timeoutMs: 180_000, resources: 'large', profile: 'strict' });
    expect(b).toMatchObject({ retries: 3, approvals: 0, priority: 0, budgetUsd: null });
    expect(resolved(text, config, { retries: 1 }).tasks.map((task) => task.retries)).toEqual([1, 1]);
  });

  it('holds for each part of a review by itself', () => {
    const plan = 'defaults: {review: {reviewer: codex, rubric: R}}\ntasks:\n  a: {title: x, review: {threshold: 7}}\n';
    expect(resolved(plan, { ...ENOUGH, review: { iterations: 2, rubric: 'no' } }).tasks[0]?.review).toEqual({
      reviewer: { kind: 'preset', name: 'codex', model: null },
      threshold: 7,
      iterations: 2,
      rubric: 'R',
    });
  });

  it('lets a nearer `none` lift a budget', () => {
    expect(
      resolved('tasks:\n  a: {title: x, budget: none}\n', { ...ENOUGH, budgetUsd: 5 }).tasks[0]?.budgetUsd,
    ).toBeNull();
  });
});

describe('what must be said', () => {
  const text = 'tasks:\n  a: x\n  b: x\n  c: x\n  d: x\n  e: x\n';

  it.each([
    ['no-gate', { ...ENOUGH, test: [] }],
    ['no-agent', { test: ENOUGH.test, review: ENOUGH.review }],
    ['no-reviewer', { agent: ENOUGH.agent, test: ENOUGH.test }],
    ['local-approvals', { ...ENOUGH, approvals: 1 }],
  ] as [string, SaidSettings][])('%s is one error with the next step', (code, settings) => {
    const { plan, problems } = resolvePlan(read(text), settings, {});
    expect(plan).toBeNull();
    expect(problems).toMatchObject([{ severity: 'error', code, line: 2 }]);
    expect(problems[0]?.message).toMatch(/^tasks 'a', 'b', 'c', 'd' and 1 more: .*write/);
  });

  it('finds all of it at once', () => {
    expect(
      resolvePlan(read(text), {}, {})
        .problems.map((problem) => problem.code)
        .sort(),
    ).toEqual(['no-agent', 'no-gate', 'no-reviewer']);
  });

  it('refuses several attempts, which would run as one', () => {
    const { plan, problems } = resolvePlan(read('tasks:\n  a: {title: x, attempts: 2}\n'), ENOUGH, {});
    expect(plan).toBeNull();
    expect(problems.map((problem) => problem.code)).toEqual(['not-supported-yet']);
  });

  it('takes one variant as the attempt', () => {
    const [task] = resolved('tasks:\n  a: {title: x, spec: Do, attempts: [{agent: codex, approach: quickly}]}\n').tasks;
    expect(task?.agent).toMatchObject({ name: 'codex' });
    expect(task?.spec).toBe('Do\n\nApproach to take: quickly');
  });

  it('takes approvals where people can be told apart', () => {
    expect(resolvePlan(read(text), { ...ENOUGH, approvals: 1 }, {}, { forge: 'github' }).plan).not.toBeNull();
  });
});

it('gives a plan that its own schema takes', () => {
  const plan = resolved(
    'final: npm run e2e\nbudget: 3\ntasks:\n  a: {title: x, owns: [src/**]}\n  b: {title: y, needs: a}\n',
  );
  expect(ResolvedPlan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
});

describe('revision', () => {
  const FIELDS = [
    'title: T',
    'spec: S',
    'needs: [b]',
    'owns: [x/**, y/**]',
    'locks: [k, l]',
    'retries: 1',
    'test: npm test',
  ];

  it('does not depend on the order or the layout of keys', () => {
    const base = resolved(`plan: p\ntasks:\n  a:\n    ${FIELDS.join('\n    ')}\n  b: x\n`).revision;
    fc.assert(
      fc.property(
        fc.shuffledSubarray(FIELDS, { minLength: FIELDS.length }),
        fc.boolean(),
        fc.boolean(),
        (fields, isFlow, isSwapped) => {
          const a = isFlow ? `  a: {${fields.join(', ')}}` : `  a:\n\n      ${fields.join('   # remark\n      ')}`;
          const tasks = isSwapped ? `  b: 'x'\n${a}` : `${a}\n  b: "x"`;
          expect(resolved(`# remark\nplan: "p"\ntasks:\n${tasks}\n`).revision).toBe(base);
        },
      ),
    );
    expect(
      resolved(
        'plan: p\ntasks:\n  b: x\n  a: {title: T, spec: S, needs: [b], owns: [y/**, x/**], locks: [l, k], retries: 1, test: [npm, test]}\n',
      ).revision,
    ).toBe(base);
  });

  it.each([
    'title: other',
    'spec: other',
    'owns: [z/**]',
    'retries: 9',
    'test: npm run x',
    'priority: 2',
    'estimate: 3h',
    'branch: q',
  ])('changes with %s', (field) => {
    const name = field.split(':', 1)[0] ?? '';
    const rest = FIELDS.filter((each) => !each.startsWith(`${name}:`));
    const one = resolved(`plan: p\ntasks:\n  a: {${FIELDS.join(', ')}}\n  b: x\n`).revision;
    expect(resolved(`plan: p\ntasks:\n  a: {${[...rest, field].join(', ')}}\n  b: x\n`).revision).not.toBe(one);
  });
});

it('keeps the revision and the digests of a plan that names neither a runner nor an image', () => {
  const plan = resolved(
    'plan: p\nbase: main\nfinal: npm run e2e\ndefaults: {agent: claude, review: codex, test: npm test}\n' +
      'tasks:\n  a: {title: A, spec: Do a, owns: [src/**]}\n  b: {title: B, spec: Do b, needs: a, priority: 2}\n',
    {},
  );
  const [a] = plan.tasks;
  // Plans were accepted under these before there was either; another digest would void their evidence.
  expect(plan.revision).toBe('50320d090bd38d0340ced92dfa1c5ac659999a896da5cb62d71b7f9f29e9bbc4');
  expect(plan.tasks.map((task) => taskDigest(task))).toEqual([
    '764c3723b3102c46c4a03eae430d61155f67811e07100e2231e76281f6b217be',
    '0ce68d0341c29f84db96adf00952870684f2ebf5e176937db07b7bb04018397f',
  ]);
  expect(a === undefined ? '' : suiteDigest(a)).toBe(
    '9a2f536f4790fd52227163b51c665594bd1ca3d84afd88bc19f156eb0fbc8ae2',
  );
});

describe('runners and images', () => {
  const PINNED = `node:24@sha256:${'a'.repeat(64)}`;
  const onGithub = (fields: string, configText = '') => {
    const { config, problems } = readConfig(configText);
    if (config === null) throw new Error(JSON.stringify(problems));
    const options = { forge: 'github', hosted: config } as const;
    return resolvePlan(read(`tasks:\n  a: {title: x, ${fields}}\n`), { ...ENOUGH, ...config.defaults }, {}, options);
  };

  it('come from the nearest that says them', () => {
    const config: SaidSettings = { ...ENOUGH, runsOn: ['far'], image: 'far:1' };
    const [a, b] = resolved(
      'defaults: {runs_on: [self-hosted, Big]}\ntasks:\n  a: {title: x, image: near:1}\n  b: {title: y, runs_on: near}\n',
      config,
    ).tasks;
    expect(a).toMatchObject({ runsOn: ['self-hosted', 'Big'], image: 'near:1' });
    expect(b).toMatchObject({ runsOn: ['near'], image: 'far:1' });
  });

  it('give one revision for one set of labels', () => {
    const revisionOf = (labels: string) =>
      resolved(`plan: p\ntasks:\n  a: {title: x, runs_on: [${labels}]}\n`).revision;
    expect(revisionOf('self-hosted, gpu')).toBe(revisionOf('gpu, self-hosted, gpu'));
    expect(revisionOf('self-hosted, gpu')).not.toBe(revisionOf('self-hosted'));
  });

  it.each([
    ['retries: 1', ''],
    ['runs_on: ubuntu-24.04-arm', ''],
    ['runs_on: [GPU, self-hosted]', 'github: {runners: [[self-hosted, gpu]]}'],
    ['runs_on: [self-hosted, gpu-7]', 'github: {runners: [[self-hosted, gpu-*]]}'],
    ['retries: 1', 'github: {runners: [[self-hosted, gpu]]}'],
    ['retries: 1', 'defaults: {runs_on: own}'],
    [`image: '${PINNED}'`, ''],
    ['retries: 1', `sandbox: {image: '${PINNED}'}`],
    [`image: '${PINNED}'`, 'sandbox: {image: node:24}'],
  ])('take %s with %j on a hosted forge', (fields, config) => {
    expect(onGithub(fields, config)).toMatchObject({ problems: [], plan: { tasks: [{ id: 'a' }] } });
  });

  it.each([
    ['runs_on: [self-hosted, gpu]', '', 'runner-not-allowed', "write 'github: {runners: [[self-hosted, gpu]]}'"],
    ['runs_on: big', 'github: {runners: [small]}', 'runner-not-allowed', "add '- big' to the list 'runners'"],
    ['runs_on: gpu', 'github: {runners: [[self-hosted, gpu]]}', 'runner-not-allowed', "add '- gpu'"],
    ['runs_on: [self-hosted, gpu, fast]', 'github: {runners: [[self-hosted, gpu]]}', 'runner-not-allowed', 'fast'],
    ['runs_on: ubuntu-slim', '', 'runner-not-allowed', 'ubuntu-slim'],
    ['image: node:24', '', 'image-not-pinned', "'docker buildx imagetools inspect node:24' prints its digest"],
    [
      'retries: 1',
      'sandbox: {image: node:24}',
      'image-not-pinned',
      "'sandbox.image' in .github/espalier.yml is 'node:24'",
    ],
    [`image: '${PINNED}'`, 'sandbox: {engine: bubblewrap}', 'image-without-container', "leave out 'image'"],
  ])('refuse %s with %j on a hosted forge', (fields, config, code, words) => {
    const { plan, problems } = onGithub(fields, config);
    expect(plan).toBeNull();
    expect(problems).toMatchObject([{ severity: 'error', code, line: 2 }]);
    expect(problems[0]?.message).toContain(words);
  });

  it.each([
    ['runs_on: [self-hosted, gpu]', 'runs-on-ignored', "'espalier run' ignores it"],
    ['image: node:24', 'image-not-pinned', 'imagetools inspect node:24'],
  ])('warn of %s on one machine, and take it', (field, code, words) => {
    const { plan, problems } = resolvePlan(read(`tasks:\n  a: {title: x, ${field}}\n  b: y\n`), ENOUGH, {});
    expect(plan).not.toBeNull();
    expect(problems).toMatchObject([{ severity: 'warning', code, line: 2 }]);
    expect(problems[0]?.message).toMatch(/^task 'a': /);
    expect(problems[0]?.message).toContain(words);
  });

  it('say nothing of a pinned image, nor of a runner that only the configuration names', () => {
    const plan = read(`tasks:\n  a: {title: x, image: '${PINNED}'}\n`);
    expect(resolvePlan(plan, { ...ENOUGH, runsOn: ['big'] }, {}).problems).toEqual([]);
  });
});

describe('digest of a task', () => {
  const digest = (fields: string, config = ENOUGH): string => {
    const [task] = resolved(`tasks:\n  a: {title: x, spec: S, ${fields}}\n`, config).tasks;
    if (task === undefined) throw new Error('no task');
    return taskDigest(task);
  };

  it.each(['title: y', 'priority: 3', 'estimate: 4h', 'retries: 7', 'budget: 4', 'locks: [q]'])(
    'is the same with %s',
    (field) => {
      const [task] = resolved(
        `tasks:\n  a: {spec: S, ${field.startsWith('title') ? '' : 'title: x, '}${field}}\n`,
      ).tasks;
      expect(task === undefined ? '' : taskDigest(task)).toBe(digest(''));
    },
  );

  it.each([
    'owns: [a/**]',
    'allow: [CODEOWNERS]',
    'test: npm run other',
    'test_paths: [t/**]',
    'review: {threshold: 3}',
    'profile: development',
    'timeout: 1m',
    'env: [X]',
    'agent: codex',
    'runs_on: big',
    'image: node:24',
  ])('changes with %s', (field) => {
    expect(digest(field)).not.toBe(digest(''));
  });
});
