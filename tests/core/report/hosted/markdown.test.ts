import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  byteLength,
  code,
  fence,
  link,
  plainLine,
  prose,
  say,
  table,
} from '../../../../src/core/report/hosted/markdown.ts';
import { hostileText, NASTY_TEXTS } from './hostile-texts.ts';
import { findForeign, outlineOf, readDocument } from './read-document.ts';

const SPACE = '&#8203;';

describe('prose', () => {
  it.each([
    ['plain words, with (brackets) and 12.5 %', 'plain words, with (brackets) and 12.5 %'],
    ['@user', `@${SPACE}user`],
    ['fixes #1', `fixes #${SPACE}1`],
    ['GH-12', `GH-${SPACE}12`],
    ['o/r#1', `o/r#${SPACE}1`],
    ['commit deadbee', 'commit <code>deadbee</code>'],
    ['https://x.example', `https:${SPACE}//x.example`],
    ['www.x.example', `www${SPACE}.x.example`],
    [':tada:', `:${SPACE}tada:${SPACE}`],
    ['a.ts:12 at 12.30', 'a.ts:12 at 12.30'],
    ['$1', '<span>$</span>1'],
    ['snake_case_name', 'snake_case_name'],
    ['_a_ *b*', '&#95;a&#95; &#42;b&#42;'],
    ['a | b', 'a &#124; b'],
    ['<b>&amp;', '&#60;b&#62;&#38;amp;'],
    ['- a', '&#45; a'],
    ['1. a', '1&#46; a'],
    ['1.5 a', '1.5 a'],
    ['a\n\n# b', `a #${SPACE} b`],
    ['use `a|b` or `c`', 'use <code>a&#124;b</code> or `c`'],
    ['``x``', '&#96;&#96;x&#96;&#96;'],
    ['gpj\u202e.exe', 'gpj.exe'],
    ['  spaced  ', 'spaced'],
  ])('shows %j as %j', (text, wanted) => {
    expect(prose(text).markdown).toBe(wanted);
  });

  it('cuts what is long and says so', () => {
    expect(prose('abcdef', 4).markdown).toBe('abc…');
  });

  it.each([...NASTY_TEXTS.entries()])('leaves nothing of hostile text %i but text', (_index, text) => {
    expect(findForeign(say`${text}`.markdown)).toEqual([]);
    expect(outlineOf(say`${text}`.markdown)).toEqual(['root', ' paragraph']);
  });

  it('leaves nothing of any text but text, wherever it stands', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (first, second) => {
        const document = [
          ...table(['a', 'b'], [[prose(`x${first}`), code(second)]]),
          '',
          say`- **x** ${first}; ${second}, and ${code(first)}. `.markdown,
          '',
          say`### x ${second}`.markdown,
          '',
          say`${prose(first)} x`.markdown,
        ].join('\n');
        const { foreign, outline } = readDocument(document);
        expect(foreign).toEqual([]);
        expect(outline).toEqual([
          'root',
          ' table',
          '  tableRow',
          '   tableCell',
          '   tableCell',
          '  tableRow',
          '   tableCell',
          '   tableCell',
          ' list',
          '  listItem',
          '   paragraph',
          ' heading3',
          ' paragraph',
        ]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('code', () => {
  it.each([
    ['a b', '`a b`'],
    ['a`b', '<code>a&#96;b</code>'],
    ['a|b', '<code>a&#124;b</code>'],
    ['', '<code>(empty)</code>'],
    ['   ', '<code>(blank)</code>'],
    ['a\u202eb', '`a\\u{202e}b`'],
    ['a\nb', '`a\\nb`'],
  ])('shows %j as %j', (text, wanted) => {
    expect(code(text).markdown).toBe(wanted);
  });
});

describe('fence', () => {
  it('holds any text, within its bytes', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.integer({ min: 0, max: 2000 }),
        fc.constantFrom('head', 'tail'),
        (text, most, keep) => {
          const block = fence(text, { info: 'text', maxBytes: most, keep }) ?? '';
          expect(byteLength(block)).toBeLessThanOrEqual(most);
          expect(findForeign(block)).toEqual([]);
          expect(['root', 'root\n code']).toContain(outlineOf(block).join('\n'));
        },
      ),
    );
  });

  it('keeps the end that is asked for and says how much is cut', () => {
    const text = `first\n${'middle\n'.repeat(200)}last`;
    const head = fence(text, { info: 'text', maxBytes: 400, keep: 'head' }) ?? '';
    const tail = fence(text, { info: 'text', maxBytes: 400, keep: 'tail' }) ?? '';
    expect([head.includes('first'), head.includes('last')]).toEqual([true, false]);
    expect([tail.includes('first'), tail.includes('last')]).toEqual([false, true]);
    expect(tail).toMatch(/\[… \d+ characters cut …\]/);
  });
});

describe('link', () => {
  it.each([
    ['https://github.com/octo-org/garden/actions/runs/1', '[run](https://github.com/octo-org/garden/actions/runs/1)'],
    ['http://127.0.0.1:8080/x', '[run](http://127.0.0.1:8080/x)'],
    ['javascript:alert(1)', 'run'],
    ['https://x.example/a)[b](https://y.example', 'run'],
    ['https://x.example/ "title"', 'run'],
    ['https://user:password@x.example/', 'run'],
  ])('of %j is %j', (url, wanted) => {
    expect(link(say`run`, url).markdown).toBe(wanted);
  });
});

describe('plainLine', () => {
  it.each([
    ['Fixes #1 for @user', 'Fixes # 1 for @ user'],
    ['Skip it [skip ci]', 'Skip it (skip ci)'],
    ['GH-4 and https://x.example', 'GH- 4 and https: //x.example'],
    ['two\nlines\u202e', 'two lines'],
    ['***NO_CI***', '*NO_CI*'],
  ])('makes %j a harmless %j', (text, wanted) => {
    expect(plainLine(text, 80)).toBe(wanted);
  });

  it('is never longer than it may be', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 200 }), (text, most) => {
        expect(plainLine(text, most).length).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe('byteLength', () => {
  it('counts as UTF-8 does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(byteLength(text)).toBe(Buffer.byteLength(text, 'utf8'));
      }),
    );
  });
});
