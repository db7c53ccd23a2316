/**
 * What is wrong in a workflow that runs Espalier, whoever wrote it: the policy that the files of `espalier init` keep,
 * and that a changed file can be held to.
 */
import { JOB_RULES } from './job-rules.ts';
import { STEP_RULES } from './step-rules.ts';
import { VALUE_RULES } from './value-rules.ts';
import { readWorkflowDocument } from './workflow-document.ts';
import type { WorkflowFlaw, WorkflowRule } from './workflow-rule.ts';

/** Every rule. */
export const WORKFLOW_RULES: readonly WorkflowRule[] = [...JOB_RULES, ...STEP_RULES, ...VALUE_RULES];

/** All flaws of the text of a workflow file, in the order of the rules; none if it keeps every rule. Never throws. */
export function findWorkflowFlaws(text: string): WorkflowFlaw[] {
  const document = readWorkflowDocument(text);
  if (!document.ok)
    return [{ rule: 'readable', place: '', found: document.because, wanted: 'a workflow that can be read' }];
  return WORKFLOW_RULES.flatMap((rule) =>
    rule.find(document.value).map(({ place, found }) => ({ rule: rule.name, place, found, wanted: rule.wanted })),
  );
}
