/** Finds out how a repository is to be set up: what was asked for, else what stands there, else what is usual. */
import { type CheckoutFacts, readCheckout, readRemoteTag } from '../../adapters/git/setup-repository.ts';
import type { RepositoryNames } from '../../adapters/github/setup-repository.ts';
import { guessCommands } from '../../core/setup/guess-commands.ts';
import type { PresentFiles } from '../../core/setup/compare-setup.ts';
import { workflowPath } from '../../core/setup/render-setup.ts';
import {
  type ActionSource,
  type AgentName,
  readActionSha,
  readKeyName,
  type SetupOptions,
  type SetupVariant,
} from '../../core/setup/setup-options.ts';
import { readStamp, type SetupStamp } from '../../core/setup/setup-stamp.ts';
import { listCiNames } from '../../core/setup/workflow-names.ts';
import { CliError } from './cli-error.ts';
import { readActionRepository } from './own-manifest.ts';
import type { Session } from './session.ts';
import { readTellingTexts, readWorkflows } from './setup-files.ts';
import { ESPALIER_VERSION } from './version.ts';

/** What a person may say. */
export interface AskedSetup {
  app?: true;
  serverless?: true;
  agent?: AgentName;
  agentKey?: string;
  actionSha?: string;
}

/** The checkout that is set up. */
export interface SetupPlace extends CheckoutFacts {
  /** On GitHub; `null` if nothing says which it is. */
  names: RepositoryNames | null;
}

/** Finds the checkout, or refuses with the reason. */
export async function findPlace(session: Session): Promise<SetupPlace> {
  const { env } = session.input;
  const checkout = await readCheckout(session.repositoryDir, env);
  if (checkout === null)
    throw new CliError('unfit', `'${session.repositoryDir}' is in no checkout of a git repository.`, {
      next: 'go there, or name it with --repo DIR',
    });
  return { ...checkout, names: readNames(env['GITHUB_REPOSITORY'] ?? '') ?? readOrigin(checkout.originUrl ?? '') };
}

/** What is known beside what was asked for. */
interface KnownSetup {
  /** The files that stand. */
  present: PresentFiles;
  /** As GitHub says; `null` if it was not asked. */
  defaultBranch: string | null;
}

/** Everything that the files depend on. */
export async function findSetup(
  session: Session,
  place: SetupPlace,
  asked: AskedSetup,
  { present, defaultBranch }: KnownSetup,
): Promise<SetupOptions> {
  if (asked.app === true && asked.serverless === true)
    throw new CliError('usage', 'Either --app or --serverless: a plan is kept by one of the two.');
  const stamp = findStamp(present);
  const agent = asked.agent ?? stamp?.agent ?? 'claude';
  const keyName = asked.agentKey ?? (agent === stamp?.agent ? stamp.keyName : null);
  return {
    version: ESPALIER_VERSION,
    variant: chooseVariant(asked, stamp),
    action: await findAction(session, place, asked, present),
    agent,
    keyName: keyName === null ? null : checked(readKeyName(keyName)),
    ciNames: listCiNames(await readWorkflows(place.topLevel)),
    // A checkout of a build may know no other branch than its own: what was known once goes before that.
    defaultBranch: defaultBranch ?? stamp?.defaultBranch ?? place.mainBranch ?? 'main',
    commands: guessCommands(await readTellingTexts(place.topLevel)),
  };
}

function chooseVariant({ app, serverless }: AskedSetup, stamp: SetupStamp | null): SetupVariant {
  if (app === true) return 'app';
  return serverless === true ? 'serverless' : (stamp?.variant ?? 'serverless');
}

/** The stamp of a file that stands: it says how the set-up was asked for the last time. */
function findStamp(present: PresentFiles): SetupStamp | null {
  for (const which of ['attempt', 'dispatch', 'reconcile'] as const) {
    const text = present.get(workflowPath(which)) ?? null;
    const stamp = text === null ? null : readStamp(text);
    if (stamp !== null) return stamp;
  }
  return null;
}

async function findAction(
  session: Session,
  place: SetupPlace,
  asked: AskedSetup,
  present: PresentFiles,
): Promise<ActionSource> {
  const repository = await readActionRepository();
  if (place.names !== null && isSameRepository(place.names, repository) && asked.actionSha === undefined)
    return { kind: 'own' };
  const version = `v${ESPALIER_VERSION}`;
  const from = (sha: string): ActionSource => ({ kind: 'published', repository, sha, version });
  if (asked.actionSha !== undefined) return from(checked(readActionSha(asked.actionSha)));
  const standing = findStandingSha(present, repository, version);
  if (standing !== null) return from(standing);
  return from(await askForSha(session, repository, version));
}

/** The commit that the files name for this version: what was decided once is not asked again. */
function findStandingSha(present: PresentFiles, repository: string, version: string): string | null {
  const text = present.get(workflowPath('attempt')) ?? '';
  for (const [, name, sha = '', comment] of text.matchAll(/uses: ([\w./-]+)@([0-9a-f]{40}) # (\S+)/g))
    if (name === repository && comment === version) return sha;
  return null;
}

async function askForSha(session: Session, repository: string, version: string): Promise<string> {
  const url = `https://github.com/${repository}`;
  const read = await readRemoteTag(url, version, { env: session.input.env });
  if (read.kind === 'commit') return checked(readActionSha(read.sha));
  const because = read.kind === 'absent' ? 'there is no such tag' : read.because;
  throw new CliError('unfit', `The commit of ${version} of the Action in ${url} cannot be found: ${because}.`, {
    next: `name the commit that you trust: espalier init --action-sha SHA (git ls-remote ${url} lists them)`,
  });
}

function isSameRepository({ owner, name }: RepositoryNames, other: string): boolean {
  return `${owner}/${name}`.toLowerCase() === other.toLowerCase();
}

function readNames(text: string): RepositoryNames | null {
  const [, owner, name] = /^([A-Za-z0-9_-]{1,100})\/([A-Za-z0-9._-]{1,100})$/.exec(text) ?? [];
  return owner === undefined || name === undefined || name === '.' || name === '..' ? null : { owner, name };
}

/** Names in an address of git: `https://host/owner/name.git`, `git@host:owner/name`, `ssh://git@host/owner/name`. */
function readOrigin(url: string): RepositoryNames | null {
  const [, path = ''] = /^(?:(?:https?|ssh):\/\/[^/]+\/|[\w.-]+@[\w.-]+:)(.+?)(?:\.git)?\/?$/.exec(url) ?? [];
  return readNames(path);
}

function checked(reading: { ok: true; value: string } | { ok: false; because: string }): string {
  if (reading.ok) return reading.value;
  throw new CliError('usage', `${reading.because}.`);
}
