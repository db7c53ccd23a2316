/** A plan's check as one JSON document for scripts. */
import type { CheckSummary } from './check-summary.ts';
import { isUnshowable } from './escape-text.ts';

/** Version of the document's shape; grows when a field changes its meaning or goes. */
const CHECK_JSON_VERSION = 1;

/** The summary as JSON, indented, ending with a newline. Unshowable characters are written as `\uXXXX`. */
export function renderCheckJson(summary: CheckSummary): string {
  const text = JSON.stringify({ version: CHECK_JSON_VERSION, ...summary }, null, 2);
  let out = '';
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    out += character !== '\n' && isUnshowable(codePoint) ? escapeUnits(character) : character;
  }
  return `${out}\n`;
}

function escapeUnits(character: string): string {
  let out = '';
  for (let index = 0; index < character.length; index += 1)
    out += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  return out;
}
