/** What the summary of a job says of its leg, as Markdown in which foreign text stays text. */
import type { LegResult } from '../hosted/read-receipt.ts';
import type { Evidence, FinalResult, TestResult, TrialResult } from '../ledger/evidence.ts';
import type { WorkRecord } from '../ledger/work-record.ts';
import { countOf, shortSha } from './amounts.ts';
import { code, fence, join, type Markdown, prose, say } from './hosted/markdown.ts';

/** What a job of a leg came to: its result, or work that is still to be verified. */
type LegStory = LegResult | { work: 'good'; record: WorkRecord };

/** Most bytes of one output that a summary shows. */
const MAX_OUTPUT_BYTES = 16 * 1024;

/** A heading, the facts in a table, and the end of the first output that did not pass. */
export function renderLegSummary(title: string, story: LegStory): string {
  const { headline, facts, tests } = tell(story);
  const rows = facts.map(([name, value]) => say`| ${name} | ${value} |`);
  const table = join([{ markdown: '| | |' }, { markdown: '| --- | --- |' }, ...rows], '\n');
  const parts = [say`### ${title}: ${headline}`.markdown, table.markdown];
  const bad = tests.findLast(({ status }) => status !== 'passed');
  const output =
    bad === undefined || bad.tail === ''
      ? null
      : fence(bad.tail, { info: 'text', maxBytes: MAX_OUTPUT_BYTES, keep: 'tail' });
  if (output !== null) parts.push('The end of the output of the tests:', output);
  return parts.join('\n\n');
}

/** The result as `evidence.json` holds it. */
export function resultOf(result: LegResult): Evidence | TrialResult | FinalResult {
  return result.work === 'attempt' ? result.evidence : result.result;
}

interface Told {
  headline: string;
  facts: [string, Markdown | string][];
  tests: readonly TestResult[];
}

function tell(story: LegStory): Told {
  switch (story.work) {
    case 'good': {
      const { record } = story;
      return { headline: 'good so far, to be verified', facts: workFacts(record), tests: record.tests };
    }
    case 'attempt': {
      const { evidence } = story;
      const { failure, changes, violations } = evidence;
      const facts = workFacts({ ...evidence, head: evidence });
      if (failure !== null) facts.unshift(['because', say`${code(failure.cause)} ${prose(failure.detail, 1000)}`]);
      facts.push(['change', `${countOf(changes.files, 'file')}, +${changes.insertions} -${changes.deletions}`]);
      for (const { path, because } of violations.slice(0, 10))
        facts.push(['rule broken', say`${code(path)} ${because}`]);
      return { headline: evidence.outcome, facts, tests: evidence.tests };
    }
    case 'trial': {
      const { result } = story;
      const facts: Told['facts'] = [['onto', code(shortSha(result.ontoSha))]];
      if (result.outcome === 'error') facts.push(['because', prose(result.feedback, 1000)]);
      if (result.test !== null) facts.push(['tests', result.test.status]);
      const isGood = result.outcome === 'tested' && result.test?.status === 'passed';
      return {
        headline: isGood ? 'the merge passed its tests' : 'the merge did not pass',
        facts,
        tests: result.test === null ? [] : [result.test],
      };
    }
    case 'final': {
      const { result } = story;
      const facts: Told['facts'] = [
        ['commit', code(shortSha(result.commitSha))],
        ['tests', result.test.status],
      ];
      return { headline: 'tests on the landed whole', facts, tests: [result.test] };
    }
  }
}

function workFacts(
  work: Pick<Evidence, 'tests' | 'reviews' | 'iterations' | 'usage' | 'sandbox'> & {
    head: { commitSha?: string; headSha?: string | null } | null;
  },
): Told['facts'] {
  const head = work.head?.commitSha ?? work.head?.headSha ?? null;
  const review = work.reviews.at(-1);
  const { costUsd, turns } = work.usage;
  return [
    ['commit', head === null ? 'none' : code(shortSha(head))],
    ['rounds', String(work.iterations)],
    [
      'tests',
      work.tests.length === 0 ? 'not run' : work.tests.map(({ stage, status }) => `${stage}: ${status}`).join(', '),
    ],
    [
      'review',
      review === undefined ? 'none' : review.score === null ? `no score: ${review.detail}` : `${review.score}/10`,
    ],
    ['spent', `${costUsd === null ? 'unknown' : `$${costUsd.toFixed(2)}`}${turns === null ? '' : `, ${turns} turns`}`],
    [
      'sandbox',
      `${work.sandbox.engine}, ${work.sandbox.profile}${work.sandbox.waived.length === 0 ? '' : `, not enforced: ${work.sandbox.waived.join(', ')}`}`,
    ],
  ];
}
