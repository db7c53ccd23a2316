/**
 * Bundles the programs into `dist/`: `cli.mjs` (executable), `app.mjs`, `action.mjs`, and `licenses.txt`, the licences
 * of what is really in them. The same sources and lock file give the same bytes on every machine.
 *
 *   node .github/scripts/build-dist.ts            writes dist/
 *   node .github/scripts/build-dist.ts --check    builds elsewhere and compares; exit code 1 when dist/ is stale
 *   node .github/scripts/build-dist.ts --into DIR  writes the same into another folder, for trying
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

import { build, type Metafile, type Plugin } from 'esbuild';

import { exitCodeOf } from '../../src/core/report/exit-codes.ts';
import { renderLicenses } from './licenses.ts';

const root = resolve(import.meta.dirname, '../..');
const REMEDY = 'Run `npm run build` and commit dist/.';

/**
 * What stands before the bundle. Bundled CommonJS packages call `require` for Node's own modules, which an ES module
 * does not have; and a Node that is too old should hear so, not trip over something that it lacks.
 */
async function renderBanner(): Promise<string> {
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(engines.node) ?? [];
  if (major === undefined || minor === undefined)
    throw new Error(`package.json: engines.node is '${engines.node}'; write it as '>=MAJOR.MINOR'.`);
  return `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < ${major} || (major === ${major} && minor < ${minor})) {
    console.error('espalier needs Node ${major}.${minor} or later; this is Node ' + process.versions.node + '.');
    process.exit(${exitCodeOf('unfit')});
  }
}`;
}

/** What is said here is English: of the sixty languages in which zod can complain, the bundle has one. */
const ENGLISH_ONLY: Plugin = {
  name: 'english-only',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** What `@actions/core` would load at every start; `@actions/github`, which is loaded where there is a proxy, keeps it. */
const NO_OPENID: Plugin = {
  name: 'no-openid',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^@actions\/http-client(?:\/lib\/auth)?$/ }, ({ importer }) =>
      /[/\\]@actions[/\\]core[/\\]/.test(importer)
        ? { path: join(root, '.github/scripts/refuse-http-client.ts') }
        : null,
    );
  },
};

async function buildInto(outdir: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      action: 'src/entrypoints/action.ts',
      app: 'src/entrypoints/app.ts',
      cli: 'src/entrypoints/cli.ts',
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    alias: { 'npx-import-light': './.github/scripts/refuse-npx-import.ts' },
    plugins: [ENGLISH_ONLY, NO_OPENID],
    platform: 'node',
    format: 'esm',
    target: 'node22',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: await renderBanner() },
    metafile: true,
    logLevel: 'warning',
  });
  await chmod(join(outdir, 'cli.mjs'), 0o755);
  await writeFile(join(outdir, 'licenses.txt'), await renderLicenses(root, bundledFiles(metafile)));
}

/** Source files, relative to the root, of which at least one byte is in an output. */
function bundledFiles(metafile: Metafile): string[] {
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
}

/** One line for each file that is missing, unknown or different in `dist/`. */
async function compareTrees(wanted: string, found: string): Promise<string[]> {
  const wantedNames = await listFiles(wanted);
  const foundNames = await listFiles(found).catch((): string[] => []);
  const problems = foundNames
    .filter((name) => !wantedNames.includes(name))
    .map((name) => `dist/${name} is not built from the sources`);
  for (const name of wantedNames) {
    if (!foundNames.includes(name)) {
      problems.push(`dist/${name} is missing`);
      continue;
    }
    const [wantedBytes, foundBytes] = await Promise.all([readFile(join(wanted, name)), readFile(join(found, name))]);
    if (!wantedBytes.equals(foundBytes)) problems.push(`dist/${name} is not what the sources build`);
    const [wantedStat, foundStat] = await Promise.all([stat(join(wanted, name)), stat(join(found, name))]);
    if ((wantedStat.mode & 0o100) !== (foundStat.mode & 0o100))
      problems.push(`dist/${name} has the wrong executable bit`);
  }
  return problems;
}

/** Paths of all files below a folder, relative to it. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function checkDist(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'espalier-dist-'));
  try {
    await buildInto(scratch);
    const problems = await compareTrees(scratch, join(root, 'dist'));
    if (problems.length === 0) return;
    console.error([...problems, REMEDY].join('\n'));
    process.exitCode = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const into = process.argv.indexOf('--into');
if (process.argv.includes('--check')) {
  await checkDist();
} else if (into !== -1) {
  await buildInto(resolve(process.argv[into + 1] ?? ''));
} else {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  await mkdir(join(root, 'dist'));
  await buildInto(join(root, 'dist'));
}
