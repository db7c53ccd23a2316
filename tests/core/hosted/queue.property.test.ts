import fc from 'fast-check';
import { expect, it } from 'vitest';

import { lastAttempt } from '../../../src/core/schedule/progress.ts';
import type { DispatchLeg } from '../../../src/core/ledger/forge-record.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import { aTestResult, randomFrom } from '../../support/builders.ts';
import { chooseDepth } from '../../support/depth.ts';
import { planText } from '../../support/hosted-builders.ts';
import { HostedReplica, type LegStory, playRuns, SharedLedger } from '../../support/hosted-replica.ts';
import { QueueWorld } from './queue-world.ts';

const PLAN = planText({ a: 'title: Do a', b: 'title: Do b', c: 'title: Do c, needs: [a]' });

/** A plan on a base with a queue, two processes that look after it, and everything that may happen. */
class QueueStory {
  readonly world = new QueueWorld({ body: PLAN });
  readonly shared = new SharedLedger(this.world);
  /** Trees on which tests passed. */
  readonly good = new Set<string>();
  private replicas: HostedReplica[] = [];
  private births = 0;
  private readonly random: () => number;
  isCalm = false;

  constructor(seed: number) {
    this.random = randomFrom(seed);
    this.world.say('/espalier run');
    this.replicas = [this.bear(), this.bear()];
  }

  /** One random thing happens. */
  step(): void {
    const { world } = this;
    world.nowMs += 1000 + Math.floor(this.random() * 20_000);
    const [one = this.bear(), other = this.bear()] = this.replicas;
    const replica = this.random() < 0.5 ? one : other;
    const chance = this.random();
    if (chance < 0.5) this.reconcile(replica);
    else if (chance < 0.7) playRuns(world, this.shared, (leg) => this.play(leg));
    else if (chance < 0.9) world.advance();
    else this.disturb();
  }

  private reconcile(replica: HostedReplica): void {
    const look = replica.look();
    if (this.isHappening(0.05)) return;
    if (!replica.write(look)) return;
    const fate = this.isCalm ? 1 : this.random();
    if (fate > 0.05) replica.perform(look);
    // What dies here knows nothing of what it did, or did not do.
    if (fate < 0.1) this.replicas = this.replicas.map((each) => (each === replica ? this.bear() : each));
  }

  private bear(): HostedReplica {
    this.births += 1;
    return new HostedReplica(this.world, this.shared, `replica-${this.births}`);
  }

  private isHappening(chance: number): boolean {
    return !this.isCalm && this.random() < chance;
  }

  private disturb(): void {
    const { world } = this;
    if (this.isCalm) return;
    const entry = world.queue[Math.floor(this.random() * world.queue.length)];
    const [people] = [...world.peoples].filter(([number]) => !world.queue.some(({ pull }) => pull === number));
    switch (Math.floor(this.random() * 6)) {
      case 0:
        if (world.peoples.size < 3) world.openByHand();
        return;
      case 1:
      case 2:
        if (people !== undefined) world.enqueue(...people);
        return;
      case 3:
        world.push(world.base, `pushed ${world.nowMs}`);
        return;
      case 4:
        if (entry !== undefined) world.leave(entry.pull, 'conflict');
        return;
      default:
        if (entry !== undefined) world.leave(entry.pull, 'by-hand');
    }
  }

  private play(leg: DispatchLeg): LegStory {
    if (leg.work !== 'trial' || leg.headSha === null) return {};
    if (this.isHappening(0.05)) return { leaves: 'failure' };
    const { plan } = this.shared;
    const task = plan.plan.tasks.find(({ id }) => id === leg.task);
    const tree = this.world.treeOf(leg.headSha);
    const attempt = lastAttempt(plan.tasks[leg.task]);
    if (task === undefined || attempt === null) return {};
    const group = attempt.landing?.group?.generation === leg.generation ? attempt.landing.group : null;
    const isGood = this.good.has(tree) || !this.isHappening(0.1);
    if (isGood) this.good.add(tree);
    const test = aTestResult(task, tree, { stage: 'trial', status: isGood ? 'passed' : 'failed', tail: 'it broke' });
    const bound = group === null ? {} : { generation: group.generation, ontoSha: group.ontoSha };
    return { trial: { ...bound, test, feedback: isGood ? '' : 'it broke' } };
  }

  /** Trees that the verification of a head passed on. */
  get verified(): ReadonlySet<string> {
    const attempts = Object.values(this.shared.state.ledger?.tasks ?? {}).flatMap((record) => record.attempts);
    return new Set(attempts.flatMap(({ evidence }) => evidence?.tests.map(({ tree }) => tree) ?? []));
  }
}

it('lands only tested trees through the queue, each task once, and comes to an end, whatever happens in it', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const story = new QueueStory(seed);
      const { world, shared } = story;
      for (let count = 0; count < 150; count += 1) story.step();
      story.isCalm = true;
      const view = () => viewPlan(shared.plan, shared.state.queue, world.nowMs);
      for (let count = 0; count < 4000 && view().status === 'working'; count += 1) story.step();
      const own = world.landings.filter(({ pull }) => pull < 1000);
      expect(own.filter(({ tree }) => !story.good.has(tree) && !story.verified.has(tree))).toEqual([]);
      expect(new Set(own.map(({ pull }) => pull)).size).toBe(own.length);
      const { certificates } = shared.plan;
      expect(
        certificates.map(({ landedSha, landedTree, testedTree, strength }) => [
          landedSha,
          landedTree,
          testedTree,
          strength,
        ]),
      ).toEqual(own.map(({ sha, tree }) => [sha, tree, tree, 'exact']));
      // What did not land has used its attempts up, or a person has to look.
      const left = view().tasks.filter(({ state }) => state !== 'landed');
      expect(left.filter(({ waiting, state }) => state !== 'held' && waiting?.kind !== 'person')).toEqual([]);
      expect(shared.state.queue.frozen).toBeNull();
      const twice = [...world.checks.values()].filter((checks) => checks.length > 1);
      expect(twice).toEqual([]);
    }),
    { numRuns: chooseDepth(4, 12) },
  );
}, 60_000);
