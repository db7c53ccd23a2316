/** Commands that a person is asked to type, quoted so that pasting one does what it says and nothing else. */

/** Joins words to a POSIX shell command; each word that needs it is quoted. For display only, never run. */
export function showCommand(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

/** One word as a POSIX shell would read it back unchanged. */
export function quoteWord(word: string): string {
  // `=` and `~` are safe inside a word but not at its start, where they mean an assignment or a home folder.
  if (/^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=~-]*$/.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
