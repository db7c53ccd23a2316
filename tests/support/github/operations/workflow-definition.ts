/** The little of a workflow file that GitHub reads before it starts a run: name, triggers, inputs, `run-name`. */
import { parse } from 'yaml';

import { fillText } from '../../actions-runner/expressions.ts';
import { unprocessable } from '../world.ts';

/** What a workflow file says before any of its jobs runs. */
export interface WorkflowDefinition {
  name: string;
  runName: string | null;
  triggers: ReadonlySet<string>;
  inputs: ReadonlyMap<string, { isRequired: boolean; preset: string | null; options: readonly string[] | null }>;
}

/** Reads a workflow file; one that is no mapping has a name (its path, as on GitHub) and no triggers. */
export function readDefinition(bytes: Buffer | null, path: string): WorkflowDefinition {
  const file = asMapping(bytes === null ? null : parseYaml(bytes.toString()));
  const on = file['on'];
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(asMapping(on));
  const declared = asMapping(asMapping(asMapping(on)['workflow_dispatch'])['inputs']);
  const inputs = Object.entries(declared).map(([name, value]) => {
    const input = asMapping(value);
    const preset = input['default'];
    const options = Array.isArray(input['options']) ? input['options'].map(String) : null;
    return [
      name,
      { isRequired: input['required'] === true, preset: preset == null ? null : text(preset), options },
    ] as const;
  });
  return {
    name: file['name'] == null ? path : text(file['name']),
    runName: file['run-name'] == null ? null : text(file['run-name']),
    triggers: new Set(triggers),
    inputs: new Map(inputs),
  };
}

function parseYaml(source: string): unknown {
  try {
    return parse(source);
  } catch {
    // GitHub lists a broken workflow under its path, and starts nothing.
    return null;
  }
}

function asMapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Inputs with their presets; a refusal where they do not fit the declaration or the limits of a dispatch. */
export function refuseBadInputs(definition: WorkflowDefinition, given: Record<string, string>): Record<string, string> {
  const unexpected = Object.keys(given).filter((name) => !definition.inputs.has(name));
  if (unexpected.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  if (Object.keys(given).length > 25)
    throw unprocessable('you may only define up to 25 `inputs` for a `workflow_dispatch` event');
  if (JSON.stringify(given).length > 65_535) throw unprocessable('inputs are too large.');
  const inputs: Record<string, string> = {};
  for (const [name, { isRequired, preset, options }] of definition.inputs) {
    const value = given[name] ?? preset;
    if (isRequired && (value === null || value === '')) throw unprocessable(`Required input '${name}' not provided`);
    if (value !== null && options !== null && !options.includes(value))
      throw unprocessable(`Provided value '${value}' for input '${name}' not in the list of allowed values`);
    inputs[name] = value ?? '';
  }
  return inputs;
}

/** The title that `run-name` gives; `null` where there is none. What no context has is empty, as on GitHub. */
export function expandRunName(
  definition: WorkflowDefinition,
  { inputs, branch }: { inputs: Record<string, string>; branch: string },
): string | null {
  if (definition.runName === null) return null;
  const github = { event: { inputs }, event_name: 'workflow_dispatch', ref_name: branch };
  return fillText(definition.runName, { github, inputs });
}
