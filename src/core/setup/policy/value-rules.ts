/** Rules about what expressions may read, and where: text of strangers, and secrets. */
import { type ContextRead, findExpressions, readsOf } from './expression-reads.ts';
import { placeOf, type WorkflowDocument, type WorkflowValue } from './workflow-document.ts';
import type { WorkflowRule } from './workflow-rule.ts';

/** Contexts that hold what this file, the repository's people, or trusted steps put there. */
const TRUSTED_ROOTS: ReadonlySet<string> = new Set([
  ...['inputs', 'needs', 'steps', 'matrix', 'strategy', 'job', 'jobs', 'runner', 'vars', 'env', 'secrets'],
]);

/** Of `github`, what nobody from outside can word. */
const TRUSTED_GITHUB: ReadonlySet<string> = new Set(
  [
    ...['event_name', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'run_id', 'run_number'],
    ...['run_attempt', 'workflow', 'sha', 'token', 'server_url', 'api_url', 'workspace', 'actor_id', 'ref_protected'],
    'event.schedule',
  ].map((name) => `github.${name}`),
);

/** Last parts of an event that GitHub words itself: numbers, and words of closed sets. */
const TRUSTED_LEAVES: ReadonlySet<string> = new Set(['id', 'number', 'type', 'state', 'action', 'event', 'fork']);

/** Parts of an event whose parts in turn are worded by whoever caused it, or are chosen by it. */
const WORDED: ReadonlySet<string> = new Set(['[]', 'client_payload', 'inputs']);

/** Functions that only answer yes or no about a text. */
const ASKING: ReadonlySet<string> = new Set(['contains', 'startswith', 'endswith']);

function isTrusted({ path }: ContextRead): boolean {
  const [root = '', ...rest] = path.split('.');
  if (TRUSTED_ROOTS.has(root)) return true;
  if (TRUSTED_GITHUB.has(path)) return true;
  const leaf = rest.at(-1) ?? '';
  return (
    root === 'github' &&
    rest[0] === 'event' &&
    rest.length > 1 &&
    !rest.some((part) => WORDED.has(part)) &&
    TRUSTED_LEAVES.has(leaf)
  );
}

function isCondition({ path }: WorkflowValue): boolean {
  return path.at(-1) === 'if';
}

function isScript({ path }: WorkflowValue): boolean {
  const name = path.at(-1);
  return name === 'run' || name === 'shell' || name === 'script' || name === 'working-directory';
}

interface PlacedRead extends ContextRead {
  value: WorkflowValue;
}

function allReads({ values }: WorkflowDocument): PlacedRead[] {
  return values.flatMap((value) =>
    findExpressions(value.text, isCondition(value)).flatMap((source) =>
      readsOf(source).map((read) => ({ ...read, value })),
    ),
  );
}

function found(reads: readonly PlacedRead[]): { place: string; found: string }[] {
  return reads.map(({ value, path }) => ({ place: placeOf(value.path), found: path }));
}

/** Where a secret may stand: handed by name to a called workflow, to the one step that needs it, or for a token. */
function isInPlace({ value, path }: PlacedRead, document: WorkflowDocument): boolean {
  const { path: at } = value;
  if (at[0] !== 'jobs') return false;
  const job = document.jobs.find(({ id }) => id === at[1]);
  if (at[2] === 'secrets' && at.length === 4) return path.split('.').length === 2;
  const step = typeof at[3] === 'number' ? job?.steps[at[3]] : undefined;
  if (step === undefined) return false;
  const [, name = ''] = path.split('.');
  if (at[4] === 'with' && at[5] === 'private-key') return step.action === 'actions/create-github-app-token';
  if (at[4] !== 'env' || at.length !== 6) return false;
  const { mode } = step.inputs;
  return (mode === 'work' && name === 'model-key') || (mode === 'verify' && name === 'reviewer-key');
}

/** The rules. */
export const VALUE_RULES: readonly WorkflowRule[] = [
  {
    name: 'scripts-are-fixed',
    wanted: 'no expression in run:, shell:, script: or working-directory: text in a script is a program',
    find: ({ values }) =>
      values
        .filter((value) => isScript(value) && findExpressions(value.text, false).length > 0)
        .map((value) => ({ place: placeOf(value.path), found: value.text.slice(0, 80) })),
  },
  {
    name: 'no-text-of-strangers',
    wanted:
      'titles, bodies, names of branches and the like stand in no expression, but in a condition within contains, startsWith or endsWith',
    find: (document) =>
      found(
        allReads(document).filter((read) => {
          if (isTrusted(read)) return false;
          const isAsked = isCondition(read.value) && read.within.some((name) => ASKING.has(name));
          // The name of a branch can join a queue, and do nothing else there.
          const isQueue = read.path === 'github.ref' && read.value.path.includes('concurrency');
          return !isAsked && !isQueue;
        }),
      ),
  },
  {
    name: 'secrets-by-name',
    wanted: "secrets one by one: no 'secrets: inherit', no secrets as a whole",
    find: (document) => [
      ...document.jobs
        .filter(({ fields }) => fields['secrets'] === 'inherit')
        .map(({ place }) => ({ place: `${place}.secrets`, found: 'inherit' })),
      ...found(allReads(document).filter(({ path }) => /^secrets(?:$|\.\[\]|\.\*)/.test(path))),
    ],
  },
  {
    name: 'secrets-in-their-place',
    wanted:
      "the agent's key in the step of the mode work alone, the reviewer's in that of verify, a private key where a token is made; handed on by name to a called workflow",
    find: (document) =>
      found(allReads(document).filter((read) => read.path.startsWith('secrets.') && !isInPlace(read, document))),
  },
];
