import { describe, expect, it } from 'vitest';

import { forecastFinish } from '../../../../src/core/report/hosted/forecast.ts';
import type { PlanScene } from '../../../../src/core/report/hosted/scene.ts';
import { aPlan, aTask, taskId } from '../../../support/builders.ts';
import { MINUTE, sceneOf, START, type Story, viewOf } from './scenes.ts';

const PLAN = aPlan([
  aTask('a', { estimateMinutes: 60 }),
  aTask('b', { estimateMinutes: 60, needs: [taskId('a')] }),
  aTask('c', { estimateMinutes: 120, needs: [taskId('b')] }),
]);

function at(minute: number, tell: (story: Story) => void, plan = PLAN): PlanScene {
  return sceneOf(plan, tell, { nowMs: START + minute * MINUTE });
}

function finishMinute(scene: PlanScene): number | null {
  const forecast = forecastFinish(scene);
  return forecast === null ? null : (forecast.finishMs - START) / MINUTE;
}

describe('forecastFinish', () => {
  it('goes by the estimates before anything has landed', () => {
    const scene = at(0, (story) => story.starts('a', 0));
    expect(forecastFinish(scene)).toEqual({ finishMs: START + 240 * MINUTE, basis: 'estimates' });
  });

  it('goes by the pace of what has landed', () => {
    const scene = at(30, (story) => {
      story.lands('a', [0, 30]);
      story.starts('b', 30);
    });
    expect(forecastFinish(scene)).toEqual({ finishMs: START + 120 * MINUTE, basis: 'pace' });
  });

  it('counts what a running task has left, and nothing of one that takes longer than it should', () => {
    expect(finishMinute(at(30, (story) => story.starts('a', 0)))).toBe(240);
    expect(finishMinute(at(120, (story) => story.starts('a', 0)))).toBe(300);
  });

  it('does not move while a task at work is within its time', () => {
    const finishes = [0, 5, 14, 16, 31, 59].map((minute) => finishMinute(at(minute, (story) => story.starts('a', 0))));
    expect(new Set(finishes)).toEqual(new Set([240]));
  });

  it.each<[string, PlanScene]>([
    [
      'an estimate is missing',
      at(0, (story) => story.starts('a', 0), aPlan([aTask('a'), aTask('b', { estimateMinutes: 5 })])),
    ],
    [
      'a task has failed',
      at(40, (story) => {
        story.fails('a', [0, 10]);
        story.fails('a', [10, 20]);
        story.fails('a', [20, 30]);
      }),
    ],
    [
      'everything has landed',
      at(300, (story) => {
        for (const id of ['a', 'b', 'c']) story.lands(id, [0, 60]);
      }),
    ],
    ['the plan is paused', paused()],
  ])('says nothing where %s', (_name, scene) => {
    expect(forecastFinish(scene)).toBeNull();
  });
});

function paused(): PlanScene {
  const scene = at(0, (story) => {
    story.starts('a', 0);
    story.ledger = { ...story.ledger, paused: { at: START, by: 'maintainer' } };
  });
  return { ...scene, view: viewOf(scene, scene.nowMs) };
}
