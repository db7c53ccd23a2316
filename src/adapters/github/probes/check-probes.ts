/** Probes of check runs and of the rollup that shows them. */
import { z } from 'zod';

import type { CommitSha } from '../../../core/brand.ts';
import { judge, mutate, query, skip, type Finding, type ProbeBench } from './probe-bench.ts';

const CREATE =
  'mutation ProbeCheck($input: CreateCheckRunInput!) { createCheckRun(input: $input) { checkRun { id } } }';
const Created = z.object({ createCheckRun: z.object({ checkRun: z.object({ id: z.string() }) }) });
const UPDATE =
  'mutation ProbeCheckEnd($input: UpdateCheckRunInput!) { updateCheckRun(input: $input) { checkRun { status conclusion } } }';
const Updated = z.object({
  updateCheckRun: z.object({ checkRun: z.object({ status: z.string(), conclusion: z.string().nullable() }) }),
});

const NAME = 'espalier/doctor';
const EXTERNAL_ID = 'doctor/check';
const BUTTONS = ['review', 'retry', 'why'].map((identifier) => ({
  label: identifier,
  identifier,
  description: 'Does nothing: a button of the doctor',
}));

/** A check run as the code makes them, with everything that one can have. */
export async function makeCheckRun(bench: ProbeBench, headSha: CommitSha, isDone: boolean): Promise<string> {
  const made = await mutate(
    bench,
    CREATE,
    {
      repositoryId: bench.repository.nodeId,
      name: NAME,
      headSha,
      externalId: EXTERNAL_ID,
      ...(isDone
        ? { status: 'COMPLETED', conclusion: 'ACTION_REQUIRED', actions: BUTTONS }
        : { status: 'IN_PROGRESS' }),
      output: {
        title: 'A check run of the doctor',
        summary: 'It shows what check runs of an app can have.',
        text: 'Nothing depends on it.',
        annotations: [
          {
            path: 'base.txt',
            location: { startLine: 1, endLine: 1 },
            annotationLevel: 'NOTICE',
            message: 'An annotation of the doctor',
          },
        ],
      },
    },
    Created,
  );
  return made.createCheckRun.checkRun.id;
}

const Shown = z.object({
  object: z
    .object({
      statusCheckRollup: z
        .object({
          contexts: z.object({
            nodes: z.array(
              z
                .object({
                  id: z.string().optional(),
                  externalId: z.string().nullish(),
                  checkSuite: z.object({ app: z.object({ databaseId: z.number().nullable() }).nullable() }).optional(),
                })
                .nullable(),
            ),
          }),
        })
        .nullable(),
    })
    .nullable(),
});

export async function probeCheckRun(bench: ProbeBench): Promise<Finding> {
  const { left } = await bench.scratch.commits();
  await bench.scratch.put('check', left);
  const id = await makeCheckRun(bench, left, true);
  const { object } = await query(
    bench,
    `object(oid: "${left}") { ... on Commit { statusCheckRollup { contexts(first: 100) { nodes {
      ... on CheckRun { id externalId checkSuite { app { databaseId } } }
    } } } } }`,
    Shown,
  );
  const shown = object?.statusCheckRollup?.contexts.nodes.find((one) => one?.id === id) ?? null;
  const expected = 'made, and shown in the rollup with its external id and the id of the app';
  if (shown === null) return judge(false, expected, 'made, and not shown in the rollup');
  const appId = shown.checkSuite?.app?.databaseId ?? null;
  const isOurs = bench.app === null ? appId !== null : appId === bench.app.id;
  return judge(
    isOurs && shown.externalId === EXTERNAL_ID,
    expected,
    `made, and shown with ${shown.externalId === EXTERNAL_ID ? 'its' : 'another'} external id, as of the app ${appId ?? 'nobody'}`,
  );
}

export async function probeCheckRunUpdate(bench: ProbeBench): Promise<Finding> {
  const { right } = await bench.scratch.commits();
  await bench.scratch.put('check-update', right);
  const checkRunId = await makeCheckRun(bench, right, false);
  const input = { repositoryId: bench.repository.nodeId, checkRunId, status: 'COMPLETED', conclusion: 'SUCCESS' };
  const { updateCheckRun } = await mutate(bench, UPDATE, input, Updated);
  const { status, conclusion } = updateCheckRun.checkRun;
  return judge(
    status === 'COMPLETED' && conclusion === 'SUCCESS',
    'COMPLETED, SUCCESS',
    `${status}, ${conclusion ?? 'no conclusion'}`,
  );
}

const HISTORY = `query ProbeRollups($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { target { ... on Commit { history(first: 10) { nodes {
      statusCheckRollup { contexts(first: 100) { nodes { __typename } } }
    } } } } }
  }
}`;
const Rollups = z.object({
  repository: z.object({
    defaultBranchRef: z.object({
      target: z.object({
        history: z.object({
          nodes: z.array(
            z.object({
              statusCheckRollup: z
                .object({ contexts: z.object({ nodes: z.array(z.object({ __typename: z.string() }).nullable()) }) })
                .nullable(),
            }),
          ),
        }),
      }),
    }),
  }),
});

/** Looks at the last commits of the default branch: an app cannot make a commit status of its own. */
export async function probeAllChecks({ client, repository }: ProbeBench): Promise<Finding> {
  const { data, errors } = await client.graphql({
    kind: 'query',
    document: HISTORY,
    variables: { owner: repository.owner, name: repository.name },
    what: 'Reading the checks of the last commits',
    answer: Rollups,
  });
  const contexts = data.repository.defaultBranchRef.target.history.nodes.flatMap(
    (commit) => commit.statusCheckRollup?.contexts.nodes ?? [],
  );
  const hidden = contexts.filter((one) => one === null).length;
  const [first] = errors;
  if (first !== undefined)
    return judge(false, 'every check shown', `${hidden} hidden: ${client.describe(first.failure)}`);
  const statuses = contexts.filter((one) => one?.__typename === 'StatusContext').length;
  if (statuses === 0) return skip('the last ten commits of the default branch have no commit status');
  return judge(true, 'every check shown', `all shown, ${statuses} commit statuses among them`);
}
