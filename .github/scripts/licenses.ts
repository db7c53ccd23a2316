/** The licences of the packages that a bundle holds, as one text. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is read of a bundled package; `text` is its licence files, word for word. */
interface BundledPackage {
  name: string;
  version: string;
  license: string;
  text: string;
}

const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;
const RULE = '-'.repeat(80);

/**
 * Renders the licence of each package that `files` come from, by name and version. The order and the bytes depend on
 * the packages alone. Throws when a package declares no licence or ships no licence text.
 *
 * @param root folder that `files` are relative to
 * @param files paths of bundled sources, with forward slashes
 */
export async function renderLicenses(root: string, files: readonly string[]): Promise<string> {
  const folders = new Set(files.map(packageFolder).filter((folder) => folder !== null));
  const packages = await Promise.all([...folders].map((folder) => readPackage(root, folder)));
  const sections = new Map<string, string>();
  for (const { name, version, license, text } of packages)
    sections.set(`${name}@${version}`, [RULE, `${name}@${version} (${license})`, RULE, '', text, ''].join('\n'));
  const ordered = [...sections].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, section]) => section);
  return ['The file next to this one contains code of these packages.', '', ...ordered].join('\n');
}

/** The folder of the package that a file belongs to (the innermost, for nested ones); `null` for our own sources. */
function packageFolder(file: string): string | null {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? null;
}

async function readPackage(root: string, folder: string): Promise<BundledPackage> {
  const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { name, version, license } = manifest;
  if (typeof name !== 'string' || typeof version !== 'string' || typeof license !== 'string')
    throw new Error(`${folder}/package.json lacks a name, version or license: read its terms before it is bundled.`);
  const names = (await readdir(join(root, folder))).filter((entry) => LICENSE_FILE.test(entry)).sort();
  if (names.length === 0)
    throw new Error(
      `${name}@${version} ships no licence text: read its terms, then bundle another package or record them.`,
    );
  const texts = await Promise.all(names.map((entry) => readFile(join(root, folder, entry), 'utf8')));
  return { name, version, license, text: texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n') };
}
