import { expect, it } from 'vitest';

import { COMMAND_LIVES_MS, findUnanswered, type RecentIssue } from '../../../src/core/intake/unanswered-commands.ts';

const NOW = 1_700_000_000_000;

function aComment(change: Partial<RecentIssue['comments'][number]> = {}): RecentIssue['comments'][number] {
  return { nodeId: 'IC_1', body: '/espalier run', createdAtMs: NOW - 60_000, isOwn: false, ...change };
}

function issueWith(...comments: RecentIssue['comments'][number][]): RecentIssue {
  return { number: 5, labels: [], comments };
}

const answer = (to: string, isOwn = true) =>
  aComment({ nodeId: 'IC_2', body: `<!-- espalier:answer ${to} -->\nDone.`, isOwn });

it.each<[string, RecentIssue, boolean]>([
  ['a command', issueWith(aComment()), true],
  ['the label that is a command', { ...issueWith(), labels: ['bug', 'Espalier:Run'] }, true],
  ['a command after one that was answered', issueWith(aComment(), answer('IC_1'), aComment({ nodeId: 'IC_3' })), true],
  ['a command whose answer somebody else has forged', issueWith(aComment(), answer('IC_1', false)), true],
  ['nothing', issueWith(), false],
  ['talk alone', issueWith(aComment({ body: 'Let us run this.' })), false],
  ['a command that was answered', issueWith(aComment(), answer('IC_1')), false],
  ['a command of our own', issueWith(aComment({ isOwn: true })), false],
  ['a command that is too old to count', issueWith(aComment({ createdAtMs: NOW - COMMAND_LIVES_MS })), false],
])('an issue with %s wants to be looked at: %j', (_what, issue, isWanted) => {
  expect(findUnanswered([issue], NOW)).toEqual(isWanted ? [5] : []);
});
