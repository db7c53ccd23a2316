import { expect, it } from 'vitest';

import { measurePlan } from '../support/app-cost.ts';

it('lands a plan of eight tasks within its budget of requests, points, reads and reviews', async () => {
  const cost = await measurePlan(8);
  expect(cost.restPerTask).toBeLessThanOrEqual(12);
  expect(cost.pointsPerTask).toBeLessThanOrEqual(25);
  expect(cost.readsPerReconcile).toBeLessThanOrEqual(1.1);
  expect(cost.reviewsPerLanding).toBeLessThan(1.2);
}, 120_000);
