/**
 * Which permission a part of the observation takes. GraphQL says which part an installation may not read, and not what
 * it takes; the permissions are those of the REST endpoints that give the same things.
 */

/** Fields by what reading them takes; the last one of a path decides, since those before it were read. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:statusCheckRollup|checkSuites?|contexts)$/, 'checks=read'],
  [/^(?:runs\d+)$/, 'actions=read'],
  [/^(?:mergeQueue|mergeQueueEntry)$/, 'merge_queues=read'],
  [/^(?:pullRequests?|associatedPullRequests|p\d+|timelineItems|reviews)$/, 'pull_requests=read'],
  [/^(?:issues?|statusComment|comments|labels|labelEvents)$/, 'issues=read'],
  [/^(?:ref|refs|base|defaultBranchRef|ledger|queues?|object|target|file|[trcm]\d+)$/, 'contents=read'],
];

/** The permission that reading what stands at `path` takes, in GitHub's notation; `null` if nothing is known of it. */
export function permissionToRead(path: readonly (string | number)[]): string | null {
  for (const name of path.toReversed()) {
    const found = FIELDS.find(([pattern]) => pattern.test(String(name)));
    if (found !== undefined) return found[1];
  }
  return null;
}
