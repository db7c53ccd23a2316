/** Probes of pull requests: all between branches of the visit, but for one draft that only asks a merge queue. */
import { z } from 'zod';

import type { CommitSha } from '../../../core/brand.ts';
import { CommitName, TreeName } from '../answer-shapes.ts';
import { move } from './branch-probes.ts';
import { makeCheckRun } from './check-probes.ts';
import {
  judge,
  mutate,
  oncePerVisit,
  query,
  refusalOf,
  rest,
  skip,
  waitFor,
  wordsOf,
  type Finding,
  type ProbeBench,
  type Visit,
} from './probe-bench.ts';

const OPEN =
  'mutation ProbeOpen($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id number } } }';
const Opened = z.object({
  createPullRequest: z.object({ pullRequest: z.object({ id: z.string(), number: z.number().int() }) }),
});
const MERGE =
  'mutation ProbeMergePull($input: MergePullRequestInput!) { mergePullRequest(input: $input) { pullRequest { state } } }';
const MergedPull = z.object({ mergePullRequest: z.object({ pullRequest: z.object({ state: z.string() }) }) });
const ENQUEUE =
  'mutation ProbeEnqueue($input: EnqueuePullRequestInput!) { enqueuePullRequest(input: $input) { mergeQueueEntry { id } } }';

const BODY =
  'Opened by `espalier doctor --github --write` to see what GitHub does. It closes by itself; nothing of it is to be merged by hand.';

interface OpenedPull {
  id: string;
  number: number;
}

async function openPull(
  bench: ProbeBench,
  wanted: { base: string; head: string; draft?: boolean },
): Promise<OpenedPull> {
  const input = {
    repositoryId: bench.repository.nodeId,
    baseRefName: wanted.base,
    headRefName: wanted.head,
    title: 'Espalier doctor: a pull request to try things on',
    body: BODY,
    draft: wanted.draft ?? false,
  };
  const { createPullRequest } = await mutate(bench, OPEN, input, Opened);
  const { id, number } = createPullRequest.pullRequest;
  bench.scratch.remember(`the pull request #${number}`, () => closePull(bench.lasting, number));
  return { id, number };
}

async function closePull(visit: Visit, number: number): Promise<void> {
  const { state } = await readPull(visit, number);
  if (state !== 'OPEN') return;
  await rest(visit, 'PATCH /…/pulls/{pull_number}', { pull_number: number, state: 'closed' }, z.unknown());
}

const PullState = z.object({
  pullRequest: z.object({ state: z.string(), headRefOid: CommitName, mergeable: z.string() }),
});

async function readPull(visit: Visit, number: number) {
  const fields = `pullRequest(number: ${number}) { state headRefOid mergeable }`;
  return (await query(visit, fields, PullState)).pullRequest;
}

interface TriedPull extends OpenedPull {
  head: string;
  headSha: CommitSha;
}

/** The pull request that several probes use in turn; it has a check run with buttons for the smoke test. */
const tryPull = oncePerVisit(async (bench): Promise<TriedPull> => {
  const { scratch } = bench;
  const { left, merged } = await scratch.commits();
  const base = await scratch.put('pull-base', left);
  const head = await scratch.put('pull-head', merged);
  const opened = await openPull(bench, { base, head });
  await refusalOf(() => makeCheckRun(bench, merged, true));
  return { ...opened, head, headSha: merged };
});

export async function probePullOfBranch(bench: ProbeBench): Promise<Finding> {
  const { head, number } = await tryPull(bench);
  const { ref } = await query(
    bench,
    `ref(qualifiedName: "refs/heads/${head}") { associatedPullRequests(first: 5) { nodes { number } } }`,
    z.object({
      ref: z.object({ associatedPullRequests: z.object({ nodes: z.array(z.object({ number: z.number() })) }) }),
    }),
  );
  const found = ref.associatedPullRequests.nodes.map((one) => one.number);
  return judge(
    found.includes(number),
    'the pull request found',
    found.length === 0 ? 'none found' : `found #${found.join(', #')}`,
  );
}

export async function probeMergeable(bench: ProbeBench): Promise<Finding> {
  const { number } = await tryPull(bench);
  const first = (await readPull(bench, number)).mergeable;
  const later = await waitFor(bench, async () => {
    const { mergeable } = await readPull(bench, number);
    return mergeable === 'UNKNOWN' ? null : mergeable;
  });
  return judge(
    later === 'MERGEABLE',
    'MERGEABLE within a minute',
    `${first} at first, ${later ?? 'still UNKNOWN'} within a minute`,
  );
}

export async function probeForcedHead(bench: ProbeBench): Promise<Finding> {
  const { head, headSha, number } = await tryPull(bench);
  const { right } = await bench.scratch.commits();
  const refusal = await move(bench, [{ branch: head, from: headSha, to: right, force: true }]);
  if (refusal !== null) return judge(false, 'moved', wordsOf(refusal));
  const followed = await waitFor(bench, async () => {
    const pull = await readPull(bench, number);
    return pull.headRefOid === right ? pull.state : null;
  });
  await move(bench, [{ branch: head, from: right, to: headSha, force: true }]);
  return judge(
    followed === 'OPEN',
    'open, with the new head',
    followed === null ? 'the old head, after a minute' : `${followed.toLowerCase()}, with the new head`,
  );
}

export async function probeMergePin(bench: ProbeBench): Promise<Finding> {
  const { id, number, headSha } = await tryPull(bench);
  const { right } = await bench.scratch.commits();
  const { mergeMethod } = bench.repository;
  await waitFor(bench, async () => ((await readPull(bench, number)).headRefOid === headSha ? true : null));
  const tryMerge = (expectedHeadOid: CommitSha) =>
    refusalOf(() => mutate(bench, MERGE, { pullRequestId: id, expectedHeadOid, mergeMethod }, MergedPull));
  const wrong = await tryMerge(right);
  const { state } = await readPull(bench, number);
  const expected = 'with another head refused; with its head merged';
  if (wrong === null || state !== 'OPEN')
    return judge(false, expected, `with another head ${wordsOf(wrong)}; it is ${state.toLowerCase()}`);
  const refusal = await tryMerge(headSha);
  return judge(
    refusal === null,
    expected,
    `with another head ${wordsOf(wrong)}; with its head ${refusal === null ? 'merged' : wordsOf(refusal)}`,
  );
}

export async function probeMergedByPush(bench: ProbeBench): Promise<Finding> {
  const { scratch } = bench;
  const { left, merged } = await scratch.commits();
  const base = await scratch.put('push-base', left);
  const head = await scratch.put('push-head', merged);
  const { number } = await openPull(bench, { base, head });
  const refusal = await move(bench, [{ branch: base, from: left, to: merged }]);
  if (refusal !== null) return judge(false, 'moved', wordsOf(refusal));
  const state = await waitFor(bench, async () => {
    const pull = await readPull(bench, number);
    return pull.state === 'OPEN' ? null : pull.state;
  });
  return judge(state === 'MERGED', 'MERGED within a minute', state ?? 'still open after a minute');
}

/**
 * A draft cannot be put into a queue, and none with another head than expected: nothing can land by this. Whether the
 * app may ask at all is told by which refusal comes.
 */
export async function probeQueue(bench: ProbeBench): Promise<Finding> {
  const { scratch, repository } = bench;
  const Queue = z.object({ mergeQueue: z.object({ id: z.string() }).nullable() });
  const { mergeQueue } = await query(bench, 'mergeQueue { id }', Queue);
  if (mergeQueue === null) return skip('the default branch has no merge queue');
  const Tip = z.object({ object: z.object({ tree: z.object({ oid: TreeName }) }) });
  const { object } = await query(bench, `object(oid: "${repository.tip}") { ... on Commit { tree { oid } } }`, Tip);
  const tree = await scratch.tree({ 'espalier-doctor.txt': 'not to be merged\n' }, object.tree.oid);
  const onTop = await scratch.commit(tree, [repository.tip], 'a draft that nothing merges');
  const head = await scratch.put('queue-head', onTop);
  const { id } = await openPull(bench, { base: repository.defaultBranch, head, draft: true });
  const { right } = await scratch.commits();
  const input = { pullRequestId: id, expectedHeadOid: right };
  const refusal = await refusalOf(() => mutate(bench, ENQUEUE, input, z.object({ enqueuePullRequest: z.object({}) })));
  const isAllowed = refusal !== null && refusal.ending.kind !== 'forbidden';
  return judge(isAllowed, 'refused, but not for want of a permission', wordsOf(refusal));
}

const Oid = z.object({ oid: CommitName }).nullable();
const Entries = z.object({
  mergeQueue: z
    .object({
      entries: z.object({
        nodes: z.array(z.object({ state: z.string(), baseCommit: Oid, headCommit: Oid }).nullable()),
      }),
    })
    .nullable(),
});

/** A group is built a moment after its entry came. */
export async function probeQueueEntries(bench: ProbeBench): Promise<Finding> {
  const fields = 'mergeQueue { entries(first: 10) { nodes { state baseCommit { oid } headCommit { oid } } } }';
  const { mergeQueue } = await query(bench, fields, Entries);
  if (mergeQueue === null) return skip('the default branch has no merge queue');
  const [entry] = mergeQueue.entries.nodes.filter((one) => one !== null);
  if (entry === undefined) return skip('the merge queue is empty');
  const isWhole = entry.baseCommit !== null && entry.headCommit !== null;
  return judge(
    isWhole,
    'an entry with both commits of its group',
    `an entry, ${entry.state}, ${isWhole ? 'with both commits of its group' : 'without a commit of its group'}`,
  );
}
