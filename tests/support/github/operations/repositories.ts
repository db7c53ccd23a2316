/** Repositories, their people and their rulesets. */
import { cp } from 'node:fs/promises';

import { addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type { Repository, RepositorySettings, Role, Ruleset } from '../state.ts';
import { accountOf, nextSmallId, type Actor, type World, setFields } from '../world.ts';
import { pushCommits } from './commits.ts';

/** A repository to make. */
export interface NewRepository {
  owner: string;
  name: string;
  isPrivate?: boolean;
  defaultBranch?: string;
  /** First commit; `null` leaves the repository empty. A `README.md` unless said. */
  files?: Record<string, string | Uint8Array> | null;
  settings?: Partial<RepositorySettings>;
}

/** A ruleset to add: without bypass unless said. */
export type NewRuleset = Pick<Ruleset, 'name' | 'include' | 'rules'> &
  Partial<Pick<Ruleset, 'enforcement' | 'exclude' | 'bypassActors'>>;

const DEFAULT_SETTINGS: RepositorySettings = {
  allowMergeCommit: true,
  allowSquashMerge: true,
  allowRebaseMerge: true,
  allowAutoMerge: false,
  deleteBranchOnMerge: false,
  actionsEnabled: true,
  workflowPermissions: 'read',
  actionsMayOpenPulls: false,
};

/** Makes a repository with one commit. */
export async function createRepository(world: World, by: Actor, wanted: NewRepository): Promise<Repository> {
  return world.atomically(async () => {
    const repository = await addRepository(world, wanted);
    await world.emit({ event: 'repository', action: 'created', repository, by });
    if (wanted.files !== null)
      await pushCommits(world, by, repository, {
        branch: repository.defaultBranch,
        commits: [{ message: 'Begin', files: wanted.files ?? { 'README.md': `# ${wanted.name}\n` } }],
      });
    return repository;
  });
}

/** Forks a repository into another account: same commits and branches, nothing else. */
export async function forkRepository(world: World, by: Actor, source: Repository, owner: string): Promise<Repository> {
  return world.atomically(async () => {
    const fork = await addRepository(world, { owner, name: source.name, defaultBranch: source.defaultBranch });
    await cp(source.gitDir, fork.gitDir, { recursive: true, force: true });
    const pullRefs = [...(await world.git.readRefs(fork.gitDir)).keys()].filter((name) => !source.refs.has(name));
    await world.git.run(
      fork.gitDir,
      ['update-ref', '--stdin', '-z'],
      pullRefs.map((name) => `delete ${name}\0\0`).join(''),
    );
    fork.isFork = true;
    fork.refs = new Map(source.refs);
    await world.emit({ event: 'repository', action: 'created', repository: fork, by });
    return fork;
  });
}

async function addRepository(world: World, wanted: NewRepository): Promise<Repository> {
  const { state } = world;
  accountOf(state, wanted.owner);
  const id = nextSmallId(state);
  const now = world.clock.now();
  const repository: Repository = {
    id,
    nodeId: makeNodeId('Repository', id),
    owner: wanted.owner,
    name: wanted.name,
    description: null,
    isPrivate: wanted.isPrivate ?? false,
    isArchived: false,
    isFork: false,
    defaultBranch: wanted.defaultBranch ?? 'main',
    gitDir: await world.git.initRepository(`${id}`),
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    settings: { ...DEFAULT_SETTINGS, ...wanted.settings },
    collaborators: new Map(),
    refs: new Map(),
    lastNumber: 0,
    issues: new Map(),
    labels: new Map(),
    comments: new Map(),
    reviews: new Map(),
    checkSuites: new Map(),
    checkRuns: new Map(),
    statuses: [],
    rulesets: new Map(),
    mergeQueues: new Map(),
    workflows: new Map(),
    runs: new Map(),
    jobs: new Map(),
    artifacts: new Map(),
  };
  state.repositories.set(id, repository);
  state.formerNames.delete(`${wanted.owner}/${wanted.name}`.toLowerCase());
  addNode(state, repository.nodeId, { kind: 'Repository', repository });
  return repository;
}

/** Archives a repository, or makes it writable again. */
export async function setArchived(world: World, by: Actor, repository: Repository, isArchived: boolean): Promise<void> {
  await world.atomically(async () => {
    setFields(repository, { isArchived, updatedAt: world.clock.now() });
    await world.emit({ event: 'repository', action: isArchived ? 'archived' : 'unarchived', repository, by });
  });
}

/** Changes whether Actions are on, and how pull requests may be merged. */
export async function changeSettings(
  world: World,
  repository: Repository,
  settings: Partial<RepositorySettings>,
): Promise<void> {
  await world.atomically(async () => {
    setFields(repository.settings, settings);
  });
}

/** Renames a repository; the former name redirects. */
export async function renameRepository(world: World, by: Actor, repository: Repository, name: string): Promise<void> {
  await world.atomically(async () => {
    const from = repository.name;
    world.state.formerNames.set(`${repository.owner}/${from}`.toLowerCase(), repository.id);
    setFields(repository, { name, updatedAt: world.clock.now() });
    const changes = { repository: { name: { from } } };
    await world.emit({ event: 'repository', action: 'renamed', repository, by, changes });
  });
}

/** Gives a repository to another account; installations on the old one reach it no longer, and hear of it last. */
export async function transferRepository(
  world: World,
  by: Actor,
  repository: Repository,
  owner: string,
): Promise<void> {
  await world.atomically(async () => {
    const from = accountOf(world.state, repository.owner);
    accountOf(world.state, owner);
    world.state.formerNames.set(`${repository.owner}/${repository.name}`.toLowerCase(), repository.id);
    const leaving = [...world.state.installations.values()].filter(
      (one) => one.repositorySelection === 'selected' && one.repositoryIds.has(repository.id),
    );
    setFields(repository, { owner, updatedAt: world.clock.now() });
    for (const installation of leaving) {
      installation.repositoryIds.delete(repository.id);
      await world.emit({
        event: 'installation_repositories',
        action: 'removed',
        installation,
        by,
        repositories: [repository],
      });
    }
    const changes = { owner: { from: { [from.kind === 'Organization' ? 'organization' : 'user']: from } } };
    await world.emit({ event: 'repository', action: 'transferred', repository, by, changes });
  });
}

/** Deletes a repository; pull requests from it elsewhere lose their head repository. */
export async function deleteRepository(world: World, by: Actor, repository: Repository): Promise<void> {
  await world.atomically(async () => {
    await world.emit({ event: 'repository', action: 'deleted', repository, by });
    world.state.repositories.delete(repository.id);
    world.state.nodes.delete(repository.nodeId);
    for (const other of world.state.repositories.values())
      for (const issue of other.issues.values())
        if (issue.pull?.headRepositoryId === repository.id) issue.pull.headRepositoryId = null;
  });
}

/** Says what a person may do; `none` takes everything from them that being a stranger does not give. */
export async function setRole(world: World, repository: Repository, login: string, role: Role): Promise<void> {
  await world.atomically(async () => {
    const { login: exact } = accountOf(world.state, login);
    repository.collaborators.set(exact.toLowerCase(), role);
  });
}

/** Adds a ruleset, active unless said. */
export async function addRuleset(world: World, repository: Repository, wanted: NewRuleset): Promise<Ruleset> {
  return world.atomically(async () => {
    const id = nextSmallId(world.state);
    const ruleset: Ruleset = {
      id,
      nodeId: makeNodeId('RepositoryRuleset', id),
      name: wanted.name,
      enforcement: wanted.enforcement ?? 'active',
      include: wanted.include,
      exclude: wanted.exclude ?? [],
      bypassActors: wanted.bypassActors ?? [],
      rules: wanted.rules,
    };
    repository.rulesets.set(id, ruleset);
    addNode(world.state, ruleset.nodeId, { kind: 'RepositoryRuleset', repository, ruleset });
    return ruleset;
  });
}

/** Removes a ruleset; its rules hold no longer. */
export async function removeRuleset(world: World, repository: Repository, rulesetId: number): Promise<void> {
  await world.atomically(async () => {
    const ruleset = repository.rulesets.get(rulesetId);
    if (ruleset !== undefined) world.state.nodes.delete(ruleset.nodeId);
    repository.rulesets.delete(rulesetId);
  });
}
