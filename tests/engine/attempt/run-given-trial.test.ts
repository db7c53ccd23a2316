import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CommitSha, TreeSha } from '../../../src/core/brand.ts';
import { suiteDigest } from '../../../src/core/gate/bindings.ts';
import type { GivenTrialOrder } from '../../../src/engine/orders.ts';
import { runGivenTrial } from '../../../src/engine/run-given-trial.ts';
import { findWorkingEngines, makeTask, openAttemptRoom, trialOrder, watch, type AttemptRoom } from './attempt-room.ts';
import { legDeps, pushHead } from './two-machines.ts';

const ENGINE = (await findWorkingEngines()).at(-1) ?? 'none';
const TASK = makeTask({ test: [['sh', '-c', 'grep -q changed src/a.txt && grep -q new src/b.txt']] });
let room: AttemptRoom;
/** A verified head, and a tip that has gone on meanwhile. */
let head: CommitSha;
let tip: CommitSha;

beforeEach(async () => {
  room = await openAttemptRoom(ENGINE);
  head = pushHead(room, room.base, { 'src/a.txt': 'a\nchanged\n' }).headSha;
  tip = room.commit({ 'src/b.txt': 'new b\n' });
});

afterEach(async () => {
  await room.close();
});

function treeOf(commit: string): TreeSha {
  return room.git('rev-parse', `${commit}^{tree}`) as TreeSha;
}

/** A merge as a forge makes it: of these parents, and with this tree instead of the one that they give. */
function merge(parents: readonly CommitSha[], tree = room.git('merge-tree', '--write-tree', tip, head)): CommitSha {
  return room.git('commit-tree', tree, '-m', 'Merge', ...parents.flatMap((parent) => ['-p', parent])) as CommitSha;
}

function orderOf(commitSha: CommitSha, over: Partial<GivenTrialOrder> = {}): GivenTrialOrder {
  return { ...trialOrder(TASK, { headSha: head, ontoSha: tip }), commitSha, treeSha: null, ...over };
}

/** Folder of the plan's checkouts; it is made with the first of them. */
function treesDir(): string {
  return join(room.stateDir, 'trees', 'plan');
}

function expectTidy(): void {
  expect(room.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(room.git('branch', '--list', 'espalier*')).toBe('');
  expect(existsSync(treesDir()) ? readdirSync(treesDir()) : []).toEqual([]);
}

describe(`the trial of a merge that the forge has made, under ${ENGINE}`, () => {
  it('tests exactly its tree, and moves no branch', async () => {
    const commitSha = merge([tip, head]);
    const result = await runGivenTrial(legDeps(room), orderOf(commitSha), watch());
    expect(result).toMatchObject({
      outcome: 'tested',
      headSha: head,
      ontoSha: tip,
      commitSha,
      treeSha: treeOf(commitSha),
      feedback: '',
      test: { stage: 'trial', status: 'passed', reused: false, suite: suiteDigest(TASK), tree: treeOf(commitSha) },
    });
    expectTidy();
  });

  it('gives back tests that are red on the merged tree, with their log', async () => {
    const task = makeTask({ test: [['sh', '-c', 'cat src/b.txt; exit 3']] });
    const result = await runGivenTrial(legDeps(room), orderOf(merge([tip, head]), { task }), watch());
    expect(result).toMatchObject({ outcome: 'tested', test: { status: 'failed', exitCode: 3, tail: 'new b' } });
    expect(result.feedback).toContain('new b');
    expectTidy();
  });

  it.each<[string, () => CommitSha]>([
    ['its parents are the other way round', () => merge([head, tip])],
    ['it is onto another tip', () => merge([room.base, head])],
    ['it is not a merge', () => merge([tip])],
    ['it has a third parent', () => merge([tip, head, room.base])],
    ['it has none', () => merge([])],
    ['it is of another head', () => merge([tip, pushHead(room, room.base, { 'src/a.txt': 'x\n' }).headSha])],
    ['it is the head itself', () => head],
    ['it brings more than both sides have', () => merge([tip, head], treeOf(withExtra()))],
    ['it leaves one side out', () => merge([tip, head], treeOf(head))],
  ])('is an error and runs nothing where %s', async (_name, make) => {
    const result = await runGivenTrial(legDeps(room), orderOf(make()), watch());
    expect(result).toMatchObject({ outcome: 'error', commitSha: null, treeSha: null, test: null });
    expect(result.feedback).toMatch(/^(?:Commit|Merge) [0-9a-f]{40} /);
    expect(existsSync(treesDir())).toBe(false);
    expectTidy();
  });

  /** The merged tree with a file that nobody has. */
  function withExtra(): CommitSha {
    return pushHead(room, merge([tip, head]), { 'src/extra.txt': 'changed\n' }).headSha;
  }

  it('is an error where both sides conflict, whatever somebody made of it', async () => {
    const ours = room.commit({ 'src/a.txt': 'ours\n' });
    const commitSha = merge([ours, head], treeOf(tip));
    const result = await runGivenTrial(legDeps(room), orderOf(commitSha, { ontoSha: ours }), watch());
    expect(result).toMatchObject({ outcome: 'error', test: null });
    expect(result.feedback).toContain('git finds a conflict');
  });

  it('is an error where the commit is not there, or the job is stopped', async () => {
    const missing = await runGivenTrial(legDeps(room), orderOf('1'.repeat(40) as CommitSha), watch());
    expect(missing).toMatchObject({ outcome: 'error', test: null });
    const stop = new AbortController();
    stop.abort();
    const stopped = await runGivenTrial(legDeps(room), orderOf(merge([tip, head])), watch(stop.signal));
    expect(stopped).toMatchObject({ outcome: 'error', test: null });
    expectTidy();
  });
});

describe('the trial of what the queue of a forge made', () => {
  it('tests it as it is, squashed and with other landings in it, if its tree is the one that the queue showed', async () => {
    const commitSha = merge([tip]);
    const order = orderOf(commitSha, { treeSha: treeOf(commitSha), ontoSha: room.base });
    const result = await runGivenTrial(legDeps(room), order, watch());
    expect(result).toMatchObject({ outcome: 'tested', commitSha, ontoSha: room.base, test: { status: 'passed' } });
  });

  it('is an error where it has another tree', async () => {
    const result = await runGivenTrial(legDeps(room), orderOf(merge([tip]), { treeSha: treeOf(tip) }), watch());
    expect(result).toMatchObject({ outcome: 'error', commitSha: null, test: null });
    expect(result.feedback).toContain('which the queue showed');
  });
});
