/** What a set-up needs of the repository on GitHub, and what would make it safer: facts to a list with exact steps. */
import { LABELS, type LabelSpec } from '../commands/labels.ts';
import { keyNameOf, type SetupOptions } from './setup-options.ts';
import { APP_CLIENT_ID, APP_PRIVATE_KEY, WORKFLOW_FILES } from './workflow-parts.ts';

/** What GitHub says of a repository. `null`: whoever asks may not read it. */
export interface SetupFacts {
  owner: string;
  name: string;
  defaultBranch: string;
  isOrganization: boolean;
  /** Names of its labels. */
  labels: readonly string[];
  actions: { isEnabled: boolean; allowed: 'all' | 'local_only' | 'selected' } | null;
  workflowPermissions: { standard: 'read' | 'write'; mayOpenPulls: boolean } | null;
  /** Types of the rules that hold for the ledgers' branches and for the queues'. */
  ledgerRules: readonly string[];
  queueRules: readonly string[];
  /** The workflows that GitHub has, which are those of the default branch, and which of them are switched on. */
  workflows: readonly { path: string; isActive: boolean }[] | null;
  /** Names of the secrets and variables that its workflows see. */
  secretNames: readonly string[] | null;
  variableNames: readonly string[] | null;
}

/** One thing that is needed (`missing` if it is not there) or proposed. */
export interface SetupNeed {
  name: string;
  state: 'ok' | 'missing' | 'proposed' | 'unknown';
  because: string;
  /** Commands that put it right, each as its words. */
  steps: readonly (readonly string[])[];
}

/** Branches that only Espalier should write. */
const OWN_BRANCHES = ['espalier-ledger', 'espalier-queue'] as const;
const GUARDING_RULES = ['creation', 'update', 'deletion', 'non_fast_forward'] as const;

/** Names of branches that stand for all of a kind, to ask for their rules. */
export const SAMPLE_BRANCHES = { ledger: 'espalier-ledger/issue-1', queue: 'espalier-queue/main' } as const;

/** The labels that are not there. */
export function missingLabels({ labels }: Pick<SetupFacts, 'labels'>): LabelSpec[] {
  const there = new Set(labels.map((name) => name.toLowerCase()));
  return LABELS.filter(({ name }) => !there.has(name));
}

/**
 * The ruleset that lets one app alone write what Espalier remembers, as GitHub's REST API takes it. `appId` is that of
 * the App that reconciles: GitHub refuses its own app for Actions here, but in rulesets of an organization.
 */
export function writeLedgerRuleset(appId: number): Record<string, unknown> {
  return {
    name: 'espalier: only the App writes its ledgers',
    target: 'branch',
    enforcement: 'active',
    bypass_actors: [{ actor_id: appId, actor_type: 'Integration', bypass_mode: 'always' }],
    conditions: { ref_name: { include: OWN_BRANCHES.map((name) => `refs/heads/${name}/**`), exclude: [] } },
    rules: GUARDING_RULES.map((type) => ({ type })),
  };
}

/** Everything that is needed and proposed, in the order in which a person would do it. */
export function listNeeds(facts: SetupFacts, options: SetupOptions): SetupNeed[] {
  const needs = [needActions(facts), needWorkflows(facts, options), needLabels(facts), needKey(facts, options)];
  if (options.variant === 'serverless') needs.push(needApp(facts), needPulls(facts));
  return [...needs, proposeReadOnly(facts), proposeRuleset(facts, options)];
}

function repositoryOf({ owner, name }: SetupFacts): string {
  return `${owner}/${name}`;
}

function needActions(facts: SetupFacts): SetupNeed {
  const name = 'Actions';
  if (facts.actions === null) return unknown(name, 'whether workflows may run and which actions they may use');
  const steps = [
    ['gh', 'api', '--method', 'PUT', `repos/${repositoryOf(facts)}/actions/permissions`, '-F', 'enabled=true'],
  ];
  if (!facts.actions.isEnabled) return { name, state: 'missing', because: 'workflows are switched off', steps };
  if (facts.actions.allowed === 'all') return ok(name, 'workflows run, with any action');
  return {
    name,
    state: facts.actions.allowed === 'local_only' ? 'missing' : 'proposed',
    because:
      facts.actions.allowed === 'local_only'
        ? 'only actions of this owner are allowed; allow those that the workflows name'
        : 'only chosen actions are allowed; see that those that the workflows name are among them',
    steps: [],
  };
}

/** Only those that are started by themselves; the called one comes with them. */
function needWorkflows(facts: SetupFacts, { variant }: SetupOptions): SetupNeed {
  const name = 'workflows on the default branch';
  if (facts.workflows === null) return unknown(name, 'which workflows there are');
  const wanted = [WORKFLOW_FILES.dispatch, ...(variant === 'serverless' ? [WORKFLOW_FILES.reconcile] : [])];
  const known = new Map(facts.workflows.map(({ path, isActive }) => [path, isActive]));
  const absent = wanted.filter((file) => !known.has(`.github/workflows/${file}`));
  if (absent.length > 0)
    return {
      name,
      state: 'missing',
      because: `${absent.join(', ')}: not on '${facts.defaultBranch}' yet. Commit the files and bring them there`,
      steps: [],
    };
  const inactive = wanted.filter((file) => known.get(`.github/workflows/${file}`) === false);
  if (inactive.length === 0) return ok(name, 'there, and switched on');
  return {
    name,
    state: 'missing',
    because: `switched off: ${inactive.join(', ')}`,
    steps: inactive.map((file) => ['gh', 'workflow', 'enable', file, '--repo', repositoryOf(facts)]),
  };
}

function needLabels(facts: SetupFacts): SetupNeed {
  const missing = missingLabels(facts);
  if (missing.length === 0) return ok('labels', 'all there');
  return {
    name: 'labels',
    state: 'missing',
    because: `missing: ${missing.map(({ name }) => name).join(', ')}`,
    steps: missing.map(({ name, color, description }) => [
      ...['gh', 'label', 'create', name, '--color', color, '--description', description],
      ...['--repo', repositoryOf(facts)],
    ]),
  };
}

function needKey(facts: SetupFacts, options: SetupOptions): SetupNeed {
  const key = keyNameOf(options);
  if (key === null) return ok('secret of the agent', 'the agent needs none');
  return needSecret(facts, key, 'the agent calls its model with it');
}

function needSecret(facts: SetupFacts, key: string, because: string): SetupNeed {
  const name = `secret ${key}`;
  if (facts.secretNames === null) return unknown(name, 'whether it is set');
  if (facts.secretNames.includes(key)) return ok(name, 'set');
  return { name, state: 'missing', because, steps: [['gh', 'secret', 'set', key, '--repo', repositoryOf(facts)]] };
}

/** `null` if it cannot be known. */
function hasApp({ variableNames }: SetupFacts): boolean | null {
  return variableNames === null ? null : variableNames.includes(APP_CLIENT_ID);
}

function needApp(facts: SetupFacts): SetupNeed {
  if (hasApp(facts) === true)
    return needSecret(facts, APP_PRIVATE_KEY, `the variable ${APP_CLIENT_ID} names an App, whose key is missing`);
  if (hasApp(facts) === null) return unknown(`variable ${APP_CLIENT_ID}`, 'whether there is an App of your own');
  return {
    name: 'App of your own',
    state: 'proposed',
    because:
      'without one the token of the job is used: CI of its pull requests waits for a click, and workflow files cannot be changed',
    steps: [
      ['gh', 'variable', 'set', APP_CLIENT_ID, '--repo', repositoryOf(facts)],
      ['gh', 'secret', 'set', APP_PRIVATE_KEY, '--repo', repositoryOf(facts)],
    ],
  };
}

function needPulls(facts: SetupFacts): SetupNeed {
  const name = 'pull requests of workflows';
  const { workflowPermissions: found } = facts;
  if (hasApp(facts) === true) return ok(name, 'the App opens them');
  if (found === null) return unknown(name, 'whether "Allow GitHub Actions to create and approve pull requests" is on');
  if (found.mayOpenPulls) return ok(name, 'allowed');
  return {
    name,
    state: 'missing',
    because: '"Allow GitHub Actions to create and approve pull requests" is off (Settings, Actions, General)',
    steps: [setWorkflowPermissions(facts, found.standard)],
  };
}

function setWorkflowPermissions(facts: SetupFacts, standard: 'read' | 'write', mayOpenPulls = true): string[] {
  return [
    ...['gh', 'api', '--method', 'PUT', `repos/${repositoryOf(facts)}/actions/permissions/workflow`],
    ...['-f', `default_workflow_permissions=${standard}`, '-F', `can_approve_pull_request_reviews=${mayOpenPulls}`],
  ];
}

function proposeReadOnly(facts: SetupFacts): SetupNeed {
  const name = 'tokens of workflows';
  const { workflowPermissions: found } = facts;
  if (found === null) return unknown(name, 'what a workflow may do that says nothing');
  if (found.standard === 'read') return ok(name, 'read-only, where a workflow says nothing');
  return {
    name,
    state: 'proposed',
    because: "a workflow that says nothing may write. Espalier's say what they need; let others do so too",
    steps: [setWorkflowPermissions(facts, 'read', found.mayOpenPulls)],
  };
}

function proposeRuleset(facts: SetupFacts, { variant }: SetupOptions): SetupNeed {
  const name = 'rule for the ledgers';
  const isGuarded = [facts.ledgerRules, facts.queueRules].every((types) => types.includes('update'));
  if (isGuarded) return ok(name, 'their branches are guarded');
  const branches = OWN_BRANCHES.map((branch) => `${branch}/**`).join(' and ');
  const isByApp = variant === 'app' || hasApp(facts) === true;
  const because = `everybody with write permission can rewrite ${branches}. Let only the App write them`;
  if (isByApp)
    return { name, state: 'proposed', because, steps: [['espalier', 'init', '--apply-settings', '--app-id', 'ID']] };
  return {
    name,
    state: 'proposed',
    because: facts.isOrganization
      ? `${because}: with an App of your own, or by a ruleset of the organization that lets GitHub Actions (id 15368) pass`
      : `${because}: that takes an App of your own, since GitHub lets its Actions pass no rule of a single repository`,
    steps: [],
  };
}

function ok(name: string, because: string): SetupNeed {
  return { name, state: 'ok', because, steps: [] };
}

function unknown(name: string, what: string): SetupNeed {
  return { name, state: 'unknown', because: `the token may not read ${what}`, steps: [] };
}
