/** Everything that must hold before a run may start: the plan, the repository, the base, the configuration. */
import path from 'node:path';

import type { BranchName, CommitSha } from '../../core/brand.ts';
import { CONFIG_PATH, type EspalierConfig, MAX_CONFIG_LENGTH, readConfig } from '../../core/config/config.ts';
import { readBranchName } from '../../core/ids.ts';
import type { PlanLedger } from '../../core/ledger/ledger.ts';
import { findNearestName } from '../../core/plan/nearest-name.ts';
import type { Plan, PlanProblem, PlanReading, ResolvedPlan, SaidSettings } from '../../core/plan/plan.ts';
import { readPlan } from '../../core/plan/read-plan.ts';
import { resolvePlan } from '../../core/plan/resolve-plan.ts';
import { branchFor } from '../../core/ref-names.ts';
import { countOf, shortSha } from '../../core/report/amounts.ts';
import { readLedgers } from '../../engine/ledger-session.ts';
import { CliError } from './cli-error.ts';
import type { OpenRepository } from './open-repository.ts';
import { readPlanSource } from './plan-source.ts';
import type { RunOptions } from './run-options.ts';
import { showProblems } from './show-problems.ts';
import type { Session } from './session.ts';

/** A plan that can be run, and where. */
export interface PreparedRun {
  plan: ResolvedPlan;
  config: EspalierConfig;
  baseBranch: BranchName;
  /** Where a new run of this plan begins; that of a known plan is in its ledger. */
  baseSha: CommitSha;
  target: BranchName;
  /** The plan's ledger if it was run before. */
  ledger: PlanLedger | null;
}

/** A plan's text that was read without an error. */
export interface ReadPlan {
  plan: Plan;
  reading: PlanReading;
  /** Name of the text as the person knows it. */
  source: string;
}

/** Reads the plan of `run`; prints its problems (warnings only if `showsWarnings`) and refuses if one is an error. */
export async function readPlanToRun(session: Session, said: string, showsWarnings: boolean): Promise<ReadPlan> {
  const source = await readPlanSource(session, said);
  const reading = readPlan(source.text, source.fileName === null ? {} : { fileName: source.fileName });
  const name = source.fileName ?? 'standard input';
  if (showsWarnings || reading.plan === null) showProblems(session, reading.problems, name);
  if (reading.plan === null)
    throw new CliError('usage', `The plan '${name}' cannot be run: ${countErrors(reading.problems)}.`, {
      next: 'put right what is listed above; nothing was started',
    });
  return { plan: reading.plan, reading, source: name };
}

/** Finds the base, reads the configuration there, and fills in every setting of the plan. */
export async function prepareRun(
  session: Session,
  repository: OpenRepository,
  asked: { read: Plan; source: string; overrides: SaidSettings; options: RunOptions },
): Promise<PreparedRun> {
  const { read, source, overrides, options } = asked;
  const plan = options.budget === undefined ? read : { ...read, budgetUsd: options.budget };
  const { ledger } = await readLedgers(repository.store, plan.id);
  const base = await findBase(repository, plan, ledger, options);
  // A plan that goes on is read with the configuration that it was accepted with.
  const configSha = ledger === null || options.revise === true ? base.sha : ledger.baseSha;
  const config = await loadConfig(session, repository, configSha);
  const resolved = resolve(session, { plan, source }, config.defaults, overrides);
  checkOnly(resolved, options);
  const target = options.landOnBase === true ? base.branch : branchFor({ kind: 'landed', plan: resolved.id });
  return { plan: resolved, config, baseBranch: base.branch, baseSha: base.sha, target, ledger };
}

/** What is unusual about the repository but no obstacle, said in plain sight; refuses what is one. */
export async function checkRepository(session: Session, repository: OpenRepository, run: PreparedRun): Promise<void> {
  const { facts, git } = repository;
  if (facts.submodules.length > 0)
    session.warn(
      `${countOf(facts.submodules.length, 'submodule')} (${facts.submodules.slice(0, 3).join(', ')}) will not be checked ` +
        'out in worktrees: agents and tests do not see what is in them.',
    );
  if (facts.isShallow)
    session.note('this is a shallow clone: agents see the history that is here; landing needs no more than that.');
  if (run.target !== run.baseBranch) {
    if (facts.isDirty)
      session.note(
        `changes that are not committed are not part of the base (${shortSha(run.baseSha)}) and stay as they are.`,
      );
    return;
  }
  for (const checkout of await git.checkoutsOf(run.baseBranch)) {
    if (checkout.isClean) continue;
    throw new CliError(
      'unfit',
      `--land-on-base would move '${run.baseBranch}', which is checked out in '${checkout.path}', and that is not ` +
        `clean: ${checkout.because}.`,
      { next: 'commit or stash the changes, or leave out --land-on-base and merge the result yourself' },
    );
  }
}

async function findBase(
  repository: OpenRepository,
  plan: Plan,
  ledger: PlanLedger | null,
  options: RunOptions,
): Promise<{ branch: BranchName; sha: CommitSha }> {
  const { facts, git } = repository;
  if (!facts.hasCommits)
    throw new CliError('unfit', 'This repository has no commit yet, so there is nothing to start from.', {
      next: "git add --all && git commit -m 'Begin'",
    });
  const asked = options.base === undefined ? null : readBase(options.base);
  if (ledger !== null && asked !== null && asked !== ledger.baseBranch)
    throw new CliError('usage', `Plan '${plan.id}' began on '${ledger.baseBranch}', not on '${asked}'.`, {
      next: 'leave out --base, or give the plan another id',
    });
  const branch = asked ?? ledger?.baseBranch ?? plan.base ?? facts.headBranch;
  if (branch === null)
    throw new CliError('unfit', 'No branch is checked out here, so it is not clear where to start from.', {
      next: 'name one: --base main',
    });
  const sha = await git.readBranch(branch);
  if (sha !== null) return { branch, sha };
  const branches = await git.listBranches('');
  const nearest = findNearestName(
    branch,
    branches.map((each) => each.branch),
  );
  throw new CliError('usage', `There is no branch '${branch}' to start from.`, {
    next: nearest === null ? 'git branch lists the branches' : `did you mean '${nearest}'?`,
  });
}

function readBase(text: string): BranchName {
  const base = readBranchName(text);
  if (!base.ok) throw new CliError('usage', `--base '${text}' is no branch that can be used: ${base.because}.`);
  return base.value;
}

/** The configuration at a commit; the empty one where there is none. */
async function loadConfig(session: Session, repository: OpenRepository, commit: CommitSha): Promise<EspalierConfig> {
  const text = await repository.git.readFile(commit, CONFIG_PATH, MAX_CONFIG_LENGTH * 4);
  const { config, problems } = readConfig(text ?? '');
  showProblems(session, problems, `${shortSha(commit)}:${CONFIG_PATH}`);
  if (config === null)
    throw new CliError('usage', `The configuration ${CONFIG_PATH} at ${shortSha(commit)} cannot be used.`, {
      next: 'put it right and commit it on the base; nothing was started',
    });
  return config;
}

function resolve(
  session: Session,
  { plan, source }: { plan: Plan; source: string },
  defaults: SaidSettings,
  overrides: SaidSettings,
): ResolvedPlan {
  const { plan: resolved, problems } = resolvePlan(plan, defaults, overrides, { forge: 'local' });
  showProblems(session, problems, source);
  if (resolved === null)
    throw new CliError('usage', `The plan '${plan.id}' cannot be run as it stands: ${countErrors(problems)}.`, {
      next: 'say what is missing in the plan, in the configuration or on the command line',
    });
  return resolved;
}

function checkOnly(plan: ResolvedPlan, options: RunOptions): void {
  const ids = plan.tasks.map((task) => task.id);
  for (const word of options.only ?? []) {
    if (ids.some((id) => id === word)) continue;
    const nearest = findNearestName(word, ids);
    throw new CliError('usage', `--only names '${word}', which is no task of plan '${plan.id}'.`, {
      next: nearest === null ? `the tasks are ${ids.slice(0, 20).join(', ')}` : `did you mean '${nearest}'?`,
    });
  }
}

function countErrors(problems: readonly PlanProblem[]): string {
  return countOf(problems.filter((problem) => problem.severity === 'error').length, 'error');
}

/** A folder as it was typed, absolute. */
export function resolveFolder(session: Session, folder: string): string {
  return path.resolve(session.input.cwd, folder);
}
