/**
 * Title and body of a task's pull request. Every statement in it is read from the evidence of the attempt or from the
 * gate; what was not measured is said to be so, never assumed.
 */
import type { RuleName, RuleResult } from '../../gate/verdict.ts';
import { reviewerName } from '../../gate/bindings.ts';
import type { Evidence, ReviewResult, TestResult } from '../../ledger/evidence.ts';
import type { AttemptRecord } from '../../ledger/ledger.ts';
import { compileGlob, matchesGlob } from '../../plan/glob.ts';
import type { ResolvedTask } from '../../plan/plan.ts';
import type { TaskView } from '../../reconcile/view.ts';
import { countOf, formatDuration, formatScore, shortSha } from '../amounts.ts';
import { fitDocument, listSection, MAX_BODY_BYTES, type Section, whole } from './fit-document.ts';
import { sentence, usd } from './hosted-words.ts';
import { code, fence, folded, join, say, type Markdown, plainLine, prose, table } from './markdown.ts';
import { pullMarker } from './markers.ts';
import { pullLink } from './next-step.ts';
import { countedReview, describeFinding, sortFindings } from './review-findings.ts';
import { gatedAttempt, type PlanScene } from './scene.ts';

/** The forge takes 256 characters. */
const MAX_TITLE = 200;
const MAX_PATHS = 40;
const MAX_FINDINGS = 8;

/**
 * Rules that every landing changes. They stand in the check run, so that a body need not be written again each time
 * that another task lands.
 */
const QUEUE_RULES: ReadonlySet<RuleName> = new Set(['checks', 'mergeable', 'up-to-date', 'freeze']);

const STAGE_WORDS: Readonly<Record<TestResult['stage'], string>> = {
  work: "in the agent's own loop",
  verify: 'on the head, in a fresh sandbox',
  'base-tests': "the base's tests against the change",
  trial: 'merged onto the tip',
  final: 'on the whole',
};

/** The title of a task's pull request: one line without mentions, references or words that switch checks off. */
export function renderPullTitle(task: Pick<TaskView, 'id' | 'title'>): string {
  const title = plainLine(task.title, MAX_TITLE - task.id.length - 2);
  return title === '' || title === task.id ? task.id : `${task.id}: ${title}`;
}

/** The body of a task's pull request, with its marker, within the forge's limit. */
export function renderPullBody(scene: PlanScene, task: TaskView): string {
  const { view, ledger, record } = scene;
  const planned = ledger.plan.tasks.find((each) => each.id === task.id) ?? null;
  const attempt = gatedAttempt(scene, task.id);
  const evidence = attempt?.evidence ?? null;
  const isGiven = attempt?.givenSha !== undefined;
  const agent = isGiven
    ? 'none, a person pushed this head'
    : planned === null
      ? 'unknown'
      : reviewerName(planned.agent);
  const score = evidence === null ? null : (countedReview(evidence)?.score ?? null);
  const head = [
    pullMarker(view.plan, task.id),
    say`## Agent: ${prose(agent, 100)}`.markdown,
    say`## Review score: ${score === null ? 'none yet' : formatScore(score)}`.markdown,
    '',
    say`Task ${code(task.id)} of the plan in ${pullLink(record.issue)}, attempt ${attempt?.attempt ?? task.attempt} of at most ${task.attemptsAllowed}.`
      .markdown,
  ];
  return fitDocument(
    [
      whole(0, head.join('\n')),
      ...(evidence === null || attempt === null
        ? [whole(0, 'There is no evidence about this change yet.')]
        : [changesSection(evidence), testsSection(evidence, planned), reviewsSection(evidence)]),
      checklistSection(task),
      whole(1, renderAutoMerge(scene, task, planned)),
      ...(planned === null ? [] : [specSection(planned)]),
      ...(attempt === null ? [] : [whole(3, renderOrigin(attempt))]),
    ],
    MAX_BODY_BYTES,
  );
}

function changesSection({ changes, paths }: Evidence): Section {
  const { files, insertions, deletions } = changes;
  const head = `### Changes made\n\n${countOf(files, 'file')} changed, ${countOf(insertions, 'line')} added, ${deletions} removed.`;
  const lines = paths.slice(0, MAX_PATHS).map((path) => `- ${code(path).markdown}`);
  if (files > lines.length) lines.push(`- and ${countOf(files - lines.length, 'more file')}`);
  return lines.length === 0 ? whole(1, head) : listSection(1, { head, lines });
}

function testsSection(evidence: Evidence, task: ResolvedTask | null): Section {
  const last = new Map(evidence.tests.map((test) => [test.stage, test]));
  const rows = [...last.values()].map((test) => [
    say`${STAGE_WORDS[test.stage]}`,
    say`${test.status === 'passed' ? '✅' : '❌'} ${test.status}`,
    say`${formatDuration(test.durationMs)}${test.reused ? ' (the same tree had passed before)' : ''}`,
    code(shortSha(test.tree)),
  ]);
  const runs = rows.length === 0 ? 'No tests were run.' : table(['Where', 'Result', 'Time', 'Tree'], rows).join('\n');
  const touched = countTestFiles(evidence, task);
  const lines = [
    ...(touched === null ? [] : [`- Test files changed: ${touched}`]),
    `- Tests of the base against the change: ${BASE_TEST_WORDS[evidence.baseTests]}`,
    '- Coverage: not measured',
  ];
  return whole(1, `### Tests\n\n${runs}\n\n${lines.join('\n')}`);
}

const BASE_TEST_WORDS: Readonly<Record<Evidence['baseTests'], string>> = {
  'not-asked': 'not asked for, the plan names no test paths',
  'not-needed': 'not needed, the change leaves existing test files alone',
  waived: "not run, the task's `allow` names the test files that it changes",
  run: 'run, see the table',
};

/** How many changed files the task's `test_paths` match; `null` where it names none. */
function countTestFiles({ paths }: Evidence, task: ResolvedTask | null): string | null {
  const globs = (task?.testPaths ?? []).flatMap((text) => {
    const glob = compileGlob(text);
    return glob.ok ? [glob.value] : [];
  });
  if (globs.length === 0) return null;
  const count = paths.filter((path) => globs.some((glob) => matchesGlob(glob, path))).length;
  return paths.length >= 200 ? `at least ${count}` : `${count}`;
}

function reviewsSection({ reviews }: Evidence): Section {
  if (reviews.length === 0) return whole(1, '### Review iterations\n\nNo review was made.');
  const lines = reviews.flatMap((review, index) => [
    `${index + 1}. ${describeReview(review).markdown}`,
    ...sortFindings(review.findings)
      .slice(0, MAX_FINDINGS)
      .map((finding) => `   - ${describeFinding(finding, 200).markdown}`),
    ...(review.findings.length > MAX_FINDINGS ? [`   - and ${review.findings.length - MAX_FINDINGS} more`] : []),
  ]);
  return listSection(2, {
    head: '### Review iterations',
    lines,
    most: 20_000,
    more: (left) => `\n${left} more lines have no room here.`,
  });
}

function describeReview({ stage, iteration, status, score, findings, detail }: ReviewResult): Markdown {
  const what = stage === 'verify' ? say`**Independent review**` : say`In the agent's loop, iteration ${iteration}`;
  if (status !== 'scored' || score === null) return say`${what}: no score (${status}). ${prose(sentence(detail), 200)}`;
  const found = findings.length === 0 ? 'nothing found' : countOf(findings.length, 'finding');
  return say`${what}: **${formatScore(score)}**, ${found}`;
}

function checklistSection({ gate }: TaskView): Section {
  const rules = (gate?.rules ?? []).filter((rule) => !QUEUE_RULES.has(rule.rule) && rule.status !== 'not-asked');
  if (rules.length === 0) return whole(1, '### Checklist\n\nNothing was judged yet.');
  return whole(1, `### Checklist\n\n${rules.map(checklistItem).join('\n')}`);
}

function checklistItem({ rule, status, because }: RuleResult): string {
  const how = status === 'waived' ? ' (waived by name)' : '';
  return `- [${status === 'passed' ? 'x' : ' '}] ${code(rule).markdown}${how}: ${prose(because, 200).markdown}`;
}

function renderAutoMerge({ view, ledger }: PlanScene, task: TaskView, planned: ResolvedTask | null): string {
  const states = new Map(view.tasks.map((each) => [each.id, each.state]));
  const needs = planned?.needs ?? [];
  const missing = needs.filter((need) => states.get(need) !== 'landed');
  const list = join(
    needs.slice(0, 20).map((need) => say`${code(need)} (${states.get(need) ?? 'gone'})`),
    ', ',
  );
  const satisfied =
    needs.length === 0 ? say`✅ it needs no other task` : say`${missing.length === 0 ? '✅' : '❌'} ${list}`;
  return [
    '### Auto-merge status',
    '',
    say`- Dependencies satisfied: ${satisfied}`.markdown,
    say`- Ready to merge: ${readiness(task)}`.markdown,
    say`- Lands on ${code(ledger.target)}, by Espalier, when every rule of the check ${code('espalier/gate')} holds`
      .markdown,
  ].join('\n');
}

function readiness(task: TaskView): Markdown {
  if (task.state === 'landed')
    return task.landedSha === null ? say`✅ landed` : say`✅ landed as ${code(shortSha(task.landedSha))}`;
  if (task.state === 'cancelled') return say`❌ it was cancelled`;
  const rules = (task.gate?.rules ?? []).filter((rule) => !QUEUE_RULES.has(rule.rule));
  const failed = rules.filter((rule) => rule.status === 'failed').map((rule) => code(rule.rule));
  if (failed.length > 0) return say`❌ closed by ${join(failed, ', ')}`;
  const pending = rules.filter((rule) => rule.status === 'pending').map((rule) => code(rule.rule));
  if (pending.length > 0) return say`⏳ waits for ${join(pending, ', ')}`;
  return rules.length === 0 ? say`⏳ nothing was judged yet` : say`✅ its own rules hold; the queue lands it`;
}

function specSection(task: ResolvedTask): Section {
  return {
    rank: 3,
    render: (room) => {
      if (task.spec.trim() === '') return '';
      const block = fence(task.spec, { info: 'text', maxBytes: Math.min(room - 100, 10_000), keep: 'head' });
      return block === null ? null : folded('The task as the plan gives it', block);
    },
  };
}

function renderOrigin({ evidence, baseSha }: AttemptRecord): string {
  if (evidence === null) return '';
  const { usage, sandbox, iterations, startedAt, endedAt } = evidence;
  const parts = [
    say`made on ${code(shortSha(baseSha))}`,
    ...(evidence.headSha === null ? [] : [say`head ${code(shortSha(evidence.headSha))}`]),
    say`${countOf(iterations, 'iteration')} in ${formatDuration(endedAt - startedAt)}`,
    say`cost ${usd(usage.costUsd)}`,
    say`sandbox ${prose(sandbox.engine, 40)}, profile ${prose(sandbox.profile, 40)}`,
    ...(sandbox.waived.length === 0 ? [] : [say`waived: ${sandbox.waived.join(', ')}`]),
  ];
  return `<sub>${join(parts, ' · ').markdown}</sub>`;
}
