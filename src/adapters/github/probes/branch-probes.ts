/** Probes of branches: moves by compare-and-swap, and reads after them. */
import { z } from 'zod';

import type { CommitSha } from '../../../core/brand.ts';
import { CommitName } from '../answer-shapes.ts';
import type { GitHubError } from '../github-error.ts';
import { judge, mutate, query, refusalOf, rest, skip, wordsOf, type Finding, type ProbeBench } from './probe-bench.ts';

const ZEROS = '0'.repeat(40);
const MOVE = 'mutation ProbeMove($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';
const Moved = z.object({ updateRefs: z.object({}) });

/** One move; `from` null: must not exist, `to` null: is deleted. */
export interface ProbeMove {
  branch: string;
  from: CommitSha | null;
  to: CommitSha | null;
  force?: boolean;
}

/** Moves branches as the code does. The refusal, or `null`. */
export function move(bench: ProbeBench, moves: readonly ProbeMove[]): Promise<GitHubError | null> {
  const refUpdates = moves.map(({ branch, from, to, force = false }) => ({
    name: `refs/heads/${branch}`,
    beforeOid: from ?? ZEROS,
    afterOid: to ?? ZEROS,
    force,
  }));
  return refusalOf(() => mutate(bench, MOVE, { repositoryId: bench.repository.nodeId, refUpdates }, Moved));
}

/** Where a branch of this visit is; `null` if there is none. */
export async function readTip(bench: ProbeBench, branch: string): Promise<CommitSha | null> {
  const shape = z.object({ ref: z.object({ target: z.object({ oid: CommitName }) }).nullable() });
  const { ref } = await query(bench, `ref(qualifiedName: "refs/heads/${branch}") { target { oid } }`, shape);
  return ref?.target.oid ?? null;
}

/** A refusal that the code takes for "look again", and nothing else. */
export function isStale(refusal: GitHubError | null): boolean {
  return refusal?.ending.kind === 'elsewhere';
}

/** Words for a refusal that should be of that kind. */
export function staleWords(refusal: GitHubError | null): string {
  if (refusal === null || isStale(refusal)) return wordsOf(refusal);
  return `${wordsOf(refusal)}, which the code takes for '${refusal.ending.kind}'`;
}

export async function probeCreate(bench: ProbeBench): Promise<Finding> {
  const { root, left } = await bench.scratch.commits();
  const branch = bench.scratch.expect('create');
  const first = await move(bench, [{ branch, from: null, to: root }]);
  const second = await move(bench, [{ branch, from: null, to: left }]);
  const tip = await readTip(bench, branch);
  return judge(
    first === null && second !== null && tip === root,
    'made the first time, and refused the second time',
    `first: ${first === null ? 'made' : wordsOf(first)}; second: ${wordsOf(second)}`,
  );
}

export async function probeSwap(bench: ProbeBench): Promise<Finding> {
  const { root, left, right } = await bench.scratch.commits();
  const branch = await bench.scratch.put('swap', root);
  const plain = await move(bench, [{ branch, from: left, to: right }]);
  const forced = await move(bench, [{ branch, from: left, to: right, force: true }]);
  const isKept = (await readTip(bench, branch)) === root;
  const fromTip = await move(bench, [{ branch, from: root, to: left }]);
  return judge(
    plain !== null && forced !== null && isKept && fromTip === null,
    'from another commit than its tip refused, also when forced; from its tip moved',
    `${wordsOf(plain)}; forced: ${wordsOf(forced)}; the branch ${isKept ? 'stayed' : 'MOVED'}; from its tip: ${fromTip === null ? 'moved' : wordsOf(fromTip)}`,
  );
}

export async function probeDelete(bench: ProbeBench): Promise<Finding> {
  const { root, left } = await bench.scratch.commits();
  const branch = await bench.scratch.put('delete', root);
  const wrong = await move(bench, [{ branch, from: left, to: null }]);
  const isKept = (await readTip(bench, branch)) === root;
  const refusal = await move(bench, [{ branch, from: root, to: null }]);
  const isGone = (await readTip(bench, branch)) === null;
  return judge(
    wrong !== null && isKept && refusal === null && isGone,
    'deleted from its tip only',
    `from another commit: ${wordsOf(wrong)}; from its tip: ${refusal === null ? (isGone ? 'deleted' : 'answered, but it is still there') : wordsOf(refusal)}`,
  );
}

export async function probeAtomic(bench: ProbeBench): Promise<Finding> {
  const { root, left, right } = await bench.scratch.commits();
  const one = await bench.scratch.put('atomic-1', root);
  const two = await bench.scratch.put('atomic-2', root);
  const refusal = await move(bench, [
    { branch: one, from: root, to: left },
    { branch: two, from: left, to: right, force: true },
  ]);
  const tips = [await readTip(bench, one), await readTip(bench, two)];
  const moved = tips.filter((tip) => tip !== root).length;
  return judge(
    refusal !== null && moved === 0,
    'of two moves, one of them wrong, none is done',
    `${wordsOf(refusal)}; ${moved} of 2 moved`,
  );
}

export async function probeFastForward(bench: ProbeBench): Promise<Finding> {
  const { left, right } = await bench.scratch.commits();
  const branch = await bench.scratch.put('sideways', left);
  const plain = await move(bench, [{ branch, from: left, to: right }]);
  const isKept = (await readTip(bench, branch)) === left;
  const forced = await move(bench, [{ branch, from: left, to: right, force: true }]);
  return judge(
    plain !== null && isKept && forced === null,
    'to a commit that does not descend from its tip refused; moved when forced',
    `${wordsOf(plain)}; forced: ${forced === null ? 'moved' : wordsOf(forced)}`,
  );
}

export async function probeExists(bench: ProbeBench): Promise<Finding> {
  const { root, left } = await bench.scratch.commits();
  const branch = await bench.scratch.put('exists', root);
  const parameters = { ref: `refs/heads/${branch}`, sha: left };
  const refusal = await refusalOf(() => rest(bench, 'POST /…/git/refs', parameters, z.unknown()));
  return judge(
    refusal?.status === 422 && /reference already exists/i.test(refusal.because),
    '422 with the words "Reference already exists"',
    wordsOf(refusal),
  );
}

const THREE = `mutation ProbeOrder($one: UpdateRefsInput!, $two: UpdateRefsInput!, $three: UpdateRefsInput!) {
  one: updateRefs(input: $one) { clientMutationId }
  two: updateRefs(input: $two) { clientMutationId }
  three: updateRefs(input: $three) { clientMutationId }
}`;

/** Of three moves of one branch the second is wrong, and the third builds on the first. */
export async function probeOrder(bench: ProbeBench): Promise<Finding> {
  const { root, left, right } = await bench.scratch.commits();
  const branch = await bench.scratch.put('order', root);
  const input = (beforeOid: CommitSha, afterOid: CommitSha) => ({
    repositoryId: bench.repository.nodeId,
    refUpdates: [{ name: `refs/heads/${branch}`, beforeOid, afterOid, force: true }],
  });
  const { errors } = await bench.client.graphql({
    kind: 'mutation',
    document: THREE,
    variables: { one: input(root, left), two: input(root, right), three: input(left, right) },
    what: 'Trying several mutations at once',
    answer: z.record(z.string(), z.unknown()),
  });
  const named = errors.map(({ path }) => String(path[0] ?? 'none'));
  const isDone = (await readTip(bench, branch)) === right;
  return judge(
    named.join() === 'two' && isDone,
    'the first and the third done, and an error of the second',
    `the third ${isDone ? 'done' : 'NOT done'}; ${named.length === 0 ? 'no error' : `errors of: ${named.join(', ')}`}`,
  );
}

const COMPARED: readonly (readonly ['root' | 'left' | 'right', string])[] = [
  ['root', 'BEHIND'],
  ['left', 'IDENTICAL'],
  ['right', 'DIVERGED'],
];

export async function probeContains(bench: ProbeBench): Promise<Finding> {
  const commits = await bench.scratch.commits();
  const branch = await bench.scratch.put('contains', commits.left);
  const fields = COMPARED.map(([name]) => `${name}: compare(headRef: "${commits[name]}") { status }`).join(' ');
  const Status = z.object({ status: z.string() }).nullable();
  const { ref } = await query(
    bench,
    `ref(qualifiedName: "refs/heads/${branch}") { ${fields} }`,
    z.object({ ref: z.object({ root: Status, left: Status, right: Status }) }),
  );
  const found = COMPARED.map(([name]) => ref[name]?.status ?? 'nothing');
  const expected = COMPARED.map(([, status]) => status);
  return judge(
    found.join() === expected.join(),
    `an ancestor ${expected[0]}, the tip ${expected[1]}, a commit beside it ${expected[2]}`,
    `an ancestor ${found[0]}, the tip ${found[1]}, a commit beside it ${found[2]}`,
  );
}

const READS = 3;

export async function probeReadAfterWrite(bench: ProbeBench): Promise<Finding> {
  const { root, left } = await bench.scratch.commits();
  const branch = await bench.scratch.put('read', root);
  let [from, to] = [root, left];
  let seen = 0;
  for (let turn = 0; turn < READS; turn += 1) {
    await move(bench, [{ branch, from, to, force: true }]);
    if ((await readTip(bench, branch)) === to) seen += 1;
    [from, to] = [to, from];
  }
  return judge(seen === READS, `${READS} of ${READS} moves seen at once`, `${seen} of ${READS} moves seen at once`);
}

export async function probeArchived(bench: ProbeBench): Promise<Finding> {
  const { repository } = bench;
  if (!repository.isArchived) return skip('the repository is not archived');
  const branch = bench.scratch.branch('archived');
  const refusal = await move(bench, [{ branch, from: null, to: repository.tip }]);
  const isKnown = refusal !== null && refusal.ending.kind === 'refused' && /archived/i.test(refusal.because);
  return judge(isKnown, 'refused, in words that tell it from a missing permission', staleWords(refusal));
}
