import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { findExpressions, readsOf } from '../../../src/core/setup/policy/expression-reads.ts';

describe('the expressions in a text', () => {
  it.each<[string, boolean, string[]]>([
    ['no expression', false, []],
    ['a ${{ b }} c ${{d}}', false, [' b ', 'd']],
    [`\${{ format('}} {0}', b) }}`, false, [` format('}} {0}', b) `]],
    [`\${{ 'it''s }}' }} x`, false, [` 'it''s }}' `]],
    ["github.ref == 'x'", true, ["github.ref == 'x'"]],
    ["${{ github.ref }} == 'x'", true, [' github.ref ']],
  ])('of %j are found', (text, isCondition, found) => {
    expect(findExpressions(text, isCondition)).toEqual(found);
  });
});

describe('what an expression reads', () => {
  it.each<[string, string[]]>([
    ['github.event.issue.title', ['github.event.issue.title']],
    ['GitHub.Event.Issue.Title', ['github.event.issue.title']],
    [`github['event']["x"]`, ['github.event.[]', 'x']],
    [`github['head_ref']`, ['github.head_ref']],
    ['github [ "a" ]', ['github.[]', 'a']],
    ['github.event[inputs.name].body', ['github.event.[]', 'inputs.name']],
    ['github.event.labels.*.name', ['github.event.labels.*.name']],
    ['fromJSON(inputs.leg).mode', ['inputs.leg']],
    ["inputs.runs-on == 'a.b' && !cancelled()", ['inputs.runs-on']],
    ['toJSON(secrets)', ['secrets']],
    ["'github.event.issue.title'", []],
    ["'it''s github.ref'", []],
    ['true || null && NaN', []],
    ['1.5e3 < 0x1f', []],
  ])('%s', (source, paths) => {
    expect(readsOf(source).map(({ path }) => path)).toEqual(paths);
  });

  it('is known with the functions around it, and not with those beside it', () => {
    const source = "contains(join(a.b), 'x') || (startsWith(c.d, e.f) && g.h)";
    expect(readsOf(source)).toEqual([
      { path: 'a.b', within: ['contains', 'join'] },
      { path: 'c.d', within: ['startswith'] },
      { path: 'e.f', within: ['startswith'] },
      { path: 'g.h', within: [] },
    ]);
  });

  it('is found wherever it stands, and nothing is read of texts', () => {
    const path = fc.constantFrom('github.event.issue.title', "github['head_ref']", 'github.event.pages.*.name');
    const text = fc.string({ maxLength: 20 }).map((each) => `'${each.replaceAll("'", "''")}'`);
    fc.assert(
      fc.property(path, text, text, (read, before, after) => {
        const alone = readsOf(read);
        expect(readsOf(`format(${before}, ${read}, ${after})`).map((each) => each.path)).toEqual(
          alone.map((each) => each.path),
        );
      }),
    );
  });

  it('never fails, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(Array.isArray(readsOf(text))).toBe(true);
      }),
    );
  });
});
