/** Refs, commits, trees and blobs. */

import { GITHUB_LOGIN } from '../create-world.ts';
import type { Signature, TreeEntry } from '../git-storage.ts';
import { objectNodeId, refNodeId } from '../node-ids.ts';
import type { Account, Oid, Repository } from '../state.ts';
import { rollupOf } from '../operations/rules.ts';
import { showAsUser } from './account-resolvers.ts';
import { listRange } from './commit-ranges.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { findRef, readCommit, resolveRevision, showCommit, showObject, treeOf } from './git-objects.ts';
import type {
  GitObjectSource,
  GraphqlContext,
  RefSource,
  Resolvers,
  RollupSource,
  TypeResolvers,
} from './resolver-types.ts';

/** Beyond this many bytes GitHub cuts the text of a blob. */
const textLimitBytes = 512 * 1024;
/** git looks this far for a NUL byte. */
const binarySearchBytes = 8000;

interface EntrySource {
  readonly repository: Repository;
  readonly entry: TreeEntry;
  /** From the root of the tree that was read. */
  readonly path: string;
}

interface GitActorSource {
  readonly signature: Signature;
}

interface ComparisonSource {
  readonly base: RefSource;
  readonly head: GitObjectSource;
  readonly aheadBy: number;
  readonly behindBy: number;
}

function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function repositoryUrl({ world }: GraphqlContext, repository: Repository): string {
  return `${world.urls.web}/${repository.owner}/${repository.name}`;
}

function showRepository({ repository }: { readonly repository: Repository }) {
  return { kind: 'Repository' as const, repository };
}

/** Checks and statuses of a commit; null where there are none. */
export function showRollup(repository: Repository, oid: Oid): RollupSource | null {
  const { state, checkRuns, statuses } = rollupOf(repository, oid);
  return state === null ? null : { kind: 'StatusCheckRollup', repository, oid, state, checkRuns, statuses };
}

const objectFields: TypeResolvers<GitObjectSource> = {
  id: ({ kind, repository, oid }) => objectNodeId(kind, repository, oid),
  oid: ({ oid }) => oid,
  abbreviatedOid: ({ oid }) => oid.slice(0, 7),
  repository: showRepository,
  commitUrl: ({ repository, oid }, _args, context) => `${repositoryUrl(context, repository)}/commit/${oid}`,
};

function headlineOf(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}

/** GitHub signs the merges that it commits in its own name. */
function isSignedByGitHub(context: GraphqlContext, committer: Signature): boolean {
  return findSigner(context, committer)?.login === GITHUB_LOGIN;
}

const commitFields: TypeResolvers<GitObjectSource> = {
  ...objectFields,
  url: ({ repository, oid }, _args, context) => `${repositoryUrl(context, repository)}/commit/${oid}`,
  message: async (source, _args, context) => (await readCommit(context, source)).message.trimEnd(),
  messageHeadline: async (source, _args, context) => headlineOf((await readCommit(context, source)).message),
  messageBody: async (source, _args, context) => {
    const { message } = await readCommit(context, source);
    return message.slice(headlineOf(message).length).trim();
  },
  author: async (source, _args, context) => ({ signature: (await readCommit(context, source)).author }),
  committer: async (source, _args, context) => ({ signature: (await readCommit(context, source)).committer }),
  authoredDate: async (source, _args, context) => new Date((await readCommit(context, source)).author.at),
  committedDate: async (source, _args, context) => new Date((await readCommit(context, source)).committer.at),
  tree: async (source, _args, context): Promise<GitObjectSource> => ({
    kind: 'Tree',
    repository: source.repository,
    oid: await treeOf(context, source),
    path: '',
  }),
  parents: async (source, page: PageArguments, context) => {
    const { parents } = await readCommit(context, source);
    return pageThrough(
      parents.map((oid) => showCommit(source.repository, oid)),
      page,
    );
  },
  signature: async (source, _args, context) => {
    const { committer } = await readCommit(context, source);
    return isSignedByGitHub(context, committer) ? { kind: 'GpgSignature', email: committer.email } : null;
  },
  statusCheckRollup: ({ repository, oid }) => showRollup(repository, oid),
  checkSuites: (
    { repository, oid },
    { filterBy, ...page }: PageArguments & { readonly filterBy?: CheckSuiteFilter | null },
  ) => pageThrough(findSuites(repository, oid, filterBy ?? {}), page),
  file: async (source, { path }: { readonly path: string }, context): Promise<EntrySource | null> => {
    const { repository } = source;
    const entry = await context.world.git.findPath(repository.gitDir, await treeOf(context, source), path);
    return entry === null ? null : { repository, entry, path };
  },
  history: async (source, { path, ...page }: PageArguments & { readonly path?: string | null }, context) => {
    const { repository, oid } = source;
    const range = { base: null, head: oid };
    const oids =
      path == null
        ? await listRange(context, repository, range)
        : await context.world.git.listCommits(repository.gitDir, { ...range, path });
    return pageThrough(
      oids.map((one) => showCommit(repository, one)),
      page,
    );
  },
};

interface CheckSuiteFilter {
  readonly appId?: number | null;
  readonly checkName?: string | null;
}

function findSuites(repository: Repository, oid: Oid, { appId, checkName }: CheckSuiteFilter) {
  const runs = [...repository.checkRuns.values()];
  return [...repository.checkSuites.values()]
    .filter((suite) => suite.headSha === oid && (appId == null || suite.appId === appId))
    .filter((suite) => checkName == null || runs.some((run) => run.suiteId === suite.id && run.name === checkName))
    .map((suite) => ({ kind: 'CheckSuite' as const, repository, suite }));
}

/** The account whose address of no reply signed a commit. */
function findSigner(context: GraphqlContext, { email }: Signature): Account | undefined {
  const login = /^(?:\d+\+)?(?<login>[^@]+)@users\.noreply\.github\.com$/.exec(email)?.groups?.['login'];
  return login === undefined ? undefined : context.world.state.accounts.get(login.toLowerCase());
}

const treeFields: TypeResolvers<GitObjectSource> = {
  ...objectFields,
  entries: async ({ repository, oid, path }, _args, context): Promise<EntrySource[]> => {
    const entries = await context.world.git.readTree(repository.gitDir, oid);
    return (entries ?? []).map((entry) => ({ repository, entry, path: joinPath(path ?? '', entry.name) }));
  },
};

const entryFields: TypeResolvers<EntrySource> = {
  name: ({ entry }) => entry.name,
  path: ({ path }) => path,
  mode: ({ entry }) => Number.parseInt(entry.mode, 8),
  type: ({ entry }) => entry.type,
  oid: ({ entry }) => entry.oid,
  repository: showRepository,
  size: async ({ repository, entry }, _args, context) =>
    entry.type === 'blob' ? ((await context.world.git.readBlob(repository.gitDir, entry.oid))?.length ?? 0) : 0,
  object: ({ repository, entry, path }): GitObjectSource | null =>
    entry.type === 'commit'
      ? null
      : { kind: entry.type === 'tree' ? 'Tree' : 'Blob', repository, oid: entry.oid, path },
};

async function readBlob(context: GraphqlContext, { repository, oid }: GitObjectSource): Promise<Buffer> {
  const bytes = await context.world.git.readBlob(repository.gitDir, oid);
  if (bytes === null) throw new Error(`The repository ${repository.name} lacks the blob ${oid}.`);
  return bytes;
}

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, binarySearchBytes).includes(0);
}

const blobFields: TypeResolvers<GitObjectSource> = {
  ...objectFields,
  byteSize: async (source, _args, context) => (await readBlob(context, source)).length,
  isBinary: async (source, _args, context) => isBinary(await readBlob(context, source)),
  isTruncated: async (source, _args, context) => (await readBlob(context, source)).length > textLimitBytes,
  text: async (source, _args, context) => {
    const bytes = await readBlob(context, source);
    return isBinary(bytes) ? null : bytes.subarray(0, textLimitBytes).toString('utf8');
  },
};

/** `refs/heads/` and the like; GitHub's names of refs do not repeat it. */
function prefixOf(fullName: string): string {
  return /^refs\/[^/]+\//.exec(fullName)?.[0] ?? 'refs/';
}

const refFields: TypeResolvers<RefSource> = {
  id: ({ repository, name }) => refNodeId(repository, name),
  name: ({ name }) => name.slice(prefixOf(name).length),
  prefix: ({ name }) => prefixOf(name),
  repository: showRepository,
  target: ({ repository, oid }, _args, context) => showObject(context, repository, oid),
  compare: async (base, { headRef }: { readonly headRef: string }, context): Promise<ComparisonSource | null> => {
    const head = await resolveRevision(context, base.repository, headRef);
    if (head === null) return null;
    const apart = await context.world.git.countApart(base.repository.gitDir, base.oid, head.oid);
    return { base, head, ...apart };
  },
};

function comparisonStatus({ aheadBy, behindBy }: ComparisonSource): string {
  if (aheadBy > 0) return behindBy > 0 ? 'DIVERGED' : 'AHEAD';
  return behindBy > 0 ? 'BEHIND' : 'IDENTICAL';
}

const comparisonFields: TypeResolvers<ComparisonSource> = {
  status: comparisonStatus,
  aheadBy: ({ aheadBy }) => aheadBy,
  behindBy: ({ behindBy }) => behindBy,
  baseTarget: ({ base }, _args, context) => showObject(context, base.repository, base.oid),
  headTarget: ({ head }) => head,
  commits: async ({ base, head }, page: PageArguments, context) => {
    const oids = await listRange(context, base.repository, { base: base.oid, head: head.oid });
    return pageThrough(oids.map((oid) => showCommit(base.repository, oid)).reverse(), page);
  },
};

const gitActorFields: TypeResolvers<GitActorSource> = {
  name: ({ signature }) => signature.name,
  email: ({ signature }) => signature.email,
  date: ({ signature }) => new Date(signature.at),
  user: ({ signature }, _args, context) => {
    const account = findSigner(context, signature);
    return account === undefined ? null : showAsUser(account);
  },
};

export const gitResolvers: Resolvers = {
  Commit: commitFields,
  Tree: treeFields,
  TreeEntry: entryFields,
  Blob: blobFields,
  Ref: refFields,
  Comparison: comparisonFields,
  GitActor: gitActorFields,
  GpgSignature: {
    isValid: () => true,
    state: () => 'VALID',
    wasSignedByGitHub: () => true,
    email: ({ email }: { readonly email: string }) => email,
  },
};

/** Refs under a prefix, in order of name, as `Repository.refs` lists them. */
export function listRefs(repository: Repository, prefix: string): RefSource[] {
  return [...repository.refs.keys()]
    .filter((name) => name.startsWith(prefix))
    .sort()
    .flatMap((name) => findRef(repository, name) ?? []);
}
