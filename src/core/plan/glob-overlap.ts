/** Finds a path that two globs share, by walking the product of their automata breadth-first. */
import { acceptsCode, type GlobSegment, type GlobToken } from './glob-syntax.ts';

/** How a state was reached: from which, and by taking which text (`''` for a free move). */
type Trail = Map<number, { from: number; taken: string } | null>;

/** A path that both lists of segments match, or `null`. Costs at most the product of their lengths. */
export function findSharedPath(a: readonly GlobSegment[], b: readonly GlobSegment[]): string | null {
  const parts = walkProduct(a.length, b.length, (i, j) => {
    const left = a[i];
    const right = b[j];
    const isLeftStar = left?.kind === 'globstar';
    const isRightStar = right?.kind === 'globstar';
    // Both at `**`: taking a part leads back here, so only the free moves matter.
    const taken =
      left === undefined || right === undefined || (isLeftStar && isRightStar) ? null : sharedPart(left, right);
    return { isLeftStar, isRightStar, taken };
  });
  return parts === null ? null : parts.join('/');
}

function sharedPart(a: GlobSegment, b: GlobSegment): string | null {
  if (a.kind === 'globstar') return b.kind === 'globstar' ? 'x' : examplePart(b);
  if (b.kind === 'globstar') return examplePart(a);
  if (a.literal !== null && b.literal !== null) return a.literal === b.literal ? a.literal : null;
  return sharedText(a.tokens, b.tokens);
}

function examplePart(segment: Extract<GlobSegment, { kind: 'segment' }>): string | null {
  return segment.literal ?? sharedText(segment.tokens, [{ kind: 'star' }]);
}

/** A text that both match and that can name a file: not empty, `.` or `..`. */
function sharedText(a: readonly GlobToken[], b: readonly GlobToken[]): string | null {
  const text = shortestText(a, b);
  if (text === '') return 'x';
  if (text !== '.' && text !== '..') return text;
  // Only a star can make it longer; each side is asked for one character more than its stars need.
  const longer = [shortestText(lengthen(a), b), shortestText(a, lengthen(b)), shortestText(lengthen(a), lengthen(b))];
  return longer.find((candidate) => candidate !== null && candidate !== '.' && candidate !== '..') ?? null;
}

function lengthen(tokens: readonly GlobToken[]): GlobToken[] {
  return tokens.flatMap((token): GlobToken[] => (token.kind === 'star' ? [{ kind: 'any' }, token] : [token]));
}

function shortestText(a: readonly GlobToken[], b: readonly GlobToken[]): string | null {
  const taken = walkProduct(a.length, b.length, (i, j) => {
    const left = a[i];
    const right = b[j];
    const isLeftStar = left?.kind === 'star';
    const isRightStar = right?.kind === 'star';
    const code =
      left === undefined || right === undefined || (isLeftStar && isRightStar) ? null : sharedCode(left, right);
    return { isLeftStar, isRightStar, taken: code === null ? null : String.fromCodePoint(code) };
  });
  return taken === null ? null : taken.join('');
}

interface ProductMove {
  /** A star may be passed for free, and stays when it takes something. */
  isLeftStar: boolean;
  isRightStar: boolean;
  /** What both sides take in one move, `null` if they cannot. */
  taken: string | null;
}

function walkProduct(
  leftEnd: number,
  rightEnd: number,
  moveAt: (i: number, j: number) => ProductMove,
): string[] | null {
  const width = rightEnd + 1;
  const trail: Trail = new Map([[0, null]]);
  const queue = [0];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] ?? 0;
    const i = Math.floor(state / width);
    const j = state % width;
    if (i === leftEnd && j === rightEnd) return readTrail(trail, state);
    const reach = (nextI: number, nextJ: number, taken: string): void => {
      const to = nextI * width + nextJ;
      if (trail.has(to)) return;
      trail.set(to, { from: state, taken });
      queue.push(to);
    };
    const move = moveAt(i, j);
    if (move.isLeftStar) reach(i + 1, j, '');
    if (move.isRightStar) reach(i, j + 1, '');
    if (move.taken !== null) reach(move.isLeftStar ? i : i + 1, move.isRightStar ? j : j + 1, move.taken);
  }
  return null;
}

function readTrail(trail: Trail, end: number): string[] {
  const taken: string[] = [];
  for (let step = trail.get(end) ?? null; step !== null; step = trail.get(step.from) ?? null) {
    if (step.taken !== '') taken.push(step.taken);
  }
  return taken.reverse();
}

const SLASH = 0x2f;
// Characters that make an example read well come first; then every edge of the ranges is tried, which is complete:
// the least member of an intersection of ranges (or of their gaps) lies at an edge of one of them.
const PLEASANT = Array.from('xab1-_.', (character) => character.codePointAt(0) ?? 0);

function sharedCode(a: GlobToken, b: GlobToken): number | null {
  const edges = [...edgesOf(a), ...edgesOf(b)];
  const candidates = [...PLEASANT, 0x21, SLASH + 1, 0xe000, ...edges];
  for (const code of candidates) {
    if (isNameCode(code) && acceptsCode(a, code) && acceptsCode(b, code)) return code;
  }
  return null;
}

function edgesOf(token: GlobToken): number[] {
  if (token.kind === 'literal') return [token.code];
  if (token.kind !== 'class') return [];
  return token.ranges.flatMap(([first, last]) => [first, last + 1]);
}

function isNameCode(code: number): boolean {
  return code > 0x1f && code !== SLASH && code !== 0x7f && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}
