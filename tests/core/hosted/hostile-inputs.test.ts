import { describe, expect, it } from 'vitest';

import type { ForgeEffect, HostedMove } from '../../../src/core/hosted/effect.ts';
import { isHidden } from '../../../src/core/text/hidden-characters.ts';
import { openApp } from '../../support/hosted-replica.ts';
import { readDocument } from '../report/hosted/read-document.ts';
import { endOf, FOREIGN, type HostileInput, type Opened, run } from './hostile-inputs.ts';
import { HOSTILE_PEOPLE } from './hostile-people.ts';
import { HOSTILE_PLANS } from './hostile-plans.ts';
import { HOSTILE_RESULTS } from './hostile-results.ts';

/** Branches that Espalier may make, move and delete for this plan. */
const OWN_BRANCH =
  /^(?:espalier\/issue-7\/[a-z0-9-]+(?:\.\d+)?|espalier-staging\/issue-7\/(?:receipt\/[a-z0-9-]+\.\d+\.\d+|trial\.[a-z0-9-]+\.\d+))$/;

function movesOf(effect: ForgeEffect): readonly Pick<HostedMove, 'branch'>[] {
  if (effect.kind === 'move-branches') return effect.moves;
  return effect.kind === 'make-trial' || effect.kind === 'open-pull' ? [effect] : [];
}

/** Texts that an effect shows as Markdown, without the marks by which they are found again. */
function documentsOf(effect: ForgeEffect): string[] {
  if (effect.kind === 'check-run') return [effect.output.summary, effect.output.text];
  if (!('body' in effect)) return [];
  const marks = effect.kind === 'answer' ? `<!-- espalier:${effect.key.replace('.', ' ')} -->\n` : STAMP;
  return [effect.body.replace(marks, '')];
}

const STAMP = /\n<!-- espalier:text (?:issue-7\/[a-z0-9-]+ )?[0-9a-f]{16} -->$/;

/** Lines that an effect puts into a commit, or shows where there is no Markdown. */
function linesOf(effect: ForgeEffect): string[] {
  return ['title' in effect ? effect.title : '', 'message' in effect ? effect.message : ''];
}

/** What in a line a forge or a terminal would act on. */
function findActive(line: string): string | null {
  const hidden = Array.from(line).find((character) => character !== '\n' && isHidden(character.codePointAt(0) ?? 0));
  return hidden ?? /[@#]\w|\bGH-\d|\[(?:skip|no) ci\]|:\/\//i.exec(line)?.[0] ?? null;
}

/** Everything of what was done that is not this plan's, or that is more than text. */
function findHarm({ world }: Opened): string[] {
  const numbers = [world.issue.number, ...world.pulls.map(({ number }) => number)];
  const documents = new Set(world.log.flatMap(documentsOf));
  const lines = new Set(world.log.flatMap(linesOf));
  return [
    ...world.log
      .flatMap(movesOf)
      .filter(({ branch }) => !OWN_BRANCH.test(branch))
      .map(({ branch }) => `moves ${branch}`),
    ...world.log.flatMap((effect) => (effect.kind === 'land' && effect.base !== world.base ? [effect.base] : [])),
    ...FOREIGN.filter(([branch, sha]) => world.tip(branch) !== sha).map(([branch]) => `moved ${branch}`),
    ...[...documents].flatMap((document) => readDocument(document, numbers).foreign),
    ...[...lines].flatMap((line) => findActive(line) ?? []),
  ];
}

const ROWS: readonly HostileInput[] = [...HOSTILE_PLANS, ...HOSTILE_PEOPLE, ...HOSTILE_RESULTS];

describe('somebody who tries', () => {
  it.each(ROWS.map((row) => [row.tries, row.gets, row] as const))('%s: %s', (_tries, _gets, row) => {
    const { issue, play, ends, check, maxDecisionMs = 8000 } = row;
    const opened = openApp(issue);
    const { world, app } = opened;
    for (const [branch, sha] of FOREIGN) world.branches.set(branch, sha);
    (play ?? run)(opened);
    expect(endOf(opened).slice(0, ends.length)).toBe(ends);
    expect(check?.(opened) ?? true).toBe(true);
    expect(findHarm(opened)).toEqual([]);
    expect(app.slowestMs).toBeLessThan(maxDecisionMs);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is in the table at least forty times, each time otherwise', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(ROWS.map(({ tries }) => tries)).size).toBe(ROWS.length);
  });
});
