/** Messages of the commits that Espalier makes. Their trailers are its own: no text of a plan can add or forge one. */
import type { PlanId, TaskId } from '../brand.ts';
import { plainLine } from '../report/hosted/markdown.ts';
import { cleanLine } from '../text/clean-text.ts';

/** What a message names. */
export interface MessageFacts {
  plan: PlanId;
  task: TaskId;
  title: string;
  attempt: number;
  generation: number;
}

const MAX_SUBJECT = 100;

/** For the commit that holds an attempt's work. */
export function attemptMessage(facts: MessageFacts): string {
  return withTrailers(subject(facts.title, facts.task), facts);
}

/** For work that an interrupted run left behind. */
export function leftoverMessage(facts: MessageFacts): string {
  return withTrailers(`Keep what an interrupted run of ${facts.task} left`, facts);
}

/** For the merge of an attempt's head onto the tip. */
export function mergeMessage(facts: MessageFacts): string {
  return withTrailers(cleanLine(`Merge ${facts.task}: ${subject(facts.title, facts.task)}`, MAX_SUBJECT), facts);
}

/**
 * The title, or the id if the title has nothing to show. Never something that git takes for a comment or trailer, nor
 * what a forge acts on when the commit comes onto a branch: closing words, mentions, words that switch checks off.
 */
function subject(title: string, task: TaskId): string {
  const line = plainLine(title, MAX_SUBJECT).replace(/^#+\s*/, '');
  return line === '' ? task : line;
}

function withTrailers(first: string, { plan, task, attempt, generation }: MessageFacts): string {
  return `${first}\n\nEspalier-Plan: ${plan}\nEspalier-Task: ${task}\nEspalier-Attempt: ${attempt}.${generation}\n`;
}
