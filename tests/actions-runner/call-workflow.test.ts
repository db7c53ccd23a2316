import { expect, test } from 'vitest';
import { openRunnerStage } from './open-runner-stage.ts';

test('a dispatched workflow calls another one for each leg of its matrix', async () => {
  await using stage = await openRunnerStage(
    {
      'a.yml': `name: a
run-name: a \${{ inputs.who }}
on:
  workflow_dispatch:
    inputs:
      who: { type: string, required: true }
permissions: {}
jobs:
  one:
    runs-on: ubuntu-latest
    outputs:
      said: \${{ steps.say.outputs.said }}
    steps:
      - id: say
        env:
          WHO: \${{ inputs.who }}
        run: echo "said=hello $WHO" >> "$GITHUB_OUTPUT"; env | sort
  two:
    needs: one
    strategy:
      matrix:
        leg: \${{ fromJSON('[{"task":"x"},{"task":"y"}]') }}
    uses: ./.github/workflows/b.yml
    with:
      leg: \${{ toJSON(matrix.leg) }}
      said: \${{ needs.one.outputs.said }}
    secrets:
      key: \${{ secrets.KEY }}
`,
      'b.yml': `name: b
on:
  workflow_call:
    inputs:
      leg: { type: string, required: true }
      said: { type: string, required: true }
    secrets:
      key: { required: false }
jobs:
  work:
    runs-on: ubuntu-latest
    steps:
      - env:
          KEY: \${{ secrets.key }}
          LEG: \${{ inputs.leg }}
        run: echo "$LEG $KEY"; test "\${{ fromJSON(inputs.leg).task }}" = x
  after:
    needs: work
    if: "!cancelled()"
    runs-on: ubuntu-latest
    steps:
      - run: echo after
`,
    },
    { secrets: { KEY: 'sekrit' } },
  );
  const run = await stage.dispatch('a.yml', { who: 'me' });
  expect(stage.results(run)).toMatchObject({
    one: 'success',
    'two (x) / work': 'success',
    'two (y) / work': 'failure',
  });
  expect(stage.runner.logOf(run)).not.toContain('sekrit');
});
