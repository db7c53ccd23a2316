import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeTemporaryFolder } from '../../support/git-fixture.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

describe('the bundle of the Action', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;

  beforeAll(async () => {
    folder = await makeTemporaryFolder();
    const program = path.join(ROOT, '.github/scripts/build-dist.ts');
    await promisify(execFile)(process.execPath, [program, '--into', folder.path]);
  }, 60_000);
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  /** Text of every file that is loaded with one, without what is loaded later on demand. */
  async function readLoaded(file: string, seen = new Map<string, string>()): Promise<Map<string, string>> {
    if (seen.has(file)) return seen;
    const text = await readFile(file, 'utf8');
    seen.set(file, text);
    for (const [, other = ''] of text.matchAll(/^(?:import|export)[^;'"]*"(\.[^"]+)";$/gm))
      await readLoaded(path.resolve(path.dirname(file), other), seen);
    return seen;
  }

  async function listPackages(mode: string | null): Promise<Set<string>> {
    const entry = path.join(folder.path, 'action.mjs');
    const seen = await readLoaded(entry);
    const part = new RegExp(`import\\("(\\./parts/${mode}-mode-[^"]+)"\\)`).exec(seen.get(entry) ?? '')?.[1];
    if (mode !== null) await readLoaded(path.join(folder.path, part ?? `no part for ${mode}`), seen);
    const names = [...seen.values()].flatMap((text) =>
      [...text.matchAll(/^\s*\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)].map(([, name = '']) => name),
    );
    return new Set(names);
  }

  it.each(['work', 'verify', 'publish'])(
    'loads for %s no client of GitHub, no Markdown and no command line',
    async (mode) => {
      const packages = await listPackages(mode);
      expect([...packages]).toEqual(expect.arrayContaining(['@actions/core', 'zod', 'execa']));
      expect(
        [...packages].filter((name) =>
          /octokit|probot|micromark|mdast|commander|log-update|undici|http-client/.test(name),
        ),
      ).toEqual([]);
    },
  );

  it('loads the client of GitHub where it is needed', async () => {
    expect([...(await listPackages('reconcile'))]).toContain('@octokit/core');
  });

  it('loads before it knows its mode only what checks its inputs and speaks to the runner', async () => {
    const packages = [...(await listPackages(null))].toSorted();
    expect(packages.filter((name) => !name.startsWith('@actions/'))).toEqual(['zod']);
  });
});
