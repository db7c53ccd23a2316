/** The patterns of workflow files. */

/** A filter of `branches:`, `tags:` or `paths:`: `?`, `+` and `[…]` are as in a regular expression. */
function compileFilter(pattern: string): RegExp {
  return compile(pattern, { '?': '?', '+': '+' });
}

/** A path with wildcards, as actions take it: `?` is one character. */
export function compileGlob(pattern: string): RegExp {
  return compile(pattern, { '?': '[^/]', '+': String.raw`\+` });
}

function compile(pattern: string, special: Readonly<Record<string, string>>): RegExp {
  const parts = pattern.split(/(\*\*\/?|\*|\[[^\]]*\]|[?+])/u).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part.startsWith('[')) return part;
    return special[part] ?? part.replaceAll(/[.^${}()|[\]\\]/gu, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
}

/** Whether a name passes a list in which later lines count more, and `!` takes out what came before. */
export function passesFilter(patterns: readonly string[], name: string): boolean {
  let isIn = false;
  for (const pattern of patterns) {
    const isNegative = pattern.startsWith('!');
    if (compileFilter(isNegative ? pattern.slice(1) : pattern).test(name)) isIn = !isNegative;
  }
  return isIn;
}
