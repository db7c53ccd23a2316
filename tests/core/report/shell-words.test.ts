import { execFileSync } from 'node:child_process';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { quoteWord, showCommand } from '../../../src/core/report/shell-words.ts';

it.each([
  ['main', 'main'],
  ['espalier/garden/landed', 'espalier/garden/landed'],
  ['main;rm', "'main;rm'"],
  ['$(id)', "'$(id)'"],
  ["it's", String.raw`'it'\''s'`],
  ['', "''"],
  ['~root', "'~root'"],
  ['A=b', 'A=b'],
  ['=ls', "'=ls'"],
])('shows %s as %s', (word, wanted) => {
  expect(quoteWord(word)).toBe(wanted);
});

it('is read back by a shell as the same words, whatever is in them', () => {
  const word = fc.string({ unit: 'binary-ascii' }).filter((text) => !text.includes('\0'));
  const lists = fc.sample(fc.array(word, { minLength: 1, maxLength: 5 }), { numRuns: 40, seed: 7 });
  const script = lists.map((words) => `printf '%s\\0' ${showCommand(words)}; printf '\\1\\0'`).join('\n');
  const read = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  expect(read).toBe(lists.map((words) => [...words, '\u0001'].map((each) => `${each}\0`).join('')).join(''));
});
