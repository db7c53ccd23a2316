/**
 * Writes the generated parts of the README and of the register of facts from their sources, and the workflows and the
 * issue form of this repository as `espalier init` writes them.
 *
 *   node .github/scripts/update-readme.ts            rewrites all of them
 *   node .github/scripts/update-readme.ts --check    exit code 1 when one of them is stale
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { renderFactSections } from './fact-sections.ts';
import { renderOwnSetup } from './own-setup.ts';
import { renderSections, replaceSections } from './readme-sections.ts';

const PAGES = { 'README.md': renderSections, '.github/GITHUB-FACTS.md': renderFactSections };

const root = resolve(import.meta.dirname, '../..');
const isCheck = process.argv.includes('--check');

async function keep(name: string, found: string, wanted: string): Promise<void> {
  const path = resolve(root, name);
  if (!isCheck) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, wanted);
  } else if (found !== wanted) {
    console.error(`${name} is not what the sources say. Run \`npm run docs\` and commit ${name}.`);
    process.exitCode = 1;
  }
}

for (const [name, render] of Object.entries(PAGES)) {
  const found = await readFile(resolve(root, name), 'utf8');
  await keep(name, found, replaceSections(found, render(), name));
}
for (const { path, text } of renderOwnSetup(root)) {
  const found = await readFile(resolve(root, path), 'utf8').catch(() => '');
  await keep(path, found, text);
}
