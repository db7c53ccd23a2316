import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PlanId } from '../../../src/core/brand.ts';
import { decideHosted } from '../../../src/core/hosted/decide-hosted.ts';
import { makeQuery } from '../../../src/core/hosted/make-query.ts';
import { randomFrom } from '../../support/builders.ts';
import { chooseDepth } from '../../support/depth.ts';
import { planText } from '../../support/hosted-builders.ts';
import { HostedReplica, landedOf, openApp, playRuns, startApp } from '../../support/hosted-replica.ts';

const THREE = { body: planText({ a: 'title: A', b: 'title: B, needs: [a]', c: 'title: C' }) };
/** Effects that make something; all others only bring a thing to a state. */
const CREATIONS = new Set(['dispatch', 'find-or-dispatch', 'open-pull', 'make-trial', 'land', 'answer']);

describe('a plan from its first command to its report', () => {
  it('lands every task in order and closes its issue', () => {
    const { world, shared, app } = startApp(THREE);
    app.finish();
    const landed = landedOf(shared);
    expect(landed.toSorted()).toEqual(['a', 'b', 'c']);
    expect(landed.indexOf('a' as (typeof landed)[number])).toBeLessThan(landed.indexOf('b' as (typeof landed)[number]));
    expect(world.issue.isOpen).toBe(false);
    expect(world.done('close-issue')).toHaveLength(1);
  });
});

it('lets another plan land first that has claimed it, and looks again when the claim has lapsed', () => {
  const { world, shared, app } = startApp(THREE);
  const claim = { plan: 'issue-8' as PlanId, until: world.nowMs + 8 * 60_000 };
  shared.state = { ...shared.state, queue: { ...shared.state.queue, claims: [claim] } };
  app.finish();
  expect(landedOf(shared)).toHaveLength(3);
  const landedAt = shared.state.ledger?.certificates.map((certificate) => certificate.landedAt) ?? [];
  expect(Math.min(...landedAt)).toBeGreaterThanOrEqual(claim.until);
  expect(Math.min(...landedAt)).toBeLessThan(claim.until + 2 * 60_000);
});

describe('a decision', () => {
  it.each<[string, (world: ReturnType<typeof openApp>['world']) => void]>([
    ['a repository that is archived', (world) => (world.isArchived = true)],
    ['an issue that is gone', (world) => (world.isIssueGone = true)],
  ])('about %s changes nothing and does nothing', (_what, spoil) => {
    const { world, shared, app } = startApp(THREE);
    world.say('/espalier cancel');
    spoil(world);
    const before = shared.state;
    const { decision } = app.look();
    expect(decision).toEqual({ state: before, effects: [], notes: [], wakeAtMs: null, wantsBase: null });
    expect(decision.state).toBe(before);
  });

  it('about a plan for another base asks for that base first, and decides nothing else', () => {
    const { world, shared, app } = openApp({ body: planText({ a: 'title: A' }, 'base: release') });
    world.say('/espalier run');
    const query = makeQuery(shared.state, 7, { base: null, logins: [] });
    const input = { facts: world.observe(query), outcomes: new Map(), clicks: [], config: app.config, replica: 'r' };
    const decision = decideHosted({ ...input, state: shared.state }, world.nowMs);
    expect(decision).toEqual({ state: shared.state, effects: [], notes: [], wakeAtMs: null, wantsBase: 'release' });
  });

  it('returns the same objects where nothing has changed', () => {
    const { shared, app } = startApp(THREE);
    const { decision } = app.look();
    expect(decision.state.ledger).toBe(shared.state.ledger);
    expect(decision.state.queue).toBe(shared.state.queue);
    expect(decision.state.record).toBe(shared.state.record);
  });

  it('on its own result makes nothing a second time while its leases live, at any moment of a plan', () => {
    const { world, shared, app } = openApp(THREE);
    world.say('/espalier run');
    for (let round = 0; round < 40; round += 1) {
      const { decision, version } = app.look();
      const query = makeQuery(shared.state, 7, { base: null, logins: [] });
      const frame = { outcomes: new Map(), clicks: [], config: app.config, replica: 'replica-2' };
      const facts = world.observe(query);
      const again = decideHosted({ ...frame, facts, state: decision.state }, world.nowMs + 1000);
      const made = new Set(decision.effects.map(({ key }) => key));
      expect(again.effects.filter(({ kind, key }) => CREATIONS.has(kind) && made.has(key))).toEqual([]);
      expect(again.effects.filter(({ kind }) => kind === 'dispatch')).toEqual([]);
      if (app.write({ decision, version, before: shared.state }))
        app.perform({ decision, version, before: shared.state });
      playRuns(world, shared);
      world.nowMs += 1000;
    }
    expect(landedOf(shared)).toHaveLength(3);
  });
});

describe('two processes that lose races, die between writing and doing, and look at any time', () => {
  it('land each task once and do no creation twice', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomFrom(seed);
        const { world, shared, app } = openApp(THREE);
        const processes = [app, new HostedReplica(world, shared, 'replica-2')];
        world.say('/espalier run');
        for (let step = 0; step < 60; step += 1) {
          const looks = processes.map((process) => ({ process, look: process.look() }));
          const order = random() < 0.5 ? looks : looks.toReversed();
          for (const { process, look } of order)
            if (process.write(look) && random() < 0.8) process.perform(look);
            else process.outcomes.clear();
          if (random() < 0.5) playRuns(world, shared);
          world.nowMs += Math.floor(random() * 30_000);
        }
        app.finish();
        expect(landedOf(shared).toSorted()).toEqual(['a', 'b', 'c']);
        const nonces = [...world.runs.values()].map(({ nonce }) => nonce);
        expect(new Set(nonces).size).toBe(nonces.length);
        expect(world.pulls.filter(({ state }) => state === 'merged')).toHaveLength(3);
        const firstLines = world.ownComments().map(({ body }) => body.split('\n', 1)[0]);
        expect(new Set(firstLines).size).toBe(firstLines.length);
      }),
      { numRuns: chooseDepth(4, 15) },
    );
  });
});
