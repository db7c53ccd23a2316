/** `espalier-dispatch.yml`: the workflow that is dispatched; one leg of its matrix for each task that is to be worked on. */
import { keyNameOf, type SetupOptions } from './setup-options.ts';
import { APP_PRIVATE_KEY, expression, REVIEWER_KEY, WORKFLOW_FILES } from './workflow-parts.ts';

/** The text below the stamp. */
export function renderDispatch(options: SetupOptions): string {
  const isServerless = options.variant === 'serverless';
  return `# Started by Espalier, never by hand: it works only on what the plan's ledger has given out to this very run.
name: espalier-dispatch
# After a crash the run is found again by its name.
run-name: espalier ${expression('inputs.plan')} ${expression('inputs.nonce')}

on:
  workflow_dispatch:
    inputs:
      plan:
        description: id of the plan
        type: string
        required: true
      legs:
        description: JSON list of the legs, 85 at most
        type: string
        required: true
      nonce:
        description: name of this dispatch
        type: string
        required: true
      ledger:
        description: commit of the plan's ledger
        type: string
        required: true

permissions: {}

jobs:
  leg:
    name: ${expression('matrix.leg.task')}.${expression('matrix.leg.attempt')}
    # Three jobs for each leg: 85 legs stay within the 256 jobs that a run may have.
    if: inputs.legs != '[]'
    strategy:
      fail-fast: false
      matrix:
        leg: ${expression('fromJSON(inputs.legs)')}
    # What the jobs of the called workflow may have at most; each takes less.
    permissions:
      contents: write # publish pushes the verified objects${
        isServerless ? '\n      actions: write # publish says that it is time to look again' : ''
      }
    uses: ./.github/workflows/${WORKFLOW_FILES.attempt}
    with:
      plan: ${expression('inputs.plan')}
      nonce: ${expression('inputs.nonce')}
      ledger: ${expression('inputs.ledger')}
      leg: ${expression('toJSON(matrix.leg)')}
      runs-on: ${expression('toJSON(matrix.leg.runs_on)')}
    secrets:
${renderSecrets(options)}`;
}

/** By name: a secret that is not set arrives empty. */
function renderSecrets(options: SetupOptions): string {
  const key = keyNameOf(options);
  const model = key === null ? [] : [`      model-key: ${expression(`secrets.${key}`)}`];
  const reviewer =
    key === null ? [] : [`      reviewer-key: ${expression(`secrets.${REVIEWER_KEY} || secrets.${key}`)}`];
  return [...model, ...reviewer, `      app-private-key: ${expression(`secrets.${APP_PRIVATE_KEY}`)}`, ''].join('\n');
}
