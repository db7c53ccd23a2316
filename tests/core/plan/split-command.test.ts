import fc from 'fast-check';
import { expect, it } from 'vitest';

import { splitCommand } from '../../../src/core/plan/split-command.ts';

it.each([
  ['npm test', ['npm', 'test']],
  ['  npm   run\tlint ', ['npm', 'run', 'lint']],
  ["sh -c 'a && b | c'", ['sh', '-c', 'a && b | c']],
  ['grep "a b" file', ['grep', 'a b', 'file']],
  ['a "\\"q\\" \\\\ \\n"', ['a', '"q" \\ \\n']],
  ['a\\ b c', ['a b', 'c']],
  ['a "" b', ['a', '', 'b']],
  ["it''s", ['its']],
  ['a~b c#d --flag=1', ['a~b', 'c#d', '--flag=1']],
])('splits %j', (text, words) => {
  expect(splitCommand(text)).toEqual({ ok: true, value: words });
});

it.each([
  'a; b',
  'a && b',
  'a | b',
  'a > out',
  'a < in',
  'echo $HOME',
  'echo "$HOME"',
  'echo `id`',
  'echo "`id`"',
  'ls *.ts',
  'ls a?',
  'ls [a]',
  'ls {a,b}',
  'ls ~/x',
  'a # rest',
  'a & ',
  '(a)',
  'a\nb',
  "a 'open",
  'a "open',
  'a \\',
  '',
  '   ',
  "''",
  'FOO=1 npm test',
  'x'.repeat(5000),
])('refuses %j, which a shell would read otherwise or not at all', (text) => {
  expect(splitCommand(text).ok).toBe(false);
});

it('gives back any words that were quoted for a shell', () => {
  const word = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (rest) => {
      const words = ['run', ...rest];
      const text = words.map((each) => `'${each.replaceAll("'", "'\\''")}'`).join(' ');
      expect(splitCommand(text)).toEqual({ ok: true, value: words });
    }),
  );
});
