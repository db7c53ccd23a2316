import { describe, expect, it } from 'vitest';

import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import { MAY_OPEN_PULLS } from '../../../src/core/hosted/job-token.ts';
import { landingWay } from '../../../src/core/hosted/landing-way.ts';
import { noteOutcomes } from '../../../src/core/hosted/note-outcomes.ts';
import { renderObstacle } from '../../../src/core/report/hosted/obstacle.ts';
import { explainRefusal } from '../../../src/core/hosted/workflow-changes.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import { aPlan, aTask } from '../../support/builders.ts';
import { FREE_RULES, someFacts } from '../../support/hosted-builders.ts';
import { sceneOf } from '../report/hosted/scenes.ts';

const JOB = { id: 15368, login: 'github-actions[bot]' };

/** The obstacle that a missing permission becomes, for the token of a job and for an app. */
function obstacleFor(permission: string | null, app = JOB) {
  const { ledger, queue, record } = sceneOf(aPlan([aTask('a')]), () => {});
  const outcome: EffectOutcome = { kind: 'forbidden', permission, because: 'Resource not accessible by integration' };
  const noted = noteOutcomes({
    state: { ledger, queue, record },
    facts: someFacts({ app }),
    outcomes: new Map([['pull.a', outcome]]),
    clicks: [],
    config: HOSTED_DEFAULTS,
    replica: 'job-1',
  });
  return noted.record.obstacle;
}

describe('what the token of a job may not do', () => {
  it.each<[string | null, string, RegExp]>([
    ['issues=write', 'job-permission:issues=write', /job 'reconcile' in \.github\/workflows\/espalier\.yml/],
    ['pull_requests=write', 'job-permission:pull_requests=write', /job 'reconcile'/],
    ['administration=write', 'job-never:administration', /token of an app of your own/],
    ['merge_queues=write', 'job-never:merge_queues', /token of an app of your own/],
    [null, 'job-forbidden', /'permissions' in \.github\/workflows\/espalier\.yml/],
    [MAY_OPEN_PULLS, 'setting:pulls', /tick 'Allow GitHub Actions to create and approve pull requests'/],
  ])('(%s) is an obstacle with the step that helps', (permission, code, next) => {
    expect(obstacleFor(permission)?.code).toBe(code);
    expect(obstacleFor(permission)?.next).toMatch(next);
    expect(obstacleFor(permission)?.next).toContain('/espalier run');
  });

  it('is no obstacle of the plan where it is about workflow files, which only some tasks change', () => {
    expect(obstacleFor('workflows=write')).toBeNull();
    expect(obstacleFor('workflows=write', { id: 7, login: 'espalier[bot]' })).not.toBeNull();
    const outcome = {
      kind: 'forbidden',
      permission: 'workflows=write',
      because: 'without `workflows` permission',
    } as const;
    expect(explainRefusal(outcome)).toMatch(/merge its pull request by hand \(without `workflows` permission\)/);
    expect(explainRefusal({ ...outcome, permission: 'contents=write' })).toBe('without `workflows` permission');
  });

  it('is told in the words of workflows, and of an app in those of its installation', () => {
    const ofJob = obstacleFor('pull_requests=write');
    expect(ofJob?.because).toContain("'pull-requests: write'");
    expect(renderObstacle(ofJob!)).toContain('`permissions` in the workflow file');
    const ofApp = obstacleFor('pull_requests=write', { id: 7, login: 'espalier[bot]' });
    expect(ofApp?.next).toContain('settings of the installation');
    expect(renderObstacle(ofApp!)).toContain('GitHub Apps');
  });

  it('is where a setting of the repository is, told with the place of the switch', () => {
    expect(renderObstacle(obstacleFor(MAY_OPEN_PULLS)!)).toContain('**Settings → Actions → General');
  });

  it('is landing on a base with a merge queue, which is found before anything is dispatched', () => {
    const rules = { ...FREE_RULES, hasMergeQueue: true };
    const hidden = JSON.stringify(landingWay({ ...rules, isQueueHidden: true }, { landing: 'auto' }, JOB.id));
    expect(hidden).toMatch(/"impossible":".*neither see nor use.*"next":".*an app of your own/);
    expect(landingWay(rules, { landing: 'auto' }, 7)).toMatchObject({ way: 'enqueue' });
  });
});
