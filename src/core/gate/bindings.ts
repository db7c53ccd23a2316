/**
 * What a verdict is bound to. A test result counts for one tree under one suite; a review for one change, one
 * rubric and one reviewer. Whoever produces a verdict and whoever believes it computes the binding here.
 */
import type { Digest, TreeSha } from '../brand.ts';
import { digestJson } from '../digest.ts';
import type { AgentChoice, Command, ResolvedTask } from '../plan/plan.ts';

/** Identity of a test run apart from its tree: the commands, what set them up, and the sandbox they need. */
export function suiteDigest(task: Pick<ResolvedTask, 'test' | 'setup' | 'profile' | 'resources' | 'image'>): Digest {
  const { test, setup, profile, resources, image } = task;
  return digestJson({ test, setup, profile, resources, image });
}

/** As {@link suiteDigest}, for the plan's `final` commands. */
export function finalSuiteDigest(commands: readonly Command[]): Digest {
  return digestJson({ final: commands });
}

/** Identity of a change: the tree it started from and the tree it ends in. */
export function changeDigest(baseTree: TreeSha, headTree: TreeSha): Digest {
  return digestJson({ base: baseTree, head: headTree });
}

/** Identity of what a reviewer is asked: the task's text and the extra instructions. */
export function rubricDigest(task: Pick<ResolvedTask, 'spec' | 'title' | 'review'>): Digest {
  return digestJson({ title: task.title, spec: task.spec, rubric: task.review.rubric });
}

/** Who reviews, in one line: `claude`, `codex (gpt-…)`, or the command. Part of a review's binding. */
export function reviewerName(choice: AgentChoice): string {
  if (choice.kind === 'command') return `command: ${choice.command.join(' ')}`;
  return choice.model === null ? choice.name : `${choice.name} (${choice.model})`;
}
