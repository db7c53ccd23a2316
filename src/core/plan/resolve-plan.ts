/**
 * From a plan's text to a plan that can be worked on: every setting gets its value, and what nobody said but must
 * be said (tests, agent, reviewer) is an error. Precedence: command line, task, plan's defaults, configuration,
 * built-in defaults.
 */
import type { Digest } from '../brand.ts';
import { BUILT_IN_REVIEW, BUILT_IN_SETTINGS } from '../config/defaults.ts';
import { digestJson } from '../digest.ts';
import { findHostedGaps, type HostedSettings } from './hosted-gaps.ts';
import { findIgnoredSettings } from './ignored-settings.ts';
import { nameTasks } from './name-tasks.ts';
import type {
  Plan,
  PlanProblem,
  ResolvedPlan,
  ResolvedTask,
  ReviewSettings,
  SaidSettings,
  Task,
  TaskSettings,
} from './plan.ts';

/** Where the plan will land; approvals can only be given where people have identities. */
export interface ResolveOptions {
  forge?: 'local' | 'github';
  /** What the configuration says of runners and images; on a hosted forge tasks are held to it. */
  hosted?: HostedSettings;
}

/** A resolved plan if there is no error, and all problems either way. */
export interface Resolution {
  plan: ResolvedPlan | null;
  problems: PlanProblem[];
}

/**
 * Resolves a plan that was read without errors.
 *
 * @param configDefaults - `defaults` of `.github/espalier.yml`
 * @param overrides - what the command line says, for every task
 */
export function resolvePlan(
  plan: Plan,
  configDefaults: SaidSettings,
  overrides: SaidSettings,
  options: ResolveOptions = {},
): Resolution {
  const gaps = createGaps();
  const tasks: ResolvedTask[] = [];
  for (const task of plan.tasks) {
    const layers = [overrides, task.settings, plan.defaults, configDefaults];
    const resolved = resolveTask(task, layers, gaps, options.forge ?? 'local');
    if (resolved !== null) tasks.push(resolved);
    if (options.hosted === undefined) continue;
    const settings = { runsOn: pickSetting(layers, 'runsOn'), image: pickSetting(layers, 'image') };
    for (const { code, because, next } of findHostedGaps(settings, options.hosted))
      gaps.add(code, task, `${because}; ${next}`);
  }
  const problems = [...gaps.finish(), ...(options.forge === 'github' ? [] : findIgnoredSettings(plan))];
  if (problems.some((problem) => problem.severity === 'error')) return { plan: null, problems };
  const { id, title, base, final, budgetUsd } = plan;
  const whole = { id, title, base, tasks, final: final.map((command) => [...command]), budgetUsd };
  return { plan: { ...whole, revision: revisionOf(whole) }, problems };
}

/** Digest of everything about a task that a verdict depends on. Its title, priority and limits in time and money are not. */
export function taskDigest(task: ResolvedTask): Digest {
  const {
    title: _title,
    priority: _priority,
    estimateMinutes: _estimate,
    retries: _retries,
    budgetUsd: _budget,
    locks: _locks,
    ...rest
  } = task;
  return digestJson(normalizeTask(rest));
}

function revisionOf(plan: Omit<ResolvedPlan, 'revision'>): Digest {
  // Tasks are a map and these lists are sets: neither order is meant, so neither is part of the revision.
  const tasks = plan.tasks.map((task) => normalizeTask(task)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return digestJson({ ...plan, tasks });
}

const SETS = ['needs', 'owns', 'allow', 'locks', 'testPaths', 'env', 'copy', 'ports', 'runsOn'] as const;

function normalizeTask<T extends Partial<ResolvedTask>>(task: T): T {
  const sorted = SETS.flatMap((name) =>
    task[name] === undefined ? [] : [[name, [...new Set(task[name])].sort()] as const],
  );
  return { ...task, ...Object.fromEntries(sorted) };
}

function resolveTask(
  task: Task,
  layers: readonly SaidSettings[],
  gaps: Gaps,
  forge: 'local' | 'github',
): ResolvedTask | null {
  const agent = pickSetting(layers, 'agent');
  const test = pickSetting(layers, 'test') ?? [];
  const approvals = pickSetting(layers, 'approvals') ?? BUILT_IN_SETTINGS.approvals;
  const review = resolveReview(layers);
  if (agent === undefined) gaps.add('no-agent', task);
  if (test.length === 0) gaps.add('no-gate', task);
  if (review.reviewer === undefined) gaps.add('no-reviewer', task);
  if (approvals > 0 && forge === 'local') gaps.add('local-approvals', task);
  if (task.variants.length > 1) gaps.add('not-supported-yet', task);
  if (agent === undefined || review.reviewer === undefined) return null;
  const [variant] = task.variants;
  const approach = variant?.approach ?? null;
  return {
    id: task.id,
    title: task.title,
    spec: approach === null ? task.spec : `${task.spec}\n\nApproach to take: ${approach}`.trim(),
    needs: [...task.needs],
    owns: [...task.owns],
    allow: [...task.allow],
    locks: [...task.locks],
    estimateMinutes: task.estimateMinutes,
    branch: task.branch,
    agent: variant?.agent ?? agent,
    ...resolveRest(layers),
    test,
    review: { ...review, reviewer: review.reviewer },
    approvals,
  };
}

/** What the nearest layer says; `undefined` if none does. */
function pickSetting<K extends keyof SaidSettings>(
  layers: readonly SaidSettings[],
  key: K,
): SaidSettings[K] | undefined {
  return layers.find((layer) => layer[key] !== undefined)?.[key];
}

/** The settings that have a built-in default and no rule of their own. */
function resolveRest(layers: readonly SaidSettings[]): Omit<TaskSettings, 'agent' | 'test' | 'review' | 'approvals'> {
  const pick = <K extends keyof SaidSettings>(key: K): SaidSettings[K] | undefined => pickSetting(layers, key);
  const runsOn = pick('runsOn');
  const image = pick('image');
  return {
    profile: pick('profile') ?? BUILT_IN_SETTINGS.profile,
    resources: pick('resources') ?? BUILT_IN_SETTINGS.resources,
    setup: pick('setup') ?? [...BUILT_IN_SETTINGS.setup],
    testPaths: pick('testPaths') ?? [...BUILT_IN_SETTINGS.testPaths],
    timeoutMs: pick('timeoutMs') ?? BUILT_IN_SETTINGS.timeoutMs,
    retries: pick('retries') ?? BUILT_IN_SETTINGS.retries,
    env: pick('env') ?? [...BUILT_IN_SETTINGS.env],
    copy: pick('copy') ?? [...BUILT_IN_SETTINGS.copy],
    ports: pick('ports') ?? [...BUILT_IN_SETTINGS.ports],
    budgetUsd: pick('budgetUsd') ?? BUILT_IN_SETTINGS.budgetUsd,
    priority: pick('priority') ?? BUILT_IN_SETTINGS.priority,
    // Not there if unsaid: a plan that says neither keeps the digests that it had before they could be said.
    ...(runsOn === undefined ? {} : { runsOn }),
    ...(image === undefined ? {} : { image }),
  };
}

/** Each part of a review is looked for by itself, so that a task can lower its threshold and keep the reviewer. */
function resolveReview(
  layers: readonly SaidSettings[],
): Omit<ReviewSettings, 'reviewer'> & { reviewer: ReviewSettings['reviewer'] | undefined } {
  const part = <K extends keyof ReviewSettings>(key: K): ReviewSettings[K] | undefined =>
    layers.find((layer) => layer.review?.[key] !== undefined)?.review?.[key];
  return {
    reviewer: part('reviewer'),
    threshold: part('threshold') ?? BUILT_IN_REVIEW.threshold,
    iterations: part('iterations') ?? BUILT_IN_REVIEW.iterations,
    rubric: part('rubric') ?? BUILT_IN_REVIEW.rubric,
  };
}

const GAP_MESSAGES = {
  'no-agent': "nobody is said to do the work; write 'agent: claude' under 'defaults:' or give --agent",
  'no-gate':
    "no tests are said, and without a gate nothing may land; write 'test: npm test' under 'defaults:' or give --test",
  'no-reviewer':
    "no reviewer is said; write 'review: claude' under 'defaults:' or give --reviewer; 'review: off' or --no-review switches review off by name",
  'local-approvals':
    "'approvals' needs people who can be told apart, which a local repository cannot do; write 'approvals: 0'",
  'not-supported-yet': "several attempts at one task are read but not run yet; write 'attempts: 1' to run one",
} as const;

interface Gaps {
  add(code: keyof typeof GAP_MESSAGES, task: Task): void;
  add(code: string, task: Task, message: string): void;
  finish(): PlanProblem[];
}

/** Collects what is missing, one problem per kind however many tasks miss it. */
function createGaps(): Gaps {
  const missing = new Map<string, { code: string; message: string; tasks: Task[] }>();
  return {
    add(code: string, task: Task, message: string = GAP_MESSAGES[code as keyof typeof GAP_MESSAGES]) {
      const key = `${code} ${message}`;
      const gap = missing.get(key) ?? { code, message, tasks: [] };
      gap.tasks.push(task);
      missing.set(key, gap);
    },
    finish: () =>
      [...missing.values()].map(({ code, message, tasks }) => ({
        severity: 'error',
        code,
        line: tasks[0]?.line ?? null,
        column: 1,
        message: `${nameTasks(tasks)}: ${message}`,
        nearest: null,
        excerpt: null,
      })),
  };
}
