/** On which trees the tests of an attempt passed. Read by whoever lets a tree land and by whoever certifies one. */
import { suiteDigest } from '../gate/bindings.ts';
import type { TestResult } from '../ledger/evidence.ts';
import type { AttemptRecord } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';

/**
 * The test that the task's own suite passed on exactly this tree, on a fresh checkout: of the head, of its trial, or of
 * what a forge's own queue made of it. `null` if none did.
 */
export function findPassedTest(task: ResolvedTask, attempt: AttemptRecord, tree: string): TestResult | null {
  const suite = suiteDigest(task);
  const tests = [
    ...(attempt.evidence?.tests.filter(({ stage }) => stage === 'verify') ?? []),
    attempt.trial?.result?.test ?? null,
    attempt.landing?.group?.result?.test ?? null,
  ];
  return tests.findLast((test) => test?.tree === tree && test.suite === suite && test.status === 'passed') ?? null;
}
