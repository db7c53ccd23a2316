/** What the code takes for granted about issues, comments and labels, and about the people who write them. */
import type { GithubFact } from './github-fact.ts';

/** See `github-fact.ts`. */
export const TALK_FACTS = [
  {
    id: 'labels-are-made',
    claim:
      '`POST …/labels` makes a label, is refused by 422 where there is one, and `POST …/issues/{number}/labels` sets it.',
    reliedOnBy: ['src/adapters/github/perform-labels.ts'],
    otherwise: 'Labels are missing, or have no colour; nothing else.',
    sources:
      'Reports of 2025 (octokit/rest.js#479, actions/labeler#867): only with `issues: write`, which the app has.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'reaction-stands-once',
    claim: '`addReaction` with a reaction that stands already is no error, and there is still one.',
    reliedOnBy: ['src/adapters/github/perform-comments.ts'],
    otherwise: 'A command is answered all the same; the acknowledgement of a second try fails in silence.',
    sources: 'REST reference: says so of its own endpoint (200 instead of 201).',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'comment-length',
    claim: 'A comment may have 65,536 characters.',
    reliedOnBy: ['src/core/report/hosted/fit-document.ts'],
    otherwise: 'The status comment of a large plan is refused, and stays as it was.',
    sources: 'Error messages in many reports; not documented.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'edits-are-told',
    claim: '`lastEditedAt` of a comment is empty until it is edited, and never again after that.',
    reliedOnBy: ['src/core/commands/authority.ts', 'src/adapters/github/read-comments.ts'],
    otherwise: '**Edited comments could be commands**: somebody who may edit others’ comments could speak for them.',
    sources: 'GraphQL schema: "The moment the editor made the last edit". Not seen by an app.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'own-comments-are-known',
    claim:
      "`viewerDidAuthor` is true for what the installation wrote, and its author is a `Bot` with the app's slug as login.",
    reliedOnBy: ['src/adapters/github/read-comments.ts', 'src/adapters/github/answer-shapes.ts'],
    otherwise: 'The status comment is not found again, and a second one is written.',
    sources: 'GraphQL schema: has the fields; what holds for installations is not documented.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'label-setter-is-told',
    claim: 'The timeline of an issue names who set a label, as the actor of a `LABELED_EVENT`.',
    reliedOnBy: ['src/adapters/github/observe-query.ts', 'src/core/hosted/apply-commands.ts'],
    otherwise: 'Labels ask for nothing, since nobody is known to have set them. Commands do the same.',
    sources: 'GraphQL schema: has the fields. Not seen by an app.',
    doctor: 'write',
    smokeStep: null,
  },
  {
    id: 'viewer-is-bot',
    claim: 'The `viewer` of an installation is its bot: login `<slug>[bot]`, with a numeric id.',
    reliedOnBy: ['src/adapters/github/app-api.ts'],
    otherwise: "The app's own events are not told from others': each of its writes costs one more look.",
    sources: 'A report of 2026 (fullsend-ai/fullsend#1953); not documented.',
    doctor: 'look',
    smokeStep: null,
  },
  {
    id: 'permissions-are-shown',
    claim: '`GET …/collaborators/{login}/permission` is answered to an app that has nothing but `metadata: read`.',
    reliedOnBy: ['src/adapters/github/read-permissions.ts', 'src/core/commands/authority.ts'],
    otherwise: 'Nobody is obeyed; the missing permission is named in a comment.',
    sources: 'The published table of permissions (2021) names it under metadata; the page of today was not read.',
    doctor: 'look',
    smokeStep: null,
  },
] as const satisfies readonly GithubFact[];
