import { afterEach, describe, expect, it } from 'vitest';

import { runAttempt } from '../../../src/engine/run-attempt.ts';
import { attemptOrder, fileAt, makeTask, openAttemptRoom, scorer, watch, type AttemptRoom } from './attempt-room.ts';

let room: AttemptRoom;

afterEach(async () => {
  await room.close();
});

describe.each(['none', 'bubblewrap'] as const)('an attempt under %s', (engine) => {
  it('is verified', async () => {
    room = await openAttemptRoom(engine);
    const order = attemptOrder(room, makeTask({ review: { reviewer: scorer(10), threshold: 10, iterations: 1, rubric: '' } }));
    const evidence = await runAttempt(room.deps, order, watch());
    expect(evidence).toMatchObject({ outcome: 'verified' });
    expect(fileAt(room, order.attemptBranch, 'src/a.txt')).toBe('a\nchanged');
  });
});
