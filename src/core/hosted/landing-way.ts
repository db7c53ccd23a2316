/** The strongest way to land that the rules of a base allow, and how strong it is (DESIGN, promise 1). */
import type { LandingWay } from './effect.ts';
import type { BaseRules } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';
import { GATE_CHECK, isOwnGate } from './own-gate-check.ts';

/** How landings are done on a base, or why they cannot be. */
export type LandingPlan =
  | {
      way: LandingWay;
      /** `exact`: an untested tree cannot land. `audited`: one at a time, and the trees are compared afterwards. */
      strength: 'exact' | 'audited';
      /** The task's branch is put at the tested commit first, so that the forge's checks run on that very tree. */
      movesBranch: boolean;
      /** A sentence. */
      because: string;
    }
  | {
      /** Why nothing can land; a sentence. */
      impossible: string;
      next: string;
    };

type PullMethod = 'merge' | 'squash' | 'rebase';

// In this order: a merge commit keeps what landed with which task readable, and a rebase may make another tree.
const METHODS: readonly PullMethod[] = ['merge', 'squash', 'rebase'];

/** Name of the rule that forbids merge commits, as the forge has it. */
const LINEAR_HISTORY = 'required_linear_history';

/** Chooses the way for a base. Total: whatever the rules are, there is a way or a reason. */
export function landingWay(
  rules: BaseRules,
  { landing }: Pick<HostedConfig, 'landing'>,
  ownAppId: number,
): LandingPlan {
  if (rules.isQueueHidden === true) return HIDDEN_QUEUE;
  if (rules.hasMergeQueue) return enqueue(landing, isGateEnforced(rules, ownAppId));
  const obstacle = findDirectObstacle(rules);
  if (landing === 'fast-forward')
    return obstacle === null
      ? fastForward()
      : {
          impossible: `\`landing: fast-forward\` needs a base that may be moved directly, and ${obstacle}`,
          next: 'set `landing: auto` in .github/espalier.yml, or lift that rule for this app',
        };
  if (landing === 'auto' && obstacle === null) return fastForward();
  return byPull(rules, landing);
}

const HIDDEN_QUEUE: LandingPlan = {
  impossible: 'the base has a merge queue, which the `GITHUB_TOKEN` of a job can neither see nor use',
  next: 'give Espalier the token of an app of your own (the README says how), or take the merge queue off the base',
};

function fastForward(): LandingPlan {
  return {
    way: 'fast-forward',
    strength: 'exact',
    movesBranch: false,
    because: 'the base is moved to the tested commit itself, by compare-and-swap',
  };
}

/** The queue waits for this very app's answer; a check of that name by any other would not do. */
function isGateEnforced({ requiredChecks }: BaseRules, ownAppId: number): boolean {
  return requiredChecks.some((check) => isOwnGate(check, ownAppId) && check.appId !== null);
}

function enqueue(landing: HostedConfig['landing'], isEnforced: boolean): LandingPlan {
  if (landing === 'fast-forward')
    return {
      impossible: '`landing: fast-forward` cannot be done on a base that has a merge queue',
      next: 'set `landing: auto` in .github/espalier.yml, or take the merge queue off the base',
    };
  const method = landing === 'auto' ? '' : `; it merges by its own method, whatever \`landing: ${landing}\` says`;
  return {
    way: 'enqueue',
    strength: isEnforced ? 'exact' : 'audited',
    movesBranch: false,
    because: isEnforced
      ? `the base has a merge queue, which lands only what this app's check '${GATE_CHECK}' says was tested${method}`
      : `the base has a merge queue, and what it made is compared with the tested tree, since its rules do not require the check '${GATE_CHECK}' of this app${method}`,
  };
}

/** Why the base cannot be moved directly; `null` if it can. */
function findDirectObstacle(rules: BaseRules): string | null {
  const [rule] = rules.otherRules;
  if (rules.requiresPull || rules.approvals > 0) return 'changes must be made through a pull request';
  if (rules.requiredChecks.length > 0)
    return `the check '${rules.requiredChecks[0]?.name}' must pass before the base moves`;
  return rule === undefined ? null : `the rule '${rule}' stands in the way`;
}

function byPull(rules: BaseRules, landing: Exclude<HostedConfig['landing'], 'fast-forward'>): LandingPlan {
  const allowed = METHODS.filter((method) => isAllowed(rules, method));
  const method = landing === 'auto' ? allowed[0] : landing;
  if (method === undefined)
    return {
      impossible: 'the rules of the base and the settings of the repository allow no way to merge a pull request',
      next: 'allow merge commits, squash merging or rebase merging for this base',
    };
  if (!allowed.includes(method))
    return {
      impossible: `\`landing: ${method}\` is not allowed by the rules of the base or the settings of the repository`,
      next: `set \`landing: ${allowed[0] ?? 'auto'}\` in .github/espalier.yml, or allow ${method} for this base`,
    };
  const isEnforced = rules.isStrict && rules.requiredChecks.length > 0;
  const losesApprovals = rules.approvals > 0 && (rules.dismissesStaleReviews || rules.requiresLastPushApproval);
  if (isEnforced && losesApprovals)
    return {
      impossible: `a branch must be up to date before it is merged, and every update ${rules.dismissesStaleReviews ? 'dismisses its approvals' : 'needs a new approval'}: approvals would have to be given again after every landing`,
      next: 'switch one of the two rules off for this base, or give it a merge queue',
    };
  const movesBranch = rules.requiredChecks.length > 0 && !losesApprovals;
  // What a rebase makes of the commits need not be the tested tree, even on the tip that it was tested on.
  if (isEnforced && method !== 'rebase')
    return {
      way: method,
      strength: 'exact',
      movesBranch,
      because: 'the forge merges only a branch that is up to date, and that branch is the tested commit',
    };
  return { way: method, strength: 'audited', movesBranch, because: explainAudit(method, movesBranch) };
}

function isAllowed(rules: BaseRules, method: PullMethod): boolean {
  if (method === 'merge' && rules.otherRules.includes(LINEAR_HISTORY)) return false;
  return rules.allowedMergeMethods.includes(method);
}

function explainAudit(method: PullMethod, movesBranch: boolean): string {
  const first = movesBranch ? 'the pull request is put at the tested commit' : 'the head of the pull request is pinned';
  return `${first}, one landing goes at a time, and what the ${method} made is compared with the tested tree`;
}
