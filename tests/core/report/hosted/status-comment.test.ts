import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { TaskId } from '../../../../src/core/brand.ts';
import type { ForgeRecord } from '../../../../src/core/ledger/forge-record.ts';
import { byteLength } from '../../../../src/core/report/hosted/markdown.ts';
import type { PlanScene } from '../../../../src/core/report/hosted/scene.ts';
import { renderStatusComment } from '../../../../src/core/report/hosted/status-comment.ts';
import { aPlan, aTask, fakeDigest, taskId } from '../../../support/builders.ts';
import { outlineOf } from './read-document.ts';
import { editedScene, midwayScene, MINUTE, sceneOf, START, viewOf } from './scenes.ts';

const NOTES = { stuck: [], lowQuotas: [] };

function render(scene: PlanScene): string {
  return renderStatusComment(scene, NOTES);
}

function withRecord(scene: PlanScene, change: Partial<ForgeRecord>): PlanScene {
  return { ...scene, record: { ...scene.record, ...change } };
}

/** A plan of `count` tasks that need one another in rows of ten; the first `landed` of them have landed. */
function largeScene(count: number, landed: number, title = (id: string) => `Do ${id}`): PlanScene {
  const ids = Array.from({ length: count }, (_each, index) => `task-${index}`);
  const tasks = ids.map((id, index) =>
    aTask(id, { title: title(id), needs: index < 10 ? [] : [taskId(`task-${index - 10}`)], estimateMinutes: 60 }),
  );
  return sceneOf(aPlan(tasks), (story) => {
    for (const id of ids.slice(0, landed)) story.lands(id, [0, 30]);
    for (const id of ids.slice(landed, landed + 8)) story.starts(id, 31);
  });
}

describe('renderStatusComment', () => {
  it('begins with the marker that it is found by, and with what there is', () => {
    const [marker, headline] = render(midwayScene()).split('\n');
    expect(marker).toBe('<!-- espalier:status plan=issue-12 -->');
    expect(headline).toBe('## 2 of 8 tasks landed · 2 running · 1 queued · 1 failed · 1 held · 1 waiting');
  });

  it('says of a plan where nobody has to act that it is under way', () => {
    const scene = sceneOf(aPlan([aTask('a')]), (story) => {
      story.starts('a', 1);
    });
    const text = render(scene);
    expect(text).toContain('The plan is under way.');
    expect(text).not.toContain('Waits for a person');
  });

  it('names the runs that wait for an approval where the task waits for checks, and who gives it', () => {
    const held = new Map([[taskId('a'), [{ workflow: 'CI <b>', url: 'https://forge.example/runs/1' }]]]);
    const scene = sceneOf(aPlan([aTask('a')]), (story) => story.verifies('a', [0, 10]));
    const waiting = scene.view.tasks.map((task) => ({
      ...task,
      gate: {
        status: 'pending' as const,
        rules: [{ rule: 'checks' as const, status: 'pending' as const, found: '', wanted: '', because: '' }],
      },
    }));
    const bitten = { ...scene, heldRuns: held, view: { ...scene.view, tasks: waiting } };
    const text = render(bitten);
    expect(text).toContain('click **Approve workflows to run** there');
    expect(text).toContain('](https://forge.example/runs/1)');
    expect(text).not.toContain('<b>');
    expect(render({ ...scene, heldRuns: held })).not.toContain('Approve workflows to run');
  });

  it('says of landings with the token of a job, once there are some, that no workflow runs for them', () => {
    const words = 'No workflow runs for these landings';
    const midway = midwayScene();
    expect(render({ ...midway, hasJobToken: true })).toContain(words);
    expect(render(midway)).not.toContain(words);
    const fresh = sceneOf(aPlan([aTask('a')]), (story) => story.starts('a', 1));
    expect(render({ ...fresh, hasJobToken: true })).not.toContain(words);
  });

  it.each<[string, (scene: PlanScene) => PlanScene, string[]]>([
    [
      'a pause',
      (scene) => {
        const ledger = { ...scene.ledger, paused: { at: START, by: 'maintainer' } };
        return { ...scene, ledger, view: viewOf({ ...scene, ledger }, scene.nowMs) };
      },
      ['**Paused** by maintainer since 2026-01-31 09:00Z', '`/espalier resume`'],
    ],
    [
      'a freeze',
      (scene) => {
        const queue = { ...scene.queue, frozen: { at: START, because: 'the landed tree is not the tested one' } };
        return { ...scene, queue, view: viewOf({ ...scene, queue }, scene.nowMs) };
      },
      ['**`main` is frozen**', 'The landed tree is not the tested one.', '`/espalier thaw`', 'nothing can land'],
    ],
    [
      'an obstacle',
      (scene) =>
        withRecord(scene, {
          obstacle: {
            code: 'dispatch-missing',
            because: 'the workflow file is missing',
            next: 'put it there, then comment /espalier run',
            at: START,
          },
        }),
      ['**The plan cannot go on.** The workflow file is missing.', '`/espalier run`', 'The plan has stopped'],
    ],
    [
      'a text that is no plan any more',
      (scene) => {
        const none = { revision: null, changed: [], added: [], removed: [], isFrameChanged: false };
        return withRecord(scene, { proposed: { ...none, source: fakeDigest('new'), seenAt: START } });
      },
      ['is no plan any more', '`/espalier check`', 'its text was edited: not approved yet'],
    ],
    [
      'tasks that nobody asked for',
      (scene) => withRecord(scene, { only: ['security-agent' as TaskId] }),
      ['not asked for'],
    ],
  ])('shows %s with the command that helps', (_name, change, wanted) => {
    const text = render(change(midwayScene()));
    for (const each of wanted) expect(text).toContain(each);
  });

  it('names the tasks that an edit changes, and what waits for the approval', () => {
    const text = render(editedScene().scene);
    expect(text).toContain(
      '**The issue was edited** after the plan was accepted (changed: `backend-agent`, `github-agent`)',
    );
    expect(text).toContain('Comment `/espalier approve`.');
  });

  it('names the stuck task, since when, and who can act', () => {
    const stuck = [{ task: taskId('devops-agent'), sinceMs: START + 50 * MINUTE }];
    const text = renderStatusComment(midwayScene(), { ...NOTES, stuck });
    expect(text).toContain('`devops-agent` has given no sign since 2026-01-31 09:50Z');
    expect(text).toContain('**maintainer**');
  });

  it('says when a quota is low', () => {
    const lowQuotas = [{ name: 'GraphQL', resetAtMs: START }];
    expect(renderStatusComment(midwayScene(), { ...NOTES, lowQuotas })).toContain(
      "**Slower for now:** little is left of the forge's GraphQL quota; what is less urgent waits until 2026-01-31 09:00Z",
    );
  });

  it('folds what has landed once there are many tasks, and shows every task', () => {
    const text = render(largeScene(120, 60));
    expect(text).toContain('<details><summary>60 tasks landed</summary>');
    expect(text.match(/^\| `task-\d+`/gm)).toHaveLength(120);
  });

  it.each([
    [100, 50, (id: string) => `Do ${id}`],
    [300, 100, (id: string) => `${id} ${'|<@#'.repeat(100)}`],
    [500, 20, (id: string) => `${'漢'.repeat(60)} ${id}`],
  ])('fits %i tasks into a comment and says how many have no room', (count, landed, title) => {
    const text = render(largeScene(count, landed, title));
    expect(byteLength(text)).toBeLessThanOrEqual(65_000);
    const shown = text.match(/^\| `task-\d+`/gm)?.length ?? 0;
    const said = [...text.matchAll(/and (\d+) more, for which there is no room/g)].map((match) => Number(match[1]));
    const isFoldedLeftOut = text.includes('Some parts are left out') ? landed : 0;
    expect(shown + said.reduce((sum, each) => sum + each, 0) + isFoldedLeftOut).toBeGreaterThanOrEqual(count - landed);
    expect(outlineOf(text).filter((block) => block.trim() === 'table').length).toBeGreaterThan(0);
  });

  it('leaves no part out in silence', () => {
    const text = render(largeScene(600, 300, (id) => `${'漢'.repeat(60)} ${id}`));
    expect(text).toContain('Some parts are left out here');
    expect(text).not.toContain('tasks landed</summary>');
  });

  it('is the same while only seconds pass', () => {
    const start = START + 120 * MINUTE;
    const first = render(estimatedScene(start));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15 * MINUTE - 1 }), (passedMs) => {
        expect(render(estimatedScene(start + passedMs))).toBe(first);
      }),
    );
    expect(first).toContain('**Expected finish:**');
  });

  it('is the same whatever the order in which its tasks were written into the ledger', () => {
    const scene = midwayScene();
    const tasks = Object.fromEntries(Object.entries(scene.ledger.tasks).toReversed());
    const ledger = { ...scene.ledger, tasks };
    expect(render({ ...scene, ledger, view: viewOf({ ...scene, ledger }, scene.nowMs) })).toBe(render(scene));
  });
});

/** Two tasks with estimates, one at work. */
function estimatedScene(nowMs: number): PlanScene {
  const tasks = [aTask('a', { estimateMinutes: 200 }), aTask('b', { estimateMinutes: 90, needs: [taskId('a')] })];
  return sceneOf(aPlan(tasks), (story) => story.starts('a', 1), { nowMs });
}
