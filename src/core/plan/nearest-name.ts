/** Finds the right name that a misspelt one was probably meant to be. */
import { distance } from 'fastest-levenshtein';

const MAX_NAME = 80;
/** Most candidates that are looked at: a hint is not worth seconds in a plan of thousands of tasks. */
const MAX_CANDIDATES = 20_000;

/** The candidate nearest to `name`, or `null` if none is near: 1 edit in up to 3 letters, 2 in up to 8, then 3. */
export function findNearestName(name: string, candidates: Iterable<string>): string | null {
  if (name.length === 0 || name.length > MAX_NAME) return null;
  const wanted = name.toLowerCase();
  const reach = name.length <= 3 ? 1 : name.length <= 8 ? 2 : 3;
  let best: string | null = null;
  let bestDistance = reach + 1;
  let seen = 0;
  for (const candidate of candidates) {
    seen += 1;
    if (seen > MAX_CANDIDATES) break;
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const edits = distance(wanted, candidate.toLowerCase());
    if (edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
      if (edits === 0) break;
    }
  }
  return best;
}
