/** Reads a workflow file with GitHub's own parser, and keeps what a run of it needs. */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import type { EventsConfig, Step, WorkflowJob } from '@actions/workflow-parser/model/workflow-template';

import { fieldsOf, wordOf, type Fields, type TemplateToken } from './templates.ts';

/** One step: its condition always names a function of status. */
export interface StepFile {
  id: string;
  condition: string;
  fields: Fields;
}

/** One job of a file, as it is written. */
export interface JobFile {
  id: string;
  needs: readonly string[];
  condition: string;
  fields: Fields;
  /** Reference of the workflow that it calls; `null` for a job with steps. */
  calls: string | null;
  steps: readonly StepFile[];
}

/** A workflow file without an error. */
export interface WorkflowFile {
  path: string;
  name: string;
  runName: TemplateToken | undefined;
  events: EventsConfig;
  fields: Fields;
  jobs: readonly JobFile[];
}

/** Reads a file; every error of the parser where there is one. */
export async function readWorkflowFile(
  path: string,
  content: string,
): Promise<{ ok: true; file: WorkflowFile } | { ok: false; problems: string[] }> {
  const { context, value } = parseWorkflow({ name: path, content }, new NoOperationTraceWriter());
  const problems = (): string[] => context.errors.getErrors().map(({ message }) => message);
  if (value === undefined || problems().length > 0) return { ok: false, problems: problems() };
  const template = await convertWorkflowTemplate(context, value);
  if (problems().length > 0) return { ok: false, problems: problems() };
  const fields = fieldsOf(value);
  const jobFields = fieldsOf(fields.get('jobs'));
  const unsupported = findUnsupported(template.jobs, jobFields);
  if (unsupported.length > 0) return { ok: false, problems: unsupported };
  return {
    ok: true,
    file: {
      path,
      name: wordOf(fields.get('name')) ?? path,
      runName: fields.get('run-name'),
      events: template.events,
      fields,
      jobs: template.jobs.map((job) => readJob(job, fieldsOf(jobFields.get(job.id.value)))),
    },
  };
}

function readJob(job: WorkflowJob, fields: Fields): JobFile {
  const stepTokens = [...(fields.get('steps')?.assertSequence('steps') ?? [])];
  const steps: readonly Step[] = job.type === 'job' ? job.steps : [];
  return {
    id: job.id.value,
    needs: (job.needs ?? []).map(({ value }) => value),
    condition: job.if.expression,
    fields,
    calls: job.type === 'job' ? null : job.ref.value,
    steps: steps.map((step, at) => ({
      id: step.id,
      condition: step.if?.expression ?? 'success()',
      fields: fieldsOf(stepTokens[at]),
    })),
  };
}

/** What GitHub would do and this runner does not, so that no test passes by leaving it out. */
function findUnsupported(jobs: readonly WorkflowJob[], fields: Fields): string[] {
  return jobs.flatMap(({ id }) =>
    ['container', 'services', 'environment', 'snapshot']
      .filter((name) => fieldsOf(fields.get(id.value)).has(name))
      .map((name) => `The runner of the tests knows no "${name}" of a job (${id.value}): teach it.`),
  );
}
