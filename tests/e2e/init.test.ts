/** Setting a repository up with the command as it is installed: a bundle beside its package.json. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bundleCli, type CliProcessResult, runCliProcess } from '../support/cli-process.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');
const SHA = 'cd'.repeat(20);

let folder = '';
let program = '';
let repository = '';

function espalier(...args: string[]): Promise<CliProcessResult> {
  return runCliProcess(program, args, {
    cwd: repository,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
  });
}

function git(...args: string[]): string {
  return execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    encoding: 'utf8',
  });
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'espalier-e2e-init-')));
  program = path.join(folder, 'package/dist/cli.mjs');
  repository = path.join(folder, 'repository');
  await bundleCli(program);
  await cp(path.join(PROJECT, 'package.json'), path.join(folder, 'package/package.json'));
  await mkdir(repository);
  git('init', '--quiet', '--initial-branch', 'main');
  await writeFile(path.join(repository, 'Makefile'), 'test:\n\ttrue\n');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a fresh repository', () => {
  it('is set up by init, found well by init --check, and left as it was by uninstall', async () => {
    const made = await espalier('init', '--action-sha', SHA);
    expect(made.code).toBe(0);
    git('add', '.');
    git('commit', '--quiet', '--message', 'Set up Espalier');
    const checked = await espalier('init', '--check');
    expect(checked.stdout).toContain('All is well in this checkout; GitHub was not asked.');
    expect(checked.code).toBe(0);
    const again = await espalier('init');
    expect(again.code).toBe(0);
    expect(git('status', '--porcelain')).toBe('');
    expect((await espalier('uninstall')).code).toBe(0);
    expect(git('ls-files', '--others')).toBe('');
    expect(git('status', '--porcelain').split('\n').filter(Boolean)).toEqual([
      ' D .github/ISSUE_TEMPLATE/espalier-plan.yml',
      ' D .github/espalier.yml',
      ' D .github/workflows/espalier-attempt.yml',
      ' D .github/workflows/espalier-dispatch.yml',
      ' D .github/workflows/espalier.yml',
    ]);
    git('checkout', '--quiet', '.');
  });

  it('takes the Action from where the package says that it is published', async () => {
    const manifest = path.join(folder, 'package/package.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace('github.com/espalier/espalier', 'github.com/acme/trellis'));
    expect((await espalier('init', '--action-sha', SHA)).code).toBe(0);
    const workflow = await readFile(path.join(repository, '.github/workflows/espalier-attempt.yml'), 'utf8');
    expect(workflow).toContain(`uses: acme/trellis@${SHA} # v0.1.0`);
    expect(workflow).not.toContain('espalier/espalier@');
  });
});
