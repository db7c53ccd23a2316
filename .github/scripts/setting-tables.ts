/** Tables of what a plan and the configuration may say. The keys and the defaults are the code's, the words are here. */
import {
  BUILT_IN_CLEANUP,
  BUILT_IN_LIMITS,
  BUILT_IN_PORTS,
  BUILT_IN_REVIEW,
  BUILT_IN_RUNNERS,
  BUILT_IN_RUNS_ON,
  BUILT_IN_SETTINGS,
} from '../../src/core/config/defaults.ts';
import { PROFILES, RESOURCE_SIZES } from '../../src/core/plan/plan.ts';
import type { SETTING_KEYS } from '../../src/core/plan/read-settings.ts';
import { code, renderTable } from './markdown.ts';

/** One key: what it means, and its default in words. */
interface KeyRow {
  meaning: string;
  otherwise: string;
}

/** Keys at the top of a YAML plan. */
export const PLAN_ROWS: Readonly<Record<string, KeyRow>> = {
  plan: { meaning: 'Id of the plan: `a-z`, `0-9`, `-`.', otherwise: "the file's name" },
  title: { meaning: 'A title for people.', otherwise: 'the id' },
  base: { meaning: 'Branch to start from.', otherwise: 'the one that is checked out' },
  defaults: { meaning: 'Settings for every task that does not say its own.', otherwise: '' },
  final: {
    meaning:
      "Commands that must pass on the whole when all has landed. They run as the first task's tests do: with its `profile`, `resources`, `timeout`, `setup`, `copy` and `ports`.",
    otherwise: 'none',
  },
  budget: { meaning: 'Most that the whole plan may cost, US dollars.', otherwise: 'no cap' },
  tasks: {
    meaning: 'A map from task id to task. A task that is only a text is that text as its `spec`.',
    otherwise: 'required',
  },
};

/** Keys that only a task has. */
export const TASK_ROWS: Readonly<Record<string, KeyRow>> = {
  title: { meaning: 'What it is called.', otherwise: 'the first line of `spec`' },
  spec: { meaning: 'What the agent is asked to do, Markdown.', otherwise: 'the title' },
  needs: { meaning: 'Ids of tasks that must have landed first.', otherwise: 'none' },
  owns: { meaning: 'Globs of the paths that it may change.', otherwise: 'any that is not protected' },
  allow: { meaning: 'Globs of protected paths that it may change all the same.', otherwise: 'none' },
  locks: { meaning: 'Names. Tasks that share one run one after another.', otherwise: 'none' },
  estimate: {
    meaning: 'Work, such as `8h` or `30 min`; used to order tasks and to tell the time.',
    otherwise: 'unknown',
  },
  branch: { meaning: 'Name of its branch.', otherwise: '`espalier/<plan>/<task>`' },
  attempts: {
    meaning:
      'How many at once: a number, or a list of `{agent, model, approach}`. `check` reads it; `run` does only one yet.',
    otherwise: '1',
  },
};

/** The settings of tasks, of `defaults` and of the configuration. A key without a row here is a type error. */
export const SETTING_ROWS: Readonly<Record<(typeof SETTING_KEYS)[number], KeyRow>> = {
  agent: {
    meaning: '`claude`, `codex`, `{preset: claude, model: NAME}`, or a program: `"command: ./agent --fast"`.',
    otherwise: 'required',
  },
  review: {
    meaning: 'The reviewer, written like an agent; or `{reviewer, threshold, iterations, rubric}`; or `off`.',
    otherwise: `required; threshold ${BUILT_IN_REVIEW.threshold}, ${BUILT_IN_REVIEW.iterations} iterations`,
  },
  test: {
    meaning: 'The required tests: `npm test`, or several as `[[npm, run, lint], [npm, test]]`. They have no network.',
    otherwise: 'required',
  },
  test_paths: {
    meaning: 'Globs of test files. The base’s versions of them are run against the change as well.',
    otherwise: 'none',
  },
  setup: { meaning: 'Commands before the agent and before tests, such as `npm ci`.', otherwise: 'none' },
  profile: { meaning: `${list(PROFILES)}: how much the sandbox may do.`, otherwise: code(BUILT_IN_SETTINGS.profile) },
  resources: { meaning: `${list(RESOURCE_SIZES)}: how big it is.`, otherwise: code(BUILT_IN_SETTINGS.resources) },
  env: { meaning: 'Names of variables that go into the agent’s and the reviewer’s sandbox.', otherwise: 'none' },
  copy: { meaning: 'Globs of untracked files that are copied into the worktree.', otherwise: 'none' },
  ports: { meaning: 'Names of ports; each attempt gets numbers of its own, in `.ports.env`.', otherwise: 'none' },
  timeout: {
    meaning: 'Limit of one run of the agent, the tests and the reviewer, each.',
    otherwise: `${BUILT_IN_SETTINGS.timeoutMs / 60_000} min`,
  },
  retries: { meaning: 'Further attempts after the first failed one.', otherwise: String(BUILT_IN_SETTINGS.retries) },
  budget: { meaning: 'Most that one attempt may cost, US dollars.', otherwise: 'no cap' },
  priority: { meaning: 'Higher lands first where the order is free.', otherwise: String(BUILT_IN_SETTINGS.priority) },
  runs_on: {
    meaning:
      'Labels of the runner on GitHub: one, or a list that the runner must have all of. `github.runners` says which may be asked for. On one machine it is ignored, and `check` says so.',
    otherwise: code(BUILT_IN_RUNS_ON.join(', ')),
  },
  image: {
    meaning:
      'Container image of its sandboxes, with its digest (`name@sha256:…`), over `sandbox.image`. GitHub Actions runs no other; on one machine `check` warns of one. Needs docker or podman.',
    otherwise: '`sandbox.image`',
  },
  approvals: {
    meaning: 'People who must approve. A local repository cannot tell people apart, so there only 0 is accepted.',
    otherwise: String(BUILT_IN_SETTINGS.approvals),
  },
};

/** Keys of `.github/espalier.yml`; a dot stands for a map within. */
export const CONFIG_ROWS: Readonly<Record<string, KeyRow>> = {
  defaults: { meaning: 'Settings for every task of every plan; a plan may say otherwise.', otherwise: '' },
  max_parallel: { meaning: 'Attempts at once.', otherwise: 'one per core, at most 4' },
  protected: { meaning: 'Globs that are protected besides the built-in ones.', otherwise: 'none' },
  'limits.max_file_bytes': {
    meaning: 'Largest file that a change may add.',
    otherwise: mebibytes(BUILT_IN_LIMITS.maxFileBytes),
  },
  'limits.max_changed_files': {
    meaning: 'Most files in one change.',
    otherwise: String(BUILT_IN_LIMITS.maxChangedFiles),
  },
  'limits.max_change_bytes': {
    meaning: 'Largest sum of changed files.',
    otherwise: mebibytes(BUILT_IN_LIMITS.maxChangeBytes),
  },
  'sandbox.engine': { meaning: 'Like `--sandbox`.', otherwise: '`auto`' },
  'sandbox.image': {
    meaning: 'Image for docker and podman, best with its digest, without which GitHub Actions refuses it.',
    otherwise: 'built in',
  },
  'sandbox.rootfs': { meaning: 'Absolute path of a folder that is the root file system.', otherwise: 'built in' },
  'sandbox.waive': { meaning: 'Properties that may be missing.', otherwise: 'none' },
  ports: {
    meaning: 'Range that ports are given from.',
    otherwise: `\`${BUILT_IN_PORTS.first}-${BUILT_IN_PORTS.last}\``,
  },
  'github.checks': {
    meaning:
      'Checks that must have passed on the head that lands, besides those that rules require: globs of names, or `{name, app}` with the id of the app that must have made them.',
    otherwise: 'none',
  },
  'github.landing': {
    meaning: '`fast-forward`, `merge`, `squash` or `rebase`; `auto` takes the strongest that the rules allow.',
    otherwise: '`auto`',
  },
  'github.bots': { meaning: 'User ids of bots whose commands are obeyed.', otherwise: 'none' },
  'github.stuck_after': {
    meaning: 'A task without a sign for so long is named to the person who can act.',
    otherwise: '`1h`',
  },
  'github.cleanup.archives_after': {
    meaning: 'The clean-up removes archived work that did not land when its plan has rested so many days.',
    otherwise: daysOf(BUILT_IN_CLEANUP.archivesAfterMs),
  },
  'github.cleanup.ledgers_after': {
    meaning: 'The clean-up archives the ledger of a plan that has ended when it has rested so many days.',
    otherwise: daysOf(BUILT_IN_CLEANUP.ledgersAfterMs),
  },
  'github.runners': {
    meaning: `Runners that plans may ask for with \`runs_on\`: each a label, or the list of all labels of one, with \`*\` for any characters. Always allowed are ${list(BUILT_IN_RUNNERS.map((labels) => labels.join(', ')))}.`,
    otherwise: 'none besides',
  },
};

/** A table of keys. */
export function renderKeys(rows: Readonly<Record<string, KeyRow>>): string {
  return renderTable(
    ['Key', 'Meaning', 'Default'],
    Object.entries(rows).map(([key, { meaning, otherwise }]) => [code(key), meaning, otherwise]),
  );
}

function list(words: readonly string[]): string {
  return words.map(code).join(', ');
}

function daysOf(ms: number): string {
  return `\`${ms / 86_400_000}d\``;
}

function mebibytes(bytes: number): string {
  return `${bytes / 1024 ** 2} MiB`;
}
