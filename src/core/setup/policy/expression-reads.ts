/** What the expressions of a workflow read, without evaluating them. https://docs.github.com/actions/reference/workflows-and-actions/expressions */

/** One value that an expression takes out of a context. */
export interface ContextRead {
  /** In lower case, as `github.event.comment.body`; `[]` stands for an index that is computed, `*` for all. */
  path: string;
  /** The functions that it is an argument of, from the outermost, in lower case. */
  within: readonly string[];
}

const TEXT = String.raw`'(?:[^']|'')*'`;
const NAME = String.raw`[a-z_][\w-]*`;
const CHAIN = String.raw`${NAME}(?:\s*\.\s*(?:${NAME}|\*)|\s*\[\s*${TEXT}\s*\])*`;
/** A text, a number, a name with all that is taken out of it by name, or a sign. */
const TOKEN = new RegExp(String.raw`${TEXT}|\d[\w.]*|(?<chain>${CHAIN})|(?<sign>[()[\].])|[^\s\w]`, 'gi');
const PART = new RegExp(`${TEXT}|${NAME}|\\*`, 'gi');
/** Words that read nothing. */
const LITERALS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'nan', 'infinity']);

/** The expressions in a text: what stands between `${{` and `}}`; all of it, for a condition that has no such marks. */
export function findExpressions(text: string, isCondition: boolean): string[] {
  const found = [...text.matchAll(/\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}/g)].map(([, inner = '']) => inner);
  return found.length === 0 && isCondition ? [text] : found;
}

/** Everything that an expression reads, in its order. Text that is no expression reads what it looks like. */
export function readsOf(source: string): ContextRead[] {
  const tokens = [...source.matchAll(TOKEN)].map(([token, ...groups]) => ({ token, isChain: groups[0] !== undefined }));
  const reads: ContextRead[] = [];
  // Open brackets: the name of a function; empty for a group or an index.
  const open: string[] = [];
  tokens.forEach(({ token, isChain }, at) => {
    const before = tokens[at - 1];
    const next = tokens[at + 1]?.token;
    if (token === '(') open.push(before?.isChain === true ? before.token.toLowerCase() : '');
    else if (token === '[') open.push('');
    else if (token === ')' || token === ']') open.pop();
    // A part of what a function gave or an index chose; what went into it is judged by itself.
    if (!isChain || next === '(' || before?.token === '.') return;
    const path = [...token.matchAll(PART)].map(([part]) => part.replace(/^'|'$/g, '').toLowerCase());
    if (next === '[') path.push('[]');
    if (LITERALS.has(path.join('.'))) return;
    reads.push({ path: path.join('.'), within: open.filter((name) => name !== '') });
  });
  return reads;
}
