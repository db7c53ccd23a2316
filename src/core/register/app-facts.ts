/** What the code takes for granted about apps: their registration, tokens, limits and webhooks. */
import type { GithubFact } from './github-fact.ts';

/** See `github-fact.ts`. */
export const APP_FACTS = [
  {
    id: 'manifest-is-taken',
    claim: 'GitHub registers an app from `app.yml` as it stands, with all of its permissions and events.',
    reliedOnBy: ['app.yml', 'src/entrypoints/app/manifest.ts'],
    otherwise: 'The page on GitHub names what it does not take, and nothing is registered.',
    sources: 'The reference describes the form; that `merge_queues` may stand in a manifest is not said.',
    doctor: null,
    smokeStep: 1,
  },
  {
    id: 'wanted-permission-is-named',
    claim:
      'A request that lacks a permission is refused by 403, with the permission in `x-accepted-github-permissions`.',
    reliedOnBy: ['src/adapters/github/answer-headers.ts', 'src/core/report/hosted/obstacle.ts'],
    otherwise: 'The comment about a missing permission does not name it.',
    sources: 'Seen in a report (github/gh-stack#497); the header is mentioned in "Troubleshooting the REST API".',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'observe-query-is-taken',
    claim: 'The one query that a reconcile reads everything with fits the schema of GitHub as it is today.',
    reliedOnBy: ['src/adapters/github/observe-query.ts'],
    otherwise: 'No plan can be read at all.',
    sources: 'It is tested against the published schema, whose newest copy is of early 2025.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'query-cost-is-counted-so',
    claim:
      'A query costs a point for each hundred connections that it asks for, by the sizes that it asks for and not by what is found.',
    reliedOnBy: ['src/adapters/github/observe-query.ts', 'src/adapters/github/read-pull.ts'],
    otherwise: 'Large plans use up the quota sooner than is promised; they wait, and the status comment says so.',
    sources: 'The page on limits gives the rule with an example.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'failed-deliveries-are-listed',
    claim: 'The app can list its failed webhooks, and ask for one again, for three days after the first try.',
    reliedOnBy: ['src/core/intake/choose-redeliveries.ts', 'src/entrypoints/app/sweep.ts'],
    otherwise: 'What is lost for longer is found by the sweep, which looks at all open plans anyway.',
    sources: 'REST reference: the endpoints. Three days stand in a third-party text; older pages say thirty.',
    doctor: 'write',
    smokeStep: null,
  },
] as const satisfies readonly GithubFact[];
