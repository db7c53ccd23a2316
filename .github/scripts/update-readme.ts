/**
 * Writes the generated parts of the README and of the register of facts from their sources.
 *
 *   node .github/scripts/update-readme.ts            rewrites both
 *   node .github/scripts/update-readme.ts --check    exit code 1 when one of them is stale
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { renderFactSections } from './fact-sections.ts';
import { renderSections, replaceSections } from './readme-sections.ts';

const PAGES = { 'README.md': renderSections, '.github/GITHUB-FACTS.md': renderFactSections };

const root = resolve(import.meta.dirname, '../..');
for (const [name, render] of Object.entries(PAGES)) {
  const path = resolve(root, name);
  const found = await readFile(path, 'utf8');
  const wanted = replaceSections(found, render(), name);
  if (!process.argv.includes('--check')) {
    await writeFile(path, wanted);
  } else if (found !== wanted) {
    console.error(`${name} is not what the sources say. Run \`npm run docs\` and commit ${name}.`);
    process.exitCode = 1;
  }
}
