/** Names as a file system sees them that ignores case and Unicode form (macOS, Windows). */

/**
 * `text` folded: two names with the same fold may be one file on such a system. At least as much is folded together
 * as any of them does (`ß` with `ss`, the Kelvin sign with `k`), because a name too many is only asked about, while
 * one too few slips through. Folding again changes nothing.
 */
export function foldCase(text: string): string {
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  // One character at a time: as a whole, a final sigma would be lowered to another letter than one before a letter.
  return Array.from(text.normalize('NFD'), foldCharacter).join('').normalize('NFC');
}

/** By way of upper case, which joins what lower case keeps apart (`ſ` and `s`, `ς` and `σ`, `ẞ` and `ss`). */
function foldCharacter(character: string): string {
  return character.toLowerCase().toUpperCase().toLowerCase();
}
