/** The report when a plan has ended: what landed and as what, what it took, and what was not done. */
import type { Certificate } from '../../ledger/ledger.ts';
import { schedulePlan, sumMinutes } from '../../plan/estimate.ts';
import { formatMinutes } from '../../plan/quantities.ts';
import type { TaskView } from '../../reconcile/view.ts';
import { branchFor } from '../../ref-names.ts';
import { countOf, formatDuration, formatScore, shortSha } from '../amounts.ts';
import { buildRunReport } from '../run-report.ts';
import { describeStopped, renderAttention } from './attention.ts';
import { byteLength, code, fence, folded, join, say, type Markdown, prose, table } from './markdown.ts';
import {
  fitDocument,
  fitTable,
  listSection,
  MAX_BODY_BYTES,
  type Section,
  tableSection,
  whole,
} from './fit-document.ts';
import { minuteOf, STATE_PHRASES, usd } from './hosted-words.ts';
import { nextStepOf, pullLink } from './next-step.ts';
import { type PlanScene, pullNumber } from './scene.ts';

const COLUMNS = ['Task', 'PR', 'Attempts', 'Review', 'Time', 'Cost', 'Landed as'] as const;

/** The whole report, without a marker, within the forge's limit. `endedAtMs`: milliseconds since the epoch. */
export function renderFinalReport(scene: PlanScene, endedAtMs: number): string {
  const { view } = scene;
  const landed = view.tasks.filter((task) => task.state === 'landed');
  const left = view.tasks.filter((task) => task.state !== 'landed');
  return fitDocument(
    [
      whole(0, say`## ${titleOf(scene, landed.length)}`.markdown),
      leftSection(scene, left),
      finalSection(scene),
      tableSection(1, {
        head: '### What landed',
        lines: table(
          COLUMNS,
          landed.map((task) => landedCells(scene, task)),
        ),
      }),
      whole(0, renderTotals(scene, endedAtMs)),
      certificatesSection(scene),
    ],
    MAX_BODY_BYTES,
  );
}

function titleOf({ view }: PlanScene, landed: number): string {
  const count = `${landed} of ${countOf(view.tasks.length, 'task')} landed`;
  if (view.status === 'landed') return `The plan is done: ${count}`;
  return view.status === 'final-failed' ? `${count}, but the final tests failed` : `The plan has ended: ${count}`;
}

function leftSection(scene: PlanScene, left: readonly TaskView[]): Section {
  return listSection(1, {
    head: '### What was not done',
    lines: left.map((task) => {
      const isStopped = task.state === 'failed' || task.state === 'cancelled';
      const { words, command } = isStopped ? describeStopped(scene, task) : restOf(scene, task);
      return renderAttention({ words, command });
    }),
    most: MAX_BODY_BYTES / 3,
  });
}

function restOf(scene: PlanScene, task: TaskView): { words: Markdown; command: string | null } {
  const step = nextStepOf(scene, task);
  return { words: say`${code(task.id)} ${STATE_PHRASES[task.state]}. ${step.words}`, command: step.command };
}

function finalSection({ view, ledger }: PlanScene): Section {
  if (view.final.status !== 'failed') return whole(1, '');
  const head = say`### The final tests on the whole ${view.final.status}`.markdown;
  const tail = ledger.final?.result?.test.tail ?? view.final.detail;
  return {
    rank: 1,
    render: (room) => {
      const most = Math.min(room, 12_000) - byteLength(head) - 2;
      const block = fence(tail, { info: 'text', maxBytes: most, keep: 'tail' });
      return block === null ? head : `${head}\n\n${block}`;
    },
  };
}

function landedCells(scene: PlanScene, task: TaskView): Markdown[] {
  const pull = pullNumber(scene, task.id);
  const certificate = scene.ledger.certificates.findLast((each) => each.task === task.id) ?? null;
  const took = certificate === null || task.startedAt === null ? null : certificate.landedAt - task.startedAt;
  return [
    task.title === '' || task.title === task.id ? code(task.id) : say`${code(task.id)}<br>${prose(task.title, 70)}`,
    pull === null ? say`–` : pullLink(pull),
    say`${task.attempt}`,
    task.score === null ? say`–` : say`${formatScore(task.score)}`,
    took === null ? say`unknown` : say`${formatDuration(took)}`,
    say`${usd(task.spentUsd)}`,
    task.landedSha === null ? say`–` : code(shortSha(task.landedSha)),
  ];
}

function renderTotals(scene: PlanScene, endedAtMs: number): string {
  const { view, ledger, record, maxParallel } = scene;
  const startedAt = record.accepted?.at ?? ledger.createdAt;
  const { time, tests } = buildRunReport(view, ledger, {
    startedAt: ledger.createdAt,
    endedAt: endedAtMs,
    sandbox: { engine: '', reason: '', waived: [] },
    headBranch: null,
    baseTip: null,
    isInterrupted: false,
  });
  const budget = view.budgetUsd === null ? '' : ` of ${usd(view.budgetUsd)}`;
  const one =
    time.speedUp === null
      ? ''
      : `; one after another ${formatDuration(time.sequentialMs)}, so ${time.speedUp.toFixed(1)} times as fast`;
  const reused = tests.reused === 0 ? '' : `; ${tests.reused} more needed no run, since the same tree had passed`;
  const lines = [
    say`- **Time:** ${formatDuration(endedAtMs - ledger.createdAt)}, until ${minuteOf(endedAtMs)}${one}`,
    ...(startedAt === ledger.createdAt ? [] : [say`- **Last accepted:** ${minuteOf(startedAt)}`]),
    say`- **Estimate:** ${estimateWords(scene, maxParallel)}`,
    say`- **Cost:** ${view.spentUsd === null ? `unknown${budget}, an agent did not say` : `${usd(view.spentUsd)}${budget}`}`,
    say`- **Tests:** ${countOf(tests.runs, 'run')}, ${formatDuration(tests.ms)}${reused}`,
    ...(view.final.status === 'passed' ? [say`- **Final tests on the whole:** passed`] : []),
    say`- **Landed on:** ${code(view.target)}, revision ${code(shortSha(view.revision))} of the plan`,
  ];
  return `### Totals\n\n${lines.map((line) => line.markdown).join('\n')}`;
}

function estimateWords({ ledger }: PlanScene, maxParallel: number): string {
  const { tasks } = ledger.plan;
  const known = tasks.filter((task) => task.estimateMinutes !== null);
  if (known.length === 0) return 'the plan has none';
  const makespan = schedulePlan(tasks, Math.max(1, maxParallel)).makespanMinutes;
  const guessed =
    known.length === tasks.length ? '' : `, ${countOf(tasks.length - known.length, 'task')} counted as an hour each`;
  return `${formatMinutes(makespan)} on ${countOf(maxParallel, 'agent')}, ${formatMinutes(sumMinutes(tasks))} in all${guessed}`;
}

function certificatesSection({ view, ledger }: PlanScene): Section {
  const { certificates } = ledger;
  if (certificates.length === 0) return whole(2, '');
  const count = (strength: Certificate['strength']): number =>
    certificates.filter((each) => each.strength === strength).length;
  const strengths = [
    say`${count('exact')} exact (the tested commit itself became the tip, or the forge enforced it)`,
    say`${count('audited')} audited (the trees were compared after the landing)`,
    ...(count('by-hand') === 0 ? [] : [say`${count('by-hand')} merged by hand`]),
  ];
  const head = say`${countOf(certificates.length, 'certificate')}: ${join(strengths, ', ')}. In full: branch ${code(branchFor({ kind: 'ledger', plan: view.plan }))}, folder ${code('.agent-coordination')}.`;
  const rows = table(['Task', 'Landed', 'Tree', 'Tests', 'Review', 'Strength'], certificates.map(certificateCells));
  return {
    rank: 2,
    render: (room) => {
      const used = byteLength(head.markdown) + 100;
      const lines = fitTable(rows, room - used);
      return lines === null ? null : folded('Certificates', `${head.markdown}\n\n${lines}`);
    },
  };
}

function certificateCells(certificate: Certificate): Markdown[] {
  const { task, landedAt, testedTree, landedTree, tests, review, strength } = certificate;
  const tree = code(shortSha(landedTree));
  return [
    code(task),
    say`${code(shortSha(certificate.landedSha))}, ${minuteOf(landedAt)}`,
    testedTree === landedTree
      ? say`${tree}, the tested one`
      : say`**${tree} is not the tested ${code(shortSha(testedTree))}**`,
    join(
      tests.slice(0, 6).map((test) => say`${test.stage} ${test.status}`),
      ', ',
    ),
    review === null ? say`switched off by name` : say`${formatScore(review.score)}, wanted ${review.threshold}`,
    say`${strength}`,
  ];
}
