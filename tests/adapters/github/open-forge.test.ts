import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { BranchName, PlanId, TaskId } from '../../../src/core/brand.ts';
import type { CheckOutput, ForgeEffect } from '../../../src/core/hosted/effect.ts';
import type { FactsQuery } from '../../../src/core/hosted/facts.ts';
import type { DispatchLeg } from '../../../src/core/ledger/forge-record.ts';
import type { HostedForge, HostedLedgerVersion } from '../../../src/ports/hosted-forge.ts';
import { LABELS } from '../../../src/core/commands/labels.ts';
import { serverError } from '../../support/github/faults.ts';
import { addComment } from '../../support/github/operations/comments.ts';
import { pushCommits } from '../../support/github/operations/commits.ts';
import { createIssue } from '../../support/github/operations/issues.ts';
import { createLabel } from '../../support/github/operations/labels.ts';
import { addRuleset, createRepository, renameRepository } from '../../support/github/operations/repositories.ts';
import { completeRun, uploadArtifact } from '../../support/github/operations/runs.ts';
import { openGitHubFixture, type GitHubFixture } from './github-fixture.ts';
import { aQuery, sha } from './observer.ts';

const PLAN = 'issue-1' as PlanId;
const MAIN = 'main' as BranchName;
const RULES = 'GET /repos/{owner}/{repo}/rules/branches/{branch}';

const WORKFLOW = `name: Espalier
run-name: espalier \${{ inputs.plan }} \${{ inputs.nonce }}
on:
  workflow_dispatch:
    inputs: { plan: { required: true }, legs: { required: true }, nonce: { required: true }, ledger: { required: true } }
`;

function targetOf({ installation, repository }: GitHubFixture) {
  const { id, owner, name } = repository;
  return { installationId: installation.id, repositoryId: id, owner, repo: name };
}

function openIssue({ world, maintainer, repository }: GitHubFixture) {
  return createIssue(world, maintainer, repository, { title: 'A plan', body: 'Do it.' });
}

describe('the forge of a repository', () => {
  test('is one for each repository and installation, and asks once who the app is', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const { github, installation } = fixture;
    const forge = github.forgeOf(targetOf(fixture));
    expect(github.forgeOf(targetOf(fixture))).toBe(forge);
    expect(github.forgeOf({ ...targetOf(fixture), installationId: installation.id + 1 })).not.toBe(forge);
    const { facts } = await forge.observe(aQuery(), PLAN);
    expect(facts.app).toEqual({ id: fixture.app.id, login: 'espalier[bot]' });
    await forge.observe(aQuery(), PLAN);
    expect(fixture.requests().filter((name) => name === 'GET /app')).toHaveLength(1);
  });

  test('asks again who the app is where it could not be told', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const forge = fixture.github.forgeOf(targetOf(fixture));
    fixture.hub.server.faults.add({ route: 'GET /app' }, serverError('before'), { times: 4 });
    await expect(forge.observe(aQuery(), PLAN)).rejects.toThrow('Reading who the app is failed');
    expect((await forge.observe(aQuery(), PLAN)).facts.issue?.number).toBe(1);
  });

  test('follows the news of a new name, also if another repository has taken the old one', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository, github } = fixture;
    await openIssue(fixture);
    const forge = github.forgeOf(targetOf(fixture));
    await forge.observe(aQuery(), PLAN);
    await renameRepository(world, maintainer, repository, 'gadgets');
    await createRepository(world, maintainer, { owner: 'acme', name: 'widgets' });
    await expect(forge.observe(aQuery(), PLAN)).rejects.toThrow('another repository stands under its name');
    expect(github.forgeOf(targetOf(fixture))).toBe(forge);
    expect((await forge.observe(aQuery(), PLAN)).facts.repository.name).toBe('gadgets');
  });

  test('reads the rules of a base anew after it has refused a landing', async () => {
    await using fixture = await openGitHubFixture();
    const { world, bot, repository, github } = fixture;
    await openIssue(fixture);
    const forge = github.forgeOf(targetOf(fixture));
    await forge.observe(aQuery({ base: MAIN }), PLAN);
    await addRuleset(world, repository, { name: 'Frozen', include: ['~DEFAULT_BRANCH'], rules: [{ type: 'update' }] });
    const from = sha(repository.refs.get('refs/heads/main'));
    const to = sha(
      await pushCommits(world, bot, repository, { branch: 'work', commits: [{ message: 'a', files: { a: 'a' } }] }),
    );
    const land: ForgeEffect = {
      kind: 'land',
      key: 'land.1',
      task: 'auth' as TaskId,
      way: 'fast-forward',
      base: MAIN,
      from,
      to,
      pullNodeId: null,
      title: 'Auth',
      message: '',
    };
    expect((await forge.perform([land], from)).get('land.1')).toMatchObject({ kind: 'refused' });
    expect((await forge.observe(aQuery({ base: MAIN }), PLAN)).facts.rules.otherRules).toEqual(['update']);
    expect(fixture.requests().filter((name) => name === RULES)).toHaveLength(2);
  });
});

test('effects whose turn comes when their lease is about to end are left for later, and not done', async () => {
  await using fixture = await openGitHubFixture();
  const { clock, hub, repository } = fixture;
  const issue = await openIssue(fixture);
  const forge = fixture.github.forgeOf(targetOf(fixture));
  await forge.observe(aQuery(), PLAN);
  const slow = { kind: 'slow', until: () => Promise.resolve(clock.advance(26_000)) } as const;
  hub.server.faults.add({ graphql: 'FindComment' }, slow);
  const answer: ForgeEffect = { kind: 'answer', key: 'answer', thread: issue.number, body: 'Yes', lookFirst: true };
  const tip = sha(repository.refs.get('refs/heads/main'));
  expect((await forge.perform([answer], tip)).get('answer')).toMatchObject({ kind: 'later', notBeforeMs: clock.now() });
  expect(repository.comments.size).toBe(0);
  expect((await forge.perform([answer], tip, clock.now() + 1000)).get('answer')?.kind).toBe('comment-posted');
});

const TASK = 'auth' as TaskId;
const BRANCH = 'espalier/issue-1/auth' as BranchName;
const STAGING = 'espalier-staging/issue-1/receipt/auth.1.7' as BranchName;
const TRIAL = 'espalier-staging/issue-1/trial.auth.1' as BranchName;

const OUTPUT: CheckOutput = {
  status: 'completed',
  conclusion: 'success',
  title: 'Open',
  summary: 'All rules hold.',
  text: '',
  annotations: [],
  actions: [],
};

function aLeg(leg: Partial<DispatchLeg>): DispatchLeg {
  return { work: 'attempt', task: TASK, attempt: 1, generation: 7, mode: 'full', headSha: null, isOver: false, ...leg };
}

/** A plan of one task from its command to its landing, by the forge alone: the way that costs most. */
class OneTask {
  private version: HostedLedgerVersion = { plan: null, queue: null };
  private writes = 0;
  private readonly fixture: GitHubFixture;
  private readonly forge: HostedForge;

  constructor(fixture: GitHubFixture) {
    this.fixture = fixture;
    this.forge = fixture.github.forgeOf(targetOf(fixture));
  }

  /** One reconcile: read, write ahead, do. */
  async reconcile(query: Partial<FactsQuery>, effects: readonly ForgeEffect[], writesQueue = false) {
    const { facts } = await this.forge.observe(aQuery({ base: MAIN, ...query }), PLAN);
    this.writes += 1;
    const text = JSON.stringify({ writes: this.writes });
    const written = await this.forge.writeLedgers({
      plan: PLAN,
      base: MAIN,
      version: this.version,
      planFiles: { '.agent-coordination/plan.json': text },
      queueFiles: writesQueue ? { '.agent-coordination/merge-queue.json': text } : null,
      subject: 'Plan of #1',
    });
    if (written.kind !== 'written') throw new Error(`Writing ended in ${written.kind}.`);
    this.version = written.version;
    const outcomes = await this.forge.perform(effects, sha(this.version.plan ?? undefined));
    const bad = [...outcomes].filter(([, { kind }]) => ['elsewhere', 'refused', 'forbidden', 'later'].includes(kind));
    if (bad.length > 0) throw new Error(`Not all was done: ${JSON.stringify(bad)}`);
    return { facts, outcomes };
  }

  /** What a leg leaves: head, receipt and artifact; the run ends with it. */
  async leave(runId: number, branch: BranchName): Promise<void> {
    const { world, bot, repository } = this.fixture;
    const files = { 'receipt.json': '{}', 'evidence.json': '{}' };
    await pushCommits(world, bot, repository, { branch, commits: [{ message: 'Receipt', files }] });
    const run = repository.runs.get(runId)!;
    await uploadArtifact(world, run, { name: 'espalier-auth.1-evidence.json', bytes: Buffer.from('{}') });
    await completeRun(world, run, 'success');
  }

  async work() {
    const { world, bot, maintainer, repository } = this.fixture;
    const issue = await openIssue(this.fixture);
    const command = await addComment(world, maintainer, issue, '/espalier run');
    const known = new Set([command.nodeId]);
    await this.reconcile({}, [
      { kind: 'react', key: 'react', commentNodeId: command.nodeId, content: 'EYES' },
      { kind: 'status-comment', key: 'status', nodeId: null, thread: 1, body: '<!-- status -->\nBegun' },
      { kind: 'answer', key: 'answer', thread: 1, body: '<!-- answer -->\nYes', lookFirst: false },
      { kind: 'set-labels', key: 'labels.plan', thread: 1, add: ['espalier:running'], remove: [] },
    ]);
    const dispatched = await this.reconcile({ knownSources: known }, [
      { kind: 'dispatch', key: 'dispatch', workflow: 'espalier-dispatch.yml', nonce: 'issue-1.7', legs: [aLeg({})] },
    ]);
    const first = dispatched.outcomes.get('dispatch');
    if (first?.kind !== 'run-named') throw new Error('No run was named.');
    const runs = [{ nonce: 'issue-1.7', runId: first.run.id, nodeId: first.run.nodeId }];
    await this.reconcile({ knownSources: known, runs }, []);
    const head = sha(
      await pushCommits(world, bot, repository, {
        branch: STAGING,
        commits: [{ message: 'Auth', files: { auth: 'a' } }],
      }),
    );
    await this.leave(first.run.id, STAGING);
    const receipts = [{ key: 'auth', branch: STAGING, runId: first.run.id, artifact: 'espalier-auth.1-evidence.json' }];
    const tip = sha(repository.refs.get(`refs/heads/${STAGING}`));
    const read = await this.reconcile({ knownSources: known, runs, receipts }, [
      {
        kind: 'move-branches',
        key: 'move',
        moves: [
          { branch: 'espalier/issue-1/auth.1' as BranchName, from: null, to: head, force: false },
          { branch: BRANCH, from: null, to: head, force: true },
          { branch: STAGING, from: tip, to: null, force: false },
        ],
      },
      { kind: 'open-pull', key: 'pull', task: TASK, branch: BRANCH, base: MAIN, title: 'Auth', body: 'Of the plan.' },
    ]);
    return { receipt: read.facts.receipts.get('auth'), landed: await this.land(head, known) };
  }

  private async land(head: ReturnType<typeof sha>, knownSources: ReadonlySet<string>) {
    const { repository } = this.fixture;
    const onto = sha(repository.refs.get('refs/heads/main'));
    const tasks = [{ task: TASK, branch: BRANCH, pull: 2 }];
    const pull = repository.issues.get(2)!;
    await this.reconcile({ knownSources, tasks }, [
      { kind: 'set-labels', key: 'labels', thread: 2, add: ['espalier', 'espalier:running'], remove: [] },
      {
        kind: 'check-run',
        key: 'check',
        nodeId: null,
        name: 'espalier/gate',
        headSha: head,
        externalId: 'x',
        output: OUTPUT,
      },
      { kind: 'make-trial', key: 'trial', task: TASK, branch: TRIAL, from: null, onto, head, message: 'Try auth' },
    ]);
    const trials = [{ task: TASK, branch: TRIAL }];
    const leg = aLeg({
      work: 'trial',
      mode: 'verify',
      headSha: sha(repository.refs.get(`refs/heads/${TRIAL}`)),
      generation: 8,
    });
    const dispatched = await this.reconcile({ knownSources, tasks, trials }, [
      { kind: 'dispatch', key: 'verify', workflow: 'espalier-dispatch.yml', nonce: 'issue-1.8', legs: [leg] },
      { kind: 'set-labels', key: 'labels', thread: 2, add: ['espalier:queued'], remove: ['espalier:running'] },
    ]);
    const run = dispatched.outcomes.get('verify');
    if (run?.kind !== 'run-named') throw new Error('No run was named.');
    const verified = 'espalier-staging/issue-1/receipt/auth.1.8' as BranchName;
    await this.leave(run.run.id, verified);
    const to = sha(repository.refs.get(`refs/heads/${TRIAL}`));
    const receipts = [{ key: 'trial', branch: verified, runId: run.run.id, artifact: 'espalier-auth.1-evidence.json' }];
    const runs = [{ nonce: 'issue-1.8', runId: run.run.id, nodeId: run.run.nodeId }];
    const frame = { kind: 'land', key: 'land', task: TASK, base: MAIN, from: onto, to } as const;
    await this.reconcile(
      { knownSources, tasks, trials, runs, receipts },
      [{ ...frame, way: 'fast-forward', pullNodeId: null, title: 'Auth', message: '' }],
      true,
    );
    const landed = await this.reconcile(
      { knownSources, tasks, landings: [{ task: TASK, commitSha: to }] },
      [
        { kind: 'set-labels', key: 'labels', thread: 2, add: ['espalier:landed'], remove: ['espalier:queued'] },
        { kind: 'update-pull', key: 'body', nodeId: pull.pull!.nodeId, body: 'Landed.' },
        { kind: 'move-branches', key: 'tidy', moves: [{ branch: BRANCH, from: head, to: null, force: false }] },
      ],
      true,
    );
    return landed.facts.landed.get(to);
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

test('a task costs 7 requests of REST and at most 25 points of GraphQL from its command to its landing', async () => {
  await using fixture = await openGitHubFixture();
  const { world, maintainer, repository, hub } = fixture;
  for (const { name } of LABELS) await createLabel(world, repository, { name });
  await pushCommits(world, maintainer, repository, {
    branch: 'main',
    commits: [{ message: 'Workflow', files: { '.github/workflows/espalier-dispatch.yml': WORKFLOW } }],
  });
  const { receipt, landed } = await new OneTask(fixture).work();
  expect(receipt).toMatchObject({ evidenceDigest: digestOf('{}') });
  expect(landed).toMatchObject({ contained: true });
  const rest = fixture.requests().filter((name) => name.includes('/'));
  // Once for a process, a base or a plan, and not for each of its tasks.
  const isOnce = (name: string) => name === 'GET /app' || name === RULES || name.includes('/git/');
  expect(rest.filter(isOnce)).toHaveLength(8);
  const dispatch = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
  const run = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
  expect(rest.filter((name) => !isOnce(name))).toEqual([
    'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
    dispatch,
    run,
    `${run}/artifacts`,
    dispatch,
    run,
    `${run}/artifacts`,
  ]);
  expect(hub.server.rateLimits.totalSpent('graphql')).toBeLessThanOrEqual(25);
});
