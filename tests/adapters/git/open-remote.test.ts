import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openGit } from '../../../src/adapters/git/open-git.ts';
import { createBareRepository, openRemote } from '../../../src/adapters/git/open-remote.ts';
import type { BranchName, CommitSha } from '../../../src/core/brand.ts';
import type { Git } from '../../../src/ports/git.ts';
import type { Remote } from '../../../src/ports/remote.ts';
import { branch, makeTemporaryFolder } from '../../support/git-fixture.ts';
import { openServer, type ServerFixture } from '../../support/github/rest/server-fixture.ts';
import type { Permissions } from '../../support/github/state.ts';

const run = promisify(execFile);
const AUTHOR = { name: 'Somebody', email: 'somebody@example.invalid' };

/** A fresh bare repository as a job has it, with a remote of the test GitHub. */
interface Place {
  git: Git;
  gitDir: string;
  remote: Remote;
  token: string;
}

describe('a remote', () => {
  let fixture: ServerFixture;
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let opened: Git[] = [];

  beforeEach(async () => {
    fixture = await openServer();
    folder = await makeTemporaryFolder();
    opened = [];
  });
  afterEach(async () => {
    for (const git of opened) await git[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
    await fixture[Symbol.asyncDispose]();
  });

  async function openPlace(permissions?: Permissions, origin = fixture.server.url): Promise<Place> {
    const gitDir = path.join(folder.path, `${opened.length}.git`);
    const env = { PATH: process.env['PATH'], HOME: folder.path };
    await createBareRepository(gitDir, env);
    const outcome = await openGit(gitDir, { env, stateDir: path.join(folder.path, `state-${opened.length}`) });
    if (outcome.kind === 'refused') throw new Error(outcome.because);
    opened.push(outcome.git);
    const { token } = fixture.server.tokens.mint(
      fixture.installation,
      permissions === undefined ? {} : { permissions },
    );
    const url = `${origin}/acme/widgets.git`;
    return { git: outcome.git, gitDir, remote: openRemote({ gitDir, url, token, env }), token };
  }

  /** A commit in the remote repository itself. */
  async function commit(
    files: Record<string, string>,
    parents: readonly string[],
    message = 'Change',
  ): Promise<CommitSha> {
    const { git } = fixture.world;
    const dir = fixture.repository.gitDir;
    const changes = new Map<string, { mode: string; oid: string }>();
    for (const [file, text] of Object.entries(files))
      changes.set(file, { mode: '100644', oid: await git.writeBlob(dir, Buffer.from(text)) });
    const from = parents[0] === undefined ? null : ((await git.readCommit(dir, parents[0]))?.tree ?? null);
    const tree = await git.changeTree(dir, from, changes);
    const person = { ...AUTHOR, at: fixture.clock.now() };
    const made = { tree, parents: [...parents], message: `${message}\n`, author: person, committer: person };
    return (await git.writeCommit(dir, made)) as CommitSha;
  }

  async function chain(length: number, from: string, name: string): Promise<CommitSha> {
    let tip = from;
    for (let at = 0; at < length; at += 1)
      tip = await commit({ [`${name}-${at % 3}.txt`]: String(at) }, [tip], `${name} ${at}`);
    return tip as CommitSha;
  }

  async function point(name: BranchName, at: string): Promise<void> {
    await run('git', ['--git-dir', fixture.repository.gitDir, 'update-ref', `refs/heads/${name}`, at]);
    fixture.repository.refs.set(`refs/heads/${name}`, at);
  }

  /** A way to the test GitHub that counts what is pushed, in bytes. */
  async function openScale(): Promise<{ url: string; pushed(): number } & AsyncDisposable> {
    let bytes = 0;
    const scale = createServer((request, response) => {
      const target = new URL(request.url ?? '/', fixture.server.url);
      const forwarded = httpRequest(target, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      if (target.pathname.endsWith('/git-receive-pack')) request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.pipe(forwarded);
    });
    await new Promise<void>((resolve) => scale.listen(0, '127.0.0.1', resolve));
    const { port } = scale.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      pushed: () => bytes,
      [Symbol.asyncDispose]: async () => {
        scale.closeAllConnections();
        await new Promise((resolve) => scale.close(resolve));
      },
    };
  }

  const mainTip = (): string => fixture.repository.refs.get('refs/heads/main') ?? '';

  it('brings a branch, follows it when it moves, and knows that one is not there', async () => {
    const { git, remote } = await openPlace({ contents: 'read' });
    const ledger = branch('espalier-ledger/issue-1');
    expect(await remote.fetchBranch(ledger)).toBeNull();
    const first = await commit({ 'a.json': '1' }, []);
    await point(ledger, first);
    expect(await remote.fetchBranch(ledger)).toBe(first);
    const second = await commit({ 'a.json': '2' }, [first]);
    await point(ledger, second);
    expect(await remote.fetchBranch(ledger)).toBe(second);
    expect(await git.readFiles(second, 1000)).toEqual({ 'a.json': '2' });
    expect(await git.readBranch(ledger)).toBe(second);
  });

  it('brings a commit that no branch names, without its history', async () => {
    const { git, gitDir, remote } = await openPlace();
    const tip = await chain(5, mainTip(), 'line');
    await remote.fetchCommits([tip], 1);
    expect(await git.readFile(tip, 'line-1.txt', 100)).toBe('4');
    const { stdout } = await run('git', ['--git-dir', gitDir, 'rev-list', '--count', tip]);
    expect(stdout.trim()).toBe('1');
  });

  it('says what to do when a commit is gone', async () => {
    const { remote } = await openPlace();
    await expect(remote.fetchCommits(['d'.repeat(40) as CommitSha], 1)).rejects.toThrow(
      /not in the repository any more/,
    );
  });

  it('brings as much history as a merge needs, and merges as the whole repository does', async () => {
    const { git, remote } = await openPlace();
    const fork = await commit({ 'shared.txt': 'from the fork\n' }, [mainTip()]);
    const [ours, theirs] = [await chain(100, fork, 'ours'), await chain(3, fork, 'theirs')];
    await remote.fetchJoined(ours, theirs);
    expect(await git.mergeBase(ours, theirs)).toBe(fork);
    expect(await git.mergeCommits(ours, theirs)).toMatchObject({ kind: 'clean' });
  }, 60_000);

  it('is not content with a merge base when a better one is behind the cut', async () => {
    const { git, remote } = await openPlace();
    const old = await commit({ 'shared.txt': 'old\n' }, [mainTip()]);
    const better = await commit({ 'shared.txt': 'better\n' }, [old]);
    // One parent leads at once to the old base; the better one is a hundred commits away through the other.
    const long = await chain(100, better, 'long');
    const ours = await commit({ 'ours.txt': 'x' }, [long, old]);
    const theirsLong = await chain(100, better, 'side');
    const theirs = await commit({ 'theirs.txt': 'x' }, [theirsLong, old]);
    await remote.fetchJoined(ours, theirs);
    expect(await git.mergeBase(ours, theirs)).toBe(better);
  }, 60_000);

  describe('pushing', () => {
    const receipt = branch('espalier-staging/issue-1/receipt/api.1.3');

    async function makeCommit({ git, remote }: Place, files: Record<string, string>): Promise<CommitSha> {
      const base = mainTip() as CommitSha;
      await remote.fetchCommits([base], 1);
      const tree = await git.writeTree(files);
      return git.writeCommit({
        tree,
        parents: [base],
        message: 'Leave a receipt',
        author: AUTHOR,
        atMs: 1_700_000_000_000,
      });
    }

    it('makes a new branch from a shallow history', async () => {
      const place = await openPlace({ contents: 'write' });
      await point(branch('main'), await chain(3, mainTip(), 'line'));
      const made = await makeCommit(place, { 'evidence.json': '{}' });
      expect(await place.remote.pushNew(receipt, made)).toEqual({ kind: 'pushed' });
      expect(fixture.repository.refs.get(`refs/heads/${receipt}`)).toBe(made);
      expect(await place.remote.pushNew(receipt, made)).toEqual({ kind: 'pushed' });
    });

    it('sends only what the remote lacks, also when its base is the tip of no branch any more', async () => {
      await using scale = await openScale();
      const place = await openPlace({ contents: 'write' }, scale.url);
      const large = Array.from({ length: 40_000 }, (_, at) => ((at * 2_654_435_761) % 4_294_967_296).toString(36)).join(
        '',
      );
      const base = await commit({ 'large.txt': large }, [mainTip()]);
      await point(branch('main'), await commit({ 'large.txt': 'gone\n' }, [base]));
      await place.remote.fetchCommits([base], 1);
      const tree = await place.git.restorePaths(
        await place.git.treeOf(base),
        await place.git.writeTree({ 'a.txt': 'x' }),
        ['a.txt'],
      );
      const made = await place.git.writeCommit({ tree, parents: [base], message: 'Work', author: AUTHOR, atMs: 1 });
      expect(await place.remote.pushNew(receipt, made)).toEqual({ kind: 'pushed' });
      expect(scale.pushed()).toBeGreaterThan(100);
      expect(scale.pushed()).toBeLessThan(5_000);
    });

    it('never moves a branch that is there', async () => {
      const place = await openPlace({ contents: 'write' });
      const first = await makeCommit(place, { 'evidence.json': '1' });
      await place.remote.pushNew(receipt, first);
      const tree = await place.git.writeTree({ 'evidence.json': '2' });
      const next = await place.git.writeCommit({ tree, parents: [first], message: 'Two', author: AUTHOR, atMs: 1 });
      expect(await place.remote.pushNew(receipt, next)).toEqual({ kind: 'exists', at: first });
      expect(fixture.repository.refs.get(`refs/heads/${receipt}`)).toBe(first);
    });

    it('says so when the token may not write workflow files', async () => {
      const place = await openPlace({ contents: 'write' });
      const made = await makeCommit(place, { '.github/workflows/evil.yml': 'on: push\n' });
      expect(await place.remote.pushNew(receipt, made)).toMatchObject({ kind: 'refused', why: 'lacks-workflows' });
      expect(fixture.repository.refs.has(`refs/heads/${receipt}`)).toBe(false);
    });

    it('fails with the next step when the token may only read', async () => {
      const place = await openPlace({ contents: 'read' });
      const made = await makeCommit(place, { 'evidence.json': '{}' });
      await expect(place.remote.pushNew(receipt, made)).rejects.toThrow(/contents: write/);
    });
  });

  it('keeps its token out of files, arguments and errors', async () => {
    const place = await openPlace({ contents: 'read' });
    await place.remote.fetchCommits([mainTip() as CommitSha], 1);
    const config = await readFile(path.join(place.gitDir, 'config'), 'utf8');
    expect(config).not.toContain(place.token);
    const { stdout } = await run('grep', ['-rlF', place.token, folder.path]).catch(() => ({ stdout: '' }));
    expect(stdout).toBe('');
    const wrong = openRemote({
      gitDir: place.gitDir,
      url: `${fixture.server.url}/acme/nothing.git`,
      token: place.token,
      env: { PATH: process.env['PATH'] },
    });
    const error = await wrong.fetchBranch(branch('main')).catch((thrown: unknown) => String(thrown));
    expect(error).toMatch(/acme\/nothing/);
    expect(error).not.toContain(place.token);
    expect(error).not.toContain(Buffer.from(`x-access-token:${place.token}`).toString('base64'));
  });

  it.each(['file:///etc', 'ext::sh -c touch% /tmp/x', 'ssh://git@example.invalid/a.git'])(
    'is never opened at %s',
    (url) => {
      expect(() => openRemote({ gitDir: '/nowhere', url, token: null, env: {} })).toThrow(/begins with https:/);
    },
  );
});
