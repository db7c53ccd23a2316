import { expect, it } from 'vitest';

import { findBusyLandings } from '../../../src/core/hosted/busy-landings.ts';
import { lastAttempt } from '../../../src/core/schedule/progress.ts';
import { planText } from '../../support/hosted-builders.ts';
import { HostedReplica, landedOf, playRuns, SharedLedger } from '../../support/hosted-replica.ts';
import { NOW, queuedState, queueFacts, TRIED } from './queue-scene.ts';
import { QueueWorld } from './queue-world.ts';

/** A plan of one task, up to its place in the queue. */
function openQueued() {
  const world = new QueueWorld({ body: planText({ a: 'title: Do a' }) });
  const shared = new SharedLedger(world);
  const app = new HostedReplica(world, shared);
  world.say('/espalier run');
  for (let round = 0; round < 10 && world.queue.length === 0; round += 1) {
    app.settle();
    playRuns(world, shared);
    world.nowMs += 10_000;
  }
  const gateOfHead = () => (world.checks.get(world.pulls[0]?.headSha ?? TRIED) ?? []).map(({ status }) => status);
  return { world, shared, app, gateOfHead };
}

it('keeps the check that let a pull request in, however the base moves, while it stands in the queue', () => {
  const { world, app, gateOfHead } = openQueued();
  expect(gateOfHead()).toEqual(['passed']);
  world.push('main', 'by a person');
  app.settle();
  expect(gateOfHead()).toEqual(['passed']);
});

it('asks for a place in the queue only when the check of the gate stands there', () => {
  const { world } = openQueued();
  const kinds = world.log.map((effect) =>
    effect.kind === 'check-run' ? `${effect.kind} ${effect.output.conclusion}` : effect.kind,
  );
  expect(kinds.indexOf('check-run success')).toBeGreaterThan(-1);
  expect(kinds.indexOf('check-run success')).toBeLessThan(kinds.indexOf('land'));
  expect(kinds.filter((kind) => kind === 'land')).toHaveLength(1);
});

it('lands through the queue without another run where nothing stood before it', () => {
  const { world, shared, app } = openQueued();
  world.advance();
  app.settle();
  world.advance();
  app.settle();
  expect(landedOf(shared)).toEqual(['a']);
  expect(shared.plan.certificates).toMatchObject([{ strength: 'exact', landedSha: world.landings[0]?.sha }]);
  expect(world.done('dispatch').flatMap(({ legs }) => legs.map(({ work }) => work))).toEqual(['attempt']);
});

it('makes a place for what a person pushes to a pull request that stands in the queue', () => {
  const { world, shared, app } = openQueued();
  const pull = world.pulls[0];
  if (pull === undefined) throw new Error('There is no pull request.');
  const pushed = world.push(pull.headBranch, 'by a person');
  world.leave(pull.number, 'unknown');
  app.settle();
  expect(lastAttempt(Object.values(shared.plan.tasks)[0])).toMatchObject({ givenSha: pushed, status: 'running' });
});

it('is busy with a landing that was seen in the queue until it is known why it left', () => {
  const { ledger, record } = queuedState();
  const facts = queueFacts([], { pull: { queueEntry: null } });
  expect(findBusyLandings({ ledger, record, facts, outcomes: new Map() }, NOW)).toEqual(new Map([[TRIED, 'queued']]));
});
