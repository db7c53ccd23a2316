/**
 * A forge in memory around one plan issue: branches that move by compare-and-swap, pull requests that follow their
 * branches, runs and what they leave, comments, labels, checks. It answers a query and does effects as the port says,
 * without a network and without git, and keeps a log of everything that was done.
 */
import type { BranchName, CommitSha, TaskId, TreeSha } from '../../src/core/brand.ts';
import type { Permission, Speaker } from '../../src/core/commands/authority.ts';
import { judgeLandings } from '../../src/adapters/github/read-part.ts';
import type { EffectOutcome, ForgeEffect, HostedMove } from '../../src/core/hosted/effect.ts';
import type {
  BaseRules,
  CheckFact,
  CommentFact,
  FactsQuery,
  ForgeFacts,
  IssueFact,
  LabelEventFact,
  PullFact,
  ReceiptFact,
  ReviewFact,
  RunFact,
} from '../../src/core/hosted/facts.ts';
import { fakeCommit, fakeTree } from './builders.ts';
import { anIssue, aPerson, aPull, FREE_RULES, someFacts } from './hosted-builders.ts';

/** A run and what it was asked for. */
export interface WorldRun {
  fact: RunFact;
  nonce: string;
}

/** A pull request with what its commits wear. */
type WorldPull = { -readonly [Key in keyof PullFact]: PullFact[Key] } & {
  comments: CommentFact[];
  reviews: ReviewFact[];
  labels: string[];
};

type Outcome<Kind extends ForgeEffect['kind']> = (effect: Extract<ForgeEffect, { kind: Kind }>) => EffectOutcome;

/** Login of the app's bot. */
export const OWN_LOGIN = 'espalier[bot]';
export const OWN_APP_ID = 7;

const DONE: EffectOutcome = { kind: 'done' };
const CUT: CommitSha = fakeCommit('base');

export class HostedWorld {
  nowMs = 1_000_000;
  /** Who looks and writes from now on. */
  self = { id: OWN_APP_ID, login: OWN_LOGIN };
  issue: { -readonly [Key in keyof IssueFact]: IssueFact[Key] } & {
    comments: CommentFact[];
    labels: string[];
    labelEvents: LabelEventFact[];
  };
  isIssueGone = false;
  isArchived = false;
  base = 'main' as BranchName;
  rules: BaseRules = FREE_RULES;
  configText: string | null = null;
  readonly branches = new Map<string, CommitSha>([['main', CUT]]);
  readonly pulls: WorldPull[] = [];
  readonly checks = new Map<CommitSha, CheckFact[]>();
  readonly runs = new Map<number, WorldRun>();
  /** By the branch that they stand on. */
  readonly receipts = new Map<string, ReceiptFact>();
  readonly permissions = new Map<string, Permission>([['maintainer', 'write']]);
  /** Kinds of effects, or their keys, that the forge answers otherwise. */
  readonly answers = new Map<string, EffectOutcome>();
  /** Everything that was asked of the forge, in order. */
  readonly log: ForgeEffect[] = [];
  private readonly trees = new Map<CommitSha, TreeSha>([[CUT, fakeTree('base')]]);
  private readonly parents = new Map<CommitSha, readonly CommitSha[]>([[CUT, []]]);
  private serial = 100;

  constructor(issue: Partial<IssueFact> = {}) {
    const made = anIssue(issue);
    this.issue = {
      ...made,
      comments: [...made.comments],
      labels: [...made.labels],
      labelEvents: [...made.labelEvents],
    };
  }

  /** A new comment: on the issue, or on the pull request of that number. */
  say(body: string, by: Speaker | string = 'maintainer', thread = this.issue.number): CommentFact {
    const author = typeof by === 'string' ? aPerson(by) : by;
    const isOwn = this.isOwn({ author });
    const frame = { nodeId: `IC_${this.next()}`, thread, createdAtMs: this.nowMs, editedAtMs: null };
    const comment: CommentFact = { ...frame, author, body, isOwn };
    this.thread(thread).push(comment);
    return comment;
  }

  /** The issue's text is edited. */
  edit(body: string): void {
    this.issue.body = body;
    this.issue.editedAtMs = this.nowMs;
  }

  /** Somebody sets a label on the issue, or takes one off. */
  label(label: string, by: Speaker | string = 'maintainer', isAdded = true): void {
    const actor = typeof by === 'string' ? aPerson(by) : by;
    this.issue.labelEvents.push({ nodeId: `LE_${this.next()}`, label, isAdded, actor, atMs: this.nowMs });
    const rest = this.issue.labels.filter((one) => one !== label);
    this.issue.labels = isAdded ? [...rest, label] : rest;
  }

  /** Somebody pushes a commit that nobody has seen before. */
  push(branch: string, word: string): CommitSha {
    const sha = fakeCommit(word);
    this.commit(sha, fakeTree(word), [this.branches.get(branch) ?? CUT]);
    this.branches.set(branch, sha);
    return sha;
  }

  /** The pull request from a branch, the newest of several. */
  pullFrom(branch: string): WorldPull | undefined {
    return this.pulls.findLast((pull) => pull.headBranch === branch);
  }

  commit(sha: CommitSha, tree: TreeSha, parents: readonly CommitSha[]): void {
    this.trees.set(sha, tree);
    this.parents.set(sha, parents);
  }

  treeOf(sha: CommitSha): TreeSha {
    return this.trees.get(sha) ?? fakeTree(`of ${sha}`);
  }

  contains(tip: CommitSha, sha: CommitSha): boolean {
    return tip === sha || (this.parents.get(tip) ?? []).some((parent) => this.contains(parent, sha));
  }

  tip(branch: string = this.base): CommitSha | null {
    return this.branches.get(branch) ?? null;
  }

  /** Answers a query as the forge stands now. */
  observe(query: FactsQuery): ForgeFacts {
    const base = query.base ?? this.base;
    const pulls = new Map(
      query.tasks.flatMap(({ task, branch, pull }) => {
        const found =
          pull !== null
            ? this.pulls.find(({ number }) => number === pull)
            : this.branches.has(branch)
              ? this.pullFrom(branch)
              : undefined;
        return found === undefined ? [] : [[task, this.pullFact(found)] as const];
      }),
    );
    const landings = query.landings.map(({ commitSha, task }) => {
      const isInBase = this.contains(this.tip(base) ?? CUT, commitSha);
      return [commitSha, { task, isInBase, tree: this.trees.get(commitSha) ?? null }] as const;
    });
    const comments = this.issue.comments.map((comment) => ({
      ...comment,
      isOwn: this.isOwn(comment),
    }));
    const issue = { ...this.issue, comments, labelEvents: [...this.issue.labelEvents] };
    return someFacts({
      readAtMs: this.nowMs,
      repository: { ...someFacts().repository, isArchived: this.isArchived },
      app: { ...this.self },
      base: { branch: base, tip: this.tip(base) },
      rules: this.rules,
      configText: this.configText,
      issue: this.isIssueGone ? null : issue,
      pulls,
      branches: this.tipsOf(query.tasks),
      trialBranches: new Map(
        [...this.tipsOf(query.trials)].map(([task, tip]) => [
          task,
          { tip, tree: this.treeOf(tip), parents: this.parents.get(tip) ?? [] },
        ]),
      ),
      runs: new Map(query.runs.flatMap(({ nonce, runId }) => this.runFact(nonce, runId))),
      receipts: new Map(
        query.receipts.flatMap(({ key, branch }) => {
          const found = this.receipts.get(branch);
          return found === undefined ? [] : [[key, found] as const];
        }),
      ),
      landed: judgeLandings(new Map(landings), pulls),
      statusComment: this.statusComment(query.statusComment),
      permissions: new Map(this.permissions),
    });
  }

  /** Does one effect, and says what came of it. */
  perform(effect: ForgeEffect): EffectOutcome {
    this.log.push(effect);
    const scripted = this.answers.get(effect.key) ?? this.answers.get(effect.kind);
    return scripted ?? (this.does[effect.kind] as Outcome<ForgeEffect['kind']>)(effect);
  }

  /** Effects of one kind that were asked for. */
  done<Kind extends ForgeEffect['kind']>(kind: Kind): Extract<ForgeEffect, { kind: Kind }>[] {
    return this.log.filter((effect): effect is Extract<ForgeEffect, { kind: Kind }> => effect.kind === kind);
  }

  private isOwn({ author }: Pick<CommentFact, 'author'>): boolean {
    return author.kind === 'bot' && author.login === this.self.login;
  }

  /** This app's own comments on a thread. */
  ownComments(thread = this.issue.number): CommentFact[] {
    return this.thread(thread).filter((comment) => this.isOwn(comment));
  }

  private readonly does: { [Kind in ForgeEffect['kind']]: Outcome<Kind> } = {
    dispatch: ({ nonce }) => this.startRun(nonce),
    'find-or-dispatch': ({ nonce }) => {
      const found = [...this.runs.values()].find((run) => run.nonce === nonce);
      return found === undefined ? this.startRun(nonce) : { kind: 'run-named', run: nameOf(found) };
    },
    'cancel-run': ({ runId }) => {
      this.endRun(runId, 'cancelled');
      return DONE;
    },
    'make-trial': ({ branch, from, onto, head }) => {
      if (this.tip(branch) !== from) return elsewhere(`${branch} is not where it was`);
      const commitSha = fakeCommit(`merge ${onto} ${head}`);
      const tree = this.mergedTree(onto, head);
      this.commit(commitSha, tree, [onto, head]);
      this.branches.set(branch, commitSha);
      return { kind: 'trial-made', commitSha, tree };
    },
    'move-branches': ({ moves }) => this.move(moves),
    'open-pull': (effect) => this.openPull(effect),
    'update-pull': ({ nodeId, body }) => this.onPull(nodeId, (pull) => (pull.body = body)),
    'close-pull': ({ nodeId }) => this.onPull(nodeId, (pull) => (pull.state = 'closed')),
    'set-labels': ({ thread, add, remove }) => {
      const worn = thread === this.issue.number ? this.issue : this.pulls.find((pull) => pull.number === thread);
      if (worn !== undefined)
        worn.labels = [...worn.labels.filter((label) => !remove.includes(label) && !add.includes(label)), ...add];
      return DONE;
    },
    'check-run': (effect) => this.showCheck(effect),
    'status-comment': ({ nodeId, thread, body }) => this.writeStatus(nodeId, thread, body),
    answer: ({ thread, body, lookFirst }) => {
      const [marker = ''] = body.split('\n', 1);
      const found = lookFirst ? this.ownComments(thread).find((comment) => comment.body.startsWith(marker)) : undefined;
      return { kind: 'comment-posted', nodeId: (found ?? this.sayOwn(body, thread)).nodeId };
    },
    react: () => DONE,
    'close-issue': () => {
      this.issue.isOpen = false;
      return DONE;
    },
    land: (effect) => this.land(effect),
    dequeue: () => DONE,
  };

  /** The state of a run as it ends. */
  endRun(runId: number, conclusion: NonNullable<RunFact['conclusion']>): void {
    const run = this.runs.get(runId);
    if (run === undefined) throw new Error(`The forge has no run ${runId}.`);
    run.fact = { ...run.fact, status: 'completed', conclusion, updatedAtMs: this.nowMs };
  }

  private startRun(nonce: string): EffectOutcome {
    const id = 9_000_000_000 + this.next();
    const fact: RunFact = {
      id,
      nodeId: `WFR_${id}`,
      url: `https://github.com/octo-org/garden/actions/runs/${id}`,
      status: 'running',
      conclusion: null,
      updatedAtMs: this.nowMs,
      isGenuine: true,
    };
    this.runs.set(id, { fact, nonce });
    return { kind: 'run-named', run: nameOf({ fact, nonce }) };
  }

  private move(moves: readonly HostedMove[]): EffectOutcome {
    const astray = moves.find(({ branch, from }) => this.tip(branch) !== from);
    if (astray !== undefined) return elsewhere(`${astray.branch} is not where it was`);
    for (const { branch, to } of moves)
      if (to === null) this.deleteBranch(branch);
      else this.branches.set(branch, to);
    return DONE;
  }

  /** A branch goes, and with it what stands on it: an open pull request from it is closed. */
  deleteBranch(branch: string): void {
    for (const pull of this.pulls)
      if (pull.headBranch === branch && pull.state === 'open')
        Object.assign(pull, { state: 'closed', headSha: this.tip(branch) ?? pull.headSha });
    this.branches.delete(branch);
    this.receipts.delete(branch);
  }

  /** Moves the base. As on GitHub, a pull request whose head is in it then is merged. */
  moveBase(base: string, to: CommitSha): void {
    this.branches.set(base, to);
    for (const pull of this.pulls)
      if (pull.state === 'open' && pull.baseBranch === base && this.contains(to, this.tip(pull.headBranch) ?? CUT))
        Object.assign(pull, {
          state: 'merged',
          headSha: this.tip(pull.headBranch) ?? pull.headSha,
          mergeCommit: { sha: to, tree: this.treeOf(to) },
        });
  }

  private openPull({ branch, base, title, body }: Extract<ForgeEffect, { kind: 'open-pull' }>): EffectOutcome {
    const open = this.pulls.find((pull) => pull.headBranch === branch && pull.state === 'open');
    if (open !== undefined) return { kind: 'pull-opened', number: open.number, nodeId: open.nodeId };
    const tip = this.tip(branch);
    if (tip === null) return { kind: 'refused', because: `there is no branch ${branch}` };
    const number = this.next();
    const made = { number, nodeId: `PR_${number}`, headBranch: branch, headSha: tip, baseBranch: base, body };
    const pull = aPull({ ...made, url: `https://github.com/octo-org/garden/pull/${number}` });
    this.pulls.push({ ...pull, comments: [], reviews: [], labels: [] });
    this.titles.set(number, title);
    return { kind: 'pull-opened', number, nodeId: made.nodeId };
  }

  readonly titles = new Map<number, string>();

  private showCheck(effect: Extract<ForgeEffect, { kind: 'check-run' }>): EffectOutcome {
    const { nodeId, name, headSha, externalId, output } = effect;
    const worn = this.checks.get(headSha) ?? [];
    const check: CheckFact = {
      name,
      appId: this.self.id,
      status: output.status === 'in_progress' ? 'pending' : output.conclusion === 'success' ? 'passed' : 'not-passed',
      conclusion: (output.conclusion ?? 'in_progress').toUpperCase(),
      url: null,
      externalId,
      nodeId: nodeId ?? `CR_${this.next()}`,
    };
    this.checks.set(headSha, [...worn.filter((one) => one.nodeId !== check.nodeId), check]);
    return DONE;
  }

  private writeStatus(nodeId: string | null, thread: number, body: string): EffectOutcome {
    const [marker = ''] = body.split('\n', 1);
    const known = this.ownComments(thread).find((comment) =>
      nodeId === null ? comment.body.startsWith(marker) : comment.nodeId === nodeId,
    );
    if (known === undefined && nodeId !== null) return elsewhere('the comment is gone');
    if (known === undefined) return { kind: 'comment-posted', nodeId: this.sayOwn(body, thread).nodeId };
    const edited = { ...known, body, editedAtMs: this.nowMs };
    this.issue.comments = this.issue.comments.map((comment) => (comment.nodeId === known.nodeId ? edited : comment));
    return { kind: 'comment-posted', nodeId: known.nodeId };
  }

  private land({ way, base, from, to, pullNodeId }: Extract<ForgeEffect, { kind: 'land' }>): EffectOutcome {
    if (this.tip(base) !== from) return elsewhere(`${base} is not where it was`);
    if (way === 'fast-forward') {
      this.moveBase(base, to);
      return DONE;
    }
    const pull = this.pulls.find(({ nodeId }) => nodeId === pullNodeId);
    if (pull === undefined || pull.state !== 'open') return { kind: 'refused', because: 'it is not open' };
    if (this.tip(pull.headBranch) !== to) return elsewhere('its head is another one');
    const sha = fakeCommit(`landed ${pull.number}`);
    this.commit(sha, this.mergedTree(from, to), [from, to]);
    this.branches.set(base, sha);
    Object.assign(pull, { state: 'merged', headSha: to, mergeCommit: { sha, tree: this.treeOf(sha) } });
    return DONE;
  }

  /** What stands on both sides: that of `head` where it has `onto` in it, or began there. */
  private mergedTree(onto: CommitSha, head: CommitSha): TreeSha {
    return this.contains(head, onto) ? this.treeOf(head) : fakeTree(`merge ${onto} ${head}`);
  }

  private pullFact(pull: WorldPull): PullFact {
    const headSha = pull.state === 'open' ? (this.tip(pull.headBranch) ?? pull.headSha) : pull.headSha;
    pull.headSha = headSha;
    const { comments, labels, reviews } = pull;
    const lists = { comments: [...comments], labels: [...labels], reviews: [...reviews] };
    return { ...pull, ...lists, checks: [...(this.checks.get(headSha) ?? [])] };
  }

  private runFact(nonce: string, runId: number): [string, RunFact][] {
    const run = this.runs.get(runId);
    return run === undefined ? [] : [[nonce, run.fact]];
  }

  private tipsOf(asked: readonly { task: TaskId; branch: BranchName }[]): Map<TaskId, CommitSha> {
    const found = asked.flatMap(({ task, branch }) => {
      const tip = this.tip(branch);
      return tip === null ? [] : [[task, tip] as const];
    });
    return new Map(found);
  }

  private statusComment(nodeId: string | null): ForgeFacts['statusComment'] {
    const found = this.issue.comments.find((comment) => comment.nodeId === nodeId);
    return found === undefined ? null : { nodeId: found.nodeId, body: found.body, editedAtMs: found.editedAtMs };
  }

  private onPull(nodeId: string, change: (pull: WorldPull) => void): EffectOutcome {
    const pull = this.pulls.find((one) => one.nodeId === nodeId);
    if (pull === undefined) return elsewhere('there is no such pull request');
    change(pull);
    return DONE;
  }

  private thread(number: number): CommentFact[] {
    const found =
      number === this.issue.number ? this.issue.comments : this.pulls.find((pull) => pull.number === number)?.comments;
    if (found === undefined) throw new Error(`The forge has no thread #${number}.`);
    return found;
  }

  private sayOwn(body: string, thread: number): CommentFact {
    return this.say(body, { login: this.self.login, kind: 'bot', id: 77 }, thread);
  }

  private next(): number {
    this.serial += 1;
    return this.serial;
  }
}

function nameOf({ fact }: WorldRun) {
  return { id: fact.id, nodeId: fact.nodeId, url: fact.url };
}

function elsewhere(because: string): EffectOutcome {
  return { kind: 'elsewhere', because };
}
