/**
 * {@link HostedWorld} with a merge queue on its base, as GitHub has it: groups on groups, landing from the front as soon
 * as the gate of this app says so, out with what fails, conflicts or is taken out. People put changes of their own in.
 */
import type { CommitSha, TaskId, TreeSha } from '../../../src/core/brand.ts';
import type { EffectOutcome, ForgeEffect } from '../../../src/core/hosted/effect.ts';
import type {
  BasePull,
  CheckFact,
  FactsQuery,
  ForgeFacts,
  PullFact,
  QueueEntryFact,
  QueueRemoval,
} from '../../../src/core/hosted/facts.ts';
import { fakeCommit, fakeTree } from '../../support/builders.ts';
import { HostedWorld, OWN_APP_ID } from '../../support/hosted-world.ts';
import { QUEUE_RULES } from './queue-scene.ts';

interface Entry {
  pull: number;
  headSha: CommitSha;
  group: { baseSha: CommitSha; headSha: CommitSha } | null;
}

/** A landing as the base saw it. */
export interface QueueLanding {
  pull: number;
  sha: CommitSha;
  tree: TreeSha;
}

const MAX_BUILT = 3;

export class QueueWorld extends HostedWorld {
  readonly queue: Entry[] = [];
  readonly landings: QueueLanding[] = [];
  /** Open pull requests of people. */
  readonly peoples = new Map<number, CommitSha>();
  private readonly removals = new Map<number, QueueRemoval>();
  private made = 0;

  constructor(...args: ConstructorParameters<typeof HostedWorld>) {
    super(...args);
    this.rules = QUEUE_RULES;
  }

  override observe(query: FactsQuery): ForgeFacts {
    const facts = super.observe(query);
    const pulls = new Map<TaskId, PullFact>([...facts.pulls].map(([task, pull]) => [task, this.queued(pull)]));
    const basePulls = [...this.peoples].map(([number, headSha]) => this.basePull(number, headSha));
    return { ...facts, pulls, basePulls, mergeQueue: this.queue.flatMap((entry) => this.entryFact(entry)) };
  }

  override perform(effect: ForgeEffect): EffectOutcome {
    if (effect.kind === 'land' && effect.way === 'enqueue') {
      this.log.push(effect);
      const pull = this.pulls.find(({ nodeId }) => nodeId === effect.pullNodeId);
      return pull === undefined ? { kind: 'elsewhere', because: 'it is gone' } : this.enqueue(pull.number, effect.to);
    }
    if (effect.kind === 'dequeue') this.leave(this.numberOf(effect.pullNodeId), 'by-hand');
    return super.perform(effect);
  }

  /** A person opens a pull request. */
  openByHand(): void {
    this.made += 1;
    this.peoples.set(1000 + this.made, this.push(`by-hand-${this.made}`, `by hand ${this.made}`));
  }

  /** Puts a pull request in, if it is at that head and its own gate has passed there. */
  enqueue(pull: number, headSha: CommitSha): EffectOutcome {
    const current = this.peoples.get(pull) ?? this.tip(this.pullNumbered(pull)?.headBranch ?? '');
    if (current !== headSha) return { kind: 'elsewhere', because: 'its head is another one' };
    if (this.gateOf(headSha)?.status !== 'passed') return { kind: 'refused', because: 'its gate has not passed' };
    if (!this.queue.some((entry) => entry.pull === pull)) this.queue.push({ pull, headSha, group: null });
    return { kind: 'done' };
  }

  /** Takes a pull request out of the queue; what was built on it is built anew. */
  leave(pull: number, reason: QueueRemoval['reason']): void {
    const at = this.queue.findIndex((entry) => entry.pull === pull);
    if (at < 0) return;
    this.queue.splice(at, 1);
    this.made += 1;
    this.removals.set(pull, { id: `RFMQE_${this.made}`, reason });
    if (reason !== 'merged') for (const entry of this.queue.slice(at)) entry.group = null;
  }

  /** Builds groups, and lands or throws out what stands first. */
  advance(): void {
    let baseSha = this.tip() ?? fakeCommit('base');
    if (this.queue[0]?.group?.baseSha !== baseSha) for (const entry of this.queue) entry.group = null;
    for (const entry of this.queue.slice(0, MAX_BUILT)) {
      entry.group ??= this.build(entry, baseSha);
      baseSha = entry.group.headSha;
    }
    const [first] = this.queue;
    if (first?.group == null) return;
    const { headSha } = first.group;
    const told = this.gateOf(headSha)?.status;
    if (told === 'not-passed') this.leave(first.pull, 'checks-failed');
    if (told === 'passed') this.takeIn(first, headSha);
  }

  private takeIn({ pull, headSha }: Entry, sha: CommitSha): void {
    this.leave(pull, 'merged');
    const tree = this.treeOf(sha);
    this.landings.push({ pull, sha, tree });
    this.branches.set(this.base, sha);
    this.peoples.delete(pull);
    const landed = this.pullNumbered(pull);
    if (landed !== undefined) Object.assign(landed, { state: 'merged', headSha, mergeCommit: { sha, tree } });
  }

  /** The same merge is the same tree, whoever makes it. */
  private build({ headSha }: Entry, baseSha: CommitSha): NonNullable<Entry['group']> {
    this.made += 1;
    const sha = fakeCommit(`group ${this.made}`);
    const tree = this.contains(headSha, baseSha) ? this.treeOf(headSha) : fakeTree(`merge ${baseSha} ${headSha}`);
    this.commit(sha, tree, [baseSha, headSha]);
    return { baseSha, headSha: sha };
  }

  private pullNumbered(number: number) {
    return this.pulls.find((pull) => pull.number === number);
  }

  private numberOf(nodeId: string): number {
    return this.pulls.find((pull) => pull.nodeId === nodeId)?.number ?? 0;
  }

  private gateOf(sha: CommitSha): CheckFact | null {
    return this.checks.get(sha)?.find(({ appId }) => appId === OWN_APP_ID) ?? null;
  }

  private queued(pull: PullFact): PullFact {
    const entry = this.queue.find((one) => one.pull === pull.number);
    const at = { state: 'QUEUED', baseSha: entry?.group?.baseSha ?? null, headSha: entry?.group?.headSha ?? null };
    const queueRemoval = this.removals.get(pull.number) ?? null;
    return { ...pull, queueEntry: entry === undefined ? null : at, queueRemoval };
  }

  private basePull(number: number, headSha: CommitSha): BasePull {
    const own = this.pullNumbered(number);
    const headBranch = own?.headBranch ?? `by-hand-${number}`;
    return { number, headSha, headBranch, isOwn: own !== undefined, isForeign: false, gate: this.gateOf(headSha) };
  }

  private entryFact({ pull, headSha, group }: Entry): QueueEntryFact[] {
    const head = group?.headSha ?? null;
    return [
      {
        pull: this.basePull(pull, headSha),
        baseSha: group?.baseSha ?? null,
        headSha: head,
        headTree: head === null ? null : this.treeOf(head),
        checks: head === null ? [] : [...(this.checks.get(head) ?? [])],
      },
    ];
  }
}
