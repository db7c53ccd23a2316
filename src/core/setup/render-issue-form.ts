/** The form in which a plan is written on GitHub. What is filled in becomes the issue's text, and that is the plan. */

const EXAMPLE = `\`\`\`espalier
plan: price-alerts
tasks:
  store:
    title: Store price alerts
    spec: Add a table for alerts and a module that reads and writes it, with tests.
    owns: ['src/store/**']
  api:
    title: Serve price alerts
    spec: Add GET and POST /alerts on top of the store, with tests.
    needs: [store]
    owns: ['src/api/**']
\`\`\``;

/** The text below the stamp. */
export function renderIssueForm(): string {
  return `name: Plan for Espalier
description: Tasks that coding agents work on, each in its own branch, landed in the order of their dependencies.
labels: [espalier]
body:
  - type: markdown
    attributes:
      value: |
        Nothing runs before somebody with write permission comments \`/espalier run\`. \`/espalier check\` says what was read.
  - type: textarea
    id: plan
    attributes:
      label: Plan
      description: Change the example. Paths under \`owns\` may be changed by that task alone; \`needs\` names tasks that land first.
      value: |
${EXAMPLE.replaceAll(/^(?=.)/gm, '        ')}
    validations:
      required: true
`;
}
