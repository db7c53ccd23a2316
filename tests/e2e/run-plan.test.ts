import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { BranchName, PlanId, TaskId } from '../../src/core/brand.ts';
import { cancelTask, pausePlan, resumePlan, retryTask } from '../../src/core/ledger/transitions.ts';
import type { ResolvedPlan } from '../../src/core/plan/plan.ts';
import { changeLedger } from '../../src/engine/ledger-session.ts';
import { runPlan } from '../../src/engine/run-plan.ts';
import type { RunRequest } from '../../src/engine/run-request.ts';
import { aPlan, fakeDigest, taskId } from '../support/builders.ts';
import { branch, makeRepository } from '../support/git-fixture.ts';
import { requestFor, scriptedTask, SMALL_PROJECT } from '../support/running-plan.ts';
import { heldTask, openDeps, statesOf, viewOf, watchRun } from '../support/watched-run.ts';

/** Two tasks that may run at once and touch the same lines. */
const TWO = aPlan([scriptedTask('a'), scriptedTask('c')]);

const onMain = (plan: ResolvedPlan, base: RunRequest): RunRequest => ({ ...base, plan, target: branch('main') });

describe('a run of a plan', () => {
  it('lets one process work and tells the other who does', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const gate = `${repository.root}/gate`;
    const plan = aPlan([heldTask('a', gate)]);
    const [first, second] = [await openDeps(repository), await openDeps(repository)];
    const watched = watchRun();
    const running = runPlan(first, requestFor(plan, base), watched.control);
    await watched.until((event) => event.kind === 'attempt-started');
    const refused = await runPlan(second, requestFor(plan, base), watchRun().control);
    expect(refused).toMatchObject({ kind: 'busy', holder: { description: first.holder.description } });
    await repository.write({ '../gate': '' });
    expect(viewOf(await running).status).toBe('landed');
  });

  it('has nothing left to do when it is given again', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    expect(viewOf(await runPlan(await openDeps(repository), requestFor(TWO, base), watchRun().control)).status).toBe(
      'landed',
    );
    const tip = await repository.sha('espalier/plan/landed');
    const again = watchRun();
    const outcome = await runPlan(await openDeps(repository), requestFor(TWO, base), again.control);
    expect({ status: viewOf(outcome).status, events: again.events }).toEqual({ status: 'landed', events: [] });
    expect(await repository.sha('espalier/plan/landed')).toBe(tip);
  });

  it('leaves the base, the checkout and every other branch as they were', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    await repository.git('branch', 'mine');
    await repository.write({ 'list.txt': 'not committed\n', 'new.txt': 'untracked\n' });
    const before = await repository.git('for-each-ref', '--format=%(refname) %(objectname)');
    const status = await repository.git('status', '--porcelain');
    await runPlan(await openDeps(repository), requestFor(TWO, await repository.sha()), watchRun().control);
    const after = await repository.git('for-each-ref', '--format=%(refname) %(objectname)');
    const kept = after
      .split('\n')
      .filter((line) => !/^refs\/heads\/(?:espalier|espalier-(?:ledger|queue|staging))\//.test(line));
    expect(kept.join('\n')).toBe(before);
    expect(await repository.git('status', '--porcelain')).toBe(status);
    expect(await repository.git('worktree', 'list')).not.toContain('trees');
  });

  it('lands on the base itself, brings a clean checkout along, and follows a base that others move', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const gate = `${repository.root}/gate`;
    const plan = aPlan([heldTask('a', gate), scriptedTask('c', { needs: [taskId('a')] })]);
    const deps = await openDeps(repository);
    const watched = watchRun();
    const running = runPlan(deps, onMain(plan, requestFor(plan, base)), watched.control);
    await watched.until((event) => event.kind === 'attempt-started');
    const moved = await repository.commit({ 'other.txt': 'by somebody else\n' }, 'Meanwhile');
    await repository.write({ '../gate': '' });
    expect(statesOf(await running)).toEqual({ a: 'landed', c: 'landed' });
    expect(await repository.git('merge-base', 'main', moved)).toBe(moved);
    expect(await repository.git('show', 'main:list.txt')).toBe('a\nc\nm');
    expect(await repository.git('status', '--porcelain')).toBe('');
    expect(await repository.git('show', 'HEAD:other.txt')).toBe('by somebody else');
  });

  it('does not land on a base whose checkout has changes, and says what to do', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    await repository.write({ 'list.txt': 'work in progress\n' });
    const plan = aPlan([scriptedTask('a')]);
    const outcome = await runPlan(await openDeps(repository), onMain(plan, requestFor(plan, base)), watchRun().control);
    const [task] = viewOf(outcome).tasks;
    expect(task).toMatchObject({ state: 'queued', waiting: { kind: 'forge' } });
    expect(task?.waiting?.because).toContain('Commit or stash');
    expect(await repository.sha('main')).toBe(base);
    await repository.git('checkout', '--', 'list.txt');
    const resumed = await runPlan(await openDeps(repository), onMain(plan, requestFor(plan, base)), watchRun().control);
    expect(statesOf(resumed)).toEqual({ a: 'landed' });
  });

  it('stops when it is interrupted and goes on when it is given again', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const plan = aPlan([heldTask('a', `${repository.root}/gate`)]);
    const watched = watchRun();
    const running = runPlan(await openDeps(repository), requestFor(plan, base), watched.control);
    await watched.until((event) => event.kind === 'attempt-started');
    await delay(200);
    watched.abort();
    expect((await running).kind).toBe('interrupted');
    await repository.write({ '../gate': '' });
    expect(statesOf(await runPlan(await openDeps(repository), requestFor(plan, base), watchRun().control))).toEqual({
      a: 'landed',
    });
  });

  it('is paused, resumed and told to cancel a task from another process', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const gate = `${repository.root}/gate`;
    const plan = aPlan([
      heldTask('a', gate),
      scriptedTask('b', { needs: [taskId('a')] }),
      heldTask('c', `${repository.root}/never`),
    ]);
    const deps = await openDeps(repository);
    const watched = watchRun();
    const running = runPlan(deps, requestFor(plan, base), watched.control);
    await watched.until((event) => event.task === 'c' && event.kind === 'attempt-started');
    const other = await openDeps(repository);
    const change = (subject: string, apply: Parameters<typeof changeLedger>[3]): Promise<unknown> =>
      changeLedger(other.store, plan.id, subject, apply);
    expect(await change('pause', (ledger) => pausePlan(ledger, 'a test', 1))).toMatchObject({ ok: true });
    await repository.write({ '../gate': '' });
    await watched.until((event) => event.task === 'a' && event.kind === 'attempt-verified');
    expect(watched.events.some((event) => event.kind === 'trial-started')).toBe(false);
    expect(await change('cancel', (ledger) => cancelTask(ledger, 'c' as TaskId, 'a test', 1))).toMatchObject({
      ok: true,
    });
    await watched.until((event) => event.task === 'c' && event.kind === 'attempt-cancelled');
    expect(await change('resume', resumePlan)).toMatchObject({ ok: true });
    expect(statesOf(await running)).toEqual({ a: 'landed', b: 'landed', c: 'cancelled' });
  });

  it('refuses another revision until it is told to adopt it, and keeps what has landed', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const one = aPlan([scriptedTask('a')]);
    await runPlan(await openDeps(repository), requestFor(one, base), watchRun().control);
    const two = aPlan([scriptedTask('a'), scriptedTask('c')], { revision: fakeDigest('two') });
    const refused = await runPlan(await openDeps(repository), requestFor(two, base), watchRun().control);
    expect(refused).toMatchObject({ kind: 'revision-differs', difference: { added: ['c'], changed: [], removed: [] } });
    const adopted = watchRun();
    const outcome = await runPlan(
      await openDeps(repository),
      { ...requestFor(two, base), revise: true },
      adopted.control,
    );
    expect(statesOf(outcome)).toEqual({ a: 'landed', c: 'landed' });
    expect(adopted.events.some((event) => event.task === 'a')).toBe(false);
  });

  it('holds what needs a failed task, keeps the others going, and tries again when asked', async () => {
    await using repository = await makeRepository({
      files: {
        ...SMALL_PROJECT,
        'tools/fail-once.sh': 'test -e "$1" || { echo broken; exit 1; }\nexec sh tools/agent.sh\n',
      },
    });
    const base = await repository.sha();
    const mended = `${repository.root}/mended`;
    const failing = scriptedTask('a', {
      agent: { kind: 'command', command: ['sh', 'tools/fail-once.sh', mended] },
      retries: 1,
    });
    const plan = aPlan([failing, scriptedTask('b', { needs: [taskId('a')] }), scriptedTask('c')]);
    const first = await runPlan(await openDeps(repository), requestFor(plan, base), watchRun().control);
    expect(statesOf(first)).toEqual({ a: 'failed', b: 'held', c: 'landed' });
    expect(viewOf(first).tasks[0]).toMatchObject({
      attempt: 2,
      waiting: { kind: 'person', next: 'espalier retry a --plan plan' },
    });
    await repository.write({ '../mended': '' });
    const deps = await openDeps(repository);
    await changeLedger(deps.store, 'plan' as PlanId, 'retry', (ledger) => retryTask(ledger, 'a' as TaskId));
    const second = await runPlan(deps, requestFor(plan, base), watchRun().control);
    expect(statesOf(second)).toEqual({ a: 'landed', b: 'landed', c: 'landed' });
  });

  it('gives a head that is red on the merged tree back to its task, which mends it', async () => {
    const test =
      'test "$(cat x.txt y.txt 2>/dev/null | wc -l)" -le 1 || { echo "x and y must not both be there"; exit 1; }\n';
    const agent =
      'if [ "$ESPALIER_ATTEMPT" -gt 1 ]; then rm -f "$1" other.txt; echo instead > other.txt; else echo "$1" > "$1"; fi\n';
    await using repository = await makeRepository({
      files: { ...SMALL_PROJECT, 'tools/test.sh': test, 'tools/agent.sh': agent },
    });
    const task = (id: string): ResolvedPlan['tasks'][number] =>
      scriptedTask(id, { agent: { kind: 'command', command: ['sh', 'tools/agent.sh', `${id}.txt`] } });
    const watched = watchRun();
    const outcome = await runPlan(
      await openDeps(repository),
      requestFor(aPlan([task('x'), task('y')]), await repository.sha()),
      watched.control,
    );
    expect(statesOf(outcome)).toEqual({ x: 'landed', y: 'landed' });
    const returned = watched.events.filter((event) => event.kind === 'returned');
    expect(returned.map((event) => event.detail)).toEqual(["the tests ended as 'failed' on the merged tree"]);
  });

  it('will not go on where the landing branch is gone after landings, and says how to bring it back', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    await runPlan(await openDeps(repository), requestFor(aPlan([scriptedTask('a')]), base), watchRun().control);
    const tip = await repository.sha('espalier/plan/landed');
    await repository.git('branch', '-D', 'espalier/plan/landed');
    const outcome = await runPlan(
      await openDeps(repository),
      requestFor(aPlan([scriptedTask('a')]), base),
      watchRun().control,
    );
    expect(outcome).toMatchObject({ kind: 'refused', next: `git branch espalier/plan/landed ${tip}` });
  });

  it('says when the plan lands elsewhere since it was first run', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const plan = aPlan([scriptedTask('a')]);
    await runPlan(await openDeps(repository), requestFor(plan, base), watchRun().control);
    const outcome = await runPlan(
      await openDeps(repository),
      { ...requestFor(plan, base), target: 'main' as BranchName },
      watchRun().control,
    );
    expect(outcome).toMatchObject({ kind: 'refused' });
  });

  it('runs the final tests on the whole, reports them red, and runs them again when it is given again', async () => {
    await using repository = await makeRepository({ files: SMALL_PROJECT });
    const base = await repository.sha();
    const flag = `${repository.root}/flag`;
    const plan = aPlan([scriptedTask('a')], { final: [['test', '-e', flag]] });
    const red = await runPlan(await openDeps(repository), requestFor(plan, base), watchRun().control);
    expect(viewOf(red)).toMatchObject({ status: 'final-failed', final: { status: 'failed' } });
    await repository.write({ '../flag': '' });
    const green = await runPlan(await openDeps(repository), requestFor(plan, base), watchRun().control);
    expect(viewOf(green)).toMatchObject({ status: 'landed', final: { status: 'passed' } });
  });

  it("runs the final tests with the first task's settings, its setup and copied files included", async () => {
    await using repository = await makeRepository({ files: { ...SMALL_PROJECT, '.gitignore': '.env\nset\n' } });
    await repository.write({ '.env': 'KEY=copied\n' });
    const first = scriptedTask('a', { copy: ['.env'], setup: [['sh', '-c', 'cp .env set']] });
    const plan = aPlan([first, scriptedTask('c')], { final: [['grep', '-qx', 'KEY=copied', '.env', 'set']] });
    const base = await repository.sha();
    const outcome = await runPlan(await openDeps(repository), requestFor(plan, base), watchRun().control);
    expect(viewOf(outcome)).toMatchObject({ status: 'landed', final: { status: 'passed' } });
  });
});
