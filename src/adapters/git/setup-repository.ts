/** What `espalier init` asks of git: where the checkout begins, where it came from, and what a tag of a repository is. */
import { type CallerEnv, composeGitEnv } from './env.ts';
import { runGit } from './run-git.ts';

/** The checkout that a folder is in. */
export interface CheckoutFacts {
  /** Absolute path of its top. */
  topLevel: string;
  /** Address of the remote `origin`; `null` if there is none. */
  originUrl: string | null;
  /** The branch that `origin` calls its own, else the one that is checked out; `null` if neither is known. */
  mainBranch: string | null;
}

/** Reads them; `null` if the folder is in no checkout, or git does not work there. */
export async function readCheckout(dir: string, env: CallerEnv): Promise<CheckoutFacts | null> {
  const ask = async (...args: string[]): Promise<string | null> => {
    const exit = await runGit({
      args,
      cwd: dir,
      env: composeGitEnv({ caller: env, scope: 'user', trustsOwner: false }),
      maxBytes: 64 * 1024,
      timeoutMs: 10_000,
    });
    const said = exit.stdout.toString('utf8').replace(/\n$/, '');
    return exit.exitCode === 0 && said !== '' ? said : null;
  };
  const topLevel = await ask('rev-parse', '--show-toplevel');
  if (topLevel === null) return null;
  const originHead = await ask('symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD');
  const head = await ask('symbolic-ref', '--quiet', 'HEAD');
  return {
    topLevel,
    originUrl: await ask('config', '--get', 'remote.origin.url'),
    mainBranch: originHead?.replace(/^refs\/remotes\/origin\//, '') ?? head?.replace(/^refs\/heads\//, '') ?? null,
  };
}

/** The commit that a tag stands at, or why it cannot be known. */
export type TagReading = { kind: 'commit'; sha: string } | { kind: 'absent' } | { kind: 'failed'; because: string };

/**
 * Asks a repository for a tag, without credentials. `url` and `tag` are ours, never a stranger's. Only `https` is
 * spoken, and `file` where `isLocal` says so.
 */
export async function readRemoteTag(
  url: string,
  tag: string,
  options: { env: CallerEnv; isLocal?: boolean },
): Promise<TagReading> {
  const ref = `refs/tags/${tag}`;
  const settings: [string, string][] = [
    [`protocol.${options.isLocal === true ? 'file' : 'https'}.allow`, 'always'],
    ['credential.helper', ''],
  ];
  const exit = await runGit({
    args: ['ls-remote', '--tags', '--', url, ref, `${ref}^{}`],
    cwd: '/',
    env: composeGitEnv({ caller: options.env, scope: 'none', settings }),
    maxBytes: 64 * 1024,
    timeoutMs: 30_000,
  });
  if (exit.exitCode !== 0) {
    const because = exit.cutOff === 'time' ? 'no answer within 30 s' : (exit.stderr.trim().split('\n').at(-1) ?? '');
    return { kind: 'failed', because };
  }
  const found = new Map(
    exit.stdout
      .toString('utf8')
      .split('\n')
      .map((line) => line.split('\t'))
      .flatMap(([sha, name]): [string, string][] => (sha !== undefined && name !== undefined ? [[name, sha]] : [])),
  );
  // What an annotated tag is of comes with `^{}`.
  const sha = found.get(`${ref}^{}`) ?? found.get(ref);
  return sha === undefined ? { kind: 'absent' } : { kind: 'commit', sha };
}
