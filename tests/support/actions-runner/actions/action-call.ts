/** What an action that the runner brings itself is given: the inputs of its step and the runner's own services. */
import type { Repository, WorkflowRun } from '../../github/state.ts';
import type { World } from '../../github/world.ts';

/** One use of an action in one job. */
export interface ActionCall {
  world: World;
  repository: Repository;
  run: WorkflowRun;
  /** By name, with the defaults of the action. */
  inputs: Readonly<Record<string, string>>;
  /** Token of the job. */
  token: string;
  /** Commit of the event. */
  sha: string;
  /** Ref of the event, in full. */
  ref: string;
  workspace: string;
  temporaryFolder: string;
  home: string;
  print(line: string): void;
  setOutput(name: string, value: string): void;
  addMask(secret: string): void;
  /** Is done at the end of the job, whatever becomes of it, the last one first. */
  afterJob(clean: () => Promise<void>): void;
}

/** An action that runs in the runner. It fails by throwing. */
export interface BuiltInAction {
  /** Inputs by name with their defaults; `null` for one that must be given. Any other input fails the step. */
  inputs: Readonly<Record<string, string | null>>;
  run(call: ActionCall): Promise<void>;
}

/** An input of `true` or `false`; throws for anything else, as the toolkit does. */
export function readSwitch({ inputs }: ActionCall, name: string): boolean {
  const text = inputs[name] ?? '';
  if (/^(?:true|True|TRUE)$/u.test(text)) return true;
  if (/^(?:false|False|FALSE)$/u.test(text)) return false;
  throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}`);
}
