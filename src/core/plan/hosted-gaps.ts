/** What a task asks of the machines of a hosted forge and cannot have there, found before anything is dispatched. */
import type { EspalierConfig } from '../config/config.ts';
import { BUILT_IN_RUNS_ON } from '../config/defaults.ts';
import { howToAllowRunner, isRunnerAllowed, writeRunner } from '../config/runners.ts';
import { howToPinImage, isPinnedImage } from '../sandbox/image.ts';
import type { SaidSettings, TaskSettings } from './plan.ts';

/** The parts of a configuration that tasks are held to. */
export interface HostedSettings {
  github: Pick<EspalierConfig['github'], 'runners'>;
  sandbox: Pick<EspalierConfig['sandbox'], 'engine' | 'image'>;
  defaults: Pick<SaidSettings, 'runsOn'>;
}

/** Something that a task cannot have: a stable word, why not, and what to do; clauses without a full stop. */
interface HostedGap {
  code: 'runner-not-allowed' | 'image-not-pinned' | 'image-without-container';
  because: string;
  next: string;
}

/** The runner that a task's legs ask for. */
export function runnerOf(task: Pick<TaskSettings, 'runsOn'>): readonly string[] {
  return task.runsOn ?? BUILT_IN_RUNS_ON;
}

/** True if the configuration lets a plan ask for the runner of a task; its own default is one of them. */
function mayUseRunner(task: Pick<TaskSettings, 'runsOn'>, { github, defaults }: HostedSettings): boolean {
  return isRunnerAllowed(runnerOf(task), [
    ...github.runners,
    ...(defaults.runsOn === undefined ? [] : [defaults.runsOn]),
  ]);
}

/** Every gap of one task's settings; empty if it can be dispatched. */
export function findHostedGaps(task: Pick<TaskSettings, 'runsOn' | 'image'>, settings: HostedSettings): HostedGap[] {
  const { github, sandbox } = settings;
  const gaps: HostedGap[] = [];
  if (!mayUseRunner(task, settings))
    gaps.push({
      code: 'runner-not-allowed',
      because: `plans of this repository may not ask for the runner '${writeRunner(runnerOf(task))}'`,
      next: `to allow it, ${howToAllowRunner(runnerOf(task), github.runners)} in .github/espalier.yml on the base`,
    });
  const image = task.image ?? sandbox.image;
  const where = task.image === undefined ? "'sandbox.image' in .github/espalier.yml" : "'image'";
  if (image !== null && !isPinnedImage(image))
    gaps.push({
      code: 'image-not-pinned',
      because: `${where} is '${image}', under which another image can be put between work and verification`,
      next: howToPinImage(image),
    });
  if (task.image !== undefined && (sandbox.engine === 'bubblewrap' || sandbox.engine === 'none'))
    gaps.push({
      code: 'image-without-container',
      because: `'image' needs docker or podman, and .github/espalier.yml says 'sandbox: {engine: ${sandbox.engine}}'`,
      next: "leave out 'image', or write 'engine: auto' there",
    });
  return gaps;
}
