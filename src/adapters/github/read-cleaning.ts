/** What a clean-up of one repository looks at: the branches in Espalier's spaces, and which of its issues are open. */
import { z } from 'zod';

import type { BranchName, CommitSha } from '../../core/brand.ts';
import type { HostedBranch } from '../../core/clean/hosted-cleaning.ts';
import { CommitName, Time } from './answer-shapes.ts';
import type { GitHubClient } from './github-client.ts';
import { GraphqlDocument } from './graphql-document.ts';
import { readBlobBytes, BLOB_FRAGMENT, FileEntry } from './read-blob.ts';

/** Where Espalier's branches stand. What a doctor's visit leaves, its next one removes. */
const SPACES = ['espalier/', 'espalier-staging/', 'espalier-ledger/', 'espalier-queue/', 'archive/espalier/'] as const;
/** As all names that Espalier gives. */
const PRINTABLE = /^[\x21-\x7e]{1,250}$/;
const DOCTOR = /^espalier-staging\/doctor-/;
/** Objects that one document asks for. */
const OBJECTS_AT_ONCE = 100;
const CONFIG_PATH = '.github/espalier.yml';
const MAX_CONFIG_BYTES = 1024 * 1024;

interface Place {
  client: GitHubClient;
  owner: string;
  name: string;
  signal?: AbortSignal;
}

const Refs = z.array(z.object({ ref: z.string(), object: z.object({ sha: CommitName, type: z.string() }) }));

/** All branches in Espalier's spaces, with the times of their commits. Throws {@link GitHubError}. */
export async function listOwnBranches(place: Place): Promise<HostedBranch[]> {
  const found: { branch: BranchName; sha: CommitSha }[] = [];
  for (const space of SPACES) found.push(...(await listSpace(place, space)));
  const times = await readTimes(
    place,
    found.map(({ sha }) => sha),
  );
  return found.map((one) => ({ ...one, committedAtMs: times.get(one.sha) ?? 0 }));
}

/** One answer holds the whole list. */
async function listSpace(
  { client, owner, name, signal }: Place,
  space: string,
): Promise<{ branch: BranchName; sha: CommitSha }[]> {
  const refs = await client.rest({
    route: 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
    parameters: { owner, repo: name, ref: `heads/${space}` },
    what: "Listing Espalier's branches",
    answer: Refs,
    ...(signal === undefined ? {} : { signal }),
  });
  return refs.flatMap(({ ref, object }) => {
    const branch = ref.replace(/^refs\/heads\//, '');
    const isOwn = branch.startsWith(space) && PRINTABLE.test(branch) && !DOCTOR.test(branch);
    return isOwn && object.type === 'commit' ? [{ branch: branch as BranchName, sha: object.sha }] : [];
  });
}

const Objects = z.object({
  repository: z.record(z.string(), z.object({ committedDate: Time.optional() }).nullable()).nullable(),
});

async function readTimes(place: Place, shas: readonly CommitSha[]): Promise<Map<CommitSha, number>> {
  const times = new Map<CommitSha, number>();
  const unique = [...new Set(shas)];
  for (let from = 0; from < unique.length; from += OBJECTS_AT_ONCE) {
    const part = unique.slice(from, from + OBJECTS_AT_ONCE);
    const document = new GraphqlDocument('query', 'CommitTimes');
    const fields = part.map(
      (sha, at) => `o${at}: object(oid: ${document.variable('GitObjectID!', sha)}) { ... on Commit { committedDate } }`,
    );
    selectRepository(document, place, fields);
    const answer = await ask(place, document, 'Reading when commits were made', Objects);
    for (const [at, sha] of part.entries()) {
      const atMs = answer.repository?.[`o${at}`]?.committedDate;
      if (atMs !== undefined) times.set(sha, atMs);
    }
  }
  return times;
}

const States = z.object({
  repository: z.record(z.string(), z.object({ state: z.enum(['OPEN', 'CLOSED']) }).nullable()).nullable(),
});

/** Which of these issues are open; one that is gone is not. Throws {@link GitHubError}. */
export async function readOpenIssues(place: Place, issues: readonly number[]): Promise<ReadonlySet<number>> {
  const open = new Set<number>();
  for (let from = 0; from < issues.length; from += OBJECTS_AT_ONCE) {
    const part = issues.slice(from, from + OBJECTS_AT_ONCE);
    const document = new GraphqlDocument('query', 'OpenIssues');
    const fields = part.map((issue, at) => `i${at}: issue(number: ${document.variable('Int!', issue)}) { state }`);
    selectRepository(document, place, fields);
    const answer = await ask(place, document, 'Reading which plans are open', States);
    for (const [at, issue] of part.entries()) if (answer.repository?.[`i${at}`]?.state === 'OPEN') open.add(issue);
  }
  return open;
}

const Config = z.object({
  repository: z
    .object({
      defaultBranchRef: z.object({ target: z.object({ config: FileEntry.optional() }).nullable() }).nullable(),
    })
    .nullable(),
});

/** Text of the configuration on the default branch; `null` if there is none. Throws {@link GitHubError}. */
export async function readConfigText(place: Place): Promise<string | null> {
  const document = new GraphqlDocument('query', 'ReadConfig');
  document.define(BLOB_FRAGMENT);
  const path = document.variable('String!', CONFIG_PATH);
  selectRepository(document, place, [
    `defaultBranchRef { target { ... on Commit { config: file(path: ${path}) { object { ...Blob } } } } }`,
  ]);
  const answer = await ask(place, document, 'Reading the configuration', Config);
  const blob = answer.repository?.defaultBranchRef?.target?.config ?? null;
  if (blob === null) return null;
  const bytes = await readBlobBytes(blob, MAX_CONFIG_BYTES, place);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

function selectRepository(document: GraphqlDocument, { owner, name }: Place, fields: readonly string[]): void {
  const [ownerVariable, nameVariable] = [document.variable('String!', owner), document.variable('String!', name)];
  document.select(`repository(owner: ${ownerVariable}, name: ${nameVariable}) {\n${fields.join('\n')}\n}`);
}

async function ask<T>(
  { client, signal }: Place,
  document: GraphqlDocument,
  what: string,
  answer: z.ZodType<T>,
): Promise<T> {
  const { data } = await client.graphql({
    kind: 'query',
    ...document.finish(),
    what,
    answer,
    ...(signal === undefined ? {} : { signal }),
  });
  return data;
}
