/** What a rule of the policy is, and what it finds. */
import type { WorkflowDocument } from './workflow-document.ts';

/** One thing that is wrong in a workflow. */
export interface WorkflowFlaw {
  rule: string;
  /** Such as `jobs.work.steps[2].with.path`. */
  place: string;
  /** What was found, in a few words; it may hold text of the file. */
  found: string;
  /** What the rule wants, and why. */
  wanted: string;
}

/** A rule: where it is broken, and by what. */
export interface WorkflowRule {
  name: string;
  wanted: string;
  find(document: WorkflowDocument): readonly { place: string; found: string }[];
}
