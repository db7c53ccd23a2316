/**
 * A plain git repository as forge. A landing is a compare-and-swap of the branch to the tested commit itself. Where
 * somebody has the branch checked out, it lands only while that checkout has no changes of its own, and the checkout
 * is then brought along. What is to be brought along is written down first, so that a process that dies between the
 * two leaves a note for the next.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import type { BranchName, CommitSha } from '../../core/brand.ts';
import { commitField } from '../../core/ledger/evidence.ts';
import type { Forge, LandOutcome } from '../../ports/forge.ts';
import type { BranchMove, Git } from '../../ports/git.ts';
import { writeFileWhole } from './atomic-file.ts';

/** Name spaces that Espalier alone writes; `readBranchName` lets no plan name a branch in them. */
const OWN_NAME_SPACES = /^(?:espalier|espalier-staging|archive\/espalier)\//;
const OWN_MOVE_TRIES = 5;

/** A checkout that must follow its branch. */
const PendingRefresh = z.object({ checkout: z.string(), branch: z.string(), from: commitField, to: commitField });
type PendingRefresh = z.infer<typeof PendingRefresh>;

/**
 * Opens the repository as forge. `stateDir` is where notes about unfinished refreshes are kept; those that an
 * earlier process left are finished before the first move.
 */
export function openLocalForge(git: Git, options: { stateDir: string }): Forge {
  const notes = path.join(options.stateDir, 'refreshes');
  return {
    kind: 'local',
    landingStrength: 'exact',
    readTip: (branch) => git.readBranch(branch),
    publishHead: async (branch, head, from) => {
      await finishRefreshes(git, notes);
      const isOwn = OWN_NAME_SPACES.test(branch);
      for (let tries = 1; ; tries += 1) {
        const tip = await git.readBranch(branch);
        if (tip === head) return { kind: 'published' };
        if (!isOwn && tip !== from) return { kind: 'refused', because: explainForeign(branch, tip, from) };
        const outcome = await moveWithCheckouts(git, notes, { branch, from: tip, to: head }, 'publish');
        if (outcome.kind === 'landed') return { kind: 'published' };
        if (outcome.kind === 'refused') return outcome;
        if (!isOwn || tries >= OWN_MOVE_TRIES)
          return { kind: 'refused', because: `branch '${branch}' keeps moving; something else writes it` };
      }
    },
    land: async ({ target, from, to, reason }) => {
      await finishRefreshes(git, notes);
      const tip = await git.readBranch(target);
      if (tip === to) return { kind: 'landed' };
      if (tip !== from) return { kind: 'elsewhere', tip };
      if (!(await git.isAncestor(from, to)))
        return { kind: 'refused', because: `${to} does not build on ${from}, the tip of '${target}'` };
      return moveWithCheckouts(git, notes, { branch: target, from, to }, reason);
    },
  };
}

function explainForeign(branch: BranchName, tip: CommitSha | null, from: CommitSha | null): string {
  if (from === null)
    return (
      `branch '${branch}' exists already, at ${tip ?? 'an unknown commit'}, and Espalier did not make it. ` +
      `Rename it (git branch -m '${branch}' NAME), or give the task another branch.`
    );
  return (
    `branch '${branch}' is ${tip === null ? 'gone' : `at ${tip}`}, but Espalier left it at ${from}: ` +
    'somebody else works on it. Move it back there, or give the task another branch.'
  );
}

/** Moves a branch, and the checkouts of it, if all of them are clean. */
async function moveWithCheckouts(
  git: Git,
  notes: string,
  move: BranchMove & { to: CommitSha },
  reason: string,
): Promise<LandOutcome> {
  const { branch, from, to } = move;
  const checkouts = await git.checkoutsOf(branch);
  for (const checkout of checkouts) {
    const obstacle = await findObstacle(git, checkout, from, to);
    if (obstacle !== null)
      return {
        kind: 'refused',
        because:
          `branch '${branch}' is checked out in '${checkout.path}', and ${obstacle}. ` +
          'Commit or stash what is there, or switch that checkout to another branch; then run the same command again.',
      };
  }
  const pending = checkouts.map((checkout) => ({ checkout: checkout.path, branch, from: from ?? to, to }));
  for (const refresh of pending) await writeNote(notes, refresh);
  const outcome = await git.moveBranches([move], reason);
  if (!outcome.moved) {
    for (const refresh of pending) await rm(noteFile(notes, refresh), { force: true });
    return { kind: 'elsewhere', tip: await git.readBranch(branch) };
  }
  const stuck: string[] = [];
  for (const refresh of pending) {
    const { refreshed, because } = await git.refreshCheckout(refresh.checkout, refresh.from, refresh.to);
    // Another process may have found the note and done it, which is as good.
    const isDone = refreshed || (await git.checkoutsOf(branch)).some(isCleanAt(refresh.checkout));
    // It was clean a moment ago, so somebody is at work there: from here on it is theirs.
    await rm(noteFile(notes, refresh), { force: true });
    if (!isDone) stuck.push(`'${refresh.checkout}' (${because})`);
  }
  if (stuck.length === 0) return { kind: 'landed' };
  return {
    kind: 'landed',
    notice:
      `branch '${branch}' moved to ${to}, but these checkouts of it could not follow: ${stuck.join(', ')}. ` +
      `Their files are still those of ${from ?? 'before'}: look at 'git status' there before you commit.`,
  };
}

function isCleanAt(checkout: string): (state: { path: string; isClean: boolean }) => boolean {
  return (state) => state.path === checkout && state.isClean;
}

async function findObstacle(
  git: Git,
  checkout: { path: string; isClean: boolean; because: string },
  from: CommitSha | null,
  to: CommitSha,
): Promise<string | null> {
  if (!checkout.isClean) return checkout.because;
  // An unborn branch that is checked out somewhere: its files belong to no commit.
  if (from === null) return 'it has no commit yet';
  const { refreshable, because } = await git.checkRefresh(checkout.path, from, to);
  return refreshable ? null : because;
}

function noteFile(notes: string, refresh: PendingRefresh): string {
  const name = createHash('sha256').update(`${refresh.checkout}\0${refresh.branch}`).digest('hex').slice(0, 32);
  return path.join(notes, `${name}.json`);
}

async function writeNote(notes: string, refresh: PendingRefresh): Promise<void> {
  await mkdir(notes, { recursive: true, mode: 0o700 });
  await writeFileWhole(noteFile(notes, refresh), `${JSON.stringify(refresh)}\n`);
}

/**
 * Does what notes of earlier processes ask for, where it still makes sense: the checkout is on that branch, the
 * branch did move, and the files are still exactly those of before. Anything else is the owner's by now.
 */
async function finishRefreshes(git: Git, notes: string): Promise<void> {
  const names = await readdir(notes).catch(() => []);
  for (const name of names.filter((candidate) => candidate.endsWith('.json'))) {
    const file = path.join(notes, name);
    const note = PendingRefresh.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '')));
    const isOver = !note.success || (await finishRefresh(git, note.data));
    if (isOver) await rm(file, { force: true });
  }
}

/** `false` while the move that the note announces has not happened: another process may be about to make it. */
async function finishRefresh(git: Git, note: PendingRefresh): Promise<boolean> {
  const branch = note.branch as BranchName;
  const tip = await git.readBranch(branch);
  if (tip === note.from) return false;
  if (tip === null || !(await git.isAncestor(note.to, tip))) return true;
  const checkouts = await git.checkoutsOf(branch);
  if (checkouts.some((checkout) => checkout.path === note.checkout && !checkout.isClean))
    await git.refreshCheckout(note.checkout, note.from, tip);
  return true;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
