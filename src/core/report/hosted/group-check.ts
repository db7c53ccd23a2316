/** The check run on what a forge's own merge queue has made: it succeeds for a tree that was judged, and for no other. */
import type { CommitSha, TaskId } from '../../brand.ts';
import type { GateVerdict } from '../../gate/verdict.ts';
import type { CheckOutput } from '../../hosted/effect.ts';
import type { TestResult } from '../../ledger/evidence.ts';
import { formatDuration, shortSha } from '../amounts.ts';
import { fitDocument, MAX_CHECK_BYTES, type Section, whole } from './fit-document.ts';
import { gateTable } from './gate-tree.ts';
import { sentence } from './hosted-words.ts';
import { byteLength, code, fence, plainLine, prose, say } from './markdown.ts';
import { pullLink } from './next-step.ts';

/** What is said of a group. */
export interface GroupAnswer {
  status: 'passed' | 'failed' | 'waits';
  because: string;
  /** `null` where it did not come to that. */
  gate: GateVerdict | null;
  /** Of the very tree of the group. */
  test: TestResult | null;
}

/** The group that it is said of. */
export interface GroupScene {
  issue: number;
  task: TaskId;
  pull: number;
  headSha: CommitSha;
}

const MAX_TITLE = 120;
const MAX_TAIL_BYTES = 12_000;

const ENDS = {
  passed: { status: 'completed', conclusion: 'success' },
  failed: { status: 'completed', conclusion: 'failure' },
  waits: { status: 'in_progress', conclusion: null },
} as const satisfies Record<GroupAnswer['status'], Pick<CheckOutput, 'status' | 'conclusion'>>;

const TITLES = { passed: 'Tested as it lands', failed: 'May not land', waits: 'Being judged' } as const;

/** The check run on the head of the group in which a task lands. */
export function renderGroupCheck(scene: GroupScene, answer: GroupAnswer): CheckOutput {
  const { issue, task, pull, headSha } = scene;
  const { status, because, gate, test } = answer;
  const head = say`Task ${code(task)} of the plan in ${pullLink(issue)}, as the merge queue would land it with ${pullLink(pull)}: commit ${code(shortSha(headSha))}.`;
  const sections: Section[] = [
    whole(0, head.markdown),
    whole(0, prose(sentence(because), 2000).markdown),
    whole(1, gate === null ? '' : gateTable(gate).join('\n')),
  ];
  return {
    ...ENDS[status],
    title: plainLine(status === 'passed' ? TITLES.passed : `${TITLES[status]}: ${because}`, MAX_TITLE),
    summary: fitDocument(sections, MAX_CHECK_BYTES),
    text: test === null || test.status === 'passed' ? '' : renderTest(test),
    annotations: [],
    actions: [],
  };
}

function renderTest({ status, durationMs, tail }: TestResult): string {
  const head = say`### Tests ended as ${status} after ${formatDuration(durationMs)}`.markdown;
  const block = fence(tail, { info: 'text', maxBytes: MAX_TAIL_BYTES - byteLength(head) - 2, keep: 'tail' });
  return block === null || tail.trim() === '' ? head : `${head}\n\n${block}`;
}

/** The check run on a commit of a pull request that is no plan's, where the rules of the base ask for one. */
export function renderNoTaskCheck(): CheckOutput {
  return {
    ...ENDS.passed,
    title: 'No task of a plan',
    summary:
      'This pull request is no task of a plan, so there is nothing that Espalier has to say about it. ' +
      'It says so because the rules of this branch ask for its check.',
    text: '',
    annotations: [],
    actions: [],
  };
}

/** The check run on the group of such a pull request while a task of a plan stands before it in the queue. */
export function renderBehindCheck(pull: number): CheckOutput {
  return {
    ...ENDS.waits,
    title: `Waits for #${pull}`,
    summary:
      say`This pull request is no task of a plan, but stands in the merge queue behind ${pullLink(pull)}, which is one and is not answered for yet.`
        .markdown,
    text: '',
    annotations: [],
    actions: [],
  };
}
