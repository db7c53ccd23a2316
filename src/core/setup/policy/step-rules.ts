/** Rules about single steps: which code they bring, what they leave, what they hand on. */
import { APP_CLIENT_ID } from '../workflow-parts.ts';
import { modeOf, type WorkflowDocument, type WorkflowStep, wordAt } from './workflow-document.ts';
import type { WorkflowRule } from './workflow-rule.ts';

const PINNED = /^(?!\.)[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
const MAX_RETENTION_DAYS = 90;
/** Inputs of the Action that name a file of another job. */
const GIVEN_FILES = ['pack', 'work', 'evidence'] as const;

function eachStep(
  find: (step: WorkflowStep) => readonly string[],
): (document: WorkflowDocument) => { place: string; found: string }[] {
  return ({ jobs }) =>
    jobs.flatMap(({ steps }) => steps.flatMap((step) => find(step).map((found) => ({ place: step.place, found }))));
}

function eachUse(
  action: string,
  find: (inputs: WorkflowStep['inputs'], step: WorkflowStep) => readonly string[],
): (document: WorkflowDocument) => { place: string; found: string }[] {
  return eachStep((step) => (step.action === action ? find(step.inputs, step) : []));
}

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

/** The rules. */
export const STEP_RULES: readonly WorkflowRule[] = [
  {
    name: 'pinned',
    wanted: 'each action at a full commit SHA with its version behind it as a comment; tags and branches can be moved',
    find: ({ values }) =>
      values.flatMap(({ path, text, comment }) => {
        if (path[0] !== 'jobs' || path.at(-1) !== 'uses') return [];
        const place = path.join('.');
        if (/^\.\/(?!.*\.\.)/.test(text)) return [];
        if (!PINNED.test(text)) return [{ place, found: text }];
        return /^v\d+(?:\.\d+){0,2}\b/.test(comment) ? [] : [{ place, found: `${text} without its version` }];
      }),
  },
  {
    name: 'no-credentials-on-disk',
    wanted: "'persist-credentials: false' for each checkout",
    find: eachUse('actions/checkout', (inputs) =>
      isFalse(inputs['persist-credentials']) ? [] : [JSON.stringify(inputs['persist-credentials']) ?? 'nothing'],
    ),
  },
  {
    name: 'no-shared-cache',
    wanted: 'no cache: what an agent leaves in one is loaded by whoever comes next',
    find: eachStep(({ action, inputs }) => {
      if (action === null) return [];
      if (/^actions\/cache(?:\/|$)/.test(action)) return [action];
      const isNode = action === 'actions/setup-node' && !isFalse(inputs['package-manager-cache']);
      return [
        ...('cache' in inputs ? [`${action} with cache`] : []),
        ...(isNode ? [`${action} caches by itself`] : []),
      ];
    }),
  },
  {
    name: 'artifacts-are-files',
    wanted:
      "for each upload 'archive: false' (its digest is then that of the file), 'if-no-files-found: error', " +
      `retention-days of at most ${MAX_RETENTION_DAYS}, no overwrite`,
    find: eachUse('actions/upload-artifact', (inputs) => {
      const days = Number(wordAt(inputs, 'retention-days'));
      return [
        ...(isFalse(inputs['archive']) ? [] : ['an archive']),
        ...(inputs['if-no-files-found'] === 'error' ? [] : ['a missing file is passed over']),
        ...(days >= 1 && days <= MAX_RETENTION_DAYS ? [] : [`retention-days: ${wordAt(inputs, 'retention-days')}`]),
        ...(inputs['overwrite'] === undefined || isFalse(inputs['overwrite']) ? [] : ['overwrite']),
      ];
    }),
  },
  {
    name: 'logs-in-any-case',
    wanted: 'a log is left also after a failure: always() in its condition',
    find: eachUse('actions/upload-artifact', (inputs, { fields }) =>
      /\.outputs\.log\b/.test(wordAt(inputs, 'path')) && !/\balways\(\)/.test(wordAt(fields, 'if'))
        ? ['its condition']
        : [],
    ),
  },
  {
    name: 'artifacts-of-this-run',
    wanted: 'one artifact by its name, of this run, as it is, an error if its digest differs',
    find: eachUse('actions/download-artifact', (inputs) => [
      ...(typeof inputs['name'] === 'string' && inputs['name'] !== '' ? [] : ['no name']),
      ...['pattern', 'artifact-ids', 'run-id', 'repository', 'github-token'].filter((name) => name in inputs),
      ...(inputs['skip-decompress'] === true ? [] : ['archives are unpacked']),
      ...((inputs['digest-mismatch'] ?? 'error') === 'error' ? [] : ['a digest that differs is passed over']),
    ]),
  },
  {
    name: 'files-with-digests',
    wanted: 'a file of another job only with the digest that this job has put out',
    find: eachStep((step) => {
      if (modeOf(step) === null) return [];
      return GIVEN_FILES.filter((name) => name in step.inputs).flatMap((name) => {
        const digest = wordAt(step.inputs, `${name}-sha256`);
        return /^\$\{\{ *needs\.[\w-]+\.outputs\.[\w-]+(?: *\|\| *needs\.[\w-]+\.outputs\.[\w-]+)* *\}\}$/.test(digest)
          ? []
          : [`${name} with the digest '${digest}'`];
      });
    }),
  },
  {
    name: 'narrow-app-tokens',
    wanted: `a token of an App only where there is one (vars.${APP_CLIENT_ID}), for this repository, with named permissions, and taken back`,
    find: eachUse('actions/create-github-app-token', (inputs, { fields }) => [
      ...(wordAt(fields, 'if').includes(`vars.${APP_CLIENT_ID}`) ? [] : ['no condition']),
      ...(Object.keys(inputs).some((name) => name.startsWith('permission-')) ? [] : ['all permissions of the App']),
      ...['owner', 'repositories', 'skip-token-revoke', 'permission-administration', 'permission-secrets'].filter(
        (name) => name in inputs,
      ),
    ]),
  },
  {
    name: 'no-hidden-failure',
    wanted: "no 'continue-on-error' in a step of the Action: what failed must be seen to have failed",
    find: eachStep((step) =>
      modeOf(step) === null || step.fields['continue-on-error'] === undefined ? [] : ['continue-on-error'],
    ),
  },
];
