import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { ACTION_INPUTS, MODES } from '../../../src/entrypoints/action/inputs.ts';
import { ACTION_OUTPUTS } from '../../../src/entrypoints/action/outputs.ts';

interface ActionYml {
  name: string;
  description: string;
  branding: { icon: string; color: string };
  inputs: Record<string, { description: string; required: boolean; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string };
}

const action = parse(readFileSync(new URL('../../../action.yml', import.meta.url), 'utf8')) as ActionYml;

describe('action.yml', () => {
  it('has exactly the inputs that the code reads, with the same words and defaults', () => {
    const inputs = Object.entries(ACTION_INPUTS).map(([name, input]) => [
      name,
      {
        description: input.description,
        required: 'isRequired' in input,
        ...('default' in input ? { default: input.default } : {}),
      },
    ]);
    expect(Object.entries(action.inputs)).toEqual(inputs);
  });

  it('has exactly the outputs that the code sets', () => {
    const outputs = Object.entries(ACTION_OUTPUTS).map(([name, description]) => [name, { description }]);
    expect(Object.entries(action.outputs)).toEqual(outputs);
  });

  it('runs what is built, on the newest Node that runners have, and names every mode', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/action.mjs' });
    for (const mode of MODES) expect(action.inputs['mode']?.description).toContain(`${mode} (`);
    // The marketplace shows no more.
    expect(action.description.length).toBeLessThanOrEqual(200);
  });
});
