/**
 * The check run of a pull request's head: the whole tree of reasons, who acts next, and what tests and reviewers said.
 * It succeeds for an open gate alone, and never ends as `neutral` or `skipped`, which a required check lets pass.
 */
import type { CommitSha } from '../../brand.ts';
import type { GateVerdict, RuleName } from '../../gate/verdict.ts';
import type { CheckOutput } from '../../hosted/effect.ts';
import type { AttemptRecord } from '../../ledger/ledger.ts';
import type { TaskView } from '../../reconcile/view.ts';
import { formatDuration, shortSha } from '../amounts.ts';
import { describeReason } from './attention.ts';
import { fitDocument, listSection, MAX_CHECK_BYTES, type Section, whole } from './fit-document.ts';
import { gateTable, gateWords } from './gate-tree.ts';
import { sentence } from './hosted-words.ts';
import { byteLength, code, fence, say, plainLine, prose } from './markdown.ts';
import { nextStepOf, pullLink, renderStep } from './next-step.ts';
import { annotate, describeFinding, lastReview, sortFindings } from './review-findings.ts';
import { gatedAttempt, type PlanScene } from './scene.ts';

const MAX_TITLE = 120;
const MAX_TAIL_BYTES = 12_000;

/** Rules that a person lifts; while nothing else closes the gate, the check asks for that person. */
const PERSONAL_RULES: ReadonlySet<RuleName> = new Set(['approvals', 'conversation', 'freeze', 'budget']);
/** Rules that the queue settles by itself, once the others hold. */
const QUEUE_RULES: ReadonlySet<RuleName> = new Set(['checks', 'mergeable', 'up-to-date']);

const REVIEW_BUTTON = { label: 'Review again', description: 'Has this change reviewed again', identifier: 'review' };
const RETRY_BUTTON = { label: 'Retry', description: 'Gives the task a fresh start', identifier: 'retry' };

const BUTTONS_HELP =
  '<sub>The buttons do what the commands `/espalier review` and `/espalier retry` do in a comment. ' +
  'Only people with write permission are obeyed.</sub>';
/** Where no click would arrive. */
const COMMANDS_HELP =
  '<sub>The comment `/espalier review` has this change reviewed again; `/espalier retry` gives the task a fresh start. ' +
  'Only people with write permission are obeyed.</sub>';

/** The check run for `headSha`, a commit of the task's pull request. */
export function renderGateCheck(scene: PlanScene, task: TaskView, headSha: CommitSha): CheckOutput {
  const attempt = gatedAttempt(scene, task.id);
  const { hasButtons = true } = scene;
  const isJudged = attempt !== null && task.gate !== null && isHeadOf(attempt, headSha);
  const { status, conclusion } = isJudged
    ? conclude(task, attempt)
    : ({ status: 'in_progress', conclusion: null } satisfies Pick<CheckOutput, 'status' | 'conclusion'>);
  return {
    status,
    conclusion,
    title: isJudged ? plainLine(titleOf(task, conclusion), MAX_TITLE) : 'Not verified yet',
    summary: renderSummary(scene, task, headSha, isJudged),
    text: isJudged ? renderText(attempt) : '',
    annotations: isJudged && attempt.evidence !== null ? annotate(attempt.evidence) : [],
    actions: status === 'completed' && task.state !== 'landed' && hasButtons ? [REVIEW_BUTTON, RETRY_BUTTON] : [],
  };
}

/** A verdict counts for the head that was verified, and for that head merged onto the tip. */
function isHeadOf({ evidence, trial }: AttemptRecord, headSha: CommitSha): boolean {
  return evidence?.headSha === headSha || trial?.result?.commitSha === headSha;
}

function conclude(task: TaskView, attempt: AttemptRecord): Pick<CheckOutput, 'status' | 'conclusion'> {
  const { gate, state, waiting } = task;
  // Of an attempt that was set aside (thawed, superseded) no verdict counts any more.
  const isStanding = state !== 'cancelled' && (attempt.status === 'verified' || attempt.status === 'landed');
  if (gate?.status === 'open' && isStanding) return { status: 'completed', conclusion: 'success' };
  const failed = gate?.rules.filter((rule) => rule.status === 'failed') ?? [];
  if (failed.some((rule) => !PERSONAL_RULES.has(rule.rule)) || state === 'failed' || state === 'cancelled')
    return { status: 'completed', conclusion: 'failure' };
  const pending = (gate?.rules ?? []).filter((rule) => rule.status === 'pending' && !QUEUE_RULES.has(rule.rule));
  const isPersonal = pending.length > 0 && pending.every((rule) => PERSONAL_RULES.has(rule.rule));
  if (failed.length > 0 || isPersonal || (state === 'queued' && waiting?.kind === 'person'))
    return { status: 'completed', conclusion: 'action_required' };
  return { status: 'in_progress', conclusion: null };
}

function titleOf(task: TaskView, conclusion: CheckOutput['conclusion']): string {
  if (task.state === 'cancelled') return 'Cancelled by a person';
  const words = task.gate === null ? 'no verdict' : gateWords(task.gate);
  return conclusion === 'action_required' ? `A person must act; ${words}` : `Gate ${words}`;
}

function renderSummary(scene: PlanScene, task: TaskView, headSha: CommitSha, isJudged: boolean): string {
  const { issue } = scene.record;
  const head = say`Task ${code(task.id)} of the plan in ${pullLink(issue)}, attempt ${task.attempt} of at most ${task.attemptsAllowed}, commit ${code(shortSha(headSha))}.`;
  const unjudged = say`Nothing was judged of this commit yet: verdicts count for one change only. It succeeds when its own tests and review have.`;
  const sections: Section[] = [
    whole(0, head.markdown),
    whole(0, renderStep(nextStepOf(scene, task)).markdown),
    ...(isJudged && task.gate !== null
      ? [whole(1, gateTable(calmGate(task.gate)).join('\n'))]
      : [whole(1, unjudged.markdown)]),
    whole(2, scene.hasButtons === false ? COMMANDS_HELP : BUTTONS_HELP),
  ];
  return fitDocument(sections, MAX_CHECK_BYTES);
}

/** The tip moves with every landing of another task: while a change waits for its turn, its check names no tip. */
function calmGate(gate: GateVerdict): GateVerdict {
  const rules = gate.rules.map((rule) =>
    rule.rule === 'up-to-date' && rule.status === 'pending'
      ? { ...rule, found: 'not yet', wanted: 'tested on the tip as it stands' }
      : rule,
  );
  return { ...gate, rules };
}

function renderText(attempt: AttemptRecord): string {
  return fitDocument(
    [failureSection(attempt), findingsSection(attempt), violationsSection(attempt), ...testSections(attempt)],
    MAX_CHECK_BYTES,
  );
}

function failureSection({ evidence, returnedBecause }: AttemptRecord): Section {
  const failure = evidence?.failure ?? null;
  if (failure !== null) return whole(0, describeReason(`${failure.cause}: ${failure.detail}`, 2000).markdown);
  return whole(
    0,
    returnedBecause === null ? '' : say`**Sent back:** ${prose(sentence(returnedBecause), 2000)}`.markdown,
  );
}

function findingsSection({ evidence }: AttemptRecord): Section {
  const review = evidence === null ? null : lastReview(evidence);
  return listSection(1, {
    head: `### What the reviewer found\n\nBy ${code(review?.reviewer ?? '', 100).markdown}, ${review?.stage === 'verify' ? 'in the independent review' : "in the agent's own loop"}:`,
    lines: sortFindings(review?.findings ?? []).map((each) => `- ${describeFinding(each, 600).markdown}`),
    most: 24_000,
  });
}

function violationsSection({ evidence }: AttemptRecord): Section {
  return listSection(1, {
    head: '### What is wrong with the tree',
    lines: (evidence?.violations ?? []).map(
      ({ rule, path, because }) => `- ${code(rule).markdown} ${code(path).markdown} ${prose(because).markdown}`,
    ),
    most: 12_000,
  });
}

/** The end of the output of every test run that did not pass, and of a trial that could not be made. */
function testSections({ evidence, trial }: AttemptRecord): Section[] {
  const result = trial?.result ?? null;
  const trialTest = result?.test ?? null;
  const tests = [...(evidence?.tests ?? []), ...(trialTest === null ? [] : [trialTest])];
  const bad = tests.filter((test) => test.status !== 'passed' && test.stage !== 'work');
  const sections = bad.map(({ stage, status, durationMs, tail }): Section => {
    const head = say`### Tests: ${stage} ended as ${status} after ${formatDuration(durationMs)}`.markdown;
    return outputSection(head, tail, 'It wrote nothing.');
  });
  if (result?.outcome !== 'conflict') return sections;
  const conflicts = listSection(2, {
    head: '### Conflicts with the tip',
    lines: result.conflicts.map((each) => `- ${code(each.path).markdown} ${prose(each.because).markdown}`),
    most: 8000,
  });
  return [...sections, conflicts];
}

function outputSection(head: string, output: string, silence: string): Section {
  if (output.trim() === '') return whole(2, `${head}\n\n${silence}`);
  return {
    rank: 2,
    render: (room) => {
      const block = fence(output, {
        info: 'text',
        maxBytes: Math.min(room, MAX_TAIL_BYTES) - byteLength(head) - 2,
        keep: 'tail',
      });
      return block === null ? null : `${head}\n\n${block}`;
    },
  };
}
