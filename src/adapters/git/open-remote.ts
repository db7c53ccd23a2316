/**
 * Git over the network, in a bare repository that only Espalier uses. Every process gets its whole environment here:
 * no configuration of the user counts, one protocol is allowed, no redirect is followed, and the token is a header for
 * this one address.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { BranchName, CommitSha } from '../../core/brand.ts';
import { isObjectName } from '../../core/ids.ts';
import type { PushOutcome, Remote } from '../../ports/remote.ts';
import { type CallerEnv, composeGitEnv } from './env.ts';
import { GitFailure, quoteForPerson, saysDiskFull } from './git-failure.ts';
import { type GitExit, runGit, runGitOrFail } from './run-git.ts';

/** Where the repository is, and what opens it. */
export interface RemoteOptions {
  /** Absolute path of the bare repository that takes what is fetched. */
  gitDir: string;
  /** `https://host/owner/name.git`, or `http:` for a forge on this machine; holds no credential. */
  url: string;
  /** `null` for a repository that anybody may read. */
  token: string | null;
  env: CallerEnv;
  signal?: AbortSignal;
}

/** A transfer that takes longer than this is given up. */
const TIMEOUT_MS = 15 * 60_000;
/** Commits of history that are tried, in order, before all of it is fetched. */
const DEPTHS = [64, 512, 4096] as const;
/** More than any history has: git's own word for all of it. */
const WHOLE_DEPTH = 2_147_483_647;
const TRIES = 3;
/** What a machine behind a proxy needs to get out. */
const PROXY_NAMES = [
  'https_proxy',
  'HTTPS_PROXY',
  'http_proxy',
  'no_proxy',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** Makes an empty bare repository at `gitDir`, which must not exist. */
export async function createBareRepository(gitDir: string, env: CallerEnv): Promise<void> {
  await mkdir(gitDir, { mode: 0o700, recursive: false });
  await runGitOrFail('making a repository', {
    args: ['init', '-q', '--bare', '--template=', '--initial-branch=none', gitDir],
    env: composeGitEnv({ caller: env, scope: 'none' }),
    cwd: gitDir,
  });
}

/** Opens the remote. Nothing is asked of it yet. Throws if the address is of another protocol than HTTP. */
export function openRemote(options: RemoteOptions): Remote {
  const address = new URL(options.url);
  if (address.protocol !== 'https:' && address.protocol !== 'http:')
    throw new GitFailure(`The address of a forge begins with https:, not with '${quoteForPerson(address.protocol)}'.`);
  const room: Room = { ...options, url: address.href, env: remoteEnv(options, address) };
  return {
    fetchBranch: (branch) => fetchBranch(room, branch),
    fetchCommits: (commits, depth) => fetchCommits(room, commits, depth),
    fetchJoined: (one, other) => fetchJoined(room, one, other),
    pushNew: (branch, commit) => pushNew(room, branch, commit),
  };
}

interface Room {
  gitDir: string;
  url: string;
  token: string | null;
  env: Record<string, string>;
  signal?: AbortSignal;
}

function remoteEnv({ gitDir, token, env }: RemoteOptions, address: URL): Record<string, string> {
  const protocol = address.protocol.slice(0, -1);
  const settings: [string, string][] = [
    [`protocol.${protocol}.allow`, 'always'],
    // Where the forge sends git on to is nowhere that this token is for.
    ['http.followRedirects', 'false'],
    ['credential.helper', ''],
    // Without it, all of a base that is the tip of no branch any more would be sent with each push.
    ['push.negotiate', 'true'],
    ['push.recurseSubmodules', 'no'],
    ['fetch.recurseSubmodules', 'no'],
    ['fetch.unpackLimit', '1'],
    ['fetch.writeCommitGraph', 'false'],
  ];
  if (token !== null) {
    const basic = Buffer.from(`x-access-token:${token}`, 'utf8').toString('base64');
    settings.push([`http.${address.origin}/.extraheader`, `Authorization: Basic ${basic}`]);
  }
  const proxies = PROXY_NAMES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return composeGitEnv({
    caller: env,
    scope: 'none',
    settings,
    variables: {
      ...Object.fromEntries(proxies),
      GIT_DIR: gitDir,
      GIT_HTTP_LOW_SPEED_LIMIT: '1000',
      GIT_HTTP_LOW_SPEED_TIME: '60',
    },
  });
}

async function fetchBranch(room: Room, branch: BranchName): Promise<CommitSha | null> {
  const ref = `refs/heads/${branch}`;
  const exit = await fetch(room, [`+${ref}:${ref}`], 1);
  if (exit.exitCode !== 0) {
    if (/couldn't find remote ref/.test(exit.stderr)) return null;
    throw failure(room, `fetching branch '${branch}'`, exit);
  }
  const tip = (await readHere(room, ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`])).trim();
  return tip as CommitSha;
}

async function fetchCommits(room: Room, commits: readonly CommitSha[], depth: number): Promise<void> {
  const wanted = [...new Set(commits)];
  if (wanted.length === 0) return;
  for (const commit of wanted)
    if (!isObjectName(commit)) throw new GitFailure(`'${quoteForPerson(commit)}' is no commit that can be fetched.`);
  // A ref of its own keeps git from asking for the same objects again.
  const exit = await fetch(
    room,
    wanted.map((commit) => `+${commit}:refs/espalier/${commit}`),
    depth,
  );
  if (exit.exitCode !== 0) throw failure(room, `fetching ${wanted.join(' and ')}`, exit);
}

async function fetchJoined(room: Room, one: CommitSha, other: CommitSha): Promise<void> {
  for (const depth of [...DEPTHS, WHOLE_DEPTH]) {
    await fetchCommits(room, [one, other], depth);
    if (depth === WHOLE_DEPTH || (await isHistoryEnough(room, one, other))) return;
  }
}

/**
 * True if what is here of both histories shows every best common ancestor. That one is found is not enough: another
 * may be hidden behind the cut. So no commit that the found ones do not have may be one at which history is cut.
 */
async function isHistoryEnough(room: Room, one: CommitSha, other: CommitSha): Promise<boolean> {
  const cut = new Set((await readFile(path.join(room.gitDir, 'shallow'), 'utf8').catch(() => '')).split('\n'));
  cut.delete('');
  if (cut.size === 0) return true;
  const exit = await runGit({ args: ['merge-base', '--all', one, other], env: room.env, cwd: room.gitDir });
  const bases = exit.stdout.toString('latin1').split('\n').filter(isObjectName);
  if (bases.length === 0) return false;
  const beside = await readHere(room, ['rev-list', one, other, '--not', ...bases]);
  return !beside.split('\n').some((commit) => cut.has(commit));
}

async function pushNew(room: Room, branch: BranchName, commit: CommitSha): Promise<PushOutcome> {
  const ref = `refs/heads/${branch}`;
  const exit = await retrying(room, [
    'push',
    '--porcelain',
    '--no-verify',
    '--no-follow-tags',
    // With an empty expectation: the branch must not exist.
    `--force-with-lease=${ref}:`,
    '--',
    room.url,
    `${commit}:${ref}`,
  ]);
  if (exit.exitCode === 0) return { kind: 'pushed' };
  // Whatever git says of it: what stands there now tells whether somebody, or an earlier try, was first.
  const at = await readRemoteTip(room, ref);
  if (at !== null) return at === commit ? { kind: 'pushed' } : { kind: 'exists', at };
  const said = `${exit.stdout.toString('utf8')}\n${exit.stderr}`;
  if (/refusing to allow .{0,200}workflow/is.test(said))
    return { kind: 'refused', why: 'lacks-workflows', because: clean(room, sayWhy(said)) };
  if (/^!.*\[(?:remote )?rejected\]/m.test(said))
    return { kind: 'refused', why: 'other', because: clean(room, sayWhy(said)) };
  throw failure(room, `pushing branch '${branch}'`, exit);
}

/** The reason in a report of `git push --porcelain`, such as `! a:b [remote rejected] (because)`. */
function sayWhy(said: string): string {
  return /^!.*?\[[^\]]*\] \((.*)\)$/m.exec(said)?.[1] ?? said;
}

async function readRemoteTip(room: Room, ref: string): Promise<CommitSha | null> {
  const exit = await retrying(room, ['ls-remote', '--heads', '--', room.url, ref]);
  if (exit.exitCode !== 0) throw failure(room, 'reading its branches', exit);
  const line = exit.stdout
    .toString('utf8')
    .split('\n')
    .find((each) => each.endsWith(`\t${ref}`));
  const sha = line?.split('\t')[0] ?? '';
  return isObjectName(sha) ? (sha as CommitSha) : null;
}

async function fetch(room: Room, refspecs: readonly string[], depth: number): Promise<GitExit> {
  const how = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance', '--quiet'];
  return retrying(room, ['fetch', ...how, `--depth=${depth}`, '--', room.url, ...refspecs]);
}

/** What a network does now and then; trying again may help. */
const PASSING =
  /Could not resolve host|Connection (?:reset|refused|timed out)|Operation timed out|early EOF|hung up unexpectedly|returned error: (?:429|5\d\d)|RPC failed/i;

async function retrying(room: Room, args: readonly string[]): Promise<GitExit> {
  for (let tries = 1; ; tries += 1) {
    const exit = await runGit({
      args,
      env: room.env,
      cwd: room.gitDir,
      timeoutMs: TIMEOUT_MS,
      ...(room.signal === undefined ? {} : { signal: room.signal }),
    });
    if (exit.exitCode === 0 || tries === TRIES || !PASSING.test(exit.stderr) || room.signal?.aborted === true)
      return exit;
  }
}

async function readHere(room: Room, args: readonly string[]): Promise<string> {
  return (await runGitOrFail('reading what was fetched', { args, env: room.env, cwd: room.gitDir })).toString('utf8');
}

/** Text of git's without the token, in either of the forms that git is given it in. */
function clean({ token }: Room, text: string): string {
  if (token === null) return quoteForPerson(text);
  const basic = Buffer.from(`x-access-token:${token}`, 'utf8').toString('base64');
  return quoteForPerson(text.replaceAll(token, '[redacted]').replaceAll(basic, '[redacted]'));
}

function failure(room: Room, what: string, exit: GitExit): GitFailure {
  const because =
    exit.cutOff === 'time'
      ? 'it took too long'
      : clean(room, exit.stderr) || `git ended with code ${exit.exitCode ?? 'unknown'}`;
  return new GitFailure(`Git failed while ${what} (${room.url}): ${because}. ${nextStep(exit.stderr)}`, {
    code: saysDiskFull(exit.stderr) ? 'ENOSPC' : undefined,
  });
}

function nextStep(stderr: string): string {
  if (saysDiskFull(stderr)) return 'Free some disk space and run the job again.';
  if (/(?:Authentication failed|could not read Username|returned error: 40[13])/i.test(stderr))
    return "Give the job 'contents: read' (for publish 'contents: write') and pass its token.";
  if (/not our ref|upload-pack: not our ref/.test(stderr))
    return 'The commit is not in the repository any more; the plan goes on from what is.';
  return 'Run the job again if the network was the reason.';
}
