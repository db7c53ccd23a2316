/** A file that a job calls: what goes in, and what comes out. */
import { textOf, type Contexts } from './expressions.ts';
import { JobRefusal, type GraphRoom, type JobResult } from './graph-room.ts';
import type { JobFile, WorkflowFile } from './read-workflow.ts';
import { fieldsOf, fillScalar, fillTexts, fillToken, wordOf, type Fields } from './templates.ts';

/** Reads the called file, and fills its inputs and secrets as its declaration wants them. */
export async function readCall(
  graph: GraphRoom,
  job: JobFile,
  contexts: Contexts,
): Promise<Pick<GraphRoom, 'file' | 'inputs' | 'secrets'>> {
  const file = await readCalledFile(graph, job);
  const call = fieldsOf(fieldsOf(file.fields.get('on')).get('workflow_call'));
  const inputs = readInputs(fieldsOf(call.get('inputs')), fieldsOf(job.fields.get('with')), contexts);
  const declared = [...fieldsOf(call.get('secrets')).keys()];
  const wanted = job.fields.get('secrets');
  const isInherited = wordOf(wanted) === 'inherit';
  const given = isInherited ? graph.secrets : fillTexts(wanted, { ...contexts, secrets: graph.secrets });
  const unknown = Object.keys(given).find((name) => !isInherited && !declared.includes(name));
  if (unknown !== undefined)
    throw new JobRefusal(`Invalid secret, ${unknown} is not defined in the referenced workflow.`);
  const { GITHUB_TOKEN: token, ...rest } = given;
  return { file, inputs, secrets: token === undefined ? rest : given };
}

/** The file that a job names; only files of the same commit are here. */
export async function readCalledFile({ run }: Pick<GraphRoom, 'run'>, job: JobFile): Promise<WorkflowFile> {
  const path = /^\.\/(?<path>\.github\/workflows\/[\w.-]+\.ya?ml)$/u.exec(job.calls ?? '')?.groups?.['path'];
  if (path === undefined) throw new JobRefusal(`The runner of the tests cannot call ${job.calls}: teach it.`);
  const file = await run.machine.readFile(path, run.facts.sha);
  if (file?.events.workflow_call === undefined)
    throw new JobRefusal(
      `error parsing called workflow "${job.calls}": workflow was not found, or has no workflow_call.`,
    );
  return file;
}

function readInputs(declared: Fields, given: Fields, contexts: Contexts): Record<string, unknown> {
  const unexpected = [...given.keys()].find((name) => !declared.has(name));
  if (unexpected !== undefined)
    throw new JobRefusal(`Invalid input, ${unexpected} is not defined in the referenced workflow.`);
  const inputs: Record<string, unknown> = {};
  for (const [name, definition] of declared) {
    const fields = fieldsOf(definition);
    const type = wordOf(fields.get('type')) ?? 'string';
    if (!given.has(name) && wordOf(fields.get('required')) === 'true')
      throw new JobRefusal(`Input ${name} is required, but not provided while calling.`);
    const value = fillToken(given.get(name) ?? fields.get('default'), contexts);
    inputs[name] = castInput(name, type, value);
  }
  return inputs;
}

function castInput(name: string, type: string, value: unknown): unknown {
  if (type === 'boolean') {
    if (value === null) return false;
    if (typeof value !== 'boolean') throw new JobRefusal(`Unexpected value of input ${name}: it is no boolean.`);
    return value;
  }
  if (type === 'number') {
    const number = Number(value ?? 0);
    if (Number.isNaN(number)) throw new JobRefusal(`Unexpected value of input ${name}: it is no number.`);
    return number;
  }
  if (typeof value === 'object' && value !== null)
    throw new JobRefusal(`Unexpected value of input ${name}: it is no text.`);
  return textOf(value);
}

/** The outputs that a called file says it has. */
export function calledOutputs(
  file: WorkflowFile,
  contexts: Contexts,
  results: ReadonlyMap<string, JobResult>,
): Record<string, string> {
  const declared = fieldsOf(fieldsOf(fieldsOf(file.fields.get('on')).get('workflow_call')).get('outputs'));
  const jobs = Object.fromEntries(results);
  const filled = [...declared].map(([name, output]) => [
    name,
    fillScalar(fieldsOf(output).get('value'), { ...contexts, jobs }),
  ]);
  return Object.fromEntries(filled) as Record<string, string>;
}
