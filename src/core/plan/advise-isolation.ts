/**
 * The decision matrix of *hybrid-worktrees-and-containers*, applied to one task. Advice only: Espalier gives every
 * attempt a worktree and a sandbox in any case; `profile` and `resources` are what the sandbox would be.
 */
import type { TaskId } from '../brand.ts';
import { BUILT_IN_SETTINGS } from '../config/defaults.ts';
import { listWaves } from './graph.ts';
import type { Plan, Profile, ResourceSize, Task } from './plan.ts';

/** What the matrix recommends, why, and what the task would get. */
export interface IsolationAdvice {
  approach: 'worktree' | 'container' | 'hybrid';
  /** One sentence without its subject: what in the task decided. */
  because: string;
  profile: Profile;
  resources: ResourceSize;
}

/** From how many tasks at once the matrix asks for the hybrid. */
const MANY_AT_ONCE = 10;
const MAX_SEARCHED = 20_000;

interface MatrixRow {
  approach: IsolationAdvice['approach'];
  words: RegExp;
  because: string;
}

// In the order of the decision tree: security, then compliance, then production, then dependencies.
const ROWS: readonly MatrixRow[] = [
  {
    approach: 'container',
    words: /\b(?:untrusted|third-party code|user-supplied code|arbitrary code|malware|exploit)\b/i,
    because: 'runs code that is not trusted',
  },
  {
    approach: 'container',
    words: /\b(?:compliance|GDPR|HIPAA|PCI(?:[ -]DSS)?|SOC ?2|audit (?:trail|log)s?)\b/i,
    because: 'is under compliance or audit rules',
  },
  {
    approach: 'container',
    words: /\b(?:credentials?|secrets?|encrypt\w*|JWT|OAuth|SAML|authentication|vulnerabilit\w+|access tokens?)\b/i,
    because: 'works on security or credentials',
  },
  {
    approach: 'hybrid',
    words: /\b(?:production|deploy\w*|infrastructure|CI\/CD|HTTPS|TLS|kubernetes|backups?|prometheus)\b/i,
    because: 'is about production or deployment',
  },
  {
    approach: 'hybrid',
    words:
      /\b(?:upgrade[sd]?|migrat(?:e|es|ion) to|python \d|node(?:\.js)? \d+|postgres\w*|mysql|redis|mongodb|docker\w*)\b/i,
    because: 'has dependencies of its own',
  },
];

/** Applies the matrix. Pure in the task and the plan; the plan's waves are worked out once per plan. */
export function adviseIsolation(task: Task, plan: Plan): IsolationAdvice {
  const profile = task.settings.profile ?? plan.defaults.profile ?? BUILT_IN_SETTINGS.profile;
  const resources = task.settings.resources ?? plan.defaults.resources ?? BUILT_IN_SETTINGS.resources;
  return { ...readMatrix(task, plan), profile, resources };
}

function readMatrix(task: Task, plan: Plan): Pick<IsolationAdvice, 'approach' | 'because'> {
  const text = [task.title, ...task.items.map((item) => item.text), task.spec].join('\n').slice(0, MAX_SEARCHED);
  for (const { approach, words, because } of ROWS) {
    const match = words.exec(text);
    if (match !== null) return { approach, because: `${because} ('${match[0]}')` };
  }
  if (task.settings.setup !== undefined && task.settings.setup.length > 0) {
    return { approach: 'hybrid', because: 'has dependencies of its own (its own setup commands)' };
  }
  const together = waveSizes(plan).get(task.id) ?? 1;
  if (together >= MANY_AT_ONCE)
    return { approach: 'hybrid', because: `is one of ${together} tasks that could run at once` };
  if (task.variants.length > 1)
    return {
      approach: 'worktree',
      because: `is tried in ${task.variants.length} variants, which only need files of their own`,
    };
  if (/\b(?:documentation|docs|README|tests?|testing)\b/i.test(task.title)) {
    return { approach: 'worktree', because: 'is documentation or tests, which only need files of their own' };
  }
  return { approach: 'worktree', because: 'asks for nothing beyond files of its own' };
}

// A plan is not changed after it was read, so its waves live as long as it does.
const WAVE_SIZES = new WeakMap<Plan, ReadonlyMap<TaskId, number>>();

function waveSizes(plan: Plan): ReadonlyMap<TaskId, number> {
  const known = WAVE_SIZES.get(plan);
  if (known !== undefined) return known;
  const sizes = new Map(listWaves(plan.tasks).flatMap((wave) => wave.map((id) => [id, wave.length] as const)));
  WAVE_SIZES.set(plan, sizes);
  return sizes;
}
