/**
 * What a plan costs on GitHub, from its acceptance to its last landing: REST requests and GraphQL points per task,
 * reads per reconcile, reviews per landing, against the goals. Requests are counted, not timed, so that the numbers are
 * the same on every machine.
 *
 *     node tests/bench/app-cost.bench.ts [tasks…]
 */
import { measurePlan } from '../support/app-cost.ts';

const GOALS = { restPerTask: 12, pointsPerTask: 25, readsPerReconcile: 1, reviewsPerLanding: 1.2 } as const;
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [8, 100];

for (const size of sizes) {
  const cost = await measurePlan(size);
  console.log(`plan of ${size} tasks, ${cost.reconciles} reconciles`);
  for (const [name, goal] of Object.entries(GOALS) as [keyof typeof GOALS, number][])
    console.log(
      `  ${name.padEnd(20)} ${cost[name].toFixed(2).padStart(7)}   ×${(cost[name] / goal).toFixed(2)} of the goal ${goal}`,
    );
  for (const [name, count] of cost.requests.slice(0, 15)) console.log(`    ${String(count).padStart(5)}  ${name}`);
}
