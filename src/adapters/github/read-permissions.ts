/** Who may command: the permission of everybody who has said something new that may be a command. */
import { z } from 'zod';

import type { Permission, Speaker } from '../../core/commands/authority.ts';
import { readCommands } from '../../core/commands/read-commands.ts';
import type { CommentFact, FactsQuery, ForgeFacts } from '../../core/hosted/facts.ts';
import { GitHubError } from './github-error.ts';
import type { GitHubClient } from './github-client.ts';
import type { RepositoryMemory } from './repository-memory.ts';

/**
 * So many people are looked up in one read, those first who spoke first; the others stay unknown until the next one.
 * A crowd of strangers must not use up the quota.
 */
const MAX_LOOKUPS = 20;

const PermissionAnswer = z.object({ permission: z.string(), role_name: z.string().nullish() });

const PERMISSIONS: ReadonlySet<string> = new Set(['admin', 'maintain', 'write', 'triage', 'read', 'none']);

/** Reads permissions by login in lower case. A login that is absent could not be looked up this time. */
export async function readPermissions(
  seen: Pick<ForgeFacts, 'issue' | 'pulls' | 'app'> & { query: FactsQuery },
  source: { client: GitHubClient; memory: RepositoryMemory },
): Promise<ForgeFacts['permissions']> {
  const logins = new Set([...listSpeakers(seen, source.memory), ...seen.query.logins].map((one) => one.toLowerCase()));
  const asked = [...logins].filter(isLogin).slice(0, MAX_LOOKUPS);
  const found = await Promise.all(asked.map(async (login) => [login, await readPermission(login, source)] as const));
  return new Map(found.flatMap(([login, permission]) => (permission === null ? [] : [[login, permission]])));
}

/** Logins of people whose new words may be commands, in the order in which they spoke. */
function listSpeakers(
  { issue, pulls, query, app }: Pick<ForgeFacts, 'issue' | 'pulls' | 'app'> & { query: FactsQuery },
  memory: RepositoryMemory,
): string[] {
  const isNew = (nodeId: string, speaker: Speaker) => !query.knownSources.has(nodeId) && speaker.kind === 'user';
  const said = [...(issue?.comments ?? []), ...[...pulls.values()].flatMap((pull) => pull.comments)]
    .filter((comment) => isNew(comment.nodeId, comment.author) && !comment.isOwn && comment.editedAtMs === null)
    .filter((comment) => holdsCommand(comment, comment.thread === issue?.number, memory))
    .map(({ author, createdAtMs }) => ({ login: author.login, atMs: createdAtMs }));
  const labelled = (issue?.labelEvents ?? [])
    .filter(({ nodeId, actor }) => isNew(nodeId, actor) && actor.login !== app.login)
    .map(({ actor, atMs }) => ({ login: actor.login, atMs }));
  return [...said, ...labelled].toSorted((a, b) => a.atMs - b.atMs).map(({ login }) => login);
}

function holdsCommand(comment: CommentFact, isOnPlan: boolean, memory: RepositoryMemory): boolean {
  const known = memory.commandMarks.get(comment.nodeId);
  if (known !== undefined) return known;
  const holds = readCommands(comment.body, isOnPlan ? 'plan' : 'pull').length > 0;
  memory.commandMarks.set(comment.nodeId, holds);
  return holds;
}

/** A login becomes part of a path. GitHub's own have nothing but these characters. */
function isLogin(login: string): boolean {
  return /^[a-z\d](?:[a-z\d_-]{0,100})$/.test(login);
}

/** `null` if it cannot be told now. Somebody whom GitHub does not know (any more) has none. */
async function readPermission(
  login: string,
  { client, memory }: { client: GitHubClient; memory: RepositoryMemory },
): Promise<Permission | null> {
  try {
    const { permission, role_name: role } = await client.rest({
      route: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      parameters: { owner: memory.address.owner, repo: memory.address.name, username: login },
      what: 'Reading the permission of a person',
      answer: PermissionAnswer,
    });
    // A role may have a name of its own; then the permission that it is based on counts.
    const name = [role ?? '', permission].find((one) => PERMISSIONS.has(one));
    return (name as Permission | undefined) ?? 'none';
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.ending.kind === 'gone') return 'none';
    if (error.isTransient) return null;
    throw error;
  }
}
