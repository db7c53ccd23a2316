/**
 * What a plan costs on GitHub: requests and points from the acceptance of the plan to its last landing, write-ahead
 * included, on a fixed trace of events. Nothing is disturbed, so the numbers are the same on every machine.
 */
import { openAppWorld } from './github-app.ts';
import type { LegScript } from './github/actions-stand-in.ts';

/** Costs of one plan, for each of its tasks where nothing else is said. */
export interface PlanCost {
  tasks: number;
  restPerTask: number;
  pointsPerTask: number;
  /** GraphQL documents that read the plan, for each reconcile that decided something. */
  readsPerReconcile: number;
  reviewsPerLanding: number;
  reconciles: number;
  /** Requests by name, most frequent first. */
  requests: readonly (readonly [string, number])[];
}

const CONFIG = `defaults:
  agent: "command: ./agent"
  test: "./test"
  review: "command: ./review"
max_parallel: 8
`;

/** A plan of `count` tasks: groups of four, in which the last needs the first three. */
function writePlan(count: number): string {
  const tasks = Array.from({ length: count }, (_, at) => {
    const needs = at % 4 === 3 ? `\n    needs: [t${at - 3}, t${at - 2}, t${at - 1}]` : '';
    return `  t${at}:\n    title: Task ${at}${needs}\n    estimate: 1h`;
  });
  return `\`\`\`espalier\nplan: cost\ntasks:\n${tasks.join('\n')}\n\`\`\`\n`;
}

const SCRIPT: LegScript = ({ leg }) => ({ files: { [`${leg.task}.txt`]: `done by ${leg.task}\n` } });

/** Runs a plan of `count` tasks to its end and counts. */
export async function measurePlan(count: number): Promise<PlanCost> {
  await using app = await openAppWorld({ files: { '.github/espalier.yml': CONFIG }, script: SCRIPT });
  const { server } = app.github;
  const issue = await app.openIssue('What it costs', writePlan(count));
  await app.settle();
  const before = { requests: server.requests.length, points: server.rateLimits.totalSpent('graphql') };
  await app.say(issue, '/espalier run');
  await app.until(() => issue.state === 'closed', `The end of a plan of ${count} tasks`);
  await app.settle();
  app.read(issue);
  const made = server.requests.slice(before.requests).filter((request) => request.appId === app.app.id);
  const rest = made.filter(({ route }) => route !== undefined && !isOfTheApp(route));
  const reads = made.filter(({ graphql }) => graphql === 'Observe').length;
  const reconciles = app.reconciles();
  const names = new Map<string, number>();
  for (const { graphql, route } of made) {
    const name = graphql ?? route ?? 'git';
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  const reviews = app.standIn.done.filter((leg) => leg.isReviewed).length;
  return {
    tasks: count,
    restPerTask: rest.length / count,
    pointsPerTask: (server.rateLimits.totalSpent('graphql') - before.points) / count,
    readsPerReconcile: reads / reconciles,
    reviewsPerLanding: reviews / count,
    reconciles,
    requests: [...names].sort((a, b) => b[1] - a[1]),
  };
}

/** The sweep's own requests, which are the same however many plans there are. */
function isOfTheApp(route: string): boolean {
  return / \/(?:app|installation)(?:\/|$|s)/.test(route);
}
