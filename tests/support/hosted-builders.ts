/** Facts of a hosted forge with sensible defaults, each overridable, for tests of the core. */
import type { BranchName, CommitSha, TaskId, TreeSha } from '../../src/core/brand.ts';
import type { Speaker } from '../../src/core/commands/authority.ts';
import { digestText } from '../../src/core/digest.ts';
import type {
  BaseRules,
  CheckFact,
  ForgeFacts,
  IssueFact,
  PullFact,
  ReceiptFact,
  RunFact,
} from '../../src/core/hosted/facts.ts';
import type { DispatchLeg, DispatchRecord, NamedRun } from '../../src/core/ledger/forge-record.ts';
import { fakeCommit, fakeTree } from './builders.ts';

/** The rules of a base on which everything is allowed. */
export const FREE_RULES: BaseRules = {
  requiredChecks: [],
  isStrict: false,
  approvals: 0,
  dismissesStaleReviews: false,
  requiresLastPushApproval: false,
  requiresPull: false,
  hasMergeQueue: false,
  allowedMergeMethods: ['merge', 'squash', 'rebase'],
  otherRules: [],
};

/** What a forge shows of a plan that nothing is known of but its base. */
export function someFacts(overrides: Partial<ForgeFacts> = {}): ForgeFacts {
  return {
    readAtMs: 0,
    repository: {
      id: 1,
      nodeId: 'R_1',
      owner: 'garden',
      name: 'wall',
      isArchived: false,
      defaultBranch: 'main' as BranchName,
    },
    app: { id: 7, login: 'espalier[bot]' },
    base: { branch: 'main' as BranchName, tip: fakeCommit('base') },
    rules: FREE_RULES,
    configText: null,
    issue: null,
    pulls: new Map(),
    branches: new Map(),
    trialBranches: new Map(),
    runs: new Map(),
    receipts: new Map(),
    landed: new Map(),
    statusComment: null,
    permissions: new Map(),
    quota: { rest: null, graphql: null },
    ...overrides,
  };
}

/** An open pull request of this app whose head is the commit of the word `head`. */
export function aPull(overrides: Partial<PullFact> = {}): PullFact {
  return {
    number: 12,
    nodeId: 'PR_12',
    url: 'https://forge.example/12',
    state: 'open',
    isDraft: false,
    isOwn: true,
    headBranch: 'espalier/plan/a',
    headSha: fakeCommit('head'),
    baseBranch: 'main',
    body: '',
    labels: [],
    mergeable: 'yes',
    mergeState: 'CLEAN',
    mergeCommit: null,
    checks: [],
    reviews: [],
    comments: [],
    queueEntry: null,
    ...overrides,
  };
}

/** The run that {@link aDispatch} names. */
export const RUN: NamedRun = { id: 9_000_000_001, nodeId: 'WFR_1', url: 'https://forge.example/runs/9000000001' };

/** {@link RUN} as the forge shows it. */
export function aRun(overrides: Partial<RunFact> = {}): RunFact {
  return { ...RUN, status: 'running', conclusion: null, isGenuine: true, updatedAtMs: 0, ...overrides };
}

/** The leg of a full attempt. */
export function aLeg(task: TaskId, overrides: Partial<DispatchLeg> = {}): DispatchLeg {
  return { work: 'attempt', task, attempt: 1, generation: 1, mode: 'full', headSha: null, isOver: false, ...overrides };
}

/** A dispatch that names {@link RUN}. */
export function aDispatch(legs: DispatchLeg[], overrides: Partial<DispatchRecord> = {}): DispatchRecord {
  return {
    nonce: 'plan.2',
    legs,
    writtenAt: 0,
    lease: { holder: 'replica-1', until: 60_000 },
    run: RUN,
    begunAt: null,
    ...overrides,
  };
}

/** What a leg says of itself in `receipt.json`, beside the digest of its evidence. */
export type ReceiptClaims = Record<string, unknown>;

/** A receipt in which everything fits, unless a claim or an override breaks it. */
export function aReceipt(
  leg: DispatchLeg,
  evidence: unknown,
  broken: { head?: { sha: CommitSha; tree: TreeSha } | null; claims?: ReceiptClaims; fact?: Partial<ReceiptFact> } = {},
): ReceiptFact {
  const text = JSON.stringify(evidence);
  const digest = digestText(text);
  const head = broken.head === undefined ? { sha: fakeCommit('head'), tree: fakeTree('head') } : broken.head;
  const claims = {
    version: 1,
    plan: 'plan',
    nonce: 'plan.2',
    runId: RUN.id,
    runAttempt: 1,
    work: leg.work,
    task: leg.task,
    attempt: leg.attempt,
    generation: leg.generation,
    mode: leg.mode,
    headSha: head?.sha ?? null,
    evidence: digest,
    pack: null,
    ...broken.claims,
  };
  return {
    commitSha: fakeCommit('receipt'),
    head,
    receipt: JSON.stringify(claims),
    evidence: text,
    evidenceDigest: digest,
    artifacts: new Map([[`espalier-${leg.task}.${leg.attempt}-evidence.json`, digest]]),
    ...broken.fact,
  };
}

/** Somebody with an account of their own. */
export function aPerson(login: string): Speaker {
  return { login, kind: 'user', id: 1 };
}

/** A plan's text: a task for each id, each with the fields that are given, on top of defaults that make it whole. */
export function planText(tasks: Readonly<Record<string, string>>, frame = ''): string {
  return [
    'We are going to do this.',
    '',
    '```espalier',
    'plan: garden',
    ...(frame === '' ? [] : [frame]),
    'defaults: {agent: "command: ./agent", test: ./test, review: "command: ./review"}',
    'tasks:',
    ...Object.entries(tasks).map(([id, fields]) => `  ${id}: {spec: Do it., ${fields}}`),
    '```',
    '',
  ].join('\n');
}

/** An open issue with a plan of two tasks, of which `b` needs `a`. */
export function anIssue(overrides: Partial<IssueFact> = {}): IssueFact {
  return {
    number: 7,
    nodeId: 'I_7',
    isOpen: true,
    title: 'A plan',
    body: planText({ a: 'title: Do a', b: 'title: Do b, needs: [a]' }),
    editedAtMs: null,
    labels: [],
    labelEvents: [],
    comments: [],
    ...overrides,
  };
}

/** A check that has passed. */
export function aCheck(name: string, overrides: Partial<CheckFact> = {}): CheckFact {
  return {
    name,
    appId: 15368,
    status: 'passed',
    conclusion: 'SUCCESS',
    url: null,
    externalId: null,
    nodeId: `CR_${name}`,
    ...overrides,
  };
}

/** The repository's own check, which is never in the way here. */
export const CI_PASSED: PullFact['checks'][number] = {
  name: 'ci',
  appId: null,
  status: 'passed',
  conclusion: 'SUCCESS',
  url: null,
  externalId: null,
  nodeId: null,
};
