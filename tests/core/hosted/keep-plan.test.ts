import { describe, expect, it } from 'vitest';

import { HostedReplica, landedOf, startApp } from '../../support/hosted-replica.ts';
import { OWN_APP_ID, OWN_LOGIN } from '../../support/hosted-world.ts';

const MINUTE = 60_000;
const JOB = { id: 15368, login: 'github-actions[bot]' };

/** A plan that the app has accepted, and a job of Actions that looks at it from now on. */
function openForeign() {
  const opened = startApp();
  const { world, shared } = opened;
  world.nowMs += MINUTE;
  const before = world.log.length;
  world.self = { ...JOB };
  const job = new HostedReplica(world, shared, 'job-1', { hasJobToken: true });
  const notices = () => world.issue.comments.filter(({ body }) => body.includes('This plan is kept by'));
  return { ...opened, job, notices, done: () => world.log.slice(before) };
}

describe('a plan', () => {
  it('is kept by whoever accepted it', () => {
    const { shared } = startApp();
    expect(shared.state.record.keeper).toEqual({ appId: OWN_APP_ID, login: OWN_LOGIN });
  });

  it('of another is left alone, and that is said once', () => {
    const { world, shared, job, notices, done } = openForeign();
    const { ledger } = shared.state;
    world.say('/espalier pause');
    job.settle();
    world.nowMs += 60 * MINUTE;
    new HostedReplica(world, shared, 'job-2', { hasJobToken: true }).settle();
    expect(done().map(({ kind }) => kind)).toEqual(['answer']);
    expect(notices()).toHaveLength(1);
    expect(notices()[0]?.body).toContain('espalier[bot]');
    expect(shared.state.ledger).toEqual(ledger);
    expect(shared.state.record.commands).toHaveLength(1);
  });

  it('is told of once also where a process dies between posting the notice and noting it', () => {
    const { world, shared, job, notices } = openForeign();
    const look = job.look();
    job.write(look);
    job.perform(look);
    new HostedReplica(world, shared, 'job-2', { hasJobToken: true }).settle();
    expect(notices()).toHaveLength(1);
  });

  it('whose keeper leaves a command unanswered for a quarter of an hour goes to who hears it, and on to its end', () => {
    const { world, shared, job } = openForeign();
    job.settle();
    world.say('/espalier run');
    const asked = world.nowMs;
    expect(job.settle()).toBe(asked + 15 * MINUTE);
    world.nowMs = asked + 15 * MINUTE - 1;
    job.settle(1 + 1);
    expect(shared.state.record.keeper?.appId).toBe(OWN_APP_ID);
    world.nowMs = asked + 15 * MINUTE;
    job.settle();
    expect(shared.state.record.keeper).toEqual({ appId: JOB.id, login: JOB.login });
    job.finish();
    expect(landedOf(shared).toSorted()).toEqual(['a', 'b']);
    const statuses = world.issue.comments.filter(({ body }) => body.startsWith('<!-- espalier:status'));
    expect(statuses.map(({ author }) => author.login)).toEqual([OWN_LOGIN, JOB.login]);
    expect(statuses[1]?.body).toContain('2 of 2 tasks landed');
  });

  it.each<[string, string, string]>([
    ['of somebody without a say', '/espalier run', 'stranger'],
    ['that is no run', '/espalier status', 'maintainer'],
  ])('goes to nobody else by a command %s', (_whose, text, by) => {
    const { world, shared, job } = openForeign();
    world.permissions.set('stranger', 'read');
    world.say(text, by);
    job.settle();
    world.nowMs += 60 * MINUTE;
    job.settle();
    expect(shared.state.record.keeper?.appId).toBe(OWN_APP_ID);
  });

  it('stays with a keeper that answers', () => {
    const { world, shared, app, job } = openForeign();
    world.say('/espalier run');
    job.settle();
    world.self = { id: OWN_APP_ID, login: OWN_LOGIN };
    app.settle();
    world.self = { ...JOB };
    world.nowMs += 60 * MINUTE;
    job.settle();
    expect(shared.state.record.keeper?.appId).toBe(OWN_APP_ID);
  });

  it('that went to another is not worked on by its former keeper any more', () => {
    const { world, shared, app, job } = openForeign();
    world.say('/espalier run');
    world.nowMs += 15 * MINUTE;
    job.settle();
    const { ledger } = shared.state;
    world.self = { id: OWN_APP_ID, login: OWN_LOGIN };
    const before = world.log.length;
    app.settle();
    expect(world.log.slice(before).map(({ kind }) => kind)).toEqual(['answer']);
    expect(shared.state.ledger).toEqual(ledger);
  });

  it("whose ledger names no keeper is its reader's own", () => {
    const { world, shared, app } = startApp();
    const { keeper: _none, ...record } = shared.state.record;
    shared.state = { ...shared.state, record };
    app.finish();
    expect(landedOf(shared)).toHaveLength(2);
    expect(world.issue.isOpen).toBe(false);
  });
});
