/** Payloads that tell of commits: pushes and statuses. */
import type { CommitObject } from '../git-storage.ts';
import { representLogin, toIso } from '../rest/represent-account.ts';
import { representCommit } from '../rest/represent-git.ts';
import { repositoryUrls } from '../rest/represent-repository.ts';
import { ZERO_OID, type Oid, type Repository } from '../state.ts';
import type { World } from '../world.ts';
import type { PushEvent, StatusEvent } from './events.ts';

type Json = Record<string, unknown>;

/** Most commits that a push lists. */
const LISTED_COMMITS = 2_048;

/** What is particular to a `push`. */
export async function representPush(world: World, event: PushEvent): Promise<Json> {
  const { repository, by, ref, before, after } = event;
  const { web } = repositoryUrls(world, repository);
  const isDeleted = after === ZERO_OID;
  const oids = isDeleted ? [] : await listPushed(world, repository, event);
  const commits: Json[] = [];
  for (const oid of oids) commits.push(await representPushedCommit(world, repository, oid));
  const range = before === ZERO_OID || isDeleted ? after : `${before.slice(0, 12)}...${after.slice(0, 12)}`;
  return {
    ref,
    before,
    after,
    base_ref: null,
    created: before === ZERO_OID,
    deleted: isDeleted,
    forced: event.isForced,
    compare: `${web}/compare/${range}`,
    commits,
    head_commit: isDeleted ? null : await representPushedCommit(world, repository, after),
    pusher: { name: by.account.login, email: `${by.account.login}@users.noreply.github.com` },
  };
}

/** Commits that are new with this push, oldest first; of a new branch: those that the default branch lacks. */
async function listPushed(world: World, repository: Repository, { ref, before, after }: PushEvent): Promise<Oid[]> {
  const { parents } = await readCommit(world, repository, after);
  if (parents.length === 1 && parents[0] === before) return [after];
  const trunk = repository.refs.get(`refs/heads/${repository.defaultBranch}`);
  const isTrunk = ref === `refs/heads/${repository.defaultBranch}`;
  const base = before !== ZERO_OID ? before : isTrunk ? null : (trunk ?? null);
  const oids = await world.git.listCommits(repository.gitDir, { base, head: after, limit: LISTED_COMMITS });
  return oids.reverse();
}

async function representPushedCommit(world: World, repository: Repository, oid: Oid): Promise<Json> {
  const commit = await readCommit(world, repository, oid);
  const [parent] = commit.parents;
  const files =
    parent === undefined ? [] : await world.git.listChangedPaths(repository.gitDir, { from: parent, to: oid });
  const paths = (status: string): string[] => files.filter((file) => file.status === status).map((file) => file.path);
  return {
    id: oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: toIso(commit.committer.at),
    url: `${repositoryUrls(world, repository).web}/commit/${oid}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    added: paths('added'),
    removed: paths('removed'),
    modified: paths('modified'),
  };
}

/** What is particular to a `status`. */
export async function representStatusEvent(world: World, { repository, status }: StatusEvent): Promise<Json> {
  const { api } = repositoryUrls(world, repository);
  const commit = await readCommit(world, repository, status.sha);
  const { author, committer, parents, html_url, node_id, ...plain } = representCommit(world, repository, commit);
  const branches = [...repository.refs]
    .filter(([name, oid]) => oid === status.sha && name.startsWith('refs/heads/'))
    .map(([name, sha]) => ({
      name: name.slice('refs/heads/'.length),
      commit: { sha, url: `${api}/commits/${sha}` },
      protected: false,
    }));
  return {
    id: status.id,
    sha: status.sha,
    name: `${repository.owner}/${repository.name}`,
    context: status.context,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    avatar_url: representLogin(world, status.creator)['avatar_url'],
    commit: {
      sha: status.sha,
      node_id,
      url: `${api}/commits/${status.sha}`,
      html_url,
      comments_url: `${api}/commits/${status.sha}/comments`,
      author: null,
      committer: null,
      parents,
      commit: { ...plain, author, committer, comment_count: 0 },
    },
    branches,
    created_at: toIso(status.createdAt),
    updated_at: toIso(status.createdAt),
  };
}

async function readCommit(world: World, repository: Repository, oid: Oid): Promise<CommitObject> {
  const commit = await world.git.readCommit(repository.gitDir, oid);
  if (commit === null) throw new Error(`The commit ${oid} of an event is not in the repository.`);
  return commit;
}
