/** Rules about when a workflow runs, and about what its jobs may do. */
import { fieldsAt, isFields, modeOf, wordAt, type WorkflowDocument, type WorkflowJob } from './workflow-document.ts';
import type { WorkflowRule } from './workflow-rule.ts';

/** What a job may hold at most that runs the Action in this mode: the job's whole set of permissions. */
const MODE_PERMISSIONS: Readonly<Record<string, Readonly<Record<string, 'read' | 'write'>>>> = {
  route: { contents: 'read', issues: 'read', 'pull-requests': 'read' },
  reconcile: {
    actions: 'write',
    checks: 'write',
    contents: 'write',
    issues: 'write',
    'pull-requests': 'write',
    statuses: 'read',
  },
  work: { contents: 'read' },
  verify: { contents: 'read' },
  publish: { contents: 'write', actions: 'write' },
  cleanup: { contents: 'write', issues: 'read' },
};

/** Longest that a hosted runner gives a job, minutes. */
const MAX_TIMEOUT_MINUTES = 360;

function eachJob(
  find: (job: WorkflowJob, document: WorkflowDocument) => readonly string[],
): (document: WorkflowDocument) => { place: string; found: string }[] {
  return (document) =>
    document.jobs.flatMap((job) => find(job, document).map((found) => ({ place: job.place, found })));
}

/** The modes in which a job runs the Action. */
function modesOf(job: WorkflowJob): string[] {
  return job.steps.flatMap((step) => modeOf(step) ?? []);
}

function writesOf(job: WorkflowJob): string[] {
  const { permissions } = job.fields;
  if (!isFields(permissions)) return [];
  return Object.entries(permissions).flatMap(([name, level]) => (level === 'write' ? [name] : []));
}

/** The rules. */
export const JOB_RULES: readonly WorkflowRule[] = [
  {
    name: 'no-dangerous-trigger',
    wanted: 'no pull_request_target: it gives the rights of the base to a run about code of anybody',
    find({ fields }) {
      const { on } = fields;
      const events = isFields(on) ? Object.keys(on) : Array.isArray(on) ? on.map(String) : [String(on)];
      return events.filter((event) => event === 'pull_request_target').map((event) => ({ place: 'on', found: event }));
    },
  },
  {
    name: 'nothing-by-default',
    wanted: "'permissions: {}' at the top, so that a job has only what it names",
    find({ fields: { permissions } }) {
      const isEmpty = isFields(permissions) && Object.keys(permissions).length === 0;
      return isEmpty ? [] : [{ place: 'permissions', found: JSON.stringify(permissions) ?? 'nothing' }];
    },
  },
  {
    name: 'permissions-by-name',
    wanted: 'a map of permissions for each job, each with a level',
    find: eachJob(({ fields: { permissions } }) => {
      if (!isFields(permissions)) return [JSON.stringify(permissions) ?? 'nothing'];
      return Object.entries(permissions).flatMap(([name, level]) =>
        ['read', 'write', 'none'].includes(String(level)) ? [] : [`${name}: ${String(level)}`],
      );
    }),
  },
  {
    name: 'permissions-of-modes',
    wanted: 'no more than the mode of the Action needs: jobs that run agents only read',
    find: eachJob((job) =>
      modesOf(job).flatMap((mode) => {
        const most = MODE_PERMISSIONS[mode];
        if (most === undefined) return [`the mode '${mode}' is unknown`];
        return Object.entries(fieldsAt(job.fields, 'permissions')).flatMap(([name, level]) =>
          level === 'none' || most[name] === level || (most[name] === 'write' && level === 'read')
            ? []
            : [`${name}: ${String(level)} in a job of the mode ${mode}`],
        );
      }),
    ),
  },
  {
    name: 'one-mode-a-job',
    wanted: 'one mode of the Action in a job, so that agents, judges and whoever writes are on machines of their own',
    find: eachJob((job) => (modesOf(job).length > 1 ? [modesOf(job).join(', ')] : [])),
  },
  {
    name: 'writers-run-no-scripts',
    wanted: 'no run: in a job that may write, and no action but those that bring files and tokens',
    find: eachJob((job) => {
      if (writesOf(job).length === 0) return [];
      return job.steps.flatMap((step) => {
        if (step.action === null) return ['a step with run:'];
        const isFit = FIT_FOR_WRITERS.has(step.action) || modeOf(step) !== null;
        return isFit ? [] : [`a step with ${step.action}`];
      });
    }),
  },
  {
    name: 'time-is-bounded',
    wanted: `timeout-minutes from 1 to ${MAX_TIMEOUT_MINUTES} for each job with steps`,
    find: eachJob((job) => {
      const minutes = job.fields['timeout-minutes'];
      const isBounded = typeof minutes === 'number' && minutes >= 1 && minutes <= MAX_TIMEOUT_MINUTES;
      return job.steps.length === 0 || isBounded ? [] : [JSON.stringify(minutes) ?? 'nothing'];
    }),
  },
  {
    name: 'one-failure-stops-nobody',
    wanted: "'fail-fast: false' in each matrix",
    find: eachJob((job) => {
      const strategy = fieldsAt(job.fields, 'strategy');
      return strategy['matrix'] === undefined || strategy['fail-fast'] === false ? [] : ['fail-fast is on'];
    }),
  },
  {
    name: 'nothing-is-dropped',
    wanted: 'for a reconcile: a group for each plan, cancel-in-progress: false, queue: max',
    find: eachJob((job, { fields }) => {
      if (!modesOf(job).includes('reconcile')) return [];
      const concurrency = fieldsAt(job.fields, 'concurrency');
      const group = wordAt(concurrency, 'group');
      return [
        ...(fields['concurrency'] === undefined ? [] : ['a group for the whole workflow']),
        ...(/\$\{\{\s*matrix\.plan\s*\}\}/.test(group) ? [] : [`the group '${group}'`]),
        ...(concurrency['cancel-in-progress'] === false ? [] : ['what is at work may be cancelled']),
        ...(concurrency['queue'] === 'max' ? [] : ['only one waits']),
      ];
    }),
  },
  {
    name: 'machine-of-its-own',
    wanted: 'no container and no services in a job that runs the Action: GitHub gives these the socket of its engine',
    find: eachJob((job) =>
      modesOf(job).length === 0 ? [] : ['container', 'services'].filter((name) => job.fields[name] !== undefined),
    ),
  },
];

const FIT_FOR_WRITERS: ReadonlySet<string> = new Set([
  'actions/checkout',
  'actions/download-artifact',
  'actions/create-github-app-token',
]);
