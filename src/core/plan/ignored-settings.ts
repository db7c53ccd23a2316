/** Settings that mean less on one machine than on a hosted forge: named, so that nobody waits for what they would do. */
import { howToPinImage, isPinnedImage } from '../sandbox/image.ts';
import { nameTasks } from './name-tasks.ts';
import type { Plan, PlanProblem, Task } from './plan.ts';

/** Warnings about the settings that the plan's own text says; empty if none is ignored or weak here. */
export function findIgnoredSettings(plan: Plan): PlanProblem[] {
  const { defaults, tasks } = plan;
  const runners = tasks.filter(({ settings }) => (settings.runsOn ?? defaults.runsOn) !== undefined);
  const images = Map.groupBy(tasks, ({ settings }) => settings.image ?? defaults.image ?? null);
  return [
    ...(runners.length === 0
      ? []
      : [
          warn(
            'runs-on-ignored',
            runners,
            "'runs_on' is for the runners of GitHub Actions; 'espalier run' ignores it, and runs every attempt on this machine",
          ),
        ]),
    ...[...images].flatMap(([image, users]) =>
      image === null || isPinnedImage(image)
        ? []
        : [
            warn(
              'image-not-pinned',
              users,
              `'image' is '${image}', under which another image can be put, and which GitHub Actions will not run; ${howToPinImage(image)}`,
            ),
          ],
    ),
  ];
}

function warn(code: string, tasks: readonly Task[], message: string): PlanProblem {
  return {
    severity: 'warning',
    code,
    line: tasks[0]?.line ?? null,
    column: 1,
    message: `${nameTasks(tasks)}: ${message}`,
    nearest: null,
    excerpt: null,
  };
}
