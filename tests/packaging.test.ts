import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { renderLicenses } from '../.github/scripts/licenses.ts';

const root = resolve(import.meta.dirname, '..');

interface LockedPackage {
  version: string;
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  allowScripts: Record<string, boolean>;
};
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('the lock file', () => {
  it('has a checksum for every package', () => {
    expect(locked.length).toBeGreaterThan(50);
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  });

  it('names no address, so that every registry can serve it', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('holds the packages of every platform, without which `npm ci` refuses it', () => {
    const missing = locked.flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter(
          (name) => !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
        )
        .map((name) => `${path} wants ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('the package', () => {
  it('runs its scripts with the Node of its development dependencies', () => {
    const version = execFileSync('npm', ['exec', '--no', '-c', 'node --version'], {
      cwd: root,
      encoding: 'utf8',
    }).trim();
    expect(version).toBe(`v${lock.packages['node_modules/node']?.version}`);
  });

  it('lets the two packages run an install script that need one, and no other', () => {
    expect(manifest.allowScripts).toEqual({ esbuild: true, node: true });
  });
});

describe('the licences of a bundle', () => {
  let dir = '';

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'espalier-licenses-'));
    addPackage('node_modules/zeta', { name: 'zeta', version: '2.0.0', license: 'MIT' }, { LICENSE: 'zeta text\r\n' });
    addPackage(
      'node_modules/@scope/alpha',
      { name: '@scope/alpha', version: '1.0.0', license: 'ISC' },
      { 'license.md': 'alpha text' },
    );
    addPackage(
      'node_modules/zeta/node_modules/inner',
      { name: 'inner', version: '3.0.0', license: 'Apache-2.0' },
      { LICENSE: 'inner text', NOTICE: 'inner notice' },
    );
  });

  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  function addPackage(folder: string, manifest: Record<string, string>, files: Record<string, string>): void {
    for (const [name, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
      mkdirSync(dirname(join(dir, folder, name)), { recursive: true });
      writeFileSync(join(dir, folder, name), text);
    }
  }

  const FILES = [
    'src/entrypoints/cli.ts',
    'node_modules/zeta/lib/a.js',
    'node_modules/zeta/lib/b.js',
    'node_modules/zeta/node_modules/inner/index.js',
    'node_modules/@scope/alpha/index.js',
  ];

  it('are those of each package once, with every text, and nothing of the machine', async () => {
    const text = await renderLicenses(dir, FILES);
    expect(text.match(/^\S+@\d\S* \(.*\)$/gm)).toEqual([
      '@scope/alpha@1.0.0 (ISC)',
      'inner@3.0.0 (Apache-2.0)',
      'zeta@2.0.0 (MIT)',
    ]);
    expect(text).toContain('inner text\n\ninner notice');
    expect(text).not.toMatch(/\r/);
    expect(text).not.toContain(dir);
  });

  it('do not depend on the order of the files', async () => {
    expect(await renderLicenses(dir, FILES.toReversed())).toBe(await renderLicenses(dir, FILES));
  });

  it('are refused for a package that ships no licence text', async () => {
    addPackage('node_modules/bare', { name: 'bare', version: '1.0.0', license: 'MIT' }, {});
    await expect(renderLicenses(dir, ['node_modules/bare/index.js'])).rejects.toThrow(
      'bare@1.0.0 ships no licence text',
    );
  });

  it('are refused for a package that declares none', async () => {
    addPackage('node_modules/bare', { name: 'bare', version: '1.0.0' }, { LICENSE: 'text' });
    await expect(renderLicenses(dir, ['node_modules/bare/index.js'])).rejects.toThrow(
      'lacks a name, version or license',
    );
  });
});
