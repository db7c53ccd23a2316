/** Probes of commits that GitHub makes: by `createCommitOnBranch`, by `mergeBranch`, and without a parent. */
import { z } from 'zod';

import type { CommitSha } from '../../../core/brand.ts';
import { Commit, CommitName, TreeName } from '../answer-shapes.ts';
import { isStale, move, readTip, staleWords } from './branch-probes.ts';
import {
  judge,
  mutate,
  query,
  refusalOf,
  skip,
  waitFor,
  wordsOf,
  type Finding,
  type ProbeBench,
} from './probe-bench.ts';

const COMMIT = `mutation ProbeCommit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid parents(first: 2) { nodes { oid } } } }
}`;
const Committed = z.object({
  createCommitOnBranch: z.object({
    commit: z.object({ oid: CommitName, parents: z.object({ nodes: z.array(z.object({ oid: CommitName })) }) }),
  }),
});
const MERGE = `mutation ProbeMerge($input: MergeBranchInput!) {
  mergeBranch(input: $input) { mergeCommit { oid tree { oid } parents(first: 3) { nodes { oid } } } }
}`;
const Merged = z.object({
  mergeBranch: z.object({
    mergeCommit: Commit.extend({ parents: z.object({ nodes: z.array(z.object({ oid: CommitName })) }) }),
  }),
});

/** A ledger of a hundred tasks with all of their evidence stays below it. */
const LARGE_BYTES = 2 * 1024 * 1024;

interface NewCommit {
  branch: string;
  expected: CommitSha;
  content: Uint8Array;
}

async function commitOn(bench: ProbeBench, { branch, expected, content }: NewCommit) {
  const { owner, name } = bench.repository;
  const input = {
    branch: { repositoryNameWithOwner: `${owner}/${name}`, branchName: branch },
    expectedHeadOid: expected,
    message: { headline: 'Espalier doctor: commit' },
    fileChanges: { additions: [{ path: 'ledger.json', contents: Buffer.from(content).toString('base64') }] },
  };
  const made = await mutate(bench, COMMIT, input, Committed);
  return made.createCommitOnBranch.commit;
}

export async function probeCommitSwap(bench: ProbeBench): Promise<Finding> {
  const { root, left } = await bench.scratch.commits();
  const branch = await bench.scratch.put('commit', root);
  const content = Buffer.from('{}\n');
  const wrong = await refusalOf(() => commitOn(bench, { branch, expected: left, content }));
  const isKept = (await readTip(bench, branch)) === root;
  const made = await commitOn(bench, { branch, expected: root, content });
  const parents = made.parents.nodes.map(({ oid }) => oid);
  const isChild = parents.length === 1 && parents[0] === root && (await readTip(bench, branch)) === made.oid;
  return judge(
    isStale(wrong) && isKept && isChild,
    'on another commit than its tip refused as stale; on its tip made',
    `${staleWords(wrong)}; the branch ${isKept ? 'stayed' : 'MOVED'}; on its tip: ${isChild ? 'made' : 'made with other parents'}`,
  );
}

export async function probeLargeCommit(bench: ProbeBench): Promise<Finding> {
  const { root } = await bench.scratch.commits();
  const branch = await bench.scratch.put('large', root);
  const content = Buffer.alloc(LARGE_BYTES, 'ledger\n');
  const refusal = await refusalOf(() => commitOn(bench, { branch, expected: root, content }));
  const size = `${LARGE_BYTES / 1024 ** 2} MiB`;
  return judge(refusal === null, `${size} taken`, refusal === null ? `${size} taken` : `${size} ${wordsOf(refusal)}`);
}

export async function probeRootCommit(bench: ProbeBench): Promise<Finding> {
  const { rootParents } = await bench.scratch.commits();
  return judge(rootParents === 0, 'a commit without a parent', `a commit with ${rootParents} parents`);
}

async function merge(bench: ProbeBench, base: string, head: CommitSha) {
  const input = {
    repositoryId: bench.repository.nodeId,
    base,
    head,
    commitMessage: 'Espalier doctor: merge',
  };
  return (await mutate(bench, MERGE, input, Merged)).mergeBranch.mergeCommit;
}

export async function probeMerge(bench: ProbeBench): Promise<Finding> {
  const { left, right, mergedTree } = await bench.scratch.commits();
  const branch = await bench.scratch.put('merge', left);
  const made = await merge(bench, branch, right);
  const parents = made.parents.nodes.map(({ oid }) => oid);
  const hasParents = parents.join() === [left, right].join();
  const hasTree = made.tree.oid === mergedTree;
  const isThere = (await readTip(bench, branch)) === made.oid;
  return judge(
    hasParents && hasTree && isThere,
    'the branch at a commit with the parents tip and head, and the tree of both',
    `${hasParents ? 'the parents tip and head' : `${parents.length} other parents`}; ${hasTree ? 'the tree of both' : 'ANOTHER tree'}; the branch ${isThere ? 'is at it' : 'is elsewhere'}`,
  );
}

export async function probeConflict(bench: ProbeBench): Promise<Finding> {
  const { red, green } = await bench.scratch.commits();
  const branch = await bench.scratch.put('conflict', red);
  const refusal = await refusalOf(() => merge(bench, branch, green));
  const isKept = (await readTip(bench, branch)) === red;
  return judge(
    refusal !== null && /merge conflict/i.test(refusal.because) && isKept,
    'refused with the words "merge conflict", and the branch stays',
    `${wordsOf(refusal)}; the branch ${isKept ? 'stayed' : 'MOVED'}`,
  );
}

const Suites = z.object({
  object: z
    .object({
      checkSuites: z.object({ nodes: z.array(z.object({ workflowRun: z.object({ event: z.string() }).nullable() })) }),
    })
    .nullable(),
});

/** A new commit with the tree of the default branch: runs on it can have been started by nothing else. */
export async function probeStartsCi(bench: ProbeBench): Promise<Finding> {
  const { scratch, repository } = bench;
  const Tip = z.object({ object: z.object({ tree: z.object({ oid: TreeName }) }).nullable() });
  const { object } = await query(bench, `object(oid: "${repository.tip}") { ... on Commit { tree { oid } } }`, Tip);
  if (object === null) return skip('the default branch has no tree that can be read');
  const fresh = await scratch.commit(object.tree.oid, [repository.tip], 'does this start the workflows?');
  const refusal = await move(bench, [{ branch: scratch.expect('ci'), from: null, to: fresh }]);
  if (refusal !== null) return judge(false, 'moved', wordsOf(refusal));
  const fields = `object(oid: "${fresh}") { ... on Commit { checkSuites(first: 50) { nodes { workflowRun { event } } } } }`;
  const found = await waitFor(bench, async () => {
    const { object: commit } = await query(bench, fields, Suites);
    return commit?.checkSuites.nodes.find(({ workflowRun }) => workflowRun?.event === 'push') ?? null;
  });
  if (found === null)
    return skip('no workflow started within a minute; only one that runs on every push could show it');
  return judge(true, 'a run by the event push', 'a run by the event push');
}

const LastChange = z.object({
  defaultBranchRef: z.object({
    target: z.object({
      history: z.object({
        nodes: z.array(
          z.object({
            oid: CommitName,
            parents: z.object({ nodes: z.array(z.object({ oid: CommitName, tree: z.object({ oid: TreeName }) })) }),
          }),
        ),
      }),
    }),
  }),
});

/** Merges a child of the commit before the last change of a workflow file onto the default branch's tip. */
export async function probeOldWorkflows(bench: ProbeBench): Promise<Finding> {
  const { scratch, repository } = bench;
  const { defaultBranchRef } = await query(
    bench,
    `defaultBranchRef { target { ... on Commit { history(first: 1, path: ".github/workflows") {
      nodes { oid parents(first: 1) { nodes { oid tree { oid } } } }
    } } } }`,
    LastChange,
  );
  const [before] = defaultBranchRef.target.history.nodes[0]?.parents.nodes ?? [];
  if (before === undefined) return skip('no workflow file of the default branch was changed after its first commit');
  const tree = await scratch.tree({ [`espalier-doctor/${scratch.branch('old')}.txt`]: 'old\n' }, before.tree.oid);
  const old = await scratch.commit(tree, [before.oid], 'older than the last change of a workflow');
  const branch = await scratch.put('old-workflows', repository.tip);
  const refusal = await refusalOf(() => merge(bench, branch, old));
  return judge(refusal === null, 'merged', refusal === null ? 'merged' : wordsOf(refusal));
}
