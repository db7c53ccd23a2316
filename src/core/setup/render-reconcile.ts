/** `espalier.yml`, without a server: what happened in the repository → which plans → a reconcile of each. */
import { PINNED_ACTIONS, writeUses } from './pinned-actions.ts';
import type { SetupOptions } from './setup-options.ts';
import {
  APP_CLIENT_ID,
  APP_PRIVATE_KEY,
  APP_WORKFLOWS,
  CLEANUP_SWITCH,
  expression,
  indent,
  quoteYaml,
  renderActionStep,
  renderOwnCheckout,
} from './workflow-parts.ts';

/** When all open plans are looked at. */
export const SWEEP_CRON = '7,37 * * * *';
/** When what is past its time is looked for. */
const CLEANUP_CRON = '17 3 * * *';

/** Name of the dispatched workflow; its end is news. */
const DISPATCH_NAME = 'espalier-dispatch';

/** The text below the stamp. */
export function renderReconcile(options: SetupOptions): string {
  return `# Espalier without a server. Every event only says "look again": the state is read anew from the repository, so events
# that are lost, doubled or late do no harm.
name: espalier
run-name: Espalier looks again (${expression('github.event_name')})

on:
${renderTriggers(options)}
permissions: {}

jobs:
${indent([renderRoute(options), renderReconcileJob(options), renderCleanup(options)].join('\n'), 2)}`;
}

function renderTriggers({ ciNames, defaultBranch }: SetupOptions): string {
  const workflows = [DISPATCH_NAME, ...ciNames.filter((name) => name !== DISPATCH_NAME)];
  return indent(
    `# A command, on a plan's issue or on a task's pull request.
issue_comment:
  types: [created]
# A plan is opened, edited, closed, or gets one of Espalier's labels.
issues:
  types: [opened, edited, labeled, unlabeled, closed, reopened]
# A person closes a task's pull request. Not its pushes: their end is told by the workflows below, and a run for each
# push of a job's token would wait for a click.
pull_request:
  types: [closed]
# An approval, or a change that is asked for.
pull_request_review:
  types: [submitted, edited, dismissed]
# An attempt has ended, or a workflow of this repository: the checks of workflows start nothing by themselves, so each
# one stands here by its name. After one was added or renamed: espalier init.
workflow_run:
  workflows:
${workflows.map((name) => `    - ${quoteYaml(name)}`).join('\n')}
  types: [completed]
# Checks and statuses of other apps.
check_suite:
  types: [completed]
status:
# The merge queue asks whether it may merge.
merge_group:
  types: [checks_requested]
# The base has moved.
push:
  branches:
    - ${quoteYaml(defaultBranch)}
schedule:
  # Whatever was missed, and what was waiting for its time.
  - cron: '${SWEEP_CRON}'
  # What is past its time: branches of tasks that have landed, archives, finished ledgers.
  - cron: '${CLEANUP_CRON}'
# "Look again", said by a job that has published, or by a person.
workflow_dispatch:
  inputs:
    plan:
      description: id of a plan, such as issue-7; empty for all
      type: string
      required: false
      default: ''
`,
    2,
  );
}

/** Keeps runs from starting for what cannot concern a plan. Whatever it keeps out wrongly, the schedule brings back. */
const ROUTE_CONDITION = `(github.event_name != 'workflow_dispatch' || inputs.plan == '') &&
github.event.schedule != '${CLEANUP_CRON}' &&
(github.event_name != 'issue_comment' ||
  (!startsWith(github.event.comment.body, '<!-- espalier:') &&
    (contains(github.event.comment.body, '/espalier') ||
      contains(github.event.comment.body, '/parallel-execute') ||
      contains(github.event.comment.body, '/review')))) &&
(github.event_name != 'issues' ||
  (github.event.sender.type != 'Bot' &&
    (contains(join(github.event.issue.labels.*.name), 'espalier') ||
      startsWith(github.event.label.name, 'espalier') ||
      contains(github.event.issue.body, 'espalier')))) &&
(github.event_name != 'pull_request' || github.event.sender.type != 'Bot') &&
((github.event_name != 'pull_request' && github.event_name != 'pull_request_review') ||
  github.event.pull_request.head.repo.id == github.repository_id) &&
(github.event_name != 'workflow_run' ||
  github.event.workflow_run.event == 'workflow_dispatch' ||
  startsWith(github.event.workflow_run.head_branch, 'espalier/') ||
  startsWith(github.event.workflow_run.head_branch, 'espalier-staging/') ||
  startsWith(github.event.workflow_run.head_branch, 'gh-readonly-queue/')) &&
(github.event_name != 'check_suite' ||
  startsWith(github.event.check_suite.head_branch, 'espalier/') ||
  startsWith(github.event.check_suite.head_branch, 'espalier-staging/') ||
  startsWith(github.event.check_suite.head_branch, 'gh-readonly-queue/')) &&
(github.event_name != 'status' ||
  (github.event.state != 'pending' && contains(join(github.event.branches.*.name), 'espalier/')))
`;

function renderRoute(options: SetupOptions): string {
  return `# Which plans does the event concern? Reads, and decides nothing else.
route:
  if: >-
${indent(ROUTE_CONDITION, 4)}  runs-on: ubuntu-latest
  timeout-minutes: 10
  permissions:
    contents: read # to find the plans that have a ledger
    issues: read # to find the plans that have none yet
    pull-requests: read # to find the plan of a comment on a pull request
  outputs:
    plans: ${expression('steps.route.outputs.plans')}
    count: ${expression('steps.route.outputs.count')}
  steps:
${indent(
  [
    renderOwnCheckout(options),
    renderAppToken({ contents: 'read', issues: 'read', 'pull-requests': 'read' }),
    renderActionStep(options, {
      id: 'route',
      name: 'Find the plans',
      inputs: { mode: 'route', token: expression('steps.app.outputs.token || github.token') },
    }),
  ].join(''),
  4,
)}`;
}

function renderReconcileJob(options: SetupOptions): string {
  return `# One at a time for each plan, and none is dropped: a later one sees what an earlier one could not.
reconcile:
  needs: route
  if: >-
    !cancelled() &&
    (inputs.plan != '' || (needs.route.result == 'success' && needs.route.outputs.count != '0'))
  strategy:
    fail-fast: false
    max-parallel: 10
    matrix:
      plan: ${expression("fromJSON(needs.route.outputs.plans || format('[{0}]', toJSON(inputs.plan)))")}
  concurrency:
    group: espalier-${expression('matrix.plan')}
    cancel-in-progress: false
    queue: max
  runs-on: ubuntu-latest
  timeout-minutes: 20
  permissions:
    actions: write # to dispatch legs, read their artifacts, cancel them
    checks: write # to write the check espalier/gate, read those that a gate demands
    contents: write # to move the ledgers and the branches of tasks, and to land
    issues: write # to keep the status comment, answer commands, set labels
    pull-requests: write # to open and keep the tasks' pull requests
    statuses: read # to read the statuses that a gate demands
  steps:
${indent(
  [
    renderOwnCheckout(options),
    renderAppToken({
      actions: 'write',
      checks: 'write',
      contents: 'write',
      issues: 'write',
      'merge-queues': 'write',
      'pull-requests': 'write',
      statuses: 'read',
      workflows: expression(`vars.${APP_WORKFLOWS} == 'write' && 'write' || ''`),
    }),
    renderActionStep(options, {
      id: 'reconcile',
      name: 'Reconcile',
      inputs: {
        mode: 'reconcile',
        token: expression('steps.app.outputs.token || github.token'),
        plan: expression('matrix.plan'),
      },
    }),
  ].join(''),
  4,
)}`;
}

function renderCleanup(options: SetupOptions): string {
  return `# Lists what would go; removes it once the repository's variable ${CLEANUP_SWITCH} says "remove".
cleanup:
  if: github.event.schedule == '${CLEANUP_CRON}'
  concurrency:
    group: espalier-cleanup
    cancel-in-progress: false
  runs-on: ubuntu-latest
  timeout-minutes: 20
  permissions:
    contents: write # to remove branches that are past their time
    issues: read # to see which plans are over
  steps:
${indent(
  [
    renderOwnCheckout(options),
    renderAppToken({ contents: 'write', issues: 'read' }),
    renderActionStep(options, {
      id: 'cleanup',
      name: 'Clean up',
      inputs: {
        mode: 'cleanup',
        token: expression('steps.app.outputs.token || github.token'),
        'dry-run': expression(`vars.${CLEANUP_SWITCH} != 'remove'`),
      },
    }),
  ].join(''),
  4,
)}`;
}

/** With an App of the repository's own, what is done is done in its name, and its pull requests start CI by themselves. */
function renderAppToken(permissions: Readonly<Record<string, string>>): string {
  return `- name: Be the repository's own App, if it has one
  id: app
  if: vars.${APP_CLIENT_ID} != ''
  uses: ${writeUses(PINNED_ACTIONS.createAppToken)}
  with:
    client-id: ${expression(`vars.${APP_CLIENT_ID}`)}
    private-key: ${expression(`secrets.${APP_PRIVATE_KEY}`)}
${Object.entries(permissions)
  .map(([name, level]) => `    permission-${name}: ${level}\n`)
  .join('')}`;
}
