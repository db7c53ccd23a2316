/** The parts of the App that are not its shell, opened for real: GitHub, and the engine on each plan issue. */
import { listOpenPlanIssues } from '../../adapters/github/list-plans.ts';
import { openGitHub } from '../../adapters/github/open-github.ts';
import { HOSTED_DEFAULTS } from '../../core/hosted/hosted-config.ts';
import type { Hint, PlanHint, PlanTarget, RepositoryIdentity } from '../../core/intake/hint.ts';
import { issueNamedBy } from '../../core/intake/issue-named-by.ts';
import { HostedPlan, type PlanNames } from '../../engine/reconcile-hosted.ts';
import type { AppParts, OpenParts, PartsContext } from './parts.ts';

/** Plans that are kept in memory; one that was dropped is read from its ledger again. */
const MAX_PLANS = 500;

/** The plans of this process, the one that was used longest ago first. */
class PlanShelf {
  private readonly plans = new Map<string, { target: PlanTarget; plan: HostedPlan }>();
  private readonly open: (target: PlanTarget) => HostedPlan;

  constructor(open: (target: PlanTarget) => HostedPlan) {
    this.open = open;
  }

  take(target: PlanTarget): HostedPlan {
    const key = `${target.repositoryId}#${target.issue}`;
    const known = this.plans.get(key);
    // A repository that was renamed or transferred, or an app that was installed anew, is reached another way.
    const isSame =
      known !== undefined &&
      known.target.owner === target.owner &&
      known.target.repo === target.repo &&
      known.target.installationId === target.installationId;
    const plan = isSame ? known.plan : this.open(target);
    this.plans.delete(key);
    this.plans.set(key, { target, plan });
    const [oldest] = this.plans.keys();
    if (this.plans.size > MAX_PLANS && oldest !== undefined) this.plans.delete(oldest);
    return plan;
  }

  /** Plans of a repository that answer to one of the hints. */
  find(repositoryId: number, hints: readonly PlanHint[]): PlanTarget[] {
    return [...this.plans.values()]
      .filter(({ target }) => target.repositoryId === repositoryId)
      .filter(({ plan }) => plan.names !== null && hints.some((hint) => isNamedBy(plan.names as PlanNames, hint)))
      .map(({ target }) => target);
  }
}

function isNamedBy(names: PlanNames, hint: PlanHint): boolean {
  if ('pull' in hint) return names.pulls.has(hint.pull);
  if ('branch' in hint) return names.branches.has(hint.branch);
  if ('base' in hint) return names.base === hint.base;
  if ('run' in hint) return names.runs.has(hint.run);
  return 'sha' in hint && names.heads.has(hint.sha);
}

/** Opens GitHub and the engine. */
export const openParts: OpenParts = (context) => Promise.resolve(openRealParts(context));

function openRealParts(context: PartsContext): AppParts {
  const { settings, credentials, clock, fetch, log, metrics, replica } = context;
  const github = openGitHub({
    appId: credentials.appId,
    privateKeyPem: credentials.privateKey,
    clock,
    fetch,
    log,
    baseUrl: settings.apiUrl,
  });
  const config = { ...HOSTED_DEFAULTS, allowedBotIds: settings.allowedBotIds };
  const shelf = new PlanShelf((target) => {
    const forge = github.forgeOf(target);
    return new HostedPlan({ forge, clock, replica, config }, target.issue);
  });
  const targetsOf = (repository: RepositoryIdentity, installationId: number, issues: readonly number[]): PlanTarget[] =>
    issues.map((issue) => ({
      installationId,
      owner: repository.owner,
      repo: repository.name,
      repositoryId: repository.id,
      issue,
    }));
  return {
    api: github.api,
    listOpenPlans: async (repository, installationId, signal) =>
      targetsOf(
        repository,
        installationId,
        await listOpenPlanIssues(github.clientOf(installationId), repository, clock.now(), signal),
      ),
    resolvePlans: ({ repository, installationId, plans }: Hint) => {
      const hints = plans === 'all' ? [] : plans;
      const named = hints.map(issueNamedBy).filter((issue) => issue !== null);
      const found = shelf.find(repository.id, hints).map((target) => target.issue);
      return Promise.resolve(targetsOf(repository, installationId, [...new Set([...named, ...found])]));
    },
    reconcile: async (target) => {
      const report = await shelf.take(target).reconcile();
      const where = { repository: `${target.owner}/${target.repo}`, issue: target.issue };
      for (const { kind, task, attempt, detail } of report.notes)
        log.info('A plan went on.', { ...where, kind, task, attempt, detail });
      for (const { strength } of report.certificates) if (strength !== 'by-hand') metrics.countLanding(strength);
      const quota = github.quotaOf(target.installationId);
      if (quota.rest !== null) metrics.noteQuota('rest', target.installationId, quota.rest);
      if (quota.graphql !== null) metrics.noteQuota('graphql', target.installationId, quota.graphql);
      return { again: report.again, wakeAtMs: report.wakeAtMs };
    },
    noteClick: (target, click) => shelf.take(target).addClick(click),
    close: () => Promise.resolve(),
  };
}
