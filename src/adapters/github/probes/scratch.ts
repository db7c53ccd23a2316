/**
 * What a visit makes in a repository, and how it goes away again: branches below `espalier-staging/doctor-<visit>/`,
 * whose commits descend from nothing of the repository, so that no workflow of it starts.
 */
import { z } from 'zod';

import type { CommitSha, TreeSha } from '../../../core/brand.ts';
import { CommitName, TreeName } from '../answer-shapes.ts';
import type { GitHubClient } from '../github-client.ts';
import { GitHubError } from '../github-error.ts';

/** Below this, everything is the doctor's. */
const PREFIX = 'espalier-staging/doctor-';
/** No visit takes so long; whatever is older was left by one that was killed. */
const OLD_MS = 3_600_000;

/**
 * Commits to move branches to. `left` and `right` are children of `root` that merge to `merged`; `red` and `green` are
 * children of it that are in conflict.
 */
export interface ScratchCommits {
  root: CommitSha;
  /** How many parents GitHub says that `root` has. */
  rootParents: number;
  left: CommitSha;
  right: CommitSha;
  merged: CommitSha;
  mergedTree: TreeSha;
  red: CommitSha;
  green: CommitSha;
}

/** Where the scratch is made. `client` is asked also after the visit was broken off. */
export interface ScratchPlace {
  client: GitHubClient;
  owner: string;
  name: string;
  /** Names the visit: letters and digits. */
  visit: string;
  nowMs: number;
}

type Undo = { what: string; undo: () => Promise<unknown> };

/** Name of a visit: tells when it began, so that what it leaves can be told from what another is at. */
export function nameVisit(nowMs: number, random: string): string {
  return `${nowMs.toString(36)}-${random}`;
}

/** See the head of this file. */
export class Scratch {
  private readonly place: ScratchPlace;
  private readonly undos: Undo[] = [];
  private made: Promise<ScratchCommits> | null = null;

  constructor(place: ScratchPlace) {
    this.place = place;
  }

  /** Name of a branch of this visit. */
  branch(name: string): string {
    return `${PREFIX}${this.place.visit}/${name}`;
  }

  /** Makes a branch, which goes with the visit, and answers its name. */
  async put(name: string, at: CommitSha): Promise<string> {
    const branch = this.expect(name);
    await this.ask('POST /repos/{owner}/{repo}/git/refs', { ref: `refs/heads/${branch}`, sha: at }, z.unknown());
    return branch;
  }

  /** Name of a branch that something else may make; it goes with the visit if it is there. */
  expect(name: string): string {
    const branch = this.branch(name);
    this.remember(`the branch ${branch}`, () => this.deleteBranch(branch));
    return branch;
  }

  /** Has `undo` called at the end, the last one first. */
  remember(what: string, undo: () => Promise<unknown>): void {
    this.undos.push({ what, undo });
  }

  /** The commits, made at the first call. */
  commits(): Promise<ScratchCommits> {
    this.made ??= this.makeCommits();
    return this.made;
  }

  /** A commit of one's own. */
  async commit(tree: TreeSha, parents: readonly CommitSha[], message: string): Promise<CommitSha> {
    const { sha } = await this.makeCommit(tree, parents, message);
    return sha;
  }

  /** A tree with these files, on top of `base` if there is one. */
  async tree(files: Readonly<Record<string, string>>, base?: TreeSha): Promise<TreeSha> {
    const tree = Object.entries(files).map(([path, content]) => ({ path, mode: '100644', type: 'blob', content }));
    const body = base === undefined ? { tree } : { tree, base_tree: base };
    const made = await this.ask('POST /repos/{owner}/{repo}/git/trees', body, z.object({ sha: TreeName }));
    return made.sha;
  }

  /** Undoes what was made and what visits before have left. Answers what could not be undone, and what to do then. */
  async cleanUp(): Promise<string[]> {
    const left: string[] = [];
    for (const { what, undo } of this.undos.splice(0).toReversed()) {
      try {
        await undo();
      } catch (error) {
        if (!(error instanceof GitHubError)) throw error;
        left.push(`${what}, since it could not be removed (${error.because}): remove it by hand`);
      }
    }
    return left;
  }

  /** Removes branches of visits that were killed. */
  async sweep(): Promise<void> {
    const refs = await this.ask(
      'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
      { ref: `heads/${PREFIX}` },
      z.array(z.object({ ref: z.string() })),
    );
    for (const { ref } of refs) {
      const [, began] = /^refs\/heads\/espalier-staging\/doctor-([0-9a-z]{1,12})-/.exec(ref) ?? [];
      if (began === undefined || this.place.nowMs - Number.parseInt(began, 36) < OLD_MS) continue;
      await this.deleteBranch(ref.slice('refs/heads/'.length));
    }
  }

  private async makeCommits(): Promise<ScratchCommits> {
    const files = { 'base.txt': 'base\n', 'shared.txt': 'white\n' };
    const rootTree = await this.tree(files);
    const root = await this.makeCommit(rootTree, [], 'root');
    const child = async (message: string, more: Readonly<Record<string, string>>): Promise<CommitSha> =>
      this.commit(await this.tree({ ...files, ...more }), [root.sha], message);
    const left = await child('left', { 'left.txt': 'left\n' });
    const right = await child('right', { 'right.txt': 'right\n' });
    const mergedTree = await this.tree({ ...files, 'left.txt': 'left\n', 'right.txt': 'right\n' });
    return {
      root: root.sha,
      rootParents: root.parents,
      left,
      right,
      merged: await this.commit(mergedTree, [left, right], 'merged'),
      mergedTree,
      red: await child('red', { 'shared.txt': 'red\n' }),
      green: await child('green', { 'shared.txt': 'green\n' }),
    };
  }

  private async makeCommit(
    tree: TreeSha,
    parents: readonly CommitSha[],
    message: string,
  ): Promise<{ sha: CommitSha; parents: number }> {
    const made = await this.ask(
      'POST /repos/{owner}/{repo}/git/commits',
      { message: `Espalier doctor: ${message}`, tree, parents },
      z.object({ sha: CommitName, parents: z.array(z.unknown()) }),
    );
    return { sha: made.sha, parents: made.parents.length };
  }

  private async deleteBranch(branch: string): Promise<void> {
    try {
      await this.ask('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}` }, z.unknown());
    } catch (error) {
      // It went before: GitHub says 422 of a ref that is not there.
      if (!(error instanceof GitHubError) || (error.status !== 422 && error.status !== 404)) throw error;
    }
  }

  private async ask<T>(route: string, parameters: Readonly<Record<string, unknown>>, answer: z.ZodType<T>): Promise<T> {
    const { client, owner, name } = this.place;
    return client.rest({
      route,
      parameters: { owner, repo: name, ...parameters },
      what: 'Making what the probes need',
      answer,
      // Objects are named by their content, and a branch is made and deleted once.
      maxRepeats: route.includes('/git/refs') ? 0 : 3,
    });
  }
}
