/**
 * A task as a reader of one form hands it on: text still unchecked, every part with its place. `finish-plan.ts`
 * checks all forms by the same rules.
 */
import type { AttemptVariant, Command, PlanForm, SaidSettings, Task } from './plan.ts';
import type { Place } from './source-text.ts';

/** Text from the source with its place. */
export interface Said {
  text: string;
  at: Place;
}

/** A task before it is checked. */
export interface TaskDraft {
  id: Said;
  /** Other names that `needs` may use for this task: an agent's number, its title. Lower case. */
  aliases: string[];
  title: string;
  spec: string;
  needs: Said[];
  owns: Said[];
  allow: Said[];
  locks: Said[];
  estimateMinutes: number | null;
  branch: Said | null;
  worktree: string | null;
  items: Task['items'];
  variants: AttemptVariant[];
  settings: SaidSettings;
  at: Place;
}

/** A plan before it is checked. */
export interface PlanDraft {
  form: PlanForm;
  /** What the plan is called by its text: checked as an id first, else made into one. */
  id: Said | null;
  title: string | null;
  base: Said | null;
  tasks: TaskDraft[];
  defaults: SaidSettings;
  final: Command[];
  budgetUsd: number | null;
  statedTotal: { minutes: number; line: number; text: string } | null;
}

/** A draft with nothing said. */
export function emptyTaskDraft(id: Said, at: Place): TaskDraft {
  return {
    id,
    aliases: [],
    title: id.text,
    spec: '',
    needs: [],
    owns: [],
    allow: [],
    locks: [],
    estimateMinutes: null,
    branch: null,
    worktree: null,
    items: [],
    variants: [],
    settings: {},
    at,
  };
}
