/** The mode cleanup: branches of plans that nobody needs any more. First it is only told what would go. */
import { listOwnBranches, readConfigText, readOpenIssues } from '../../adapters/github/read-cleaning.ts';
import type { PlanId } from '../../core/brand.ts';
import {
  chooseHostedCleaning,
  type HostedBranch,
  type HostedCleaning,
  type HostedPlanFacts,
  type HostedRemoval,
} from '../../core/clean/hosted-cleaning.ts';
import { readConfig } from '../../core/config/config.ts';
import type { EffectOutcome, ForgeEffect } from '../../core/hosted/effect.ts';
import { issueOf } from '../../core/hosted/state.ts';
import { readPlanFiles } from '../../core/ledger/files.ts';
import { hasPlanFiles, readForgeFiles } from '../../core/ledger/forge-files.ts';
import { renderHostedCleaning } from '../../core/report/hosted/cleaning-report.ts';
import { NO_LEDGER } from '../../engine/tell-forbidden.ts';
import type { HostedForge } from '../../ports/hosted-forge.ts';
import { ActionError } from './action-error.ts';
import { openServerless, type ServerlessGitHub, toActionError } from './serverless-github.ts';
import type { ActionSession } from './session.ts';

type Session = ActionSession<'cleanup'>;

/** Moves of one call: as many as are done long before its time is up. */
const MOVES_AT_ONCE = 40;

/** Lists what would go, or removes it; sets the outputs `outcome` and `removed`, and shows both lists in the summary. */
export async function runCleanup(session: Session): Promise<void> {
  const { inputs, speech } = session;
  const serverless = await openServerless(session);
  const { cleaning, failed } = await toActionError(async () => {
    const forge = forgeOf(serverless);
    const chosen = await choose(session, serverless, forge);
    return {
      cleaning: chosen,
      failed: inputs.isDryRun ? new Map<string, string>() : await removeAll(forge, chosen.remove),
    };
  });
  speech.setOutput('outcome', 'done');
  speech.setOutput('removed', String(cleaning.remove.length - failed.size));
  for (const { branch, because } of cleaning.remove)
    speech.say(
      `${inputs.isDryRun ? 'would go' : failed.has(branch) ? 'stays' : 'gone'}: ${branch} (${failed.get(branch) ?? because})`,
    );
  speech.summarize(renderHostedCleaning(cleaning, { isDryRun: inputs.isDryRun, failed }));
}

function forgeOf({ github, repository }: ServerlessGitHub): HostedForge {
  return github.forgeOf({ repositoryId: repository.id, owner: repository.owner, repo: repository.name });
}

async function choose(
  { clock, signal }: Session,
  { github, repository, self }: ServerlessGitHub,
  forge: HostedForge,
): Promise<HostedCleaning> {
  const place = { client: github.client, owner: repository.owner, name: repository.name, signal };
  const { config } = readConfig((await readConfigText(place)) ?? '');
  // How long things are to be kept is not known then.
  if (config === null)
    throw new ActionError('Nothing is cleaned up: .github/espalier.yml on the default branch cannot be read.', {
      next: 'mend that file; the comment /espalier check on a plan shows what is wrong with it',
    });
  const branches = await listOwnBranches(place);
  const ledgers = branches.flatMap((found) => {
    const plan = /^espalier-ledger\/(issue-\d+)$/.exec(found.branch)?.[1];
    const issue = issueOf(plan ?? '');
    return issue === null ? [] : [{ ...found, plan: plan as PlanId, issue }];
  });
  const open = await readOpenIssues(
    place,
    ledgers.map(({ issue }) => issue),
  );
  const plans: HostedPlanFacts[] = [];
  for (const { plan, issue, sha } of ledgers)
    plans.push({ plan, isOpen: open.has(issue), ...(await readLedger(forge, sha)) });
  return chooseHostedCleaning({ appId: self.appId, branches, plans }, config.github.cleanup, clock.now());
}

async function readLedger(
  forge: HostedForge,
  at: HostedBranch['sha'],
): Promise<Pick<HostedPlanFacts, 'ledger' | 'record'>> {
  const files = await forge.readLedgerFiles(at);
  const ledger = hasPlanFiles(files) ? readPlanFiles(files) : null;
  const record = readForgeFiles(files);
  return { ledger: ledger?.ok === true ? ledger.value : null, record: record.ok ? record.value : null };
}

/** Removes each branch by compare-and-swap, together with making its archive; the words of those that were not. */
async function removeAll(forge: HostedForge, removals: readonly HostedRemoval[]): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (let from = 0; from < removals.length; from += MOVES_AT_ONCE) {
    const part = removals.slice(from, from + MOVES_AT_ONCE);
    const outcomes = await forge.perform(part.map(toEffect), NO_LEDGER);
    for (const { branch } of part) {
      const because = whyNot(outcomes.get(keyOf(branch)));
      if (because !== null) failed.set(branch, because);
    }
  }
  return failed;
}

function keyOf(branch: string): string {
  return `clean.${branch}`;
}

/** One mutation each: what is archived is never gone in between, and one that has moved keeps no other from going. */
function toEffect({ branch, sha, to }: HostedRemoval): ForgeEffect {
  const archive = to === null ? [] : [{ branch: to, from: null, to: sha, force: false }];
  return {
    kind: 'move-branches',
    key: keyOf(branch),
    moves: [...archive, { branch, from: sha, to: null, force: false }],
  };
}

function whyNot(outcome: EffectOutcome | undefined): string | null {
  if (outcome === undefined) return 'the forge said nothing of it';
  if (outcome.kind === 'done') return null;
  return 'because' in outcome ? outcome.because : 'it is not where it was';
}
