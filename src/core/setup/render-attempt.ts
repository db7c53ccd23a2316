/** `espalier-attempt.yml`: one leg, in three jobs, so that the one with a write token runs no line of an agent's. */
import { PINNED_ACTIONS, writeUses } from './pinned-actions.ts';
import { AGENT_SETUPS, keyNameOf, type SetupOptions } from './setup-options.ts';
import {
  APP_CLIENT_ID,
  APP_WORKFLOWS,
  expression,
  indent,
  renderActionStep,
  renderOwnCheckout,
  WORKFLOW_FILES,
} from './workflow-parts.ts';

/** How long artifacts are kept: what they say is in the ledger and in the receipt by then. */
const RETENTION_DAYS = 14;
const STEM = `espalier-${expression('fromJSON(inputs.leg).task')}.${expression('fromJSON(inputs.leg).attempt')}`;
const GIVEN = `${expression('runner.temp')}/espalier-given`;

const LEG_INPUTS = {
  plan: expression('inputs.plan'),
  leg: expression('inputs.leg'),
  nonce: expression('inputs.nonce'),
  ledger: expression('inputs.ledger'),
};

/** The text below the stamp. */
export function renderAttempt(options: SetupOptions): string {
  return `# One leg of espalier-dispatch.yml. What one job hands to the next is believed by the digest that the job's own step
# gave for it (an output of the job), never by the name of an artifact.
name: espalier-attempt

on:
  workflow_call:
    inputs:
      plan:
        type: string
        required: true
      nonce:
        type: string
        required: true
      ledger:
        type: string
        required: true
      leg:
        description: the leg, JSON
        type: string
        required: true
      runs-on:
        description: labels of the runner, JSON
        type: string
        required: true
    secrets:
      model-key:
        description: the agent's key
        required: false
      reviewer-key:
        description: the reviewer's key
        required: false
      app-private-key:
        description: key of the repository's own App, if it has one
        required: false

permissions: {}

jobs:
${indent([renderWork(options), renderVerify(options), renderPublish(options)].join('\n'), 2)}`;
}

function renderWork(options: SetupOptions): string {
  const outputs = ['outcome', 'pack-sha256', 'work-sha256', 'evidence-sha256'];
  return `# Agent, tests and review in sandboxes. Nothing here can write to the repository.
work:
  if: fromJSON(inputs.leg).mode == 'full'
  runs-on: ${expression('fromJSON(inputs.runs-on)')}
  timeout-minutes: 350
  permissions:
    contents: read # to fetch the base and the ledger
  outputs:
${outputs.map((name) => `    ${name}: ${expression(`steps.work.outputs.${name}`)}`).join('\n')}
  steps:
${indent(
  [
    renderOwnCheckout(options),
    renderInstall(options),
    renderActionStep(options, {
      id: 'work',
      name: 'Work',
      inputs: { mode: 'work', ...LEG_INPUTS },
      ...keyEnv(options, 'model-key'),
    }),
    renderUpload({ name: 'Leave the log', output: 'steps.work.outputs.log', isAlways: true }),
    renderUpload({ name: 'Leave the pack', output: 'steps.work.outputs.pack' }),
    renderUpload({ name: 'Leave the work record', output: 'steps.work.outputs.work' }),
    renderUpload({ name: 'Leave the evidence of a failure', output: 'steps.work.outputs.evidence' }),
  ].join(''),
  4,
)}`;
}

function renderVerify(options: SetupOptions): string {
  return `# A fresh machine: judges what came out of work, or a head that a person pushed. Its word is what counts.
verify:
  needs: work
  if: ${expression("!cancelled() && (fromJSON(inputs.leg).mode == 'verify' || needs.work.outputs.outcome == 'good')")}
  runs-on: ${expression('fromJSON(inputs.runs-on)')}
  timeout-minutes: 180
  permissions:
    contents: read # to fetch the base and the ledger
  outputs:
    outcome: ${expression('steps.verify.outputs.outcome')}
    evidence-sha256: ${expression('steps.verify.outputs.evidence-sha256')}
  steps:
${indent(
  [
    renderOwnCheckout(options),
    renderDownload({ name: 'Take the pack', suffix: 'pack', digest: 'needs.work.outputs.pack-sha256' }),
    renderDownload({ name: 'Take the work record', suffix: 'work.json', digest: 'needs.work.outputs.work-sha256' }),
    renderInstall(options),
    renderActionStep(options, {
      id: 'verify',
      name: 'Verify',
      inputs: { mode: 'verify', ...LEG_INPUTS, ...givenInputs(['pack', 'work']) },
      ...keyEnv(options, 'reviewer-key'),
    }),
    renderUpload({ name: 'Leave the log', output: 'steps.verify.outputs.log', isAlways: true }),
    renderUpload({ name: 'Leave the evidence', output: 'steps.verify.outputs.evidence' }),
  ].join(''),
  4,
)}`;
}

function renderPublish(options: SetupOptions): string {
  const isServerless = options.variant === 'serverless';
  const evidence = 'needs.verify.outputs.evidence-sha256 || needs.work.outputs.evidence-sha256';
  return `# The one job with a token that writes. It executes nothing of the change: it checks digests and pushes objects.
publish:
  needs: [work, verify]
  if: ${expression(
    "!cancelled() && (needs.work.outputs.evidence-sha256 != '' || needs.verify.outputs.evidence-sha256 != '')",
  )}
  runs-on: ubuntu-latest
  timeout-minutes: 15
  permissions:
    contents: write # to push the receipt with the verified objects${
      isServerless ? '\n    actions: write # to start the reconcile of the plan' : ''
    }
  steps:
${indent(
  [
    renderOwnCheckout(options),
    renderPublishToken(isServerless),
    renderDownload({ name: 'Take the evidence', suffix: 'evidence.json', digest: `(${evidence})` }),
    renderDownload({ name: 'Take the pack', suffix: 'pack', digest: 'needs.work.outputs.pack-sha256' }),
    renderDownload({ name: 'Take the work record', suffix: 'work.json', digest: 'needs.work.outputs.work-sha256' }),
    renderActionStep(options, {
      id: 'publish',
      name: 'Publish',
      inputs: {
        mode: 'publish',
        token: expression('steps.app.outputs.token || github.token'),
        ...LEG_INPUTS,
        evidence: `${GIVEN}/${STEM}-evidence.json`,
        'evidence-sha256': expression(evidence),
        'evidence-from': expression("needs.verify.outputs.evidence-sha256 != '' && 'verify' || 'work'"),
        ...givenInputs(['pack', 'work']),
        ...(isServerless ? { notify: WORKFLOW_FILES.reconcile } : {}),
      },
    }),
  ].join(''),
  4,
)}`;
}

/** The job's own token pushes everything but workflow files; for these the App may be lent the right. */
function renderPublishToken(isServerless: boolean): string {
  return `- name: Borrow the right to push workflow files
  id: app
  if: vars.${APP_CLIENT_ID} != '' && vars.${APP_WORKFLOWS} == 'write'
  uses: ${writeUses(PINNED_ACTIONS.createAppToken)}
  with:
    client-id: ${expression(`vars.${APP_CLIENT_ID}`)}
    private-key: ${expression('secrets.app-private-key')}
    permission-contents: write
    permission-workflows: write${isServerless ? '\n    permission-actions: write' : ''}
`;
}

function renderInstall({ agent }: SetupOptions): string {
  const { npmPackage } = AGENT_SETUPS[agent];
  if (npmPackage === null) return '';
  return `- name: Install the agent
  run: npm install --global --no-audit --no-fund ${npmPackage}
`;
}

function keyEnv(options: SetupOptions, secret: string): { env?: Record<string, string> } {
  const key = keyNameOf(options);
  return key === null ? {} : { env: { [key]: expression(`secrets.${secret}`) } };
}

function givenInputs(names: readonly ('pack' | 'work')[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [name, `${GIVEN}/${STEM}-${name === 'work' ? 'work.json' : 'pack'}`],
      [`${name}-sha256`, expression(`needs.work.outputs.${name}-sha256`)],
    ]),
  );
}

function renderUpload(upload: { name: string; output: string; isAlways?: true }): string {
  const isThere = `${upload.output} != ''`;
  return `- name: ${upload.name}
  if: ${upload.isAlways ? expression(`always() && ${isThere}`) : isThere}
  uses: ${writeUses(PINNED_ACTIONS.uploadArtifact)}
  with:
    path: ${expression(upload.output)}
    archive: false
    if-no-files-found: error
    retention-days: ${RETENTION_DAYS}
`;
}

function renderDownload(download: { name: string; suffix: string; digest: string }): string {
  return `- name: ${download.name}
  if: ${download.digest} != ''
  uses: ${writeUses(PINNED_ACTIONS.downloadArtifact)}
  with:
    name: ${STEM}-${download.suffix}
    path: ${GIVEN}
    skip-decompress: true
    digest-mismatch: error
`;
}
