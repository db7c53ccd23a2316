/** Globs on file systems that ignore case, where `claude.md` is read in place of `CLAUDE.md`. */
import { foldCase } from '../text/fold-case.ts';
import { type Glob, matchesGlob } from './glob.ts';
import type { GlobSegment, GlobToken } from './glob-syntax.ts';

/**
 * A test for "one of `globs` matches this path, or would if case and Unicode form did not count". Everything that
 * matches exactly still does; also negated classes match in any case (`[!a]` matches `A` and so `a`).
 */
export function ignoreCase(globs: readonly Glob[]): (path: string) => boolean {
  const folded = globs.map(foldGlob);
  return (path) => {
    const foldedPath = foldCase(path);
    // Exactly as well: `?` and classes take one character, and one may be folded into two.
    return folded.some((glob) => matchesGlob(glob, foldedPath)) || globs.some((glob) => matchesGlob(glob, path));
  };
}

function foldGlob(glob: Glob): Glob {
  return { text: glob.text, alternatives: glob.alternatives.map((segments) => segments.map(foldSegment)) };
}

function foldSegment(segment: GlobSegment): GlobSegment {
  if (segment.kind === 'globstar') return segment;
  return {
    kind: 'segment',
    tokens: foldTokens(segment.tokens),
    literal: segment.literal === null ? null : foldCase(segment.literal),
  };
}

/** Runs of literals are folded as a whole, since characters may join or part. */
function foldTokens(tokens: readonly GlobToken[]): GlobToken[] {
  const folded: GlobToken[] = [];
  let run = '';
  const endRun = (): void => {
    for (const character of foldCase(run)) folded.push({ kind: 'literal', code: character.codePointAt(0) ?? 0 });
    run = '';
  };
  for (const token of tokens) {
    if (token.kind === 'literal') {
      run += String.fromCodePoint(token.code);
      continue;
    }
    endRun();
    folded.push(token.kind === 'class' ? { ...token, ignoresCase: true } : token);
  }
  endRun();
  return folded;
}
