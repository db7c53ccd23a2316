/** Probes of what holds for the app as a whole: refusals, the large query, its price, rules, webhooks. */
import { z } from 'zod';

import type { BranchName, PlanId, TaskId } from '../../../core/brand.ts';
import { REDELIVERY_WINDOW_MS } from '../../../core/intake/choose-redeliveries.ts';
import { writeObserveQuery } from '../observe-query.ts';
import { judge, query, refusalOf, rest, skip, wordsOf, type Finding, type ProbeBench } from './probe-bench.ts';

const NEEDS_APP = 'it needs the credentials of the app';

/** Asks for the deletion of a branch that does not exist, with a token that may delete none. */
export async function probeWantedPermission(bench: ProbeBench): Promise<Finding> {
  if (bench.app === null) return skip(NEEDS_APP);
  const { app, repository, scratch } = bench;
  const ref = `heads/${scratch.branch('never-made')}`;
  const refusal = await refusalOf(() =>
    rest({ client: app.bare, repository }, 'DELETE /…/git/refs/{ref}', { ref }, z.unknown()),
  );
  const named = refusal?.ending.kind === 'forbidden' ? refusal.ending.permission : null;
  return judge(
    named !== null && /\bcontents=write\b/.test(named),
    'refused, with contents=write named',
    refusal?.ending.kind === 'forbidden' ? `refused, with ${named ?? 'nothing'} named` : wordsOf(refusal),
  );
}

export async function probeRules(bench: ProbeBench): Promise<Finding> {
  if (bench.app === null) return skip(NEEDS_APP);
  const { app, repository } = bench;
  const refusal = await refusalOf(() =>
    rest(
      { client: app.bare, repository },
      'GET /…/rules/branches/{branch}',
      { branch: repository.defaultBranch },
      z.array(z.object({ type: z.string() })),
    ),
  );
  return judge(refusal === null, 'answered', refusal === null ? 'answered' : wordsOf(refusal));
}

const Protection = z.object({ defaultBranchRef: z.object({ name: z.string() }) });

export async function probeOldProtection(bench: ProbeBench): Promise<Finding> {
  const fields = `defaultBranchRef { name
    refUpdateRule { viewerCanPush }
    branchProtectionRule { requiresStrictStatusChecks }
  }`;
  const refusal = await refusalOf(() => query(bench, fields, Protection));
  return judge(refusal === null, 'answered', refusal === null ? 'answered' : wordsOf(refusal));
}

/** The real document with one of everything in it. What it asks for is not there; only the form is tried. */
export async function probeObserveQuery(bench: ProbeBench): Promise<Finding> {
  const { client, repository } = bench;
  const branch = bench.scratch.branch('never-made') as BranchName;
  const task = 'doctor' as TaskId;
  const facts = {
    issue: 1,
    base: repository.defaultBranch as BranchName,
    tasks: [
      { task, branch, pull: null },
      { task, branch, pull: 1 },
    ],
    trials: [{ task, branch }],
    runs: [],
    receipts: [{ key: 'doctor', branch, runId: 1, artifact: 'doctor' }],
    landings: [{ commitSha: repository.tip, task }],
    statusComment: null,
    knownSources: new Set<string>(),
    logins: [],
  };
  const { owner, name } = repository;
  const shape = { hasMergeQueue: true, asksForGate: true, appId: 1, isJobToken: false };
  const context = { owner, name, plan: 'issue-1' as PlanId, base: facts.base, ...shape };
  const written = writeObserveQuery(facts, facts, context);
  const { data, errors } = await client.graphql({
    kind: 'query',
    ...written,
    what: 'Reading as a reconcile reads',
    answer: z.object({ repository: z.object({ id: z.string() }), rateLimit: z.object({ cost: z.number() }) }),
  });
  // That a thing is not there is what was asked for; rules of the older kind are shown to few.
  const wrong = errors.filter(
    ({ failure, path }) => failure.type !== 'NOT_FOUND' && !path.some((one) => DISPENSABLE.has(one)),
  );
  const [first] = wrong;
  const cost = `${data.rateLimit.cost} points`;
  return judge(
    first === undefined,
    'answered without an error',
    first === undefined ? `answered, for ${cost}` : `${client.describe(first.failure)} at ${first.path.join('.')}`,
  );
}

const DISPENSABLE: ReadonlySet<string | number> = new Set(['refUpdateRule', 'branchProtectionRule']);

const COST = `query ProbeCost($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: 100) { nodes { labels(first: 1) { totalCount } comments(first: 1) { totalCount } } }
  }
  rateLimit { cost }
}`;
/** One connection of the repository, two of each of a hundred pull requests: 201 by the rule, which is 2 points. */
const EXPECTED_COST = 2;

export async function probeCost({ client, repository }: ProbeBench): Promise<Finding> {
  const { data } = await client.graphql({
    kind: 'query',
    document: COST,
    variables: { owner: repository.owner, name: repository.name },
    what: 'Reading what a query costs',
    answer: z.object({ rateLimit: z.object({ cost: z.number() }) }),
  });
  const { cost } = data.rateLimit;
  return judge(cost === EXPECTED_COST, `${EXPECTED_COST} points for 201 connections`, `${cost} points`);
}

const Deliveries = z.array(z.object({ id: z.union([z.number(), z.bigint()]), delivered_at: z.string() }));

export async function probeRedelivery(bench: ProbeBench): Promise<Finding> {
  if (bench.app === null) return skip(NEEDS_APP);
  const { app, clock, signal } = bench;
  const failed = await app.client.rest({
    route: 'GET /app/hook/deliveries',
    parameters: { per_page: 100, status: 'failure' },
    what: 'Listing the failed webhooks of the app',
    answer: Deliveries,
    signal,
  });
  const sinceMs = clock.now() - REDELIVERY_WINDOW_MS;
  const oldest = failed.findLast(({ delivered_at: at }) => Date.parse(at) > sinceMs);
  if (oldest === undefined) return skip('the list is answered, but no webhook has failed within three days');
  const refusal = await refusalOf(() =>
    app.client.rest({
      route: 'POST /app/hook/deliveries/{delivery_id}/attempts',
      parameters: { delivery_id: String(oldest.id) },
      what: 'Asking for a webhook again',
      answer: z.unknown(),
    }),
  );
  const hours = Math.round((clock.now() - Date.parse(oldest.delivered_at)) / 3_600_000);
  const found = `one of ${hours} hours ago ${refusal === null ? 'is sent again' : wordsOf(refusal)}`;
  return judge(refusal === null, 'sent again', found);
}
