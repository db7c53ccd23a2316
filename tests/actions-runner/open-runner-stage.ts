/** A GitHub on the real time with one repository and a runner, for the tests of the runner itself. */
import { openActionsRunner, type ActionsRunner } from '../support/actions-runner/open-actions-runner.ts';
import type { MachineSettings } from '../support/actions-runner/machine.ts';
import { openTestGitHub, type TestGitHub } from '../support/github/open-test-github.ts';
import { addPerson } from '../support/github/operations/accounts.ts';
import { createRepository, setRole } from '../support/github/operations/repositories.ts';
import { dispatchWorkflow, findWorkflow } from '../support/github/operations/runs.ts';
import type { Repository, RepositorySettings, WorkflowRun } from '../support/github/state.ts';
import { personActor, type Actor, type World } from '../support/github/world.ts';

/** Everything that such a test wants. */
export interface RunnerStage extends AsyncDisposable {
  github: TestGitHub;
  world: World;
  repository: Repository;
  runner: ActionsRunner;
  /** Owns the repository. */
  owner: Actor;
  /** May read. */
  stranger: Actor;
  /** Dispatches a workflow by file name, and waits until all is quiet. */
  dispatch(file: string, inputs?: Record<string, string>): Promise<WorkflowRun>;
  /** Results of a run's jobs by name. */
  results(run: WorkflowRun): Record<string, string>;
}

/** Opens it; workflows are texts by file name. */
export async function openRunnerStage(
  workflows: Record<string, string>,
  options: Partial<MachineSettings> & { files?: Record<string, string>; repository?: Partial<RepositorySettings> } = {},
): Promise<RunnerStage> {
  const { files = {}, repository: settings = {}, ...machine } = options;
  const github = await openTestGitHub({ clock: { now: Date.now } });
  const { world } = github;
  await addPerson(world, 'owner');
  await addPerson(world, 'stranger');
  const owner = personActor(world, 'owner');
  const named = Object.entries(workflows).map(([name, text]) => [`.github/workflows/${name}`, text] as const);
  const repository = await createRepository(world, owner, {
    owner: 'owner',
    name: 'garden',
    files: { 'README.md': '# garden\n', ...files, ...Object.fromEntries(named) },
    settings,
  });
  await setRole(world, repository, 'stranger', 'read');
  const runner = await openActionsRunner({ github, repository, ...machine });
  return {
    github,
    world,
    repository,
    runner,
    owner,
    stranger: personActor(world, 'stranger'),
    async dispatch(file, inputs = {}) {
      const workflow = await findWorkflow(world, repository, file);
      const run = await dispatchWorkflow(world, owner, workflow, { ref: 'main', inputs });
      await runner.untilQuiet();
      return run;
    },
    results: (run) =>
      Object.fromEntries(
        [...repository.jobs.values()]
          .filter(({ runId, runAttempt }) => runId === run.id && runAttempt === run.runAttempt)
          .map(({ name, conclusion, status }) => [name, conclusion ?? status]),
      ),
    async [Symbol.asyncDispose]() {
      try {
        await runner[Symbol.asyncDispose]();
      } finally {
        await github[Symbol.asyncDispose]();
      }
    },
  };
}
