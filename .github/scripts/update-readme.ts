/**
 * Writes the README's generated parts from their sources.
 *
 *   node .github/scripts/update-readme.ts            rewrites README.md
 *   node .github/scripts/update-readme.ts --check    exit code 1 when README.md is stale
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { renderSections, replaceSections } from './readme-sections.ts';

const path = resolve(import.meta.dirname, '../../README.md');
const found = await readFile(path, 'utf8');
const wanted = replaceSections(found, renderSections());

if (!process.argv.includes('--check')) {
  await writeFile(path, wanted);
} else if (found !== wanted) {
  console.error('README.md is not what the sources say. Run `npm run docs` and commit README.md.');
  process.exitCode = 1;
}
